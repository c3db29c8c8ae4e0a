"""Addresses that a mail server may not have, however they are written (fault 38)."""

import socket
from collections.abc import Callable, Iterable
from contextlib import closing
from ipaddress import ip_address

import pytest

from crm_tui.net.errors import LineDown, Refused
from crm_tui.net.hosts import check, connect, is_public


def answers(*addresses: str) -> Callable[[str, int], Iterable[str]]:
    """Return a name server that knows one answer."""
    return lambda host, port: addresses


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "0x7f000001",
        "0x7f.0.0.1",
        "2130706433",
        "017700000001",
        "0177.0.0.1",
        "１２７.0.0.1",
        "127。0。0。1",
        "127.0.0.1.",
        "[::1]",
        "::1",
        "::ffff:127.0.0.1",
        "[::ffff:7f00:1]",
        "::127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "fe80::1%eth0",
        "localhost",
        "0.0.0.0",
        "0",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.169.254",
        "168.63.129.16",
        "fd00:ec2::254",
        "fec0::1",
        "224.0.0.1",
        "255.255.255.255",
        "mail.example.com/../x",
        "mail example.com",
        "user@mail.example.com",
        "mail.example.com\r\nX",
        "",
        "a" * 300,
    ],
)
def test_a_private_or_oddly_written_host_is_refused(host: str) -> None:
    with pytest.raises(Refused):
        check(host, 993)


@pytest.mark.parametrize("address", ["8.8.8.8", "2001:4860:4860::8888", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_the_public_internet_is_open(address: str) -> None:
    assert is_public(ip_address(address))
    assert check("mail.example.com", 993, resolve=answers(address)).addresses == (address,)


def test_every_answer_of_the_name_server_is_checked() -> None:
    with pytest.raises(Refused, match=r"10\.0\.0\.5"):
        check("mail.example.com", 993, resolve=answers("8.8.8.8", "10.0.0.5"))


@pytest.mark.parametrize("entry", ["127.0.0.1", "127.0.0.*", "localhost"])
def test_an_administrator_can_allow_an_address_or_a_name(entry: str) -> None:
    assert check("localhost", 143, [entry], answers("127.0.0.1")).addresses == ("127.0.0.1",)


def test_a_listed_name_admits_no_metadata_service() -> None:
    with pytest.raises(Refused):
        check("mail.example.com", 143, ["mail.example.com"], answers("169.254.169.254"))
    assert check("mail.example.com", 143, ["mail.example.com"], answers("10.0.0.5")).addresses == (
        "10.0.0.5",
    )


def test_allowing_one_address_allows_no_other_and_no_odd_writing() -> None:
    with pytest.raises(Refused):
        check("mail.example.com", 143, ["10.0.0.5"], answers("10.0.0.6"))
    with pytest.raises(Refused):
        check("127.1", 143, ["127.0.0.1"])


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_a_port_is_a_port(port: int) -> None:
    with pytest.raises(Refused):
        check("8.8.8.8", port)


def test_an_unknown_host_may_be_known_later() -> None:
    def nobody(host: str, port: int) -> Iterable[str]:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    with pytest.raises(LineDown, match=r"mail\.example\.com"):
        check("mail.example.com", 993, resolve=nobody)


def test_the_connection_is_made_to_the_checked_address_whatever_the_name_says_by_then() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        checked = check("mail.example.com", port, ["127.0.0.1"], answers("127.0.0.1"))
        with closing(connect(checked, 5)) as sock:
            assert sock.getpeername() == ("127.0.0.1", port)


def test_nobody_at_the_port() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(LineDown, match=str(port)):
        connect(check("127.0.0.1", port, ["127.0.0.1"]), 5)
