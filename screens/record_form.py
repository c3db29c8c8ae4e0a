"""The form of one record, new or existing."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import DescendantBlur
from textual.widgets import Static

from crm_tui.domain.fields import TEXTUAL, Field, FieldType, label_of
from crm_tui.domain.modules import SINGULAR, Module
from crm_tui.domain.records import NO_VALUES, Record, Ref, Value
from crm_tui.errors import Conflict, CrmError, Immutable, Invalid, NotFound
from crm_tui.i18n import N_, _
from crm_tui.text import safe
from screens.base import CrmScreen, RecordKey
from screens.choice_modal import ChoiceModal
from screens.conflict_flow import save_over
from screens.draft_keeper import DraftKeeper
from screens.duplicate_hint import DuplicateHint
from screens.duplicates_screen import show_duplicates
from screens.form_context import form_context
from screens.keys import MODULES
from screens.style_sheet import STYLES
from screens.unsaved_text import keep_as_draft
from screens.widgets.form import Form
from screens.widgets.form_field import FormContext
from screens.widgets.lookup import named_in

if TYPE_CHECKING:
    from crm_tui.services.container import Services
    from crm_tui.services.records import RecordService


_RECOGNISABLE = TEXTUAL | {FieldType.REFERENCE, FieldType.DATE}
"""Types whose draft means something to the person who typed it."""


class RecordFormScreen(CrmScreen[Record | None]):
    """Edits a record; closes with the record as saved, or with None when the agent gives up.

    Args:
        module: What is edited.
        record: The record to edit; None makes a new one.
        prefill: Values that a new record starts with. Those of fields that the form doesn't show are
            saved with it.
    """

    CSS_PATH = STYLES / "record_form.tcss"
    BINDING_GROUP_TITLE = N_("This form")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+s,f10", "save", N_("Save"), id="form.save", priority=True, tooltip=N_("Save and close.")
        ),
        Binding(
            "f7",
            "show_duplicates",
            N_("Duplicates"),
            id="form.duplicates",
            priority=True,
            tooltip=N_("Show the records that look like the one typed here."),
        ),
    ]

    def __init__(
        self, module: Module, record: Record | None = None, prefill: Mapping[str, Value] | None = None
    ) -> None:
        super().__init__()
        self.module = module
        self.record = record
        self.prefill: Mapping[str, Value] = prefill or NO_VALUES
        self._drafts: DraftKeeper | None = None
        self._saving = False
        self._told_of = 0
        self._is_gone = False

    @property
    def module_name(self) -> str:
        """The entry of the module bar that the record belongs to."""
        return next((entry.name for entry in MODULES if entry.module is self.module), "activities")

    @property
    def draft_key(self) -> str:
        """Name under which what is typed is kept."""
        return f"{self.module}:{self.record.id if self.record else 'new'}"

    @property
    def form(self) -> Form:
        """The fields."""
        return self.query_one(Form)

    @property
    def hint(self) -> DuplicateHint:
        """The line that tells of duplicates."""
        return self.query_one(DuplicateHint)

    def record_in_focus(self) -> Ref | None:
        """The record being edited."""
        return self.record.ref if self.record is not None else None

    def context(self) -> FormContext:
        """Return what the fields need from outside; a form that knows more of them overrides it."""
        return form_context(self)

    def new_values(self) -> dict[str, object]:
        """Return what a new record is made of."""
        return self.form.values()

    async def add_record(self, values: Mapping[str, object]) -> Record:
        """Save a new record; a form that does more with it in the same step overrides it."""
        return (await self._service.create(self.actor, values)).record

    def has_unsaved_text(self) -> bool:
        """Whether leaving would drop something typed."""
        return self.form.is_dirty

    def compose_body(self) -> ComposeResult:
        """Yield the title and the fields."""
        yield Static(self._title(), id="form-title")
        yield DuplicateHint(self.module, self.record.id if self.record else None)
        form = Form(self._fields(), self.context())
        form.fit(self.app.size.width)
        yield form

    def on_mount(self) -> None:
        """Show the values, put the cursor in the first field and look for a draft."""
        self.form.load(self.record or {**self._defaults(), **self.prefill})
        self.form.focus_first()
        self._drafts = DraftKeeper(self, self.draft_key, self._texts)
        self._offer_draft(self._drafts)

    def on_records_changed(self, keys: frozenset[RecordKey]) -> None:
        """Look at what somebody else saved meanwhile."""
        record = self.record
        if record is not None and not self._saving and (not keys or (record.module, record.id) in keys):
            self._look_again(record)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer the duplicates once there are some."""
        if action == "show_duplicates":
            return bool(self.hint.found)
        return super().check_action(action, parameters)

    @work(group="form.show_duplicates", exit_on_error=False)
    async def action_show_duplicates(self) -> None:
        """Show the records that look like the typed one."""
        if await show_duplicates(self, self.hint.found, None if self.form.is_dirty else self.record):
            # What stood here has been merged and is shown by the screen behind.
            await self._leave(keep_draft=False)

    def action_save(self) -> None:
        """Save; errors stand under their fields and nothing typed is lost."""
        if not self._saving:
            self._save()

    async def action_back(self) -> None:
        """Leave; a changed form asks first."""
        self._leave_or_ask()

    @on(DescendantBlur)
    def _field_left(self) -> None:
        if self.is_current:
            self._look_for_duplicates()

    @work(group="form.duplicates", exclusive=True, exit_on_error=False)
    async def _look_for_duplicates(self) -> None:
        await self.hint.look({**self.prefill, **self.form.values()})
        self.refresh_bindings()

    @on(Form.Changed)
    def _changed(self) -> None:
        if self._drafts is not None:
            self._drafts.touch()

    @work(group="form.look", exclusive=True, exit_on_error=False)
    async def _look_again(self, shown: Record) -> None:
        """Show what others saved while nothing is typed yet; typed text stays, and the agent is told."""
        try:
            now = await self._service.get(self.actor, shown.id)
        except NotFound as error:
            if not self._saving and not self._is_gone:
                self._tell_gone(error)
            return
        self._is_gone = False
        if self._saving or self.record is not shown or now.version in (shown.version, self._told_of):
            return
        if self.form.is_dirty:
            self._told_of = now.version
            self.app.notice(
                _("Somebody else changed this record meanwhile. What you typed stays; saving shows both.")
            )
        else:
            self.record = now
            self.form.load(now)

    @work(name="action_save", group="form.save", exit_on_error=False)
    async def _save(self) -> None:
        self._saving = True
        try:
            if await self._waits_for_duplicates():
                return
            record = await self._store()
        except Invalid as error:
            self.form.show_errors(error)
        except Immutable as error:
            self.show_error(error)
        except NotFound as error:
            self._tell_gone(error)
        except Conflict as error:
            await self._resolve(error)
        else:
            await self._saved(record)
        finally:
            self._saving = False

    async def _waits_for_duplicates(self) -> bool:
        """Tell of likely duplicates that the agent hasn't seen yet; the same key then saves all the same."""
        if self.record is not None or not await self.hint.holds_back({**self.prefill, **self.form.values()}):
            return False
        self.refresh_bindings()
        self.app.notice(_("There may be such a record already. Save again to add this one all the same."))
        return True

    async def _store(self) -> Record:
        if self.record is None:
            hidden = {name: value for name, value in self.prefill.items() if name not in self.form}
            return await self.add_record({**hidden, **self.new_values()})
        changed = self.form.changed_values()
        if not changed:
            return self.record
        return (await self._service.update(self.actor, self.record.id, changed, self.record.version)).record

    async def _resolve(self, conflict: Conflict) -> None:
        """Somebody else saved meanwhile: show both, let the agent choose, keep what is typed."""
        if self.record is None:
            self.show_error(conflict)
            return
        try:
            record = await save_over(self, self._service, self.record, self.form.changed_values())
        except Invalid as error:
            self.form.show_errors(error)
        except NotFound as error:
            self._tell_gone(error)
        except CrmError as error:
            self.show_error(error)
        else:
            if record is not None:
                await self._saved(record)

    def _tell_gone(self, error: NotFound) -> None:
        """Say that somebody deleted the record; the form and its draft stay."""
        self._is_gone = True
        kept = _("Nothing was saved; what you typed is kept.")
        self.show_error(NotFound(error.message, f"{kept} {error.hint}".strip()))

    async def _saved(self, record: Record) -> None:
        self.app.notice(_("%(name)s is saved.") % {"name": record.name})
        await self._close(record)

    @work(name="action_back", group="form.leave", exit_on_error=False)
    async def _leave_or_ask(self) -> None:
        keep = await keep_as_draft(self.app) if self.form.is_dirty else False
        if keep is not None:
            await self._leave(keep_draft=keep)

    @work(group="form.draft", exit_on_error=False)
    async def _offer_draft(self, drafts: DraftKeeper) -> None:
        with self.app.keys.hold():
            texts = await drafts.restore()
        if not texts:
            return
        answer = await self.app.push_screen_wait(
            ChoiceModal(
                _("There is text from before that was never saved."),
                [("take", _("Take it up again")), ("drop", _("Drop it"))],
                digits=(1, None),
                detail="\n".join(self._draft_lines(texts)),
            )
        )
        if answer == "drop":
            await self.services.drafts.discard(self.actor, drafts.key)
        else:
            self.form.restore(texts)

    def _draft_lines(self, texts: Mapping[str, str]) -> list[str]:
        shown = [f for f in self._fields() if f.name in texts and f.type in _RECOGNISABLE]
        return [f"{label_of(f)}: {_draft_text(f, texts[f.name])}" for f in shown[:5]]

    async def _leave(self, *, keep_draft: bool) -> None:
        if self._drafts is not None and keep_draft:
            await self._drafts.close()
        elif self._drafts is not None:
            await self._drafts.discard()
        self.dismiss(None)

    async def _close(self, record: Record) -> None:
        if self._drafts is not None:
            await self._drafts.discard()
        self.dismiss(record)

    @property
    def _service(self) -> "RecordService":
        services: Services = self.services
        return services.records(self.module)

    def _fields(self) -> tuple[Field, ...]:
        """What the form shows; a reference that was decided before needs no field."""
        given = {"parent"} if self.module is Module.NOTE else frozenset[str]()
        return tuple(
            field
            for field in self._service.fields()
            if field.in_form and not field.read_only and field.name not in given
        )

    def _defaults(self) -> dict[str, Value]:
        """Return what a new record starts with; a required pick-list with its first value."""
        picklists = self.services.settings.picklists
        first: dict[str, Value] = {
            field.name: picklists.active(field.picklist)[0].code
            for field in self._fields()
            if field.required and picklists.active(field.picklist)
        }
        return {**first, **self._service.defaults(self.actor)}

    def _texts(self) -> Mapping[str, str]:
        return self.form.texts()

    def _title(self) -> Content:
        if self.record is not None:
            return Content.assemble(f"{_(SINGULAR[self.module])}  ", (safe(self.record.name), "bold"))
        parent = self.prefill.get("parent")
        what = _("New: %(module)s") % {"module": _(SINGULAR[self.module])}
        return Content.assemble(what, "  ", (safe(parent.name) if isinstance(parent, Ref) else "", "bold"))


def _draft_text(field: Field, raw: str) -> str:
    text = named_in(raw) if field.type is FieldType.REFERENCE else raw
    return safe(text, limit=60) or "–"
