"""What can be done with an account of Outlook or Zoho CRM: one key each, all of them behind Enter."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from textual import work

from crm_tui.domain.sync.accounts import SyncAccount, SyncKind
from crm_tui.i18n import N_, _
from crm_tui.policies.synchronisation import can_synchronise
from crm_tui.text import safe
from screens.choice_modal import ChoiceModal
from screens.key_names import with_keys
from screens.sync.connect import connect_outlook, connect_zoho
from screens.sync.preview_screen import SyncPreviewScreen
from screens.sync.runs_screen import SyncRunsScreen
from screens.sync.settings import ask_settings
from screens.sync.texts import KEYS, title_of
from screens.sync.work import run_now

if TYPE_CHECKING:
    from screens.account_list import AccountListScreen

    _Base = AccountListScreen[SyncAccount]
else:
    _Base = object


@dataclass(frozen=True, slots=True)
class SyncAction:
    """An entry of the menu of an account.

    Attributes:
        name: Of the action of the screen.
        on, off: Its label, marked for translation: for an account that is switched on and for one that isn't;
            the same where that makes no difference.
        needs: Which accounts it is for.
    """

    name: str
    on: str
    off: str = ""
    needs: Callable[[SyncAccount], bool] = lambda account: True

    def label(self, account: SyncAccount) -> str:
        """Return what the menu says."""
        return _(self.on if account.is_enabled or not self.off else self.off)


def _is_ready(account: SyncAccount) -> bool:
    return account.is_enabled and account.has_secret


ACTIONS: Final = (
    SyncAction("run", N_("Take over what is new or changed"), needs=_is_ready),
    SyncAction("preview", N_("Show what would be taken over"), needs=_is_ready),
    SyncAction("settings", N_("What is taken over, and how often")),
    SyncAction("history", N_("What the last runs did")),
    SyncAction("sign_in", N_("Sign in again")),
    SyncAction("switch", N_("Switch it off"), N_("Switch it on")),
    SyncAction("disconnect", N_("Disconnect it")),
)

_BY_NAME: Final = {action.name: action for action in ACTIONS}


class SyncActions(_Base):
    """The actions of a screen that lists accounts."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Take away what can't be done with the account under the cursor."""
        if action == "new":
            return can_synchronise(self.actor) is True
        if (entry := _BY_NAME.get(action)) is not None:
            account = self.shown_in_focus()
            return account is not None and entry.needs(account)
        return super().check_action(action, parameters)

    @work(group="sync.new", exit_on_error=False)
    async def action_new(self) -> None:
        """Connect an account."""
        options = [(SyncKind.OUTLOOK.value, _("Outlook")), (SyncKind.ZOHO.value, _("Zoho CRM"))]
        chosen = await self.app.push_screen_wait(ChoiceModal(_("Connect what?"), options))
        if chosen is not None:
            await self._connect(SyncKind(chosen))

    @work(group="sync.sign_in", exit_on_error=False)
    async def action_sign_in(self) -> None:
        """Sign in again; settings and what was taken over stay."""
        account = await self.current()
        if account is not None:
            await self._connect(account.kind)

    @work(group="sync.run", exit_on_error=False)
    async def action_run(self) -> None:
        """Take over what is new or changed."""
        account = await self.current()
        if account is not None:
            await run_now(self, account)
            self.reread(account.id)

    @work(group="sync.preview", exit_on_error=False)
    async def action_preview(self) -> None:
        """Show what a run would do."""
        account = await self.current()
        if account is not None:
            await self.app.push_screen(SyncPreviewScreen(account))

    @work(group="sync.settings", exit_on_error=False)
    async def action_settings(self) -> None:
        """Ask what is taken over, and how often."""
        account = await self.current()
        if account is not None and await ask_settings(self, account):
            self.reread(account.id)

    @work(group="sync.history", exit_on_error=False)
    async def action_history(self) -> None:
        """Show what the last runs did."""
        account = await self.current()
        if account is not None:
            await self.app.push_screen(SyncRunsScreen(account))

    @work(group="sync.switch", exit_on_error=False)
    async def action_switch(self) -> None:
        """Switch the account under the cursor off or on."""
        account = await self.current()
        if account is None:
            return
        service, name = self.services.sync_accounts, {"name": title_of(account)}
        if account.is_enabled:
            await service.disable(self.actor, account.id)
            self.app.notice(_("%(name)s is switched off.") % name)
        else:
            await service.enable(self.actor, account.id)
            self.app.notice(_("%(name)s is switched on.") % name)
        self.reread(account.id)

    @work(group="sync.disconnect", exit_on_error=False)
    async def action_disconnect(self) -> None:
        """Ask, and forget an account."""
        account = await self.current()
        if account is None:
            return
        question = _("Disconnect %(name)s?") % {"name": safe(title_of(account), limit=60)}
        detail = _(
            "Its permission is forgotten. The records that came from it stay; connected again, they are "
            "found by their mail address, subject and times."
        )
        if await self.app.confirm(question, _("Disconnect"), detail):
            await self.services.sync_accounts.disconnect(self.actor, account.id)
            self.app.notice(_("%(name)s is disconnected.") % {"name": title_of(account)})
            self.reread()

    async def _connect(self, kind: SyncKind) -> None:
        connect = connect_outlook if kind is SyncKind.OUTLOOK else connect_zoho
        account = await connect(self)
        if account is None:
            return
        self.reread(account.id)
        name = {"name": title_of(account)}
        text = _("%(name)s is connected. p shows what would come in.")
        self.app.notice(with_keys(self.app, text, **KEYS) % name)
