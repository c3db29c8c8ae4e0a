"""A connection to an IMAP server that only reads, and files sent mail (RFC 9051, RFC 7162).

Everything here is synchronous and belongs to one thread at a time; ``sync.py`` runs it in worker
threads. Only :meth:`ImapLine.wake` and :meth:`ImapLine.drop` may be called from elsewhere.

Every method raises :class:`LineDown` when the connection is lost or can't be understood any more, and it is
closed then; :class:`ServerSays` when the server refuses a command. Folders are opened by EXAMINE and bodies
fetched by BODY.PEEK, so that nothing here marks a mail as read.
"""

import imaplib
import re
import ssl
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import Enum
from typing import Any

from imapclient import imap_utf7
from imapclient.exceptions import ProtocolError

from crm_tui.domain.mail_folders import ListedFolder
from crm_tui.i18n import _
from crm_tui.mail.errors import ServerSays
from crm_tui.mail.fetching import Fetched, read_fetch
from crm_tui.mail.intake import Flags
from crm_tui.mail.listing import Line, read_list
from crm_tui.mail.uids import UidRanges, uid_set
from crm_tui.mail.wire import Wire
from crm_tui.net.errors import LineDown, said

PIECE = 1024 * 1024
"""Bytes of a partial fetch: a big message needs no more memory than itself."""

_RESPONSE_CODE = re.compile(r"\[([A-Z][A-Z0-9-]*)[^\]]*\]")
_WRAPPED = re.compile(r"""command error: (?:BAD|NO) \[b(?:'|")(.*)(?:'|")\]$""", re.DOTALL)
_CHANGED = re.compile(rb"\* (?:\d+ (?:EXISTS|EXPUNGE|FETCH)|VANISHED)\b", re.IGNORECASE)
_GARBLED = (ProtocolError, ValueError, LookupError, TypeError, AttributeError, AssertionError)


class Wake(Enum):
    """Why waiting has ended."""

    CHANGED = "changed"
    TIME = "time"
    WOKEN = "woken"


@dataclass(frozen=True, slots=True)
class FolderStatus:
    """What EXAMINE says of a folder.

    Attributes:
        exists: Messages in it.
        uid_validity: 0 if the server names none.
        uid_next: None if the server names none (RFC 9051 allows it to forget).
        mod_seq: HIGHESTMODSEQ; 0 where there is none.
    """

    exists: int
    uid_validity: int
    uid_next: int | None
    mod_seq: int


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed since a MODSEQ.

    Attributes:
        vanished: None if the server doesn't tell (no QRESYNC).
    """

    flags: dict[int, Flags]
    vanished: UidRanges | None


class ImapLine:
    """A connection that is signed in. Made by ``sign_in.open_line``.

    Args:
        wire: Signed in.
    """

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._names: dict[str, bytes] = {}
        self._tells_vanished = False
        self.capabilities: frozenset[str] = frozenset()
        self.has_mod_seq = False
        self.can_idle = False
        self.is_down = False
        with self.talking():
            self._learn_capabilities()

    def folders(self) -> list[ListedFolder]:
        """Return the folders, the inbox first."""
        with self.talking():
            extended = {"SPECIAL-USE", "LIST-EXTENDED"} <= self.capabilities
            pattern = '"*" RETURN (SPECIAL-USE)' if extended else '"*"'
            entries = read_list(self._untagged("LIST", "LIST", '""', pattern))
        self._names = {entry.folder.name: entry.wire_name for entry in entries}
        return [entry.folder for entry in entries]

    def examine(self, name: str) -> FolderStatus:
        """Open a folder for reading only."""
        with self.talking():
            self._wire.untagged_responses.clear()
            answer = self._wire.select(self._quoted(name), readonly=True)
            expect_ok("EXAMINE", answer)
            told = dict(self._wire.untagged_responses)
        return FolderStatus(
            exists=_number(told, "EXISTS") or 0,
            uid_validity=_number(told, "UIDVALIDITY") or 0,
            uid_next=_number(told, "UIDNEXT"),
            mod_seq=(_number(told, "HIGHESTMODSEQ") or 0) if self.has_mod_seq else 0,
        )

    def uids(self, first: int = 1) -> list[int]:
        """Return the UIDs from ``first`` on, ascending."""
        with self.talking():
            lines = self._untagged("SEARCH", "UID", "SEARCH", "UID", f"{first}:*")
            found = {int(word) for line in lines if isinstance(line, bytes) for word in line.split()}
        # n:* always names the last message, even if its UID is below n (RFC 9051, 6.4.8).
        return sorted(uid for uid in found if uid >= first)

    def heads(self, uids: Collection[int]) -> dict[int, Fetched]:
        """Return flags, date and size; UIDs that the server no longer has are missing."""
        return self._fetch(uids, "FLAGS INTERNALDATE RFC822.SIZE")

    def flags(self, uids: Collection[int]) -> dict[int, Flags]:
        """Return the flags of messages."""
        return {uid: one.flags for uid, one in self._fetch(uids, "FLAGS").items() if one.flags is not None}

    def bodies(self, uids: Collection[int]) -> dict[int, bytes]:
        """Return whole messages; missing are those the server gives no body for."""
        fetched = self._fetch(uids, "BODY.PEEK[]")
        return {uid: one.body for uid, one in fetched.items() if one.body is not None}

    def body(self, uid: int, limit: int) -> bytes | None:
        """Return up to ``limit`` bytes of a message; None if the server gives none."""
        whole = bytearray()
        is_given = False
        for piece in self.pieces(uid, limit):
            is_given = True
            whole += piece
        return bytes(whole[:limit]) if is_given else None

    def pieces(self, uid: int, limit: int) -> Iterator[bytes]:
        """Fetch up to ``limit`` bytes of a message piece by piece; none if the server gives none."""
        taken = 0
        while taken < limit:
            asked = min(PIECE, limit - taken)
            piece = self.piece(uid, taken, asked)
            if piece is None:
                return
            taken += len(piece)
            yield piece
            if len(piece) < asked:
                return

    def piece(self, uid: int, start: int, asked: int = PIECE) -> bytes | None:
        """Return up to ``asked`` bytes of a message from ``start`` on; None if the server gives none."""
        one = self._fetch([uid], f"BODY.PEEK[]<{start}.{asked}>").get(uid)
        return None if one is None else one.body

    def changes(self, mod_seq: int) -> Changes:
        """Return flags that changed and UIDs that vanished after ``mod_seq`` (RFC 7162, 3.1.4 and 3.2.6)."""
        vanished = " VANISHED" if self._tells_vanished else ""
        with self.talking():
            self._wire.untagged_responses.pop("VANISHED", None)
            modifier = f"(CHANGEDSINCE {mod_seq}{vanished})"
            lines = self._untagged("FETCH", "UID", "FETCH", "1:*", "(FLAGS)", modifier)
            flags = {one.uid: one.flags for one in read_fetch(lines) if one.flags is not None}
            ranges = self._vanished() if vanished else None
        return Changes(flags, ranges)

    def idle(self, seconds: float) -> Wake:
        """Wait until the folder changes (RFC 2177), the time is over or somebody calls :meth:`wake`.

        Whatever is returned, mail may have arrived: in the moment before IDLE began, or after it ended.
        """
        with self.talking():
            tag = self._wire._command("IDLE")
            changed = False
            while (response := self._wire._get_response()) is not None:
                changed = changed or bool(_CHANGED.match(response))
                if self._wire.tagged_commands.get(tag):
                    expect_ok("IDLE", self._wire.tagged_commands.pop(tag))
            why = Wake.CHANGED if changed else self._idle(seconds)
            self._wire.send(b"DONE\r\n")
            expect_ok("IDLE", self._wire._command_complete("IDLE", tag))
        return why

    def find(self, message_id: str) -> list[int]:
        """Return the UIDs of messages in the open folder by their Message-ID, without brackets."""
        with self.talking():
            lines = self._untagged("SEARCH", "UID", "SEARCH", "HEADER", "Message-ID", f'"<{message_id}>"')
            return sorted(int(word) for line in lines if isinstance(line, bytes) for word in line.split())

    def create(self, name: str) -> None:
        """Make a folder."""
        with self.talking():
            expect_ok("CREATE", self._wire.create(self._quoted(name)))

    def append(self, name: str, raw: bytes) -> None:
        """File a message that was sent, as read, in a folder."""
        with self.talking():
            expect_ok("APPEND", self._wire.append(self._quoted(name), r"(\Seen)", "", raw))

    def noop(self) -> None:
        """Keep the connection alive."""
        with self.talking():
            expect_ok("NOOP", self._wire.noop())

    def wake(self) -> None:
        """End :meth:`idle`; may be called from any thread."""
        self._wire.wake()

    def drop(self) -> None:
        """Close the connection without a word, from any thread; whoever is reading gets LineDown."""
        self.is_down = True
        self._wire.cut()

    def close(self) -> None:
        """Say goodbye and close."""
        if not self.is_down:
            with suppress(imaplib.IMAP4.error, OSError, *_GARBLED):
                self._wire.logout()
        self.is_down = True
        self._wire.shutdown()

    def _quoted(self, name: str) -> str:
        wire_name = self._names.get(name) or imap_utf7.encode(name)
        quoted = wire_name.replace(b"\\", b"\\\\").replace(b'"', b'\\"')
        return '"' + quoted.decode("ascii", "surrogateescape") + '"'

    @contextmanager
    def talking(self) -> Iterator[None]:
        """Turn everything that can go wrong into an error of this package."""
        if self.is_down:
            raise LineDown(_("The connection to the mail server is closed."))
        try:
            with translated(self._wire.host):
                yield
        except LineDown:
            self.is_down = True
            self._wire.shutdown()
            raise

    def _learn_capabilities(self) -> None:
        """Ask what the server can do and switch on what needs it, before a folder is opened (RFC 5161)."""
        told = b" ".join(
            line for line in self._untagged("CAPABILITY", "CAPABILITY") if isinstance(line, bytes)
        )
        self.capabilities = frozenset(told.decode("ascii", "replace").upper().split())
        self.has_mod_seq = bool(self.capabilities & {"CONDSTORE", "QRESYNC"})
        self.can_idle = "IDLE" in self.capabilities
        if {"ENABLE", "QRESYNC"} <= self.capabilities:
            with suppress(ServerSays), translated(self._wire.host):
                lines = self._untagged("ENABLED", "ENABLE", "QRESYNC")
                self._tells_vanished = any(
                    b"QRESYNC" in line.upper() for line in lines if isinstance(line, bytes)
                )

    def _idle(self, seconds: float) -> Wake:
        while True:
            waited = self._wire.wait_for_line(seconds)
            if waited is None:
                return Wake.WOKEN
            if not waited:
                return Wake.TIME
            response = self._wire._get_response()
            if "BYE" in self._wire.untagged_responses:
                raise imaplib.IMAP4.abort(self._wire.untagged_responses["BYE"][-1])
            if _CHANGED.match(response or b""):
                return Wake.CHANGED

    def _fetch(self, uids: Collection[int], items: str) -> dict[int, Fetched]:
        if not uids:
            return {}
        asked = set(uids)
        with self.talking():
            self._wire.untagged_responses.pop("FETCH", None)
            lines = self._untagged("FETCH", "UID", "FETCH", uid_set(asked).decode(), f"({items})")
            merged: dict[int, Fetched] = {}
            for one in read_fetch(lines):
                if one.uid in asked:
                    merged[one.uid] = _merged(merged.get(one.uid), one)
        return merged

    def _vanished(self) -> UidRanges:
        """Take VANISHED out of the untagged responses, where it would stay for ever."""
        lines = self._wire.untagged_responses.pop("VANISHED", [])
        sets = [line.decode("ascii").rpartition(" ")[2] for line in lines if isinstance(line, bytes)]
        return UidRanges.read(",".join(sets))

    def _untagged(self, response: str, command: str, *arguments: str) -> list[Line]:
        answer = self._wire._simple_command(command, *arguments)
        expect_ok(command, answer)
        _typ, lines = self._wire._untagged_response(answer[0], [None], response)
        return list(lines)


@contextmanager
def translated(host: str) -> Iterator[None]:
    """Turn the errors of sockets, TLS and imaplib into those of this package.

    Raises:
        LineDown: The connection is lost, or what came can't be understood.
        ServerSays: The server answered NO or BAD.
    """
    where = {"host": said(host)}
    try:
        yield
    except (TimeoutError, ssl.SSLError, OSError, EOFError) as error:
        raise LineDown(_("The connection to %(host)s was lost.") % where) from error
    except imaplib.IMAP4.abort as error:
        words = said(_words(error))
        raise LineDown(
            _("The connection to %(host)s was lost: %(words)s") % {**where, "words": words}
        ) from error
    except imaplib.IMAP4.error as error:
        if isinstance(error, ProtocolError):
            raise _garbled(where) from error
        words = _words(error)
        code = _RESPONSE_CODE.search(words)
        raise ServerSays(
            _("%(host)s says: %(words)s") % {**where, "words": said(words)},
            response_code=code[1] if code else "",
        ) from error
    except _GARBLED as error:
        raise _garbled(where) from error


def expect_ok(command: str, answer: Any) -> None:
    """Raise imaplib's error unless a command was answered with OK."""
    if answer[0] != "OK":
        raise imaplib.IMAP4.error(_text(answer[1]) or command)


def _garbled(where: dict[str, str]) -> LineDown:
    return LineDown(_("What %(host)s answered can't be understood.") % where)


def _words(error: Exception) -> str:
    """Return the server's words, without what imaplib puts around them."""
    first = error.args[0] if error.args else ""
    words = first.decode("utf-8", "replace") if isinstance(first, bytes) else str(first)
    wrapped = _WRAPPED.search(words)
    return wrapped[1] if wrapped else words


def _text(data: Any) -> str:
    last = data[-1] if data else b""
    return last.decode("utf-8", "replace") if isinstance(last, bytes) else str(last or "")


def _number(told: dict[str, Any], name: str) -> int | None:
    words = told.get(name) or [None]
    try:
        return int(words[-1])
    except (TypeError, ValueError):
        return None


def _merged(known: Fetched | None, new: Fetched) -> Fetched:
    if known is None:
        return new
    return Fetched(
        new.uid,
        new.flags if new.flags is not None else known.flags,
        new.received_at or known.received_at,
        new.size if new.size is not None else known.size,
        new.body if new.body is not None else known.body,
    )
