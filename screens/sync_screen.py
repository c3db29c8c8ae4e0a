"""The agent's accounts of Outlook and Zoho CRM: how each is doing, and what can be done about it."""

from dataclasses import replace
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import ActiveBinding, Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from crm_tui.domain.modules import Module
from crm_tui.domain.paging import Page, PageRequest
from crm_tui.domain.queries import Count
from crm_tui.domain.sync_accounts import KIND_NAMES, SyncAccount
from crm_tui.domain.sync_runs import SyncRun
from crm_tui.formats import SHORT_CELLS, format_datetime_short
from crm_tui.i18n import N_, _, language
from crm_tui.text import safe
from screens.base import CrmScreen, RecordKey
from screens.choice_modal import ChoiceModal
from screens.sync_actions import ACTIONS, SyncActions
from screens.sync_texts import brief, details, next_text, state_lines, title_of, tone_of
from screens.widgets.list_title import ListTitle
from screens.widgets.record_columns import Column, Row
from screens.widgets.record_table import RecordTable

_COLUMNS = (
    Column("address", N_("Mailbox or organisation"), min_width=28, weight=4, priority=9),
    Column("kind", N_("Kind"), width=9, priority=6),
    Column("state", N_("State"), min_width=20, weight=2, priority=8),
    Column("last_run", N_("Last run"), width=SHORT_CELLS, priority=7),
    Column("next_run", N_("Next run"), width=SHORT_CELLS, priority=5),
)

_EMPTY = N_("No account is connected yet. Press n to connect Outlook or Zoho CRM.")


class SyncScreen(SyncActions, CrmScreen[None]):
    """Lists the accounts that are synchronised."""

    CSS_PATH = "../styles/sync_screen.tcss"
    AUTO_FOCUS = "RecordTable"
    BINDING_GROUP_TITLE = N_("Synchronisation")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "new", N_("Connect"), id="sync.new", tooltip=N_("Connect Outlook or Zoho CRM.")),
        Binding("r", "run", N_("Run now"), id="sync.run", tooltip=N_("Take over what is new or changed.")),
        Binding(
            "p",
            "preview",
            N_("Preview"),
            id="sync.preview",
            tooltip=N_("Show what a run would take over, changing nothing."),
        ),
        Binding(
            "e",
            "settings",
            N_("Settings"),
            id="sync.settings",
            tooltip=N_("What is taken over, of which category, and how often by itself."),
        ),
        Binding("h", "history", N_("Runs"), id="sync.history", tooltip=N_("What the last runs did.")),
        Binding(
            "i",
            "sign_in",
            N_("Sign in"),
            id="sync.sign_in",
            show=False,
            tooltip=N_("Sign in again on the website of the provider."),
        ),
        Binding(
            "x",
            "switch",
            N_("On/off"),
            id="sync.switch",
            show=False,
            tooltip=N_("Switch the account off or on."),
        ),
        Binding(
            "d,delete",
            "disconnect",
            N_("Disconnect"),
            id="sync.disconnect",
            show=False,
            tooltip=N_("Forget the account; records stay. Asks first."),
        ),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._shown: dict[str, SyncAccount] = {}
        self._last: dict[str, SyncRun] = {}
        self._wanted = ""

    @property
    def table(self) -> RecordTable:
        """The accounts."""
        return self.query_one(RecordTable)

    def compose_body(self) -> ComposeResult:
        """Yield title, table and what is known of the account under the cursor."""
        yield ListTitle(_("Synchronisation"))
        table = RecordTable(_COLUMNS, id="accounts", empty_text=_EMPTY)
        table.empty_keys = {"n": "sync.new"}
        yield table
        yield Static(id="account-details")

    def on_mount(self) -> None:
        """Read the accounts."""
        self.table.focus()
        self.reread()

    def on_ready(self) -> None:
        """Let typed keys through once the rows stand: they mean them."""
        self._await_rows()

    @work(group="sync.ready", exclusive=True, exit_on_error=False)
    async def _await_rows(self) -> None:
        await self.ready_after(self.table.first_page())

    def on_records_changed(self, keys: frozenset[RecordKey]) -> None:
        """Follow runs in the background; the store tells, nobody asks."""
        if not keys or (Module.USER, self.actor.id) in keys:
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

    @work(group="sync.choose", exit_on_error=False)
    async def action_choose(self) -> None:
        """Offer everything that can be done with the account under the cursor."""
        account = await self.current()
        if account is None:
            return
        options = [(one.name, one.label(account)) for one in ACTIONS if one.needs(account)]
        text = "\n".join([brief(account), *state_lines(self.app, account)])
        chosen = await self.app.push_screen_wait(ChoiceModal(title_of(account), options, detail=text))
        if chosen is not None:
            await self.run_action(f"screen.{chosen}")

    def reread(self, keep: str | None = None) -> None:
        """Read the accounts again.

        Args:
            keep: Id of the account to put the cursor on; the one that has it unless given.
        """
        titles = self.query(ListTitle)
        if not titles:
            # The screen is closing while a run ends.
            return
        title = titles.first()
        self._wanted = keep or self._wanted

        async def read(_request: PageRequest) -> Page[Row]:
            found = await self.services.sync_accounts.list(self.actor)
            runs = await self.services.sync_runs.list(self.actor)
            self._shown = {one.id: one for one in found}
            # The latest run of an account stands first.
            self._last = {run.account_id: run for run in reversed(runs) if run.account_id is not None}
            title.count = Count(len(found))
            self.call_after_refresh(self._show_details)
            return Page([self._row(n, one) for n, one in enumerate(found)], at_start=True, at_end=True)

        self.table.set_source(read, keep=self._wanted or self.table.cursor_key)

    async def current(self) -> SyncAccount | None:
        """Return the account under the cursor."""
        row = await self.table.settle()
        return self._shown.get(row.key) if row is not None else None

    def account_in_focus(self) -> SyncAccount | None:
        """Return the account under the cursor as it was read last."""
        return self._shown.get(self.table.cursor_key or "") if self.is_mounted else None

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """What the keys do now; Enter shows what can be done with an account."""
        return {
            key: active._replace(binding=replace(active.binding, description=_("Actions")))
            if active.binding.action == "open"
            else active
            for key, active in super().active_bindings.items()
        }

    def _row(self, place: int, one: SyncAccount) -> Row:
        now = self.services.clock.now()
        last = (
            format_datetime_short(one.last_run_at, self.zone, language(), now=now) if one.last_run_at else ""
        )
        cells = (one.address, KIND_NAMES[one.kind], brief(one), last, next_text(self.app, one))
        tone, sign = tone_of(one)
        return Row(one.id, cells, (place,), tone, sign, markable=False)

    def _details(self, account: SyncAccount) -> list[str]:
        return [safe(line) for line in details(self.app, account, self._last.get(account.id))]

    def _show_details(self) -> None:
        account = self.account_in_focus()
        if not self.is_mounted:
            return
        lines = self._details(account) if account is not None else []
        shown = self.query_one("#account-details", Static)
        shown.update(Content("\n".join(lines)))
        shown.display = bool(lines)
