"""Which deal a mail belongs to, chosen by an agent: one way for lists, related lists and the open mail.

Every function is awaited in a worker of a screen or of the console.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from crm_tui.domain.mail import MailMessage
from crm_tui.domain.modules import Module
from crm_tui.domain.records import Record, Ref, Value
from crm_tui.formats import format_amount, format_number
from crm_tui.i18n import _, language, ngettext
from crm_tui.policies.records import can_create
from crm_tui.text import fit, safe
from screens.choice_modal import ChoiceModal
from screens.key_names import with_undo_key
from screens.record_form import RecordFormScreen

if TYPE_CHECKING:
    from crm_tui.app import CrmApp
    from crm_tui.services.mail_deals import OfferedDeal

_NEW: Final = "new"
_NEW_DIGIT: Final = 0
"""The key of *new deal*, however many deals stand before it."""

MOST_MARKED: Final = 500
"""Mails that are put to a deal, or taken away, in one step: they are looked at one by one."""

_DIGITS: Final = 9
_NAME_CELLS: Final = 26
_STAGE_CELLS: Final = 16
_AMOUNT_CELLS: Final = 12


async def associate(app: "CrmApp", mail_id: str) -> bool:
    """Let the agent choose among the deals of the contacts of a mail, or make a new one.

    Returns:
        Whether the mail was put to a deal.
    """
    return await _choose(app, (mail_id,), _("Put this mail to which deal?"))


async def change(app: "CrmApp", mail_id: str) -> bool:
    """Let the agent choose another deal for a mail, or make a new one for it."""
    return await _choose(app, (mail_id,), _("Put this mail to which other deal?"), others=True)


async def remove(app: "CrmApp", mail_id: str) -> bool:
    """Take a mail away from its deal."""
    deal = (await app.services.mail_messages.get(app.actor, mail_id)).row.association.deal
    await app.services.mail_deals.dissociate(app.actor, mail_id)
    name = safe(deal.name, limit=60) if deal is not None else ""
    app.notice(
        with_undo_key(app, _("The mail no longer belongs to “%(deal)s”. z undoes it.")) % {"deal": name}
    )
    return True


async def remove_marked(app: "CrmApp", mail_ids: Sequence[str]) -> bool:
    """Take marked mails away from their deals; return whether that was done, so that the marks can go."""
    if _too_many(app, mail_ids):
        return False
    done = await app.services.mail_deals.dissociate_all(app.actor, mail_ids)
    text = ngettext(
        "%(number)s mail was removed from its deal.", "%(number)s mails were removed from their deals.", done
    )
    app.notice(f"{text % {'number': format_number(done)}} {with_undo_key(app, _('z undoes it.'))}")
    return True


async def act_on_mark(app: "CrmApp", mail_id: str) -> bool:
    """Do what the mark of a mail offers: change or remove its deal, or open it; without a deal choose one."""
    with app.keys.hold():
        association = (await app.services.mail_messages.get(app.actor, mail_id)).row.association
    deal = association.deal
    if deal is None:
        return await associate(app, mail_id)
    options = [
        ("change", _("Change the deal")),
        ("remove", _("Remove from the deal")),
        ("open", _("Open the deal")),
    ]
    detail = f"{deal.name} ({association.reason})" if association.reason else deal.name
    chosen = await app.push_screen_wait(ChoiceModal(_("This mail belongs to a deal"), options, detail=detail))
    if chosen == "open":
        await app.open_record(deal)
        return False
    return chosen is not None and await {"change": change, "remove": remove}[chosen](app, mail_id)


async def act_on_marked(app: "CrmApp", mail_ids: Sequence[str]) -> bool:
    """Put marked mails to a deal that their contacts have in common; those that can't be put there stay.

    Returns:
        Whether that was done, so that the marks can go.
    """
    if len(mail_ids) == 1:
        return await act_on_mark(app, mail_ids[0])
    if _too_many(app, mail_ids):
        return False
    title = ngettext(
        "Put %(number)s mail to which deal?", "Put %(number)s mails to which deal?", len(mail_ids)
    )
    return await _choose(app, mail_ids, title % {"number": format_number(len(mail_ids))})


def _too_many(app: "CrmApp", mail_ids: Sequence[str]) -> bool:
    if len(mail_ids) <= MOST_MARKED:
        return False
    text = _("Mark at most %(number)s mails for this. Nothing was changed.")
    app.notice(text % {"number": format_number(MOST_MARKED)})
    return True


async def _choose(app: "CrmApp", mail_ids: Sequence[str], title: str, *, others: bool = False) -> bool:
    with app.keys.hold():
        offered = await app.services.mail_deals.choices(app.actor, mail_ids)
        first = await app.services.mail_messages.get(app.actor, mail_ids[0])
    current = first.row.association.deal if len(mail_ids) == 1 else None
    if others and current is not None:
        offered = tuple(one for one in offered if one.ref.id != current.id)
    makes_new = len(mail_ids) == 1 and can_create(app.actor, Module.DEAL) is True
    nothing = "" if offered else _nothing_offered(len(mail_ids), others=others)
    if not offered and not makes_new:
        app.notice(nothing)
        return False
    menu = _menu(app, title, offered, first, detail=nothing, makes_new=makes_new)
    chosen = await app.push_screen_wait(menu)
    if chosen is None:
        return False
    if chosen == _NEW:
        return await _make(app, first)
    done = await app.services.mail_deals.associate_all(app.actor, mail_ids, chosen)
    deal = next(one.ref for one in offered if one.ref.id == chosen)
    _tell(app, deal, done, len(mail_ids))
    return True


def _nothing_offered(mails: int, *, others: bool) -> str:
    """Say why there is no deal to choose."""
    if mails > 1:
        return _("There is no deal that all these mails could belong to.")
    if others:
        return _("Its contacts have no other deal that you see.")
    return _("Its contacts have no deal that you see.")


def _menu(
    app: "CrmApp",
    title: str,
    offered: Sequence["OfferedDeal"],
    mail: MailMessage,
    *,
    detail: str,
    makes_new: bool,
) -> "DealChoiceModal":
    """Return the choice: deals have the first digits, a new one has always the same."""
    with_contact = len({one.contact.id for one in offered}) > 1
    options = [(one.ref.id, _line(app, one, with_contact=with_contact)) for one in offered]
    digits: list[int | None] = [place if place <= _DIGITS else None for place in range(1, len(options) + 1)]
    if makes_new:
        options.append((_NEW, _("New deal …")))
        digits.append(_NEW_DIGIT)
    current = mail.row.association.deal
    return DealChoiceModal(
        title,
        options,
        current=current.id if current is not None else "",
        detail=detail,
        digits=digits,
    )


def _line(app: "CrmApp", one: "OfferedDeal", *, with_contact: bool) -> str:
    """Return name, stage and amount of a deal in columns; whose it is where the mail has several contacts."""
    stage = app.services.settings.picklists.label("deal_stage", one.stage, language())
    amount = format_amount(one.amount) if one.amount is not None else ""
    cells = [fit(safe(one.ref.name), _NAME_CELLS), fit(safe(stage), _STAGE_CELLS)]
    cells.append(fit(amount, _AMOUNT_CELLS, align="right"))
    if with_contact:
        cells.append(safe(one.contact.name, limit=16))
    return "  ".join(cells).rstrip()


def _tell(app: "CrmApp", deal: Ref, done: int, wanted: int) -> None:
    values = {"deal": safe(deal.name, limit=60), "number": format_number(done)}
    if wanted == 1:
        app.notice(with_undo_key(app, _("The mail belongs to “%(deal)s” now. z undoes it.")) % values)
        return
    text = ngettext(
        "%(number)s mail belongs to “%(deal)s” now.", "%(number)s mails belong to “%(deal)s” now.", done
    )
    left = wanted - done
    more = ngettext("%(number)s mail can't belong to it.", "%(number)s mails can't belong to it.", left)
    rest = [more % {"number": format_number(left)}] if left else []
    app.notice(" ".join([text % values, *rest, with_undo_key(app, _("z undoes it."))]))


async def _make(app: "CrmApp", mail: MailMessage) -> bool:
    """Let the agent make a deal of the contact of a mail; it takes the mail in the same step."""
    contact = mail.contacts[0]
    with app.keys.hold():
        record = await app.services.contacts.get(app.actor, contact.id)
    prefill: dict[str, Value] = {"contact": contact, "account": record.ref_to("account")}
    deal = await app.push_screen_wait(MailDealFormScreen(mail, prefill))
    if deal is None:
        return False
    _tell(app, deal.ref, 1, 1)
    return True


class DealChoiceModal(ChoiceModal):
    """A choice whose answers have columns."""


class MailDealFormScreen(RecordFormScreen):
    """The form of a new deal that a mail is put to when it is saved.

    Args:
        mail: The mail.
        prefill: The contact and the account.
    """

    def __init__(self, mail: MailMessage, prefill: Mapping[str, Value]) -> None:
        super().__init__(Module.DEAL, None, prefill)
        self._mail = mail

    async def add_record(self, values: Mapping[str, object]) -> Record:
        """Save the deal and put the mail to it; z takes both back."""
        contact = values.get("contact")
        contact_id = contact.id if isinstance(contact, Ref) else None
        _changed, deal = await self.services.mail_deals.associate_new(
            self.actor, self._mail.row.id, values, contact_id
        )
        return deal
