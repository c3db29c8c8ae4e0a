"""The actions menu: what can be done with the marked records, or with the one in focus."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from crm_tui.domain.merging import MERGEABLE
from crm_tui.domain.modules import ACTIVITIES, PARENTS, PEOPLE, Module
from crm_tui.domain.records import Ref
from crm_tui.i18n import N_, _
from screens.add_members import add_to_campaign
from screens.bulk_actions import change_owner, update_field
from screens.choice_modal import ChoiceModal
from screens.convert_lead_screen import convert_selection
from screens.delete_records import delete_selection
from screens.duplicates_screen import find_duplicates, list_duplicates
from screens.history_modal import show_history
from screens.imports.entry import import_records
from screens.merge_screen import merge_selection
from screens.number_flags import change_flags
from screens.queue_start import queue_of_campaign, queue_of_selection
from screens.record_export import export_selection
from screens.selection import Selection
from screens.sync.event_to_outlook import has_outlook, send_to_outlook

if TYPE_CHECKING:
    from screens.base import CrmScreen

Run = Callable[["CrmScreen[Any]", Selection], Awaitable[bool]]
"""Does it, in a worker; returns whether it was done, so that the marks can go."""

OwnAction = tuple[str, str, Callable[[], Awaitable[bool]]]
"""An action of the list that the records stand in: code, label marked for translation, what does it."""


@dataclass(frozen=True, slots=True)
class RecordAction:
    """An entry of the actions menu.

    Attributes:
        code: Short name, the same in every language.
        digit: Its key, the same whatever else is offered; two that never stand together may share one. None
            for an entry that is taken with the cursor.
        label: Marked for translation.
        verb: What the agent must be allowed to do with the module.
        run: Does it.
        modules: Whose records it is for.
        several: Whether it works on several records.
        whole_list: Whether it works on a whole list that was never read to its end.
        at_least: How many records it needs.
        creates: What else the agent must be allowed to create, as the calls of a queue.
        when: Whether this console has what it needs.
    """

    code: str
    digit: int | None
    label: str
    verb: str
    run: Run
    modules: frozenset[Module] = frozenset(PARENTS)
    several: bool = True
    whole_list: bool = True
    at_least: int = 1
    creates: Module | None = None
    when: Callable[["CrmScreen[Any]"], bool] = lambda screen: True

    def fits(self, selection: Selection) -> bool:
        """Return whether the action can be offered for ``selection``."""
        if selection.module not in self.modules:
            return False
        if selection.is_whole_list:
            return self.whole_list
        return len(selection.ids) >= self.at_least and (self.several or len(selection.ids) == 1)


async def write_mail(screen: "CrmScreen[Any]", selection: Selection) -> bool:
    """Let the agent write a mail to the selected lead or contact, or to the contact of the selected deal."""
    from screens.mail_writing import write

    await write(screen.app, Ref(selection.module, selection.ids[0], selection.name))
    return False


_ITSELF = "itself"

_MERGEABLE = frozenset(MERGEABLE)

_NUMBERED = frozenset({Module.LEAD, Module.CONTACT, Module.ACCOUNT})

_OWNED = frozenset(PARENTS) | frozenset(ACTIVITIES)

ACTIONS: tuple[RecordAction, ...] = (
    RecordAction("campaign", 1, N_("Add to campaign"), "view", add_to_campaign, modules=frozenset(PEOPLE)),
    RecordAction(
        "convert",
        2,
        N_("Convert"),
        "edit",
        convert_selection,
        modules=frozenset({Module.LEAD}),
        several=False,
        whole_list=False,
    ),
    RecordAction(
        "duplicates",
        3,
        N_("What looks like this one"),
        "view",
        find_duplicates,
        modules=_MERGEABLE,
        several=False,
        whole_list=False,
    ),
    RecordAction(
        "all_duplicates",
        4,
        N_("All duplicates"),
        "view",
        list_duplicates,
        modules=_MERGEABLE,
        several=False,
        whole_list=False,
    ),
    RecordAction(
        "merge", 4, N_("Merge"), "delete", merge_selection, modules=_MERGEABLE, whole_list=False, at_least=2
    ),
    RecordAction("owner", 5, N_("Change the owner"), "edit", change_owner, modules=_OWNED),
    RecordAction("field", 6, N_("Set a field"), "edit", update_field, modules=_OWNED),
    RecordAction("export", 7, N_("Export"), "view", export_selection, modules=_OWNED),
    RecordAction(
        "history",
        8,
        N_("History"),
        "view",
        show_history,
        modules=frozenset((*PARENTS, *ACTIVITIES)),
        several=False,
        whole_list=False,
    ),
    RecordAction("delete", 9, N_("Delete"), "delete", delete_selection, modules=_OWNED),
    RecordAction(
        "queue",
        0,
        N_("Call queue"),
        "view",
        queue_of_selection,
        modules=frozenset(PEOPLE),
        creates=Module.CALL,
    ),
    RecordAction(
        "campaign_queue",
        0,
        N_("Call queue"),
        "view",
        queue_of_campaign,
        modules=frozenset({Module.CAMPAIGN}),
        several=False,
        whole_list=False,
        creates=Module.CALL,
    ),
    RecordAction(
        "numbers",
        None,
        N_("Mark a number"),
        "edit",
        change_flags,
        modules=_NUMBERED,
        several=False,
        whole_list=False,
    ),
    RecordAction(
        "mail",
        None,
        N_("Write a mail"),
        "view",
        write_mail,
        modules=frozenset((*PEOPLE, Module.DEAL)),
        several=False,
        whole_list=False,
        creates=Module.MAIL,
    ),
    RecordAction(
        "outlook",
        None,
        N_("Put events into Outlook"),
        "view",
        send_to_outlook,
        modules=frozenset(ACTIVITIES),
        whole_list=False,
        when=has_outlook,
    ),
    RecordAction("import", None, N_("Import"), "create", import_records, modules=_OWNED),
)
"""All entries, in the order they are offered."""


async def choose_action(
    screen: "CrmScreen[Any]", selection: Selection, own: Sequence[OwnAction] = ()
) -> bool:
    """Offer what can be done with ``selection`` and do it; to be awaited in a worker.

    Args:
        own: Actions of the list of linked records that the selected ones stand in. They are offered alone,
            with one more that leads to those of the records themselves.

    Returns:
        Whether something was done.
    """
    if own:
        options = [*((code, _(label)) for code, label, _act in own), (_ITSELF, _("The record itself …"))]
        chosen = await screen.app.push_screen_wait(ChoiceModal(_("What shall be done?"), options))
        for code, _label, act in own:
            if code == chosen:
                return await act()
        if chosen != _ITSELF:
            return False
    fitting = [action for action in ACTIONS if action.fits(selection)]
    offered = [
        action
        for action in fitting
        if screen.allowed(action.verb, selection.module)
        and (action.creates is None or screen.allowed("create", action.creates))
        and action.when(screen)
    ]
    if not offered:
        screen.app.notice(_("There is nothing that you may do with this selection."))
        return False
    options = [(action.code, _(action.label)) for action in offered]
    digits = [action.digit for action in offered]
    menu = ChoiceModal(_("What shall be done?"), options, digits=digits)
    chosen = await screen.app.push_screen_wait(menu)
    action = next((action for action in offered if action.code == chosen), None)
    return action is not None and await action.run(screen, await _named(screen, selection))


async def _named(screen: "CrmScreen[Any]", selection: Selection) -> Selection:
    """Return ``selection`` with the name of a single record, which a mark alone doesn't know."""
    if selection.name or selection.is_whole_list or len(selection.ids) != 1:
        return selection
    activity = selection.module in ACTIVITIES
    service = screen.services.activities if activity else screen.services.records(selection.module)
    record = await service.get(screen.actor, selection.ids[0])
    return replace(selection, name=record.name)
