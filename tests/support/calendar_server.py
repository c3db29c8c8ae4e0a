"""A real Radicale: a CalDAV server with its own reader, as a second opinion on calendar files."""

import contextlib
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

_XML = {"Content-Type": "application/xml"}
_MAKE = b'<?xml version="1.0"?><C:mkcalendar xmlns:C="urn:ietf:params:xml:ns:caldav"/>'


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_args: object) -> None:
        """Say nothing of each request."""


class CalendarServer:
    """A client of a running server.

    Args:
        address: ``http://127.0.0.1:PORT``.
    """

    def __init__(self, address: str) -> None:
        self._collection = f"{address}/agent/events/"
        self._ask("MKCOL", f"{address}/agent/", b"", _XML)
        self._ask("MKCALENDAR", self._collection, _MAKE, _XML)

    def put(self, calendar: bytes) -> None:
        """Replace the calendar by a file.

        Raises:
            urllib.error.HTTPError: The server can't read it.
        """
        self._ask("PUT", self._collection, calendar, {"Content-Type": "text/calendar; charset=utf-8"})

    def get(self) -> bytes:
        """Return the calendar as the server writes it."""
        return self._ask("GET", self._collection, None, {})

    def _ask(self, method: str, address: str, body: bytes | None, headers: dict[str, str]) -> bytes:
        request = urllib.request.Request(address, body, headers, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            found: bytes = answer.read()
            return found


@contextlib.contextmanager
def calendar_server(folder: Path) -> Iterator[CalendarServer]:
    """Run a server that keeps its files in ``folder``."""
    from radicale.app import Application
    from radicale.config import load

    configuration = load()
    configuration.update(
        {
            "storage": {"filesystem_folder": str(folder), "_filesystem_fsync": "False"},
            "auth": {"type": "none"},
            "rights": {"type": "owner_write"},
            "logging": {"level": "critical"},
        },
        privileged=True,
    )
    server = make_server("127.0.0.1", 0, Application(configuration), handler_class=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield CalendarServer(f"http://127.0.0.1:{server.server_port}")
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
