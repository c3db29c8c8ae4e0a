"""The mail accounts of an agent: how each is doing, and what can be done about it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import ActiveBinding, Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from crm_tui.domain.mail import MailAccount, Sharing
from crm_tui.domain.modules import Module
from crm_tui.domain.paging import Page, PageRequest
from crm_tui.domain.queries import Count
from crm_tui.formats import SHORT_CELLS, format_datetime_short
from crm_tui.i18n import N_, _, language
from crm_tui.text import safe
from screens.base import CrmScreen, RecordKey
from screens.choice_modal import ChoiceModal
from screens.mail_account_actions import ACTIONS, MailAccountActions
from screens.mail_account_texts import brief, details, tone_of
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


class MailSettingsScreen(MailAccountActions, CrmScreen[None]):
    """Lists mail accounts; an administrator sees everybody's and may switch them off."""

    MODULE_NAME = "mail"
    CSS_PATH = "../styles/mail_settings_screen.tcss"
    AUTO_FOCUS = "RecordTable"
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
            "m",
            "preferences",
            N_("Rules, signature"),
            id="mail_settings.preferences",
            tooltip=N_("What happens with mail of unknown senders and with sent mail; your signature."),
        ),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._shown: dict[str, AccountStatus] = {}
        self._wanted = ""

    @property
    def table(self) -> RecordTable:
        """The accounts."""
        return self.query_one(RecordTable)

    def compose_body(self) -> ComposeResult:
        """Yield title, table and what is known of the account under the cursor."""
        yield ListTitle(_("Mail accounts"))
        table = RecordTable(_ALL if self.actor.is_admin else _OWN, id="accounts", empty_text=_EMPTY)
        table.empty_keys = {"n": "mail_settings.new"}
        yield table
        yield Static(id="account-details")

    def on_mount(self) -> None:
        """Read the accounts."""
        self.table.focus()
        self.reread()

    def on_ready(self) -> None:
        """Let typed keys through once the rows stand: they mean them."""
        self._await_rows()

    @work(group="mail_settings.ready", exclusive=True, exit_on_error=False)
    async def _await_rows(self) -> None:
        await self.ready_after(self.table.first_page())

    def on_records_changed(self, keys: frozenset[RecordKey]) -> None:
        """Follow what workers and others do; the store tells, nobody asks."""
        if not keys or any(module in (Module.USER, Module.MAIL) for module, _id in keys):
            self.reread()

    @on(RecordTable.Opened)
    def _opened(self) -> None:
        self.action_choose()

    @on(RecordTable.Highlighted)
    def _moved(self, event: RecordTable.Highlighted) -> None:
        if event.row is not None and event.row.key == self._wanted:
            self._wanted = ""
        self._show_details()
        self.refresh_bindings()

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
        title, text = safe(status.account.address), "\n".join(self._details(status))
        chosen = await self.app.push_screen_wait(ChoiceModal(title, options, detail=text))
        if chosen is not None:
            await self.run_action(f"screen.{chosen}")

    def reread(self, keep: str | None = None) -> None:
        """Read the accounts again.

        Args:
            keep: Id of the account to put the cursor on; the one that has it unless given.
        """
        titles = self.query(ListTitle)
        if not titles:
            # The screen is closing while somebody changes an account.
            return
        title = titles.first()
        # What others do meanwhile may have the list read again before the cursor is there.
        self._wanted = keep or self._wanted

        async def read(_request: PageRequest) -> Page[Row]:
            found = await self.services.mail_accounts.status(self.actor)
            self._shown = {one.account.id: one for one in found}
            title.count = Count(len(found))
            self.call_after_refresh(self._show_details)
            return Page([self._row(n, one) for n, one in enumerate(found)], at_start=True, at_end=True)

        self.table.set_source(read, keep=self._wanted or self.table.cursor_key)

    async def current(self) -> "AccountStatus | None":
        """Return the account under the cursor, with how it goes."""
        row = await self.table.settle()
        return self._shown.get(row.key) if row is not None else None

    def account_in_focus(self) -> MailAccount | None:
        """Return the account under the cursor as it was read last."""
        status = self._shown.get(self.table.cursor_key or "") if self.is_mounted else None
        return status.account if status is not None else None

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """What the keys do now; Enter shows what can be done with an account."""
        return {
            key: active._replace(binding=replace(active.binding, description=_("Actions")))
            if active.binding.action == "open"
            else active
            for key, active in super().active_bindings.items()
        }

    def _row(self, place: int, one: "AccountStatus") -> Row:
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

    def _details(self, status: "AccountStatus") -> Sequence[str]:
        return details(self.app, status)

    def _show_details(self) -> None:
        if not self.is_mounted:
            return
        status = self._shown.get(self.table.cursor_key or "")
        lines = self._details(status) if status is not None else ()
        shown = self.query_one("#account-details", Static)
        shown.update(Content("\n".join(safe(line) for line in lines)))
        shown.display = bool(lines)
