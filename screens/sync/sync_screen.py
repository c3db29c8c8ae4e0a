"""The agent's accounts of Outlook and Zoho CRM: how each is doing, and what can be done about it."""

from collections.abc import Sequence
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from crm_tui.domain.modules import Module
from crm_tui.domain.sync.accounts import KIND_NAMES, SyncAccount
from crm_tui.domain.sync.runs import SyncRun
from crm_tui.formats import SHORT_CELLS, format_datetime_short
from crm_tui.i18n import N_, _, language
from screens.account_list import AccountListScreen
from screens.base import RecordKey
from screens.choice_modal import ChoiceModal
from screens.style_sheet import STYLES
from screens.sync.actions import ACTIONS, SyncActions
from screens.sync.texts import brief, details, next_text, state_lines, title_of, tone_of
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


class SyncScreen(SyncActions, AccountListScreen[SyncAccount]):
    """Lists the accounts that are synchronised."""

    CSS_PATH = STYLES / "sync_screen.tcss"
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
        self._last: dict[str, SyncRun] = {}

    def compose_body(self) -> ComposeResult:
        """Yield title, table and what is known of the account under the cursor."""
        yield ListTitle(_("Synchronisation"))
        table = RecordTable(_COLUMNS, id="accounts", empty_text=_EMPTY)
        table.empty_keys = {"n": "sync.new"}
        yield table
        yield Static(id="account-details")

    def on_records_changed(self, keys: frozenset[RecordKey]) -> None:
        """Follow runs in the background; the store tells, nobody asks."""
        if not keys or (Module.USER, self.actor.id) in keys:
            self.reread()

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

    async def read_accounts(self) -> Sequence[tuple[str, SyncAccount]]:
        """Return the agent's accounts; what their latest runs did is read with them."""
        found = await self.services.sync_accounts.list(self.actor)
        runs = await self.services.sync_runs.list(self.actor)
        # The latest run of an account stands first.
        self._last = {run.account_id: run for run in reversed(runs) if run.account_id is not None}
        return [(one.id, one) for one in found]

    def row_of(self, place: int, one: SyncAccount) -> Row:
        """Return the line of an account."""
        now = self.services.clock.now()
        last = (
            format_datetime_short(one.last_run_at, self.zone, language(), now=now) if one.last_run_at else ""
        )
        cells = (one.address, KIND_NAMES[one.kind], brief(one), last, next_text(self.app, one))
        tone, sign = tone_of(one)
        return Row(one.id, cells, (place,), tone, sign, markable=False)

    def details_of(self, one: SyncAccount) -> Sequence[str]:
        """Return what is known of an account."""
        return details(self.app, one, self._last.get(one.id))
