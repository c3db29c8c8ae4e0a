"""Fault 38: a server of synchronisation that is no public one is asked for nothing, however it is written."""

import gzip
import socket

import pytest

from crm_tui.net import line as net_line
from crm_tui.net.errors import LineDown, Refused
from crm_tui.net.hosts import check
from crm_tui.net.line import HttpLine
from tests.fakes.graph import FakeGraph, Trouble

LOCAL = ("127.0.0.1",)


@pytest.fixture
def connected_to(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Whatever would be connected to."""
    found: list[object] = []

    def connect(checked: object, _timeout: float) -> socket.socket:
        found.append(checked)
        raise ConnectionRefusedError

    monkeypatch.setattr(net_line, "connect", connect)
    return found


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/v1.0",
        "https://127.1/v1.0",
        "https://0x7f000001/v1.0",
        "https://2130706433/v1.0",
        "https://[::ffff:127.0.0.1]/v1.0",
        "https://[::1]/v1.0",
        "https://169.254.169.254/metadata/identity/oauth2/token",
        "https://[fd00:ec2::254]/latest",
        "https://10.1.2.3/v1.0",
        "http://127.0.0.1/v1.0",
        "http://localhost/v1.0",
    ],
)
def test_private_addresses_are_refused_unless_they_are_listed(url: str, connected_to: list[object]) -> None:
    with pytest.raises(Refused):
        HttpLine(url).ask("GET", url, {"Authorization": "Bearer secret"})
    assert connected_to == []


@pytest.mark.parametrize("url", ["http://203.0.113.5/v1.0", "http://10.1.2.3/v1.0"])
def test_nothing_goes_elsewhere_without_encryption_even_if_it_is_listed(
    url: str, connected_to: list[object]
) -> None:
    with pytest.raises(Refused, match="encryption"):
        HttpLine(url, ("203.0.113.5", "10.1.2.3")).ask("GET", url, {"Authorization": "Bearer secret"})
    assert connected_to == []


@pytest.mark.parametrize(
    "url",
    ["ftp://127.0.0.1/", "//127.0.0.1/", "https://user:pw@graph.microsoft.com/", "https://", "https://h:x/"],
)
def test_what_is_no_address_of_a_server_is_refused(url: str) -> None:
    with pytest.raises(Refused):
        HttpLine(url, LOCAL)


def test_a_name_that_turns_into_a_private_address_is_refused(
    monkeypatch: pytest.MonkeyPatch, connected_to: list[object]
) -> None:
    """DNS rebinding: what was checked is what is connected to, and it is checked for each connection."""
    answers = iter([["93.184.216.34"], ["127.0.0.1"]])

    def resolving(host: str, port: int, allowed: tuple[str, ...]) -> object:
        return check(host, port, allowed, lambda _host, _port: next(answers))

    monkeypatch.setattr(net_line, "check", resolving)
    line = HttpLine("https://graph.example/v1.0")
    with pytest.raises(LineDown):
        line.ask("GET", "https://graph.example/v1.0/me")
    with pytest.raises(Refused):
        line.ask("GET", "https://graph.example/v1.0/me")
    (checked,) = connected_to
    assert getattr(checked, "addresses", None) == ("93.184.216.34",)


def test_a_redirect_is_not_followed() -> None:
    with FakeGraph() as there, FakeGraph() as here:
        here.troubles.append(Trouble("/me", (307, {"Location": f"{there.url}/v1.0/me"}, {})))
        line = HttpLine(here.url, LOCAL)
        reply = line.ask("GET", f"{here.url}/v1.0/me", {"Authorization": "Bearer secret"})
        assert reply.status == 307
        assert there.asked == []
        line.close()


def test_an_answer_may_neither_be_large_nor_come_drop_by_drop() -> None:
    with FakeGraph() as here:
        here.troubles.append(Trouble("/me", (200, {}, b'"' + b"x" * 2000 + b'"')))
        line = HttpLine(here.url, LOCAL, largest=1000)
        with pytest.raises(LineDown):
            line.ask("GET", f"{here.url}/v1.0/me")
        here.troubles.append(Trouble("/me", (200, {"Content-Length": "9"}, b"{}")))
        slow = HttpLine(here.url, LOCAL, seconds=0.2)
        with pytest.raises(LineDown):
            slow.ask("GET", f"{here.url}/v1.0/me").fields()


@pytest.mark.parametrize(
    "packed",
    [gzip.compress(b" " * 5000), gzip.compress(b"{}")[:-4], b"not packed"],
    ids=["large", "half", "none"],
)
def test_what_was_packed_unasked_is_unpacked_within_limits(packed: bytes) -> None:
    zipped = {"Content-Encoding": "gzip"}
    with FakeGraph() as here:
        here.troubles.append(Trouble("/me", (200, zipped, gzip.compress(b'{"id": "me"}'))))
        here.troubles.append(Trouble("/me", (200, zipped, packed)))
        line = HttpLine(here.url, LOCAL, largest=1000)
        assert line.ask("GET", f"{here.url}/v1.0/me").fields() == {"id": "me"}
        with pytest.raises(LineDown):
            line.ask("GET", f"{here.url}/v1.0/me")
        line.close()
