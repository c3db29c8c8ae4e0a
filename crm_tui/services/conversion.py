"""Converting a lead: a contact and an account are made of it, and a deal where one is wanted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from crm_tui.domain.actor import Actor
from crm_tui.domain.conversion import TARGETS, Chosen, Mapped, destinations, fits, mapped
from crm_tui.domain.duplicates import Likeness, company_key
from crm_tui.domain.fields import Field
from crm_tui.domain.modules import Module
from crm_tui.domain.paging import PageRequest
from crm_tui.domain.queries import ListQuery, Sort
from crm_tui.domain.records import Record, Ref, Value
from crm_tui.errors import Ambiguous, Conflict, Invalid
from crm_tui.i18n import N_, _
from crm_tui.policies.administration import can_administer
from crm_tui.policies.records import can_create, can_edit, can_view
from crm_tui.services.accounts import AccountService
from crm_tui.services.columns import to_json
from crm_tui.services.contacts import ContactService
from crm_tui.services.core import Core
from crm_tui.services.deals import DealService
from crm_tui.services.duplicates import DuplicateService
from crm_tui.services.indexing import document_of
from crm_tui.services.leads import LeadService
from crm_tui.services.references import find_ref
from crm_tui.store.repositories.lookup import LookupRepository
from crm_tui.store.repositories.members import MemberRepository
from crm_tui.store.repositories.records import RecordRepository
from crm_tui.store.repositories.relink import Relinker, count_links
from crm_tui.store.repositories.settings import SettingsRepository
from crm_tui.store.store import Connection
from crm_tui.store.uow import AuditEntry, UnitOfWork

KIND: Final = "conversion"
"""By what undo knows a conversion."""

RESPONSES: Final = "campaign_response_status"
"""The pick-list by whose order one response status is further along than another."""

_SETTING: Final = "lead_conversion"
"""The setting that says where custom fields go."""

_LISTED: Final = 10


@dataclass(frozen=True, slots=True)
class Preview:
    """What a conversion would do.

    Attributes:
        lead: The lead as it is now.
        mapped: The values of contact, account and deal, and what isn't carried over.
        accounts: Existing accounts of the same name, legal forms and notation aside.
        contacts: Existing contacts that look like the same person.
        campaigns: The campaigns the lead is a member of, the last one it joined first.
        moves: How many records go along, by the name of their table.
    """

    lead: Record
    mapped: Mapped
    accounts: tuple[Likeness, ...]
    contacts: tuple[Likeness, ...]
    campaigns: tuple[Ref, ...]
    moves: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Converted:
    """What a lead became."""

    contact: Ref
    account: Ref
    deal: Ref | None


def chosen_fields(options: Mapping[str, Any]) -> Chosen:
    """Return where an administrator sends custom fields, from the stored settings."""
    stored = options.get(_SETTING)
    if not isinstance(stored, Mapping):
        return {}
    return {name: tuple(map(_split, targets)) for name, targets in stored.items()}


def _split(target: str) -> tuple[Module, str]:
    module, _dot, name = target.partition(".")
    return Module(module), name


class ConversionService:
    """Converts leads, in one transaction each."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._leads = LeadService(core)
        self._contacts = ContactService(core)
        self._accounts = AccountService(core)
        self._deals = DealService(core)
        self._duplicates = DuplicateService(core)

    async def preview(self, actor: Actor, lead_id: str) -> Preview:
        """Return what converting a lead would do.

        Raises:
            Immutable: It has been converted already.
        """
        await self._core.require(actor, can_edit(actor, Module.LEAD), "convert", Module.LEAD, lead_id)
        lead = await self._leads.get(actor, lead_id)
        self._leads.refuse_locked(lead)
        parts = self._mapped(lead)
        person = {**parts.values[Module.CONTACT], "account": lead.text("company")}
        contacts = await self._duplicates.possible(actor, Module.CONTACT, person)
        async with self._core.store.read() as connection:
            moves = await count_links(connection, [lead.ref])
            campaigns = await self._campaigns(connection, actor, lead.ref)
        accounts = await self.accounts_named(actor, lead.text("company"))
        return Preview(lead, parts, accounts, contacts, campaigns, moves)

    async def accounts_named(self, actor: Actor, company: str) -> tuple[Likeness, ...]:
        """Return the accounts of a company's name that the actor may see."""
        wanted = company_key(company)
        if not wanted or can_view(actor, Module.ACCOUNT) is not True:
            return ()
        found = await self._duplicates.possible(actor, Module.ACCOUNT, {"name": company})
        return tuple(one for one in found if company_key(one.ref.name) == wanted)

    async def convert(
        self,
        actor: Actor,
        lead_id: str,
        *,
        account: Ref | None = None,
        new_account: bool = False,
        deal: Mapping[str, object] | None = None,
        version: int | None = None,
    ) -> Converted:
        """Make a contact of a lead, in an existing account or a new one, and a deal where asked for.

        Activities, notes, mail and campaigns of the lead become those of the contact. The lead stays
        and can't be changed any more. What contacts or accounts require beyond a lead's fields is asked
        when they are next edited.

        Args:
            account: The account to use.
            new_account: Make a new one even where there are accounts of that name.
            deal: Values of the deal, typed or as typed; None for no deal. What isn't given comes from
                the lead: the company as its name, the lead source.
            version: The version of the lead that was shown; None takes the present one.

        Raises:
            Ambiguous: There are accounts of that name, and nobody said whether to use one.
            Immutable: The lead has been converted already.
            Conflict: Somebody changed the lead meanwhile.
            NotAllowed: One of the records may not be made or changed; nothing was.
            Invalid: A value of the deal was refused, with a reason per field.
        """
        actor = await self._core.current(actor)
        await self._require(actor, lead_id, account, deal is not None)
        lead = await self._leads.get(actor, lead_id)
        self._leads.refuse_locked(lead)
        if account is not None:
            account = await find_ref(self._core, actor, Module.ACCOUNT, account.id)
        elif not new_account:
            await self._refuse_unasked(actor, lead.text("company"))
        parts = self._mapped(lead)
        wanted = await self._deal_values(actor, parts, deal) if deal is not None else None
        async with self._core.store.write(actor) as uow:
            converted = await self._make(uow, actor, lead, parts, account, wanted)
            await self._lock(uow, actor, lead, version, converted)
            statuses = [choice.code for choice in self._core.picklists.lists.get(RESPONSES, ())]
            await Relinker(uow, [lead.ref], converted.contact, "convert", statuses).run()
            uow.undoable(N_("Lead converted: %(name)s"), kind=KIND, name=lead.name)
            await uow.commit()
        return converted

    def destinations(self) -> Mapping[str, tuple[tuple[Module, Field], ...]]:
        """Return where each custom field of a lead goes when it is converted."""
        fields, chosen = self._fields(), chosen_fields(self._core.options)
        custom = [field for field in fields[Module.LEAD] if field.custom]
        return {field.name: destinations(field, fields, chosen) for field in custom}

    async def send_field(self, actor: Actor, name: str, targets: Sequence[tuple[Module, str]] | None) -> None:
        """Choose where a custom field of leads goes when one is converted.

        Args:
            name: The custom field.
            targets: Module and name of fields of the same type; none: nowhere; None: to every field of
                the same name and type.

        Raises:
            Invalid: There is no such field, or one is of another type.
        """
        actor = await self._core.current(actor)
        await self._core.require(actor, can_administer(actor), "settings")
        fields = self._fields()
        field = next((one for one in fields[Module.LEAD] if one.custom and one.name == name), None)
        if field is None:
            raise Invalid(_("Leads have no custom field of this name."), fields={name: _("Unknown field.")})
        for module, other in targets or ():
            target = next((one for one in fields.get(module, ()) if one.name == other), None)
            if module not in TARGETS or target is None or not fits(field, target):
                reason = _("This is no field of a contact, an account or a deal with the same type.")
                raise Invalid(reason, fields={f"{module.value}.{other}": reason})
        async with self._core.store.write(actor) as uow:
            repository = SettingsRepository(uow.connection)
            stored = dict(await repository.locked(_SETTING) or {})
            before = stored.pop(name, None)
            if targets is not None:
                stored[name] = [f"{module.value}.{other}" for module, other in targets]
            await repository.put(_SETTING, stored)
            changes = {name: [before, stored.get(name)]}
            uow.record(AuditEntry("settings", record_name=_SETTING, changes=changes))
            await uow.commit()
        self._core.options[_SETTING] = stored

    # Parts

    async def _require(self, actor: Actor, lead_id: str, account: Ref | None, with_deal: bool) -> None:
        require = self._core.require
        await require(actor, can_edit(actor, Module.LEAD), "convert", Module.LEAD, lead_id)
        await require(actor, can_create(actor, Module.CONTACT), "convert", Module.LEAD, lead_id)
        if account is None:
            await require(actor, can_create(actor, Module.ACCOUNT), "convert", Module.LEAD, lead_id)
        else:
            await require(actor, can_edit(actor, Module.ACCOUNT), "convert", Module.ACCOUNT, account.id)
        if with_deal:
            await require(actor, can_create(actor, Module.DEAL), "convert", Module.LEAD, lead_id)

    async def _refuse_unasked(self, actor: Actor, company: str) -> None:
        found = await self.accounts_named(actor, company)
        if found:
            listed = ", ".join(f"{one.ref.name} ({one.ref.id})" for one in found[:_LISTED])
            raise Ambiguous(
                _("There is an account of this name already. Nothing was converted."),
                _("Say whether to use it or to make a new one: %(list)s.") % {"list": listed},
            )

    async def _campaigns(self, connection: Connection, actor: Actor, lead: Ref) -> tuple[Ref, ...]:
        if can_view(actor, Module.CAMPAIGN) is not True:
            return ()
        query = ListQuery(sort=Sort("added_at", descending=True))
        page = await MemberRepository(connection).page(actor, lead, Module.CAMPAIGN, query, PageRequest())
        return tuple(Ref(Module.CAMPAIGN, row.id, row.name) for row in page.rows)

    def _mapped(self, lead: Record) -> Mapped:
        return mapped(lead, self._fields(), chosen_fields(self._core.options), self._core.picklists)

    def _fields(self) -> dict[Module, Sequence[Field]]:
        services = (self._leads, self._contacts, self._accounts, self._deals)
        return {service.module: service.fields() for service in services}

    async def _deal_values(
        self, actor: Actor, parts: Mapped, given: Mapping[str, object]
    ) -> dict[str, Value]:
        typed = {name: value for name, value in given.items() if value not in (None, "")}
        values, _ignored = await self._deals.checked(actor, {**parts.values[Module.DEAL], **typed}, None)
        return values

    async def _make(
        self,
        uow: UnitOfWork,
        actor: Actor,
        lead: Record,
        parts: Mapped,
        account: Ref | None,
        deal: Mapping[str, Value] | None,
    ) -> Converted:
        if account is None:
            values = parts.values[Module.ACCOUNT]
            account = (await self._accounts.insert(uow, actor, values, lead.owner)).ref
        else:
            uow.touched(Module.ACCOUNT, account.id)
        values = {**parts.values[Module.CONTACT], "account": account}
        contact = (await self._contacts.insert(uow, actor, values, lead.owner)).ref
        if deal is None:
            return Converted(contact, account, None)
        values = {**deal, "account": account, "contact": contact}
        return Converted(contact, account, (await self._deals.insert(uow, actor, values, lead.owner)).ref)

    async def _lock(
        self, uow: UnitOfWork, actor: Actor, lead: Record, version: int | None, became: Converted
    ) -> None:
        columns: dict[str, Any] = {
            "converted_at": uow.at,
            "converted_contact_id": became.contact.id,
            "converted_account_id": became.account.id,
            "converted_deal_id": became.deal.id if became.deal is not None else None,
            "modified_at": uow.at,
            "modified_by_id": actor.id,
        }
        await uow.keep(Module.LEAD, [lead.id])
        seen = lead.version if version is None else version
        repository = RecordRepository(uow.connection, Module.LEAD)
        if not await repository.update(lead.id, seen, columns):
            raise Conflict(
                _("Somebody else changed this lead meanwhile. Nothing was converted."),
                _("Look at the change, then convert it again."),
            )
        converted = await repository.any(lead.id)
        if converted is not None:
            document = document_of(converted, self._core.region)
            await LookupRepository(uow.connection).replace([document])
        refs = [ref for ref in (became.contact, became.account, became.deal) if ref is not None]
        changes = {"converted_to": [None, [to_json(ref) for ref in refs]]}
        uow.record(AuditEntry("convert", Module.LEAD, lead.id, lead.name, changes))
        uow.touched(Module.LEAD, lead.id)
        uow.touched_all()  # What moved along stands in other lists now.
