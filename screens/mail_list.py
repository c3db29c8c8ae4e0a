"""The list of mail: views, source, full text; the message beside it where there is room."""

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal

from crm_tui.domain.mail import VIEW_LABELS, MailQuery, MailRow, MailView
from crm_tui.domain.modules import Module
from crm_tui.domain.paging import Page, PageRequest, Seek
from crm_tui.domain.records import Ref
from crm_tui.errors import CrmError, NotFound
from crm_tui.i18n import N_, _
from screens.base import RecordKey
from screens.choice_modal import ChoiceModal
from screens.filter_line import FilteredScreen
from screens.mail_acts import MAIL_BINDINGS, MailActs, call_from_mail, mark_read, show_thread
from screens.mail_rows import COLUMNS, DATE, MailRows, MailTable
from screens.mail_source import choose_source, source_name
from screens.style_sheet import STYLES
from screens.value_text import ValueText
from screens.widgets.field_text import LineInput
from screens.widgets.list_title import ListTitle
from screens.widgets.mail_preview import MailPreview
from screens.widgets.record_table import RecordTable

if TYPE_CHECKING:
    from crm_tui.app import CrmApp

COUNT_CAP: Final = 1_000
"""Mails that are counted exactly: counting goes on while mail comes in."""

_AT_ONCE: Final = 1_000
"""Mails that are read at once when a whole list is meant."""

_EMPTY: Final = N_("No mail here. v shows other mail, o connects a mail account, n writes a mail.")
_NO_MAILBOX: Final = N_("No mailbox is connected yet. Press o to connect one.")


class MailListScreen(FilteredScreen, MailActs):
    """Lists mail; what can be done to one mail is done without opening it."""

    CSS_PATH = STYLES / "mail_list.tcss"
    MODULE_NAME = "mail"
    AUTO_FOCUS = "MailTable"
    BINDING_GROUP_TITLE = N_("This list")
    BINDINGS: ClassVar[list[BindingType]] = [
        *MAIL_BINDINGS,
        Binding(
            "slash",
            "filter",
            N_("Search"),
            id="mail.filter",
            tooltip=N_("Search the text, the people and the attachments of the mail of this list."),
        ),
        Binding("v", "choose_view", N_("View"), id="mail.view", tooltip=N_("Choose which mail is listed.")),
        Binding(
            "s",
            "choose_source",
            N_("Source"),
            id="mail.source",
            show=False,
            tooltip=N_("Mail sent from here, that of all who share theirs, or that of one of them."),
        ),
        Binding(
            "t",
            "thread",
            N_("Thread"),
            id="mail.thread",
            show=False,
            tooltip=N_("All mail of its thread."),
        ),
        Binding(
            "y",
            "copy_address",
            N_("Copy the address"),
            id="mail.copy",
            show=False,
            tooltip=N_("Copy the mail address of the sender, or of the first addressee of a sent mail."),
        ),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._query = MailQuery(view=MailView.INBOX)
        self._rows: MailRows | None = None

    # What the keys mean

    def mail_in_focus(self) -> MailRow | None:
        """The mail under the cursor."""
        return self._rows.mail(self.table.cursor_key) if self._rows is not None else None

    async def mail_meant(self) -> MailRow | None:
        """The mail under the cursor once all keys typed so far have moved it."""
        await self.table.settle()
        return self.mail_in_focus()

    def record_in_focus(self) -> Ref | None:
        """Whose mail is under the cursor, for a call; else the deal that it belongs to."""
        mail = self.mail_in_focus()
        if mail is None:
            return None
        message = self.query_one(MailPreview).message
        if message is not None and message.row.id == mail.id:
            return next(iter(message.people), mail.association.deal)
        return mail.association.deal

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Take keys away that mean nothing without a mail."""
        if action in ("thread", "copy_address"):
            return self.mail_in_focus() is not None
        if action == "mail_toggle_read" and self.is_mounted and self._has_marks:
            return True
        return super().check_action(action, parameters)

    def action_thread(self) -> None:
        """Show the thread of the mail under the cursor."""
        self.act_on_mail(show_thread)

    def action_copy_address(self) -> None:
        """Copy the address of the person at the other end."""
        self.act_on_mail(_copy_address)

    def action_mail_deal(self) -> None:
        """Put the marked mails to a deal, or do what the mark of the one under the cursor offers."""
        if self._has_marks:
            self.run_mail(self._put_marked_to_deal)
        else:
            super().action_mail_deal()

    def action_mail_toggle_read(self) -> None:
        """Mark the marked mails, or the one under the cursor, as read; as unread if they all are."""
        if self._has_marks:
            self.run_mail(self._toggle_marked)
        else:
            super().action_mail_toggle_read()

    async def settled(self) -> None:
        """Learn whose mail is under the cursor."""
        await self.table.settle()
        await self._read_preview(self.table.cursor_key)

    async def take_call_key(self) -> bool:
        """Call whose mail is under the cursor about its deal."""
        if self.app.running_call is not None:
            return False
        return await call_from_mail(self.app, self.query_one(MailPreview).message)

    # Building and reading

    def compose_body(self) -> ComposeResult:
        """Yield title, filter, table and preview."""
        yield ListTitle(_("Mail"))
        yield LineInput(compact=True, id="filter", placeholder=_("Words, names, addresses, attachments"))
        with Horizontal(id="list"):
            table = MailTable(
                COLUMNS,
                id="mails",
                empty_text=_EMPTY,
            )
            table.empty_keys = {"v": "mail.view", "o": "mail.settings", "n": "mail.write"}
            yield table
            yield MailPreview()

    def on_mount(self) -> None:
        """Begin in the list."""
        self.table.focus()

    def on_ready(self) -> None:
        """Let typed keys through once the first rows stand."""
        self._open()

    @work(group="mail.ready", exclusive=True, exit_on_error=False)
    async def _open(self) -> None:
        """Show the inbox; to those who have no mailbox, all that they see."""
        with suppress(CrmError):
            if not await self.services.mail_accounts.own(self.actor):
                self._query = replace(self._query, view=MailView.ALL)
        self.reread()
        await self.table.settle()
        self.ready_for_keys()

    def on_records_changed(self, keys: frozenset[RecordKey]) -> None:
        """Read the rows again; the cursor stays on its mail, and what is typed stays."""
        concerned = (Module.MAIL, Module.DEAL, Module.CONTACT, Module.LEAD)
        mine = (Module.USER, self.actor.id)
        if self._rows is not None and (
            not keys or mine in keys or any(module in concerned for module, _id in keys)
        ):
            self.table.reload()
            self._count()
            self._show_preview()

    def filter_changed(self) -> None:
        """Read the list anew for the words that were typed."""
        self._query = replace(self._query, text=self.filter_text)
        self.reread()

    def reread(self) -> None:
        """Read the list anew; the cursor stays on its mail if the list has it."""
        query = self._query

        async def read(request: PageRequest) -> Page[MailRow]:
            return await self.services.mail_messages.list(self.actor, query, request)

        self._rows = MailRows(read, self._texts)
        self.table.set_sort(DATE, descending=not query.oldest_first)
        self.table.set_source(self._rows, keep=self.table.cursor_key)
        title = self.query_one(ListTitle)
        title.view, title.filter = _(VIEW_LABELS[query.view]), query.text
        self._count()

    @work(group="mail.count", exclusive=True, exit_on_error=False)
    async def _count(self) -> None:
        title = self.query_one(ListTitle)
        has_mailbox = bool(await self.services.mail_accounts.own(self.actor))
        self.table.empty_text = _EMPTY if has_mailbox else _NO_MAILBOX
        self.table.refresh()
        title.note = await source_name(self, self._query.source)
        title.count = await self.services.mail_messages.count(self.actor, self._query, COUNT_CAP)

    # Keys of the list

    @work(group="mail.view", exit_on_error=False)
    async def action_choose_view(self) -> None:
        """Choose which mail is listed."""
        options = [(view.value, _(label)) for view, label in VIEW_LABELS.items()]
        current = self._query.view.value
        chosen = await self.app.push_screen_wait(ChoiceModal(_("Which mail?"), options, current=current))
        if chosen is not None:
            await self._list(replace(self._query, view=MailView(chosen)))

    @work(group="mail.source", exit_on_error=False)
    async def action_choose_source(self) -> None:
        """Choose where the listed mail comes from."""
        source = await choose_source(self, self._query.source)
        if source is not None:
            await self._list(replace(self._query, source=source))

    async def _list(self, query: MailQuery) -> None:
        """List other mail; keys that are typed meanwhile mean its rows."""
        self._query = query
        self.reread()
        await self.table.settle()

    @on(RecordTable.SortRequested)
    def _sort_requested(self) -> None:
        self._query = replace(self._query, oldest_first=not self._query.oldest_first)
        self.reread()

    @on(RecordTable.Opened)
    async def _opened(self, event: RecordTable.Opened) -> None:
        await self.app.open_record(Ref(Module.MAIL, event.row.key, ""), self.table)

    @on(RecordTable.Highlighted)
    def _highlighted(self) -> None:
        self.refresh_bindings()
        self._show_preview()

    def on_resize(self) -> None:
        """The preview comes and goes with the room there is."""
        self._show_preview()

    @on(RecordTable.MarksChanged)
    def _marks_changed(self) -> None:
        title = self.query_one(ListTitle)
        title.all_marked = self.table.all_marked
        title.marked = len(self.table.unmarked if self.table.all_marked else self.table.marked)

    @property
    def _has_marks(self) -> bool:
        return self.table.all_marked or bool(self.table.marked)

    async def _marked(self) -> list[MailRow]:
        """Return the marked mails; a list that is marked as a whole is read to its end."""
        if not self.table.all_marked:
            known = [self._rows.mail(key) for key in self.table.marked] if self._rows is not None else []
            return [row for row in known if row is not None]
        found: list[MailRow] = []
        request = PageRequest(limit=_AT_ONCE)
        while True:
            page = await self.services.mail_messages.list(self.actor, self._query, request)
            found += [row for row in page.rows if row.id not in self.table.unmarked]
            if page.at_end or not page.rows:
                return found
            request = replace(request, seek=Seek.AFTER, position=page.rows[-1].position)

    async def _put_marked_to_deal(self) -> None:
        from screens.mail_deal_actions import act_on_marked

        rows = await self._marked()
        if rows and await act_on_marked(self.app, [row.id for row in rows]):
            self.table.clear_marks()

    async def _toggle_marked(self) -> None:
        rows = await self._marked()
        await mark_read(self.app, rows, read=not all(row.is_seen for row in rows))
        self.table.clear_marks()

    @property
    def _texts(self) -> ValueText:
        return ValueText(self.services.settings.picklists, self.zone)

    def _show_preview(self) -> None:
        self._load_preview(self.table.cursor_key)

    @work(group="mail.preview", exclusive=True, exit_on_error=False)
    async def _load_preview(self, key: str | None) -> None:
        await self._read_preview(key)

    async def _read_preview(self, key: str | None) -> None:
        """Read the mail under the cursor: the preview shows it, and F2 calls its person."""
        message = None
        if key is not None:
            with suppress(NotFound):
                message = await self.services.mail_messages.get(self.actor, key)
        if self.is_attached and key == self.table.cursor_key:
            self.query_one(MailPreview).show(message, self.zone)
            self.refresh_bindings()


async def _copy_address(app: "CrmApp", mail: MailRow) -> None:
    if mail.counterpart is not None:
        app.copy(mail.counterpart.email)
