"""What a file is, by its content: its name may say anything."""

import os
import re
from dataclasses import dataclass
from typing import IO, Final
from zipfile import BadZipFile, ZipFile

from crm_tui.sync.files.archives import member_opener, open_archive
from crm_tui.sync.files.facts import SourceKind
from crm_tui.sync.files.problems import Unreadable
from crm_tui.sync.files.texts import Opener, utf_16_without_mark

_HEAD: Final = 64 * 1024
_OLE: Final = bytes.fromhex("d0cf11e0a1b11ae1")
_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_OTHERS: Final = (
    *(b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf", b"\x7fELF"),
    *(b"SQLite format 3\0", b"!BDN", b"MZ\x90", b"BZh", b"\xfd7zXZ", b"II*\0", b"MM\0*", b"RIFF"),
)
_CONTROLS: Final = bytes(set(range(32)) - set(b"\t\n\r\x1b\x0b\x0c\0"))
_HTML: Final = re.compile(r"<(!doctype\s+html|html|head|table|meta|body|style)\b", re.IGNORECASE)
_MARKUP: Final = re.compile(r"(<\?xml[^>]*>|<!--.*?-->|\s)*", re.DOTALL)
_OLD_XML: Final = "urn:schemas-microsoft-com:office:spreadsheet"


@dataclass(frozen=True, slots=True)
class Source:
    """A file that is open for reading.

    Attributes:
        kind: What it is.
        open: Opens it anew.
        archive: The archive itself, where it is one.
        path: What a library that wants a name opens; "" for a file within an archive.
    """

    kind: SourceKind
    open: Opener
    archive: ZipFile | None = None
    path: str = ""


def open_source(member: str = "", descriptor: int = 0) -> Source:
    """Return the file of a descriptor, or one within the archive that it is.

    Raises:
        Unreadable: It is empty, damaged, or nothing that is read.
    """

    def open_file() -> IO[bytes]:
        os.lseek(descriptor, 0, os.SEEK_SET)
        return open(descriptor, "rb", closefd=False)

    outer = source_of(open_file, f"/dev/fd/{descriptor}")
    if not member:
        return outer
    if outer.archive is None:
        raise Unreadable("no_member", name=member)
    inner = source_of(member_opener(outer.archive, member))
    if inner.kind is SourceKind.ZIP:
        raise Unreadable("member_kind", name=member)
    return inner


def source_of(open_file: Opener, path: str = "") -> Source:
    """Recognise a file.

    Raises:
        Unreadable: It is empty, damaged, or nothing that is read.
    """
    with open_file() as file:
        head = file.read(_HEAD)
    if head.startswith(_OLE):
        return Source(SourceKind.XLS, open_file, path=path)
    if head.startswith(_ZIP):
        return _packed(open_file, path)
    if not head.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe\x1a"):
        raise Unreadable("empty")
    if head.startswith(_OTHERS) or _is_binary(head):
        raise Unreadable("unknown")
    return Source(_text_kind(head), open_file, path=path)


def _packed(open_file: Opener, path: str) -> Source:
    try:
        archive = open_archive(open_file())
    except BadZipFile as error:
        raise Unreadable("damaged") from error
    names = set(archive.namelist())
    is_workbook = names & {"xl/workbook.xml", "xl/workbook.bin"} or {"mimetype", "content.xml"} <= names
    kind = SourceKind.XLSX if is_workbook else SourceKind.ZIP
    return Source(kind, open_file, archive, path)


def _is_binary(head: bytes) -> bool:
    if head[:2] in (b"\xff\xfe", b"\xfe\xff") or utf_16_without_mark(head):
        return False
    controls = len(head) - len(head.translate(None, _CONTROLS))
    return controls * 20 > len(head) or head.count(0) * 3 > len(head)


def _text_kind(head: bytes) -> SourceKind:
    text = _probe(head)
    begin = text.lstrip("\ufeff \t\r\n").upper()
    if begin.startswith("BEGIN:VCARD"):
        return SourceKind.VCF
    if begin.startswith("BEGIN:VCALENDAR"):
        return SourceKind.ICS
    start = text.lstrip("\ufeff \t\r\n")
    if start.startswith("MIME-Version:"):
        raise Unreadable("workbook_xml")
    if start.startswith("<"):
        matched = _MARKUP.match(start)
        if _HTML.match(start, matched.end() if matched else 0):
            return SourceKind.HTML
        if start.startswith("<?xml"):
            raise Unreadable("workbook_xml" if _OLD_XML in start[:4096] else "unknown")
    return SourceKind.CSV


def _probe(head: bytes) -> str:
    """Return the beginning as text whose ASCII part is right."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return head.decode("utf-16", "replace")
    if wide := utf_16_without_mark(head):
        return head.decode(wide, "replace")
    return head.removeprefix(b"\xef\xbb\xbf").decode("latin-1")
