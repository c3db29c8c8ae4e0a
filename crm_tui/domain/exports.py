"""What is to be exported, and what came of it."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from crm_tui.domain.modules import Module
from crm_tui.domain.queries import ListQuery
from crm_tui.formats import format_number
from crm_tui.i18n import _, ngettext

MOST_ROWS_OF_A_SHEET = 1_048_575
"""Records that one sheet of a workbook holds below its heading."""


class FileKind(StrEnum):
    """A format; the value is the ending of the file's name."""

    CSV = ".csv"
    XLSX = ".xlsx"


class Encoding(StrEnum):
    """How a CSV file holds its characters; UTF-8 begins with a byte order mark, which Excel needs."""

    UTF8 = "utf-8"
    CP932 = "cp932"


class Headings(StrEnum):
    """Whom a file is for.

    CODES: programs and imports. Names of fields as on the command line, pick-list codes, ``true`` and
    ``false``, ids, and beside the name of a referenced record its id.
    LABELS: people. What fields and pick-list values are called in the agent's language.
    """

    CODES = "codes"
    LABELS = "labels"


@dataclass(frozen=True, slots=True)
class Export:
    """One export.

    Attributes:
        module: Whose records; CALL with ``all_activities``.
        path: The file to make; its ending says the format.
        query: The list, in its order; what it names as columns doesn't matter.
        ids: Records that were chosen one by one, in this order, instead of the list.
        but: Ids that are left out of the list.
        columns: Names of fields; empty for all.
        headings: Whom the file is for.
        encoding: Of a CSV file.
        all_activities: The list is that of tasks, events and calls.
        replace: A file that is there already is replaced.
    """

    module: Module
    path: Path
    query: ListQuery = field(default_factory=ListQuery)
    ids: tuple[str, ...] = ()
    but: frozenset[str] = frozenset()
    columns: tuple[str, ...] = ()
    headings: Headings = Headings.CODES
    encoding: Encoding = Encoding.UTF8
    all_activities: bool = False
    replace: bool = False


@dataclass(frozen=True, slots=True)
class Exported:
    """The outcome of an export.

    Attributes:
        path: The file, as an absolute path.
        rows: Records in it.
        replaced: Characters that its encoding lacks and that something else stands for.
        cut: Values of which a workbook holds only the beginning.
        left_out: Participants whom a calendar file can't name, because they have no mail address.
        stopped: The agent stopped it; there is no file.
    """

    path: Path
    rows: int
    replaced: int = 0
    cut: int = 0
    left_out: int = 0
    stopped: bool = False


def outcome(done: Exported) -> str:
    """Return what came of an export, as a sentence or two."""
    if done.stopped:
        return _("Stopped. No file was made.")
    text = ngettext("%(number)s record is in %(file)s.", "%(number)s records are in %(file)s.", done.rows)
    text %= {"number": format_number(done.rows), "file": done.path}
    return _with_losses(text, done)


def report_outcome(done: Exported) -> str:
    """Return where a report is, as a sentence or two."""
    return _with_losses(_("The report is in %(file)s.") % {"file": done.path}, done)


def _with_losses(text: str, done: Exported) -> str:
    losses = (
        (
            done.replaced,
            ngettext(
                "%(number)s character that its encoding lacks was replaced.",
                "%(number)s characters that its encoding lacks were replaced.",
                done.replaced,
            ),
        ),
        (
            done.cut,
            ngettext(
                "%(number)s value is longer than a cell holds and was cut.",
                "%(number)s values are longer than a cell holds and were cut.",
                done.cut,
            ),
        ),
        (
            done.left_out,
            ngettext(
                "%(number)s participant without a mail address is left out.",
                "%(number)s participants without a mail address are left out.",
                done.left_out,
            ),
        ),
    )
    return " ".join([text, *(loss % {"number": format_number(n)} for n, loss in losses if n)])


@dataclass(frozen=True, slots=True)
class ReportFile:
    """Where and how a report is written.

    Attributes:
        path: The file; its ending says the format.
        headings: CODES for programs: names, keys, seconds. LABELS for people: durations and percentages.
        encoding: Of a CSV file.
        replace: A file that is there already is replaced.
    """

    path: Path
    headings: Headings = Headings.CODES
    encoding: Encoding = Encoding.UTF8
    replace: bool = False
