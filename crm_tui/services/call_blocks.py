"""What stands in the way of an outbound call: a person or a number that must not be called."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from crm_tui.clock import local_zone
from crm_tui.domain.actor import Actor
from crm_tui.domain.call import StartCall
from crm_tui.domain.numbers import NumberFlag, NumberState
from crm_tui.domain.records import Record, Ref
from crm_tui.domain.schema import phone_fields
from crm_tui.errors import Blocked, Invalid
from crm_tui.i18n import _
from crm_tui.services.call_records import first_number
from crm_tui.services.core import Core
from crm_tui.services.numbers import CLEARED, FLAGGED, checked_reason, states_of
from crm_tui.store.repositories.audit import AuditRepository
from crm_tui.store.repositories.records import RecordRepository
from crm_tui.store.store import Connection
from crm_tui.store.uow import AuditEntry, UnitOfWork

INCOMING = frozenset({"inbound", "missed"})
"""Types of calls that the other side makes; nothing blocks them."""

_OF_NUMBER = frozenset({FLAGGED, CLEARED})

_TRAIL = 200
"""Lines of a person's history that are looked through for who said that they must not be called."""


@dataclass(frozen=True, slots=True)
class Block:
    """What blocks a call.

    Attributes:
        reasons: Each block as a sentence; none where the call may be made.
        number: The number that would be dialled, as written.
        others: Other numbers of the person that nothing blocks, as written.
    """

    reasons: tuple[str, ...] = ()
    number: str = ""
    others: tuple[str, ...] = ()


class CallBlocks:
    """Looks whether somebody may be called."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def of(self, connection: Connection, actor: Actor | None, who: Ref | None, number: str) -> Block:
        """Return what blocks an outbound call, whoever may see the person.

        Args:
            actor: Who calls; days are told in their time zone.
            who: The lead or contact that is called.
            number: What is dialled.
        """
        zone = local_zone(actor.zone if actor is not None else "")
        person = await RecordRepository(connection, who.module).any(who.id) if who is not None else None
        numbers = _numbers_of(person)
        states = await states_of(connection, [number, *numbers], self._core.region)
        blocks_person = person is not None and bool(person.get("do_not_call"))
        reasons = _of_number(states[number], zone)
        if person is not None and blocks_person:
            reasons = (await _of_person(connection, person, zone), *reasons)
        dialled = states[number].e164
        others = [] if blocks_person else _free([states[one] for one in numbers], numbers, dialled)
        return Block(reasons, number, tuple(others))

    async def seen(self, connection: Connection, actor: Actor, who: Ref | None, number: str) -> Block:
        """Return what blocks an outbound call as far as ``actor`` sees it; see `of`."""
        person = (
            await RecordRepository(connection, who.module).get(actor, who.id) if who is not None else None
        )
        number = number or first_number(person)
        return await self.of(connection, actor, person.ref if person is not None else None, number)

    async def refuse(self, uow: UnitOfWork, start: StartCall) -> tuple[str, ...]:
        """Return the blocks that the reason given with a call overrides, none where nothing blocks it.

        Raises:
            Blocked: No reason was given; the refusal stands in the audit trail.
            Invalid: The reason is too short.
        """
        if start.type in INCOMING:
            return ()
        block = await self.of(uow.connection, uow.actor, start.who, start.phone)
        if not block.reasons:
            return ()
        if start.override.strip():
            _check(start.override)
            return block.reasons
        who = start.who
        uow.record(
            AuditEntry(
                "denied",
                who.module if who else None,
                who.id if who else None,
                who.name if who else start.phone,
                {"action": "start"},
                " ".join(block.reasons),
            )
        )
        await uow.commit()
        raise Blocked(
            _("%(reasons)s No call was started.") % {"reasons": " ".join(block.reasons)},
            _("Choose another number, or say why you call all the same (--override)."),
            reasons=block.reasons,
            number=block.number,
            others=block.others,
        )


def record_override(uow: UnitOfWork, call: Ref, start: StartCall, blocks: tuple[str, ...]) -> None:
    """Write down at the call and at the person that a block was overridden, and why."""
    why = checked_reason(start.override)
    for ref in (call, start.who):
        if ref is not None:
            changes = {"blocked": list(blocks), "number": start.phone}
            uow.record(AuditEntry("override", ref.module, ref.id, ref.name, changes, why))


def _check(reason: str) -> None:
    try:
        checked_reason(reason)
    except Invalid as error:
        raise Invalid(
            _("A reason is needed to call all the same. No call was started."),
            error.hint,
            fields={"override": error.hint},
        ) from None


def _numbers_of(person: Record | None) -> list[str]:
    if person is None:
        return []
    return [text for field in phone_fields(person.module) if (text := person.text(field.name))]


async def _of_person(connection: Connection, person: Record, zone: tzinfo) -> str:
    """Return that nobody may call a person, and who said so when; the audit trail knows."""
    trail = AuditRepository(connection)
    rows = await trail.rows(record_id=person.id, limit=_TRAIL)
    said = [row for row in rows if row.action not in _OF_NUMBER and _says_so(row.changes)][:1]
    if not said:
        return _("%(name)s must not be called.") % {"name": person.name}
    people = await trail.people(said)
    return _("%(name)s must not be called (%(who)s, %(day)s).") % {
        "name": person.name,
        "who": people.get(said[0].user_id or "", said[0].user_name),
        "day": said[0].at.astimezone(zone).date().isoformat(),
    }


def _says_so(changes: Mapping[str, Any]) -> bool:
    change = changes.get("do_not_call")
    return isinstance(change, list) and change[-1:] == [True]


def _of_number(state: NumberState, zone: tzinfo) -> tuple[str, ...]:
    found = []
    if state.do_not_call is not None:
        text = _("%(number)s must not be called (%(what)s).")
        found.append(text % {"number": state.shown, "what": _known(state.do_not_call, zone)})
    if state.invalid is not None:
        text = _("%(number)s is an invalid number (%(what)s).")
        found.append(text % {"number": state.shown, "what": _known(state.invalid, zone)})
    return tuple(found)


def _known(flag: NumberFlag, zone: tzinfo) -> str:
    """Return who flagged a number, when and why."""
    day = flag.at.astimezone(zone).date().isoformat() if flag.at is not None else "?"
    return _("%(who)s, %(day)s: %(reason)s") % {
        "who": flag.by or "?",
        "day": day,
        "reason": flag.reason.rstrip("."),
    }


def _free(states: list[NumberState], numbers: list[str], dialled: str) -> list[str]:
    """Return the numbers that nothing blocks, each once."""
    found: dict[str, str] = {}
    for state, number in zip(states, numbers, strict=True):
        if not state.is_blocked and state.e164 and state.e164 != dialled:
            found.setdefault(state.e164, number)
    return list(found.values())
