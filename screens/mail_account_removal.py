"""Removing a mail account: what becomes of its mail is told before, and chosen."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from crm_tui.domain.bulk import Report
from crm_tui.domain.mail import MailAccount
from crm_tui.domain.mail_removal import MailCounts, MailRemoved
from crm_tui.domain.modules import Module
from crm_tui.formats import format_number
from crm_tui.i18n import _, ngettext
from crm_tui.text import safe
from screens.choice_modal import ChoiceModal
from screens.progress_modal import ProgressModal

if TYPE_CHECKING:
    from screens.base import CrmScreen

_KEEP, _ALL, _CANCEL = "keep", "all", "cancel"
_NAME_CELLS: Final = 60


async def ask_and_remove(screen: "CrmScreen[Any]", account: MailAccount) -> bool:
    """Say how many messages go and stay, ask, and remove an account; return whether it was begun."""
    counts = await screen.services.mail_removal.preview(screen.actor, account.id)
    name = {"address": safe(account.address, limit=_NAME_CELLS)}
    modal = ChoiceModal(
        _("Remove %(address)s?") % name,
        _choices(counts, may_delete=screen.allowed("delete", Module.MAIL)),
        current=_CANCEL,
        detail="\n".join(removal_lines(counts)),
    )
    chosen = await screen.app.push_screen_wait(modal)
    if chosen not in (_KEEP, _ALL):
        return False
    job = partial(_remove, screen, account, chosen == _ALL)
    await screen.app.push_screen_wait(ProgressModal(_("Removing %(address)s") % name, job))
    return True


def removal_lines(counts: MailCounts) -> list[str]:
    """Return what removing an account does, as sentences."""
    told = (
        (counts.alone, _deleted(counts.alone)),
        (counts.stay_elsewhere, _elsewhere(counts.stay_elsewhere)),
        (counts.on_records, _of_records(counts.on_records)),
        (counts.unsent, _unsent(counts.unsent)),
    )
    return [
        _("Its password is erased at once, and no mail is fetched or sent by it any more."),
        _("Nothing changes on the mail server. This can't be undone."),
        *(text % {"number": format_number(number)} for number, text in told if number),
    ]


def _choices(counts: MailCounts, *, may_delete: bool) -> Sequence[tuple[str, str]]:
    """Return the answers; only where mail of records would go is there something to choose."""
    keep = (_KEEP, _("Remove it; mail of leads, contacts and deals stays"))
    everything = (_ALL, _("Remove it with all its mail, that of leads, contacts and deals too"))
    cancel = (_CANCEL, _("Leave it as it is"))
    return (
        (keep, everything, cancel) if counts.on_records and may_delete else ((_KEEP, _("Remove it")), cancel)
    )


def _deleted(number: int) -> str:
    return ngettext(
        "%(number)s mail that belongs to no record and is in no other mailbox is deleted here.",
        "%(number)s mails that belong to no record and are in no other mailbox are deleted here.",
        number,
    )


def _elsewhere(number: int) -> str:
    return ngettext(
        "%(number)s mail stays because another mailbox has it too.",
        "%(number)s mails stay because other mailboxes have them too.",
        number,
    )


def _of_records(number: int) -> str:
    return ngettext(
        "%(number)s mail of leads, contacts or deals is only here. If it stays, whoever reads it now goes on "
        "reading it, but its attachments can't be fetched any more, and it no longer counts for its deal.",
        "%(number)s mails of leads, contacts or deals are only here. If they stay, whoever reads them now "
        "goes on reading them, but their attachments can't be fetched any more, and they no longer count for "
        "their deals.",
        number,
    )


def _unsent(number: int) -> str:
    return ngettext(
        "%(number)s mail of its outbox isn't sent. It stays there, to be edited and sent otherwise.",
        "%(number)s mails of its outbox aren't sent. They stay there, to be edited and sent otherwise.",
        number,
    )


async def _remove(screen: "CrmScreen[Any]", account: MailAccount, all_mail: bool, report: Report) -> str:
    return _outcome(
        await screen.services.mail_removal.remove(screen.actor, account.id, all_mail=all_mail, report=report)
    )


def _outcome(done: MailRemoved) -> str:
    numbers = {"deleted": format_number(done.deleted), "kept": format_number(done.kept)}
    if done.stopped:
        return (
            _("Stopped: %(deleted)s deleted so far. Nothing is fetched any more; remove it again to go on.")
            % numbers
        )
    return _("The mailbox is removed. Mail deleted: %(deleted)s, of records kept: %(kept)s.") % numbers
