"""What is said of associations: to an agent who is refused, in both histories, to undo a step."""

from collections.abc import Sequence

from crm_tui.domain.associations import ROLE_LENGTH, CasesChoice
from crm_tui.domain.records import Record, Ref
from crm_tui.errors import Conflict, Invalid
from crm_tui.i18n import N_, _
from crm_tui.services.columns import to_json
from crm_tui.store.uow import AuditEntry, UnitOfWork
from crm_tui.text import clean_input

Pair = tuple[Record, Record]
"""An account and a contact."""


def checked_role(role: str) -> str:
    """Return a role as it is stored.

    Raises:
        Invalid: It is too long.
    """
    role = " ".join(clean_input(role).split())
    if len(role) > ROLE_LENGTH:
        reason = _("At most %(limit)d characters; %(typed)d typed.") % {
            "limit": ROLE_LENGTH,
            "typed": len(role),
        }
        raise Invalid(reason, fields={"role": reason})
    return role


def note(
    uow: UnitOfWork,
    action: str,
    account: Record,
    contact: Record,
    changes: dict[str, object],
) -> None:
    """Write the change into the history of both ends and tell the screens that show them.

    Args:
        action: associate, dissociate or change role.
        changes: Old and new value of what changed beside the association itself.
    """
    note_ends(uow, action, account.ref, contact.ref, changes)


def note_ends(uow: UnitOfWork, action: str, account: Ref, contact: Ref, changes: dict[str, object]) -> None:
    """Do what `note` does where the records themselves weren't read."""
    for own, other in ((contact, account), (account, contact)):
        before = None if action == "associate" else to_json(other)
        after = None if action == "dissociate" else to_json(other)
        entry = {other.module.value: [before, after], **changes}
        uow.record(AuditEntry(action, own.module, own.id, own.name, entry))
        uow.touched(own.module, own.id)


def name_step(uow: UnitOfWork, added: Sequence[Pair]) -> None:
    """Let the actor take new associations back."""
    account, contact = added[0]
    if len(added) == 1:
        label = N_("Association added: %(contact)s, %(account)s")
        uow.undoable(label, contact=contact.name, account=account.name)
    else:
        uow.undoable(N_("%(number)d associations added"), number=len(added))


def case_note(choice: CasesChoice | None, number: int) -> dict[str, object]:
    """Return what the history says of the cases on the account."""
    return {"cases": [None, choice.value]} if choice is not None and number else {}


def is_primary(account: Record, contact: Record) -> Conflict:
    """Return why the primary association stays, with the way out."""
    names = {"account": account.name, "contact": contact.name}
    return Conflict(
        _("%(account)s is the primary account of %(contact)s; this association can't be removed.") % names,
        _("Make another account the primary one first, then remove this one."),
    )


def choice_needed(account: Record, contact: Record, number: int) -> Invalid:
    """Return which choices there are for the cases, as a reason why nothing was done."""
    reason = _("Choose: stay (with the account), move (to the primary account) or clear (no account).")
    names = {"contact": contact.name, "account": account.name, "number": number}
    return Invalid(
        _("%(contact)s has cases on %(account)s (%(number)d). Nothing was changed.") % names,
        reason,
        fields={"cases": reason},
    )
