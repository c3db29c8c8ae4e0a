"""What becomes of a row of an import: the one place that decides, for a dry run and a run alike.

Rows are decided one after the other, each on top of those above it. What they need from the store is read for
the whole chunk beforehand.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import replace
from typing import Final

from crm_tui.domain.actor import Actor
from crm_tui.domain.call import OVERDUE
from crm_tui.domain.fields import Field, FieldType
from crm_tui.domain.ids import is_id
from crm_tui.domain.imports.batches import DuplicatePolicy, RowAction, RowOutcome
from crm_tui.domain.imports.keys import Key, KeyKind, Step, steps_of
from crm_tui.domain.imports.rules import Absence, ImportRules
from crm_tui.domain.modules import Module
from crm_tui.domain.naming import name_of
from crm_tui.domain.records import Record, Ref, Value
from crm_tui.domain.same_values import is_same_value
from crm_tui.domain.validation import missing
from crm_tui.errors import Ambiguous, CrmError
from crm_tui.i18n import _
from crm_tui.policies.records import can_change, can_create, can_edit
from crm_tui.policies.verdict import Reason
from crm_tui.services.activity_records import ActivityRecords
from crm_tui.services.cases import CaseService
from crm_tui.services.columns import differences
from crm_tui.services.core import Core
from crm_tui.services.events import EventService
from crm_tui.services.imports.absences import ACTION_OF, told_of
from crm_tui.services.imports.accounts import ImportAccounts
from crm_tui.services.imports.calls import assumed_of_call, problems_of_call, state_of_call
from crm_tui.services.imports.finding import Finder, the_one_meant
from crm_tui.services.imports.plan import Plan, Write, new_record
from crm_tui.services.imports.references import ImportReferences
from crm_tui.services.imports.typed_rows import Draft, ImportTyping
from crm_tui.services.records import RecordService
from crm_tui.store.repositories.imports import Met

_UNSET: Final = (None, "", ())


class Deciding:
    """Decides about the rows of one chunk.

    Args:
        seen: The first row about each record so far, by id; of all chunks of the import.

    Attributes:
        plan: What is to be written.
        absences: How often a row's record was here, but not to be had.
    """

    def __init__(
        self,
        core: Core,
        records: Callable[[Module], RecordService],
        actor: Actor,
        rules: ImportRules,
        typing: ImportTyping,
        finder: Finder,
        references: ImportReferences,
        seen: MutableMapping[str, Met],
    ) -> None:
        self._core = core
        self._records = records
        self._actor = actor
        self._rules = rules
        self._typing = typing
        self._finder = finder
        self._references = references
        self._seen = seen
        self._fields: dict[Module, dict[str, Field]] = {}
        self.absences: Counter[Absence] = Counter()
        self.plan = Plan()
        self._accounts = ImportAccounts(core, actor, finder, references, self.plan)

    # Reading beforehand

    async def prepare(self, drafts: Sequence[Draft]) -> None:
        """Read what deciding about some rows will need."""
        able = [draft for draft in drafts if not draft.is_refused]
        wanted: dict[Module, set[Key]] = {}
        for draft in able:
            module, row = draft.row.module, draft.row
            if self._rules.source and row.remote_id:
                wanted.setdefault(module, set()).add((KeyKind.REMOTE, row.remote_id))
            for target, key in self._references.wanted(self._of(module), draft):
                wanted.setdefault(target, set()).add(key)
        for module, keys in wanted.items():
            await self._finder.fetch(module, keys)
        ids: dict[Module, set[str]] = {}
        for draft in able:
            ids.setdefault(draft.row.module, set()).update(self._told_ids(draft))
        for module, told in ids.items():
            await self._finder.load(module, told)
        people = {
            contact.id
            for draft in able
            if draft.row.module is Module.CASE
            and isinstance(contact := self._peeked(draft).get("contact"), Ref)
        }
        await self._finder.load(Module.CONTACT, people)
        pending = [(draft, iter(self._steps(draft, self._peeked(draft)))) for draft in able]
        while pending:
            pending = await self._prepare_step(pending)

    async def _prepare_step(
        self, pending: Sequence[tuple[Draft, Iterator[Step]]]
    ) -> list[tuple[Draft, Iterator[Step]]]:
        """Read what the next step of each row brings up; return the rows that need a further one."""
        now = [(draft, steps, step) for draft, steps in pending if (step := next(steps, None)) is not None]
        keys: dict[Module, set[Key]] = {}
        for draft, _steps, step in now:
            keys.setdefault(draft.row.module, set()).update(step.keys)
        for module, some in keys.items():
            await self._finder.fetch(module, some)
            await self._finder.load(
                module, {ref.id for key in some for ref in self._finder.known(module, key)}
            )
        left = []
        for draft, steps, step in now:
            module = draft.row.module
            ids = {ref.id for key in step.keys for ref in self._finder.known(module, key)}
            found = [await self._finder.record(module, record_id) for record_id in ids]
            if not any(record is not None and step.fits(record.whole) for record in found):
                left.append((draft, steps))
        return left

    def _told_ids(self, draft: Draft) -> Iterator[str]:
        if is_id(draft.row.record_id):
            yield draft.row.record_id
        if self._rules.source and draft.row.remote_id:
            for ref in self._finder.known(draft.row.module, (KeyKind.REMOTE, draft.row.remote_id)):
                yield ref.id

    def _peeked(self, draft: Draft) -> Mapping[str, Value]:
        """Return the values of a row with the references that are clear already."""
        known = self._references.peek(self._of(draft.row.module), draft)
        return {**draft.values, **known} if known else draft.values

    # Deciding

    async def decide(self, draft: Draft) -> RowOutcome:
        """Return what becomes of a row, and note what has to be written."""
        row = draft.row
        if draft.is_refused:
            return self._outcome(draft, RowAction.REJECT, reasons=draft.reasons)
        why = self._finder.absence(row.module, row.remote_id) if row.remote_id else None
        if why is not None:
            self.absences[why] += 1
            return replace(
                self._outcome(draft, ACTION_OF[why], reasons={"": told_of(why)}),
                is_told=why is not Absence.HIDDEN,
            )
        fields = self._of(row.module)
        if not self._rules.adds_accounts:
            return await self._decide(draft, fields)
        if draft.reasons:
            # A row that isn't taken in adds no account, and doesn't complain that there is none.
            return self._outcome(draft, RowAction.REJECT, reasons=draft.reasons)
        added = await self._accounts.add(draft, fields)
        outcome = await self._decide(draft, fields)
        for account in self._accounts.keep(added, outcome):
            self._seen[account.id] = Met(row.number, is_new=True)
        return outcome

    async def _decide(self, draft: Draft, fields: dict[str, Field]) -> RowOutcome:
        row = draft.row
        told = await self._references.resolve(fields, draft)
        if self._rules.loose:
            for name in told:
                draft.values.pop(name, None)
            told = {**row.left_out, **draft.left_out, **told}
        else:
            draft.reasons.update(told)
            told = {**row.left_out, **draft.left_out}
        if draft.reasons:
            return self._outcome(draft, RowAction.REJECT, reasons=draft.reasons)
        if not any(value is not None for value in draft.values.values()):
            return self._outcome(draft, RowAction.SKIP, reasons=told or {"": _("The row is empty.")})
        if row.module is Module.CALL:
            draft.assumed = assumed_of_call(draft.values)
        policy = self._rules.policy
        try:
            found, is_linked = await self._match(draft)
        except Ambiguous as error:
            if policy is not DuplicatePolicy.CREATE:
                return self._outcome(draft, RowAction.REJECT, reasons={"": str(error)})
            # One more is wanted, whichever of those that are there is meant.
            found, is_linked = None, False
        if found is None or (policy is DuplicatePolicy.CREATE and not is_linked):
            return await self._create(draft, told)
        if policy is DuplicatePolicy.SKIP:
            reasons = {"": _("It is there already.")}
            outcome = self._outcome(draft, RowAction.SKIP, record=found, reasons=reasons)
        else:
            outcome = self._update(draft, found, told)
        if not is_linked and outcome.action is not RowAction.REJECT:
            self._link(draft, found.id)
        return outcome

    async def _match(self, draft: Draft) -> tuple[Record | None, bool]:
        """Return the record that a row is about, and whether it is linked with the row's source."""
        module, row = draft.row.module, draft.row
        if self._rules.source and row.remote_id:
            for ref in await self._finder.refs(module, (KeyKind.REMOTE, row.remote_id)):
                if (record := await self._finder.record(module, ref.id)) is not None:
                    return record, True
        if is_id(row.record_id) and (record := await self._finder.record(module, row.record_id)) is not None:
            return record, False
        for step in self._steps(draft, {**draft.assumed, **draft.values}):
            found: dict[str, Record] = {}
            for key in step.keys:
                for ref in await self._finder.refs(module, key):
                    if key[0] is KeyKind.NUMBER and (met := self._seen.get(ref.id)) and met.is_new:
                        # The numbers that new cases get here are none of the file's.
                        continue
                    record = await self._finder.record(module, ref.id)
                    if record is not None and step.fits(record.whole):
                        found[record.id] = record
            if found:
                return the_one_meant(list(found.values()), step), False
        return None, False

    async def _create(self, draft: Draft, told: Mapping[str, str]) -> RowOutcome:
        module, service = draft.row.module, self._records(draft.row.module)
        verdict = can_create(self._actor, module)
        if isinstance(verdict, Reason):
            return self._outcome(draft, RowAction.REJECT, reasons={"": verdict.message})
        given = {name: value for name, value in draft.values.items() if value is not None}
        values = {**service.defaults(self._actor), **draft.assumed, **given}
        now = self._core.clock.now()
        match module:
            case Module.CALL:
                values["status"] = state_of_call(values, now)
            case Module.EVENT if isinstance(service, EventService):
                values.setdefault("status", service.told_status(values))
            case Module.CASE if values.get("account") is None:
                values["account"] = await self._account_of(values.get("contact"))
        errors = {**missing(service.fields(), values), **service.problems(values, None)}
        if module is Module.CALL:
            errors = problems_of_call(values, errors, now)
        if errors:
            return self._outcome(draft, RowAction.REJECT, reasons=errors)
        whole = {**values, **self._derived(service, values)}
        record = new_record(self._core, self._of(module), module, whole)
        self.plan.writes[record.id] = Write(record, None, values)
        self._link(draft, record.id)
        self._finder.put(record)
        self._seen[record.id] = Met(draft.row.number, is_new=True)
        return self._outcome(draft, RowAction.CREATE, record=record, after=values, reasons=told)

    def _update(self, draft: Draft, before: Record, told: Mapping[str, str]) -> RowOutcome:
        changes = self._changes(draft, before)
        above = self._seen.get(before.id)
        reasons = self._refusal(before, changes) if changes else {}
        if reasons and above is None:
            return self._outcome(draft, RowAction.REJECT, record=before, reasons=reasons)
        self._seen.setdefault(before.id, Met(draft.row.number, is_new=False))
        if reasons:
            return self._outcome(draft, RowAction.SKIP, record=before, reasons=reasons)
        if changes and above is not None and not self._rules.is_live:
            # Otherwise each run would change what the row above says, and this one change it back.
            reason = _("Row %(number)d says something else of the same record.") % {"number": above.number}
            empty = {name for name in changes if self._is_unset(before, name)}
            told = {**told, **dict.fromkeys(changes.keys() - empty, reason)}
            changes = {name: value for name, value in changes.items() if name in empty}
            if not changes:
                return self._outcome(draft, RowAction.SKIP, record=before, reasons=told)
        if not changes:
            return self._outcome(draft, RowAction.UNCHANGED, record=before, reasons=told)
        custom = {name: value for name, value in changes.items() if self._of(before.module)[name].custom}
        plain = {name: value for name, value in changes.items() if name not in custom}
        values = {**before.values, **plain}
        values.update(self._derived(self._records(before.module), {**values, **before.custom}))
        after = replace(
            before,
            values=values,
            custom={**before.custom, **custom},
            name=name_of(before.module, values),
        )
        if (write := self.plan.writes.get(before.id)) is not None:
            write.record = after
            write.values.update(changes)
        else:
            self.plan.writes[before.id] = Write(after, before, dict(changes))
        self._finder.put(after)
        return self._outcome(
            draft, RowAction.UPDATE, record=after, before=before, after=changes, reasons=told
        )

    # Parts

    def _changes(self, draft: Draft, before: Record) -> dict[str, Value]:
        """Return the values of a row that its record doesn't have."""
        values = draft.values
        if draft.row.module is Module.EVENT:
            again = self._typing.read(draft.row, before).values
            fields = self._of(Module.EVENT)
            values = {
                name: draft.values.get(name) if fields[name].targets else value
                for name, value in {**values, **again}.items()
                if name in again or fields[name].targets
            }
        given = {
            name: value
            for name, value in values.items()
            if value not in (None, OVERDUE) and name not in draft.left_out
        }
        names = differences(before.whole, given).keys()
        fields, region = self._of(before.module), self._core.region
        return {
            name: given[name]
            for name in names
            if not is_same_value(fields[name], before.get(name), given[name], region)
        }

    def _refusal(self, before: Record, changes: Mapping[str, Value]) -> dict[str, str]:
        """Return why a record may not be changed, by field."""
        service = self._records(before.module)
        for verdict in (can_edit(self._actor, before.module), can_change(before)):
            if isinstance(verdict, Reason):
                return {"": verdict.message}
        try:
            service.refuse_locked(before)
        except CrmError as error:
            return {"": str(error)}
        whole = {**before.whole, **changes}
        asked = [one for one in service.fields() if not one.custom or one.name in changes]
        return {**missing(asked, whole), **service.problems(whole, before)}

    async def _account_of(self, contact: Value) -> Value:
        """Return the account that a new case of a contact belongs to, unless its row names one."""
        if not isinstance(contact, Ref):
            return None
        person = await self._finder.record(Module.CONTACT, contact.id)
        if person is None or person.version == 0 or person.get("account") is not None:
            return person.get("account") if person is not None else None
        service = self._records(Module.CASE)
        return (
            await service.account_for(self._actor, contact.id) if isinstance(service, CaseService) else None
        )

    def _derived(self, service: RecordService, values: Mapping[str, Value]) -> dict[str, Value]:
        """Return fields that follow from the values of a record, as the store will have them."""
        names = self._of(service.module)
        return {name: value for name, value in service.derived(values).items() if name in names}

    def _is_unset(self, record: Record, name: str) -> bool:
        """Whether a further row about a record may fill a field."""
        return self._of(record.module)[name].type is not FieldType.BOOL and record.get(name) in _UNSET

    def _link(self, draft: Draft, record_id: str) -> None:
        if self._rules.source and draft.row.remote_id not in ("", record_id):
            self.plan.links[draft.row.number] = (draft.row.module, draft.row.remote_id, record_id)
            self._finder.link(draft.row.module, draft.row.remote_id, record_id)

    def _steps(self, draft: Draft, values: Mapping[str, Value]) -> Sequence[Step]:
        """Return how to recognise the record of a row with ``values``; what was worked out before holds."""
        if draft.steps is not None and draft.steps[0] == values:
            return draft.steps[1]
        service = self._records(draft.row.module)
        due_at = service.due_at(values) if isinstance(service, ActivityRecords) else None
        steps = tuple(steps_of(draft.row.module, values, self._core.region, due_at))
        draft.steps = dict(values), steps
        return steps

    def _of(self, module: Module) -> dict[str, Field]:
        if module not in self._fields:
            self._fields[module] = {one.name: one for one in self._records(module).fields()}
        return self._fields[module]

    def _outcome(
        self,
        draft: Draft,
        action: RowAction,
        *,
        record: Record | None = None,
        before: Record | None = None,
        after: Mapping[str, Value] | None = None,
        reasons: Mapping[str, str] | None = None,
    ) -> RowOutcome:
        row = draft.row
        return RowOutcome(
            number=row.number,
            action=action,
            module=row.module,
            name=record.name if record is not None else name_of(row.module, draft.values),
            ref=record.ref if record is not None else None,
            before={name: before.get(name) for name in after or ()} if before is not None else {},
            after=after or {},
            reasons=reasons or {},
            shortened=draft.shortened if action in (RowAction.CREATE, RowAction.UPDATE) else (),
            cells=row.cells if action is RowAction.REJECT else (),
        )
