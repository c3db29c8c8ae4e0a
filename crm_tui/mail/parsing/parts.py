"""The parts of a message: which of them are the text, which are attachments."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from email.message import Message

from crm_tui.mail.parsing.charsets import decode
from crm_tui.mail.parsing.headers import decode_header, parameters
from crm_tui.mail.parsing.html_text import text_of_html
from crm_tui.mail.parsing.limits import Limits

_META_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?([A-Za-z0-9_\-]{1,40})""", re.IGNORECASE)
_HEAD = 4_096
_PLAIN, _HTML = "text/plain", "text/html"
_FORWARDED = "message/rfc822"
_SIGNATURE = "-- "


@dataclass(frozen=True, slots=True)
class Part:
    """A part that has no parts of its own; a forwarded message counts as one.

    Attributes:
        number: Where it stands, by the section numbers of IMAP (RFC 3501, 6.4.5).
        name: File name, "" if it has none.
    """

    message: Message
    number: str
    content_type: str
    name: str
    _read: list[str] = field(default_factory=list, init=False, repr=False, compare=False)

    @property
    def is_html(self) -> bool:
        """It is text that has to be taken out of HTML."""
        return self.content_type == _HTML

    @property
    def size(self) -> int:
        """Bytes as they are sent."""
        payload = self.message.get_payload()
        if isinstance(payload, str):
            return len(payload)
        return sum(len(inner.as_bytes()) for inner in payload if isinstance(inner, Message))

    def text(self) -> str:
        """Return the text of a text part; it is worked out once."""
        if not self._read:
            self._read.append(self._text())
        return self._read[0]

    def _text(self) -> str:
        data = self.message.get_payload(decode=True)
        if not isinstance(data, bytes):
            return ""
        said = parameters(_header(self.message, "content-type"))
        label = said.get("charset", "")
        if self.is_html:
            meta = None if label else _META_CHARSET.search(data[:_HEAD])
            return text_of_html(decode(data, meta[1].decode() if meta else label))
        text = "\n".join(line.rstrip("\r") for line in decode(data, label).split("\n"))
        return (
            _unflowed(text, said.get("delsp", "")).strip() if said.get("format") == "flowed" else text.strip()
        )


@dataclass(slots=True)
class _Budget:
    """How many parts may still be looked at."""

    parts: int


Sorted = tuple[list[Part], list[Part]]
"""The parts that are the text, and all others."""


def sorted_parts(message: Message, limits: Limits) -> Sorted:
    """Return the text parts that a reader sees, and the parts listed as attachments.

    Of alternatives the plain text is taken if it says anything, else the HTML.
    """
    return _sorted(message, "", limits.depth, _Budget(limits.parts))


def _sorted(message: Message, number: str, depth: int, budget: _Budget) -> Sorted:
    kind = message.get_content_type()
    if not message.is_multipart() or kind == _FORWARDED or depth == 0:
        budget.parts -= 1
        return _leaf(message, number or "1", kind)
    children = []
    for position, child in enumerate(_children(message), 1):
        if budget.parts <= 0:
            break
        children.append(
            _sorted(child, f"{number}.{position}" if number else str(position), depth - 1, budget)
        )
    others = [part for _texts, rest in children for part in rest]
    texts = [found for found, _rest in children if found]
    if kind == "multipart/alternative":
        return _best(texts), others
    if kind == "multipart/related":
        return texts[0] if texts else [], others + [part for found in texts[1:] for part in found]
    return [part for found in texts for part in found], others


def _best(alternatives: Sequence[list[Part]]) -> list[Part]:
    plain = [parts for parts in alternatives if not any(part.is_html for part in parts)]
    said = next((parts for parts in plain if any(part.text() for part in parts)), None)
    return said or next((parts for parts in alternatives if parts not in plain), [])


def _leaf(message: Message, number: str, kind: str) -> Sorted:
    disposition = _header(message, "content-disposition")
    name = parameters(disposition).get("filename") or parameters(_header(message, "content-type")).get(
        "name", ""
    )
    if kind == _FORWARDED:
        inner = next(_children(message), None)
        subject = decode_header(_header(inner, "subject")) if inner is not None else ""
        name = name or f"{subject}.eml"
    part = Part(message, number, kind, _file_name(name))
    is_attached = disposition.strip().lower().startswith("attachment") or bool(part.name)
    return ([], [part]) if is_attached or kind not in (_PLAIN, _HTML) else ([part], [])


def _children(message: Message) -> Iterator[Message]:
    payload = message.get_payload()
    return (
        (child for child in payload if isinstance(child, Message)) if isinstance(payload, list) else iter(())
    )


def _header(message: Message, name: str) -> str:
    return next((str(value) for key, value in message.raw_items() if key.lower() == name), "")


def _file_name(name: str) -> str:
    """Return the last part of a path: a name from outside never leads anywhere."""
    clean = "".join(c for c in name if c.isprintable())
    return re.split(r"[/\\]", clean)[-1].strip(" .")[:200]


def _unflowed(text: str, delsp: str) -> str:
    """Return format=flowed text (RFC 3676) with its paragraphs on one line."""
    lines: list[str] = []
    is_open = False
    for raw in text.split("\n"):
        line = raw[1:] if raw.startswith(" ") else raw
        flows = line.endswith(" ") and line != _SIGNATURE
        kept = line[:-1] if flows and delsp.lower() == "yes" else line
        if is_open and not line.startswith(">") and line != _SIGNATURE:
            lines[-1] += kept
        else:
            lines.append(kept)
        is_open = flows and not line.startswith(">")
    return "\n".join(lines)
