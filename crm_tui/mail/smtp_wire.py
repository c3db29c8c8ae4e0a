"""The bytes below the SMTP line: commands, replies with limits and times, encryption (RFC 5321).

smtplib reads through a file object that takes any number of reply lines for ever, and what a server says
before encryption began stays in it unseen. This one keeps its own buffer.
"""

import re
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final

from crm_tui.i18n import _
from crm_tui.mail.errors import ServerSays
from crm_tui.mail.sign_in import Server, encrypted, interfered
from crm_tui.net.errors import LineDown, Refused, said

_REPLY: Final = re.compile(rb"([2-5]\d\d)([ -]?)(.*)", re.DOTALL)
_LONGEST_LINE: Final = 16 * 1024
_MOST_LINES: Final = 200
_PIECE: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server answered.

    Attributes:
        lines: Without codes and ends of lines, as text.
    """

    code: int
    lines: tuple[str, ...]

    @property
    def is_good(self) -> bool:
        """Whether the server did what it was asked for, or waits for more."""
        return self.code < 400

    @property
    def words(self) -> str:
        """The server's words with their code, cleaned."""
        return said(f"{self.code} {' '.join(self.lines)}")


class Rejected(ServerSays):
    """The server said no.

    Args:
        reply: Its answer.
        host: The server.
    """

    code = "mail_rejected"

    def __init__(self, reply: Reply, host: str) -> None:
        super().__init__(_("%(host)s says: %(words)s") % {"host": said(host), "words": reply.words})
        self.reply = reply

    @property
    def is_temporary(self) -> bool:
        """Whether the same may succeed later."""
        return self.reply.code < 500


class SmtpWire:
    """Commands and replies over a socket that is connected.

    Args:
        host: The name that the certificate has to bear, for STARTTLS.
    """

    def __init__(self, host: str, sock: socket.socket) -> None:
        self.host = host
        self._sock = sock
        self._timeout = sock.gettimeout() or 60.0
        self._buffer = bytearray()

    def ask(self, command: bytes, *, timeout: float | None = None) -> Reply:
        """Send a command and return the reply.

        Args:
            command: Without the end of the line; it must hold none.
            timeout: Seconds for the whole reply, instead of those of the socket.

        Raises:
            LineDown: The connection is lost, or what came can't be understood.
        """
        if b"\r" in command or b"\n" in command or b"\0" in command:
            raise ValueError("a command of more than one line")
        self.send(command + b"\r\n")
        return self.reply(timeout)

    def expect(self, command: bytes, *, timeout: float | None = None) -> Reply:
        """Send a command and return the reply if it is a good one.

        Raises:
            Rejected: It isn't.
        """
        reply = self.ask(command, timeout=timeout)
        if not reply.is_good:
            raise Rejected(reply, self.host)
        return reply

    def send(self, data: bytes) -> None:
        """Send bytes as they are, in pieces that each have to go out in time."""
        with self._talking():
            view = memoryview(data)
            for start in range(0, len(view), _PIECE):
                self._sock.sendall(view[start : start + _PIECE])

    def reply(self, timeout: float | None = None) -> Reply:
        """Return the next reply."""
        deadline = time.monotonic() + (timeout or self._timeout)
        lines: list[str] = []
        with self._talking():
            while len(lines) < _MOST_LINES:
                found = _REPLY.fullmatch(self._line(deadline).rstrip(b"\r\n"))
                if found is None:
                    break
                lines.append(found[3].decode("utf-8", "replace"))
                if found[2] != b"-":
                    return Reply(int(found[1]), tuple(lines))
        self.close()
        raise LineDown(_("What %(host)s answered can't be understood.") % {"host": said(self.host)})

    def start_tls(self, server: Server) -> None:
        """Encrypt the connection once the server has agreed (RFC 3207).

        Raises:
            Refused: It can't be made safe; nothing secret was sent.
        """
        if self._buffer or self._arrived():
            raise interfered(self.host)
        self._sock = encrypted(self._sock, self.host, server)

    def cut(self) -> None:
        """End the connection from any thread: whoever reads sees its end."""
        with suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Close everything; may be called more than once."""
        self._sock.close()

    @contextmanager
    def _talking(self) -> Iterator[None]:
        try:
            yield
        except (LineDown, Refused):
            self.close()
            raise
        except (OSError, EOFError) as error:
            self.close()
            raise LineDown(_("The connection to %(host)s was lost.") % {"host": said(self.host)}) from error

    def _line(self, deadline: float) -> bytes:
        while (end := self._buffer.find(b"\n")) < 0:
            if len(self._buffer) > _LONGEST_LINE:
                raise EOFError
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            self._sock.settimeout(left)
            try:
                piece = self._sock.recv(_LONGEST_LINE)
            finally:
                self._sock.settimeout(self._timeout)
            if not piece:
                raise EOFError
            self._buffer += piece
        line = bytes(self._buffer[: end + 1])
        del self._buffer[: end + 1]
        return line

    def _arrived(self) -> bool:
        """Return whether anything came that nobody asked for."""
        self._sock.settimeout(0)
        try:
            return bool(self._sock.recv(1, socket.MSG_PEEK))
        except (BlockingIOError, ssl.SSLWantReadError):
            return False
        except OSError:
            return False
        finally:
            self._sock.settimeout(self._timeout)
