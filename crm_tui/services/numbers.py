"""Telephone numbers that must not be called, or lead nowhere, whoever has them."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from crm_tui.domain.actor import Actor
from crm_tui.domain.ids import new_id
from crm_tui.domain.numbers import FEWEST_LETTERS, LONGEST_REASON, Flag, NumberFlag, NumberState, badge
from crm_tui.domain.phone import LONGEST_TEXT, PhoneNumber, format_for_display, parse
from crm_tui.domain.told import shown_text
from crm_tui.errors import Invalid
from crm_tui.i18n import N_, _
from crm_tui.policies.numbers import can_clear_number, can_flag_number, can_view_numbers
from crm_tui.services.core import Core
from crm_tui.store.repositories.numbers import TABLE, NumberRepository, flag_columns
from crm_tui.store.store import Connection
from crm_tui.store.uow import AuditEntry, UnitOfWork
from crm_tui.text import clean_input

FLAGGED = "flag number"
CLEARED = "clear number"
"""What the audit trail calls a change of a number's flags."""

_NAMED = 20
"""Records whose history tells that their number was flagged; a switchboard's number may have thousands."""


class NumberService:
    """Reads and changes the flags of numbers."""

    def __init__(self, core: Core) -> None:
        self._core = core

    # Reading

    async def state(self, actor: Actor, number: str) -> NumberState:
        """Return what is known of a number in any notation; nothing for a text that is no number."""
        return (await self.states(actor, [number]))[number]

    async def states(self, actor: Actor, numbers: Iterable[str]) -> dict[str, NumberState]:
        """Return what is known of several numbers, by the text that was asked for; in one query."""
        await self._core.require(actor, can_view_numbers(actor), "look at numbers")
        async with self._core.store.read() as connection:
            return await states_of(connection, numbers, self._core.region)

    async def blocked_among(self, actor: Actor, numbers: Collection[str]) -> frozenset[str]:
        """Return those of ``numbers`` that are flagged; none for an actor who may not look at numbers."""
        if can_view_numbers(actor) is not True or not numbers:
            return frozenset()
        states = await self.states(actor, numbers)
        return frozenset(number for number, state in states.items() if state.is_blocked)

    async def marks(self, actor: Actor, record_ids: Sequence[str]) -> dict[str, dict[str, str]]:
        """Return what stands beside the flagged numbers of some records, in the current language.

        Returns:
            The words by record and field; records without a flagged number are left out. Nothing for an
            actor who may not look at numbers.
        """
        if can_view_numbers(actor) is not True or not record_ids:
            return {}
        async with self._core.store.read() as connection:
            rows = await NumberRepository(connection).of_records(record_ids)
        found: dict[str, dict[str, str]] = {}
        for row in rows:
            flags = {Flag.DO_NOT_CALL: row.do_not_call, Flag.INVALID: row.is_invalid}
            words = badge([flag for flag, given in flags.items() if given])
            if words:
                found.setdefault(row.record_id, {})[row.field] = words
        return found

    async def list(self, actor: Actor, *, after: str = "", limit: int = 100) -> tuple[NumberState, ...]:
        """Return flagged numbers in the order of their digits.

        Args:
            after: The last ``e164`` of the page before.
            limit: Numbers at most.
        """
        await self._core.require(actor, can_view_numbers(actor), "list numbers")
        async with self._core.store.read() as connection:
            rows = await NumberRepository(connection).page(clean_input(after), limit)
        return tuple(_state(row, self._core.region) for row in rows)

    # Writing

    async def flag(
        self, actor: Actor, number: str, *, invalid: bool = False, do_not_call: bool = False, reason: str
    ) -> NumberState:
        """Flag a number for everybody who has it.

        Args:
            number: In any notation.
            reason: Why, at least three characters.

        Raises:
            Invalid: It is no number, nothing is to be flagged, or the reason is missing.
            NotAllowed: The profile may edit neither leads nor contacts.
        """
        actor = await self._core.current(actor)
        await self._core.require(actor, can_flag_number(actor), FLAGGED)
        flags = _flags(invalid, do_not_call)
        return await self._change(actor, number, flags, reason, on=True)

    async def clear(
        self, actor: Actor, number: str, *, invalid: bool = False, do_not_call: bool = False, reason: str
    ) -> NumberState:
        """Take flags off a number; arguments and errors as for `flag`.

        Raises:
            NotAllowed: Only a supervisor or an administrator may allow calls again.
        """
        actor = await self._core.current(actor)
        await self._core.require(actor, can_clear_number(actor, do_not_call=do_not_call), CLEARED)
        flags = _flags(invalid, do_not_call)
        return await self._change(actor, number, flags, reason, on=False)

    # Parts

    async def _change(
        self, actor: Actor, number: str, flags: Collection[Flag], reason: str, *, on: bool
    ) -> NumberState:
        parsed = _parsed(number, self._core.region)
        if parsed is None:
            raise Invalid(
                _("“%(text)s” is no telephone number. Nothing was changed.") % {"text": number[:50]}
            )
        why = checked_reason(reason)
        async with self._core.store.write(actor) as uow:
            if await set_flags(uow, parsed, self._core.region, flags, why, on=on):
                label = N_("Number flagged: %(name)s") if on else N_("Flag of a number removed: %(name)s")
                uow.undoable(label, name=format_for_display(number, self._core.region))
                await uow.commit()
        return await self.state(actor, number)


def checked_reason(reason: str) -> str:
    """Return a reason as it is stored.

    Raises:
        Invalid: It is shorter than three characters.
    """
    why = clean_input(reason).strip()[:LONGEST_REASON]
    if len(why) < FEWEST_LETTERS:
        problem = _("Say why, in at least %(number)d characters.") % {"number": FEWEST_LETTERS}
        raise Invalid(_("A reason is needed. Nothing was changed."), problem, fields={"reason": problem})
    return why


async def set_flags(
    uow: UnitOfWork, number: PhoneNumber, region: str, flags: Collection[Flag], reason: str, *, on: bool
) -> bool:
    """Set or take away flags of a number in a transaction whose caller commits and says how to undo it.

    Args:
        reason: Why; a sentence of the program as `crm_tui.domain.told.stored` gives it.

    Returns:
        Whether anything was changed; a flag that a number has already keeps its reason.
    """
    repository = NumberRepository(uow.connection)
    found = (await repository.flagged([number.e164])).get(number.e164)
    before = set(_state(found, region).flags) if found is not None else set()
    changing = [flag for flag in flags if (flag in before) is not on]
    if not changing:
        return False
    by = uow.actor.id if uow.actor else None
    columns = {}
    for flag in changing:
        columns.update(flag_columns(flag, on=on, reason=reason, at=uow.at, by=by))
    await uow.keep_where(TABLE, e164=number.e164)
    await repository.make(new_id(), number.e164)
    await repository.change(number.e164, columns)
    changes = {flag.value: [not on, on] for flag in changing}
    await tell(uow, number.e164, region, FLAGGED if on else CLEARED, changes, reason)
    return True


async def tell(
    uow: UnitOfWork, e164: str, region: str, action: str, changes: dict[str, Any], reason: str
) -> None:
    """Write down what happened to a number, and let screens read again whoever has it."""
    shown = format_for_display(e164, region)
    uow.record(AuditEntry(action, record_name=shown, changes=changes, reason=reason))
    for place, ref in enumerate(await NumberRepository(uow.connection).who_has(e164)):
        uow.touched(ref.module, ref.id)
        if place < _NAMED:
            told = {"number": shown, **changes}
            uow.record(AuditEntry(action, ref.module, ref.id, ref.name, told, reason))


async def states_of(connection: Connection, numbers: Iterable[str], region: str) -> dict[str, NumberState]:
    """Return what is known of numbers, by the text that was asked for."""
    parsed = {text: _parsed(text, region) for text in dict.fromkeys(numbers)}
    rows = await NumberRepository(connection).flagged({one.e164 for one in parsed.values() if one})
    found = {e164: _state(row, region) for e164, row in rows.items()}
    return {
        text: NumberState("", text)
        if one is None
        else found.get(one.e164) or NumberState(one.e164, format_for_display(one.raw, region))
        for text, one in parsed.items()
    }


def _parsed(text: str, region: str) -> PhoneNumber | None:
    """Return a number; what is too long to be read to its end is none, however it begins."""
    return parse(text, region) if len(text) <= LONGEST_TEXT else None


def _state(row: Any, region: str) -> NumberState:
    invalid = NumberFlag(shown_text(row.invalid_reason), row.invalid_at, row.invalid_by or "")
    do_not_call = NumberFlag(shown_text(row.do_not_call_reason), row.do_not_call_at, row.do_not_call_by or "")
    return NumberState(
        row.e164,
        format_for_display(row.e164, region),
        invalid if row.is_invalid else None,
        do_not_call if row.do_not_call else None,
    )


def _flags(invalid: bool, do_not_call: bool) -> tuple[Flag, ...]:
    given = {Flag.INVALID: invalid, Flag.DO_NOT_CALL: do_not_call}
    flags = tuple(flag for flag, value in given.items() if value)
    if not flags:
        raise Invalid(_("Say what the number is flagged as: invalid or do not call. Nothing was changed."))
    return flags
