"""Small dialogs of the mail settings: a password, and what happens with mail by itself."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from textual import work

from crm_tui.domain.fields import Field, FieldType
from crm_tui.domain.mail_settings import LONGEST_SIGNATURE, MailSettings, Unknown
from crm_tui.domain.picklists import Choice, Picklists
from crm_tui.domain.records import Value
from crm_tui.errors import Invalid
from crm_tui.i18n import N_, _
from screens.choice_modal import ChoiceModal
from screens.fields_modal import FieldsModal, Save
from screens.form_context import form_context
from screens.widgets.call_form import ResultForm
from screens.widgets.field_secret import SecretField
from screens.widgets.form_field import FormContext, FormField

if TYPE_CHECKING:
    from screens.base import CrmScreen

_PASSWORD: Final = Field("password", N_("Password"), required=True)

_HOUSE: Final = "house"
_YES, _NO = "yes", "no"
_UNKNOWN, _ADD_SENT = "mail_unknown_sender", "mail_add_sent"

_AS_HOUSE: Final = Choice(_HOUSE, "As the organisation decided", "組織の設定に従う")
_UNKNOWN_CHOICES: Final = (
    Choice(Unknown.NOTHING, "Do nothing", "何もしない"),
    Choice(Unknown.LEAD, "Create a lead", "見込み客を作成する"),
    Choice(Unknown.CONTACT, "Create a contact", "連絡先を作成する"),
)
_ADD_SENT_CHOICES: Final = (Choice(_NO, "No", "いいえ"), Choice(_YES, "Yes", "はい"))

_FIELDS: Final = (
    Field(
        "unknown",
        N_("Unknown sender"),
        FieldType.PICKLIST,
        required=True,
        picklist=_UNKNOWN,
        hint=N_("When you add mail of somebody who is neither a lead nor a contact."),
    ),
    Field(
        "add_sent",
        N_("Add sent mail"),
        FieldType.PICKLIST,
        required=True,
        picklist=_ADD_SENT,
        hint=N_("Mail that you send is added to its recipients by itself."),
    ),
)
_SIGNATURE: Final = Field(
    "signature",
    N_("Signature"),
    FieldType.LONG_TEXT,
    LONGEST_SIGNATURE,
    hint=N_("Stands under the mail that you write."),
)


class _PasswordForm(ResultForm):
    """A form whose only field is hidden."""

    def make_field(self, field: Field, context: FormContext) -> FormField:
        """Return what edits ``field``."""
        return SecretField(field, context)


class PasswordModal(FieldsModal):
    """Asks for a new password of a mail account.

    Args:
        address: Of the account.
        save: Takes the password.
    """

    def __init__(self, address: str, save: Callable[[str], Awaitable[None]]) -> None:
        async def checked(values: Mapping[str, object]) -> None:
            password = str(values.get("password") or "")
            if not password:
                raise Invalid(_("Nothing was saved."), fields={"password": _("Type the password.")})
            await save(password)

        super().__init__(_("New password"), address, (_PASSWORD,), checked)

    def make_form(self, fields: Sequence[Field]) -> ResultForm:
        """Return a form that hides what is typed."""
        return _PasswordForm(fields, form_context(self))


class PreferencesModal(FieldsModal):
    """Edits what happens with mail by itself.

    Args:
        settings: As they are now.
        save: Takes what was typed.
        for_all: It is what counts for agents who decided nothing themselves.
    """

    def __init__(self, settings: MailSettings, save: Save, *, for_all: bool) -> None:
        self._lists = _choices(for_all=for_all)
        fields = _FIELDS if for_all else (*_FIELDS, _SIGNATURE)
        detail = _("For all agents who decided nothing themselves.") if for_all else _("For you alone.")
        super().__init__(_("Mail rules"), detail, fields, save, _initial(settings, for_all=for_all))

    def make_form(self, fields: Sequence[Field]) -> ResultForm:
        """Return a form with the choices of this dialog."""
        around = form_context(self)
        return ResultForm(fields, FormContext(self._lists, around.zone, around.find, around.pick))

    def action_cancel(self) -> None:
        """Close; a signature takes a while to type, and so something that was changed asks first."""
        if self.query_one(ResultForm).is_dirty:
            self._ask_to_leave()
        else:
            self.dismiss(None)

    @work(group="dialog.leave", exit_on_error=False)
    async def _ask_to_leave(self) -> None:
        question = _("Leave without saving the mail rules?")
        if await self.app.confirm(question, _("Leave"), _("What is typed here is not kept as a draft.")):
            self.dismiss(None)


async def edit_preferences(screen: "CrmScreen[Any]") -> None:
    """Edit the agent's rules and signature, or those of the organisation; to be awaited in a worker."""
    service, actor, for_all = screen.services.mail_records, screen.actor, False
    if actor.is_admin:
        options = [("mine", _("Mine: rules and signature")), ("all", _("The organisation's rules"))]
        chosen = await screen.app.push_screen_wait(ChoiceModal(_("Which mail rules?"), options))
        if chosen is None:
            return
        for_all = chosen == "all"
    settings = await (service.house_settings(actor) if for_all else service.settings(actor))

    async def save(values: Mapping[str, object]) -> None:
        await service.set_settings(actor, _decided(values), for_all=for_all)

    if await screen.app.push_screen_wait(PreferencesModal(settings, save, for_all=for_all)):
        screen.app.notice(_("The mail rules are saved."))


def _choices(*, for_all: bool) -> Picklists:
    first = () if for_all else (_AS_HOUSE,)
    return Picklists({_UNKNOWN: (*first, *_UNKNOWN_CHOICES), _ADD_SENT: (*first, *_ADD_SENT_CHOICES)})


def _initial(settings: MailSettings, *, for_all: bool) -> dict[str, Value]:
    def shown(name: str, value: str) -> str:
        return value if for_all or name in settings.chosen else _HOUSE

    return {
        "unknown": shown("unknown", settings.unknown.value),
        "add_sent": shown("add_sent", _YES if settings.add_sent else _NO),
        "signature": settings.signature,
    }


def _decided(values: Mapping[str, object]) -> dict[str, object]:
    """Return what was chosen, as the service takes it; None goes back to what the organisation says."""
    unknown, add_sent = values.get("unknown"), values.get("add_sent")
    decided: dict[str, object] = {
        "unknown": None if unknown in (None, _HOUSE) else str(unknown),
        "add_sent": None if add_sent in (None, _HOUSE) else add_sent == _YES,
    }
    if "signature" in values:
        decided["signature"] = str(values["signature"] or "")
    return decided
