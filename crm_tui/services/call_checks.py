"""Checking what is known of a call: typed values, found references, everything required."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from crm_tui.domain.actor import Actor
from crm_tui.domain.call import Call, CallStatus, StartCall, call_back_subject, default_subject
from crm_tui.domain.fields import Field
from crm_tui.domain.layout import FIXED
from crm_tui.domain.records import Record, Ref, Value
from crm_tui.domain.validation import check_values, missing
from crm_tui.errors import Conflict, Invalid
from crm_tui.i18n import _
from crm_tui.services.call_records import MEASURED, CallRecords, first_number
from crm_tui.services.core import Core
from crm_tui.services.records import refuse
from crm_tui.services.settings import call_back_reminder, call_layout
from crm_tui.store.repositories.records import RecordRepository

_OWNER = frozenset({"owner"})
_MISSED = "missed"


class CallChecks:
    """Turns what was typed into values that a call can be saved with."""

    def __init__(self, core: Core, records: CallRecords) -> None:
        self._core = core
        self._records = records

    async def whole(
        self,
        actor: Actor,
        given: Mapping[str, object],
        known: Mapping[str, Value],
        *,
        past: bool = False,
        required: frozenset[str] = frozenset(),
        ignore: frozenset[str] = frozenset(),
        phone: str = "",
    ) -> dict[str, Value]:
        """Return ``known`` with ``given`` typed and checked; every error is collected.

        Args:
            past: The call has taken place; dates without a year are read backwards.
            required: What is required beside subject, type and who; empty for the administrator's choice.
            ignore: Fields that are filled by themselves and so aren't required.
            phone: The number that called or was called; nobody needs to know whose missed call it was.

        Raises:
            Invalid: With a reason per field.
        """
        fields = self._records.fields()
        checked = check_values(
            fields, given, self._core.context(actor, past=past, timed=True), settable=_OWNER
        )
        values, unresolved = await self._records.resolved(actor, fields, checked.values, known)
        whole = {**known, **{k: v for k, v in values.items() if v is not None or k in known}}
        if whole.get("type") == _MISSED and not whole.get("subject"):
            whole["subject"] = default_subject(
                _MISSED, who.name if isinstance(who := whole.get("who"), Ref) else ""
            )
        absent = missing(self._demanded(whole, required, ignore, phone), whole)
        errors = {**absent, **self._records.problems(whole, None), **unresolved, **checked.errors}
        start = whole.get("starts_at")
        if past and "starts_at" in given and isinstance(start, datetime) and start > self._core.clock.now():
            errors.setdefault("starts_at", _("A completed call can't start in the future."))
        refuse(errors)
        return whole

    async def start(self, actor: Actor, start: StartCall, scheduled: Call | None) -> StartCall:
        """Fill in what a scheduled call or the person already says, and check the links.

        Raises:
            Invalid: A value doesn't fit, or a record can't be found.
        """
        start = start if scheduled is None else _of_scheduled(start, scheduled)
        fields = self._records.fields()
        checked = check_values(fields, _start_values(start), self._core.context(actor), settable=frozenset())
        values, unresolved = await self._records.resolved(actor, fields, checked.values, {})
        refuse({**checked.errors, **unresolved, **self._records.problems(values, None)})
        who, related = values["who"], values["related_to"]
        person = await self._person(actor, who)
        return replace(
            start,
            who=who if isinstance(who, Ref) else None,
            related_to=related if isinstance(related, Ref) else None,
            type=str(values["type"] or StartCall().type),
            purpose=str(values["purpose"] or ""),
            subject=str(values["subject"] or default_subject(start.type, person.name if person else "")),
            phone=start.phone or first_number(person),
        )

    async def call_back(self, actor: Actor, call: Mapping[str, Value], at: object) -> dict[str, Value] | None:
        """Return the values of the call that was asked for in another one, None for no time.

        It reminds as the organisation decided.

        Args:
            call: The values of the call in which it was asked for.
            at: When, as typed or an aware time; None or "" for no call back.

        Raises:
            Invalid: The time can't be read; its field is ``call_back``.
        """
        if at in (None, ""):
            return None
        who = call.get("who")
        values: dict[str, object] = {name: call.get(name) for name in ("who", "related_to", "purpose")}
        values["type"] = "outbound"
        values["reminder"] = call_back_reminder(self._core.options, self._core.picklists) or None
        values["subject"] = call_back_subject(who if isinstance(who, Ref) else None, str(call.get("subject")))
        try:
            return await self.whole(actor, {**values, "starts_at": at}, {}, required=frozenset({"starts_at"}))
        except Invalid as error:
            refuse({"call_back": next(iter(error.fields.values()), error.message)})
        return None

    async def number_of(self, actor: Actor, who: Value) -> str:
        """Return the number a person is called at, which the lists of calls show."""
        return first_number(await self._person(actor, who))[:50]

    def _demanded(
        self, whole: Mapping[str, Value], required: frozenset[str], ignore: frozenset[str], phone: str
    ) -> Sequence[Field]:
        """A missed call has no duration and no result, and perhaps nobody but a number."""
        missed = whole.get("type") == _MISSED
        fixed = FIXED - {"who"} if missed and phone else FIXED
        return [
            field.but(required=True)
            for field in call_layout(self._core.options).fields()
            if field.name in fixed
            or (
                field.name not in FIXED
                and (field.name in required if required else field.required and field.name not in ignore)
                and not (missed and field.name in MEASURED)
            )
        ]

    async def _person(self, actor: Actor, who: Value) -> Record | None:
        if not isinstance(who, Ref):
            return None
        async with self._core.store.read() as connection:
            return await RecordRepository(connection, who.module).get(actor, who.id)


def refuse_colleagues_call(actor: Actor, call: Call) -> None:
    """Raise when another agent is on the line: only they end a call, with what they have typed.

    Raises:
        Conflict: The call runs, or waits to be saved, and isn't the actor's.
    """
    if call.status is CallStatus.IN_PROGRESS and call.owner.id != actor.id:
        raise Conflict(_("This call is running. Nothing was saved."), call.owner.name)


def _of_scheduled(start: StartCall, scheduled: Call) -> StartCall:
    return replace(
        start,
        who=scheduled.who,
        related_to=scheduled.related_to,
        type=scheduled.type,
        subject=scheduled.subject,
        purpose=scheduled.purpose,
    )


def _start_values(start: StartCall) -> dict[str, object]:
    return {
        "type": start.type,
        "purpose": start.purpose,
        "who": start.who,
        "related_to": start.related_to,
        "subject": start.subject,
    }
