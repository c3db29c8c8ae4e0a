"""Status and priority: words of Outlook, in English and Japanese, of Graph and iCalendar, as our codes."""

import unicodedata
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_STATUSES: Final[Mapping[str, tuple[str, ...]]] = {
    "not_started": ("Not Started", "notStarted", "未開始", "未着手", "NEEDS-ACTION", "0"),
    "in_progress": ("In Progress", "inProgress", "進行中", "IN-PROCESS", "1"),
    "completed": ("Completed", "Complete", "完了", "2"),
    "waiting_for_input": (
        "Waiting on someone else",
        "waitingOnOthers",
        "待機中",
        "他のユーザー待ち",
        "回答待ち",
        "3",
    ),
    "deferred": ("Deferred", "延期", "CANCELLED", "4"),
}
"""Numbers stand in files of some versions instead of words; iCalendar's cancelled tasks are put off."""

_PRIORITIES: Final[Mapping[str, tuple[str, ...]]] = {
    "low": ("Low", "低"),
    "normal": ("Normal", "標準", "普通", "中"),
    "high": ("High", "高"),
}

_YES: Final = frozenset({"true", "yes", "on", "1", "-1", "オン", "はい", "真"})


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _turned(words: Mapping[str, tuple[str, ...]]) -> Mapping[str, str]:
    return MappingProxyType({_plain(word): code for code, some in words.items() for word in (code, *some)})


_STATUS_OF: Final = _turned(_STATUSES)
_PRIORITY_OF: Final = _turned(_PRIORITIES)


def status_of(word: str) -> str:
    """Return the status of a task that a word of Outlook means; "" for one that isn't known."""
    return _STATUS_OF.get(_plain(word), "")


def priority_of(word: str) -> str:
    """Return the priority of a task that a word of Outlook means; "" for one that isn't known."""
    return _PRIORITY_OF.get(_plain(word), "")


def priority_of_number(number: int) -> str:
    """Return the priority that iCalendar's number means: 1 to 4 high, 6 to 9 low, else normal.

    Source: RFC 5545, 3.8.1.9, with the three levels of its last paragraph.
    """
    if 1 <= number <= 4:
        return "high"
    return "low" if 6 <= number <= 9 else "normal"


def is_yes(word: str) -> bool:
    """Return whether a cell of Outlook says yes."""
    return _plain(word) in _YES
