"""The views of a list: choose one by its digit or by typing, make, mend, copy and delete them."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, OptionList, Static

from crm_tui.domain.modules import Area
from crm_tui.domain.search_terms import fold
from crm_tui.domain.views import View
from crm_tui.i18n import N_, _
from crm_tui.policies.views import can_change
from crm_tui.text import safe
from screens.base import CrmModal
from screens.style_sheet import STYLES
from screens.widgets.answers import Answer, Answers
from screens.widgets.field_text import LineInput
from screens.widgets.option_lines import OptionLines

Action = Literal["use", "new", "edit", "copy", "delete"]


@dataclass(frozen=True, slots=True)
class ViewAnswer:
    """What the agent wants.

    Attributes:
        view: Which view it is about; None for a new one.
    """

    action: Action
    view: View | None = None


class ViewModal(CrmModal[ViewAnswer]):
    """Lets the agent choose a view; Esc leaves everything as it is.

    Args:
        area: Whose views they are.
        views: Built-in ones first, then the agent's own, then shared ones.
        current: Code of the view that is shown.
        highlighted: Code of the view that the cursor starts on.
        searched: Tells of a view whether all records have to be searched for it.
    """

    CSS_PATH = STYLES / "view_modal.tcss"
    AUTO_FOCUS = "OptionLines"
    """The list, never the filter line: a digit typed ahead chooses a view."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(digit, f"take({digit})", N_("Choose"), id=f"views.{digit}", show=False)
            for digit in "123456789"
        ),
        Binding("n", "new", N_("New"), id="views.new", tooltip=N_("Make a view of your own.")),
        Binding("e", "edit", N_("Edit"), id="views.edit", tooltip=N_("Change the view under the cursor.")),
        Binding(
            "c",
            "copy",
            N_("Copy"),
            id="views.copy",
            tooltip=N_("Make a new view like that under the cursor."),
        ),
        Binding(
            "d,delete",
            "delete",
            N_("Delete"),
            id="views.delete",
            tooltip=N_("Delete the view under the cursor."),
        ),
        Binding(
            "slash", "filter", N_("Filter"), id="views.filter", tooltip=N_("Type part of a view's name.")
        ),
    ]

    def __init__(
        self,
        area: Area,
        views: Sequence[View],
        current: str,
        highlighted: str = "",
        *,
        searched: Callable[[View], Awaitable[bool]],
    ) -> None:
        super().__init__()
        self._searched = searched
        self._area = area
        self._views = tuple(views)
        self._current = current
        self._first = highlighted or current
        self._shown: tuple[View, ...] = self._views
        self._scanning: frozenset[str] = frozenset()

    def compose(self) -> ComposeResult:
        """Yield the question, the filter, the views and what can be done with them."""
        with Vertical(id="dialog"):
            yield Static(Content(self._title()), id="title")
            yield LineInput(id="view-filter", placeholder=_("Part of a name"))
            yield OptionLines([self._line(n) for n in range(len(self._shown))], id="views")
            yield Static(Content(""), id="about")
            yield Answers()

    def on_mount(self) -> None:
        """Put the cursor on the view that is shown."""
        self.query_one("#view-filter").display = False
        codes = [view.code for view in self._shown]
        self._list.highlighted = codes.index(self._first) if self._first in codes else 0
        self._list.focus()
        self._look_for_searches()

    @work(group="views.searches", exclusive=True, exit_on_error=False)
    async def _look_for_searches(self) -> None:
        """Mark the views that take a while; they can be chosen before all are looked at."""
        for view in self._views:
            if not await self._searched(view):
                continue
            self._scanning |= {view.code}
            if view in self._shown:
                place = self._shown.index(view)
                self._list.replace(place, self._line(place))
        self._tell()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Take keys away that mean a view while there is none under the cursor."""
        if action in ("edit", "delete", "copy"):
            return self._highlighted is not None
        return super().check_action(action, parameters)

    def action_take(self, number: int) -> None:
        """Choose by number."""
        if number <= len(self._shown):
            self.dismiss(ViewAnswer("use", self._shown[number - 1]))

    def action_new(self) -> None:
        """Make a new view."""
        self.dismiss(ViewAnswer("new"))

    def action_edit(self) -> None:
        """Change the view under the cursor, or say why that can't be done."""
        self._change("edit")

    def action_copy(self) -> None:
        """Make a new view like that under the cursor."""
        self.dismiss(ViewAnswer("copy", self._highlighted))

    def action_delete(self) -> None:
        """Delete the view under the cursor, or say why that can't be done."""
        self._change("delete")

    def action_filter(self) -> None:
        """Open the line where part of a name is typed."""
        self.query_one("#view-filter").display = True
        self.query_one("#view-filter").focus()

    def on_key(self, event: events.Key) -> None:
        """The arrow keys move in the list while the filter is being typed."""
        if self.query_one("#view-filter").has_focus and event.key in ("down", "up"):
            event.stop()
            event.prevent_default()
            if event.key == "down":
                self._list.action_cursor_down()
            else:
                self._list.action_cursor_up()

    @on(Input.Changed, "#view-filter")
    def _filtered(self, event: Input.Changed) -> None:
        event.stop()
        wanted = fold(event.value.strip())
        self._shown = tuple(view for view in self._views if wanted in fold(self._called(view)))
        self._list.show([self._line(n) for n in range(len(self._shown))])
        self._tell()

    @on(Input.Submitted, "#view-filter")
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        if self._highlighted is not None:
            self.dismiss(ViewAnswer("use", self._highlighted))

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(ViewAnswer("use", self._shown[event.option_index]))

    @on(OptionList.OptionHighlighted)
    def _moved(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self._tell()

    @property
    def _list(self) -> OptionLines:
        return self.query_one("#views", OptionLines)

    @property
    def _highlighted(self) -> View | None:
        place = self._list.highlighted
        return self._shown[place] if place is not None and place < len(self._shown) else None

    def _change(self, action: Literal["edit", "delete"]) -> None:
        view = self._highlighted
        if view is None:
            return
        verdict = can_change(self.actor, view)
        if verdict is True:
            self.dismiss(ViewAnswer(action, view))
        else:
            self.app.notice(verdict.message)

    def _may(self, action: str) -> bool:
        """Return whether a key means anything for the view under the cursor."""
        view = self._highlighted
        if not action or view is None:
            return not action
        return action == "copy" or can_change(self.actor, view) is True

    def _tell(self) -> None:
        """Say whose view it is, and what is wrong with it."""
        view = self._highlighted
        self.query_one("#about", Static).update(Content(safe(self._about(view), newlines=True)))
        self.query_one(Answers).show(*self._keys())
        self.refresh_bindings()

    def _about(self, view: View | None) -> str:
        if view is None:
            return _("No view is called so.")
        lines = list(view.problems)
        if view.code in self._scanning:
            lines.append(_("It searches all records: no index answers its conditions or its order."))
        if view.owner is not None and view.shared:
            lines.append(_("Shared by %(name)s.") % {"name": view.owner.name})
        elif view.owner is not None:
            lines.append(_("Your own."))
        else:
            lines.append(_("A view of the program."))
        return "\n".join(lines)

    def _line(self, place: int) -> Content:
        view = self._shown[place]
        digit = place + 1 if place < 9 else " "
        sign = "•" if view.code == self._current else " "
        marks = [
            _("shared") if view.shared else "",
            _("! mend it") if view.problems else "",
            _("searches all") if view.code in self._scanning else "",
        ]
        line = Content(f"{digit} {sign} {safe(self._called(view), limit=60)}")
        beside = " ".join(mark for mark in marks if mark)
        return line + Content.styled(f"  {beside}", "$text-muted") if beside else line

    def _called(self, view: View) -> str:
        return _(view.name) if view.is_built_in else view.name

    def _title(self) -> str:
        return _("Which activities?") if self._area is Area.ACTIVITY else _("Which records?")

    def _keys(self) -> list[Answer]:
        """Return the keys that do something to the view under the cursor."""
        keys = [
            ("", "choose", "enter", _("Choose")),
            ("", "new", "n", _("New")),
            ("edit", "edit", "e", _("Edit")),
            ("copy", "copy", "c", _("Copy")),
            ("delete", "delete", "d", _("Delete")),
            ("", "filter", "slash", _("Filter")),
        ]
        return [(f"views.{name}", key, label) for action, name, key, label in keys if self._may(action)]
