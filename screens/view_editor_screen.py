"""Making and changing a view: name, conditions, columns, order; counts what it lists while it is edited."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from crm_tui.domain.fields import Field
from crm_tui.domain.modules import PLURAL, Area, Module
from crm_tui.domain.picklists import Picklists
from crm_tui.domain.queries import Count
from crm_tui.domain.views import View, ViewDraft, first_sort, modules_of
from crm_tui.errors import Conflict, CrmError, Invalid
from crm_tui.i18n import N_, _
from crm_tui.policies.views import can_share
from crm_tui.text import safe
from screens.activity_rows import COLUMNS as ACTIVITY_COLUMNS
from screens.base import CrmScreen
from screens.choice_modal import ChoiceModal
from screens.draft_keeper import DraftKeeper
from screens.form_context import form_context
from screens.keys import MODULES
from screens.list_columns import COLUMNS, fields_of
from screens.list_screen import unheard
from screens.style_sheet import STYLES
from screens.unsaved_text import keep_as_draft
from screens.view_parts import draft_of, lists_of, load_parts, make_parts
from screens.widgets.criterion_row import CriterionRow
from screens.widgets.criterion_value import with_lists
from screens.widgets.form_field import FormContext, FormField
from screens.widgets.list_title import count_text

PATIENCE = 0.3
"""Seconds after the last change until the records are counted anew."""

COUNT_CAP = 10_000
LABEL_WIDTH = 14


class ViewEditorScreen(CrmScreen[View | None]):
    """Edits a view; closes with the view as saved, or with None when the agent gives up.

    Args:
        area: Whose view.
        view: The view to change; None makes a new one.
        start: What a new view starts with.
    """

    CSS_PATH = STYLES / "view_editor_screen.tcss"
    BINDING_GROUP_TITLE = N_("This view")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+s,f10",
            "save",
            N_("Save"),
            id="view.save",
            priority=True,
            tooltip=N_("Save the view and use it."),
        ),
        Binding("down", "app.focus_next", N_("Next field"), show=False, id="view.next"),
        Binding("up", "app.focus_previous", N_("Previous field"), show=False, id="view.previous"),
    ]

    def __init__(self, area: Area, view: View | None, *, start: View | None = None) -> None:
        super().__init__()
        self.area = area
        self.view = view
        self._start = view or start
        self._fields: Mapping[str, Field] = {}
        self._parts: dict[str, FormField] = {}
        self._drafts: DraftKeeper | None = None
        self._saving = False
        self._loaded: Mapping[str, str] = {}

    @property
    def module_name(self) -> str:
        """The entry of the module bar that the view belongs to."""
        return next((entry.name for entry in MODULES if entry.area is self.area), "activities")

    def has_unsaved_text(self) -> bool:
        """Whether leaving would drop something typed."""
        return bool(self._loaded) and self._texts() != self._loaded

    def compose_body(self) -> ComposeResult:
        """Yield title, parts and the line that says what the view lists."""
        yield Static(self._title(), id="form-title")
        with VerticalScroll(id="editor", can_focus=False):
            yield Static(id="problems")
            yield Vertical(id="head")
            yield Static(Content(_("Conditions")), id="conditions")
            yield Vertical(id="criteria")
            yield Vertical(id="foot")
        yield Static(id="preview")

    def on_mount(self) -> None:
        """Read the fields, then show the view."""
        self._open()

    def on_ready(self) -> None:
        """Keys are let through when the fields stand; see ``_open``."""

    @work(group="view.open", exit_on_error=False)
    async def _open(self) -> None:
        try:
            known = await self.services.views.fields(self.actor, self.area)
        except CrmError as error:
            self.show_error(error)
            self.dismiss(None)
            return
        self._fields = {field.name: field for field in known}
        await self._make_parts()
        await self._load(self._start)
        self._loaded = self._texts()
        key = f"view:{self.area}:{self.view.code if self.view else 'new'}"
        self._drafts = DraftKeeper(self, key, self._texts)
        self._parts["name"].focus_editor()
        self._preview()
        self.ready_for_keys()
        await self._offer_draft(self._drafts)

    async def _make_parts(self) -> None:
        columns = ACTIVITY_COLUMNS if self.area is Area.ACTIVITY else COLUMNS[self._module]
        self._parts = make_parts(self._around(), fields_of(self._module, columns))
        for part in self._parts.values():
            part.label_width = LABEL_WIDTH
        await self.query_one("#head").mount(self._parts["name"], self._parts["match"])
        await self.query_one("#foot").mount(*list(self._parts.values())[2:])
        verdict = can_share(self.actor)
        if verdict is not True and not (self.view is not None and self.view.shared):
            self._parts["shared"].set_enabled(False, verdict.message)

    async def _load(self, view: View | None) -> None:
        load_parts(self._parts, view)
        problems = self.query_one("#problems", Static)
        problems.update(Content(safe("\n".join(view.problems if view else ()), newlines=True)))
        problems.display = bool(view and view.problems)
        await self.query_one("#criteria").remove_children()
        for criterion in view.criteria if view else ():
            if criterion.field in self._fields:
                await (await self._add_row()).load(criterion)
        await self._add_row()

    async def _add_row(self) -> CriterionRow:
        row = CriterionRow(self._fields, self._around())
        await self.query_one("#criteria").mount(row)
        return row

    def action_save(self) -> None:
        """Save; errors stand under their parts and nothing typed is lost."""
        if not self._saving and self._parts:
            self._save()

    async def action_back(self) -> None:
        """Leave; a changed view asks first."""
        self._leave_or_ask()

    @on(FormField.Changed)
    def _part_changed(self, event: FormField.Changed) -> None:
        event.stop()
        self._touched()

    @on(CriterionRow.Changed)
    async def _row_changed(self, event: CriterionRow.Changed) -> None:
        event.stop()
        if self._rows[-1].field is not None:
            await self._add_row()
        self._touched()

    def _touched(self) -> None:
        if self._drafts is not None:
            self._drafts.touch()
        self._preview()

    @work(group="view.preview", exclusive=True, exit_on_error=False)
    async def _preview(self) -> None:
        """Count what the view lists, a moment after the last change."""
        await asyncio.sleep(PATIENCE)
        line = self.query_one("#preview", Static)
        try:
            draft = replace(self._draft(), criteria=[c for c in self._criteria(complete=True)])
            view = await self.services.views.checked(self.actor, self.area, draft)
            searched = await self._is_searched(view)
            count = await self._count(view)
        except Invalid as error:
            reason = next(iter(error.fields.values()), error.message)
            line.update(Content(safe(reason, limit=200)))
            return
        text = _("%(number)s records at present") % {"number": count_text(count)}
        line.update(Content(f"{text}  {_('searches all records')}" if searched else text))

    async def _is_searched(self, view: View) -> bool:
        query = view.query((), first_sort(view, self._module))
        if self.area is Area.ACTIVITY:
            return await self.services.activities.is_searched(self.actor, query)
        return await self.services.records(self._module).is_searched(self.actor, query)

    async def _count(self, view: View) -> Count:
        query = replace(view.query((), first_sort(view, self._module)), report=unheard)
        if self.area is Area.ACTIVITY:
            return await self.services.activities.count(self.actor, query, COUNT_CAP)
        return await self.services.records(self._module).count(self.actor, query, COUNT_CAP)

    @work(name="action_save", group="view.save", exit_on_error=False)
    async def _save(self) -> None:
        self._saving = True
        try:
            view = await self._store()
        except Invalid as error:
            self._show_errors(error)
        except Conflict as error:
            await self._resolve(error)
        except CrmError as error:
            self.show_error(error)
        else:
            self.app.notice(_("The view “%(name)s” is saved.") % {"name": view.name})
            await self._leave(view, keep_draft=False)
        finally:
            self._saving = False

    async def _store(self) -> View:
        for number, row in enumerate(self._filled, start=1):
            if not row.is_complete:
                reason = _("A value is missing.")
                raise Invalid(reason, fields={f"criteria.{number}": reason})
        if self.view is None:
            return await self.services.views.add(self.actor, self.area, self._draft())
        return await self.services.views.edit(self.actor, self.view.code, self._draft(), self.view.version)

    async def _resolve(self, conflict: Conflict) -> None:
        """Somebody else changed the view meanwhile: let the agent decide."""
        if self.view is None:
            self.show_error(conflict)
            return
        theirs = await self.services.views.get(self.actor, self.view.code)
        options = [
            ("edit", _("Keep editing")),
            ("mine", _("Save my changes on top")),
            ("theirs", _("Drop my changes and show theirs")),
        ]
        modal: Screen[Any] = ChoiceModal(conflict.message, options, digits=(1, 2, None))
        answer = await self.app.push_screen_wait(modal)
        if answer == "mine":
            self.view = theirs
            self.call_later(self.action_save)
        elif answer == "theirs":
            self.view = theirs
            await self._load(theirs)
            self._loaded = self._texts()
            self._preview()

    def _show_errors(self, error: Invalid) -> None:
        """Put every reason under its part and go to the first one."""
        places: dict[str, FormField | CriterionRow] = {**self._parts}
        places |= {f"criteria.{number}": row for number, row in enumerate(self._filled, start=1)}
        for place in places.values():
            place.show_error("")
        wrong = [(places[name], reason) for name, reason in error.fields.items() if name in places]
        for place, reason in wrong:
            place.show_error(reason)
        if wrong:
            wrong[0][0].focus_editor()
        else:
            self.show_error(error)

    @work(name="action_back", group="view.leave", exit_on_error=False)
    async def _leave_or_ask(self) -> None:
        keep = await keep_as_draft(self.app) if self.has_unsaved_text() else False
        if keep is not None:
            await self._leave(None, keep_draft=keep)

    async def _offer_draft(self, drafts: DraftKeeper) -> None:
        with self.app.keys.hold():
            texts = await drafts.restore()
        if not texts:
            return
        options = [("take", _("Take it up again")), ("drop", _("Drop it"))]
        question = _("There is text from before that was never saved.")
        modal: Screen[Any] = ChoiceModal(question, options, detail=texts.get("name", ""), digits=(1, None))
        if await self.app.push_screen_wait(modal) == "drop":
            await self.services.drafts.discard(self.actor, drafts.key)
        else:
            await self._restore(texts)

    async def _restore(self, texts: Mapping[str, str]) -> None:
        for name, part in self._parts.items():
            part.restore(texts.get(name, part.raw))
        await self.query_one("#criteria").remove_children()
        for raws in _rows_of(texts.get("criteria", "")):
            await (await self._add_row()).restore(raws)
        await self._add_row()
        self._preview()

    async def _leave(self, view: View | None, *, keep_draft: bool) -> None:
        if self._drafts is not None and keep_draft:
            await self._drafts.close()
        elif self._drafts is not None:
            await self._drafts.discard()
        self.dismiss(view)

    @property
    def _module(self) -> Module:
        return modules_of(self.area)[0]

    @property
    def _rows(self) -> list[CriterionRow]:
        return list(self.query(CriterionRow))

    @property
    def _filled(self) -> list[CriterionRow]:
        return [row for row in self._rows if row.field is not None]

    def _criteria(self, *, complete: bool = False) -> list[Any]:
        return [row.criterion for row in self._filled if not complete or row.is_complete]

    def _draft(self) -> ViewDraft:
        return draft_of(self._parts, self._criteria())

    def _texts(self) -> dict[str, str]:
        rows = [row.raws for row in self._filled]
        return {
            **{name: part.raw for name, part in self._parts.items()},
            "criteria": json.dumps(rows, ensure_ascii=False),
        }

    def _around(self) -> FormContext:
        """What the parts choose from, beside the pick-lists of the store."""
        context = with_lists(form_context(self))
        picklists = Picklists({**context.picklists.lists, **lists_of(self._fields)}, context.picklists.custom)
        return replace(context, picklists=picklists)

    def _title(self) -> Content:
        what = _("Activities") if self.area is Area.ACTIVITY else _(PLURAL[self._module])
        if self.view is None:
            return Content(_("New view: %(module)s") % {"module": what})
        return Content.assemble(
            _("View: %(module)s") % {"module": what}, "  ", (safe(self.view.name), "bold")
        )


def _rows_of(text: str) -> list[list[str]]:
    """Return the conditions of a draft; a damaged one has none."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return []
    return [[str(part) for part in row] for row in found if isinstance(row, list) and len(row) == 3]
