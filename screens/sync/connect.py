"""Connecting accounts of Outlook and Zoho CRM."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from crm_tui.domain.fields import Field, FieldType
from crm_tui.domain.picklists import Choice, Picklists
from crm_tui.domain.sync.accounts import SyncAccount
from crm_tui.domain.sync.servers import ZOHO_DATA_CENTERS, zoho_data_center
from crm_tui.i18n import N_, _
from screens.fields_modal import FieldsModal, Save
from screens.form_context import form_context
from screens.sync.outlook_sign_in_modal import OutlookSignInModal
from screens.widgets.call_form import ResultForm
from screens.widgets.field_secret import SecretField
from screens.widgets.form_field import FormContext, FormField

if TYPE_CHECKING:
    from screens.base import CrmScreen

_DATA_CENTER: Final = "zoho_data_center"
_SECRETS: Final = frozenset({"client_secret", "code"})

_FIELDS: Final = (
    Field(
        "data_center",
        N_("Data centre"),
        FieldType.PICKLIST,
        required=True,
        picklist=_DATA_CENTER,
        hint=N_("How the address of your Zoho CRM ends, such as crm.zoho.jp."),
    ),
    Field("client_id", N_("Client ID"), max_length=2_000, required=True),
    Field("client_secret", N_("Client Secret"), max_length=2_000, required=True),
    Field(
        "code",
        N_("Code"),
        max_length=2_000,
        required=True,
        hint=N_("Of the tab Generate Code; it is good for a few minutes and once."),
    ),
)


class _ZohoForm(ResultForm):
    """A form that hides what nobody else may read."""

    def make_field(self, field: Field, context: FormContext) -> FormField:
        """Return what edits ``field``."""
        return SecretField(field, context) if field.name in _SECRETS else super().make_field(field, context)


class ZohoModal(FieldsModal):
    """Asks how the program is registered with Zoho.

    Args:
        save: Takes what was typed.
        data_center: The one that is proposed.
    """

    def __init__(self, save: Save, data_center: str) -> None:
        from crm_tui.sync.zoho.signing_in import SCOPES

        detail = _(
            "In the API console of Zoho (api-console.zoho.jp, or .com and so on) add a Self Client, and let "
            "it generate a code for: %(scopes)s"
        )
        super().__init__(
            _("Connect Zoho CRM"),
            detail % {"scopes": ",\n".join(SCOPES)},
            _FIELDS,
            save,
            {"data_center": data_center},
            label=_("Connect"),
        )

    def make_form(self, fields: Sequence[Field]) -> ResultForm:
        """Return a form with the data centres of Zoho."""
        centers = tuple(Choice(one, f"zoho.{one}", f"zoho.{one}") for one in ZOHO_DATA_CENTERS)
        around = form_context(self)
        return _ZohoForm(
            fields, FormContext(Picklists({_DATA_CENTER: centers}), around.zone, around.find, around.pick)
        )


async def connect_outlook(screen: "CrmScreen[Any]") -> SyncAccount | None:
    """Connect a mailbox; None where the agent gave up. To be awaited in a worker."""
    modal = OutlookSignInModal()
    await screen.app.push_screen_wait(modal)
    return modal.account


async def connect_zoho(screen: "CrmScreen[Any]") -> SyncAccount | None:
    """Connect an organisation; None where the agent gave up. To be awaited in a worker."""
    connected: list[SyncAccount] = []

    async def save(values: Mapping[str, object]) -> None:
        from crm_tui.sync.zoho.signing_in import Client, connect

        typed = {field.name: str(values.get(field.name) or "").strip() for field in _FIELDS}
        connected.append(await connect(screen.services, screen.actor, Client(**typed)))

    await screen.app.push_screen_wait(ZohoModal(save, zoho_data_center(screen.services.core.region)))
    return connected[0] if connected else None
