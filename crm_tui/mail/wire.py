"""The bytes below the IMAP client: reading with limits and time-outs, waiting without losing half a line.

imaplib reads through ``socket.makefile``, which is unusable after one time-out, hides what it has
buffered from ``poll`` and keeps plaintext across STARTTLS. This one keeps its own buffer.
"""

import imaplib
import select
import socket
import ssl
import time
from contextlib import suppress
from typing import Any

LONGEST_LINE = 16 * 1024 * 1024
"""Bytes of a line. A search over a million messages is 7 MB."""

LONGEST_LITERAL = 64 * 1024 * 1024
"""Bytes of a literal; far more than one piece of a message that was asked for."""

_PIECE = 256 * 1024

# Known to imaplib from Python 3.14 on.
imaplib.Commands.setdefault("IDLE", ("AUTH", "SELECTED"))


class Injected(Exception):
    """Plaintext came after the answer to STARTTLS; somebody may have put it there (CVE-2011-0411)."""


class Wire(imaplib.IMAP4):
    """imaplib over a socket that is already connected, and already encrypted for implicit TLS.

    Args:
        host: The name that the certificate has to bear, for STARTTLS.
        sock: Connected. Its time-out is that of every read and write.
    """

    def __init__(self, host: str, port: int, sock: socket.socket) -> None:
        self._given = sock
        self._buffer = bytearray()
        self._bell, self._rope = socket.socketpair()
        self._bell.setblocking(False)
        self._rope.setblocking(False)
        try:
            super().__init__(host, port)
        except BaseException:
            self.shutdown()
            raise

    def open(self, host: str = "", port: int = 143, timeout: float | None = None) -> None:
        """Take the given socket; called by imaplib."""
        self.host, self.port = host, port
        self.sock = self._given

    def read(self, size: int) -> bytes:
        """Return exactly ``size`` bytes, fewer only at the end of the connection."""
        if size > LONGEST_LITERAL:
            raise self.abort(f"literal of {size} bytes")
        while len(self._buffer) < size and self._fill():
            pass
        return self._take(size)

    def readline(self) -> bytes:
        """Return a line with its end, less only at the end of the connection."""
        start = 0
        while (end := self._buffer.find(b"\n", start)) < 0:
            start = len(self._buffer)
            if start > LONGEST_LINE:
                raise self.abort("line too long")
            if not self._fill():
                return self._take(start)
        return self._take(end + 1)

    def send(self, data: Any) -> None:
        """Send all of ``data``."""
        self.sock.sendall(data)

    def shutdown(self) -> None:
        """Close everything; may be called more than once."""
        self._given.close()
        sock = getattr(self, "sock", None)
        if sock is not None:
            sock.close()
        self._bell.close()
        self._rope.close()

    def cut(self) -> None:
        """End the connection from any thread: whoever reads sees its end."""
        with suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)

    def starttls(self, ssl_context: ssl.SSLContext | None = None) -> Any:
        """Encrypt the connection (RFC 9051, 6.2.1).

        Raises:
            ssl.SSLError: The certificate is wrong.
            Injected: The server sent more than its answer before the encryption began.
        """
        if ssl_context is None:
            raise self.error("no TLS context")
        answer = self._simple_command("STARTTLS")
        if answer[0] != "OK":
            raise self.error("STARTTLS refused")
        if self._buffer or self._arrived():
            raise Injected
        self.sock = ssl_context.wrap_socket(self.sock, server_hostname=self.host)
        self.untagged_responses.clear()
        self._get_capabilities()
        return answer

    def _log(self, line: str) -> None:
        """Keep no copy of what is said: imaplib would keep the last lines, the password among them."""

    def wait_for_line(self, timeout: float) -> bool | None:
        """Wait for a whole line; return True if there is one, False after ``timeout``, None if woken.

        Raises:
            imaplib.IMAP4.abort: The connection has ended.
        """
        deadline = time.monotonic() + timeout
        while b"\n" not in self._buffer:
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            if self._pending():
                self._fill_now()
                continue
            poller = select.poll()
            poller.register(self.sock.fileno(), select.POLLIN)
            poller.register(self._bell.fileno(), select.POLLIN)
            ready = {number for number, _event in poller.poll(left * 1000)}
            if self._bell.fileno() in ready:
                self._bell.recv(4096)
                return None
            if ready:
                self._fill_now()
        return True

    def wake(self) -> None:
        """End :meth:`wait_for_line`, from any thread."""
        with suppress(OSError):
            self._rope.send(b"!")

    def _take(self, size: int) -> bytes:
        taken = bytes(memoryview(self._buffer)[:size])
        del self._buffer[:size]
        return taken

    def _fill(self) -> bool:
        piece = self.sock.recv(_PIECE)
        self._buffer += piece
        return bool(piece)

    def _fill_now(self) -> None:
        """Take what is there without waiting: a record of TLS may have come by half or empty."""
        timeout = self.sock.gettimeout()
        self.sock.settimeout(0)
        try:
            if not self._fill():
                raise self.abort("socket error: EOF")
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            pass
        finally:
            self.sock.settimeout(timeout)

    def _arrived(self) -> bool:
        self._fill_now()
        return bool(self._buffer)

    def _pending(self) -> bool:
        return isinstance(self.sock, ssl.SSLSocket) and self.sock.pending() > 0
