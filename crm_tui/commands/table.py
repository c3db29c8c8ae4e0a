"""Tables for people, in terminal cells, with nothing in them that a terminal would obey."""

from collections.abc import Mapping, Sequence

from crm_tui.commands.answer import Json, Table
from crm_tui.i18n import _
from crm_tui.text import cell_len, fit, safe

_GAP = "  "
_NARROWEST = 6
_CELL_LIMIT = 2000


def table_text(table: Table, width: int | None) -> str:
    """Return ``table`` as lines.

    Args:
        table: Headings and cells.
        width: Cells of the terminal, into which wide columns are cut; None: no limit.
    """
    if not table.header:
        return _pairs(table.rows)
    rows = [[safe(cell, limit=_CELL_LIMIT) for cell in row] for row in table.rows]
    widths = [max(map(cell_len, column)) for column in zip(table.header, *rows, strict=True)]
    if width is not None:
        widths = _squeezed(widths, width)
    lines = [_line(table.header, widths), _GAP.join("-" * cells for cells in widths)]
    lines += [_line(row, widths) for row in rows]
    if not rows:
        lines.append(_("(nothing)"))
    return "\n".join(lines) + "\n"


def generic_table(data: Json) -> Table:
    """Return any answer as a table of names and values."""
    if isinstance(data, Mapping):
        return Table((), [(name, plain(value)) for name, value in data.items()])
    if isinstance(data, Sequence) and not isinstance(data, str):
        return Table((), [("", plain(item)) for item in data])
    return Table((), [("", plain(data))])


def plain(value: Json) -> str:
    """Return a JSON value as a person reads it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Mapping):
        if "name" in value:
            return plain(value["name"])
        return ", ".join(f"{key}: {plain(item)}" for key, item in value.items())
    if isinstance(value, str | int | float):
        return str(value)
    return ", ".join(map(plain, value))


def _pairs(rows: Sequence[Sequence[str]]) -> str:
    """Return names and values; a value of several lines is set off under its name."""
    shown = [(safe(name), safe(value, limit=100_000, newlines=True)) for name, value in rows]
    width = max((cell_len(name) for name, _value in shown), default=0)
    margin = " " * (width + len(_GAP)) if width else ""
    lines = []
    for name, value in shown:
        first, *more = value.split("\n")
        lines.append((fit(name, width) + _GAP if width else "") + first)
        lines += [margin + line for line in more]
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return _GAP.join(fit(cell, width) for cell, width in zip(cells, widths, strict=True)).rstrip()


def _squeezed(widths: Sequence[int], total: int) -> list[int]:
    """Return the widths with the widest taken in until they fit, none below ``_NARROWEST``."""
    widths = list(widths)
    room = total - len(_GAP) * (len(widths) - 1)
    while sum(widths) > room and max(widths) > _NARROWEST:
        widest = widths.index(max(widths))
        second = max((w for i, w in enumerate(widths) if i != widest), default=0)
        excess = sum(widths) - room
        target = max(min(second, widths[widest] - 1), widths[widest] - excess, _NARROWEST)
        widths[widest] = target
    return widths
