"""The mails of one thread, the oldest first."""

from textual import on, work
from textual.app import ComposeResult

from crm_tui.domain.mail import MailRow
from crm_tui.domain.modules import Module
from crm_tui.domain.paging import Page, PageRequest
from crm_tui.domain.queries import Count
from crm_tui.domain.records import Ref
from crm_tui.i18n import N_, _
from screens.base import CrmScreen, RecordKey
from screens.mail_acts import MAIL_BINDINGS, MailActs
from screens.mail_rows import COLUMNS, DATE, MailRows, MailTable
from screens.value_text import ValueText
from screens.widgets.list_title import ListTitle
from screens.widgets.record_table import RecordTable


class MailThreadScreen(CrmScreen[None], MailActs):
    """Lists the thread of a mail as far as the agent sees it.

    Args:
        mail_id: A mail of the thread, on which the cursor starts.
    """

    MODULE_NAME = "mail"
    AUTO_FOCUS = "MailTable"
    BINDING_GROUP_TITLE = N_("This thread")
    BINDINGS = MAIL_BINDINGS

    def __init__(self, mail_id: str) -> None:
        super().__init__()
        self._mail_id = mail_id
        self._rows = MailRows(self._read, ValueText(self.services.settings.picklists, self.zone))

    @property
    def table(self) -> MailTable:
        """The list."""
        return self.query_one(MailTable)

    def mail_in_focus(self) -> MailRow | None:
        """The mail under the cursor."""
        return self._rows.mail(self.table.cursor_key)

    async def mail_meant(self) -> MailRow | None:
        """The mail under the cursor once all keys typed so far have moved it."""
        await self.table.settle()
        return self.mail_in_focus()

    def compose_body(self) -> ComposeResult:
        """Yield title and table."""
        yield ListTitle(_("Thread"))
        yield MailTable(COLUMNS, id="thread", empty_text=N_("No mail of this thread is left."))

    def on_mount(self) -> None:
        """Read the thread."""
        self.table.set_sort(DATE)
        self.table.set_source(self._rows, keep=self._mail_id)

    def on_ready(self) -> None:
        """Let typed keys through once the rows stand."""
        self._await_rows()

    def on_records_changed(self, keys: frozenset[RecordKey]) -> None:
        """Another mail of the thread may have come."""
        if not keys or any(module in (Module.MAIL, Module.DEAL, Module.USER) for module, _id in keys):
            self.table.reload()

    @work(group="mail.ready", exclusive=True, exit_on_error=False)
    async def _await_rows(self) -> None:
        await self.ready_after(self.table.settle())

    async def _read(self, _request: PageRequest) -> Page[MailRow]:
        rows = await self.services.mail_messages.thread(self.actor, self._mail_id)
        title = self.query_one(ListTitle)
        title.count, title.view = Count(len(rows)), rows[0].subject if rows else ""
        return Page(rows, at_start=True, at_end=True)

    @on(RecordTable.Opened)
    async def _opened(self, event: RecordTable.Opened) -> None:
        await self.app.open_record(Ref(Module.MAIL, event.row.key, ""), self.table)

    @on(RecordTable.Highlighted)
    def _highlighted(self) -> None:
        self.refresh_bindings()
