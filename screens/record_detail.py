"""One record: who it is, how to reach it, its fields, and what hangs on it."""

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import ActiveBinding, Binding, BindingType

from crm_tui.domain.fields import Field
from crm_tui.domain.modules import ACTIVITIES, PARENTS, PEOPLE, Module
from crm_tui.domain.records import Record, Ref
from crm_tui.errors import CrmError, Gone, NotFound
from crm_tui.i18n import N_, _
from crm_tui.text import safe
from screens.activity_actions import delete_activities, edit_activity, open_activity
from screens.base import RecordKey
from screens.delete_records import ask_and_delete
from screens.history_key import HistoryKey
from screens.keys import MODULES
from screens.link_rows import for_rows_first, named_for_links, own_actions, remove_links
from screens.list_steps import ListSteps
from screens.mail_switch_keys import MailSwitchKeys
from screens.note_modal import NoteModal
from screens.participant_tab import tell_who
from screens.record_actions import choose_action
from screens.record_copy import copy_value
from screens.related_tabs import CLOSED, Links, tabs_of
from screens.selection import Selection
from screens.style_sheet import STYLES
from screens.value_text import ValueText
from screens.widgets.field_view import FieldView, shown_fields
from screens.widgets.record_header import RecordHeader, header_fields
from screens.widgets.related_list import RelatedList

if TYPE_CHECKING:
    from screens.widgets.record_table import RecordTable


class RecordDetailScreen(MailSwitchKeys, ListSteps, HistoryKey):
    """Shows a record. Keys act on the record, or on the row of a related list while it has the focus.

    Args:
        ref: Which record.
        list_table: The list it was opened from, for the next and the previous record.
    """

    CSS_PATH = STYLES / "record_detail.tcss"
    BINDING_GROUP_TITLE = N_("This record")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "e", "edit", N_("Edit"), id="record.edit", tooltip=N_("Edit the record, or the row in focus.")
        ),
        Binding("n,plus", "new", N_("New"), id="record.new", tooltip=N_("Add to the related list in front.")),
        Binding(
            "d,delete",
            "delete",
            N_("Delete"),
            id="record.delete",
            tooltip=N_("Delete it, or the row in focus, or the marked ones."),
        ),
        Binding(
            "a",
            "choose_action",
            N_("Actions"),
            id="record.actions",
            tooltip=N_("Choose what to do with the record, with the row in focus or the marked ones."),
        ),
        Binding(
            "right_square_bracket", "step(1)", N_("Next"), id="record.next", tooltip=N_("Next of the list.")
        ),
        Binding(
            "left_square_bracket",
            "step(-1)",
            N_("Previous"),
            id="record.previous",
            show=False,
            tooltip=N_("Previous of the list."),
        ),
        Binding(
            "right",
            "turn(1)",
            N_("Next list"),
            id="related.next",
            show=False,
            tooltip=N_("Show the next related list."),
        ),
        Binding(
            "left",
            "turn(-1)",
            N_("List before"),
            id="related.previous",
            show=False,
            tooltip=N_("Show the related list before."),
        ),
        Binding(
            "y", "copy", N_("Copy"), id="record.copy", show=False, tooltip=N_("Copy a number or an address.")
        ),
    ]

    def __init__(self, ref: Ref, list_table: "RecordTable | None" = None) -> None:
        super().__init__()
        self.ref = ref
        self.record: Record | None = None
        self.list_table = list_table
        self._is_acting = False  # The agent changes something and knows what becomes of the record.

    @property
    def module_name(self) -> str:
        """The entry of the module bar that the record belongs to."""
        return next((entry.name for entry in MODULES if entry.module is self.ref.module), "activities")

    @property
    def related(self) -> RelatedList:
        """The related lists."""
        return self.query_one(RelatedList)

    def record_in_focus(self) -> Ref | None:
        """The record; for an activity whom it is with; the person under the cursor of a related list."""
        row = self.related.row_ref if self.related.has_focus_within else None
        if row is not None and row.module in PEOPLE:
            return row
        if self.record is not None and self.ref.module in ACTIVITIES:
            return self.record.ref_to("who") or self.record.ref_to("related_to")
        return self.ref

    def compose_body(self) -> ComposeResult:
        """Yield header, fields and related lists."""
        yield RecordHeader()
        yield FieldView(id="fields")
        yield RelatedList(self._texts, lambda ids: self.services.numbers.marks(self.actor, ids))

    def on_mount(self) -> None:
        """Read the record."""
        self.related.display = self.ref.module in PARENTS
        self.query_one(FieldView).focus()
        self._load()

    def on_ready(self) -> None:
        """Let typed keys through once there is a record for them."""
        if self.record is not None:
            self.ready_for_keys()

    def on_records_changed(self, keys: frozenset[RecordKey]) -> None:
        """Show what was saved meanwhile."""
        if not keys or (self.ref.module, self.ref.id) in keys:
            self._load()
        elif self.related.is_concerned(keys, (Module.USER, self.actor.id)):
            self.related.reload()

    def record_saved(self, ref: Ref) -> None:
        """Put the cursor on a record that was added to the related list in front."""
        tab = self.related.tab
        if tab is not None and tab.module is ref.module:
            self.related.go_to(ref.id)

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """What the keys do now; in a list of linked records nothing is made or deleted."""
        bindings = super().active_bindings
        tab = self.related.tab if self.is_mounted else None
        if tab is None:
            return bindings
        focused = self.related.has_focus_within
        if focused:
            bindings = for_rows_first(bindings)
        if tab.links is not None:
            bindings = named_for_links(bindings, tab.links, focused=focused)
        return bindings

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Take keys away that don't apply here or that the agent has no permission for."""
        if action == "delete" and self._focused_links is not None:
            return self.related.row_ref is not None and self._may_link(self._focused_links)
        if action == "choose_action" and self._target is not None:
            return self._target.module is not Module.USER
        if action in ("edit", "delete"):
            target = self._target or (self.ref if action == "edit" else None)
            is_final = action == "edit" and self._is_final
            return target is not None and not is_final and self.allowed(action, target.module)
        if action == "new":
            return bool(self.related.tab) and self._may_add()
        if action == "turn":
            return self.related.tab is not None
        return super().check_action(action, parameters)

    @work(group="record.edit", exit_on_error=False)
    async def action_edit(self) -> None:
        """Open the form of the record or of the row in focus."""
        with self.app.keys.hold():
            await self._open_editor(await self._settled_target() or self.ref)

    @work(group="record.delete", exit_on_error=False)
    async def action_delete(self) -> None:
        """Delete the record or the rows meant, or unlink them; a deleted record's screen closes."""
        refs = await self._settled_targets()
        if not refs:
            return
        self._is_acting = True
        if self._focused_links is not None:
            done = await remove_links(self, self._focused_links, refs)
        elif refs[0].module in ACTIVITIES:
            done = await delete_activities(self, refs)
        else:
            own = self.record.name if self.record is not None else ""
            name = (refs[0].name or own) if len(refs) == 1 else ""
            done = await ask_and_delete(self, refs[0].module, [ref.id for ref in refs], name)
        self._is_acting = done
        if done and refs[0].id == self.ref.id:
            self._close()
        elif done:
            self.related.clear_marks()

    @work(group="record.new", exit_on_error=False)
    async def action_new(self) -> None:
        """Add a record to the related list in front."""
        tab = self.related.tab
        if tab is None or self.record is None:
            return
        if tab.links is not None:
            await tab.links.add(self)
        elif tab.module is not None:
            await self.app.open_form(tab.module, prefill=tab.prefill)
        elif tab.code == CLOSED:
            await self.action_log_call()
        else:
            await self.action_new_task()

    @work(group="record.actions", exit_on_error=False)
    async def action_choose_action(self) -> None:
        """Offer what can be done with the record, or with the row in focus."""
        refs = await self._settled_targets()
        if not refs or self.record is None:
            return
        name = (refs[0].name or self.record.name) if len(refs) == 1 else ""
        selection = Selection(refs[0].module, tuple(ref.id for ref in refs), name=name)
        self._is_acting = True
        links = self._focused_links
        own = own_actions(self, links, refs) if links is not None and self._may_link(links) else []
        self._is_acting = await choose_action(self, selection, own)
        if self._is_acting:
            self.related.clear_marks()

    def action_turn(self, step: int) -> None:
        """Bring another related list to the front."""
        self.related.turn(step)

    @work(group="record.copy", exit_on_error=False)
    async def action_copy(self) -> None:
        """Copy a phone number, an address or the name; asks which when there are several."""
        if self.record is not None:
            await copy_value(self, self.record, self._fields)

    @on(RelatedList.RowOpened)
    @work(name="action_open_row", group="record.open", exit_on_error=False)
    async def _row_opened(self, event: RelatedList.RowOpened) -> None:
        if event.ref.module is Module.NOTE:
            await self._read_note(event.ref)
        elif event.ref.module in ACTIVITIES:
            await open_activity(self, event.ref, self.related.table)
        elif event.ref.module is Module.USER:
            tell_who(self, event.ref)
        else:
            await self.app.open_record(event.ref, self.related.table)

    async def _open_editor(self, ref: Ref) -> None:
        if ref.module in ACTIVITIES:
            await edit_activity(self, ref)
        else:
            record = await self.services.records(ref.module).get(self.actor, ref.id)
            await self.app.open_form(ref.module, record)

    @property
    def has_activity_in_focus(self) -> bool:
        """Whether c, r and x mean anything now."""
        target = self._target
        return target is not None and target.module in ACTIVITIES and not self._is_closed_row

    async def activity_meant(self) -> Ref | None:
        """The activity that c, r and x mean: the row in focus, or this record."""
        ref = await self._settled_target()
        return ref if ref is not None and ref.module in ACTIVITIES else None

    async def _read_note(self, ref: Ref) -> None:
        note = await self.services.records(Module.NOTE).get(self.actor, ref.id)
        answer = await self.app.push_screen_wait(NoteModal(note))
        if answer == "edit":
            await self.app.open_form(Module.NOTE, note)
        elif answer == "delete":
            await ask_and_delete(self, Module.NOTE, [note.id], note.name)

    async def show_row(self, key: str) -> None:
        """Show another record of the list; a call has a screen of its own."""
        ref = Ref(self.ref.module, key, "")
        if self.ref.module in ACTIVITIES:
            ref = (await self.services.activities.get(self.actor, key)).ref
        if ref.module is Module.CALL:
            self._close()
            self.app.call_later(self.app.open_record, ref, self.list_table)
            return
        self.ref = ref
        self.record = None
        await self._load().wait()

    @work(group="record.load", exclusive=True, exit_on_error=False)
    async def _load(self) -> None:
        await self.ready_after(self._read(self.ref))

    async def _read(self, ref: Ref) -> None:
        try:
            record = await self.services.records(ref.module).get(self.actor, ref.id)
        except NotFound as error:
            self._gone(error)
            return
        self._is_acting = False
        marks = await self.services.numbers.marks(self.actor, [record.id])
        again = self.record is not None and self.record.id == record.id
        self.record = record
        texts = replace(self._texts, badges=marks.get(record.id, {}))
        self.query_one(RecordHeader).show(record, texts)
        hidden = header_fields(record.module)
        self.query_one(FieldView).show(shown_fields(record, self._fields, texts, without=hidden))
        self.related.show(tabs_of(self, record), same_record=again)
        await self.related.mounted()
        self.refresh_bindings()

    def _gone(self, error: CrmError) -> None:
        """Close, and say why unless the agent did it; behind a dialog wait until that is closed."""
        if self.app.screen is not self:
            self.mark_stale(frozenset())
            return
        if self.record is None:
            self.show_error(error)
        elif not self._is_acting:
            name = safe(self.record.name, limit=80)
            text = _("“%(name)s” is gone: somebody deleted it or took it out of your sight.")
            self.app.notice(str(error) if isinstance(error, Gone) else text % {"name": name})
        self._close()

    def _close(self) -> None:
        """Close from a worker of this screen, which can't wait for its own end."""
        self.app.call_later(self.app.close_screen, self)

    @property
    def _fields(self) -> tuple[Field, ...]:
        return self.services.records(self.ref.module).fields()

    @property
    def _texts(self) -> ValueText:
        return ValueText(self.services.settings.picklists, self.zone)

    @property
    def _target(self) -> Ref | None:
        """What the keys mean: the row of a related list while it has the focus, else the record."""
        return self.related.row_ref if self.related.has_focus_within else self.ref

    @property
    def _is_closed_row(self) -> bool:
        """Whether the keys mean a row of the list of closed activities."""
        tab = self.related.tab
        return tab is not None and tab.code == CLOSED and self.related.has_focus_within

    @property
    def _is_final(self) -> bool:
        """Whether what the keys mean can't be edited (any more): mail, a closed call, a converted lead."""
        if self.related.has_focus_within:
            row = self.related.row_ref
            closed = Module.CALL if self._is_closed_row else Module.MAIL
            return row is not None and row.module in (closed, Module.MAIL)
        return self.record is not None and self.record.get("converted_at") is not None

    async def _settled_target(self) -> Ref | None:
        if self.related.has_focus_within:
            return await self.related.row()
        return self.ref

    async def _settled_targets(self) -> tuple[Ref, ...]:
        """Return the marked rows of a related list or the one in focus there, else the record."""
        with self.app.keys.hold():
            if self.related.has_focus_within:
                return await self.related.rows()
        return (self.ref,)

    @property
    def _focused_links(self) -> Links | None:
        """What the keys do in the related list that has the focus, if its rows are only linked."""
        tab = self.related.tab
        return tab.links if tab is not None and self.related.has_focus_within else None

    def _may_link(self, links: Links) -> bool:
        return self.allowed(links.verb, links.module or self.ref.module)

    def _may_add(self) -> bool:
        tab = self.related.tab
        if tab is not None and tab.links is not None:
            return self._may_link(tab.links)
        return tab is not None and self.allowed("create", tab.module or Module.TASK)
