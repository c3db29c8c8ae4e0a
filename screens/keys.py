"""The keys of the whole console: modules, global bindings, full-width twins."""

from collections.abc import Mapping
from dataclasses import dataclass

from textual.binding import Binding, BindingType
from textual.keys import format_key, key_to_character

from crm_tui.domain.modules import Area, Module
from crm_tui.i18n import N_, pgettext


@dataclass(frozen=True, slots=True)
class ModuleEntry:
    """One entry of the module bar.

    Attributes:
        name: By which ``open_module`` and the palette know it.
        digit: The key that opens it.
        letter: The key that opens it after ``g``.
        label: Its name, marked for translation.
        area: What the agent must be allowed to view.
        module: The records it lists; None for activities of all kinds, mail, calendar and reports.
    """

    name: str
    digit: str
    letter: str
    label: str
    area: Area
    module: Module | None


MODULES: tuple[ModuleEntry, ...] = (
    ModuleEntry("activities", "1", "a", N_("Activities"), Area.ACTIVITY, None),
    ModuleEntry("leads", "2", "l", N_("Leads"), Area.LEAD, Module.LEAD),
    ModuleEntry("contacts", "3", "c", N_("Contacts"), Area.CONTACT, Module.CONTACT),
    ModuleEntry("accounts", "4", "o", N_("Accounts"), Area.ACCOUNT, Module.ACCOUNT),
    ModuleEntry("deals", "5", "d", N_("Deals"), Area.DEAL, Module.DEAL),
    ModuleEntry("cases", "6", "s", N_("Cases"), Area.CASE, Module.CASE),
    ModuleEntry("campaigns", "7", "m", N_("Campaigns"), Area.CAMPAIGN, Module.CAMPAIGN),
    ModuleEntry("mail", "8", "e", N_("Mail"), Area.MAIL, None),
    ModuleEntry("calendar", "9", "k", N_("Calendar"), Area.ACTIVITY, None),
    ModuleEntry("reports", "0", "r", N_("Reports"), Area.ACTIVITY, None),
)


def short_names() -> Mapping[str, str]:
    """Return the names of the modules on a narrow terminal, by entry, in the agent's language."""
    return {
        "activities": pgettext("module bar", "Act."),
        "leads": pgettext("module bar", "Leads"),
        "contacts": pgettext("module bar", "Contacts"),
        "accounts": pgettext("module bar", "Accounts"),
        "deals": pgettext("module bar", "Deals"),
        "cases": pgettext("module bar", "Cases"),
        "campaigns": pgettext("module bar", "Camp."),
        "mail": pgettext("module bar", "Mail"),
        "calendar": pgettext("module bar", "Cal."),
        "reports": pgettext("module bar", "Rep."),
    }


BY_NAME = {entry.name: entry for entry in MODULES}
BY_LETTER = {entry.letter: entry for entry in MODULES}


def _module_bindings() -> list[BindingType]:
    return [
        Binding(
            entry.digit,
            f"open_module('{entry.name}')",
            entry.label,
            id=f"app.{entry.name}",
            show=False,
            tooltip=N_("Go to this module."),
        )
        for entry in MODULES
    ]


GLOBAL_BINDINGS: list[BindingType] = [
    *_module_bindings(),
    Binding(
        "f1",
        "help",
        N_("Help"),
        id="app.help",
        priority=True,
        tooltip=N_("Show what the keys do here."),
    ),
    Binding(
        "question_mark",
        "help",
        N_("Help"),
        id="app.help_sign",
        show=False,
        tooltip=N_("Show what the keys do here."),
    ),
    Binding(
        "ctrl+f",
        "find",
        N_("Find"),
        id="app.find",
        priority=True,
        tooltip=N_("Find anybody and anything by name, reading, company, address or number."),
    ),
    Binding(
        "ctrl+p",
        "palette",
        N_("Commands"),
        id="app.palette",
        priority=True,
        show=False,
        tooltip=N_("Every action and every module by name."),
    ),
    Binding(
        "colon",
        "palette",
        N_("Commands"),
        id="app.palette_sign",
        show=False,
        tooltip=N_("Every action and every module by name."),
    ),
    Binding(
        "f2",
        "call_key",
        N_("Call"),
        id="app.call",
        priority=True,
        tooltip=N_("Start a call with the record in focus; in a running call: stop; after that: its form."),
    ),
    Binding(
        "f3",
        "log_call",
        N_("Log a call"),
        id="app.log_call",
        priority=True,
        show=False,
        tooltip=N_("Log a completed call with the record in focus."),
    ),
    Binding(
        "f6",
        "schedule_call",
        N_("Schedule a call"),
        id="app.schedule_call",
        priority=True,
        show=False,
        tooltip=N_("Schedule a call with the record in focus."),
    ),
    Binding(
        "f8",
        "reminders",
        N_("Reminders"),
        id="app.reminders",
        priority=True,
        show=False,
        tooltip=N_("What you have to be reminded of now: complete, reschedule, cancel or snooze it."),
    ),
    Binding(
        "f12",
        "back_to_call",
        N_("Back to the call"),
        id="app.back_to_call",
        priority=True,
        show=False,
        tooltip=N_("Go to the running call; from the call, back to where you were."),
    ),
    Binding(
        "f9",
        "answer_pop",
        N_("Answer the caller"),
        id="app.answer",
        priority=True,
        show=False,
        tooltip=N_("Start the call with who is calling; asks where it isn't clear who that is."),
    ),
    Binding(
        # What terminals send for Shift+F9.
        "f21",
        "choose_for_pop",
        N_("Caller: choose"),
        id="app.choose_for_pop",
        key_display="Shift+F9",
        priority=True,
        show=False,
        tooltip=N_("Choose what to do with who is calling: another person, no call, log as missed."),
    ),
    Binding(
        "g",
        "chord",
        N_("Go to …"),
        id="app.go",
        show=False,
        tooltip=N_("Then g for the first row, or a letter for a module."),
    ),
    Binding(
        "y",
        "copy_focus",
        N_("Copy"),
        id="app.copy",
        show=False,
        tooltip=N_("Copy the name of the record in focus."),
    ),
    Binding(
        "T",
        "dial_number",
        N_("Dial the number"),
        id="app.dial",
        show=False,
        tooltip=N_("Dial a number of the record in focus, or copy it as tel: where no program dials."),
    ),
    Binding(
        "z",
        "undo",
        N_("Undo my last change"),
        id="app.undo",
        show=False,
        tooltip=N_("Undo what you changed last; asks first and says what that is."),
    ),
    Binding(
        "q",
        "quit",
        N_("Quit"),
        id="app.quit_letter",
        show=False,
        tooltip=N_("Close the console; asks when a call runs or text is unsaved."),
    ),
    Binding(
        "ctrl+q",
        "quit",
        N_("Quit"),
        id="app.quit",
        priority=True,
        show=False,
        tooltip=N_("Close the console; asks when a call runs or text is unsaved."),
    ),
    Binding(
        "ctrl+l",
        "redraw",
        N_("Repaint"),
        id="app.redraw",
        priority=True,
        show=False,
        tooltip=N_("Paint the screen anew after something else wrote on the terminal."),
    ),
    Binding("ctrl+c", "say_how_to_quit", N_("Quit?"), id="app.interrupt", show=False),
]

KEY_NAMES = {
    "enter": "Enter",
    "escape": "Esc",
    "space": "Space",
    "tab": "Tab",
    "shift+tab": "Shift+Tab",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "home": "Home",
    "end": "End",
    "delete": "Del",
    "backspace": "Backspace",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
}
"""What is printed on keys, as far as it differs from what Textual calls them."""

QUIT_KEY = "ctrl+q"
"""Always quits, whatever the configuration says."""

URGENT_KEYS = frozenset({"escape", "f1", "f2", "f3", "f6", "f8", "f9", "f12"})
"""Keys that don't wait for a screen that reads for long, unless others wait already."""

ELSEWHERE_KEYS = frozenset({*"1234567890", "ctrl+f", "ctrl+p", "f1", "f8", "f9", "f12"})
"""Keys that don't wait for the rows of a list, unless others wait already: they lead away from it."""

_FIRST_FULL_WIDTH = 0xFF01
_LAST_FULL_WIDTH = 0xFF5E
_FULL_WIDTH_OFFSET = 0xFEE0
_IDEOGRAPHIC_SPACE = "\u3000"


def half_width(character: str) -> str:
    """Return the half-width twin of a full-width letter, digit, sign or space, "" if it has none."""
    if len(character) != 1:
        return ""
    if character == _IDEOGRAPHIC_SPACE:
        return " "
    if _FIRST_FULL_WIDTH <= ord(character) <= _LAST_FULL_WIDTH:
        return chr(ord(character) - _FULL_WIDTH_OFFSET)
    return ""


def key_name(key: str) -> str:
    """Return ``ctrl+pagedown`` as ``Ctrl+PgDn``: what is printed on the keys of a keyboard."""
    *modifiers, last = key.split("+")
    name = KEY_NAMES.get(last) or format_key(last)
    if len(last) > 1 and last[0] == "f" and last[1:].isdigit():
        name = last.upper()
    elif modifiers and len(name) == 1:
        name = name.upper()
    return "+".join([*(modifier.capitalize() for modifier in modifiers), name])


def is_twin(key: str) -> bool:
    """Return whether ``key`` is a full-width character, which need not be shown beside its twin."""
    return bool(half_width(key_to_character(key) or ""))
