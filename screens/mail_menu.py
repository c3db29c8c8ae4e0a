"""The actions menu of a mail: what can be done with it beside the keys of its own."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from crm_tui.domain.actor import Verb
from crm_tui.domain.mail import MailRow
from crm_tui.domain.modules import Module
from crm_tui.i18n import N_, _
from crm_tui.policies.records import can
from screens.choice_modal import ChoiceModal
from screens.mail_acts import is_own, toggle_read
from screens.mail_attachment_actions import save_attachments
from screens.mail_deal_actions import associate, change, remove
from screens.mail_record_actions import add, create_case, create_lead, find_and_add, take_away

if TYPE_CHECKING:
    from crm_tui.app import CrmApp

_TAKE_AWAY: Final = "take_away"

Act = Callable[["CrmApp", MailRow], Awaitable[object]]
Fits = Callable[["CrmApp", MailRow], bool]


def _always(_app: "CrmApp", _row: MailRow) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class MailAction:
    """An entry of the menu.

    Attributes:
        code: Short name, the same in every language.
        digit: Its key, the same whatever else is offered; two that never stand together may share one.
        label: Marked for translation.
        verb: What the agent must be allowed to do with ``module``.
        act: Does it.
        fits: Whether it means something with a mail.
    """

    code: str
    digit: int
    label: str
    verb: Verb
    module: Module
    act: Act
    fits: Fits = _always


def _by_id(act: "Callable[[CrmApp, str], Awaitable[object]]") -> Act:
    async def run(app: "CrmApp", row: MailRow) -> None:
        await act(app, row.id)

    return run


def _has_deal(_app: "CrmApp", row: MailRow) -> bool:
    return row.association.deal is not None


def _has_no_deal(_app: "CrmApp", row: MailRow) -> bool:
    return row.association.deal is None


def _has_attachments(_app: "CrmApp", row: MailRow) -> bool:
    return row.has_attachments


def _is_read(app: "CrmApp", row: MailRow) -> bool:
    return row.is_seen and is_own(app, row)


def _is_unread(app: "CrmApp", row: MailRow) -> bool:
    return not row.is_seen


async def _outbox(app: "CrmApp", _row: MailRow) -> None:
    await app.open_outbox()


ACTIONS: Final = (
    MailAction("create_lead", 1, N_("Create a lead"), Verb.CREATE, Module.LEAD, _by_id(create_lead)),
    MailAction("create_case", 2, N_("Create a case"), Verb.CREATE, Module.CASE, _by_id(create_case)),
    MailAction("add", 3, N_("Add to the record of its sender"), Verb.EDIT, Module.MAIL, _by_id(add)),
    MailAction(
        "find_and_add",
        4,
        N_("Find a record and add it there"),
        Verb.EDIT,
        Module.MAIL,
        _by_id(find_and_add),
    ),
    MailAction("associate", 5, N_("Put to a deal"), Verb.EDIT, Module.MAIL, _by_id(associate), _has_no_deal),
    MailAction("change", 5, N_("Change the deal"), Verb.EDIT, Module.MAIL, _by_id(change), _has_deal),
    MailAction("remove", 6, N_("Remove from the deal"), Verb.EDIT, Module.MAIL, _by_id(remove), _has_deal),
    MailAction(
        "attachments",
        7,
        N_("Save attachments"),
        Verb.VIEW,
        Module.MAIL,
        _by_id(save_attachments),
        _has_attachments,
    ),
    MailAction("unread", 8, N_("Mark as unread"), Verb.VIEW, Module.MAIL, toggle_read, _is_read),
    MailAction("read", 8, N_("Mark as read"), Verb.VIEW, Module.MAIL, toggle_read, _is_unread),
    MailAction("outbox", 9, N_("Open the outbox"), Verb.VIEW, Module.MAIL, _outbox),
    MailAction(
        _TAKE_AWAY,
        0,
        N_("Remove from a record it was added to"),
        Verb.EDIT,
        Module.MAIL,
        _by_id(take_away),
    ),
)
"""All entries, in the order they are offered."""


async def choose_mail_action(app: "CrmApp", row: MailRow) -> None:
    """Offer what can be done with a mail, and do it; to be awaited in a worker."""
    with app.keys.hold():
        added = await app.services.mail_records.added_to(app.actor, row.id)
    offered = [
        one
        for one in ACTIONS
        if one.fits(app, row)
        and can(app.actor, one.verb, one.module) is True
        and (added or one.code != _TAKE_AWAY)
    ]
    options = [(one.code, _(one.label)) for one in offered]
    digits = [one.digit for one in offered]
    menu = ChoiceModal(_("What shall be done with this mail?"), options, digits=digits)
    chosen = await app.push_screen_wait(menu)
    for one in offered:
        if one.code == chosen:
            await one.act(app, row)
