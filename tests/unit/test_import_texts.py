"""What an import did, in words: counts, changes, reasons, whatever a file has in it."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from crm_tui.domain.fields import Field, FieldType
from crm_tui.domain.imports.batches import (
    Counts,
    Preview,
    RejectedRow,
    Remark,
    RowAction,
    RowOutcome,
    Shortened,
)
from crm_tui.domain.modules import Module
from crm_tui.domain.picklists import Picklists
from crm_tui.sync.tables import left_out
from crm_tui.text import cell_len
from screens.imports.texts import counts_text, preview_lines, reject_lines, remark_lines
from screens.value_text import ValueText

TEXTS = ValueText(Picklists({}, {}), ZoneInfo("Asia/Tokyo"))
FIELDS = (Field("last_name", "Last name"), Field("phone", "Phone", FieldType.PHONE), Field("title", "Title"))

CREATED = RowOutcome(2, RowAction.CREATE, Module.CONTACT, "田中", after={"last_name": "田中", "title": None})
UPDATED = RowOutcome(
    3, RowAction.UPDATE, Module.CONTACT, "Doe", before={"phone": None}, after={"phone": "03-1234-5678"}
)
REJECTED = RowOutcome(4, RowAction.REJECT, Module.CONTACT, reasons={"phone": "No number.", "": "Too odd."})


def shown(*changes: RowOutcome, width: int = 70, notes: tuple[str, ...] = (), **counts: int) -> str:
    preview = Preview(Counts(**counts), changes, notes=notes)
    lines = preview_lines(preview, TEXTS, lambda module: FIELDS, width)
    assert all(cell_len(line.text) <= width for line in lines)
    return "\n".join(line.text for line in lines)


def test_each_change_is_told_by_field() -> None:
    text = shown(CREATED, UPDATED, REJECTED, created=1, updated=1, rejected=1)
    assert "New 1 · Changed 1 · Unchanged 0 · Skipped 0 · Rejected 1" in text
    assert "+ Row 2  New  田中\n    Last name: 田中\n" in text
    assert "~ Row 3  Changed  Doe\n    Phone: – → 03-1234-5678\n" in text
    assert "! Row 4  Rejected\n    Phone: No number.\n    Too odd." in text


def test_what_is_cut_and_what_is_left_out_is_told() -> None:
    cut = RowOutcome(2, RowAction.CREATE, Module.CONTACT, "x", shortened=(Shortened("title", 1200, 100),))
    text = shown(cut, created=80, shortened=1, notes=("This column is not imported: Colour.",))
    assert "1 value is longer than its field" in text
    assert "Title: 1,200 characters, cut to 100" in text
    assert "This column is not imported: Colour." in text
    assert "These are the first 1 changes." in text


def test_an_endless_heading_is_named_by_its_beginning() -> None:
    assert left_out(["Name", "あ" * 5000, "Size"], ["last_name", "", ""]) == [
        f"These columns are not imported: {'あ' * 39}…, Size."
    ]


def test_what_an_import_cut_and_left_out_is_told_as_a_dry_run_told_it() -> None:
    row = RowOutcome(
        *(2, RowAction.CREATE, Module.CONTACT, "田中"),
        reasons={"phone": "No number."},
        shortened=(Shortened("title", 1200, 100),),
    )
    kept = Remark(row.number, row.action, row.module, row.name, None, row.reasons, row.shortened)
    lines = [line.text for line in remark_lines(kept, lambda module: FIELDS, 70, names_module=False)]
    assert lines == [
        "+ Row 2  New  田中",
        "    Phone: No number.",
        "    Title: 1,200 characters, cut to 100",
    ]
    assert "\n".join(lines) == "\n".join(shown(row).splitlines()[-3:])
    gone = replace(kept, number=0, action=RowAction.REMOVE, reasons={}, shortened=())
    assert [line.text for line in remark_lines(gone, lambda module: FIELDS, 70)] == [
        "- Gone there  Contact  田中"
    ]


def test_a_dry_run_without_changes_says_so() -> None:
    assert "Nothing would change." in shown(unchanged=12)


@pytest.mark.parametrize("width", [20, 70])
def test_what_a_file_holds_reaches_no_terminal_as_it_is(width: int) -> None:
    evil = "\x1b]52;c;aGk=\x07[/x]\u202e" + "漢" * 500 + "\n\nend"
    change = RowOutcome(
        2, RowAction.UPDATE, Module.CONTACT, evil, after={"last_name": evil, evil: evil}, reasons={evil: evil}
    )
    text = shown(change, width=width, notes=(evil,), updated=1)
    assert not {"\x1b", "\x07", "\u202e"} & set(text)
    assert len(text) < 8_000
    rejected = reject_lines(RejectedRow(3, (evil, None, 7), {"phone": evil}), FIELDS, width)
    assert not {"\x1b", "\x07", "\u202e"} & set("".join(line.text for line in rejected))


def test_modules_stand_in_a_table_with_their_sum() -> None:
    one, two = Counts(created=1), Counts(created=1_200, removed=3)
    preview = Preview(
        Counts(created=1_201, removed=3), (CREATED,), by_module={Module.CONTACT: one, Module.ACCOUNT: two}
    )
    lines = [line.text.split() for line in preview_lines(preview, TEXTS, lambda module: FIELDS, 90)]
    assert lines[0][:2] == ["New", "Changed"]
    assert lines[1] == ["Contacts", "1", "0", "0", "0", "0", "0"]
    assert lines[3] == ["1,201", "0", "0", "0", "0", "3"]


def test_rows_gone_at_their_source_are_counted_only_where_there_are_any() -> None:
    assert "Gone" not in counts_text(Counts(created=1))
    assert counts_text(Counts(removed=2)).endswith("Gone there 2")
