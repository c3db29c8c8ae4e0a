"""What is known of a telephone number itself, whoever has it: that it is invalid, that nobody may call it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from crm_tui.i18n import N_, _

FEWEST_LETTERS = 3
"""Characters that a reason for flagging a number or calling it all the same has at least."""

LONGEST_REASON = 255


class Flag(StrEnum):
    """What a number can be flagged as, by the name in JSON."""

    INVALID = "invalid"
    DO_NOT_CALL = "do_not_call"


FLAG_LABELS = {Flag.INVALID: N_("invalid number"), Flag.DO_NOT_CALL: N_("do not call")}


@dataclass(frozen=True, slots=True)
class NumberFlag:
    """Who flagged a number, when and why.

    Attributes:
        reason: In the current language where the program gave it.
        at: When; UTC.
        by: What the user is called; "" where the store was filled from elsewhere.
    """

    reason: str
    at: datetime | None
    by: str


@dataclass(frozen=True, slots=True)
class NumberState:
    """The flags of a number, which hold for everybody who has it.

    Attributes:
        e164: The normal form, see `crm_tui.domain.phone.PhoneNumber`; "" for a text that is no number.
        shown: In the usual notation. Like any text from outside it has to go through ``safe``.
        invalid: Set where the number leads nowhere.
        do_not_call: Set where its owner doesn't want to be called.
    """

    e164: str
    shown: str
    invalid: NumberFlag | None = None
    do_not_call: NumberFlag | None = None

    @property
    def is_blocked(self) -> bool:
        """Whether an outbound call to it is refused."""
        return self.invalid is not None or self.do_not_call is not None

    @property
    def flags(self) -> tuple[Flag, ...]:
        """What it is flagged as."""
        given = {Flag.DO_NOT_CALL: self.do_not_call, Flag.INVALID: self.invalid}
        return tuple(flag for flag, value in given.items() if value is not None)

    @property
    def badge(self) -> str:
        """The flags in the current language for a place beside the number, "" for none."""
        return badge(self.flags)


def badge(flags: Iterable[Flag]) -> str:
    """Return flags in the current language for a place beside a number, "" for none."""
    return ", ".join(_(FLAG_LABELS[flag]) for flag in flags)
