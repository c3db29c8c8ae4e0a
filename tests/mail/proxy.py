"""A proxy between client and server that cuts the line, at a certain command or after so many bytes."""

import select
import socket
import threading
from collections.abc import Callable
from types import TracebackType

Rewrite = Callable[[bytes], bytes]
"""Changes what the server sends, piece by piece."""


class Proxy:
    """Listens on a port of its own and passes everything on until it cuts.

    Args:
        port: Of the server, on 127.0.0.1.
        after_commands: Lines of the client that are let through; the next one never arrives. None for all.
        after_bytes: Bytes of the server that are let through; None for all.
        before: Words of the server; the piece that holds them never arrives. None for none.
        rewrite: What becomes of the server's bytes before they are counted.
    """

    def __init__(
        self,
        port: int,
        *,
        after_commands: int | None = None,
        after_bytes: int | None = None,
        before: bytes | None = None,
        rewrite: Rewrite = lambda piece: piece,
    ) -> None:
        self._target = port
        self._after_commands, self._after_bytes = after_commands, after_bytes
        self.before = before
        self._rewrite = rewrite
        self.commands = 0
        self.bytes = 0
        self.was_cut = False
        self.said: list[bytes] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._threads: list[threading.Thread] = []
        self._sockets: list[socket.socket] = []

    def __enter__(self) -> "Proxy":
        self._run(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._cut()
        for thread in self._threads:
            thread.join(10)

    def _run(self, target: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                client, _address = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self._target))
            for sock in (client, server):
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._sockets += [client, server]
            self._run(self._pass_on, client, server)

    def _pass_on(self, client: socket.socket, server: socket.socket) -> None:
        try:
            while True:
                ready, _w, _x = select.select([client, server], [], [])
                if client in ready and not self._from_client(client.recv(65536), server):
                    return
                if server in ready and not self._from_server(server.recv(65536), client):
                    return
        except (OSError, ValueError):
            pass
        finally:
            for sock in (client, server):
                _close(sock)

    def _from_client(self, piece: bytes, server: socket.socket) -> bool:
        self.said.append(piece)
        for line in piece.splitlines(keepends=True):
            if self._after_commands is not None and self.commands >= self._after_commands:
                self.was_cut = True
                return False
            server.sendall(line)
            self.commands += line.endswith(b"\n")
        return bool(piece)

    def _from_server(self, piece: bytes, client: socket.socket) -> bool:
        if not piece:
            return False
        if self.before is not None and self.before in piece:
            self.was_cut = True
            return False
        piece = self._rewrite(piece)
        if self._after_bytes is not None and self.bytes + len(piece) > self._after_bytes:
            piece = piece[: self._after_bytes - self.bytes]
            client.sendall(piece)
            self.bytes += len(piece)
            self.was_cut = True
            return False
        client.sendall(piece)
        self.bytes += len(piece)
        return True

    def _cut(self) -> None:
        for sock in self._sockets:
            _close(sock)


def _close(sock: socket.socket) -> None:
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
    sock.close()
