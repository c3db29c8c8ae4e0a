"""The flags of a call result, which say what follows from it: their names and what they may hold."""

from collections.abc import Mapping
from typing import Final

from crm_tui.domain.follow_up import RESULT_LIST
from crm_tui.domain.picklists import Picklists
from crm_tui.i18n import _

Flag = str | int | bool

_YES: Final = frozenset({"y", "yes", "true", "1", "on"})
_NO: Final = frozenset({"n", "no", "false", "0", "off", ""})

SWITCHES: Final = ("follow_up", "bad_number", "do_not_call")
"""Flags that are on or off: asks for a call back, the number is invalid, nobody may call again."""

CODES: Final[Mapping[str, str]] = {
    "lead_status": "lead_status",
    "response_status": "campaign_response_status",
}
"""Flags that hold a code, with its pick-list: what the lead and the member of a campaign get."""

NUMBERS: Final[Mapping[str, int]] = {"retry_minutes": 60 * 24 * 30, "retry_attempts": 99}
"""Flags that hold a number, with the largest one: when and how often the call queue tries again."""

FLAGS: Final = (*SWITCHES, *CODES, *NUMBERS)


def changed_flags(
    name: str, present: Mapping[str, Flag], given: Mapping[str, object], picklists: Picklists
) -> tuple[dict[str, Flag], dict[str, str]]:
    """Return the flags of a result with some of them changed, and a reason per flag that can't be set.

    Args:
        name: The pick-list; only that of call results has flags.
        present: The flags it has.
        given: New values; an empty text, no, or 0 takes a flag away.
        picklists: What codes may be set.
    """
    flags, errors = dict(present), {}
    for flag, value in given.items():
        if name != RESULT_LIST or flag not in FLAGS:
            errors[flag] = _("There is no such flag. There are, for %(list)s: %(names)s.") % {
                "list": RESULT_LIST,
                "names": ", ".join(FLAGS),
            }
            continue
        try:
            checked = _checked(flag, str(value).strip().lower(), picklists)
        except ValueError as error:
            errors[flag] = str(error)
            continue
        if checked:
            flags[flag] = checked
        else:
            flags.pop(flag, None)
    return flags, errors


def _checked(flag: str, text: str, picklists: Picklists) -> Flag:
    if flag in CODES:
        return _code(CODES[flag], text, picklists)
    return _number(text, NUMBERS[flag]) if flag in NUMBERS else _switch(text)


def _switch(text: str) -> bool:
    if text in _YES | _NO:
        return text in _YES
    raise ValueError(_("Say yes or no."))


def _code(name: str, text: str, picklists: Picklists) -> str:
    codes = [choice.code for choice in picklists.active(name)]
    if text in ("", *codes):
        return text
    raise ValueError(_("There is no such value. There are: %(names)s.") % {"names": ", ".join(codes)})


def _number(text: str, most: int) -> int:
    number = int(text) if text.isdecimal() else 0 if not text else -1
    if 0 <= number <= most:
        return number
    raise ValueError(_("A whole number up to %(most)d.") % {"most": most})
