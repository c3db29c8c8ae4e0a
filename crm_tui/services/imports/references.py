"""References of rows of an import: what they name, by id, mail address, name, number or the source's id."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from crm_tui.domain.fields import Field, FieldType
from crm_tui.domain.ids import is_id
from crm_tui.domain.imports.batches import RemoteRef
from crm_tui.domain.imports.keys import Key, KeyKind
from crm_tui.domain.modules import PEOPLE, Module
from crm_tui.domain.naming import sort_name_of, spaced
from crm_tui.domain.participants import FIELD as PARTICIPANTS
from crm_tui.domain.participants import without_doubles
from crm_tui.domain.records import Participant, Ref, Value
from crm_tui.domain.search_terms import fold
from crm_tui.errors import CrmError, NotFound
from crm_tui.i18n import _, ngettext
from crm_tui.services.imports.absences import absence_of
from crm_tui.services.imports.finding import Finder
from crm_tui.services.imports.typed_rows import Draft
from crm_tui.services.references import the_one

_FOLDED: Final = (Module.ACCOUNT, Module.DEAL, Module.CAMPAIGN)
"""Modules whose records are also found by a name in other notation."""

_INVITED: Final = (Module.CONTACT, Module.LEAD)
"""Whom a mail address means, the surer ones first."""

Users = Callable[[str], list[Ref]]
"""Returns the active users that a text names."""


class ImportReferences:
    """Finds what the rows of a chunk refer to."""

    def __init__(self, finder: Finder, users: Users) -> None:
        self._finder = finder
        self._users = users
        self._names: dict[Module, frozenset[str]] = {}

    def wanted(self, fields: dict[str, Field], draft: Draft) -> Iterator[tuple[Module, Key]]:
        """Yield what is to be fetched for a row."""
        for remote in (*draft.remote.values(), *draft.invited):
            yield remote.module, (KeyKind.REMOTE, remote.remote_id)
            if remote.name:
                yield from ((remote.module, key) for key in _keys(remote.module, remote.name))
        for name, value in self._pointing(fields, draft):
            field = fields[name]
            if field.type is FieldType.REFERENCE and value is not None:
                yield from _wanted(field, value)
            elif isinstance(value, tuple) and field.is_linked:
                for one in value:
                    if not isinstance(one, Participant):
                        continue
                    if one.ref is not None or one.typed:
                        yield from _wanted(field, one.ref or one.typed)
                    else:
                        yield from ((target, _at(one)) for target in _INVITED if target in field.targets)

    async def resolve(self, fields: dict[str, Field], draft: Draft) -> dict[str, str]:
        """Put records in the place of what names them; return a reason for each field that names none."""
        reasons: dict[str, str] = {}
        for name, remote in draft.remote.items():
            try:
                draft.values[name] = await self.remote(remote)
            except CrmError as error:
                reasons[name] = str(error)
        for name, value in self._pointing(fields, draft):
            field = fields[name]
            try:
                if field.type is FieldType.REFERENCE and value is not None and name not in draft.remote:
                    draft.values[name] = await self._one(field, value)
                elif field.is_linked and isinstance(value, tuple):
                    draft.values[name] = await self._participants(field, value, draft)
            except CrmError as error:
                reasons[name] = str(error)
        if draft.invited:
            await self._invite(draft, reasons)
        return reasons

    def peek(self, fields: dict[str, Field], draft: Draft) -> dict[str, Value]:
        """Return the references of a row that what was fetched makes clear already."""
        found: dict[str, Value] = {}
        for name, remote in draft.remote.items():
            refs = self._finder.known(remote.module, (KeyKind.REMOTE, remote.remote_id))
            found.update({name: refs[0]} if refs else {})
        for name, value in self._pointing(fields, draft):
            if fields[name].type is FieldType.REFERENCE and isinstance(value, str | Ref):
                wanted = _wanted(fields[name], value)
                refs = [ref for module, key in wanted for ref in self._finder.known(module, key)]
                found.update({name: refs[0]} if refs else {})
        return found

    async def account(self, name: str) -> list[Ref]:
        """Return the accounts that are called so."""
        return await self._named(Module.ACCOUNT, name)

    # Parts

    def _pointing(self, fields: Mapping[str, Field], draft: Draft) -> list[tuple[str, Value]]:
        """Return the values of a row that may point to other records."""
        module = draft.row.module
        if module not in self._names:
            self._names[module] = frozenset(
                one.name for one in fields.values() if one.type is FieldType.REFERENCE or one.is_linked
            )
        names, values = self._names[module], draft.values
        return [(name, values[name]) for name in values if name in names]

    async def _one(self, field: Field, value: Value) -> Ref:
        if isinstance(value, Ref):
            return await self._meant(value)
        targets, text = _targets(field, str(value))
        found = [ref for target in targets for ref in await self._named(target, text)]
        return the_one(found, text)

    async def _meant(self, ref: Ref) -> Ref:
        """Return what a file points to by its id; an id of another store is unknown, but the name tells."""
        try:
            return await self._by_id(ref.module, ref.id)
        except NotFound:
            if not ref.name:
                raise
            return the_one(await self._named(ref.module, ref.name), ref.name)

    async def is_known(self, ref: Ref) -> bool:
        """Return whether there is a record of the id in ``ref``, here or in the store that a file is from."""
        return bool(await self._of_id(ref.module, ref.id))

    async def _by_id(self, module: Module, record_id: str) -> Ref:
        return the_one(await self._of_id(module, record_id), record_id)

    async def _of_id(self, module: Module, record_id: str) -> list[Ref]:
        if module is Module.USER:
            return self._users(record_id)
        if self._finder.is_new(record_id) and (new := await self._finder.record(module, record_id)):
            return [new.ref]
        for key in _ids(record_id):
            if found := await self._finder.refs(module, key):
                return found
        return []

    async def _named(self, module: Module, text: str) -> list[Ref]:
        """Return what a text names, as `crm_tui.services.references.find_ref` finds it."""
        if module is Module.USER:
            return self._users(text)
        found: dict[str, Ref] = {}
        for key in _keys(module, text):
            if key[0] is KeyKind.SORT and found:
                break
            for ref in await self._finder.refs(module, key):
                if key[0] is KeyKind.SORT and fold(ref.name) != fold(text):
                    continue
                found[ref.id] = ref
        if not found and module in PEOPLE:
            for name in spaced(text):
                found.update({ref.id: ref for ref in await self._finder.refs(module, (KeyKind.NAME, name))})
        return list(found.values())

    async def remote(self, remote: RemoteRef) -> Ref:
        """Return the record that an id at the source is, or a name there.

        Raises:
            NotFound: There is none, or none that is to be had.
            Ambiguous: Several are called so.
        """
        found = await self._finder.refs(remote.module, (KeyKind.REMOTE, remote.remote_id))
        if not found and remote.name:
            found = await self._named(remote.module, remote.name)
        if not found:
            name = remote.name or remote.remote_id
            if (why := self._finder.absence(remote.module, remote.remote_id)) is not None:
                raise NotFound(absence_of(why, name[:80]))
            raise NotFound(_("What is “%(name)s” at the source isn't here.") % {"name": name[:80]})
        return the_one(found, remote.name or remote.remote_id)

    async def _participants(
        self, field: Field, given: tuple[object, ...], draft: Draft
    ) -> tuple[Participant, ...] | None:
        found, unknown = [], 0
        for one in given:
            if not isinstance(one, Participant):
                continue
            if one.ref is not None or one.typed:
                try:
                    one = Participant(await self._one(field, one.ref or one.typed))
                except NotFound:
                    # An id of another store says nothing here; the event is worth having without.
                    if not is_id(_targets(field, one.typed)[1]):
                        raise
                    unknown += 1
                    continue
            else:
                one = await self._at_address(field, one)
            found.append(await self._addressed(one))
        if unknown:
            text = ngettext(
                "%(number)d participant isn't in this store and was left out.",
                "%(number)d participants aren't in this store and were left out.",
                unknown,
            )
            draft.left_out[field.name] = text % {"number": unknown}
        return without_doubles(found) or None

    async def _at_address(self, field: Field, one: Participant) -> Participant:
        """Return who has an address: a contact before a lead before a user, of several the one made first.

        A converted lead is a contact now. An address that is nobody's stays as it is.
        """
        for module in _INVITED:
            refs = await self._finder.refs(module, _at(one)) if module in field.targets else []
            # Ids count up with time.
            for ref in sorted(refs, key=lambda each: each.id):
                record = await self._finder.record(module, ref.id)
                if record is not None and record.get("converted_at") is None:
                    return Participant(ref, one.email)
        users = self._users(one.email) if Module.USER in field.targets else []
        return Participant(users[0]) if users else one

    async def _invite(self, draft: Draft, reasons: dict[str, str]) -> None:
        known = draft.values.get(PARTICIPANTS)
        found = [one for one in known if isinstance(one, Participant)] if isinstance(known, tuple) else []
        for remote in draft.invited:
            try:
                found.append(await self._addressed(Participant(await self.remote(remote))))
            except CrmError as error:
                reasons[PARTICIPANTS] = str(error)
        draft.values[PARTICIPANTS] = without_doubles(found) or None

    async def _addressed(self, one: Participant) -> Participant:
        """Return a participant with their mail address, by which a bare one is known to be the same."""
        if one.ref is None or one.ref.module is Module.USER:
            return one
        record = await self._finder.record(one.ref.module, one.ref.id)
        return replace(one, email=record.text("email")) if record is not None else one


def _at(one: Participant) -> Key:
    return KeyKind.MAIL, one.email.lower()


def _wanted(field: Field, value: object) -> Iterator[tuple[Module, Key]]:
    if isinstance(value, Ref):
        if value.module is not Module.USER:
            yield from ((value.module, key) for key in _ids(value.id))
        return
    targets, text = _targets(field, str(value))
    for target in targets:
        if target is not Module.USER:
            yield from ((target, key) for key in _keys(target, text))


def _targets(field: Field, text: str) -> tuple[tuple[Module, ...], str]:
    """Return what a text may name; ``contact:…`` names a contact."""
    prefix, colon, rest = text.partition(":")
    for target in field.targets:
        if colon and target.value == prefix.strip().lower():
            return (target,), rest.strip()
    return field.targets, text


def _ids(record_id: str) -> list[Key]:
    """Return what an id may be: one of ours, else one of the store that a file is from."""
    return [(KeyKind.ID, record_id), (KeyKind.REMOTE, record_id)]


def _keys(module: Module, text: str) -> list[Key]:
    """Return by what a record may be found that is named by ``text``."""
    if is_id(text.lower()):
        return _ids(text.lower())
    keys: list[Key] = [(KeyKind.NAME, text)]
    if module in PEOPLE and "@" in text:
        keys.append((KeyKind.MAIL, text.lower()))
    digits = text.lstrip("#")
    if module is Module.CASE and digits.isdecimal() and len(digits) < 10:
        keys.append((KeyKind.NUMBER, int(digits)))
    if module in _FOLDED:
        keys.append((KeyKind.SORT, sort_name_of(module, {"name": text})))
    return keys
