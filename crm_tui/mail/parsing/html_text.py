"""HTML of a mail as text: no network, no scripts, links with their address.

A scanner of our own instead of a parser: parsers that build a tree, the standard one too, can be made to
need minutes for a quarter of a megabyte of nested or broken tags. This one looks at every character once.
"""

import html
import re
from collections.abc import Iterator

LONGEST = 2_000_000
"""Characters that are looked at."""

_SPACE = re.compile(r"[ \t\r\n\f\u00a0\u200b]+")
_BLANK_LINES = re.compile(r"\n{3,}")
_HREF = re.compile(r"""\bhref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))""", re.IGNORECASE)
_TAG = re.compile(r"<[a-zA-Z/!?]")
_NAME = re.compile(r"/?\s*([a-zA-Z][a-zA-Z0-9]*)")

_HIDDEN = frozenset({"script", "style", "head", "title", "template", "noscript", "svg", "math", "object"})
_LINES = frozenset(
    {"br", "div", "tr", "table", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "center", "form"}
    | {"section", "article", "header", "footer", "address", "dl", "dt", "dd", "fieldset"}
)
_PARAGRAPHS = frozenset({"p", "blockquote", "hr", "pre"})
_SAFE = ("http://", "https://", "mailto:", "tel:")


def text_of_html(source: str) -> str:
    """Return what a reader sees of an HTML text; an unclosed tag ends with the text."""
    return _tidy(_pieces(source[:LONGEST]))


def _pieces(source: str) -> Iterator[str]:
    at, link = 0, ""
    while at < len(source):
        start = source.find("<", at)
        if start < 0:
            yield _visible(source[at:])
            return
        yield _visible(source[at:start])
        if source.startswith("<!--", start):
            end = source.find("-->", start)
            at = len(source) if end < 0 else end + 3
            continue
        if not _TAG.match(source, start):
            yield "<"
            at = start + 1
            continue
        tag, at = _tag_at(source, start)
        name, closes = _name_of(tag)
        if name in _HIDDEN and not closes:
            at = _after_closing(source, name, at)
        elif name == "a":
            if closes:
                yield f" <{link}>" if link else ""
            link = "" if closes else _href(tag)
        else:
            yield _break_of(name, closes)


def _tag_at(source: str, start: int) -> tuple[str, int]:
    """Return the inside of a tag and where it ends; a > within quotes doesn't end it if the quotes close."""
    end = source.find(">", start)
    if end < 0:
        return source[start + 1 : start + 200], len(source)
    tag = source[start + 1 : end]
    if tag.count('"') % 2:
        quote = source.find('"', end, end + 2_000)
        later = source.find(">", quote) if quote >= 0 else -1
        if later >= 0:
            return source[start + 1 : later], later + 1
    return tag, end + 1


def _name_of(tag: str) -> tuple[str, bool]:
    found = _NAME.match(tag)
    return (found[1].lower(), tag.startswith("/")) if found else ("", False)


def _after_closing(source: str, name: str, at: int) -> int:
    found = re.compile(rf"</{name}\s*>", re.IGNORECASE).search(source, at)
    return len(source) if found is None else found.end()


def _break_of(name: str, closes: bool) -> str:
    if name == "li":
        return "" if closes else "\n- "
    if name in ("td", "th"):
        return " \t" if closes else ""
    if name in _PARAGRAPHS:
        return "\n\n"
    return "\n" if name in _LINES else ""


def _href(tag: str) -> str:
    found = _HREF.search(tag)
    address = html.unescape(next((part for part in found.groups() if part), "")) if found else ""
    clean = "".join(address.split())
    return clean[:1_000] if clean.lower().startswith(_SAFE) else ""


def _visible(text: str) -> str:
    return html.unescape(_SPACE.sub(" ", text))


def _tidy(pieces: Iterator[str]) -> str:
    text = "".join(pieces)
    lines = (_SPACE.sub(" ", line).strip() for line in text.split("\n"))
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()
