"""CSV for spreadsheets: cells that a spreadsheet would run as a formula are made inert."""

import csv
import io
from collections.abc import Mapping, Sequence

from crm_tui.commands.answer import Json
from crm_tui.commands.json import dumps
from crm_tui.domain.formulas import inert
from crm_tui.text import clean_input


def write_csv(records: Sequence[Mapping[str, Json]]) -> str:
    """Return the records as CSV with a heading.

    A reference makes two columns, its name and its id; each custom field makes one.
    """
    flat = [_flat(record) for record in records]
    header: dict[str, None] = {}
    for row in flat:
        header.update(dict.fromkeys(row))
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    if header:
        writer.writerow([inert(name) for name in header])
    writer.writerows([inert(clean_input(row.get(name, ""))) for name in header] for row in flat)
    return file.getvalue()


def _flat(record: Mapping[str, Json]) -> dict[str, str]:
    row: dict[str, str] = {}
    for name, value in record.items():
        if isinstance(value, Mapping) and {"id", "name"} <= value.keys():
            row[name], row[f"{name}_id"] = _cell(value["name"]), _cell(value["id"])
        elif isinstance(value, Mapping) and name == "custom":
            row.update({field: _cell(custom) for field, custom in value.items()})
        else:
            row[name] = _cell(value)
            if value is None and name in _REFERENCES:
                row[f"{name}_id"] = ""
    return row


_REFERENCES = frozenset(
    {"owner", "created_by", "modified_by", "who", "related_to", "account", "contact", "campaign", "parent"}
)


def _cell(value: Json) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    if isinstance(value, Mapping):
        return dumps(value) if value else ""
    return ", ".join(map(_cell, value))
