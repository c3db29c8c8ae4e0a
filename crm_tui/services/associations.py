"""Which contacts belong to which accounts: associating, parting, the primary account, roles."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from crm_tui.domain.actor import Actor
from crm_tui.domain.associations import CasesChoice, NewAssociation
from crm_tui.domain.modules import Module
from crm_tui.domain.paging import Page, PageRequest, Seek
from crm_tui.domain.queries import Count, Criterion, ListQuery, Op, Sort
from crm_tui.domain.records import ListRow, Record, Ref
from crm_tui.errors import Invalid, NotFound
from crm_tui.i18n import N_, _
from crm_tui.policies.records import can_edit, can_view
from crm_tui.services.association_notes import (
    Pair,
    case_note,
    checked_role,
    choice_needed,
    is_primary,
    name_step,
    note,
)
from crm_tui.services.cases import CaseService
from crm_tui.services.contacts import ContactService
from crm_tui.services.core import Core
from crm_tui.store.repositories.associated import AssociatedRepository
from crm_tui.store.repositories.associations import AssociationRepository, Link
from crm_tui.store.repositories.records import RecordRepository
from crm_tui.store.store import Connection
from crm_tui.store.uow import UnitOfWork

LINKS = "account_contacts"
_COUNTED = 10_000


@dataclass(frozen=True, slots=True)
class Associated:
    """The outcome of associating.

    Attributes:
        added: What is associated from now on.
        already: What was before; nothing was changed for it.
    """

    added: tuple[Ref, ...]
    already: tuple[Ref, ...]


@dataclass(frozen=True, slots=True)
class Parting:
    """What to ask before an association is taken away.

    Attributes:
        cases: The contact's cases on the account, as far as the actor may see them.
        target: The contact's primary account, to which they could move.
    """

    cases: Count
    target: Ref | None


class AssociationService:
    """The links between contacts and accounts.

    Whoever changes one must be allowed to edit contacts and accounts, and see both ends. A contact's
    account field is its primary association; the first account that a contact gets becomes that.
    """

    def __init__(self, core: Core) -> None:
        self._core = core
        self._contacts = ContactService(core)
        self._cases = CaseService(core)

    # Reading

    async def list(
        self, actor: Actor, parent: Ref, columns: Sequence[str], sort: Sort, request: PageRequest
    ) -> Page[ListRow]:
        """Return one page of the contacts of an account, or of the accounts of a contact.

        Args:
            parent: The account or the contact.
            columns: Fields that the rows carry beside ``primary`` and ``role``.
            sort: By a field of the rows' module, ``primary`` or ``role``.
        """
        await self._require_view(actor, parent)
        async with self._core.store.read() as connection:
            await self._visible(connection, actor, parent)
            return await self._lists(connection, parent).page(actor, columns, sort, request)

    async def count(self, actor: Actor, parent: Ref, cap: int = _COUNTED) -> Count:
        """Count the contacts of an account, or the accounts of a contact, no further than ``cap``."""
        await self._require_view(actor, parent)
        async with self._core.store.read() as connection:
            await self._visible(connection, actor, parent)
            return await self._lists(connection, parent).count(actor, cap)

    async def among(self, actor: Actor, parent: Ref, others: Collection[str]) -> frozenset[str]:
        """Return those of some contacts that belong to an account, or of some accounts a contact has.

        Those of ``others`` that the actor may not see aren't among them.
        """
        await self._require_view(actor, parent)
        async with self._core.store.read() as connection:
            await self._visible(connection, actor, parent)
            found = await AssociationRepository(connection).among(parent, others)
            return frozenset(await RecordRepository(connection, _other_end(parent)).names(actor, found))

    async def role(self, actor: Actor, account_id: str, contact_id: str) -> str:
        """Return what a contact is to an account, "" if nothing is said of it.

        Raises:
            NotFound: There is no such association that the actor may see.
        """
        await self._require_view(actor, Ref(Module.ACCOUNT, account_id, ""))
        async with self._core.store.read() as connection:
            return (await self._linked(connection, actor, account_id, contact_id))[2].role

    async def cases_at_stake(self, actor: Actor, account_id: str, contact_id: str) -> Count:
        """Count the cases of a contact on an account, as far as the actor may see them."""
        if can_view(actor, Module.CASE) is not True:
            return Count(0)
        return await self._cases.count(actor, ListQuery(criteria=_between(account_id, contact_id)), _COUNTED)

    # Writing

    async def parting(self, actor: Actor, account_id: str, contact_id: str) -> Parting:
        """Return what taking an association away would concern.

        Raises:
            Conflict: It is the primary account.
            NotFound: There is no such association that the actor may see.
        """
        await self._require_view(actor, Ref(Module.ACCOUNT, account_id, ""))
        async with self._core.store.read() as connection:
            account, contact, link = await self._linked(connection, actor, account_id, contact_id)
        if link.primary:
            raise is_primary(account, contact)
        cases = await self.cases_at_stake(actor, account_id, contact_id)
        return Parting(cases, contact.ref_to("account"))

    async def associate(
        self, actor: Actor, account_id: str, contact_ids: Sequence[str], role: str = ""
    ) -> Associated:
        """Associate contacts with an account; those that are already are left as they are.

        Args:
            role: What the new ones are to the account.

        Raises:
            NotFound: The actor may not see one of the ends; nothing was changed.
            NotAllowed: The profile doesn't allow it.
            Invalid: The role is too long.
        """
        pairs = [(account_id, contact_id) for contact_id in dict.fromkeys(contact_ids)]
        added, already = await self._associate(actor, pairs, role)
        return Associated(tuple(c.ref for _a, c in added), tuple(c.ref for _a, c in already))

    async def associate_accounts(
        self, actor: Actor, contact_id: str, account_ids: Sequence[str], role: str = ""
    ) -> Associated:
        """Associate a contact with accounts, as `associate` does from the other end."""
        pairs = [(account_id, contact_id) for account_id in dict.fromkeys(account_ids)]
        added, already = await self._associate(actor, pairs, role)
        return Associated(tuple(a.ref for a, _c in added), tuple(a.ref for a, _c in already))

    async def dissociate(
        self, actor: Actor, account_id: str, contact_id: str, cases: CasesChoice | None = None
    ) -> int:
        """Take an association away that isn't the primary one; return how many cases were changed.

        Args:
            cases: What becomes of the contact's cases on the account. Cases that the actor may not see
                stay with the account.

        Raises:
            Conflict: It is the primary account.
            Invalid: There are cases and no choice was made, or there is no account to move them to.
            NotFound: There is no such association that the actor may see.
            NotAllowed: The profile doesn't allow it, or not to edit the cases.
        """
        actor = await self._may_link(actor, "dissociate")
        if cases in (CasesChoice.MOVE, CasesChoice.CLEAR):
            await self._core.require(actor, can_edit(actor, Module.CASE), "edit", Module.CASE)
        async with self._core.store.write(actor) as uow:
            await _hold(uow, {contact_id})
            account, contact, link = await self._linked(uow.connection, actor, account_id, contact_id)
            if link.primary:
                raise is_primary(account, contact)
            concerned = await self._cases_between(uow.connection, actor, account_id, contact_id)
            if concerned and cases is None:
                raise choice_needed(account, contact, len(concerned))
            changed = 0 if cases is None else await self._part_cases(uow, actor, contact, concerned, cases)
            await AssociationRepository(uow.connection).remove(account_id, contact_id)
            changes = {"role": [link.role or None, None], **case_note(cases, len(concerned))}
            note(uow, "dissociate", account, contact, changes)
            uow.undoable(
                N_("Association removed: %(contact)s, %(account)s"),
                contact=contact.name,
                account=account.name,
            )
            await uow.commit()
        return changed

    async def set_primary(self, actor: Actor, account_id: str, contact_id: str) -> Record:
        """Make one of a contact's accounts the primary one; the one before stays a further one.

        Raises:
            NotFound: There is no such association that the actor may see.
            NotAllowed: The profile doesn't allow it.
        """
        actor = await self._may_link(actor, "set primary")
        async with self._core.store.write(actor) as uow:
            await _hold(uow, {contact_id})
            account, contact, link = await self._linked(uow.connection, actor, account_id, contact_id)
            if link.primary:
                return contact
            changed = await self._contacts.change(uow, actor, contact, {"account": account.ref}, None)
            uow.touched(Module.ACCOUNT, account_id)
            if (former := contact.ref_to("account")) is not None:
                uow.touched(Module.ACCOUNT, former.id)
            label = N_("Primary account of %(contact)s: %(account)s")
            uow.undoable(label, contact=contact.name, account=account.name)
            await uow.commit()
        return await self._contacts.as_seen(actor, changed)

    async def change_role(self, actor: Actor, account_id: str, contact_id: str, role: str) -> None:
        """Say what a contact is to an account; "" says nothing.

        Raises:
            NotFound: There is no such association that the actor may see.
            NotAllowed: The profile doesn't allow it.
            Invalid: The role is too long.
        """
        role = checked_role(role)
        actor = await self._may_link(actor, "change role")
        async with self._core.store.write(actor) as uow:
            await _hold(uow, {contact_id})
            account, contact, link = await self._linked(uow.connection, actor, account_id, contact_id)
            if link.role == role:
                return
            await AssociationRepository(uow.connection).set_role(account_id, contact_id, role)
            note(uow, "change role", account, contact, {"role": [link.role or None, role or None]})
            label = N_("Role of %(contact)s at %(account)s")
            uow.undoable(label, contact=contact.name, account=account.name)
            await uow.commit()

    # Parts

    async def _associate(
        self, actor: Actor, pairs: Sequence[tuple[str, str]], role: str
    ) -> tuple[Sequence[Pair], Sequence[Pair]]:
        """Associate accounts with contacts, all or none; return the new and the old associations."""
        role = checked_role(role)
        actor = await self._may_link(actor, "associate")
        added: list[Pair] = []
        already: list[Pair] = []
        async with self._core.store.write(actor) as uow:
            repository = AssociationRepository(uow.connection)
            await _hold(uow, {contact_id for _account_id, contact_id in pairs})
            for account_id, contact_id in pairs:
                account = await self._visible(uow.connection, actor, Ref(Module.ACCOUNT, account_id, ""))
                contact = await self._visible(uow.connection, actor, Ref(Module.CONTACT, contact_id, ""))
                if await repository.link(account_id, contact_id) is not None:
                    already.append((account, contact))
                    continue
                await self._add(uow, actor, account, contact, role)
                added.append((account, contact))
            if added:
                name_step(uow, added)
                await uow.commit()
        return added, already

    async def _require_view(self, actor: Actor, parent: Ref) -> None:
        for module in (Module.ACCOUNT, Module.CONTACT):
            record_id = parent.id if module is parent.module else None
            await self._core.require(actor, can_view(actor, module), "list", module, record_id)

    async def _may_link(self, actor: Actor, action: str) -> Actor:
        actor = await self._core.current(actor)
        for module in (Module.ACCOUNT, Module.CONTACT):
            await self._core.require(actor, can_edit(actor, module), action, module)
        return actor

    async def _linked(
        self, connection: Connection, actor: Actor, account_id: str, contact_id: str
    ) -> tuple[Record, Record, Link]:
        account = await self._visible(connection, actor, Ref(Module.ACCOUNT, account_id, ""))
        contact = await self._visible(connection, actor, Ref(Module.CONTACT, contact_id, ""))
        link = await AssociationRepository(connection).link(account_id, contact_id)
        if link is None:
            names = {"contact": contact.name, "account": account.name}
            raise NotFound(_("%(contact)s isn't associated with %(account)s.") % names)
        return account, contact, link

    async def _add(self, uow: UnitOfWork, actor: Actor, account: Record, contact: Record, role: str) -> None:
        """Add one association, as the primary one if the contact has no other living account."""
        repository = AssociationRepository(uow.connection)
        whole = await RecordRepository(uow.connection, Module.CONTACT).any(contact.id)
        if whole is not None and whole.ref_to("account") is None:
            await repository.demote(contact.id)
            await self._contacts.change(uow, actor, contact, {"account": account.ref}, None)
            await repository.set_role(account.id, contact.id, role)
        else:
            await repository.add([NewAssociation(account.id, contact.id, role)], uow.at)
        note(uow, "associate", account, contact, {"role": [None, role or None]})

    async def _cases_between(
        self, connection: Connection, actor: Actor, account_id: str, contact_id: str
    ) -> Sequence[Record]:
        """Return the cases of a contact on an account that the actor may see."""
        repository = RecordRepository(connection, Module.CASE)
        query = ListQuery((), Sort("created_at"), _between(account_id, contact_id))
        found: list[Record] = []
        request = PageRequest()
        while True:
            page = await repository.page(actor, query, request)
            for row in page.rows:
                found.append(await self._visible(connection, actor, Ref(Module.CASE, row.id, "")))
            if page.at_end or not page.rows:
                return found
            request = PageRequest(Seek.AFTER, page.rows[-1].position)

    async def _part_cases(
        self, uow: UnitOfWork, actor: Actor, contact: Record, cases: Sequence[Record], choice: CasesChoice
    ) -> int:
        if choice is CasesChoice.STAY or not cases:
            return 0
        target = contact.ref_to("account") if choice is CasesChoice.MOVE else None
        if choice is CasesChoice.MOVE and target is None:
            reason = _("%(contact)s has no primary account that the cases could move to.") % {
                "contact": contact.name
            }
            raise Invalid(reason, _("Nothing was changed."), fields={"cases": reason})
        for case in cases:
            await self._cases.change(uow, actor, case, {"account": target}, None)
        return len(cases)

    def _lists(self, connection: Connection, parent: Ref) -> AssociatedRepository:
        custom = self._core.custom_fields.by_name(_other_end(parent))
        return AssociatedRepository(connection, parent, custom)

    async def _visible(self, connection: Connection, actor: Actor, ref: Ref) -> Record:
        custom = self._core.custom_fields.by_name(ref.module)
        record = await RecordRepository(connection, ref.module, custom=custom).get(actor, ref.id)
        if record is None:
            raise NotFound(_("There is no such record, or you may not see it."))
        return record


async def _hold(uow: UnitOfWork, contact_ids: Collection[str]) -> None:
    """Let nobody else change the accounts of these contacts meanwhile, and remember what they are."""
    await uow.keep(Module.CONTACT, contact_ids)
    await uow.keep_where(LINKS, contact_id=contact_ids)


def _other_end(parent: Ref) -> Module:
    return Module.CONTACT if parent.module is Module.ACCOUNT else Module.ACCOUNT


def _between(account_id: str, contact_id: str) -> tuple[Criterion, ...]:
    return (
        Criterion("contact", Op.EQ, Ref(Module.CONTACT, contact_id, "")),
        Criterion("account", Op.EQ, Ref(Module.ACCOUNT, account_id, "")),
    )
