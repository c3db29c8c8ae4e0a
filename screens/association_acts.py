"""What an agent does to associations of contacts and accounts: associate, part, make primary, role."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from crm_tui.domain.associations import ROLE_LENGTH, CasesChoice
from crm_tui.domain.fields import Field
from crm_tui.domain.modules import Module
from crm_tui.domain.records import NO_VALUES, Ref, Values
from crm_tui.formats import format_number
from crm_tui.i18n import N_, _, ngettext, pgettext
from crm_tui.text import safe
from screens.choice_modal import ChoiceModal
from screens.fields_modal import FieldsModal
from screens.picker_source import Already
from screens.record_picker_modal import RecordPickerModal
from screens.widgets.list_title import count_text

if TYPE_CHECKING:
    from crm_tui.services.associations import Parting
    from screens.base import CrmScreen

Act = Callable[["CrmScreen[Any]", Ref, Ref], Awaitable[bool]]
"""Does something to the association of an account with a contact; returns whether it was done."""

ROLE = Field("role", N_("Role"), max_length=ROLE_LENGTH, hint=N_("Optional, like buyer or technician."))

NAMED = 5
"""Names that a dialog lists at most."""


async def associate(screen: "CrmScreen[Any]", parent: Ref) -> bool:
    """Choose contacts for an account, or accounts for a contact, and associate them.

    Those that are associated already are told and left as they are. Esc in the second step leads back to
    the first, with what was marked there.
    """
    listed = Module.CONTACT if parent.module is Module.ACCOUNT else Module.ACCOUNT
    picker = _picker(screen, parent, listed)
    while isinstance(chosen := await screen.app.push_screen_wait(picker), tuple):
        created = picker.created
        if created is not None and listed is Module.CONTACT:
            # It was made with the account, and so it is associated.
            screen.record_saved(created)
            return True
        linked = await screen.services.associations.among(screen.actor, parent, [ref.id for ref in chosen])
        if all(ref.id in linked for ref in chosen):
            _tell(screen, (), chosen)
            return False
        if await _with_role(screen, parent, chosen):
            return True
        picker = _picker(screen, parent, listed, text=picker.text, marked=chosen)
    return False


async def dissociate(screen: "CrmScreen[Any]", account: Ref, contact: Ref) -> bool:
    """Ask what becomes of the contact's cases, or only whether it is meant, and part the two."""
    service = screen.services.associations
    parting = await service.parting(screen.actor, account.id, contact.id)
    names = {"contact": safe(contact.name, limit=60), "account": safe(account.name, limit=60)}
    choice: CasesChoice | None = None
    if parting.cases.number:
        choice = await _ask_about_cases(screen, parting, names)
        if choice is None:
            return False
    elif not await screen.app.confirm(
        _("Remove the association of %(contact)s with %(account)s?") % names,
        _("Remove association"),
        _("Both records stay."),
    ):
        return False
    await service.dissociate(screen.actor, account.id, contact.id, choice)
    screen.app.notice(_("%(contact)s isn't associated with %(account)s any more.") % names)
    return True


async def make_primary(screen: "CrmScreen[Any]", account: Ref, contact: Ref) -> bool:
    """Make the account the contact's primary one."""
    await screen.services.associations.set_primary(screen.actor, account.id, contact.id)
    names = {"contact": safe(contact.name, limit=60), "account": safe(account.name, limit=60)}
    screen.app.notice(_("%(account)s is the primary account of %(contact)s.") % names)
    return True


async def change_role(screen: "CrmScreen[Any]", account: Ref, contact: Ref) -> bool:
    """Ask what the contact is to the account."""
    service = screen.services.associations

    async def save(values: Mapping[str, object]) -> None:
        await service.change_role(screen.actor, account.id, contact.id, str(values["role"] or ""))

    before = await service.role(screen.actor, account.id, contact.id)
    detail = f"{contact.name} – {account.name}"
    return await _ask_role(screen, _("Change role"), detail, save, {"role": before or None})


def _picker(
    screen: "CrmScreen[Any]", parent: Ref, listed: Module, *, text: str = "", marked: Sequence[Ref] = ()
) -> RecordPickerModal:
    service = screen.services.associations

    async def among(_module: Module, ids: Sequence[str]) -> frozenset[str]:
        return await service.among(screen.actor, parent, ids)

    title = (
        _("Associate contacts: %(name)s") if listed is Module.CONTACT else _("Associate accounts: %(name)s")
    )
    return RecordPickerModal(
        [listed],
        multiple=True,
        title=title % {"name": parent.name},
        text=text,
        marked=marked,
        already=Already(pgettext("mark", "associated"), among),
        prefill={"account": parent} if listed is Module.CONTACT else NO_VALUES,
    )


async def _with_role(screen: "CrmScreen[Any]", parent: Ref, chosen: tuple[Ref, ...]) -> bool:
    """Ask for the role, which may stay empty, and associate."""
    service = screen.services.associations

    async def save(values: Mapping[str, object]) -> None:
        link = service.associate if parent.module is Module.ACCOUNT else service.associate_accounts
        role = str(values["role"] or "")
        done = await link(screen.actor, parent.id, [ref.id for ref in chosen], role)
        _tell(screen, done.added, done.already)

    names = [ref.name for ref in chosen[:NAMED]]
    more = len(chosen) - len(names)
    if more:
        names.append(_("and %(number)s more") % {"number": format_number(more)})
    title = _("Associate with %(name)s") % {"name": parent.name}
    return await _ask_role(screen, title, "\n".join(names), save, NO_VALUES)


async def _ask_role(
    screen: "CrmScreen[Any]",
    title: str,
    detail: str,
    save: Callable[[Mapping[str, object]], Awaitable[None]],
    initial: Values,
) -> bool:
    return await screen.app.push_screen_wait(FieldsModal(title, detail, [ROLE], save, initial)) is True


async def _ask_about_cases(
    screen: "CrmScreen[Any]", parting: "Parting", names: Mapping[str, str]
) -> CasesChoice | None:
    options = [(CasesChoice.STAY.value, _("They stay with %(account)s") % names)]
    if screen.allowed("edit", Module.CASE):
        if parting.target is not None:
            target = {"account": parting.target.name}
            move = _("They move to the primary account, %(account)s") % target
            options.append((CasesChoice.MOVE.value, move))
        options.append((CasesChoice.CLEAR.value, _("They belong to no account any more")))
    title = _("%(contact)s has cases on %(account)s: %(number)s. What becomes of them?") % {
        **names,
        "number": count_text(parting.cases),
    }
    detail = _("The association is removed. Esc leaves everything as it is.")
    answer = await screen.app.push_screen_wait(ChoiceModal(title, options, detail=detail))
    return CasesChoice(answer) if answer else None


def _tell(screen: "CrmScreen[Any]", added: Sequence[Ref], already: Sequence[Ref]) -> None:
    sentences = []
    if added:
        text = ngettext("%(number)s was associated.", "%(number)s were associated.", len(added))
        sentences.append(text % {"number": format_number(len(added))})
    if already:
        names = ", ".join(safe(ref.name, limit=40) for ref in already[:NAMED])
        sentences.append(_("Associated already: %(names)s.") % {"names": names})
    screen.app.notice(" ".join(sentences))
