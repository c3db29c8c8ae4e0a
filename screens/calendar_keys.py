"""The keys of the calendar, beside those that move in it."""

from collections.abc import Mapping

from textual.binding import Binding, BindingType

from crm_tui.i18n import N_

VERBS: Mapping[str, str] = {
    **dict.fromkeys(("new", "new_other"), "create"),
    **dict.fromkeys(("complete", "reschedule", "cancel", "edit"), "edit"),
    "delete": "delete",
}
"""What the agent must be allowed for each action that writes."""


def _key(keys: str, action: str, name: str, description: str, tooltip: str, *, show: bool = False) -> Binding:
    return Binding(keys, action, description, id=f"calendar.{name}", tooltip=tooltip, show=show)


CALENDAR_BINDINGS: list[BindingType] = [
    _key("n", "new", "new", N_("New event"), N_("An event at the time under the cursor."), show=True),
    _key("enter", "open", "open", N_("Open"), N_("Open what is under the cursor."), show=True),
    _key("v", "next_view", "view", N_("View"), N_("Day, week, month in turn."), show=True),
    _key("t", "today", "today", N_("Today"), N_("Go to the present half hour."), show=True),
    _key(
        "c",
        "complete",
        "complete",
        N_("Complete"),
        N_("Complete it; of a call only what is missing is asked for."),
        show=True,
    ),
    _key("r", "reschedule", "reschedule", N_("Reschedule"), N_("Choose another time."), show=True),
    _key("x", "cancel", "cancel", N_("Cancel"), N_("Cancel a call or an event.")),
    _key("D", "view('day')", "day", N_("Day"), N_("Show one day in half hours.")),
    _key("w,W", "view('week')", "week", N_("Week"), N_("Show a week in half hours.")),
    _key("m,M", "view('month')", "month", N_("Month"), N_("Show a month.")),
    _key("o", "choose_whose", "whose", N_("Whose"), N_("Your own calendar, your team's or a colleague's.")),
    _key("at,f4", "go_to_day", "go_to", N_("Go to a day"), N_("Type a day, such as 11/25, fri or +2w.")),
    _key(
        "h",
        "toggle_closed",
        "closed",
        N_("Hide closed"),
        N_("Hide or show what is completed or cancelled."),
    ),
    _key("u", "toggle_tasks", "tasks", N_("Hide tasks"), N_("Hide or show tasks on the day they are due.")),
    _key(
        "N",
        "new_other",
        "new_other",
        N_("New …"),
        N_("A call, a task or an event at the time under the cursor."),
    ),
    _key("e", "edit", "edit", N_("Edit"), N_("Open its form.")),
    _key("d,delete", "delete", "delete", N_("Delete"), N_("Delete what is under the cursor. Asks first.")),
    _key(
        "a",
        "choose_action",
        "actions",
        N_("Actions"),
        N_("What can be done with it; also a calendar file of the events shown."),
    ),
    _key("ctrl+r", "reload", "reload", N_("Reload"), N_("Read the calendar again.")),
]
