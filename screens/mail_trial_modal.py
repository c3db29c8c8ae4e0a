"""Tries the servers of a mail account behind a dialog that can be left at any time."""

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from crm_tui.domain.mail import Auth, MailAccount, NewMailAccount
from crm_tui.errors import CrmError
from crm_tui.formats import format_number
from crm_tui.i18n import N_, _, ngettext
from crm_tui.password_command import first_line
from crm_tui.text import safe
from screens.base import CrmModal
from screens.style_sheet import STYLES
from screens.widgets.answers import Answers

if TYPE_CHECKING:
    from crm_tui.mail.account_trial import Finding


class Verdict(Enum):
    """What the agent decided: to correct something, or to save it as it is."""

    BACK = "back"
    SAVE = "save"


@dataclass(frozen=True, slots=True)
class Trial:
    """What is tried.

    Attributes:
        account: As it is typed, or as it is stored.
        stored: The account whose stored password or token is shown to the servers; None uses what is typed.
    """

    account: NewMailAccount | MailAccount
    stored: MailAccount | None = None


class MailTrialModal(CrmModal[Verdict]):
    """Says what came of a trial. Esc ends it at once, whatever the servers do.

    Args:
        trial: What is tried.
        saves: The agent is about to save: a good end closes the dialog, a bad one may be passed over.
    """

    CSS_PATH = STYLES / "mail_trial_modal.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "close", N_("Close"), id="mail_trial.close", priority=True),
        Binding(
            "ctrl+s,f10",
            "save",
            N_("Save all the same"),
            id="mail_trial.save",
            priority=True,
            tooltip=N_("Save the account as it is; what can't be reached is tried again by itself."),
        ),
    ]

    def __init__(self, trial: Trial, *, saves: bool = False) -> None:
        super().__init__()
        self._trial = trial
        self._saves = saves
        self._is_done = False

    def compose(self) -> ComposeResult:
        """Yield the servers and what is known of them."""
        account = self._trial.account
        with Vertical(id="dialog"):
            yield Static(Content(_("Trying the servers")), id="title")
            yield Static(self._waiting("IMAP", account.host, account.port), id="imap")
            smtp = account.smtp_host or account.host
            yield Static(self._waiting("SMTP", smtp, account.smtp_port), id="smtp")
            yield Static(id="outcome")
            yield Answers(*self._answers())

    def on_mount(self) -> None:
        """Begin."""
        self.query_one("#outcome").display = False
        self._run()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Saving is offered where the agent came from saving; Enter waits for the end."""
        if action == "save":
            return self._saves
        if action == "close":
            return self._is_done
        return super().check_action(action, parameters)

    def action_close(self) -> None:
        """Go back to what was typed."""
        self.dismiss(Verdict.BACK)

    def action_save(self) -> None:
        """Save without waiting, or in spite of what is wrong."""
        self.dismiss(Verdict.SAVE)

    @work(group="mail_trial.run", exit_on_error=False)
    async def _run(self) -> None:
        try:
            findings = await self._findings()
        except CrmError as error:
            self._end(str(error), good=False)
            return
        good = all(finding.error is None for finding in findings)
        if good and self._saves:
            self.dismiss(Verdict.SAVE)
            return
        self._end(_("Both servers let you in.") if good else self._what_now(), good=good)

    async def _findings(self) -> "tuple[Finding, ...]":
        # Only here the mail package is needed; an agent without mail never loads it.
        from crm_tui.mail.account_trial import try_account, try_stored

        account, allowed = self._trial.account, self.app.config.mail.allow_hosts
        if self._trial.stored is not None:
            stored = self._trial.stored.id
            return await try_stored(self.services, self.actor, stored, account, tell=self._show)
        if isinstance(account, MailAccount):
            return await try_stored(self.services, self.actor, account.id, tell=self._show)
        by_command = account.auth is Auth.COMMAND
        secret = await first_line(account.password_command) if by_command else account.password
        return await try_account(account, secret, allowed, tell=self._show)

    def _show(self, finding: "Finding") -> None:
        if self.is_mounted:
            self.query_one(f"#{finding.part}", Static).update(_line(finding))

    def _what_now(self) -> str:
        if not self._saves:
            return ""
        return f"{_('Nothing is saved yet.')} {_('Correct it, or save it all the same.')}"

    def _end(self, text: str, *, good: bool) -> None:
        self._is_done = True
        outcome = self.query_one("#outcome", Static)
        outcome.update(Content(safe(text, newlines=True)))
        outcome.display = bool(text)
        outcome.set_class(not good, "-bad")
        self.query_one("#title", Static).update(Content(_("What came of it")))
        self.query_one(Answers).show(*self._answers())
        self.refresh_bindings()

    def _answers(self) -> tuple[tuple[str, str, str], ...]:
        back = ("dialog.cancel", "escape", _("Back") if self._is_done else _("Stop"))
        save = ("mail_trial.save", "ctrl+s", _("Save all the same"))
        if not self._saves:
            return (("mail_trial.close", "enter", _("Close")),) if self._is_done else (back,)
        return back, save

    def _waiting(self, name: str, host: str, port: int) -> Content:
        return Content(f"… {name}  {safe(host)}:{port}  {_('Please wait')}")


def _line(finding: "Finding") -> Content:
    sign, style = ("✓", "$text-success") if finding.error is None else ("✗", "$text-error")
    head = f"{sign} {finding.part.name}  {safe(finding.where)}"
    if finding.error is not None:
        return Content.assemble((head, style), f"\n  {safe(str(finding.error), newlines=True)}")
    if not finding.folders:
        return Content.assemble((head, style), f"  {_('connected')}")
    number = len(finding.folders)
    text = ngettext("connected, %(number)s folder", "connected, %(number)s folders", number)
    return Content.assemble((head, style), "  " + text % {"number": format_number(number)})
