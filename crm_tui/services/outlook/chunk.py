"""One chunk of Outlook's items: what becomes of each, and writing it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from crm_tui.domain.actor import Actor
from crm_tui.domain.ids import new_id
from crm_tui.domain.imports.batches import RowAction, RowOutcome
from crm_tui.domain.modules import Module
from crm_tui.domain.outlook.deciding import changed, taking_part, told_values
from crm_tui.domain.outlook.fields import ATTENDEES
from crm_tui.domain.outlook.fitting import COMPANY, READING
from crm_tui.domain.outlook.items import ItemKind, OutlookItem
from crm_tui.domain.outlook.keys import Key, folded_address, own_record
from crm_tui.domain.participants import MOST, without_doubles
from crm_tui.domain.records import Participant, Record, Ref, Value
from crm_tui.domain.search_terms import fold
from crm_tui.domain.validation import missing
from crm_tui.errors import CrmError
from crm_tui.i18n import _
from crm_tui.policies.records import can_change, can_create, can_edit
from crm_tui.policies.verdict import Reason
from crm_tui.services.events import EventService
from crm_tui.services.outlook.matching import ItemId, Known, Prepared
from crm_tui.services.outlook.memory import Memory, Place, Rules
from crm_tui.services.outlook.outcomes import imagined, is_of, own, raw, rejected, skipped, stand_in, without
from crm_tui.services.outlook.writing import OutlookWriting
from crm_tui.services.records import RecordService
from crm_tui.store.repositories.sync_links import LINKED, UNLINKED, SyncLink


class OutlookChunk:
    """Decides about items, one after the other, and writes what comes of it unless this is a dry run.

    Args:
        writing: What writes; None for a dry run.
    """

    def __init__(
        self, rules: Rules, actor: Actor, writing: OutlookWriting | None, known: Known, memory: Memory
    ) -> None:
        self._rules = rules
        self._actor = actor
        self._writing = writing
        self._known = known
        self._memory = memory
        self.besides: list[RowOutcome] = []
        self.new_links: dict[int, str] = {}

    async def take(self, items: Iterable[Prepared], removed: Iterable[ItemId]) -> list[RowOutcome]:
        """Return what became of each item, and of those that are gone at their source and were linked."""
        outcomes = [await self._one(one) for one in items]
        gone = [await self._unlink(item_id) for item_id in removed]
        if self._writing is not None:
            await self._writing.flush()
        return [*outcomes, *(one for one in gone if one is not None)]

    # Deciding

    async def _one(self, one: Prepared) -> RowOutcome:
        item = one.item
        if item.problem:
            return rejected(one, {"": item.problem})
        link = self._link(one.id)
        if item.is_cancelled:
            return await self._leave(one, link, _("It was cancelled in Outlook."))
        if not is_of(item, self._rules.category):
            reason = _("It isn't in the category “%(category)s”.") % {"category": self._rules.category}
            return await self._leave(one, link if self._rules.follows else None, reason)
        record = self._record(link.record_id if link is not None else own_record(item.remote_id))
        if (number := self._earlier(one, record)) is not None:
            return skipped(one, _("The same stands further up, in row %(row)d.") % {"row": number})
        if link is not None and record is None and self._rules.follows:
            await self._tie(one, link.record_id, link)
            return skipped(
                one, _("Its record was deleted here, or you may not see it. It isn't added again.")
            )
        if record is None:
            if one.key is None:
                return rejected(one, {"": _("It has neither a last name nor a mail address.")})
            record = self._same(one.key)
            other = self._others_link(one, record) if record is not None else None
            if record is not None and other is not None:
                return await self._take_double(one, record, link, other)
        outcome = await (self._add(one, link) if record is None else self._update(one, record, link, link))
        self._remember(one, outcome)
        return outcome

    def _earlier(self, one: Prepared, record: Record | None) -> int | None:
        """Return the row of a file that is about the same, if one has come."""
        if self._rules.follows:
            return None
        if one.item.remote_id:
            number = self._memory.ids.get(one.id)
            if number is not None or record is not None:
                return number
        place = self._memory.keys.get(one.key) if one.key is not None else None
        return place.number if place is not None else None

    def _same(self, key: Key) -> Record | None:
        place = self._memory.keys.get(key)
        found = self._record(place.record_id) if place is not None else None
        return found or self._record(self._known.by_key.get(key, ""))

    def _others_link(self, one: Prepared, record: Record) -> SyncLink | None:
        """Return the link by which a record is another item of the same source already."""
        if not self._rules.follows:
            return None
        other = self._known.linked.get(record.id) or self._memory.linked.get(record.id)
        return other if other is not None and other.remote_id != one.item.remote_id else None

    async def _take_double(
        self, one: Prepared, record: Record, link: SyncLink | None, other: SyncLink
    ) -> RowOutcome:
        """Outlook has the same twice, or a task under another id: moved to another list it gets a new one.

        Of a moved task counts what was changed since it was taken over under its old id.
        """
        if one.item.kind is ItemKind.TASK:
            return await self._update(one, record, link, other)
        await self._tie(one, record.id, link)
        return skipped(one, _("Outlook has it twice; the other one is followed."), record)

    def _remember(self, one: Prepared, outcome: RowOutcome) -> None:
        if one.item.remote_id:
            self._memory.ids.setdefault(one.id, one.item.number)
        if one.key is not None:
            record_id = outcome.ref.id if outcome.ref is not None else ""
            self._memory.keys.setdefault(one.key, Place(one.item.number, record_id))

    # Records

    async def _add(self, one: Prepared, link: SyncLink | None) -> RowOutcome:
        module, service = one.item.kind.module, self._service(one)
        verdict = can_create(self._actor, module)
        if isinstance(verdict, Reason):
            return rejected(one, {"": verdict.message})
        given = {name: value for name, value in one.values.items() if value is not None}
        values: dict[str, Value] = {**service.defaults(self._actor), **without(given, COMPANY, READING)}
        if module is Module.CONTACT and not values.get("last_name"):
            values.update(stand_in(given))
        reasons = dict(one.fitted.left_out)
        invited = self._invited(one.item, reasons)
        if invited:
            values[ATTENDEES] = without_doubles(invited)
        if module is not Module.CONTACT and one.item.remote_id and not values.get("subject"):
            values["subject"] = _("(no subject)")
        if isinstance(service, EventService):
            values["status"] = service.told_status(values)
        if problems := self._problems(service, values, None):
            return rejected(one, {**problems, **one.fitted.left_out})
        if (account := await self._company(one, reasons)) is not None:
            values[COMPANY] = account
        record = await self._insert(module, values)
        self._know(record)
        await self._tie(one, record.id, link)
        return RowOutcome(
            one.item.number,
            RowAction.CREATE,
            module,
            record.name,
            record.ref,
            after=values,
            reasons=reasons,
            shortened=one.fitted.shortened,
        )

    async def _insert(self, module: Module, values: Mapping[str, Value]) -> Record:
        if self._writing is not None:
            return await self._writing.add(module, values)
        record = imagined(self._actor, module, values, self._rules.services[module].fields())
        self._memory.imagined.add(record.id)
        return record

    async def _update(
        self, one: Prepared, record: Record, link: SyncLink | None, base: SyncLink | None
    ) -> RowOutcome:
        """Change a record to what an item says.

        Args:
            base: The link that tells what the item said the last time.
        """
        service, module = self._service(one), record.module
        synced = base.synced if base is not None and self._rules.follows else None
        required = {each.name for each in service.fields() if each.required}
        changes = changed(one.values, synced, record, required)
        reasons = dict(one.fitted.left_out)
        invited = self._invited(one.item, reasons)
        if invited is not None and (people := taking_part(invited, synced, record)) is not None:
            changes[ATTENDEES] = people or None
        if changes and (stopped := self._stopped(service, record)):
            return skipped(one, stopped, record)
        if problems := self._problems(service, changes, record) if changes else {}:
            return rejected(one, problems)
        if changes.get(COMPANY) is not None:
            account = await self._company(one, reasons)
            changes = {**without(changes, COMPANY), **({} if account is None else {COMPANY: account})}
        before = {name: record.get(name) for name in changes}
        if changes:
            record = await self._change(record, changes)
            self._know(record)
        await self._tie(one, record.id, link)
        return RowOutcome(
            one.item.number,
            RowAction.UPDATE if changes else RowAction.UNCHANGED,
            module,
            record.name,
            record.ref,
            before,
            changes,
            reasons,
            one.fitted.shortened if changes else (),
        )

    async def _change(self, record: Record, changes: Mapping[str, Value]) -> Record:
        if self._writing is not None:
            record = await self._writing.change(record, changes)
        return replace(record, values={**record.values, **own(changes, record)})

    def _stopped(self, service: RecordService, record: Record) -> str:
        """Return why the actor can't change a record, "" if they can."""
        for verdict in (can_edit(self._actor, record.module), can_change(record)):
            if isinstance(verdict, Reason):
                return verdict.message
        try:
            service.refuse_locked(record)
        except CrmError as error:
            return error.message
        return ""

    def _problems(
        self, service: RecordService, values: Mapping[str, Value], before: Record | None
    ) -> dict[str, str]:
        whole = {**before.whole, **values} if before is not None else dict(values)
        asked = [each for each in service.fields() if before is None or not each.custom]
        return {**missing(asked, whole), **service.problems(whole, before)}

    async def _company(self, one: Prepared, reasons: dict[str, str]) -> Ref | None:
        """Return the account that a contact's company is; it is added where there is none."""
        name = one.values.get(COMPANY)
        if not isinstance(name, str) or not name:
            return None
        folded = fold(name)
        if found := self._memory.accounts.get(folded) or self._known.accounts.get(folded):
            return found
        verdict = can_create(self._actor, Module.ACCOUNT)
        if isinstance(verdict, Reason):
            reasons[COMPANY] = _("There is no account “%(name)s” yet, and you may not add one.") % {
                "name": name
            }
            return None
        service = self._rules.services[Module.ACCOUNT]
        values: dict[str, Value] = {**service.defaults(self._actor), "name": name}
        if reading := one.values.get(READING):
            values["name_kana"] = reading
        account = await self._insert(Module.ACCOUNT, values)
        self._memory.accounts[folded] = account.ref
        self.besides.append(
            RowOutcome(
                one.item.number, RowAction.CREATE, Module.ACCOUNT, account.name, account.ref, after=values
            )
        )
        return account.ref

    def _invited(self, item: OutlookItem, reasons: dict[str, str]) -> list[Participant] | None:
        """Return who takes part in an event; None where its source tells nothing of them."""
        if item.kind is not ItemKind.EVENT or item.attendees is None:
            return None
        found: dict[str, Participant] = {}
        for one in item.attendees:
            folded = folded_address(one.address)
            found.setdefault(folded, self._known.people.get(folded) or Participant(None, one.address))
        if len(found) > MOST:
            reasons[ATTENDEES] = _("At most %(limit)d can take part; the others were left out.") % {
                "limit": MOST
            }
        return list(found.values())[:MOST]

    # Links

    def _link(self, item_id: ItemId) -> SyncLink | None:
        return self._memory.links.get(item_id) or self._known.links.get(item_id) if item_id[1] else None

    async def _tie(self, one: Prepared, record_id: str, link: SyncLink | None) -> None:
        """Remember that an item is a record, and what it said."""
        item = one.item
        if not item.remote_id:
            return
        addresses = [each.address for each in item.attendees] if item.attendees is not None else None
        # What a source leaves out this time is as it was the last time.
        synced = {**(link.synced if link is not None else {}), **told_values(one.values, addresses)}
        new = SyncLink(
            link.id if link is not None else new_id(),
            item.kind.value,
            item.remote_id,
            record_id,
            LINKED,
            item.etag[:255],
            synced,
        )
        self._memory.links[one.id] = new
        self._memory.linked.setdefault(record_id, new)
        if self._writing is None:
            return
        ref = Ref(item.kind.module, record_id, "")
        if link is None:
            self._writing.add_link(new, ref, raw(one))
            self.new_links[item.number] = new.id
        elif link == new:
            self._writing.see(new)
        else:
            await self._writing.change_link(new, ref, raw(one))

    async def _leave(self, one: Prepared, link: SyncLink | None, reason: str) -> RowOutcome:
        """Leave an item out; if it was followed, it isn't any more."""
        if link is None or link.state != LINKED:
            return skipped(one, reason)
        return await self._unlink(one.id, one.item.number, reason) or skipped(one, reason)

    async def _unlink(self, item_id: ItemId, number: int = 0, reason: str = "") -> RowOutcome | None:
        """Say that an item isn't followed any more; its record stays. None if it wasn't followed."""
        link = self._link(item_id)
        if link is None or link.state != LINKED:
            return None
        self._memory.links[item_id] = replace(link, state=UNLINKED)
        if self._writing is not None:
            await self._writing.unlink(link)
        record = self._record(link.record_id)
        if record is None:
            return None
        reason = reason or _("It is gone in Outlook; the record stays.")
        return RowOutcome(
            number, RowAction.REMOVE, record.module, record.name, record.ref, reasons={"": reason}
        )

    # Parts

    def _service(self, one: Prepared) -> RecordService:
        return self._rules.services[one.item.kind.module]

    def _record(self, record_id: str) -> Record | None:
        return self._memory.records.get(record_id) or self._known.records.get(record_id)

    def _know(self, record: Record) -> None:
        self._memory.records[record.id] = record
