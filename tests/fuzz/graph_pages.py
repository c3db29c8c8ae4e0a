"""Fuzzing of pages of Microsoft Graph: ``python -m tests.fuzz.graph_pages [seconds] [folder]``."""

import asyncio
import json
import random
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any, Final, cast
from zoneinfo import ZoneInfo

from crm_tui.domain.outlook.items import ItemKind, OutlookItem
from crm_tui.errors import CrmError
from crm_tui.net.line import Reply
from crm_tui.sync.outlook.graph import GraphSource
from crm_tui.sync.outlook.graph_line import Graph
from tests.fakes.graph_mailbox import FIXTURES
from tests.fuzz.target import Broken, Target

SECONDS: Final = 2.0
"""Processor time that a page of this size may take."""

_NOW: Final = datetime(2026, 12, 1, tzinfo=UTC)
_STEERING: Final = frozenset(chr(code) for code in range(32)) - {"\n", "\t"} | {"\x7f", "\x9b"}
_PIECES: Final = (
    b'"@removed":{"reason":"deleted"},',
    b'"@odata.nextLink":"/me/x",',
    b'"@odata.deltaLink":null,',
    b'"id":null,',
    b'"id":"\\ud800",',
    b'"seriesMasterId":"x","type":"occurrence",',
    b'"isAllDay":true,',
    b'"isCancelled":true,',
    b'"dateTime":"9999-12-31T23:59:59.9999999",',
    b'"dateTime":"0001-01-01T00:00:00",',
    b'"timeZone":"Tokyo Standard Time",',
    b'"timeZone":"../../etc/passwd",',
    b'"contentType":"html",',
    b'"content":"<p><table>",',
    b'"birthday":"1604-02-29T00:00:00Z",',
    b"{", b"}", b"[", b"]", b",", b"null", b"1e999", b"\\u0000", b"\\u001b[2J", b"\xff", b"[[[[",
)  # fmt: skip


_OFTEN: Final = 0.08
_NAMES: Final = ("@removed", "seriesMasterId", "isAllDay", "isCancelled", "id", "type", "start", "changeKey")
_ODD: Final[tuple[Any, ...]] = (
    *(
        None,
        True,
        False,
        0,
        -1,
        1e308,
        10**400,
        "",
        "x",
        [],
        {},
        [[]],
        [None],
        {"id": None},
        "\ud800",
        "\x00",
    ),
    *("\x1b]0;x\x07", "ü" * 70_000, "occurrence", "html", "9999-12-31T23:59:59", "0001-01-01", "1604-02-29"),
    {"dateTime": "9999-12-31T00:00:00", "timeZone": "UTC"},
    {"dateTime": "2026-12-31T00:00:00+14:00", "timeZone": "../../etc/passwd"},
    {"address": "a@x.jp\r\nBcc: b@x.jp", "name": "\u202e"},
)


class _Pages:
    """A server with a single page."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self._left = 4

    def require_own(self, link: str) -> None:
        """Any link is kept: nobody follows it."""

    async def get(self, _target: str) -> dict[str, Any]:
        """Answer, four times."""
        self._left -= 1
        return Reply(200, {}, self._raw if self._left >= 0 else b"{}", "graph.example").fields()


def check(raw: bytes) -> None:
    """Read a page as contacts, tasks and events and expect what holds for each.

    Few changes of bytes leave JSON; so an official example whose values are replaced, as the bytes decide, is
    read too.

    Raises:
        Broken: It doesn't.
    """
    _check(raw)
    dice = random.Random(raw)
    _check(json.dumps(_spoiled(json.loads(dice.choice(_begin())), dice)).encode())


def _check(raw: bytes) -> None:
    began = time.process_time()
    items = asyncio.run(_items(raw))
    spent = time.process_time() - began
    texts = [text for item in items for text in _texts(item)]
    values = [value for item in items for value in item.values.values()]
    expectations = {
        f"{spent:.1f} s": spent < SECONDS,
        "ids": all(0 < len(item.remote_id) <= 500 and item.remote_id.isprintable() for item in items),
        "types": all(value is None or isinstance(value, str | bool | date) for value in values),
        "zones": all(one.tzinfo is not None for one in values if isinstance(one, datetime)),
        "signs": not any(_STEERING & set(text) for text in texts),
        "stored": all(text.encode() is not None for text in texts),
        "kept": all(json.dumps(dict(item.raw)) for item in items),
    }
    if wrong := [name for name, holds in expectations.items() if not holds]:
        raise Broken(", ".join(wrong))


async def _items(raw: bytes) -> Sequence[OutlookItem]:
    found: list[OutlookItem] = []
    for kind in ItemKind:
        source = GraphSource(cast(Graph, _Pages(raw)), ZoneInfo("Asia/Tokyo"), lambda: _NOW)
        try:
            async for page in source.pages(kind, None):
                found += page.items
        except CrmError:
            continue
    return found


def _spoiled(value: Any, dice: random.Random) -> Any:
    """Return JSON in which some values, and some names, are others."""
    if dice.random() < _OFTEN:
        return dice.choice(_ODD)
    if isinstance(value, dict):
        named = {
            (dice.choice(_NAMES) if dice.random() < _OFTEN else name): one for name, one in value.items()
        }
        return {name: _spoiled(one, dice) for name, one in named.items()}
    if isinstance(value, list):
        return [_spoiled(one, dice) for one in value * dice.choice((1, 1, 2))]
    return value


def _texts(item: OutlookItem) -> list[str]:
    people = [text for one in item.attendees or () for text in (one.address, one.name)]
    texts = [value for value in (*item.values.values(), *item.raw.values()) if isinstance(value, str)]
    return [*texts, *people, *item.categories, item.etag]


def _begin() -> list[bytes]:
    bodies = [json.loads(path.read_text("utf-8"))["body"] for path in sorted(FIXTURES.glob("*.json"))]
    return [json.dumps(body if "value" in body else {"value": [body]}).encode() for body in bodies]


TARGET: Final = Target("graph_pages", check, _begin, _PIECES)

if __name__ == "__main__":
    TARGET.main()
