"""Two agents changed one record: field by field, whose value it gets."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from crm_tui.domain.fields import Field, label_of
from crm_tui.domain.records import Value
from crm_tui.domain.three_way import FieldMerge, Side, undecided
from crm_tui.i18n import N_, _, ngettext, pgettext
from crm_tui.text import safe
from screens.base import CrmModal
from screens.style_sheet import STYLES
from screens.value_text import ValueText
from screens.widgets.answers import Answers
from screens.widgets.option_lines import OptionLines

LONGEST = 200
"""Characters of a value that are shown."""

_OTHER = {Side.MINE: Side.THEIRS, Side.THEIRS: Side.MINE}


class ConflictModal(CrmModal[Mapping[str, Side]]):
    """Closes with the side of each field; with None the agent goes on typing and nothing is saved.

    Args:
        who: Who saved meanwhile.
        merges: The fields that were changed, those that need a choice first.
        fields: The fields of the module.
        texts: Turns values into text.
    """

    CSS_PATH = STYLES / "conflict_modal.tcss"
    BINDING_GROUP_TITLE = N_("Changed meanwhile")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("m,left", "take('mine')", N_("Mine"), id="conflict.mine", tooltip=N_("Keep what I typed.")),
        Binding(
            "t,right",
            "take('theirs')",
            N_("Theirs"),
            id="conflict.theirs",
            tooltip=N_("Take what the other agent saved."),
        ),
        Binding(
            "space,enter",
            "swap",
            N_("The other one"),
            id="conflict.toggle",
            show=False,
            priority=True,
            tooltip=N_("Change between mine and theirs."),
        ),
        Binding(
            "ctrl+s,f10",
            "save",
            N_("Save"),
            id="conflict.save",
            priority=True,
            tooltip=N_("Save the record as it is chosen here."),
        ),
        Binding("j", "move(1)", N_("Down"), id="conflict.down", show=False),
        Binding("k", "move(-1)", N_("Up"), id="conflict.up", show=False),
    ]

    def __init__(
        self, who: str, merges: Sequence[FieldMerge], fields: Sequence[Field], texts: ValueText
    ) -> None:
        super().__init__()
        self._who = who
        self._merges = tuple(merges)
        self._fields = {field.name: field for field in fields}
        self._texts = texts
        self._chosen = {merge.name: merge.default for merge in merges if merge.default is not None}

    def compose(self) -> ComposeResult:
        """Yield who it was, the fields and the keys."""
        with Vertical(id="dialog"):
            yield Static(self._title(), id="title")
            yield Static(id="open-choices")
            yield OptionLines(self._lines(), id="fields")
            yield Answers(
                ("conflict.save", "ctrl+s", _("Save")),
                ("conflict.mine", "m", _("Mine")),
                ("conflict.theirs", "t", _("Theirs")),
                ("dialog.cancel", "escape", _("Back to the form")),
            )

    def on_mount(self) -> None:
        """Put the cursor on the first field."""
        lines = self.query_one(OptionLines)
        lines.highlighted = 0
        lines.focus()
        self._say_what_is_open()

    def action_take(self, side: str) -> None:
        """Give the field under the cursor to one side and go to the next one that needs a choice."""
        merge = self._current
        if merge is not None:
            self._chosen[merge.name] = Side(side)
            self._show(self._next_open(merge))

    def action_swap(self) -> None:
        """Give the field under the cursor to the other side."""
        merge = self._current
        if merge is not None:
            self._chosen[merge.name] = _OTHER[self._chosen.get(merge.name, Side.THEIRS)]
            self._show(self._merges.index(merge))

    def action_move(self, delta: int) -> None:
        """Move the cursor by fields."""
        lines = self.query_one(OptionLines)
        here = lines.highlighted or 0
        lines.highlighted = min(max(here + delta, 0), len(self._merges) - 1)

    def action_save(self) -> None:
        """Close with the choices, unless one is missing."""
        still_open = undecided(self._merges, self._chosen)
        if not still_open:
            self.dismiss(dict(self._chosen))
            return
        names = [merge.name for merge in self._merges]
        self.query_one(OptionLines).highlighted = names.index(still_open[0])
        self.app.notice(_("Choose m (mine) or t (theirs) for the marked fields first. Nothing is saved yet."))

    @property
    def _current(self) -> FieldMerge | None:
        index = self.query_one(OptionLines).highlighted
        return None if index is None else self._merges[index]

    def _next_open(self, after: FieldMerge) -> int:
        here = self._merges.index(after)
        still_open = undecided(self._merges, self._chosen)
        later = [i for i, merge in enumerate(self._merges) if merge.name in still_open]
        return later[0] if later else here

    def _show(self, highlighted: int) -> None:
        self.query_one(OptionLines).show(self._lines(), highlighted)
        self._say_what_is_open()

    def _say_what_is_open(self) -> None:
        number = len(undecided(self._merges, self._chosen))
        text = (
            ngettext("%(number)d field needs a choice.", "%(number)d fields need a choice.", number)
            % {"number": number}
            if number
            else _("Nothing is lost: what only one of you changed is taken over.")
        )
        self.query_one("#open-choices", Static).update(Content(text))

    def _title(self) -> Content:
        return Content(
            _("%(who)s changed this record meanwhile. Nothing of yours is saved yet.")
            % {"who": safe(self._who)}
        )

    def _lines(self) -> list[Content]:
        return [self._line(merge) for merge in self._merges]

    def _line(self, merge: FieldMerge) -> Content:
        field = self._fields.get(merge.name) or Field(merge.name, merge.name)
        chosen = self._chosen.get(merge.name)
        sign = "" if chosen is not None else f"  ? {_('choose')}"
        mine, theirs = _("mine"), _("theirs")
        as_before = _("as before")
        rows = [
            (mine if merge.mine_changed else f"{mine}, {as_before}", merge.mine, Side.MINE),
            (theirs if merge.theirs_changed else f"{theirs}, {as_before}", merge.theirs, Side.THEIRS),
        ]
        parts: list[Content] = [Content.styled(f"{safe(label_of(field))}{sign}", "bold")]
        for label, value, side in rows:
            taken = "(*)" if chosen is side else "( )"
            parts.append(Content(f"    {taken} {label}: {self._text(field, value)}"))
        if merge.mine_changed and merge.theirs_changed:
            parts.append(Content(f"        {pgettext('record', 'before')}: {self._text(field, merge.base)}"))
        return Content("\n").join(parts)

    def _text(self, field: Field, value: Value) -> str:
        return safe(self._texts.full(field, value), limit=LONGEST) or "–"
