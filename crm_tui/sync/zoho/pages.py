"""The records of one module of Zoho CRM, page by page, from where the last round ended."""

from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from crm_tui.errors import CrmError
from crm_tui.sync.errors import NotPermitted, RoundLost, ServerRefuses
from crm_tui.sync.zoho.fields import ZohoModule
from crm_tui.sync.zoho.folding import folded
from crm_tui.sync.zoho.rest import NoSuchModule, ZohoApi

PER_PAGE: Final = 200
"""The API gives no more at once."""

MOST_FIELDS: Final = 50
"""The API takes no more names of fields."""

MODIFIED: Final = "Modified_Time"

_ALWAYS: Final = ("id", MODIFIED)
_LOOKED_AT: Final = frozenset({"$se_module"})
_NOT_STANDARD: Final = frozenset({"name_kana", "last_name_kana", "first_name_kana", "do_not_call"})
"""Ours that an organisation may have added as fields of its own; asked for only if it has."""

_YEARS: Final = range(1900, 9000)
_EARLIER: Final = timedelta(seconds=1)

_PAGES: Final = 10_000
"""Pages of one chain at most; a server that never comes to an end is left."""

_MOST_SEEN: Final = 1000
"""Records of a second that are remembered; of more, some are compared once more."""

_CHAINS: Final = 1000
"""How often a chain of pages that came to its end is begun anew behind its last record, at most."""


@dataclass(frozen=True, slots=True)
class ZohoPage:
    """Some records.

    Attributes:
        cursor: Where the next round can begin once these are taken in; None if that isn't known yet.
        removed: Ids of records that are gone there.
    """

    records: tuple[Mapping[str, Any], ...]
    cursor: "Cursor | None" = None
    removed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cursor:
    """Up to where a module was read.

    Attributes:
        since: The latest time of change that was seen, ISO 8601 with an offset; "" for nothing yet.
        seen: Records that were changed then, or in the second before, with that time: others may have been
            changed in the same second, so that the next round asks for them once more, but leaves these out.
    """

    since: str = ""
    seen: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return it as an account keeps it."""
        return {"since": self.since, "seen": dict(self.seen)}

    @classmethod
    def of(cls, kept: object) -> "Cursor":
        """Return what an account has kept."""
        if not isinstance(kept, dict) or _instant(str(kept.get("since") or "")) is None:
            return cls()
        seen = kept.get("seen")
        return cls(str(kept["since"]), dict(seen) if isinstance(seen, dict) else {})

    @property
    def asked_from(self) -> str:
        """What the next round asks for: the second before; "" for everything."""
        moment = _instant(self.since)
        return "" if moment is None else (moment - _EARLIER).isoformat()

    def has(self, record: Mapping[str, Any]) -> bool:
        """Return whether a record was taken in as it is."""
        changed = self.seen.get(str(record.get("id") or ""))
        return changed is not None and changed == record.get(MODIFIED)

    def after(self, records: Collection[Mapping[str, Any]]) -> "Cursor":
        """Return where to begin once some records are taken in."""
        times = dict(self.seen)
        times |= {str(one.get("id") or ""): str(one.get(MODIFIED) or "") for one in records}
        moments = {key: moment for key, text in times.items() if (moment := _instant(text)) is not None}
        newest = max([*moments.values(), *filter(None, [_instant(self.since)])], default=None)
        if newest is None:
            return self
        since = next((times[key] for key, moment in moments.items() if moment == newest), self.since)
        late = {key: times[key] for key, moment in moments.items() if newest - moment <= _EARLIER}
        return Cursor(since, dict(list(late.items())[-_MOST_SEEN:]))


class ModulePages:
    """Reads one module.

    Records are asked for by the time they were changed, so that a round that breaks off is gone on with
    where it ended, and one of more records than page tokens lead to is begun anew behind the last. Where a
    server has another order, the cursor moves only at the end.

    Args:
        custom: Folded names and labels of our custom fields.

    Attributes:
        labels: What fields that are asked for by their label are called, by the API's name.
    """

    def __init__(self, api: ZohoApi, module: ZohoModule, custom: Collection[str]) -> None:
        self._api = api
        self._module = module
        self._custom = frozenset(custom)
        self.labels: dict[str, str] = {}
        self._cursor = Cursor()
        self._is_ordered = True

    async def pages(self, cursor: Cursor) -> AsyncIterator[ZohoPage]:
        """Yield what was changed since the last round; the last page has the cursor of the next.

        Args:
            cursor: As the last page of the last round had it.

        Raises:
            NoSuchModule: The organisation lacks it.
            NotPermitted: It may not be read.
            CrmError: As `ZohoApi.get` raises them.
        """
        fields = await self._fields()
        begun = self._cursor = cursor
        for _chain in range(_CHAINS):
            lost = False
            async for page in self._chain(fields, begun):
                lost = page is None
                if page is not None:
                    yield page
            if not lost or not self._is_ordered or self._cursor.since == begun.since:
                break
            begun = self._cursor
        removed = await self._removed(cursor.asked_from) if cursor.since else ()
        yield ZohoPage((), self._cursor, removed)

    async def _chain(self, fields: str, begun: Cursor) -> AsyncIterator[ZohoPage | None]:
        """Yield pages as far as tokens lead; None at the end if there is more behind it."""
        params = {
            "fields": fields,
            "per_page": str(PER_PAGE),
            "sort_by": MODIFIED,
            "sort_order": "asc",
        }
        token = ""
        for _page in range(_PAGES):
            try:
                page = await self._api.records(
                    f"/{self._module.api}",
                    {**params, **({"page_token": token} if token else {})},
                    begun.asked_from,
                )
            except RoundLost:
                yield None
                return
            except ServerRefuses as error:
                if error.status != 400 or "sort_by" not in params or token:
                    raise
                # A module that can't be sorted by this.
                del params["sort_by"], params["sort_order"]
                continue
            fresh = tuple(one for one in page.records if not begun.has(one))
            self._look_at(fresh)
            if fresh:
                yield ZohoPage(fresh, self._cursor if self._is_ordered else None)
            if not page.next_token or page.next_token == token:
                return
            token = page.next_token

    def _look_at(self, records: Collection[Mapping[str, Any]]) -> None:
        moments = [_instant(str(one.get(MODIFIED) or "")) for one in records]
        known = [moment for moment in moments if moment is not None]
        latest = _instant(self._cursor.since)
        ordered = known == sorted(known) and len(known) == len(moments)
        if not ordered or (known and latest is not None and known[0] < latest - _EARLIER):
            self._is_ordered = False
        self._cursor = self._cursor.after(records)

    async def _fields(self) -> str:
        """Return the names to ask for: the standard ones, and those that fit our custom fields."""
        known = await self._of_organisation()
        names = [*_ALWAYS]
        for one in self._module.fields:
            wanted = [name for name in one.api if _is_api_name(name)]
            if known:
                names += [name for name in wanted if name in known or name in _LOOKED_AT]
            elif one.name not in _NOT_STANDARD:
                names += wanted if one.name == "_status" else wanted[:1]
        if known:
            ours = {key for one in self._module.fields for key in one.keys}
            for name, label in known.items():
                if name not in names and {folded(name), folded(label)} & (self._custom | ours):
                    names.append(name)
                    self.labels[name] = label
        return ",".join(list(dict.fromkeys(names))[:MOST_FIELDS])

    async def _of_organisation(self) -> dict[str, str]:
        """Return the label of each field that the module has there; {} if that can't be asked."""
        try:
            answer = await self._api.get("/settings/fields", {"module": self._module.api})
        except (NotPermitted, NoSuchModule, ServerRefuses):
            return {}
        found = answer.get("fields")
        return {
            str(one["api_name"]): str(one.get("field_label") or "")
            for one in (found if isinstance(found, list) else ())
            if isinstance(one, dict) and isinstance(one.get("api_name"), str)
        }

    async def _removed(self, since: str) -> tuple[str, ...]:
        """Return the ids of records that were deleted there since; () where that can't be asked."""
        found: list[str] = []
        params = {"type": "all", "per_page": str(PER_PAGE)}
        token = ""
        try:
            for _page in range(_CHAINS):
                page = await self._api.records(
                    f"/{self._module.api}/deleted",
                    {**params, **({"page_token": token} if token else {})},
                    since,
                )
                found += [str(one["id"]) for one in page.records if one.get("id")]
                token = page.next_token
                if not token:
                    break
        except CrmError as error:
            if error.exit_code == 5 and not isinstance(error, NotPermitted):
                raise
        return tuple(dict.fromkeys(found))


def _is_api_name(name: str) -> bool:
    return " " not in name and name.isascii() and "(" not in name and "-" not in name


def _instant(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    if found.year not in _YEARS:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
