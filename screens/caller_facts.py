"""What an agent wants to know about the person on the line. No terminal in here."""

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import TYPE_CHECKING, TypeVar

from crm_tui.clock import clock
from crm_tui.domain.actor import Actor
from crm_tui.domain.call import Call
from crm_tui.domain.modules import Module
from crm_tui.domain.paging import PageRequest
from crm_tui.domain.queries import Criterion, ListQuery, Op, Sort
from crm_tui.domain.records import ListRow, Record, Ref
from crm_tui.domain.schema import FIELDS, phone_fields
from crm_tui.errors import CrmError
from crm_tui.formats import format_datetime_short, format_duration
from crm_tui.i18n import _, language

if TYPE_CHECKING:
    from crm_tui.services.container import Services

SHOWN = 3
"""Lines per section; the record itself shows the rest."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class FactSection:
    """A heading and the lines under it.

    Attributes:
        more: There are more than the lines say.
    """

    title: str
    lines: tuple[str, ...]
    more: bool = False


@dataclass(frozen=True, slots=True)
class CallerFacts:
    """A person as the call form shows them.

    Attributes:
        who: The lead or contact.
        lines: Company, position and numbers.
        warning: What to heed before anything else, "" for nothing.
        sections: Open cases, open deals, last calls, notes, others on the number.
    """

    who: Ref
    lines: tuple[str, ...]
    warning: str
    sections: tuple[FactSection, ...]


class FactsReader:
    """Reads the facts of one person; what the agent may not see is left out.

    Args:
        services: The services of the open store.
        actor: Who asks.
        zone: The zone times are shown in.
    """

    def __init__(self, services: "Services", actor: Actor, zone: tzinfo) -> None:
        self._services = services
        self._actor = actor
        self._zone = zone

    async def read(self, who: Ref, call_id: str = "") -> CallerFacts:
        """Return the facts.

        Args:
            who: The lead or contact.
            call_id: The call being made, which isn't one of the last calls.

        Raises:
            CrmError: The person can't be read.
        """
        record = await self._services.records(who.module).get(self._actor, who.id)
        sections = [
            await self._cases(who),
            await self._deals(who),
            await self._calls(who, call_id),
            await self._notes(who),
            await self._others(record),
        ]
        marks = (await self._services.numbers.marks(self._actor, [record.id])).get(record.id, {})
        lines = tuple(_reach(record, marks))
        return CallerFacts(record.ref, lines, _warning(record, marks), tuple(filter(None, sections)))

    async def _cases(self, who: Ref) -> FactSection | None:
        open_ones = Criterion("status", Op.NE, "closed")
        rows = await self._about(Module.CASE, "contact", who, open_ones, ("subject", "status", "priority"))
        label = self._services.settings.picklists.label
        lines = [
            f"{row.name}  {label('case_status', str(row.values.get('status') or ''), language())}"
            for row in rows
        ]
        return _section(_("Open cases"), lines)

    async def _deals(self, who: Ref) -> FactSection | None:
        open_ones = Criterion("stage_kind", Op.EQ, "open")
        rows = await self._about(Module.DEAL, "contact", who, open_ones, ("name", "stage"))
        label = self._services.settings.picklists.label
        lines = [
            f"{row.name}  {label('deal_stage', str(row.values.get('stage') or ''), language())}"
            for row in rows
        ]
        return _section(_("Open deals"), lines)

    async def _calls(self, who: Ref, call_id: str) -> FactSection | None:
        calls = await _or_none(self._services.calls.recent(self._actor, who, SHOWN + 1))
        lines = [self._call_line(call) for call in calls or () if call.id != call_id]
        return _section(_("Last calls"), lines[:SHOWN])

    async def _notes(self, who: Ref) -> FactSection | None:
        rows = await self._about(Module.NOTE, "parent", who, None, ("title", "body"))
        lines = [" ".join(str(row.values.get(name) or "") for name in ("title", "body")) for row in rows]
        return _section(_("Notes"), [line.strip() for line in lines])

    async def _others(self, record: Record) -> FactSection | None:
        """Return the people and companies that share a number with ``record``."""
        names: dict[str, str] = {}
        for number in dict.fromkeys(map(record.text, _number_fields(record))):
            hits = await _or_none(
                self._services.search.find(
                    self._actor, number, (Module.LEAD, Module.CONTACT, Module.ACCOUNT), SHOWN + 2
                )
            )
            for hit in hits or ():
                if hit.id != record.id:
                    names[hit.id] = "  ".join(part for part in (hit.name, hit.detail) if part)
        return _section(_("Also on this number"), list(names.values()))

    async def _about(
        self, module: Module, field: str, who: Ref, condition: Criterion | None, columns: tuple[str, ...]
    ) -> Sequence[ListRow]:
        """Return the records of ``module`` that point to ``who``, the latest first."""
        if not any(who.module in one.targets for one in FIELDS[module] if one.name == field):
            return ()
        criteria = (Criterion(field, Op.EQ, who), *((condition,) if condition else ()))
        query = ListQuery(columns, Sort("modified_at", descending=True), criteria)
        page = await _or_none(
            self._services.records(module).list(self._actor, query, PageRequest(limit=SHOWN + 1))
        )
        return page.rows if page is not None else ()

    def _call_line(self, call: Call) -> str:
        label = self._services.settings.picklists.label
        moment = call.starts_at or call.due_at
        when = format_datetime_short(moment, self._zone, language(), now=clock().now()) if moment else ""
        duration = "" if call.duration_seconds is None else format_duration(call.duration_seconds)
        kind = label("call_type", call.type, language())
        result = label("call_result", call.result, language())
        return "  ".join(part for part in (when, kind, duration, result) if part)


def _section(title: str, lines: Sequence[str]) -> FactSection | None:
    return FactSection(title, tuple(lines[:SHOWN]), len(lines) > SHOWN) if lines else None


def _warning(record: Record, marks: Mapping[str, str]) -> str:
    """Return what to heed before calling: that the person or the number to dial must not be called."""
    if record.get("do_not_call"):
        return _("Do not call")
    first = next((field.name for field in phone_fields(record.module) if record.text(field.name)), "")
    return f"{marks[first]}: {record.text(first)}" if first in marks else ""


def _reach(record: Record, marks: Mapping[str, str]) -> list[str]:
    account = record.ref_to("account")
    company = account.name if account else record.text("company")
    work = "  ".join(part for part in (company, record.text("department"), record.text("title")) if part)
    numbers = [f"{'!' if name in marks else ''}{record.text(name)}" for name in _number_fields(record)]
    return [line for line in (work, "  ".join(dict.fromkeys(numbers)), record.text("email")) if line]


def _number_fields(record: Record) -> list[str]:
    names = [field.name for field in phone_fields(record.module) if field.name != "assistant_phone"]
    return [name for name in names if record.text(name)]


async def _or_none(reading: Awaitable[T]) -> T | None:
    """Return what ``reading`` gives, None if the agent isn't allowed to have it."""
    try:
        return await reading
    except CrmError:
        return None
