"""Fetching messages so that each UID ends as a message, as a stub or as known to be gone."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace

from crm_tui.i18n import N_
from crm_tui.mail.client import PIECE, ImapLine
from crm_tui.mail.errors import ServerSays
from crm_tui.mail.fetching import Fetched
from crm_tui.mail.intake import Arrival
from crm_tui.mail.parsers import PARSERS, Parsing
from crm_tui.mail.parsing.message import ParsedMail
from crm_tui.net.errors import LineDown

LARGEST = 50 * 1024 * 1024
"""Bytes of a message that are fetched; of a greater one only its beginning."""

_AT_ONCE = 8 * PIECE
"""Bytes of bodies that one command asks for."""

_LINES_LOST = 5
"""Connections that may break at one message before it is left to a stub."""

_TOO_LARGE = N_("This mail is too large; only its beginning was fetched.")
_NOT_GIVEN = N_("The server doesn't give out this mail.")
_BREAKS_LINE = N_("The connection breaks whenever this mail is fetched.")


@dataclass
class Trouble:
    """At which messages connections broke. Lives as long as the worker, longer than a connection.

    A server may drop the line, or answer nonsense, at one certain message. After a loss the messages of that
    batch are fetched one by one; the one that breaks the line again and again becomes a stub.
    """

    suspects: set[tuple[str, int]] = field(default_factory=set)
    losses: dict[tuple[str, int], int] = field(default_factory=dict)

    def lost(self, folder_id: str, uids: Collection[int]) -> None:
        """Note that the line broke while these were fetched."""
        if len(uids) == 1:
            (uid,) = uids
            self.losses[folder_id, uid] = self.losses.get((folder_id, uid), 0) + 1
        self.suspects.update((folder_id, uid) for uid in uids)

    def fetched(self, folder_id: str, uids: Collection[int]) -> None:
        """Note that these could be fetched."""
        for uid in uids:
            self.suspects.discard((folder_id, uid))
            self.losses.pop((folder_id, uid), None)

    def is_suspect(self, folder_id: str, uid: int) -> bool:
        """Return whether a message is to be fetched alone."""
        return (folder_id, uid) in self.suspects

    def is_hopeless(self, folder_id: str, uid: int) -> bool:
        """Return whether a message is no longer asked for."""
        return self.losses.get((folder_id, uid), 0) >= _LINES_LOST


class Fetcher:
    """Fetches messages of the folder that is open. Synchronous; it belongs to the line's thread.

    Args:
        folder_id: The folder in the store.
        largest: Bytes of a message that are fetched.
        parsers: What reads them.
    """

    def __init__(
        self,
        line: ImapLine,
        folder_id: str,
        trouble: Trouble,
        largest: int = LARGEST,
        parsers: Parsing = PARSERS,
    ) -> None:
        self._line = line
        self._folder_id = folder_id
        self._trouble = trouble
        self._largest = largest
        self._parsers = parsers

    def fetch(self, uids: Sequence[int]) -> list[Arrival]:
        """Return what is at these UIDs, in this order; those that have vanished are left out."""
        found: dict[int, Arrival] = {}
        for group in self._groups(uids):
            if len(group) == 1 and self._trouble.is_hopeless(self._folder_id, group[0]):
                found[group[0]] = _stub(Fetched(group[0]), _BREAKS_LINE)
                continue
            try:
                found.update(self._group(group))
            except LineDown:
                self._trouble.lost(self._folder_id, group)
                raise
            self._trouble.fetched(self._folder_id, group)
        return [found[uid] for uid in uids if uid in found]

    def _groups(self, uids: Sequence[int]) -> Iterator[list[int]]:
        together: list[int] = []
        for uid in uids:
            if self._trouble.is_suspect(self._folder_id, uid):
                yield [uid]
            else:
                together.append(uid)
        if together:
            yield together

    def _group(self, uids: Sequence[int]) -> dict[int, Arrival]:
        heads = self._heads(uids)
        bodies: dict[int, bytes] = {}
        for some in _by_size(heads.values()):
            bodies.update(self._bodies(some))
        given: dict[int, Arrival] = {}
        for uid, head in heads.items():
            if uid in bodies:
                continue
            if (head.size or 0) > PIECE and (large := self._large(head)):
                given[uid] = large
            elif (body := self._body(uid)) is not None:
                bodies[uid] = body
        given |= self._arrivals(heads, bodies)
        return given | self._stubs(heads, set(uids) - set(given))

    def _heads(self, uids: Sequence[int]) -> dict[int, Fetched]:
        try:
            return self._line.heads(uids)
        except ServerSays:
            if len(uids) == 1:
                return {}
        return {uid: head for each in uids for uid, head in self._heads([each]).items()}

    def _bodies(self, uids: Sequence[int]) -> dict[int, bytes]:
        try:
            return self._line.bodies(uids)
        except ServerSays:
            # One of them can't be read; each is asked for alone afterwards.
            return {}

    def _body(self, uid: int) -> bytes | None:
        try:
            return self._line.body(uid, self._largest + 1)
        except ServerSays:
            return None

    def _stubs(self, heads: dict[int, Fetched], missing: set[int]) -> dict[int, Arrival]:
        """Return stubs for messages that are there but weren't given; what isn't listed any more is gone."""
        if not missing:
            return {}
        still = missing.intersection(self._line.uids(min(missing)))
        return {uid: _stub(heads.get(uid) or Fetched(uid), _NOT_GIVEN) for uid in still}

    def _large(self, head: Fetched) -> Arrival | None:
        """Return a large message that was parsed while it came and never lies in memory as a whole."""
        size = 0

        def pieces() -> Iterator[bytes]:
            nonlocal size
            for piece in self._line.pieces(head.uid, self._largest + 1):
                size += len(piece)
                yield piece

        try:
            mail = self._parsers.parse_pieces(pieces())
        except ServerSays:
            return None
        if mail is None or not size or size > self._largest or mail.problem:
            # Its bytes are needed too, to be kept beside what could be read.
            return None
        return Arrival(head.uid, head.flags or frozenset(), head.received_at, head.size or size, b"", mail)

    def _arrivals(self, heads: dict[int, Fetched], bodies: dict[int, bytes]) -> dict[int, Arrival]:
        raws = [body[: self._largest] for body in bodies.values()]
        given = {}
        for (uid, body), raw, mail in zip(bodies.items(), raws, self._parsers.parse(raws), strict=True):
            head = heads[uid]
            problem = _TOO_LARGE if len(body) > self._largest else ""
            size = head.size if head.size is not None else len(raw)
            flags = head.flags or frozenset()
            given[uid] = Arrival(uid, flags, head.received_at, size, raw, mail, problem)
        return given


def _by_size(heads: Collection[Fetched]) -> Iterator[list[int]]:
    """Group messages of up to a piece so that one answer stays small; greater ones are fetched in pieces."""
    group: list[int] = []
    total = 0
    for head in heads:
        size = head.size or 0
        if size > PIECE:
            continue
        if group and total + size > _AT_ONCE:
            yield group
            group, total = [], 0
        group.append(head.uid)
        total += size
    if group:
        yield group


def _stub(head: Fetched, problem: str) -> Arrival:
    mail = replace(ParsedMail(), size=head.size or 0, problem=problem)
    return Arrival(head.uid, head.flags or frozenset(), head.received_at, head.size or 0, b"", mail, problem)
