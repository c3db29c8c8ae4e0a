"""What all bulk actions of the console share: finding the records, asking, progress, the result."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from crm_tui.domain.bulk import BulkResult, Report, Targets, go_on
from crm_tui.domain.modules import ACTIVITIES, PLURAL, SINGULAR
from crm_tui.formats import format_number
from crm_tui.i18n import _, ngettext
from crm_tui.text import safe
from screens.count_confirm_modal import CountConfirmModal
from screens.key_names import with_undo_key
from screens.progress_modal import ProgressModal, with_progress
from screens.selection import Selection

if TYPE_CHECKING:
    from screens.base import CrmScreen

AT_ONCE = 25
"""Records that are changed without a dialog that shows how far it is."""

TYPED = 100
"""Records from which a deletion is confirmed by typing their number; a whole list always is."""

Act = Callable[[Report], Awaitable[BulkResult]]
"""Does the work and tells how far it is."""


async def targets_of(screen: "CrmScreen[Any]", selection: Selection) -> Targets | None:
    """Return the records of a selection, None if there are none or the agent stopped the search.

    Raises:
        CrmError: One of the records is gone, or may not be seen any more.
    """
    bulk, actor, module = screen.services.bulk, screen.actor, selection.module
    if selection.query is None:
        return await bulk.choose(actor, module, selection.ids)
    query, but = selection.query, selection.but
    found: list[Targets] = []

    async def search(report: Report) -> str:
        found.append(await bulk.choose_list(actor, module, query, but, report))
        return ""

    modal = ProgressModal(_("Finding the records of this list"), search, closes_itself=True)
    if await screen.app.push_screen_wait(modal) is not True or modal.was_stopped:
        return None
    if not found[0].number:
        screen.app.notice(_("There are no records in this list."))
        return None
    return found[0]


def who(selection: Selection, targets: Targets) -> str:
    """Return how a sentence names the records: by name, or by number and kind."""
    if selection.name and targets.number == 1:
        return _("“%(name)s”") % {"name": safe(selection.name, limit=80)}
    if len(targets.ids) > 1 or selection.module in ACTIVITIES:
        text = ngettext("%(number)s activity", "%(number)s activities", targets.number)
        return text % {"number": format_number(targets.number)}
    names = SINGULAR if targets.number == 1 else PLURAL
    return _("%(number)s records (%(module)s)") % {
        "number": format_number(targets.number),
        "module": _(names[selection.module]),
    }


async def confirmed_deletion(
    screen: "CrmScreen[Any]", question: str, selection: Selection, targets: Targets, detail: str
) -> bool:
    """Ask before a deletion; for a whole list or very many records the number has to be typed."""
    if selection.is_whole_list or targets.number >= TYPED:
        modal = CountConfirmModal(question, targets.number, detail)
        return await screen.app.push_screen_wait(modal) is True
    return await screen.app.confirm(question, _("Delete"), detail)


async def work(
    screen: "CrmScreen[Any]", title: str, targets: Targets, act: Act, outcome: Callable[[int], str]
) -> bool:
    """Do a short piece of work at once and a long one behind a dialog that can stop it.

    Args:
        title: What is being done, translated.
        outcome: Says in one sentence what was done to so many records.

    Returns:
        Whether it was done, or stopped after a part.
    """

    def told(result: BulkResult) -> str:
        undo = with_undo_key(screen.app, _("z takes it back.")) if result.done else ""
        stopped = _("Stopped.") if result.stopped else ""
        parts = [stopped, outcome(result.done), _unchanged(result), _left_out(result), undo]
        return " ".join(filter(None, parts))

    if targets.number <= AT_ONCE:
        screen.app.notice(told(await act(go_on)))
        return True

    async def job(report: Report) -> str:
        return told(await act(report))

    return await with_progress(screen.app, title, job)


def _unchanged(result: BulkResult) -> str:
    if not result.unchanged:
        return ""
    text = ngettext("%(number)s was so already.", "%(number)s were so already.", result.unchanged)
    return text % {"number": format_number(result.unchanged)}


def _left_out(result: BulkResult) -> str:
    if not result.left_out:
        return ""
    text = ngettext(
        "%(number)s was left out: somebody else changed or deleted it meanwhile.",
        "%(number)s were left out: somebody else changed or deleted them meanwhile.",
        result.left_out,
    )
    return text % {"number": format_number(result.left_out)}
