"""Custom fields: an administrator adds, renames, moves and retires them; agents use them at once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from crm_tui.domain.actor import Actor
from crm_tui.domain.custom_fields import (
    LONGEST_LABEL,
    MODULES,
    MOST_FIELDS,
    MOST_VALUES,
    TYPES,
    CustomField,
    CustomFields,
    DefinitionChange,
)
from crm_tui.domain.fields import FieldType
from crm_tui.domain.ids import new_id
from crm_tui.domain.modules import PLURAL, Module
from crm_tui.domain.picklists import Choice, code_of
from crm_tui.errors import Invalid, NotFound
from crm_tui.i18n import _
from crm_tui.policies.administration import can_administer
from crm_tui.services.core import Core
from crm_tui.services.records import refuse
from crm_tui.store.repositories.custom_fields import CustomFieldRepository
from crm_tui.store.uow import AuditEntry, UnitOfWork
from crm_tui.text import clean_input


class CustomFieldService:
    """The custom fields of the store."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def all(self, actor: Actor, module: Module | None = None) -> tuple[CustomField, ...]:
        """Return all definitions in order, inactive ones included; every agent sees them in forms anyway.

        Raises:
            Invalid: The module takes no custom fields.
        """
        del actor
        if module is not None:
            _refuse_module(module)
        await self.refresh()
        found = self._core.custom_fields
        return found.definitions if module is None else found.of_module(module)

    async def refresh(self) -> None:
        """Take over what was changed elsewhere since; forms and view editors do before they open."""
        async with self._core.store.read() as connection:
            await self._core.refresh_fields(connection)

    async def add(
        self, actor: Actor, module: Module, name: str, kind: FieldType, change: DefinitionChange | None = None
    ) -> CustomField:
        """Add a field at the end of a module's custom fields.

        A name that was deleted comes back with all its values in the records, if the type is the same.

        Raises:
            Invalid: With a reason per ``name``, ``type`` or attribute of the change.
        """
        actor = await self._core.current(actor)
        await self._core.require(actor, can_administer(actor), "field add")
        _refuse_module(module)
        name, change = clean_input(name).strip(), change or DefinitionChange()
        async with self._core.store.write(actor) as uow:
            known = await CustomFieldRepository(uow.connection).locked()
            old = known.find(module, name)
            refuse(_problems(known, module, name, kind, old))
            blank = CustomField(new_id(), module, name, kind, "")
            given = replace(change, active=True, label_en=change.label_en or "")
            new = _changed(old or blank, given)
            new = replace(new, position=_last(known, module) + 1)
            await self._save(uow, "field add", old, new)
        return new

    async def edit(self, actor: Actor, module: Module, name: str, change: DefinitionChange) -> CustomField:
        """Change a field: labels, values, whether it is required or active, its place.

        Raises:
            NotFound: The module has no such custom field.
            Invalid: With a reason per attribute.
        """
        actor = await self._core.current(actor)
        await self._core.require(actor, can_administer(actor), "field edit")
        _refuse_module(module)
        async with self._core.store.write(actor) as uow:
            known = await CustomFieldRepository(uow.connection).locked()
            old = known.find(module, clean_input(name).strip())
            if old is None:
                raise NotFound(_("There is no custom field “%(name)s”.") % {"name": name[:64]})
            new = _changed(old, change)
            if new.active and not old.active:
                refuse(_room(known, module))
            others: list[CustomField] = []
            if change.position is not None:
                new, others = _moved(known, new, change.position)
            action = "field delete" if old.active and not new.active else "field edit"
            await self._save(uow, action, old, new, others)
        return new

    async def delete(self, actor: Actor, module: Module, name: str) -> CustomField:
        """Take a field away from forms, lists and files.

        The records keep its values unseen; adding it again, or making it active, brings them back.

        Raises:
            NotFound: The module has no such custom field.
        """
        return await self.edit(actor, module, name, DefinitionChange(active=False))

    async def _save(
        self,
        uow: UnitOfWork,
        action: str,
        old: CustomField | None,
        new: CustomField,
        others: Iterable[CustomField] = (),
    ) -> None:
        repository = CustomFieldRepository(uow.connection)
        if old is None:
            await repository.add(new)
        else:
            await repository.change([new, *others])
        await repository.count_change()
        uow.record(AuditEntry(action, new.module, new.id, new.name, _differences(old, new)))
        uow.touched_all()
        fields = await repository.all()
        await uow.commit()
        self._core.take_fields(fields)


def _problems(
    known: CustomFields, module: Module, name: str, kind: FieldType, old: CustomField | None
) -> dict[str, str]:
    """Return why a field can't be added, by attribute."""
    errors = {}
    if kind not in TYPES:
        errors["type"] = _("Choose one of: %(types)s.") % {"types": ", ".join(TYPES)}
    if problem := known.name_problem(module, name, kind):
        errors["name"] = problem
    elif old is not None and old.active:
        errors["name"] = _("There is already a custom field of this name.")
    elif old is not None and old.type is not kind:
        errors["name"] = _(
            "A deleted field of this name has the type %(type)s, and records still hold its values. "
            "Choose another name."
        ) % {"type": old.type.value}
    return errors or _room(known, module)


def _room(known: CustomFields, module: Module) -> dict[str, str]:
    if len(known.by_name(module)) < MOST_FIELDS:
        return {}
    return {"name": _("A module has at most %(limit)d custom fields.") % {"limit": MOST_FIELDS}}


def _changed(old: CustomField, change: DefinitionChange) -> CustomField:
    """Return a definition with a change made.

    Raises:
        Invalid: With a reason per attribute.
    """
    errors: dict[str, str] = {}
    label_en, label_ja = old.label_en, old.label_ja
    if change.label_en is not None:
        label_en = _line(change.label_en) or old.name.replace("_", " ").capitalize()
    if change.label_ja is not None:
        label_ja = _line(change.label_ja)
    for attribute, label in (("label_en", label_en), ("label_ja", label_ja)):
        if len(label) > LONGEST_LABEL:
            errors[attribute] = _("At most %(limit)d characters; this has %(length)d.") % {
                "limit": LONGEST_LABEL,
                "length": len(label),
            }
    values = old.values
    if change.values is not None and (old.type is FieldType.PICKLIST or list(change.values)):
        values, problem = _values(old, change.values)
        if problem:
            errors["values"] = problem
    if old.type is FieldType.PICKLIST and not any(value.active for value in values):
        errors.setdefault("values", _("A pick-list needs at least one value."))
    required = old.required if change.required is None else change.required
    if required and old.type is FieldType.BOOL:
        errors["required"] = _("A yes/no field is never empty, so it can't be required.")
    refuse(errors)
    active = old.active if change.active is None else change.active
    return replace(old, label_en=label_en, label_ja=label_ja, values=values, required=required, active=active)


def _values(old: CustomField, given: Sequence[str]) -> tuple[tuple[Choice, ...], str]:
    """Return the values of a pick-list after a change, and why they can't be so, "" if they can."""
    if old.type is not FieldType.PICKLIST:
        return (), _("Only a pick-list has values.")
    known = {choice.code: choice for choice in old.values}
    new: dict[str, Choice] = {}
    for text in given:
        english, _bar, japanese = (part.strip() for part in _line(text).partition("|"))
        if not english:
            continue
        same = next((c.code for c in old.values if english in (c.code, c.label_en)), None)
        code = same or code_of(english)
        if not code or len(english) > LONGEST_LABEL or len(japanese) > LONGEST_LABEL:
            return (), _("A value has 1 to %(limit)d characters, a letter or digit among them.") % {
                "limit": LONGEST_LABEL
            }
        if code in new:
            return (), _("The value “%(value)s” stands there twice.") % {"value": english}
        before = known.get(code)
        label_en = before.label_en if before is not None and english == code else english
        label_ja = japanese or (before.label_ja if before is not None else english)
        new[code] = Choice(code, label_en, label_ja)
    retired = [replace(choice, active=False) for choice in old.values if choice.code not in new]
    if len(new) + len(retired) > MOST_VALUES:
        return (), _("A pick-list has at most %(limit)d values.") % {"limit": MOST_VALUES}
    return (*new.values(), *retired), ""


def _moved(known: CustomFields, moving: CustomField, position: int) -> tuple[CustomField, list[CustomField]]:
    """Return a definition at its new place, and the others of its module; inactive ones come last."""
    others = [one for one in known.of_module(moving.module) if one.id != moving.id]
    active = [one for one in others if one.active]
    active.insert(max(0, min(position - 1, len(active))), moving)
    ordered = [*active, *(one for one in others if not one.active)]
    placed = [replace(one, position=place) for place, one in enumerate(ordered, start=1)]
    return next(one for one in placed if one.id == moving.id), [one for one in placed if one.id != moving.id]


def _last(known: CustomFields, module: Module) -> int:
    return max((one.position for one in known.of_module(module)), default=0)


def _refuse_module(module: Module) -> None:
    if module not in MODULES:
        reason = _("%(module)s take no custom fields.") % {"module": _(PLURAL[module])}
        raise Invalid(reason, fields={"module": reason})


def _differences(old: CustomField | None, new: CustomField) -> Mapping[str, Any]:
    before, after = (None if old is None else _plain(old)), _plain(new)
    return {
        name: [None if before is None else before[name], value]
        for name, value in after.items()
        if before is None or before[name] != value
    }


def _plain(one: CustomField) -> dict[str, Any]:
    return {
        "type": one.type.value,
        "label_en": one.label_en,
        "label_ja": one.label_ja,
        "values": [choice.code for choice in one.values if choice.active],
        "required": one.required,
        "active": one.active,
        "position": one.position,
    }


def _line(text: str) -> str:
    return " ".join(clean_input(text).split())
