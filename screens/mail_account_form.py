"""The form of a mail account: address first, the rest follows from it; tried before it is saved."""

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from crm_tui.domain.fields import Field
from crm_tui.domain.mail import Auth, MailAccount, NewMailAccount, Provider
from crm_tui.errors import CrmError, Invalid, Misconfigured
from crm_tui.i18n import N_, _
from crm_tui.text import safe
from screens.base import CrmScreen
from screens.form_context import form_context
from screens.mail_account_fields import (
    CHOICES,
    COMMAND,
    CONNECTION,
    FIELDS,
    PASSWORD,
    account_from,
    advice,
    changes,
    drop_note,
    initial,
    is_connection_kept,
    keeps_secret,
    proposed,
    values_of,
)
from screens.mail_trial_modal import MailTrialModal, Trial, Verdict
from screens.style_sheet import STYLES
from screens.widgets.field_secret import NotedField, SecretField
from screens.widgets.form import Form
from screens.widgets.form_field import FormContext, FormField

_NOTED = frozenset({"address"})


class MailAccountFields(Form):
    """A form whose password is hidden, and whose fields can say what follows from others."""

    def make_field(self, field: Field, context: FormContext) -> FormField:
        """Return what edits ``field``."""
        if field.name == "password":
            return SecretField(field, context)
        return NotedField(field, context) if field.name in _NOTED else super().make_field(field, context)

    def note(self, name: str, text: str) -> None:
        """Show a sentence under a field."""
        field = self[name]
        if isinstance(field, NotedField):
            field.note(text)

    def apply(self, name: str, applies: bool) -> None:
        """Show a field, or take it away."""
        self[name].display = applies
        self.set_enabled(name, applies)


class MailAccountFormScreen(CrmScreen[MailAccount | None]):
    """Edits a mail account; closes with it as saved, or with None when the agent gives up.

    Args:
        account: The account to edit; None connects a new mailbox.
    """

    MODULE_NAME = "mail"
    KEEPS_DRAFT = False
    CSS_PATH = STYLES / "mail_account_form.tcss"
    BINDING_GROUP_TITLE = N_("This form")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+s,f10",
            "save",
            N_("Save"),
            id="mail_account.save",
            priority=True,
            tooltip=N_("Try the servers, save and close. What can't be reached may be saved all the same."),
        ),
        Binding(
            "ctrl+t",
            "try",
            N_("Test"),
            id="mail_account.test",
            priority=True,
            tooltip=N_("Connect to both servers and say what is wrong where; saves nothing."),
        ),
    ]

    def __init__(self, account: MailAccount | None = None) -> None:
        super().__init__()
        self.account = account
        self._proposed: dict[str, str] = {}
        self._busy = False

    @property
    def form(self) -> MailAccountFields:
        """The fields."""
        return self.query_one(MailAccountFields)

    def has_unsaved_text(self) -> bool:
        """Whether leaving would drop something typed."""
        return self.is_mounted and self.form.is_dirty

    def compose_body(self) -> ComposeResult:
        """Yield the title and the fields."""
        name = safe(self.account.address) if self.account is not None else ""
        title = _("Mail account") if self.account is not None else _("Connect a mailbox")
        yield Static(Content.assemble(f"{title}  ", (name, "bold")), id="form-title")
        around = form_context(self)
        form = MailAccountFields(FIELDS, FormContext(CHOICES, around.zone, around.find, around.pick))
        form.fit(self.app.size.width)
        yield form

    def on_mount(self) -> None:
        """Show the values and put the cursor into the address."""
        form = self.form
        form.load(values_of(self.account) if self.account is not None else initial())
        self._follow()
        form.focus_field("address")

    def action_save(self) -> None:
        """Try and save; errors stand under their fields and nothing typed is lost."""
        if not self._busy:
            self._save()

    def action_try(self) -> None:
        """Try without saving."""
        if not self._busy:
            self._try()

    async def action_back(self) -> None:
        """Leave; a changed form asks first."""
        if self.form.is_dirty:
            self._ask_to_leave()
        else:
            self.dismiss(None)

    @on(Form.Changed)
    def _changed(self, event: Form.Changed) -> None:
        if event.field.name == "address" and self.account is None:
            self._propose(str(self.form["address"].value or ""))
        self._follow()

    def _propose(self, address: str) -> None:
        """Fill in what follows from the address, but not over what the agent has typed."""
        before, self._proposed = self._proposed, proposed(address) or self._proposed
        for name, text in self._proposed.items():
            field = self.form[name]
            untouched = not field.is_dirty or field.raw == before.get(name)
            if untouched and field.raw != text:
                field.restore(text)

    def _follow(self) -> None:
        """Show the fields that go with the way to sign in, and what becomes of the stored password."""
        form = self.form
        sign_in = form["sign_in"].raw
        form.apply("password", sign_in == PASSWORD)
        form.apply("password_command", sign_in == COMMAND)
        form.note("address", advice(form["address"].raw))
        form["sign_in"].show_error(self._not_set_up(sign_in))
        note = ""
        if self.account is not None and self.account.has_secret and sign_in == PASSWORD:
            kept = self._keeps_secret(self.account)
            note = _("Leave it empty to keep the stored one.") if kept else drop_note()
            if kept:
                form["password"].show_error("")
        form.note("password", note)

    def _not_set_up(self, sign_in: str) -> str:
        """Return why nobody can sign in on the website of a provider here, "" if they can."""
        if sign_in in (PASSWORD, COMMAND):
            return ""
        try:
            self.services.mail_tokens.sign_in(Provider(sign_in))
        except Misconfigured as error:
            return str(error)
        return ""

    def _keeps_secret(self, account: MailAccount) -> bool:
        """Return whether the fields still name the servers that the stored password is for."""
        try:
            new = account_from({**self.form.values(), "password": "-"}, account)
        except Invalid:
            return not any(self.form[name].is_dirty for name in CONNECTION)
        return keeps_secret(new, account)

    @work(name="action_save", group="mail_account.save", exit_on_error=False)
    async def _save(self) -> None:
        self._busy = True
        try:
            new = account_from(self.form.values(), self.account)
            if not await self._may_be_saved(new):
                return
            account = await self._store(new)
        except Invalid as error:
            self.form.show_errors(error)
        except CrmError as error:
            self.show_error(error)
        else:
            self.dismiss(account)
        finally:
            self._busy = False

    @work(name="action_try", group="mail_account.try", exit_on_error=False)
    async def _try(self) -> None:
        self._busy = True
        try:
            new = account_from(self.form.values(), self.account)
        except Invalid as error:
            self.form.show_errors(error)
        else:
            if new.auth is Auth.OAUTH2:
                self.app.notice(_("This can be tried once it is saved and you have signed in."))
            else:
                await self.app.push_screen_wait(MailTrialModal(self._trial(new)))
        finally:
            self._busy = False

    async def _may_be_saved(self, new: NewMailAccount) -> bool:
        """Try what is new about the connection; the agent may save what can't be reached."""
        stays = self.account is not None and is_connection_kept(new, self.account)
        if stays or new.auth is Auth.OAUTH2:
            return True
        verdict = await self.app.push_screen_wait(MailTrialModal(self._trial(new), saves=True))
        return verdict is Verdict.SAVE

    def _trial(self, new: NewMailAccount) -> Trial:
        stored = self.account if self.account is not None and keeps_secret(new, self.account) else None
        return Trial(new, None if new.password else stored)

    async def _store(self, new: NewMailAccount) -> MailAccount:
        service, account = self.services.mail_accounts, self.account
        if account is None:
            return await service.add(self.actor, new)
        changed = changes(new, account)
        sharing = changed.pop("sharing", None)
        if changed:
            account = await service.change(self.actor, account.id, changed, account.version)
        # Mail that can be associated from now on is predicted by this door alone.
        return account if sharing is None else await service.share(self.actor, account.id, new.sharing)

    @work(group="mail_account.leave", exit_on_error=False)
    async def _ask_to_leave(self) -> None:
        question = _("Leave without saving this mail account?")
        if await self.app.confirm(question, _("Leave"), _("What is typed here is not kept as a draft.")):
            self.dismiss(None)
