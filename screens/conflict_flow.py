"""Saving a record that somebody else saved meanwhile: shows both, lets the agent choose, loses nothing."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from crm_tui.domain.records import Record, Value
from crm_tui.domain.three_way import Side, merged, three_way
from crm_tui.errors import Conflict, Immutable
from crm_tui.i18n import _
from screens.conflict_modal import ConflictModal
from screens.value_text import ValueText

if TYPE_CHECKING:
    from crm_tui.services.records import RecordService
    from screens.base import CrmModal, CrmScreen

Update = Callable[[Mapping[str, Value], int], Awaitable[object]]
"""Writes values over the version of a record that is given; raises Conflict where that isn't the last one."""


async def save_over(
    screen: "CrmScreen[Any] | CrmModal[Any]",
    service: "RecordService",
    base: Record,
    typed: Mapping[str, object],
    update: Update | None = None,
) -> Record | None:
    """Let the agent choose between both changes and save the result; to be awaited in a worker.

    Args:
        base: The record as it was when the agent began to type.
        typed: What the agent changed.
        update: Saves the result; the service's own way unless given.

    Returns:
        The record as it is saved, or as the other agent saved it where nothing else is wanted; None if
        the agent rather goes on typing, and then nothing was saved.

    Raises:
        Invalid: What both changed doesn't fit together; nothing was saved.
        Immutable: The record can't be changed any more.
        NotFound: It has been deleted.
    """
    while True:
        theirs = await service.get(screen.actor, base.id)
        mine, _ignored = await service.checked(screen.actor, typed, base)
        names = [field.name for field in service.fields()]
        merges = three_way(_known(base, names), mine, _known(theirs, names))
        choices: Mapping[str, Side] | None = {}
        if any(merge.theirs_changed for merge in merges):
            texts = ValueText(screen.services.settings.picklists, screen.zone)
            who = theirs.modified_by.name if theirs.modified_by else "?"
            choices = await screen.app.push_screen_wait(ConflictModal(who, merges, service.fields(), texts))
        if choices is None:
            return None
        values = merged(merges, choices)
        if not values:
            return theirs
        try:
            if update is None:
                return (await service.update(screen.actor, base.id, values, theirs.version)).record
            await update(values, theirs.version)
            return theirs
        except Immutable:
            raise
        except Conflict:
            screen.app.notice(_("The record was changed once more. Look at it again; nothing is saved yet."))


def _known(record: Record, names: Sequence[str]) -> dict[str, Value]:
    values = {name: record.get(name) for name in names}
    return {**values, "owner": record.owner} if "owner" in names else values
