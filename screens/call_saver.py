"""How the call form is saved, left and given up."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from crm_tui.domain.call import Call, CallStatus, values_of
from crm_tui.domain.modules import Module
from crm_tui.domain.records import Ref, Value
from crm_tui.errors import Conflict, Immutable, Invalid
from crm_tui.formats import format_duration
from crm_tui.i18n import _
from screens.action_hold import held
from screens.background import in_background
from screens.call_aftermath import open_call_back, told, wants_call_back
from screens.call_values import values_to_save
from screens.conflict_flow import save_over
from screens.key_names import with_keys
from screens.navigation import CALL_STACK
from screens.unsaved_text import keep_as_draft
from screens.widgets.mode_switch import CallMode

if TYPE_CHECKING:
    from screens.call_logger import CallLoggerScreen


class CallSaver:
    """Everything that ends a call form. Its work belongs to the app: leaving the form cancels none of it.

    Args:
        screen: The form.
    """

    def __init__(self, screen: "CallLoggerScreen") -> None:
        self._screen = screen
        self.is_busy = False
        self.is_done = False
        """The call is saved or given up; the form closes as soon as it is in front."""

    def save(self, *, then_task: bool) -> None:
        """Save the call and close the form; what is wrong is shown under the fields.

        Args:
            then_task: Open a new task with the same person and record afterwards.
        """
        if self.is_busy or self.is_done or not self._screen.is_open:
            return
        if self._screen.mode is CallMode.CURRENT and self._screen.call is None:
            text = _(
                "This call hasn't started yet. F2 starts it; F7 makes it a completed or a scheduled call."
            )
            app = self._screen.app
            app.notice(with_keys(app, text, F2="app.call", F7="call.mode"))
            return
        self.is_busy = True
        self._run(partial(self._save, then_task))

    def cancel(self) -> None:
        """Ask whether the running call was started by mistake, and cancel it."""
        if not self.is_busy and self._screen.call is not None:
            self._run(partial(self._cancel, self._screen.call))

    def leave(self) -> None:
        """Go back: a call in progress keeps its form, anything else typed is asked about."""
        self._run(self._leave)

    async def _leave(self) -> None:
        screen = self._screen
        if screen.in_progress and not self.is_done:
            await screen.flush()
            await screen.app.leave_call_stack()
        elif screen.has_unsaved_text():
            await self._ask_to_leave()
        else:
            await self._give_up(keep_draft=False)

    def look_why_closed(self) -> None:
        """React to the call being saved or cancelled from another screen or console, if it was."""
        if not self.is_busy and self._screen.call is not None:
            look = partial(self._look_why_closed, self._screen.call.id)
            in_background(self._screen.app, "call.write", look)

    async def _look_why_closed(self, call_id: str) -> None:
        """Close, unless the form holds text that the saved call doesn't have."""
        screen = self._screen
        call = await screen.services.calls.get(screen.actor, call_id)
        if self.is_busy or self.is_done or not call.is_final:
            return
        screen.call = call
        if call.status is CallStatus.CANCELLED:
            await self._end()
        elif screen.form.is_dirty:
            screen.app.notice(_("This call was saved elsewhere, without the text here. Copy what you need."))
        else:
            screen.app.notice(_("This call was saved elsewhere."))
            await self._end()

    def close_unopened(self) -> None:
        """Close a form that can't be opened; keys that were typed for it are dropped."""
        self.is_done = True
        self._screen.app.keys.drop()
        self._screen.app.call_later(self.close)

    async def close(self) -> None:
        """Close the form if it is in front; otherwise it closes when it comes to the front."""
        screen, app = self._screen, self._screen.app
        if app.screen is not screen:
            return
        await app.close_screen(screen)
        # What was typed before this call began may stand under it.
        if app.current_mode == CALL_STACK and len(app.screen_stack) == 1:
            await app.leave_call_stack()

    async def _save(self, then_task: bool) -> None:
        screen, app = self._screen, self._screen.app
        screen.form.follow_duration()
        values = values_to_save(screen.form.values(), screen.mode)
        try:
            try:
                with app.keys.hold():
                    call = await self._store(values)
                    await self._end()
            except Conflict as error:
                settled = await self._settle(error, values)
                if settled is None:
                    return
                call = settled
                await self._end()
        except Invalid as error:
            screen.form.show_errors(error)
            self._name_ways_out()
            return
        except Conflict:
            self.is_busy = False
            await app.read_running_call()
            raise
        finally:
            self.is_busy = False
        if call.status is CallStatus.COMPLETED:
            app.completed_call_at = call.completed_at
        app.notice(told(screen.services, call, screen.zone, self._saved_text(call)))
        if screen.call is None:
            app.tell_saved(Ref(Module.CALL, call.id, call.subject))
        if then_task:
            await app.open_form(Module.TASK, prefill=task_values(call))
        elif screen.mode is not CallMode.SCHEDULED and wants_call_back(screen.services, call):
            await open_call_back(app, call)

    def _name_ways_out(self) -> None:
        """Say under an empty person how a call with somebody unknown ends all the same."""
        screen = self._screen
        if screen.in_progress and screen.form.who is None:
            hint = _("Choose or make a person; F5 cancels the call.")
            field = screen.form["who"]
            field.show_error(f"{field.error} {with_keys(screen.app, hint, F5='call.cancel')}".strip())

    async def _store(self, values: dict[str, object]) -> Call:
        screen = self._screen
        calls, actor = screen.services.calls, screen.actor
        if screen.mode is CallMode.COMPLETED:
            return await calls.log(actor, values)
        if screen.mode is CallMode.CURRENT and screen.call is not None:
            saved = await calls.save(actor, screen.call.id, values)
            screen.app.set_running_call(None)
            return saved
        if screen.call is not None:
            return await calls.update(actor, screen.call.id, values, screen.call.version)
        return await calls.schedule(actor, values)

    async def _settle(self, error: Conflict, values: dict[str, object]) -> Call | None:
        """Let the agent choose where somebody else changed the scheduled call; None to go on typing."""
        screen, call = self._screen, self._screen.call
        if isinstance(error, Immutable) or screen.mode is not CallMode.SCHEDULED or call is None:
            raise error
        calls, actor = screen.services.calls, screen.actor
        now = await calls.records.get(actor, call.id)
        known = {name: value for name, value in values_of(call).items() if name != "status"}
        base = replace(now, values={**now.values, **known}, owner=call.owner, version=call.version)
        saved = call

        async def update(chosen: Mapping[str, Value], version: int) -> None:
            nonlocal saved
            saved = await calls.update(actor, base.id, chosen, version)

        return saved if await save_over(screen, calls.records, base, values, update) is not None else None

    async def _cancel(self, call: Call) -> None:
        app = self._screen.app
        question = _("Cancel this call? It is kept as cancelled; what was typed is dropped.")
        if not await app.confirm(question, _("Cancel the call")):
            return
        await self._screen.services.calls.cancel(self._screen.actor, call.id)
        self.is_done = True
        app.set_running_call(None)
        await self._end()
        app.notice(_("The call is cancelled."))

    async def _end(self) -> None:
        """Drop the draft of what is in the store now, and close."""
        self.is_done = True
        await self._screen.drop_draft()
        await self.close()

    async def _ask_to_leave(self) -> None:
        if (keep := await keep_as_draft(self._screen.app)) is not None:
            await self._give_up(keep_draft=keep)

    async def _give_up(self, *, keep_draft: bool) -> None:
        self.is_done = True
        if keep_draft:
            await self._screen.flush()
        else:
            await self._screen.drop_draft()
        await self.close()

    def _saved_text(self, call: Call) -> str:
        if self._screen.mode is CallMode.SCHEDULED:
            return f"{_('The call is scheduled.')} {call.subject}"
        if call.wrap_up_seconds is None or self._screen.mode is CallMode.COMPLETED:
            return f"{_('The call is saved.')} {call.subject}"
        times = {
            "talk": format_duration(call.duration_seconds or 0),
            "wrap_up": format_duration(call.wrap_up_seconds),
        }
        return _("The call is saved: %(talk)s, wrap-up %(wrap_up)s.") % times

    def _run(self, work: Callable[[], Awaitable[None]]) -> None:
        """Run work of a key; the keys behind it are for what it opens, or for what stands when it is done."""
        app = self._screen.app
        in_background(app, "call.write", held(app.keys, work))


def task_values(call: Call) -> dict[str, Value]:
    """Return what a task that follows from ``call`` starts with."""
    return {"who": call.who, "related_to": call.related_to}
