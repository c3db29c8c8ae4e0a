"""What can be wrong with a file, a row or an item: codes in the child process, sentences here.

The child speaks no language; what it names is put into the agent's words where it is shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from crm_tui.i18n import N_, _


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is wrong, by its code in `SENTENCES`, with what the sentence names."""

    code: str
    values: Mapping[str, object] = field(default_factory=dict)


class Unreadable(Exception):
    """A file can't be read at all. Raised in the child only."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.problem = Problem(code, values)


SENTENCES: Final[Mapping[str, str]] = MappingProxyType(
    {
        # The whole file.
        "empty": N_("The file is empty."),
        "unknown": N_("This is no table, workbook, archive, vCard or calendar that can be read."),
        "too_large": N_("The file has %(megabytes)s MB; up to %(limit)s MB can be read."),
        "unpacked": N_("The file would be larger than %(limit)s MB when unpacked; that is too much."),
        "damaged": N_("The file is damaged or incomplete and can't be read."),
        "password": N_("The file is protected by a password. Save it without one."),
        "workbook_xml": N_("This is a workbook saved as XML or as a web archive. Save it as XLSX."),
        "columns": N_("The table has %(found)s columns; up to %(limit)s can be read."),
        "area": N_("The table reaches to row %(row)s and column %(column)s; that is too much to be read."),
        "no_sheet": N_("The workbook has no sheet %(name)s."),
        "no_sheets": N_("The workbook has no sheet with a table."),
        "no_member": N_("The archive has no file %(name)s."),
        "members": N_("The archive has %(found)s files; up to %(limit)s can be read."),
        "member_kind": N_("%(name)s in the archive is itself an archive; unpack it first."),
        "compression": N_(
            "The archive is packed in a way that can't be read. Pack it as an ordinary ZIP file."
        ),
        "no_table": N_("The page has no table."),
        "no_rows": N_("This file has no rows. It holds contacts, tasks or events."),
        "no_items": N_("This file holds rows, no contacts, tasks or events of their own."),
        "choose_member": N_("This is an archive. Choose one of its files."),
        "memory": N_("The file needs more memory than reading may take."),
        "time": N_("The file takes too long to read."),
        "mixed": N_("Parts of the file are in different encodings; such rows are rejected."),
        "several_encodings": N_(
            "The text fits several encodings. Check the preview and choose another if needed."
        ),
        # A row.
        "row_encoding": N_("This row is in another encoding than the file."),
        "row_characters": N_("This row has characters that can't be read in the encoding of the file."),
        "row_nul": N_("This row has NUL characters; the file may be damaged there."),
        "row_quote": N_("A quotation mark in this row is never closed, or stands in the middle of a cell."),
        "row_cell": N_("A cell of this row is longer than %(limit)s characters."),
        "row_line": N_("This row is longer than a row may be; its end was left out."),
        "row_more": N_("This row has more cells (%(found)s) than there are headings (%(expected)s)."),
        "row_fewer": N_("This row has fewer cells (%(found)s) than there are headings (%(expected)s)."),
        # An item.
        "item_open": N_("The entry has no end; the file may be cut off."),
        "item_size": N_("The entry is longer than an entry may be."),
        "item_lines": N_("The entry has more than %(limit)s lines."),
        "item_depth": N_("The entry has too many entries within entries."),
        "item_line": N_("A line of the entry can't be read: %(line)s"),
        "item_characters": N_("The entry has characters that can't be read."),
        "item_zone": N_("The time zone %(zone)s is unknown."),
        "item_date": N_("%(name)s is no date or time: %(value)s"),
        "item_rule": N_("The rule of recurrence can't be read: %(value)s"),
        "item_rule_long": N_("Working out the recurrence takes too long."),
        "item_rule_never": N_("The rule of recurrence never comes true."),
        "item_many": N_("The event recurs more than %(limit)s times in this period."),
    }
)


def sentence(code: str, values: Mapping[str, Any]) -> str:
    """Return a problem in the agent's language; "" for no code."""
    if not code:
        return ""
    return _(SENTENCES.get(code, SENTENCES["damaged"])) % values
