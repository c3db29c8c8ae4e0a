"""Writes the sample data block by block through the door that an import uses too."""

from collections.abc import Callable, Sequence
from random import Random
from typing import TypeVar

from crm_tui.clock import local_zone
from crm_tui.demo import activities, business, cast, people
from crm_tui.demo.activities import Person
from crm_tui.demo.calendar import Calendar
from crm_tui.demo.companies import company
from crm_tui.demo.mail_texts import ME, SATO, SUZUKI
from crm_tui.demo.mails import colleague, fill_mailboxes
from crm_tui.demo.meetings import meetings
from crm_tui.demo.people import JAPANESE_SHARE, Office
from crm_tui.demo.phones import landline
from crm_tui.demo.texts import texts
from crm_tui.domain.actor import Actor
from crm_tui.domain.associations import NewAssociation, NewMember
from crm_tui.domain.modules import Module
from crm_tui.domain.records import Ref, Value
from crm_tui.errors import NotFound
from crm_tui.services.bulk import NewRecord, add_associations, add_members, add_records
from crm_tui.services.container import Services

BLOCK = 400
"""People of one block; with all that hangs on them they are a dozen short transactions."""

T = TypeVar("T")

_COLLEAGUES = (
    {"name": "sato", "full_name": "佐藤 花子", "profile": "agent"},
    {"name": "suzuki", "full_name": "鈴木 健一", "profile": "supervisor"},
)
_CONTACTS, _ACCOUNTS, _DEALS, _CASES = 0.6, 0.2, 0.15, 0.15
_CALLS, _TASKS, _EVENTS, _NOTES, _MEMBERS, _FURTHER = 0.9, 0.3, 0.12, 0.2, 0.2, 0.05
"""How many of each there are for one person."""


async def fill(
    services: Services,
    actor: Actor,
    *,
    seed: int = 1,
    records: int = 200,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Add sample data around the present moment.

    Args:
        actor: An administrator, who gets every fifth record; two new colleagues get the rest.
        seed: The same number makes the same data.
        records: Number of leads and contacts together; everything else in proportion.
        progress: Is told after each block how many of them there are, and how many there will be.

    Raises:
        NotAllowed: The actor is no administrator.
    """
    filling = _Filling(services, actor, seed)
    await filling.prepare()
    done = await filling.cast()
    await filling.mail()
    while done < records:
        size = min(BLOCK, records - done)
        await filling.block(size)
        done += size
        if progress is not None:
            progress(done, records)


class _Filling:
    def __init__(self, services: Services, actor: Actor, seed: int) -> None:
        self._services = services
        self._actor = actor
        self._random = Random(seed)
        self._calendar = Calendar(services.clock.now().astimezone(local_zone(actor.zone)))
        self._owners: list[Ref] = [actor.user]
        self._agents: list[Ref] = [actor.user]
        self._colleagues: list[Ref] = []
        self._campaigns: tuple[Ref, ...] = ()
        self._pilot: Ref
        self._firms = 0
        self._blocks = 0

    async def prepare(self) -> None:
        """Add the colleagues and the campaigns."""
        me = self._actor.user
        sato, suzuki = self._colleagues = [await self._colleague(values) for values in _COLLEAGUES]
        self._owners = [me] * 2 + [sato] * 5 + [suzuki] * 3
        self._agents = [me, sato, sato, suzuki]
        values = business.campaign_values(self._calendar)
        self._campaigns = await self._add(Module.CAMPAIGN, [NewRecord(each, suzuki) for each in values])

    async def cast(self) -> int:
        """Add the people whom every set of sample data has; return how many."""
        firms = await self._add(Module.ACCOUNT, [NewRecord(values) for values in cast.offices()])
        aoyama, harbor = firms
        office = Office(aoyama, cast.AOYAMA, cast.AOYAMA_PHONE)
        found = await self._add(Module.CONTACT, [NewRecord(v) for v in cast.contacts(aoyama, harbor)])
        tanaka, _hanako, carter, watanabe, bennett = found
        await self._add(Module.LEAD, [NewRecord(cast.lead())])
        deals = await self._add(Module.DEAL, [NewRecord(cast.deal(self._calendar, office, tanaka))])
        of_mail = cast.mail_deals(self._calendar, aoyama, harbor, carter, watanabe, bennett)
        self._pilot, *_others = await self._add(Module.DEAL, of_mail)
        cases = await self._add(Module.CASE, [NewRecord(cast.case(office, tanaka))])
        calls = cast.calls(
            self._calendar,
            Person(tanaka, cast.AOYAMA_PHONE, True, (aoyama, *deals, *cases)),
            Person(carter, cast.HARBOR_PHONE, False, (harbor,)),
        )
        await self._add(Module.CALL, calls)
        customer = Person(tanaka, cast.AOYAMA_PHONE, True, (aoyama, *deals, *cases))
        planned = meetings(self._calendar, customer, self._actor.user, self._colleagues)
        await self._add(Module.EVENT, planned)
        return len(found) + 1

    async def mail(self) -> None:
        """Connect mailboxes of the agent and two colleagues, with mail of the cast in them."""
        sato, suzuki = [await colleague(self._services, ref) for ref in self._colleagues]
        actors = {ME: self._actor, SATO: sato, SUZUKI: suzuki}
        await fill_mailboxes(self._services, actors, self._calendar, {"c6": self._pilot})

    async def block(self, size: int) -> None:
        """Add ``size`` leads and contacts and everything that hangs on them."""
        offices = await self._offices(max(1, round(size * _ACCOUNTS)))
        contacts = await self._contacts(offices, round(size * _CONTACTS))
        leads = await self._leads(size - len(contacts))
        everybody = [*contacts, *leads]
        await self._further_accounts(contacts, offices)
        await self._activities(everybody, size)
        await self._members(everybody, round(size * _MEMBERS))
        self._blocks += 1

    # Parts

    async def _colleague(self, values: dict[str, str]) -> Ref:
        users = self._services.users
        try:
            return (await users.get(self._actor, values["name"])).ref
        except NotFound:
            return (await users.add(self._actor, {**values, "os_login": ""})).ref

    async def _add(self, module: Module, new: Sequence[NewRecord]) -> tuple[Ref, ...]:
        service = self._services.records(module)
        return await add_records(self._services.core, service, self._actor, new)

    def _owner(self) -> Ref:
        return self._random.choice(self._owners)

    def _new(self, values: dict[str, Value]) -> NewRecord:
        return NewRecord(values, self._owner(), self._calendar.long_ago(self._random, 300))

    async def _offices(self, number: int) -> list[Office]:
        firms = []
        for _each in range(number):
            self._firms += 1
            firms.append(company(self._random, self._firms, japanese=self._random.random() < JAPANESE_SHARE))
        phones = [landline(self._random, japanese=firm.is_japanese) for firm in firms]
        pairs = zip(firms, phones, strict=True)
        new = [self._new(business.account_values(self._random, firm, phone)) for firm, phone in pairs]
        refs = await self._add(Module.ACCOUNT, new)
        return [Office(*parts) for parts in zip(refs, firms, phones, strict=True)]

    async def _contacts(self, offices: Sequence[Office], number: int) -> list[Person]:
        """Add contacts with their companies' deals and cases."""
        chosen = [self._random.choice(offices) for _each in range(number)]
        values = [people.contact_values(self._random, self._calendar, office) for office in chosen]
        refs = await self._add(Module.CONTACT, [self._new(each) for each in values])
        about: dict[str, list[Ref]] = {ref.id: [office.ref] for ref, office in zip(refs, chosen, strict=True)}
        staff = list(zip(refs, chosen, strict=True))
        await self._deals(staff, about)
        await self._cases(staff, about)
        return [
            Person(ref, str(each.get("phone") or ""), bool(each["last_name_kana"]), tuple(about[ref.id]))
            for ref, each in zip(refs, values, strict=True)
        ]

    async def _deals(self, staff: Sequence[tuple[Ref, Office]], about: dict[str, list[Ref]]) -> None:
        chosen = self._some(staff, _DEALS / _CONTACTS)
        picklists = self._services.settings.picklists
        new = [
            self._new(
                business.deal_values(
                    self._random,
                    self._calendar,
                    picklists,
                    office,
                    contact,
                    self._random.choice(self._campaigns),
                )
            )
            for contact, office in chosen
        ]
        for (contact, _office), deal in zip(chosen, await self._add(Module.DEAL, new), strict=True):
            about[contact.id].append(deal)

    async def _cases(self, staff: Sequence[tuple[Ref, Office]], about: dict[str, list[Ref]]) -> None:
        chosen = self._some(staff, _CASES / _CONTACTS)
        picklists = self._services.settings.picklists
        new = [
            self._new(business.case_values(self._random, picklists, office, contact))
            for contact, office in chosen
        ]
        for (contact, _office), case in zip(chosen, await self._add(Module.CASE, new), strict=True):
            about[contact.id].append(case)

    async def _leads(self, number: int) -> list[Person]:
        values = []
        for _each in range(number):
            self._firms += 1
            picklists = self._services.settings.picklists
            values.append(people.lead_values(self._random, self._calendar, picklists, self._firms))
        refs = await self._add(Module.LEAD, [self._new(each) for each in values])
        return [
            Person(ref, str(each.get("phone") or ""), bool(each["last_name_kana"]))
            for ref, each in zip(refs, values, strict=True)
        ]

    async def _activities(self, everybody: Sequence[Person], size: int) -> None:
        random, calendar, picklists = self._random, self._calendar, self._services.settings.picklists
        calls = [
            activities.call(
                random,
                calendar,
                picklists,
                random.choice(everybody),
                self._owner(),
                random.choice(self._agents),
            )
            for _each in range(round(size * _CALLS))
        ]
        tasks = [
            activities.task(random, calendar, random.choice(everybody), self._owner())
            for _each in range(round(size * _TASKS))
        ]
        events = [
            activities.event(random, calendar, random.choice(everybody), self._owner())
            for _each in range(round(size * _EVENTS))
        ]
        notes = [
            activities.note(random, calendar, random.choice(everybody), self._owner())
            for _each in range(round(size * _NOTES))
        ]
        for module, new in (
            (Module.CALL, calls),
            (Module.TASK, tasks),
            (Module.EVENT, events),
            (Module.NOTE, notes),
        ):
            await self._add(module, new)

    async def _further_accounts(self, contacts: Sequence[Person], offices: Sequence[Office]) -> None:
        new = []
        for person in self._some(contacts, _FURTHER):
            office = self._random.choice(offices)
            if office.ref != person.related[0]:
                role = self._random.choice(texts(person.japanese).roles)
                new.append(NewAssociation(office.ref.id, person.ref.id, role))
        if new:
            await add_associations(self._services.core, self._actor, new)

    async def _members(self, everybody: Sequence[Person], number: int) -> None:
        """The first block gives members to every campaign, each later one to the next."""
        choices = self._services.settings.picklists.active("campaign_response_status")
        turn = self._blocks % len(self._campaigns)
        campaigns = self._campaigns if self._blocks == 0 else self._campaigns[turn : turn + 1]
        for campaign in campaigns:
            chosen = self._random.sample(everybody, min(number, len(everybody)))
            new = [NewMember(person.ref, self._random.choice(choices).code) for person in chosen]
            if new:
                await add_members(self._services.core, self._actor, campaign, new)

    def _some(self, among: Sequence[T], share: float) -> list[T]:
        return self._random.sample(list(among), round(len(among) * share))
