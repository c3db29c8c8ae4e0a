"""How the call form comes by its call: started, found running, read for editing, or new."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from crm_tui.domain.call import Call, CallStatus, StartCall
from crm_tui.domain.layout import CallLayout
from crm_tui.domain.modules import Module
from crm_tui.domain.records import Ref, Value
from crm_tui.errors import Conflict, Immutable
from crm_tui.i18n import _
from screens.blocked_call import start_unless_blocked
from screens.call_values import form_values
from screens.dial import dial_started

if TYPE_CHECKING:
    from screens.call_logger import CallLoggerScreen


@dataclass(frozen=True, slots=True)
class OpenedCall:
    """What the form is built from.

    Attributes:
        layout: The administrator's layout.
        call: The call, None for one that doesn't exist yet.
        values: What the fields start with.
        draft: What was typed before and never saved.
    """

    layout: CallLayout
    call: Call | None
    values: Mapping[str, Value]
    draft: Mapping[str, str] = field(default_factory=dict)


class CallOpening:
    """Reads what a call form needs.

    Args:
        screen: The form.
        wish: What it was opened with; its ``scheduled_id`` is any call that exists.
        start: Start a call at once.
        values: What the fields of a new call start with beside these.
    """

    def __init__(
        self, screen: "CallLoggerScreen", wish: StartCall, *, start: bool, values: Mapping[str, Value]
    ) -> None:
        self._screen = screen
        self._wish = wish
        self._start = start
        self._values = values

    async def read(self) -> OpenedCall | None:
        """Return what the form is built from; starts the call if that was asked for.

        Returns:
            None where the call is blocked and the agent gave it up.

        Raises:
            CrmError: The call can't be read or started.
        """
        services = self._screen.services
        layout = services.calls.layout()
        call = await self._call()
        if call is not None:
            return OpenedCall(layout, call, form_values(call), await self._draft_of(call))
        if self._start:
            return None
        known = {"who": await self._person(), "related_to": self._wish.related_to}
        return OpenedCall(layout, None, {**known, **self._values}, await self._old_draft())

    async def start(self, typed: Mapping[str, object]) -> Call | None:
        """Start a call with what was typed so far and return it, None where the agent gave it up.

        Raises:
            CrmError: It can't be started.
        """
        who, related_to = typed.get("who"), typed.get("related_to")
        return await self._begin(
            StartCall(
                who=who if isinstance(who, Ref) else None,
                related_to=related_to if isinstance(related_to, Ref) else None,
                type=str(typed.get("type") or "outbound"),
                subject=str(typed.get("subject") or ""),
                purpose=str(typed.get("purpose") or ""),
            )
        )

    async def _call(self) -> Call | None:
        wish = self._wish
        if not wish.scheduled_id:
            if not self._start:
                return None
            return await self._start_or_find(replace(wish, who=await self._person()))
        call = await self._screen.services.calls.get(self._screen.actor, wish.scheduled_id)
        if call.is_final:
            raise Immutable(_("This call is already completed or cancelled."))
        if not self._start or call.status is not CallStatus.SCHEDULED:
            return call
        return await self._start_or_find(
            replace(
                wish,
                who=call.who,
                related_to=call.related_to,
                type=call.type,
                subject=call.subject,
                purpose=call.purpose,
            )
        )

    async def _start_or_find(self, wish: StartCall) -> Call | None:
        """Start a call; if one is open already, say so and go on with that one."""
        try:
            return await self._begin(wish)
        except Conflict as conflict:
            running = await self._screen.services.calls.running(self._screen.actor)
            if running is None:
                raise
            self._screen.show_error(conflict)
            self._screen.app.set_running_call(running)
            return running

    async def _begin(self, wish: StartCall) -> Call | None:
        return await start_unless_blocked(self._screen, wish, self._started)

    async def _started(self, wish: StartCall) -> Call:
        with self._screen.app.keys.hold():
            call = await self._screen.services.calls.start(self._screen.actor, wish)
            self._screen.app.set_running_call(call)
        dial_started(self._screen.app, call)
        return call

    async def _person(self) -> Ref | None:
        """Return whom the call is with; a deal, a case, a converted lead in focus know their contact."""
        who, related_to = self._wish.who, self._wish.related_to
        if who is not None and who.module is Module.LEAD:
            lead = await self._screen.services.leads.get(self._screen.actor, who.id)
            return lead.ref_to("converted_contact") or who
        if who is not None or related_to is None or related_to.module not in (Module.DEAL, Module.CASE):
            return who
        record = await self._screen.services.records(related_to.module).get(self._screen.actor, related_to.id)
        return record.ref_to("contact")

    async def _draft_of(self, call: Call) -> Mapping[str, str]:
        """Return what was typed for a call; that of a running one goes where the agent goes."""
        drafts, actor, key = self._screen.services.drafts, self._screen.actor, f"call:{call.id}"
        draft = await drafts.take(actor, key)
        if draft is None and call.status is CallStatus.IN_PROGRESS:
            draft = await drafts.load(actor, key)
        return draft or {}

    async def _old_draft(self) -> Mapping[str, str]:
        """Return what was typed into a form like this when the console ended, if the agent wants it."""
        services, actor = self._screen.services, self._screen.actor
        key = f"call:new:{self._screen.mode}"
        draft = await services.drafts.take(actor, key)
        if not draft:
            return {}
        name = draft.get("who", "").rpartition(":")[2].lstrip("?") or _("nobody yet")
        question = _("There is unsaved text of a call with %(name)s. Go on with it?") % {"name": name}
        if await self._screen.app.confirm(question, _("Go on"), draft.get("description", "")[:200]):
            return draft
        await services.drafts.discard(actor, key)
        return {}
