"""Fuzzing of records of Zoho CRM: ``python -m tests.fuzz.zoho_records [seconds] [folder]``."""

import asyncio
import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from crm_tui.domain.fields import Field
from crm_tui.domain.imports.batches import Incoming, RemoteRef
from crm_tui.domain.picklists import DEFAULTS, Picklists
from crm_tui.domain.schema import FIELDS
from crm_tui.domain.validation import Context, check_values
from crm_tui.errors import CrmError
from crm_tui.net.line import Reply
from crm_tui.sync.zoho.mapping import RecordReader, Surroundings
from crm_tui.sync.zoho.pages import Cursor, ModulePages
from crm_tui.sync.zoho.rest import ZohoApi
from crm_tui.sync.zoho.tables import MODULES
from tests.fakes.zoho import FakeZoho, sample
from tests.fuzz.target import Broken, Target

SECONDS: Final = 2.0
"""Processor time that some records may take."""

_NOW: Final = datetime(2026, 12, 1, tzinfo=UTC)
_AROUND: Final = Surroundings(FIELDS, Picklists(DEFAULTS), ZoneInfo("Asia/Tokyo"), _NOW, lambda _id: None)
_PIECES: Final = (
    b'"id":null,', b'"id":"' + b"9" * 600 + b'",', b'"id":["1"],',
    b'"Modified_Time":"0001-01-01T00:00:00+14:00",', b'"Modified_Time":7,', b'"$se_module":"Leads",',
    b'"$se_module":{"a":1},', b'"What_Id":{"id":{},"name":[]},', b'"Participants":"a@b.example;",',
    b'"Participants":[{"type":"contact","participant":null}],', b'"All_day":true,',
    b'"Call_Duration_in_seconds":1e308,', b'"Amount":"1E99",', b'"Amount":NaN,',
    b'"Start_DateTime":"9999-12-31T23:59:59-12:00",', b'"Closing_Date":"2026-02-31",',
    b'"info":{"more_records":true,"next_page_token":"x"},',
    b"{", b"}", b"[", b"]", b",", b"null", b"1e999", b"\\u0000", b"\\ud800", b"\\u001b[2J", b"\xff", b"[[[[",
)  # fmt: skip


class _Tokens:
    async def token(self, *, renew: bool = False) -> str:
        del renew
        return "token"


class _Api(ZohoApi):
    """An API with a single answer."""

    def __init__(self, raw: bytes) -> None:
        super().__init__("https://zoho.example", (), _Tokens(), lambda: _NOW)
        self._raw, self._left = raw, 4

    async def get(
        self, path: str, params: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """Answer, four times."""
        del params, headers
        self._left -= 1
        return Reply(200, {}, self._raw if self._left >= 0 else b"{}", urlsplit(path).path).fields()


def check(raw: bytes) -> None:
    """Read records as those of every module and expect what holds for each.

    Raises:
        Broken: It doesn't.
    """
    began = time.process_time()
    found = asyncio.run(_records(raw))
    spent = time.process_time() - began
    remote = [value for one in found for value in one.values.values() if isinstance(value, RemoteRef)]
    ids = [*(one.remote_id for one in found), *(one.remote_id for one in remote)]
    expectations = {
        f"{spent:.1f} s": spent < SECONDS,
        "ids": all(len(one) <= 100 and (one.isprintable() or not one) for one in ids),
        "fields": all(_typed(one) for one in found),
    }
    if wrong := [name for name, holds in expectations.items() if not holds]:
        raise Broken(", ".join(wrong))


async def _records(raw: bytes) -> list[Incoming]:
    found: list[Incoming] = []
    for module in MODULES:
        reader, cursor = RecordReader(module, _AROUND), Cursor()
        try:
            async for page in ModulePages(_Api(raw), module, ()).pages(cursor):
                read = [reader.read(number, one) for number, one in enumerate(page.records)]
                found += [one for one in read if one is not None]
                cursor = Cursor.of(page.cursor.to_json()) if page.cursor else cursor
        except CrmError:
            continue
    return found


def _typed(one: Incoming) -> bool:
    """Return whether the values of a record can be typed, or are refused with a reason."""
    fields: dict[str, Field] = {field.name: field for field in FIELDS[one.module]}
    plain = {name: value for name, value in one.values.items() if not _is_remote(value)}
    checked = check_values(
        tuple(fields.values()), plain, Context(_NOW, Picklists(DEFAULTS)), settable=frozenset()
    )
    return set(one.values) <= set(fields) and all(map(isinstance, checked.errors.values(), [str] * 99))


def _is_remote(value: object) -> bool:
    return isinstance(value, RemoteRef) or (
        isinstance(value, tuple) and any(isinstance(one, RemoteRef) for one in value)
    )


def _begin() -> list[bytes]:
    zoho = FakeZoho()
    sample(zoho)
    pages = [
        {"data": records, "info": {"more_records": False}} for records in zoho.records.values() if records
    ]
    zoho.close()
    return [json.dumps(page, ensure_ascii=False).encode() for page in pages]


TARGET: Final = Target("zoho_records", check, _begin, _PIECES)

if __name__ == "__main__":
    TARGET.main()
