"""The one dialog in which a record is chosen: search, index, what was used last, create new."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static
from textual.worker import Worker, WorkerError

from crm_tui.domain.modules import PLURAL, Module
from crm_tui.domain.names import initials_range
from crm_tui.domain.paging import Page, PageRequest
from crm_tui.domain.records import NO_VALUES, Record, Ref, Value
from crm_tui.i18n import N_, _
from crm_tui.text import clean_input, safe
from screens.base import CrmModal
from screens.picker_source import PICKER_COLUMNS, Already, PickerSource
from screens.style_sheet import STYLES
from screens.value_text import ValueText
from screens.widgets.field_text import LineInput
from screens.widgets.index_bar import IndexBar
from screens.widgets.record_table import RecordTable, Row


class RecordPickerModal(CrmModal[Ref | tuple[Ref, ...]]):
    """Closes with the chosen record, with ``multiple`` a tuple of them, or with None.

    Without a search it shows what the agent changed last, or, if that is nothing, all by name; a letter
    of the index goes to the names under it.

    Args:
        modules: What may be chosen.
        multiple: Whether several may be chosen.
        title: Heading, translated; "" names the modules.
        text: What is searched for at first.
        already: Which records are linked already; their rows say so and can't be marked.
        prefill: Values that a new record starts with, beside the typed name.
        marked: What is marked at first, with ``multiple``.

    Attributes:
        created: The record that was made here and chosen by that; None if none was.
    """

    CSS_PATH = STYLES / "record_picker_modal.tcss"
    BINDING_GROUP_TITLE = N_("Choose a record")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "move(1)", N_("Down"), id="picker.down", show=False),
        Binding("up", "move(-1)", N_("Up"), id="picker.up", show=False),
        Binding("pagedown", "page(1)", N_("Page down"), id="picker.page_down", show=False),
        Binding("pageup", "page(-1)", N_("Page up"), id="picker.page_up", show=False),
        Binding("enter", "choose", N_("Choose"), id="picker.choose", show=False),
        Binding("f4", "next_module", N_("Other module"), id="picker.module"),
        Binding("f5", "mark", N_("Mark"), id="picker.mark", tooltip=N_("Mark the record and go down.")),
        Binding("ctrl+n", "create", N_("Create new"), id="picker.create"),
    ]

    def __init__(
        self,
        modules: Sequence[Module],
        *,
        multiple: bool = False,
        title: str = "",
        text: str = "",
        already: Already | None = None,
        prefill: Mapping[str, Value] = NO_VALUES,
        marked: Sequence[Ref] = (),
    ) -> None:
        super().__init__()
        self._modules = tuple(modules)
        self._module = self._modules[0]
        self._multiple = multiple
        self._title = title or ", ".join(_(PLURAL[module]) for module in self._modules)
        self._text = clean_input(text)
        self._already = already
        self._values = prefill
        self._marked_first = tuple(marked)
        self._what = ""
        self.created: Ref | None = None
        self._reading: Worker[None] | None = None

    def compose(self) -> ComposeResult:
        """Yield search field, index, list and keys."""
        with Vertical(id="dialog") as dialog:
            dialog.border_title = Content(safe(self._title))
            yield LineInput(
                self._text,
                id="search",
                select_on_focus=False,
                placeholder=_("Name, reading, company, address or number"),
            )
            yield IndexBar()
            yield Static(id="what")
            yield RecordTable(
                PICKER_COLUMNS,
                id="rows",
                empty_text=N_("Nothing found. Type less, or press Ctrl+N to create it.")
                if self._may_create()
                else N_("Nothing found. Type less."),
            )
            yield Static(self._keys(), id="how")

    def on_mount(self) -> None:
        """Show the first list; the search field has the focus."""
        self._source = PickerSource(
            self, ValueText(self.services.settings.picklists, self.zone), self._already
        )
        self._source.know(self._marked_first)
        self._table.can_focus = False
        self.query_one(IndexBar).display = self._has_index
        self.query_one("#search").focus()
        self._reread()
        self._table.mark(ref.id for ref in self._marked_first)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Take keys away that don't apply."""
        if action == "next_module":
            return len(self._modules) > 1
        if action == "mark":
            return self._multiple
        if action == "create":
            return self._may_create()
        return super().check_action(action, parameters)

    def action_move(self, delta: int) -> None:
        """Move the cursor; the search field keeps the focus."""
        self._table.action_move(delta)

    def action_page(self, direction: int) -> None:
        """Scroll by a screen."""
        self._table.action_page(direction)

    @work(group="picker.mark", exit_on_error=False)
    async def action_mark(self) -> None:
        """Mark the record under the cursor, or take its mark away, once what was typed has been found."""
        await self._found()
        self._table.action_toggle_mark()
        await self._table.settle()

    def action_next_module(self) -> None:
        """List another module."""
        place = self._modules.index(self._module)
        self._module = self._modules[(place + 1) % len(self._modules)]
        self._reread()

    @work(group="picker.create", exit_on_error=False)
    async def action_create(self) -> None:
        """Open the form of a new record and choose what it saves."""
        await self.app.open_form(self._module, prefill=self._prefill(), on_saved=self._created)

    @on(Input.Changed, "#search")
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        text = clean_input(event.value).strip()
        if text != self._text:
            self._text = text
            self._reread()

    @on(Input.Submitted, "#search")
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_choose()

    @work(group="picker.choose", exit_on_error=False)
    async def action_choose(self) -> None:
        """Close with the marked records, or the one under the cursor."""
        with self.app.keys.hold():
            await self._found()
        self._choose()

    async def _found(self) -> None:
        """Wait until the rows of the present search are there and all keys have moved the cursor."""
        if self._reading is not None:
            with suppress(WorkerError):
                await self._reading.wait()
        await self._table.settle()

    @on(IndexBar.Chosen)
    def _letter_chosen(self, event: IndexBar.Chosen) -> None:
        event.stop()
        with self.prevent(Input.Changed):
            self.query_one("#search", LineInput).value = ""
        self._text = ""
        self._list_by_name(event.letter)

    @on(RecordTable.Opened)
    def _opened(self, event: RecordTable.Opened) -> None:
        event.stop()
        self._choose()

    @on(RecordTable.MarksChanged)
    def _marked(self) -> None:
        self._say(None)

    @property
    def text(self) -> str:
        """What was searched for."""
        return self._text

    @property
    def _table(self) -> RecordTable:
        return self.query_one("#rows", RecordTable)

    @property
    def _has_index(self) -> bool:
        return self._modules != (Module.USER,)

    def _may_create(self) -> bool:
        return self._module is not Module.USER and self.allowed("create", self._module)

    def _reread(self) -> None:
        self.query_one(IndexBar).letter = ""
        if self._text or self._module is Module.USER:
            # Colleagues aren't in the index: they are looked for on their own.
            is_of_users = self._module is Module.USER
            text, modules = self._text, (self._module,) if is_of_users else self._modules

            async def search(_request: PageRequest) -> Page[Row]:
                return await self._source.found(text, modules)

            self._say(_("Search"))
            self._table.set_source(search, keep_marks=True)
        else:
            self._reading = self._show_recent()

    @work(group="picker.recent", exclusive=True, exit_on_error=False)
    async def _show_recent(self) -> None:
        module = self._module
        page = await self._source.recent(module)
        if self._text or module is not self._module or self.query_one(IndexBar).letter:
            return
        if not page.rows:
            self._list_by_name("")
            return

        async def recent(_request: PageRequest) -> Page[Row]:
            return page

        self._say(_("%(module)s used last") % {"module": _(PLURAL[module])})
        self._table.set_source(recent, keep_marks=True)

    def _list_by_name(self, letter: str) -> None:
        module = self._module

        async def by_name(request: PageRequest) -> Page[Row]:
            return await self._source.by_name(module, request)

        self._say(_("%(module)s by name") % {"module": _(PLURAL[module])})
        at = (initials_range(letter)[0],) if letter else None
        self._table.set_source(by_name, at=at, keep_marks=True)

    def _choose(self) -> None:
        if self._multiple:
            keys = self._table.marked or {self._table.cursor_key or ""}
            refs = tuple(ref for ref in map(self._source.ref, sorted(keys)) if ref is not None)
            if refs:
                self.dismiss(refs)
        elif (ref := self._source.ref(self._table.cursor_key)) is not None:
            self.dismiss(ref)

    def _created(self, record: Record | None) -> None:
        if record is not None:
            self.created = record.ref
            self.dismiss((record.ref,) if self._multiple else record.ref)

    def _prefill(self) -> dict[str, Value]:
        if not self._text:
            return dict(self._values)
        names = {Module.LEAD: "last_name", Module.CONTACT: "last_name", Module.CASE: "subject"}
        return {names.get(self._module, "name"): self._text, **self._values}

    def _say(self, what: str | None) -> None:
        """Tell what is listed, None for the same as before, and how many are marked."""
        if what is not None:
            self._what = what
        marked = len(self._table.marked)
        tail = "  " + _("%(number)s marked") % {"number": marked} if marked else ""
        self.query_one("#what", Static).update(Content(self._what + tail))
        self.refresh_bindings()

    def _keys(self) -> Content:
        pairs = [("Enter", _("Choose"))]
        if self._has_index:
            pairs.append(("Tab", _("Index")))
        if self._multiple:
            pairs.append(("F5", _("Mark")))
        if len(self._modules) > 1:
            pairs.append(("F4", _("Other module")))
        if self._may_create():
            pairs.append(("Ctrl+N", _("Create new")))
        parts: list[str | tuple[str, str]] = []
        for key, name in [*pairs, ("Esc", _("Cancel"))]:
            parts += [(key, "bold"), f" {name}   "]
        return Content.assemble(*parts)
