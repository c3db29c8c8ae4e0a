"""The outbox: what waits, failed or may have been sent, and what was begun."""

from collections.abc import Collection
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import ScreenResume
from textual.widgets import Static

from crm_tui.domain.mail_outgoing import Outgoing, OutgoingState
from crm_tui.domain.modules import Module
from crm_tui.domain.paging import Page, PageRequest
from crm_tui.domain.queries import Count
from crm_tui.domain.records import Ref
from crm_tui.i18n import N_, _
from crm_tui.text import safe
from screens.base import CrmScreen, RecordKey
from screens.choice_modal import ChoiceModal
from screens.mail_account_texts import FAILING
from screens.mail_again import write_again, write_to_refused
from screens.mail_taken_back import TAKEN_BACK
from screens.mail_writing import begun_mails, drop, go_on
from screens.outbox_rows import (
    AGAIN,
    ARRIVED,
    COLUMNS,
    EDIT,
    OPEN,
    REMOVE,
    OutboxItem,
    act_label,
    outbox_row,
    told,
)
from screens.style_sheet import STYLES
from screens.widgets.list_title import ListTitle
from screens.widgets.record_columns import Row
from screens.widgets.record_table import RecordTable


class OutboxScreen(CrmScreen[None]):
    """Lists the agent's own mail that isn't settled; another list has what was sent, too."""

    CSS_PATH = STYLES / "outbox_screen.tcss"
    MODULE_NAME = "mail"
    AUTO_FOCUS = "RecordTable"
    BINDING_GROUP_TITLE = N_("The outbox")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "e",
            f"act('{EDIT}')",
            N_("Edit"),
            id="outbox.edit",
            tooltip=N_("Take the mail back and go on writing it; what stands in it stays."),
        ),
        Binding(
            "r",
            f"act('{AGAIN}')",
            N_("Send again"),
            id="outbox.again",
            tooltip=N_("Send the mail once more as it is, or at once instead of later."),
        ),
        Binding(
            "d,delete",
            f"act('{REMOVE}')",
            N_("Delete"),
            id="outbox.delete",
            tooltip=N_("Delete the draft, or the mail that isn't sent. Asks first."),
        ),
        Binding(
            "v",
            "show_sent",
            N_("All"),
            id="outbox.all",
            show=False,
            tooltip=N_("Show what was sent, too, or only what isn't settled."),
        ),
        Binding("n", "write", N_("Write"), id="outbox.write", show=False, tooltip=N_("Write a new mail.")),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._shows_sent = False
        self._items: dict[str, OutboxItem] = {}

    @property
    def table(self) -> RecordTable:
        """The list."""
        return self.query_one(RecordTable)

    @property
    def item(self) -> OutboxItem | None:
        """The mail under the cursor."""
        return self._items.get(self.table.cursor_key or "")

    def compose_body(self) -> ComposeResult:
        """Yield the title, the list, and what to know of the mail under the cursor."""
        yield ListTitle(_("Outbox"))
        table = RecordTable(COLUMNS, id="outbox", empty_text=N_("Nothing waits here. n writes a mail."))
        table.empty_keys = {"n": "outbox.write"}
        yield table
        yield Static(id="outbox-told")

    def on_mount(self) -> None:
        """Read the list."""
        self.table.focus()
        self._reread()

    def on_ready(self) -> None:
        """Let typed keys through once the rows stand: they mean them."""
        self._await_rows()

    @work(group="outbox.ready", exclusive=True, exit_on_error=False)
    async def _await_rows(self) -> None:
        await self.ready_after(self.table.settle())

    @on(ScreenResume)
    def _came_back(self) -> None:
        # Drafts tell nobody when they change.
        self.table.reload()

    def on_records_changed(self, keys: frozenset[RecordKey]) -> None:
        """Read the list again when something of the agent's own changed."""
        if not keys or (Module.USER, self.actor.id) in keys:
            self.table.reload()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Take keys away that mean nothing for the mail under the cursor."""
        if action in ("act", "write") and not self.allowed("create", Module.MAIL):
            return False
        if action == "act" and self.is_mounted:
            item = self.item
            return item is not None and (not parameters or parameters[0] in item.acts)
        return super().check_action(action, parameters)

    @work(group="outbox.act", exit_on_error=False)
    async def action_act(self, act: str) -> None:
        """Do one thing with the mail under the cursor."""
        await self.table.settle()
        item = self.item
        if item is not None and act in item.acts:
            await self._act(item, act)

    def action_write(self) -> None:
        """Write a new mail."""
        self.app.open_compose()

    def action_show_sent(self) -> None:
        """Show what was sent, too, or leave it out again."""
        self._shows_sent = not self._shows_sent
        self._reread()

    @on(RecordTable.Opened)
    def _opened(self) -> None:
        self._choose()

    @on(RecordTable.Highlighted)
    def _highlighted(self) -> None:
        self._tell()

    @work(name="action_choose", group="outbox.act", exit_on_error=False)
    async def _choose(self) -> None:
        """Do what Enter means; where that isn't one thing, ask."""
        item = self.item
        may_write = self.allowed("create", Module.MAIL)
        acts = [one for one in item.acts if may_write or one == OPEN] if item is not None else []
        if item is None or not acts:
            return
        if item.outgoing is None or acts == [OPEN]:
            await self._act(item, acts[0])
            return
        options = [(act, act_label(item, act)) for act in acts]
        # Deleting takes the cursor and Enter: a digit typed by mistake must not lose anything.
        digits = [None if act == REMOVE else place for place, act in enumerate(acts, start=1)]
        question = ChoiceModal(item.label, options, detail=told(item, self.zone), digits=digits)
        chosen = await self.app.push_screen_wait(question)
        if chosen is not None:
            await self._act(item, chosen)

    async def _act(self, item: OutboxItem, act: str) -> None:
        outbox, one = self.services.mail_outbox, item.outgoing
        if act == REMOVE:
            await self._remove(item)
        elif one is None:
            await go_on(self.app, item.key)
        elif act == EDIT and one.refused:
            await write_to_refused(self.app, one)
        elif act == EDIT:
            await write_again(self.app, one)
        elif act == OPEN and one.mail_id:
            await self.app.open_record(Ref(Module.MAIL, one.mail_id, one.draft.subject))
        elif act == ARRIVED:
            await outbox.resolve_unknown(self.actor, one.id, was_sent=True)
            self.app.notice(_("The mail is kept as sent."))
        elif act == AGAIN and ARRIVED in item.acts:
            await outbox.resolve_unknown(self.actor, one.id, was_sent=False)
            self.app.notice(_("The mail is being sent once more."))
        elif act == AGAIN:
            await outbox.retry(self.actor, one.id)
            self.app.notice(_("The mail is being sent."))

    async def _remove(self, item: OutboxItem) -> None:
        subject = safe(item.text("subject"), limit=60) or "–"
        question = _("Delete “%(subject)s”? It isn't sent to anybody.") % {"subject": subject}
        if not await self.app.confirm(question, act_label(item, REMOVE)):
            return
        if item.outgoing is None:
            await drop(self.app, item.key)
        else:
            await self.services.mail_outbox.cancel(self.actor, item.outgoing.id)
        self.app.notice(_("Deleted; it wasn't sent."))
        self.table.reload()

    def _reread(self) -> None:
        title = self.query_one(ListTitle)
        title.view = _("all mail sent from here") if self._shows_sent else ""

        async def read(_request: PageRequest) -> Page[Row]:
            found = await self.services.mail_outbox.list(self.actor, open_only=not self._shows_sent)
            edited = {one.key for one in await self.services.drafts.pending(self.actor)}
            items = [
                *(OutboxItem(begun=one) for one in await begun_mails(self.app)),
                *(OutboxItem(outgoing=one) for one in found if not _is_edited(one, edited)),
            ]
            items.sort(key=lambda item: item.when, reverse=True)
            self._items = {item.key: item for item in items}
            title.count = Count(len(items))
            rows = [outbox_row(place, item, self.zone) for place, item in enumerate(items)]
            self.call_after_refresh(self._tell)
            return Page(rows, at_start=True, at_end=True)

        self.table.set_source(read, keep=self.table.cursor_key)

    def _tell(self) -> None:
        item = self.item
        text = told(item, self.zone) if item is not None else ""
        if item is not None and item.state is OutgoingState.QUEUED and self.app.mail_watch.is_failing:
            text = _(FAILING)
        self.query_one("#outbox-told", Static).update(Content(safe(text, limit=600, newlines=True)))
        self.refresh_bindings()


def _is_edited(one: Outgoing, drafts: Collection[str]) -> bool:
    """Return whether a mail is being edited: its draft stands for it."""
    return one.state is OutgoingState.FAILED and f"{TAKEN_BACK}{one.id}" in drafts
