"""The mail accounts of an agent: how each is doing, and what can be done about it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from crm_tui.domain.mail import MailAccount, Sharing
from crm_tui.domain.modules import Module
from crm_tui.formats import SHORT_CELLS, format_datetime_short
from crm_tui.i18n import N_, _, language
from crm_tui.text import safe
from screens.account_list import AccountListScreen
from screens.base import RecordKey
from screens.choice_modal import ChoiceModal
from screens.mail_account_actions import ACTIONS, MailAccountActions
from screens.mail_account_texts import brief, details, tone_of
from screens.style_sheet import STYLES
from screens.widgets.list_title import ListTitle
from screens.widgets.record_columns import Column, Row
from screens.widgets.record_table import RecordTable

if TYPE_CHECKING:
    from crm_tui.services.mail_status import AccountStatus

_ADDRESS = Column("address", N_("Mailbox"), min_width=28, weight=5, priority=9)
_STATE = Column("state", N_("State"), min_width=16, weight=2, priority=8)
_LAST = Column("last_mail", N_("Last mail"), width=SHORT_CELLS, priority=7)
_SHARING = Column("sharing", N_("Who sees it"), width=12, priority=6)
_USER = Column("user", N_("User"), min_width=10, weight=1, priority=8)
_OWN = (_ADDRESS, _STATE, _LAST, _SHARING)
_ALL = (_ADDRESS, _USER, _STATE, _LAST, _SHARING)

_EMPTY = N_("No mailbox is connected yet. Press n to connect one.")


class MailSettingsScreen(MailAccountActions, AccountListScreen["AccountStatus"]):
    """Lists mail accounts; an administrator sees everybody's and may switch off and remove them."""

    MODULE_NAME = "mail"
    CSS_PATH = STYLES / "mail_settings_screen.tcss"
    BINDING_GROUP_TITLE = N_("Mail accounts")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "new", N_("New"), id="mail_settings.new", tooltip=N_("Connect a mailbox.")),
        Binding(
            "e", "edit", N_("Edit"), id="mail_settings.edit", tooltip=N_("Change address, servers, login.")
        ),
        Binding(
            "t",
            "try",
            N_("Test"),
            id="mail_settings.test",
            tooltip=N_("Connect to the servers of the account and say what is wrong where."),
        ),
        Binding(
            "x",
            "switch",
            N_("On/off"),
            id="mail_settings.switch",
            tooltip=N_("Switch the account off or on. Off takes its mail from the deals; asks first."),
        ),
        Binding(
            "w",
            "share",
            N_("Who sees it"),
            id="mail_settings.share",
            tooltip=N_("Let colleagues see the mail of the account, or keep it to yourself; asks first."),
        ),
        Binding(
            "f",
            "folders",
            N_("Folders"),
            id="mail_settings.folders",
            tooltip=N_("Choose which folders are read."),
        ),
        Binding(
            "p",
            "password",
            N_("Password"),
            id="mail_settings.password",
            show=False,
            tooltip=N_("Type a new password for the account."),
        ),
        Binding(
            "i",
            "sign_in",
            N_("Sign in"),
            id="mail_settings.sign_in",
            show=False,
            tooltip=N_("Sign in again on the website of the provider."),
        ),
        Binding(
            "r",
            "sync",
            N_("Fetch now"),
            id="mail_settings.sync",
            show=False,
            tooltip=N_("Look for new mail now instead of waiting."),
        ),
        Binding(
            "d,delete",
            "remove",
            N_("Remove"),
            id="mail_settings.remove",
            show=False,
            tooltip=N_("Remove the account. Says first how much of its mail goes and stays."),
        ),
        Binding(
            "m",
            "preferences",
            N_("Rules, signature"),
            id="mail_settings.preferences",
            tooltip=N_("What happens with mail of unknown senders and with sent mail; your signature."),
        ),
    ]

    def compose_body(self) -> ComposeResult:
        """Yield title, table and what is known of the account under the cursor."""
        yield ListTitle(_("Mail accounts"))
        table = RecordTable(_ALL if self.actor.is_admin else _OWN, id="accounts", empty_text=_EMPTY)
        table.empty_keys = {"n": "mail_settings.new"}
        yield table
        yield Static(id="account-details")

    def on_records_changed(self, keys: frozenset[RecordKey]) -> None:
        """Follow what workers and others do; the store tells, nobody asks."""
        if not keys or any(module in (Module.USER, Module.MAIL) for module, _id in keys):
            self.reread()

    @work(group="mail_settings.choose", exit_on_error=False)
    async def action_choose(self) -> None:
        """Offer everything that can be done with the account under the cursor."""
        status = await self.current()
        if status is None:
            return
        offered = [one for one in ACTIONS if self.may(one, status.account)]
        if not offered:
            self.app.notice(_("There is nothing that you may do with this account."))
            return
        options = [(one.name, one.label(status.account)) for one in offered]
        title, text = safe(status.account.address), "\n".join(self.details_of(status))
        chosen = await self.app.push_screen_wait(ChoiceModal(title, options, detail=text))
        if chosen is not None:
            await self.run_action(f"screen.{chosen}")

    async def read_accounts(self) -> "Sequence[tuple[str, AccountStatus]]":
        """Return the accounts that the agent looks after, with how each is doing."""
        return [(one.account.id, one) for one in await self.services.mail_accounts.status(self.actor)]

    def account_in_focus(self) -> MailAccount | None:
        """Return the account under the cursor as it was read last."""
        status = self.shown_in_focus()
        return status.account if status is not None else None

    def row_of(self, place: int, one: "AccountStatus") -> Row:
        """Return the line of an account."""
        account = one.account
        now = self.services.clock.now()
        last = (
            format_datetime_short(one.last_mail_at, self.zone, language(), now=now)
            if one.last_mail_at
            else ""
        )
        shared = _("Shared") if account.sharing is Sharing.SHARED else _("Private")
        whose = (account.user.name,) if self.actor.is_admin else ()
        cells = (account.address, *whose, brief(one), last, shared)
        tone, sign = tone_of(one)
        return Row(account.id, cells, (place,), tone, sign, markable=False)

    def details_of(self, one: "AccountStatus") -> Sequence[str]:
        """Return what is known of an account."""
        return details(self.app, one)
