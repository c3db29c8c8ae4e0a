"""Fields of leads and contacts."""

from crm_tui.domain.fields import Field, FieldType
from crm_tui.domain.modules import SINGULAR, Module
from crm_tui.i18n import N_

_NAME = N_("Name")
_REACH = N_("Reach")
_ADDRESS = N_("Address")
_OTHER_ADDRESS = N_("Other address")
_MORE = N_("More")
_CONVERTED = N_("Became")

T = FieldType

_KANA = (
    Field("last_name_kana", N_("Last name (reading)"), max_length=80, section=_NAME, searchable=True),
    Field("first_name_kana", N_("First name (reading)"), max_length=80, section=_NAME, searchable=True),
)

_DO_NOT_CALL = Field("do_not_call", N_("Do not call"), T.BOOL, section=_REACH)


def _description(section: str = _MORE) -> Field:
    return Field("description", N_("Description"), T.LONG_TEXT, 32_000, section=section)


def _address(prefix: str, section: str) -> tuple[Field, ...]:
    return (
        Field(f"{prefix}postal_code", N_("Postal code"), max_length=30, section=section),
        Field(f"{prefix}state", N_("State or prefecture"), max_length=30, section=section),
        Field(f"{prefix}city", N_("City"), max_length=30, section=section),
        Field(f"{prefix}street", N_("Street"), max_length=250, section=section),
        Field(f"{prefix}country", N_("Country"), max_length=30, section=section),
    )


LEAD = (
    Field("last_name", N_("Last name"), max_length=80, required=True, section=_NAME, searchable=True),
    Field("first_name", N_("First name"), max_length=40, section=_NAME, searchable=True),
    *_KANA,
    Field("company", N_("Company"), max_length=100, required=True, section=_NAME, searchable=True),
    Field("title", N_("Title"), max_length=100, section=_NAME),
    Field("phone", N_("Phone"), T.PHONE, 30, section=_REACH),
    Field("mobile", N_("Mobile"), T.PHONE, 30, section=_REACH),
    Field("email", N_("Mail address"), T.EMAIL, 100, section=_REACH, searchable=True),
    Field("fax", N_("Fax"), T.PHONE, 30, section=_REACH),
    Field("website", N_("Website"), T.URL, 120, section=_REACH),
    _DO_NOT_CALL,
    Field("status", N_("Lead status"), T.PICKLIST, picklist="lead_status", section=_MORE),
    Field("source", N_("Lead source"), T.PICKLIST, picklist="lead_source", section=_MORE),
    Field("industry", N_("Industry"), max_length=100, section=_MORE),
    _description(),
    *_address("", _ADDRESS),
    Field("converted_at", N_("Converted"), T.DATETIME, read_only=True, in_form=False, section=_CONVERTED),
    *(
        Field(
            f"converted_{module.value}",
            SINGULAR[module],
            T.REFERENCE,
            targets=(module,),
            read_only=True,
            in_form=False,
            section=_CONVERTED,
        )
        for module in (Module.CONTACT, Module.ACCOUNT, Module.DEAL)
    ),
)

CONTACT = (
    Field("last_name", N_("Last name"), max_length=80, required=True, section=_NAME, searchable=True),
    Field("first_name", N_("First name"), max_length=40, section=_NAME, searchable=True),
    *_KANA,
    Field("account", N_("Account"), T.REFERENCE, targets=(Module.ACCOUNT,), section=_NAME, searchable=True),
    Field("title", N_("Title"), max_length=100, section=_NAME),
    Field("department", N_("Department"), max_length=50, section=_NAME),
    Field("phone", N_("Phone"), T.PHONE, 50, section=_REACH),
    Field("mobile", N_("Mobile"), T.PHONE, 30, section=_REACH),
    Field("email", N_("Mail address"), T.EMAIL, 100, section=_REACH, searchable=True),
    Field("home_phone", N_("Home phone"), T.PHONE, 30, section=_REACH),
    Field("other_phone", N_("Other phone"), T.PHONE, 30, section=_REACH),
    Field("fax", N_("Fax"), T.PHONE, 30, section=_REACH),
    _DO_NOT_CALL,
    Field("assistant", N_("Assistant"), max_length=50, section=_MORE),
    Field("assistant_phone", N_("Assistant's phone"), T.PHONE, 30, section=_MORE),
    Field("reports_to", N_("Reports to"), max_length=50, section=_MORE),
    Field("birthday", N_("Birthday"), T.DATE, section=_MORE),
    Field("source", N_("Lead source"), T.PICKLIST, picklist="lead_source", section=_MORE),
    _description(),
    *_address("mailing_", _ADDRESS),
    *_address("other_", _OTHER_ADDRESS),
)
