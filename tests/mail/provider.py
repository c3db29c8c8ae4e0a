"""A provider of OAuth 2 that answers over real HTTPS what a test wants, and remembers what it was asked."""

import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qsl

from crm_tui.domain.mail import Provider
from crm_tui.domain.mail_sign_ins import Flow, SignIn
from tests.mail.certificates import Certificate

Raw = Callable[[BaseHTTPRequestHandler], None]
"""Writes an answer of its own kind."""

Reply = tuple[int, dict[str, Any]] | Raw

CODE = {
    "device_code": "dev-1",
    "user_code": "ABCD-EFGH",
    "verification_uri": "https://id.example/device",
    "expires_in": 900,
    "interval": 5,
}
PENDING: Reply = (400, {"error": "authorization_pending"})
SLOW_DOWN: Reply = (400, {"error": "slow_down"})


def tokens(number: int, **more: Any) -> Reply:
    """Return an answer with tokens of a number."""
    found = {"token_type": "Bearer", "access_token": f"at{number}", "refresh_token": f"rt{number}"}
    return 200, {**found, "expires_in": 3600, **more}


class FakeProvider:
    """Gives its replies one after another; the last one again and again.

    Args:
        certificate: For ``localhost``.
    """

    def __init__(self, certificate: Certificate) -> None:
        self.replies: dict[str, list[Reply]] = {"/device": [(200, dict(CODE))], "/token": [PENDING]}
        self.asked: list[tuple[str, dict[str, str]]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.asked.append((self.path, dict(parse_qsl(body.decode()))))
                waiting = outer.replies[self.path]
                reply = waiting.pop(0) if len(waiting) > 1 else waiting[0]
                if callable(reply):
                    reply(self)
                    return
                status, fields = reply
                answer = json.dumps(fields).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_request(self, *args: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            def handle_error(self, request: Any, client_address: Any) -> None:
                """Clients that hang up are what some tests are about."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.socket = certificate.server_context().wrap_socket(self._server.socket, server_side=True)
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    def __enter__(self) -> "FakeProvider":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)

    def sign_in(self, flow: Flow = Flow.DEVICE, provider: Provider = Provider.OTHER) -> SignIn:
        """Return how one signs in here."""
        base = f"https://localhost:{self.port}"
        pages = (f"{base}/device", f"{base}/authorize")
        return SignIn(provider, flow, "crm", f"{base}/token", *pages, "imap offline_access", "geheim")

    def then(self, *replies: Reply) -> None:
        """Say what the page of tokens answers from now on."""
        self.replies["/token"] = list(replies)


def redirect(handler: BaseHTTPRequestHandler) -> None:
    """Send the client somewhere else."""
    handler.send_response(307)
    handler.send_header("Location", "/device")
    handler.send_header("Content-Length", "0")
    handler.end_headers()


def garbage(handler: BaseHTTPRequestHandler) -> None:
    """Say nothing that makes sense."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n\x1b[2J<html")


def endless(handler: BaseHTTPRequestHandler) -> None:
    """Send far too much."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
    for _piece in range(64):
        handler.wfile.write(b" " * 65536)


def drip(handler: BaseHTTPRequestHandler) -> None:
    """Send a byte now and then, so that no single read takes long."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n")
    for _byte in range(200):
        handler.wfile.write(b" ")
        time.sleep(0.02)


def nothing(handler: BaseHTTPRequestHandler) -> None:
    """Hang up."""
    handler.close_connection = True
