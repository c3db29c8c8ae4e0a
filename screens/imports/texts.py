"""What an import did, or would do, in words: counts, and the changes one by one."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from crm_tui.domain.fields import Field, label_of
from crm_tui.domain.imports.batches import (
    CellValue,
    Counts,
    Preview,
    RejectedRow,
    Remark,
    RowAction,
    RowOutcome,
)
from crm_tui.domain.members import RESPONSE_STATUS
from crm_tui.domain.modules import PLURAL, SINGULAR, Module
from crm_tui.domain.records import Value
from crm_tui.formats import format_number
from crm_tui.i18n import N_, _, ngettext
from crm_tui.text import cell_len, fit, safe
from screens.value_text import ValueText
from screens.widgets.scrolled_lines import Line
from screens.widgets.text_wrap import wrap

ACTION_LABELS: Final[Mapping[RowAction, str]] = {
    RowAction.CREATE: N_("New"),
    RowAction.UPDATE: N_("Changed"),
    RowAction.UNCHANGED: N_("Unchanged"),
    RowAction.SKIP: N_("Skipped"),
    RowAction.REJECT: N_("Rejected"),
    RowAction.REMOVE: N_("Gone there"),
}
"""What becomes of a row; the last one is no longer at its source."""

_SIGNS: Final[Mapping[RowAction, str]] = {
    RowAction.CREATE: "+",
    RowAction.UPDATE: "~",
    RowAction.UNCHANGED: "=",
    RowAction.SKIP: "-",
    RowAction.REJECT: "!",
    RowAction.REMOVE: "-",
}

_OTHER_LABELS: Final[Mapping[str, str]] = {
    "primary": N_("Primary"),
    "role": N_("Role"),
    "account": N_("Account"),
    "contact": N_("Contact"),
    "accounts": N_("Accounts"),
    "associated_account": N_("Account"),
    "member": N_("Member"),
    "members": N_("Members"),
}
"""Of what is no field of the module itself."""

_OTHER_FIELDS: Final[Mapping[str, Field]] = {RESPONSE_STATUS.name: RESPONSE_STATUS}
"""The same, whose values are more than their text."""

_LONGEST: Final = 200
"""Characters of a value that are shown."""

_LINES_OF_ROW: Final = 3
"""Lines that a rejected row takes as it stands in its file: what is wrong may stand in its last column."""

_NOTHING: Final = "–"
_INDENT: Final = "    "
_COLUMN: Final = 12

FieldsOf = Callable[[Module], Sequence[Field]]
"""Returns the fields of a module, custom ones too."""


def numbers(counts: Counts) -> list[tuple[str, int]]:
    """Return label and number of what there is to count; what came from elsewhere and went only if any."""
    found = [
        (RowAction.CREATE, counts.created),
        (RowAction.UPDATE, counts.updated),
        (RowAction.UNCHANGED, counts.unchanged),
        (RowAction.SKIP, counts.skipped),
        (RowAction.REJECT, counts.rejected),
    ]
    if counts.removed:
        found.append((RowAction.REMOVE, counts.removed))
    return [(_(ACTION_LABELS[action]), number) for action, number in found]


def counts_text(counts: Counts) -> str:
    """Return the counts on one line: ``New 120 · Changed 3 · …``."""
    return " · ".join(f"{label} {format_number(number)}" for label, number in numbers(counts))


def counts_lines(counts: Counts, by_module: Mapping[Module, Counts], width: int = 80) -> list[Line]:
    """Return the counts, where there are several modules as a table with a line for each."""
    lines = [Line(part, "bold") for part in wrap(counts_text(counts), width)]
    if len(by_module) > 1:
        labels = [label for label, _number in numbers(counts)]
        names = [_(PLURAL[module]) for module in by_module]
        first = max(map(cell_len, names)) + 1
        lines = [Line(" " * first + "".join(fit(label, _COLUMN, align="right") for label in labels), "muted")]
        lines += [
            _counts_row(name, one, first, bool(counts.removed))
            for name, one in zip(names, by_module.values(), strict=True)
        ]
        lines.append(_counts_row("", counts, first, bool(counts.removed), "bold"))
    if counts.shortened:
        text = ngettext(
            "%(number)s value is longer than its field and is cut at its length.",
            "%(number)s values are longer than their fields and are cut at their length.",
            counts.shortened,
        )
        lines.append(Line(text % {"number": format_number(counts.shortened)}))
    return lines


def _counts_row(name: str, counts: Counts, first: int, has_removed: bool, style: str = "") -> Line:
    figures = [counts.created, counts.updated, counts.unchanged, counts.skipped, counts.rejected]
    figures += [counts.removed] if has_removed else []
    cells = (fit(format_number(number), _COLUMN, align="right") for number in figures)
    return Line(fit(name, first) + "".join(cells), style)


def preview_lines(preview: Preview, texts: ValueText, fields_of: FieldsOf, width: int) -> list[Line]:
    """Return a dry run: counts, notes, then the first changes.

    Args:
        width: Cells of a line.
    """
    lines = counts_lines(preview.counts, preview.by_module, width)
    for note in preview.notes:
        lines += [Line(part) for part in wrap(safe(note, limit=600), width)]
    if not preview.changes:
        return [*lines, Line(""), Line(_("Nothing would change."), "muted")]
    several = len({change.module for change in preview.changes}) > 1
    for change in preview.changes:
        lines += [Line(""), *change_lines(change, texts, fields_of, width, names_module=several)]
    counted = preview.counts.created + preview.counts.updated + preview.counts.rejected
    if counted > len(preview.changes):
        text = _("These are the first %(number)d changes.") % {"number": len(preview.changes)}
        lines += [Line(""), Line(text, "muted")]
    return lines


def change_lines(
    change: RowOutcome, texts: ValueText, fields_of: FieldsOf, width: int, *, names_module: bool = True
) -> list[Line]:
    """Return what becomes of one row: a heading, then old → new per field, then what is wrong or cut."""
    fields = {field.name: field for field in fields_of(change.module)}
    lines = _heading(change, width, names_module=names_module)
    if change.action is RowAction.CREATE:
        lines += _indented(_values(change, texts, fields), width)
    else:
        for name, value in change.after.items():
            old = _value(texts, fields, name, change.before.get(name))
            new = _value(texts, fields, name, value)
            lines += _indented(f"{_label(fields, name)}: {old} → {new}", width)
    return [*lines, *_wrong_or_cut(change, fields, width)]


def remark_lines(remark: Remark, fields_of: FieldsOf, width: int, *, names_module: bool = True) -> list[Line]:
    """Return what was cut or left out of a row: a heading, then each value."""
    fields = {field.name: field for field in fields_of(remark.module)}
    return [
        *_heading(remark, width, names_module=names_module),
        *_wrong_or_cut(remark, fields, width),
    ]


def reject_lines(row: RejectedRow, fields: Sequence[Field], width: int) -> list[Line]:
    """Return a rejected row: how it begins in its file, and why it was rejected."""
    known = {field.name: field for field in fields}
    start = _("! Row %(number)d  %(cells)s") % {"number": row.number, "cells": _cells(row.cells)}
    lines = [Line(part) for part in wrap(start, width)[:_LINES_OF_ROW]]
    for name, reason in row.reasons.items():
        text = f"{_label(known, name)}: {safe(reason)}" if name else safe(reason)
        lines += _indented(text, width, "error")
    return lines


def _cells(cells: Sequence[CellValue]) -> str:
    return "  ".join(text for cell in cells if cell is not None and (text := safe(str(cell), limit=40)))


def _heading(row: RowOutcome | Remark, width: int, *, names_module: bool) -> list[Line]:
    """Return which row it is, what becomes of it and what its record is called; items may have no number."""
    parts = {
        "sign": _SIGNS[row.action],
        "number": row.number,
        "action": _(ACTION_LABELS[row.action]),
        "kind": f"{_(SINGULAR[row.module])}  " if names_module else "",
        "name": safe(row.name, limit=_LONGEST),
    }
    numbered = _("%(sign)s Row %(number)d  %(action)s  %(kind)s%(name)s")
    text = (numbered if row.number else "%(sign)s %(action)s  %(kind)s%(name)s") % parts
    style = "error" if row.action is RowAction.REJECT else "bold"
    return [Line(part, style) for part in wrap(text.rstrip(), width)]


def _wrong_or_cut(row: RowOutcome | Remark, fields: Mapping[str, Field], width: int) -> list[Line]:
    lines: list[Line] = []
    style = "error" if row.action is RowAction.REJECT else "muted"
    for name, reason in row.reasons.items():
        text = f"{_label(fields, name)}: {safe(reason)}" if name else safe(reason)
        lines += _indented(text, width, style)
    for cut in row.shortened:
        text = _("%(field)s: %(length)s characters, cut to %(limit)s") % {
            "field": _label(fields, cut.field),
            "length": format_number(cut.length),
            "limit": format_number(cut.limit),
        }
        lines += _indented(text, width)
    return lines


def _values(change: RowOutcome, texts: ValueText, fields: Mapping[str, Field]) -> str:
    shown = {name: value for name, value in change.after.items() if value not in (None, "", ())}
    return " · ".join(
        f"{_label(fields, name)}: {_value(texts, fields, name, value)}" for name, value in shown.items()
    )


def _label(fields: Mapping[str, Field], name: str) -> str:
    if (field := fields.get(name) or _OTHER_FIELDS.get(name)) is not None:
        return label_of(field)
    return _(_OTHER_LABELS[name]) if name in _OTHER_LABELS else safe(name, limit=60)


def _value(texts: ValueText, fields: Mapping[str, Field], name: str, value: Value) -> str:
    field = fields.get(name) or _OTHER_FIELDS.get(name) or Field(name, name)
    return safe(str(texts.full(field, value)), limit=_LONGEST) or _NOTHING


def _indented(text: str, width: int, style: str = "") -> list[Line]:
    if not text:
        return []
    return [Line(_INDENT + part, style) for part in wrap(text, max(10, width - len(_INDENT)))]
