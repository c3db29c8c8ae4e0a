"""Which addresses a mail server may have.

An agent names the host, the program connects: without this check it could be made to talk to the machine
itself, to the inner network or to a cloud's metadata service (CWE-918).

The name is resolved once, every answer is checked, and the connection is made to a checked address, so that a
name server can't give another answer the second time (DNS rebinding).
"""

import re
import socket
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from crm_tui.i18n import _
from crm_tui.net.errors import LineDown, Refused
from crm_tui.text import safe

Address = IPv4Address | IPv6Address
Resolver = Callable[[str, int], Iterable[str]]
"""Returns the addresses of a host as text; raises OSError if there are none."""

_NAT64 = IPv6Network("64:ff9b::/96")
_METADATA = frozenset(
    map(ip_address, ("169.254.169.254", "168.63.129.16", "100.100.100.200", "192.0.0.192", "fd00:ec2::254"))
)
"""Metadata and machine services of the large clouds; one of them has a public address."""

_NUMBER = re.compile(r"(0x[0-9a-f]*|\d+)", re.IGNORECASE)
_LONGEST_NAME = 253


@dataclass(frozen=True, slots=True)
class Checked:
    """A host whose addresses may be connected to.

    Attributes:
        name: As the certificate has to name it.
        addresses: In the resolver's order; never empty.
    """

    name: str
    port: int
    addresses: tuple[str, ...]


def check(host: str, port: int, allowed: Sequence[str] = (), resolve: Resolver | None = None) -> Checked:
    """Resolve a host and return the addresses to connect to.

    Args:
        host: A name or an address, as the agent typed it.
        port: 1 to 65535.
        allowed: ``mail.allow_hosts``: addresses and names, ``*`` stands for anything. A name admits
            private and loopback answers for that name; metadata and link-local addresses must be listed
            themselves.
        resolve: Asked instead of the system.

    Raises:
        Refused: The host is written oddly or an address of it isn't allowed.
        LineDown: There is no such host.
    """
    name = _plain_name(host)
    if not 0 < port < 65536:
        raise Refused(_("The port must be between 1 and 65535."))
    try:
        found = tuple(dict.fromkeys((resolve or _resolve)(name, port)))
    except (OSError, UnicodeError) as error:
        raise _unknown(name) from error
    if not found:
        raise _unknown(name)
    for text in found:
        if not _may_connect(name, ip_address(text), allowed):
            raise Refused(
                _("%(host)s is an address of a private network (%(address)s).")
                % {"host": name, "address": text},
                _("If it is meant, an administrator lists it under mail.allow_hosts."),
            )
    return Checked(name, port, found)


def is_public(address: Address) -> bool:
    """Return whether an address belongs to the public internet, whatever it is wrapped in (RFC 6890)."""
    inner = _inner(address)
    if inner != address:
        return is_public(inner)
    if address in _METADATA or address.is_multicast or address.is_reserved or address.is_unspecified:
        return False
    if isinstance(address, IPv6Address) and address.is_site_local:
        return False
    return address.is_global and not address.is_private


def _may_connect(name: str, address: Address, allowed: Sequence[str]) -> bool:
    if is_public(address):
        return True
    inner = _inner(address)
    if _listed(str(inner), allowed):
        return True
    private = inner.is_private or inner.is_loopback or not inner.is_global
    dangerous = inner.is_link_local or inner in _METADATA or inner.is_multicast or inner.is_unspecified
    return private and not dangerous and _listed(name, allowed)


def _listed(text: str, allowed: Sequence[str]) -> bool:
    return any(fnmatchcase(text, entry.strip("[]").lower()) for entry in allowed)


def _inner(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 address stands for, or the address itself.

    Mapped and compatible (RFC 4291, 2.5.5), 6to4 (RFC 3056), Teredo (RFC 4380), NAT64 (RFC 6052).
    """
    if not isinstance(address, IPv6Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    number = int(address)
    if address in _NAT64 or (1 < number < 1 << 32):
        return IPv4Address(number & 0xFFFFFFFF)
    return address


def _plain_name(host: str) -> str:
    """Return the host in lower case, or raise Refused if it hides what it stands for."""
    name = unicodedata.normalize("NFKC", host).strip().rstrip(".").lower()
    if name.startswith("[") and name.endswith("]"):
        name = name[1:-1]
    if not name or len(name) > _LONGEST_NAME or re.search(r"[^\w.:\-]", name):
        raise Refused(_("%(host)s is not the name of a host.") % {"host": safe(host, limit=80) or '""'})
    try:
        return str(ip_address(name))
    except ValueError:
        pass
    # 127.1, 0x7f000001, 2130706433 and 0177.0.0.1 are addresses to inet_aton(3), and so to resolvers.
    if ":" in name or _NUMBER.fullmatch(name.rpartition(".")[2]):
        raise Refused(_("%(host)s is not the name of a host.") % {"host": safe(host, limit=80)})
    return name


def _resolve(host: str, port: int) -> Iterable[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(where[4][0]).partition("%")[0] for where in found]


def _unknown(name: str) -> LineDown:
    return LineDown(_("There is no host %(host)s.") % {"host": safe(name, limit=80)})


def connect(checked: Checked, timeout: float) -> socket.socket:
    """Connect to the first checked address that answers.

    Args:
        checked: What :func:`check` returned.
        timeout: Seconds for each address.

    Raises:
        LineDown: None of them answers.
    """
    last: OSError | None = None
    for address in checked.addresses:
        try:
            sock = socket.create_connection((address, checked.port), timeout)
        except OSError as error:
            last = error
            continue
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return sock
    raise LineDown(
        _("%(host)s does not answer at port %(port)s.") % {"host": checked.name, "port": checked.port}
    ) from last
