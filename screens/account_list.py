"""What lists of an agent's accounts share: one line each, what is known of the one under the cursor below."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Generic, TypeVar

from textual import on, work
from textual.binding import ActiveBinding
from textual.content import Content
from textual.widgets import Static

from crm_tui.domain.paging import Page, PageRequest
from crm_tui.domain.queries import Count
from crm_tui.i18n import _
from crm_tui.text import safe
from screens.base import CrmScreen
from screens.widgets.list_title import ListTitle
from screens.widgets.record_columns import Row
from screens.widgets.record_table import RecordTable

A = TypeVar("A")


class AccountListScreen(CrmScreen[None], Generic[A]):
    """A title, a table of accounts and, with the id ``account-details``, what there is to say of one."""

    AUTO_FOCUS = "RecordTable"

    def __init__(self) -> None:
        super().__init__()
        self._shown: dict[str, A] = {}
        self._wanted = ""

    async def read_accounts(self) -> Sequence[tuple[str, A]]:
        """Return id and account of all that are listed, in order."""
        raise NotImplementedError

    def row_of(self, place: int, one: A) -> Row:
        """Return the line of an account."""
        raise NotImplementedError

    def details_of(self, one: A) -> Sequence[str]:
        """Return what is known of an account, a sentence or two per line."""
        raise NotImplementedError

    def action_choose(self) -> object:
        """Offer everything that can be done with the account under the cursor."""
        raise NotImplementedError

    @property
    def table(self) -> RecordTable:
        """The accounts."""
        return self.query_one(RecordTable)

    def on_mount(self) -> None:
        """Read the accounts."""
        self.table.focus()
        self.reread()

    def on_ready(self) -> None:
        """Let typed keys through once the rows stand: they mean them."""
        self._await_rows()

    @work(group="accounts.ready", exclusive=True, exit_on_error=False)
    async def _await_rows(self) -> None:
        await self.ready_after(self.table.settle())

    @on(RecordTable.Opened)
    def _opened(self) -> None:
        self.action_choose()

    @on(RecordTable.Highlighted)
    def _moved(self, event: RecordTable.Highlighted) -> None:
        if event.row is not None and event.row.key == self._wanted:
            self._wanted = ""
        self._show_details()
        self.refresh_bindings()

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
            found = await self.read_accounts()
            self._shown = dict(found)
            title.count = Count(len(found))
            self.call_after_refresh(self._show_details)
            rows = [self.row_of(place, account) for place, (_id, account) in enumerate(found)]
            return Page(rows, at_start=True, at_end=True)

        self.table.set_source(read, keep=self._wanted or self.table.cursor_key)

    async def current(self) -> A | None:
        """Return the account under the cursor."""
        row = await self.table.settle()
        return self._shown.get(row.key) if row is not None else None

    def shown_in_focus(self) -> A | None:
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

    def _show_details(self) -> None:
        if not self.is_mounted:
            return
        account = self.shown_in_focus()
        lines = self.details_of(account) if account is not None else ()
        shown = self.query_one("#account-details", Static)
        shown.update(Content("\n".join(map(safe, lines))))
        shown.display = bool(lines)
