"""The server's list of folders: names, and what each folder is for."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from imapclient import imap_utf7

from crm_tui.domain.mail_folders import FolderRole, ListedFolder

Line = bytes | tuple[bytes, bytes] | None
"""An untagged response as imaplib keeps it: text, or text that ends with a literal and the literal."""

LONGEST_NAME = 255
"""Characters of a folder's name that the store takes; a folder with a longer one isn't listed."""

_ENTRY = re.compile(rb'\((?P<flags>[^)]*)\) (?P<delimiter>"(?:\\.|[^"\\])*"|NIL) (?P<name>.*)', re.DOTALL)
_LITERAL = re.compile(rb"\{\d+\+?\}$")
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)

_BY_FLAG: Mapping[bytes, FolderRole] = {
    rb"\sent": FolderRole.SENT,
    rb"\drafts": FolderRole.DRAFTS,
    rb"\archive": FolderRole.ARCHIVE,
    rb"\all": FolderRole.ALL,
    rb"\flagged": FolderRole.FLAGGED,
    rb"\junk": FolderRole.JUNK,
    rb"\trash": FolderRole.TRASH,
}
_HOLDS_NO_MAIL = {rb"\noselect", rb"\nonexistent"}

_BY_NAME: Mapping[str, FolderRole] = {
    "sent": FolderRole.SENT,
    "sent items": FolderRole.SENT,
    "sent messages": FolderRole.SENT,
    "sent mail": FolderRole.SENT,
    "送信済み": FolderRole.SENT,
    "送信済みアイテム": FolderRole.SENT,
    "送信済みメール": FolderRole.SENT,
    "drafts": FolderRole.DRAFTS,
    "下書き": FolderRole.DRAFTS,
    "archive": FolderRole.ARCHIVE,
    "アーカイブ": FolderRole.ARCHIVE,
    "junk": FolderRole.JUNK,
    "spam": FolderRole.JUNK,
    "junk e-mail": FolderRole.JUNK,
    "迷惑メール": FolderRole.JUNK,
    "trash": FolderRole.TRASH,
    "deleted items": FolderRole.TRASH,
    "deleted messages": FolderRole.TRASH,
    "ゴミ箱": FolderRole.TRASH,
    "ごみ箱": FolderRole.TRASH,
    "削除済みアイテム": FolderRole.TRASH,
}
"""What folders are usually called, for servers without SPECIAL-USE."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A folder with its name as the server wrote it.

    Attributes:
        wire_name: Bytes to name it by: a server may write names that no encoder would write so.
    """

    folder: ListedFolder
    wire_name: bytes


def read_list(lines: Iterable[Line]) -> list[Entry]:
    """Return the folders of an untagged LIST; lines that say nothing readable are left out.

    A role is the server's word (RFC 6154). Only where it names no folder for it, the usual names are tried.
    """
    entries: dict[str, tuple[Entry, str]] = {}
    for text, literal in _whole(lines):
        found = _entry(text, literal)
        if found is not None:
            entries.setdefault(found[0].folder.name, found)
    named = {entry.folder.role for entry, _leaf in entries.values()}
    result = []
    for entry, leaf in entries.values():
        guess = _BY_NAME.get(leaf.lower(), FolderRole.ORDINARY)
        if entry.folder.role is FolderRole.ORDINARY and guess not in named and entry.folder.can_be_read:
            named.add(guess)
            named.discard(FolderRole.ORDINARY)
            entry = replace(entry, folder=replace(entry.folder, role=guess))
        result.append(entry)
    return sorted(result, key=lambda entry: (entry.folder.role is not FolderRole.INBOX, entry.folder.name))


def _whole(lines: Iterable[Line]) -> Iterable[tuple[bytes, bytes | None]]:
    """Join what imaplib parted at literals."""
    literal: bytes | None = None
    head = b""
    for line in lines:
        if isinstance(line, tuple):
            head, literal = _LITERAL.sub(b"", line[0]), line[1]
        elif literal is not None:
            yield head, literal
            literal = None
        elif line:
            yield line, None


def _entry(text: bytes, literal: bytes | None) -> tuple[Entry, str] | None:
    match = _ENTRY.fullmatch(text)
    if match is None:
        return None
    wire_name = literal if literal is not None else _unquoted(match["name"])
    name = _decoded(wire_name)
    if not name or len(name) > LONGEST_NAME:
        return None
    flags = set(match["flags"].lower().split())
    delimiter = _unquoted(match["delimiter"]).decode("ascii", "replace")
    leaf = name.rpartition(delimiter)[2] if match["delimiter"] != b"NIL" and delimiter else name
    return Entry(ListedFolder(name, _role(name, flags), not flags & _HOLDS_NO_MAIL), wire_name), leaf


def _role(name: str, flags: set[bytes]) -> FolderRole:
    if name.upper() == "INBOX":
        return FolderRole.INBOX
    return next((role for flag, role in _BY_FLAG.items() if flag in flags), FolderRole.ORDINARY)


def _unquoted(word: bytes) -> bytes:
    if word[:1] == b'"' and word[-1:] == b'"' and len(word) > 1:
        return _ESCAPED.sub(rb"\1", word[1:-1])
    return word


def _decoded(wire_name: bytes) -> str:
    """Decode modified UTF-7, or UTF-8 from servers that write it without being asked (RFC 6855)."""
    try:
        if wire_name.isascii():
            return str(imap_utf7.decode(wire_name))
    except (ValueError, LookupError):
        pass
    return wire_name.decode("utf-8", "backslashreplace")
