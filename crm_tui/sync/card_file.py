"""Contacts as address cards (vCard 3.0, RFC 2426) for Outlook and other address books.

What a property of a card means is said once more, in the other direction, by `crm_tui.sync.outlook.cards`.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from typing import IO, TYPE_CHECKING, Final

from crm_tui.domain.actor import Actor
from crm_tui.domain.bulk import Report, go_on
from crm_tui.domain.exports import Export, Exported
from crm_tui.domain.modules import Module
from crm_tui.domain.outlook.keys import OURS
from crm_tui.domain.records import ListRow, Ref
from crm_tui.text import clean_input

if TYPE_CHECKING:
    from crm_tui.services.container import Services

ENDING: Final = ".vcf"

_WIDTH: Final = 75
"""Octets of a line at most, without its end."""

_TEXTS: Final = (
    ("X-PHONETIC-LAST-NAME", "last_name_kana"),
    ("X-PHONETIC-FIRST-NAME", "first_name_kana"),
    ("EMAIL;TYPE=INTERNET", "email"),
    ("TITLE", "title"),
    ("TEL;TYPE=WORK,VOICE", "phone"),
    ("TEL;TYPE=HOME,VOICE", "home_phone"),
    ("TEL;TYPE=CELL,VOICE", "mobile"),
    ("TEL;TYPE=VOICE", "other_phone"),
    ("TEL;TYPE=WORK,FAX", "fax"),
    ("X-MS-ASSISTANT", "assistant"),
    ("X-MS-TEL;TYPE=ASSISTANT", "assistant_phone"),
    ("X-MS-MANAGER", "reports_to"),
    ("NOTE", "description"),
)
"""Properties with one text, and our field; those of Microsoft are Outlook's own."""

_ADDRESSES: Final = (("ADR;TYPE=WORK", "mailing"), ("ADR;TYPE=POSTAL", "other"))
_ADDRESS_PARTS: Final = ("street", "city", "state", "postal_code", "country")


async def export_contacts(
    services: "Services", actor: Actor, export: Export, report: Report = go_on
) -> Exported:
    """Write contacts to a file of address cards; errors are those of ``services.exports.write_items``."""
    return await services.exports.write_items(actor, export, Module.CONTACT, CardFile, report)


class CardFile:
    """A file of address cards that is being written."""

    def __init__(self, file: IO[bytes]) -> None:
        self.left_out = 0
        self._file = file

    def write(self, rows: Sequence[ListRow]) -> None:
        """Add contacts."""
        for row in rows:
            self._file.write(b"".join(map(_folded, _lines(row))))

    def finish(self) -> None:
        """Every card ends by itself."""


def _lines(row: ListRow) -> Iterator[str]:
    yield "BEGIN:VCARD"
    yield "VERSION:3.0"
    yield f"UID:{row.id}{OURS}"
    yield f"FN:{_escaped(row.name)}"
    yield f"N:{_text(row, 'last_name')};{_text(row, 'first_name')};;;"
    company = (_text(row, "account"), _text(row, "department"))
    if any(company):
        yield f"ORG:{';'.join(company).rstrip(';')}"
    for name, field in _TEXTS:
        if text := _text(row, field):
            yield f"{name}:{text}"
    for name, prefix in _ADDRESSES:
        parts = [_text(row, f"{prefix}_{part}") for part in _ADDRESS_PARTS]
        if any(parts):
            yield f"{name}:;;{';'.join(parts)}"
    birthday, changed = row.get("birthday"), row.get("modified_at")
    if isinstance(birthday, date):
        yield f"BDAY:{birthday.isoformat()}"
    if isinstance(changed, datetime):
        yield f"REV:{changed.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    yield "END:VCARD"


def _text(row: ListRow, field: str) -> str:
    value = row.get(field)
    text = value.name if isinstance(value, Ref) else value
    return _escaped(text) if isinstance(text, str) else ""


def _escaped(text: str) -> str:
    text = clean_input(text).replace("\\", "\\\\").replace("\n", "\\n")
    return text.replace(",", "\\,").replace(";", "\\;")


def _folded(line: str) -> bytes:
    """Return a line with its end, broken so that no character is split."""
    found, width = bytearray(), 0
    for character in line:
        octets = character.encode()
        if width + len(octets) > _WIDTH:
            found += b"\r\n "
            width = 1
        found += octets
        width += len(octets)
    return bytes(found + b"\r\n")
