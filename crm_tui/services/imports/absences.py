"""What is said of rows whose records are here, but not to be had."""

from collections import Counter
from collections.abc import Mapping
from typing import Final

from crm_tui.domain.imports.batches import RowAction
from crm_tui.domain.imports.rules import Absence
from crm_tui.i18n import N_, _, ngettext

_TOLD: Final[Mapping[Absence, str]] = {
    Absence.BINNED: N_("It was deleted here. It isn't added again."),
    Absence.CONVERTED: N_("It was converted here. It isn't added again."),
    Absence.HIDDEN: N_("Somebody else took it over, and you may not see it."),
}

ACTION_OF: Final[Mapping[Absence, RowAction]] = {
    Absence.BINNED: RowAction.SKIP,
    Absence.CONVERTED: RowAction.SKIP,
    Absence.HIDDEN: RowAction.UNCHANGED,
}
"""What becomes of its row. To an agent what somebody else looks after is as it should be."""

_OTHER: Final[Mapping[Absence, str]] = {
    Absence.BINNED: N_("“%(name)s” was deleted here."),
    Absence.CONVERTED: N_("“%(name)s” was converted here."),
    Absence.HIDDEN: N_("“%(name)s” was taken over by somebody else, and you may not see it."),
}


def told_of(why: Absence) -> str:
    """Return why a record can't be had, as one sentence."""
    return _(_TOLD[why])


def absence_of(why: Absence, name: str) -> str:
    """Return why a record that a row refers to can't be had.

    Args:
        name: What it is called at the source.
    """
    return _(_OTHER[why]) % {"name": name}


def absence_notes(numbers: Counter[Absence]) -> list[str]:
    """Return what is said of all such rows of an import."""
    gone = numbers[Absence.BINNED] + numbers[Absence.CONVERTED]
    notes = []
    if gone:
        text = ngettext(
            "%(number)d record was deleted or converted here; it isn't added again.",
            "%(number)d records were deleted or converted here; they aren't added again.",
            gone,
        )
        notes.append(text % {"number": gone})
    if hidden := numbers[Absence.HIDDEN]:
        text = ngettext(
            "%(number)d record was taken over by somebody else; you may not see it, and it stays as it is.",
            "%(number)d records were taken over by somebody else; you may not see them, and they stay so.",
            hidden,
        )
        notes.append(text % {"number": hidden})
    return notes
