"""The lines under a time that say what else stands then, and that it is late there, while it is typed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

from textual import work
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static

from crm_tui.clock import clock
from crm_tui.domain.modules import PEOPLE, Area
from crm_tui.domain.overlaps import CALL_SLOT, Overlap, span_of
from crm_tui.domain.records import Record, Ref
from crm_tui.formats import format_date_short, format_time
from crm_tui.i18n import _, language
from crm_tui.policies.records import can_view
from crm_tui.text import safe
from screens.base import WorkerErrors
from screens.widgets.call_form import CallForm
from screens.widgets.field_bool import BoolField
from screens.widgets.form import Form
from screens.widgets.form_field import FormField
from screens.widgets.mode_switch import CallMode

if TYPE_CHECKING:
    from crm_tui.app import CrmApp

PAUSE = 0.25
"""Seconds without a key after which the store is asked."""

TOLD = 3
"""Things that are named; of more the number is told."""

USUAL_LENGTH = timedelta(hours=1)
"""What an event without an end is taken to last, as it will be when it is saved."""

_FOLLOWED = ("starts_at", "ends_at", "all_day", "owner", "who")


@dataclass(frozen=True, slots=True)
class Planned:
    """What a form plans.

    Attributes:
        owner_id: Whose time it takes.
        start: Aware.
        end: Aware.
        but: The activity that is being moved.
        callee: Who is to be called.
    """

    owner_id: str
    start: datetime
    end: datetime
    but: str | None = None
    callee: Ref | None = None


class OverlapHint(WorkerErrors, Static):
    """Follows the time in a form; nothing waits for it, and nothing is refused because of it.

    Args:
        form: The form whose fields say the time.
        planned: What the form plans at the moment; None while that isn't known.
    """

    DEFAULT_CSS = """
    OverlapHint { display: none; height: auto; padding: 0 1; color: $text-warning; }
    OverlapHint.-told { display: block; }
    """

    def __init__(self, form: Form, planned: Callable[[], Planned | None]) -> None:
        super().__init__()
        self._form = form
        self._planned = planned
        self._timer: Timer | None = None

    def on_mount(self) -> None:
        """Follow the fields that a time is made of."""
        for name in _FOLLOWED:
            if name in self._form:
                editor = self._form[name].editor
                reactive = "on_off" if isinstance(self._form[name], BoolField) else "value"
                self.watch(editor, reactive, self.look, init=False)
                self.watch(editor, "disabled", self.look, init=False)
        self.look()

    def look(self) -> None:
        """Ask again, once no key has been pressed for a moment."""
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(PAUSE, self._ask)

    @work(group="overlaps", exclusive=True, exit_on_error=False)
    async def _ask(self) -> None:
        app: CrmApp = self.app  # type: ignore[assignment]
        planned = self._planned()
        found: tuple[Overlap, ...] = ()
        if planned is not None and can_view(app.actor, Area.ACTIVITY) is True:
            found = await app.services.overlaps.find(
                app.actor, planned.owner_id, planned.start, planned.end, but=planned.but
            )
        there = None
        if planned is not None and planned.callee is not None:
            there = await app.services.calling_hours.time_outside(app.actor, planned.callee, planned.start)
        if planned == self._planned():
            lines = [told(found, planned.start, app.zone)] if planned and found else []
            lines += [told_hours(there)] if there is not None else []
            self.set_class(bool(lines), "-told")
            self.update(Content("\n".join(lines)))


def attach(form: Form, name: str, planned: Callable[[], Planned | None]) -> OverlapHint:
    """Put a hint under the field ``name`` of a form that is shown, and return it."""
    hint, field = OverlapHint(form, planned), form[name]
    hint.styles.margin = (0, 0, 0, field.label_width)
    field.mount(hint)
    return hint


def planned_event(
    form: Form, actor: Ref, zone: tzinfo, record: Record | None, length: timedelta | None = None
) -> Planned | None:
    """Return what a form plans that has the times of an event.

    Args:
        actor: Whose event it is unless the form or the record says otherwise.
        zone: In which whole days begin.
        length: What it lasts where no end is typed.
    """
    start = form["starts_at"].value
    if not isinstance(start, date):
        return None
    end = form["ends_at"].value if "ends_at" in form else None
    if isinstance(start, datetime) and not isinstance(end, datetime):
        end = start + (length or USUAL_LENGTH)
    elif not isinstance(end, date):
        end = start + (length or timedelta())
    return Planned(_owner(form, actor, record), *span_of(start, end, zone), record.id if record else None)


def planned_call(
    form: Form, actor: Ref, call_id: str | None, owner: Ref | None = None, callee: Ref | None = None
) -> Planned | None:
    """Return what a form plans that has the start of a call; a call in progress or completed plans nothing.

    Args:
        owner: Whose call it is unless the form says otherwise.
        callee: With whom it is unless the form says so.
    """
    start = form["starts_at"].value
    is_over = isinstance(form, CallForm) and form.mode is not CallMode.SCHEDULED
    if is_over or not isinstance(start, datetime):
        return None
    typed = _chosen(form["owner"]) if "owner" in form else None
    who = _chosen(form["who"]) if "who" in form else callee
    person = who if who is not None and who.module in PEOPLE else None
    return Planned((typed or owner or actor).id, start, start + CALL_SLOT, call_id, person)


def told(found: tuple[Overlap, ...], start: datetime, zone: tzinfo) -> str:
    """Return what stands at a time, as a line for the agent, cleaned for the terminal."""
    day = start.astimezone(zone).date()
    parts = [f"{_times(one, day, zone)} {_name(one)}" for one in found[:TOLD]]
    if len(found) > TOLD:
        parts.append(_("%(number)d more") % {"number": len(found) - TOLD})
    return _("also then: %(what)s") % {"what": ", ".join(parts)}


def told_hours(there: datetime) -> str:
    """Return that a call would come outside the calling hours, at ``there`` by the callee's clock."""
    return _("%(time)s there: outside calling hours") % {"time": format_time(there, there.tzinfo or UTC)}


def _times(one: Overlap, day: date, zone: tzinfo) -> str:
    if one.all_day:
        return _("all day")
    ends = (_time(one.start, day, zone), _time(one.end, one.start.astimezone(zone).date(), zone))
    return "–".join(ends)


def _time(moment: datetime, day: date, zone: tzinfo) -> str:
    local = moment.astimezone(zone)
    today = clock().now().astimezone(zone).date()
    before = "" if local.date() == day else f"{format_date_short(local.date(), language(), today=today)} "
    return f"{before}{format_time(local, zone)}"


def _name(one: Overlap) -> str:
    return safe(one.activity.name, limit=60) if one.activity is not None else _("(busy)")


def _owner(form: Form, actor: Ref, record: Record | None) -> str:
    owner = _chosen(form["owner"]) if "owner" in form else None
    if owner is None and record is not None:
        owner = record.owner
    return (owner or actor).id


def _chosen(field: FormField) -> Ref | None:
    return field.value if isinstance(field.value, Ref) else None
