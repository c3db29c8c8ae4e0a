"""Which messages make a thread: those that name each other, also by way of one that never arrived."""

from collections.abc import Callable, Iterable, Mapping, Sequence


class Threads:
    """Threads of a batch of messages, on top of those that are known.

    Args:
        known: Thread per Message-ID that was ever seen or named.
        new: Makes the id of a thread.

    Attributes:
        added: Thread per Message-ID that wasn't known.
        joined: Threads that turned out to be parts of others, with the one they became.
    """

    def __init__(self, known: Mapping[str, str], new: Callable[[], str]) -> None:
        self._known = dict(known)
        self._stored = known.keys()
        self._new = new
        self._became: dict[str, str] = {}

    def take(self, references: Sequence[str]) -> str:
        """Return the thread of a message that has, or names, these ids; `settled` says what becomes of it."""
        found = sorted({self.settled(self._known[one]) for one in references if one in self._known})
        thread = found[0] if found else self._new()
        for other in found[1:]:
            self._became[other] = thread
        self._known.update(dict.fromkeys(references, thread))
        return thread

    def settled(self, thread: str) -> str:
        """Return what a thread is part of now."""
        while thread in self._became:
            thread = self._became[thread]
        return thread

    @property
    def added(self) -> dict[str, str]:
        """Thread per Message-ID that wasn't known before."""
        return {one: self.settled(of) for one, of in self._known.items() if one not in self._stored}

    @property
    def joined(self) -> dict[str, str]:
        """Threads that are parts of others now."""
        return {old: self.settled(old) for old in self._became}


def references_of(
    message_id: str, in_reply_to: str, references: Iterable[str], longest: int, most: int = 100
) -> tuple[str, ...]:
    """Return the ids that tie a message to its thread, each once and cut to ``longest`` characters.

    The latest ``most`` count: nobody answers through more, but anybody can name any number.
    """
    named = [one[:longest] for one in (*references, in_reply_to) if one]
    return tuple(dict.fromkeys(([message_id[:longest]] if message_id else []) + named[-most:]))
