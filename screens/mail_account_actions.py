"""What can be done with a mail account: one key each, and all of them in the menu behind Enter."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from textual import work

from crm_tui.domain.actor import Actor
from crm_tui.domain.mail import Auth, MailAccount, Sharing
from crm_tui.domain.mail_folders import FolderState, MailFolder
from crm_tui.domain.modules import Module
from crm_tui.domain.picklists import Choice
from crm_tui.i18n import N_, _
from crm_tui.text import safe
from screens.choice_modal import ChoiceModal
from screens.mail_account_dialogs import PasswordModal, edit_preferences
from screens.mail_account_form import MailAccountFormScreen
from screens.mail_account_removal import ask_and_remove
from screens.mail_sign_in_modal import MailSignInModal
from screens.mail_trial_modal import MailTrialModal, Trial
from screens.several_modal import SeveralModal

if TYPE_CHECKING:
    from crm_tui.services.mail_status import AccountStatus
    from screens.account_list import AccountListScreen

    _Base = AccountListScreen[AccountStatus]
else:
    _Base = object


@dataclass(frozen=True, slots=True)
class AccountAction:
    """An entry of the menu of an account.

    Attributes:
        name: Of the action of the screen.
        on, off: Its label, marked for translation: for an account that is switched on, shared, and for one
            that isn't; the same where that makes no difference.
        state: What tells them apart.
        needs: Which accounts it is for.
        for_others: Administrators do it with others' accounts too.
        of_given_up: It can be done with an account whose removal was stopped, and with one that is off.
    """

    name: str
    on: str
    off: str = ""
    state: Callable[[MailAccount], bool] = lambda account: True
    needs: Callable[[MailAccount], bool] = lambda account: True
    for_others: bool = False
    of_given_up: bool = False

    def label(self, account: MailAccount) -> str:
        """Return what the menu says."""
        return _(self.on if self.state(account) or not self.off else self.off)

    def fits(self, account: MailAccount, actor: Actor) -> bool:
        """Return whether the actor may do it with this account; what is off stays off but for its user."""
        if account.is_given_up and not self.of_given_up:
            return False
        if account.user.id != actor.id:
            return self.for_others and actor.is_admin and (account.is_enabled or self.of_given_up)
        return self.needs(account)


def _takes_password(account: MailAccount) -> bool:
    return account.auth is Auth.PASSWORD


def _takes_tokens(account: MailAccount) -> bool:
    return account.auth is Auth.OAUTH2


def _is_on(account: MailAccount) -> bool:
    return account.is_enabled


def _is_shared(account: MailAccount) -> bool:
    return account.sharing is Sharing.SHARED


ACTIONS: Final = (
    AccountAction("edit", N_("Edit address, servers and login")),
    AccountAction("folders", N_("Choose the folders that are read")),
    AccountAction("try", N_("Test the connection")),
    AccountAction("share", N_("Make it private"), N_("Share it with colleagues"), _is_shared),
    AccountAction("switch", N_("Switch it off"), N_("Switch it on"), _is_on, for_others=True),
    AccountAction("password", N_("Type a new password"), needs=_takes_password),
    AccountAction("sign_in", N_("Sign in on the provider's website"), needs=_takes_tokens),
    AccountAction("sync", N_("Look for new mail now"), needs=_is_on),
    AccountAction("remove", N_("Remove it"), for_others=True, of_given_up=True),
)

_BY_NAME: Final = {action.name: action for action in ACTIONS}


class MailAccountActions(_Base):
    """The actions of a screen that lists mail accounts."""

    def account_in_focus(self) -> MailAccount | None:
        """Return the account under the cursor as it was read last, to grey keys out."""
        raise NotImplementedError

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Take away what can't be done with the account under the cursor."""
        if action == "new":
            return self.allowed("create", Module.MAIL)
        if (entry := _BY_NAME.get(action)) is not None:
            account = self.account_in_focus()
            return account is not None and self.may(entry, account)
        return super().check_action(action, parameters)

    def may(self, entry: AccountAction, account: MailAccount) -> bool:
        """Return whether the agent may do something with an account, and whether it means anything there."""
        is_allowed = entry.for_others or self.allowed("edit", Module.MAIL)
        return is_allowed and entry.fits(account, self.actor)

    @work(group="mail_settings.new", exit_on_error=False)
    async def action_new(self) -> None:
        """Connect a mailbox."""
        account = await self.app.push_screen_wait(MailAccountFormScreen())
        if account is None:
            return
        self.reread(account.id)
        if account.auth is Auth.OAUTH2:
            await self._sign_in(account)
        else:
            self.app.notice(
                _("%(address)s is saved. Its mail comes by itself, the newest first.")
                % {"address": account.address}
            )

    @work(group="mail_settings.edit", exit_on_error=False)
    async def action_edit(self) -> None:
        """Change the account under the cursor."""
        old = await self._mine()
        if old is None:
            return
        account = await self.app.push_screen_wait(MailAccountFormScreen(old))
        if account is None:
            return
        self.reread(account.id)
        if account.auth is Auth.OAUTH2 and not account.has_secret:
            await self._sign_in(account)
        else:
            self.app.notice(_("%(name)s is saved.") % {"name": account.address})

    @work(group="mail_settings.try", exit_on_error=False)
    async def action_try(self) -> None:
        """Try the servers of the account under the cursor."""
        account = await self._mine()
        if account is not None:
            await self.app.push_screen_wait(MailTrialModal(Trial(account)))

    @work(group="mail_settings.switch", exit_on_error=False)
    async def action_switch(self) -> None:
        """Ask, and switch the account under the cursor off or on."""
        status = await self.current()
        if status is None:
            return
        account, name = status.account, {"address": safe(status.account.address, limit=60)}
        if account.is_enabled:
            question = _("Switch %(address)s off?") % name
            detail = _(
                "No mail is fetched any more, and the mail of this account is taken from the deals, also "
                "what was put there by hand, unless another mailbox has it too. The mail itself stays."
            )
            if await self.app.confirm(question, _("Switch it off"), detail):
                await self.services.mail_accounts.disable(self.actor, account.id)
                self.app.notice(_("%(address)s is switched off.") % name)
        elif await self._mine() is not None:
            await self._switch_on(account, name)
        self.reread(account.id)

    async def _switch_on(self, account: MailAccount, name: dict[str, str]) -> None:
        detail = _("Mail is fetched again, and what belongs to deals is predicted anew.")
        options = [
            ("anew", _("Switch it on")),
            ("manual", _("Switch it on, with what was put to deals by hand")),
        ]
        modal = ChoiceModal(_("Switch %(address)s on?") % name, options, detail=detail)
        chosen = await self.app.push_screen_wait(modal)
        if chosen is not None:
            await self.services.mail_accounts.enable(
                self.actor, account.id, restore_manual=chosen == "manual"
            )
            self.app.notice(_("%(address)s is switched on.") % name)

    @work(group="mail_settings.share", exit_on_error=False)
    async def action_share(self) -> None:
        """Ask, and share the account under the cursor, or keep it to oneself."""
        account = await self._mine()
        if account is None:
            return
        name = {"address": safe(account.address, limit=60)}
        if account.sharing is Sharing.SHARED:
            question, yes, sharing = _("Make %(address)s private?") % name, _("Private"), Sharing.PRIVATE
            detail = _(
                "Colleagues no longer see its mail. What belongs to deals stays there, for you; other "
                "mail of it can't be put to deals any more."
            )
        else:
            question, yes, sharing = _("Share %(address)s?") % name, _("Share"), Sharing.SHARED
            detail = _(
                "Colleagues see all its mail, also what came before and what is from people who are no "
                "lead or contact. Only mail of leads and contacts that they may not see stays hidden "
                "from them. It can then be put to deals, and is put there by prediction."
            )
        if await self.app.confirm(question, yes, detail):
            await self.services.mail_accounts.share(self.actor, account.id, sharing)
            self.reread(account.id)

    @work(group="mail_settings.folders", exit_on_error=False)
    async def action_folders(self) -> None:
        """Choose which folders are read."""
        account = await self._mine()
        if account is None:
            return
        folders = await self.services.mail_accounts.folders(self.actor, account.id)
        if not folders:
            self.app.notice(_("Its folders are known once it has been connected for the first time."))
            return
        choices = [_folder_choice(one) for one in folders]
        chosen = [one.name for one in folders if one.is_selected]
        names = await self.app.push_screen_wait(SeveralModal(choices, chosen, ordered=False))
        if names is not None and set(names) != set(chosen):
            await self.services.mail_accounts.choose_folders(self.actor, account.id, names)
            self.app.notice(_("The folders are chosen; mail of new ones comes by itself."))

    @work(group="mail_settings.password", exit_on_error=False)
    async def action_password(self) -> None:
        """Ask for a new password."""
        account = await self._mine()
        if account is None:
            return

        async def save(password: str) -> None:
            await self.services.mail_accounts.set_password(self.actor, account.id, password)

        if await self.app.push_screen_wait(PasswordModal(account.address, save)):
            self.app.notice(_("The password is saved; it is tried at once."))
            self.reread(account.id)

    @work(group="mail_settings.sign_in", exit_on_error=False)
    async def action_sign_in(self) -> None:
        """Sign in on the website of the provider again."""
        account = await self._mine()
        if account is not None:
            await self._sign_in(account)

    @work(group="mail_settings.sync", exit_on_error=False)
    async def action_sync(self) -> None:
        """Have the worker look for new mail now."""
        account = await self._mine()
        if account is not None:
            await self.services.mail_accounts.fetch_now(self.actor, account.id)
            self.app.notice(_("Looking for new mail."))

    @work(group="mail_settings.remove", exit_on_error=False)
    async def action_remove(self) -> None:
        """Say what becomes of its mail, ask, and remove the account under the cursor."""
        status = await self.current()
        if status is not None and await ask_and_remove(self, status.account):
            self.reread()

    @work(group="mail_settings.preferences", exit_on_error=False)
    async def action_preferences(self) -> None:
        """Edit the rules and the signature; an administrator first says whose."""
        await edit_preferences(self)

    async def _sign_in(self, account: MailAccount) -> None:
        if await self.app.push_screen_wait(MailSignInModal(account)):
            self.app.notice(
                _("%(address)s is signed in. Its mail comes by itself.") % {"address": account.address}
            )
        self.reread(account.id)

    async def _mine(self) -> MailAccount | None:
        """Return the account under the cursor if it is the agent's own."""
        status = await self.current()
        return status.account if status is not None and status.account.user.id == self.actor.id else None


def _folder_choice(folder: MailFolder) -> Choice:
    label = safe(folder.name, limit=40)
    if folder.state is FolderState.GONE:
        label = f"{label}  {_('(no longer on the server)')}"
    elif folder.state is FolderState.REFUSED:
        label = f"{label}  {_('(the server does not let it be read)')}"
    elif folder.state in (FolderState.FILLING, FolderState.REMAPPING):
        label = f"{label}  {_('(older mail is still being fetched)')}"
    return Choice(folder.name, label, label)
