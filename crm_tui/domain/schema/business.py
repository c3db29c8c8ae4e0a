"""Fields of accounts, deals, cases and campaigns."""

from crm_tui.domain.fields import Field, FieldType
from crm_tui.domain.modules import Module
from crm_tui.i18n import N_

_MAIN = N_("Main")
_ADDRESS = N_("Billing address")
_MORE = N_("More")

T = FieldType

_DESCRIPTION = Field("description", N_("Description"), T.LONG_TEXT, 32_000, section=_MORE)
_CONTACT = Field("contact", N_("Contact"), T.REFERENCE, targets=(Module.CONTACT,), section=_MAIN)
_ACCOUNT = Field("account", N_("Account"), T.REFERENCE, targets=(Module.ACCOUNT,), section=_MAIN)

ACCOUNT = (
    Field("name", N_("Account name"), max_length=200, required=True, section=_MAIN, searchable=True),
    Field("name_kana", N_("Account name (reading)"), max_length=200, section=_MAIN, searchable=True),
    Field("phone", N_("Phone"), T.PHONE, 50, section=_MAIN),
    Field("fax", N_("Fax"), T.PHONE, 30, section=_MAIN),
    Field("website", N_("Website"), T.URL, 120, section=_MAIN),
    Field("industry", N_("Industry"), max_length=100, section=_MAIN),
    Field(
        "contacts_see_all_cases",
        N_("Contacts see all cases of the account"),
        T.BOOL,
        section=_MORE,
    ),
    _DESCRIPTION,
    Field("billing_postal_code", N_("Postal code"), max_length=30, section=_ADDRESS),
    Field("billing_state", N_("State or prefecture"), max_length=30, section=_ADDRESS),
    Field("billing_city", N_("City"), max_length=30, section=_ADDRESS),
    Field("billing_street", N_("Street"), max_length=250, section=_ADDRESS),
    Field("billing_country", N_("Country"), max_length=30, section=_ADDRESS),
)

DEAL = (
    Field("name", N_("Deal name"), max_length=120, required=True, section=_MAIN, searchable=True),
    _ACCOUNT,
    _CONTACT,
    Field("stage", N_("Stage"), T.PICKLIST, picklist="deal_stage", required=True, section=_MAIN),
    Field("stage_kind", N_("Stage kind"), read_only=True, in_form=False, section=_MAIN),
    Field("amount", N_("Amount"), T.MONEY, section=_MAIN),
    Field("probability", N_("Probability (%)"), T.NUMBER, section=_MAIN),
    Field("closing_date", N_("Closing date"), T.DATE, section=_MAIN),
    Field("next_step", N_("Next step"), max_length=100, section=_MORE),
    Field("source", N_("Lead source"), T.PICKLIST, picklist="lead_source", section=_MORE),
    Field("campaign", N_("Campaign"), T.REFERENCE, targets=(Module.CAMPAIGN,), section=_MORE),
    _DESCRIPTION,
)

CASE = (
    Field("number", N_("Case number"), T.NUMBER, read_only=True, in_form=False, section=_MAIN),
    Field("subject", N_("Subject"), max_length=255, required=True, section=_MAIN, searchable=True),
    _CONTACT,
    _ACCOUNT,
    Field("status", N_("Status"), T.PICKLIST, picklist="case_status", required=True, section=_MAIN),
    Field("priority", N_("Priority"), T.PICKLIST, picklist="case_priority", section=_MAIN),
    Field("origin", N_("Origin"), T.PICKLIST, picklist="case_origin", section=_MAIN),
    Field("phone", N_("Phone"), T.PHONE, 50, section=_MORE),
    Field("email", N_("Mail address"), T.EMAIL, 100, section=_MORE),
    Field("tags", N_("Tags"), T.TAGS, 255, section=_MORE, hint=N_("Separate tags with commas.")),
    _DESCRIPTION,
)

CAMPAIGN = (
    Field("name", N_("Campaign name"), max_length=200, required=True, section=_MAIN, searchable=True),
    Field("type", N_("Campaign type"), T.PICKLIST, picklist="campaign_type", section=_MAIN),
    Field("status", N_("Status"), T.PICKLIST, picklist="campaign_status", section=_MAIN),
    Field("start_date", N_("Start date"), T.DATE, section=_MAIN),
    Field("end_date", N_("End date"), T.DATE, section=_MAIN),
    Field("budgeted_cost", N_("Budgeted cost"), T.MONEY, section=_MORE),
    Field("actual_cost", N_("Actual cost"), T.MONEY, section=_MORE),
    Field("expected_revenue", N_("Expected revenue"), T.MONEY, section=_MORE),
    _DESCRIPTION,
)
