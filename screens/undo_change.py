"""The key that undoes the agent's last change: asks, undoes, tells the result."""

from typing import TYPE_CHECKING

from crm_tui.domain.undo import LastChange, Undone
from crm_tui.errors import Conflict, NotAllowed, NotFound
from crm_tui.formats import format_datetime, format_number
from crm_tui.i18n import _, language, ngettext
from screens.choice_modal import ChoiceModal
from screens.progress_modal import ProgressModal, Report
from screens.undo_modal import UndoModal

if TYPE_CHECKING:
    from crm_tui.app import CrmApp

NAMED = 5
"""Records that could not be put back and are named with their reason; of the others the number is told."""


async def ask_and_undo(app: "CrmApp") -> None:
    """Undo the agent's last change if they say yes; to be awaited in a worker."""
    change = await app.services.undo.peek(app.actor)
    if change is None:
        app.notice(_("There is nothing to undo."))
        return
    question = _("Undo: %(what)s") % {"what": change.label}
    if not await app.push_screen_wait(UndoModal(question, _detail(app, change))):
        return
    if change.in_parts:
        await app.push_screen_wait(ProgressModal(question, lambda report: _in_parts(app, change, report)))
        return
    try:
        undone = await app.services.undo.undo(app.actor, change.id)
    except (Conflict, NotAllowed, NotFound) as error:
        await _offer_to_skip(app, change, str(error))
    else:
        app.notice(result_text(undone))


def result_text(undone: Undone) -> str:
    """Return what came of undoing, in the current language."""
    lines = [_("Undone: %(what)s") % {"what": undone.label}]
    if len(undone.records) > 1:
        lines = [f"{lines[0]} ({_records(len(undone.records))})"]
    if not undone.complete:
        lines.append(_("Stopped; the rest can still be undone."))
    if undone.left_out:
        lines.append(
            ngettext(
                "%(number)s record was left as it is:",
                "%(number)s records were left as they are:",
                len(undone.left_out),
            )
            % {"number": format_number(len(undone.left_out))}
        )
        lines += [one.reason for one in undone.left_out[:NAMED]]
        if len(undone.left_out) > NAMED:
            lines.append("…")
    return "\n".join(lines)


async def _in_parts(app: "CrmApp", change: LastChange, report: Report) -> str:
    return result_text(await app.services.undo.undo(app.actor, change.id, report))


async def _offer_to_skip(app: "CrmApp", change: LastChange, reason: str) -> None:
    answer = await app.push_screen_wait(
        ChoiceModal(
            _("This can't be undone."),
            [
                ("keep", _("Leave everything as it is")),
                ("skip", _("Forget this change, so that the one before it can be undone")),
            ],
            detail=reason,
        )
    )
    if answer == "skip":
        await app.services.undo.skip(app.actor, change.id)
        app.notice(_("Forgotten: %(what)s") % {"what": change.label})


def _detail(app: "CrmApp", change: LastChange) -> str:
    when = format_datetime(change.at, app.zone, language())
    detail = f"{when} · {_records(change.records)}"
    if app.completed_call_at is None or app.completed_call_at <= change.at:
        return detail
    return f"{_('The completed call is final and stays. This was before it:')}\n{detail}"


def _records(number: int) -> str:
    return ngettext("%(number)s record", "%(number)s records", number) % {"number": format_number(number)}
