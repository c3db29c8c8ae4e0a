"""Text that attacks terminals and toolkits, and a store that is full of it."""

import codecs
import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path

PAYLOAD = (
    "\x1b[66;66H\x1b[2J\x1b]0;EVIL\x07\x1b]8;;http://evil\x1b\\x\x1b]52;c;RVZJTA==\x07\x1b]52;c;RVZJTA=="
    "\x1bP$qEVIL\x1b\\\x1b_EVIL\x1b\\\x9b66;66H\x9d0;EVIL\x9c\x90EVIL\x9c\x00\x07\x08\x0b\x0c\x0e\x7f\x85"
    "\u202e\u2066\u2069\u200b\u200e\u200f\u2028\u2029\u00ad\ufeff\u061c" + "e" + "\u0301" * 500
)
"""Sequences of every kind, ended by either terminator and not at all; controls; floods of marks."""

LITERALS = (
    "[@click=app.quit]x[/]",
    "[SPAM]",
    "[100%]",
    "[/x]",
    "[b]bold[/b]",
    "[a:b] ]",
    "\\[x]",
    "$x ${y}",
    "[i]z[/i",
    "[red on blue]",
    "[link=x]l[/link]",
)
"""What toolkits take for markup or templates; all of it has to stand there as it is."""

SECRET_OF_MARKS = "\u0301" * 9
"""More marks on one character than the program lets through."""

_KEEP = {"kind", "status", "type", "state", "reminder", "started_mark", "stopped_mark", "terms", "module"}
_TABLES = (
    "leads",
    "contacts",
    "accounts",
    "deals",
    "cases",
    "campaigns",
    "activities",
    "notes",
    "users",
    "search_documents",
    "phone_numbers",
)
_NAMES = ("display_name", "last_name", "name", "subject", "title")
_OWN_SEQUENCES = re.compile(
    "\x1b\\[[?<>=]?[0-9;:]*[ $]?[a-zA-Z]"
    "|\x1b\\]22;[a-z]*\x07|\x1b\\]52;c;[A-Za-z0-9+/=]*\x07|\x1b[()][0B]|\x1b[78=>]"
)
_FOREIGN = re.compile("\x1b\\[66;66H|\x1b\\][08];|\x1b\\]52;c;RVZJTA")
_NEVER = re.compile(
    "[\x00-\x06\x07\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ud800-\udfff]"
)


def poison(path: Path) -> dict[str, str]:
    """Fill every text of every record of a store with hostile text, past the program.

    Returns:
        By table, the harmless-looking start of the name of its records.
    """
    starts = {}
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("DROP TRIGGER IF EXISTS activities_completed_call")
        for number, table in enumerate(_TABLES):
            literal = LITERALS[number % len(LITERALS)]
            starts[table] = literal[:8]
            for column in _text_columns(connection, table):
                text = f"{literal} {PAYLOAD}" if column in _NAMES else f"{column} {literal} {PAYLOAD}"
                connection.execute(
                    f"UPDATE {table} SET {column} = ?", [text.encode("utf-8", "replace").decode()]
                )
        connection.execute("UPDATE cases SET tags = ?", [json.dumps([f"tag {PAYLOAD}"])])
        connection.execute("UPDATE picklist_values SET label_en = label_en || ?", [" " + PAYLOAD])
    return starts


def _text_columns(connection: sqlite3.Connection, table: str) -> list[str]:
    columns = connection.execute(f"PRAGMA table_info({table})").fetchall()
    own = ("os_login", "time_zone", "language", "stage", "sort_name", "e164", "national", "reversed")
    return [
        name
        for _id, name, kind, *_rest in columns
        if ("TEXT" in kind or "VARCHAR" in kind)
        and name not in _KEEP
        and name not in own
        and not (table == "users" and name == "name")
        and name != "search_documents"
    ]


def violations(raw: bytes) -> set[str]:
    """Return what of a terminal's input a terminal would obey and the program didn't mean."""
    # The last character may have come in part only.
    text = codecs.getincrementaldecoder("utf-8")("surrogateescape").decode(raw)
    found = set(_FOREIGN.findall(text))
    rest = _OWN_SEQUENCES.sub("", text)
    found |= {match.encode("unicode_escape").decode() for match in _NEVER.findall(rest)}
    if "\x1b" in rest:
        place = rest.index("\x1b")
        found.add(f"escape: {rest[place : place + 20]!r}")
    if SECRET_OF_MARKS in rest:
        found.add(f"a flood of marks: {rest[max(rest.index(SECRET_OF_MARKS) - 60, 0) :][:100]!r}")
    return found
