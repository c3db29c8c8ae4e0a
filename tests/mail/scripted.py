"""A mail server that says what a test wants it to say, and remembers what it was told."""

import socket
import ssl
import threading
from collections.abc import Callable
from types import TracebackType

Script = Callable[["Talk"], None]


class Talk:
    """One connection, as the script of the server sees it."""

    def __init__(self, sock: socket.socket, heard: list[bytes]) -> None:
        self._sock = sock
        self._heard = heard

    def say(self, *lines: bytes) -> None:
        """Send lines in one piece."""
        self._sock.sendall(b"".join(line + b"\r\n" for line in lines))

    def raw(self, data: bytes) -> None:
        """Send bytes as they are."""
        self._sock.sendall(data)

    def hear(self) -> tuple[bytes, bytes]:
        """Return tag and rest of the client's next line; both empty when the client has left."""
        line = b""
        while not line.endswith(b"\n"):
            piece = self._sock.recv(1)
            if not piece:
                return b"", b""
            line += piece
        self._heard.append(line)
        tag, _space, rest = line.rstrip().partition(b" ")
        return tag, rest

    def encrypt(self, context: ssl.SSLContext) -> None:
        """Go over to TLS."""
        self._sock = context.wrap_socket(self._sock, server_side=True)

    def capabilities(self, words: bytes) -> None:
        """Answer the client's question for capabilities."""
        tag, _rest = self.hear()
        self.say(b"* CAPABILITY IMAP4rev1 " + words, tag + b" OK done")

    def close(self) -> None:
        """Hang up."""
        self._sock.close()


class ScriptedServer:
    """Runs a script for each connection.

    Args:
        script: What the server does.
        context: For implicit TLS.
    """

    def __init__(self, script: Script, context: ssl.SSLContext | None = None) -> None:
        self._script, self._context = script, context
        self.heard: list[bytes] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept, daemon=True)]

    def __enter__(self) -> "ScriptedServer":
        self._threads[0].start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(10)

    def _accept(self) -> None:
        while True:
            try:
                sock, _address = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(sock,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, sock: socket.socket) -> None:
        try:
            if self._context is not None:
                sock = self._context.wrap_socket(sock, server_side=True)
            talk = Talk(sock, self.heard)
            self._script(talk)
            while talk.hear() != (b"", b""):
                pass
            talk.close()
        except OSError:
            pass
        finally:
            sock.close()
