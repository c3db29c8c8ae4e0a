"""Custom fields: what an administrator may add to a module, and what it is called."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Self

from crm_tui.domain.fields import Field, FieldType
from crm_tui.domain.modules import ACTIVITIES, Module
from crm_tui.domain.picklists import Choice
from crm_tui.domain.schema import FIELDS
from crm_tui.domain.validation import PROTECTED
from crm_tui.i18n import N_, _

TYPES = (FieldType.TEXT, FieldType.NUMBER, FieldType.DATE, FieldType.BOOL, FieldType.PICKLIST)
"""What a custom field can hold."""

MODULES = (
    Module.LEAD,
    Module.CONTACT,
    Module.ACCOUNT,
    Module.DEAL,
    Module.CASE,
    Module.CAMPAIGN,
    Module.TASK,
    Module.EVENT,
    Module.NOTE,
)
"""Modules that take custom fields; calls don't."""

SECTION = N_("Custom fields")
"""Heading of the block that they stand in."""

MOST_FIELDS = 200
"""Active custom fields of one module at most."""

MOST_VALUES = 200
"""Values of one pick-list at most, those that were retired included."""

LONGEST_NAME = 40
LONGEST_LABEL = 100
LONGEST_TEXT = 2_000
"""Characters at most."""

_NAME = re.compile(r"[a-z][a-z0-9_]*")

_RESERVED = PROTECTED | {
    "accounts",
    "added_at",
    "converted_to",
    "custom",
    "deleted_by",
    "display_name",
    "is_closed",
    "kind",
    "members",
    "module",
    "name",
    "participants",
    "primary",
    "related",
    "response_status",
    "sort_at",
    "sort_name",
    *(module.value for module in Module),
}
"""Names that every record, or a row of a related list, uses for something of its own."""


@dataclass(frozen=True, slots=True)
class CustomField:
    """One definition.

    Attributes:
        name: Code in JSON, on the command line and in the record's custom values; never changes.
        label_en: What an English-speaking agent reads.
        label_ja: What a Japanese-speaking agent reads, "" for the same.
        values: Values of a pick-list in order, retired ones included.
        required: A new record needs a value, and it can't be emptied; records from before stay as they are.
        active: Shown and usable; the values of an inactive field stay in the store unseen.
        position: Place among the custom fields of the module.
    """

    id: str
    module: Module
    name: str
    type: FieldType
    label_en: str
    label_ja: str = ""
    values: tuple[Choice, ...] = ()
    required: bool = False
    active: bool = True
    position: int = 0

    @property
    def list_name(self) -> str:
        """The name of its pick-list among all pick-lists."""
        return f"custom.{self.module.value}.{self.name}"

    def field(self) -> Field:
        """Return the field as forms, lists and services know it."""
        return Field(
            self.name,
            self.label_en,
            self.type,
            max_length=LONGEST_TEXT if self.type is FieldType.TEXT else 0,
            required=self.required,
            picklist=self.list_name if self.type is FieldType.PICKLIST else "",
            section=SECTION,
            custom=True,
            label_ja=self.label_ja,
        )


@dataclass(frozen=True, slots=True)
class DefinitionChange:
    """What an administrator sets on a definition; None leaves it as it is.

    Attributes:
        label_en: English label; "" makes one of the name.
        label_ja: Japanese label; "" shows the English one.
        values: Values of a pick-list in order, each a label or ``English|日本語``. A value that isn't named
            any more is retired: records keep it, nobody can choose it.
        required: Whether a new record needs a value.
        active: Whether the field is shown and used.
        position: Place among the active custom fields of the module; the first is 1.
    """

    label_en: str | None = None
    label_ja: str | None = None
    values: Sequence[str] | None = None
    required: bool | None = None
    active: bool | None = None
    position: int | None = None


_NO_FIELDS: Mapping[str, Field] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class CustomFields:
    """All definitions of a store, as read at one moment.

    Attributes:
        revision: Counts the changes of definitions; another number in the store means that they changed.
        definitions: In order of module and position, inactive ones included.
    """

    revision: int = 0
    definitions: tuple[CustomField, ...] = ()
    _fields: Mapping[Module, tuple[Field, ...]] = field(init=False, repr=False, compare=False)
    _by_name: Mapping[Module, Mapping[str, Field]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        fields: dict[Module, tuple[Field, ...]] = dict(FIELDS)
        by_name: dict[Module, dict[str, Field]] = {}
        for definition in self.definitions:
            if definition.active:
                one = definition.field()
                fields[definition.module] += (one,)
                by_name.setdefault(definition.module, {})[one.name] = one
        object.__setattr__(self, "_fields", fields)
        object.__setattr__(self, "_by_name", by_name)

    @classmethod
    def of(cls, revision: int, definitions: Iterable[CustomField]) -> Self:
        """Return ``definitions`` in the order in which they are shown."""
        places = {module: place for place, module in enumerate(MODULES)}
        return cls(
            revision, tuple(sorted(definitions, key=lambda d: (places[d.module], d.position, d.name, d.id)))
        )

    def fields(self, module: Module) -> tuple[Field, ...]:
        """Return the standard fields of ``module`` and behind them its active custom ones."""
        return self._fields.get(module, ())

    def by_name(self, module: Module) -> Mapping[str, Field]:
        """Return the active custom fields of ``module`` by name."""
        return self._by_name.get(module, _NO_FIELDS)

    def of_activities(self) -> Mapping[str, Field]:
        """Return the active custom fields of all kinds of activity; a name has one type among them."""
        return {name: one for kind in ACTIVITIES for name, one in self.by_name(kind).items()}

    def find(self, module: Module, name: str) -> CustomField | None:
        """Return the definition ``name`` of ``module``, active or not."""
        return next((d for d in self.definitions if d.module is module and d.name == name), None)

    def of_module(self, module: Module) -> tuple[CustomField, ...]:
        """Return the definitions of ``module`` in order, inactive ones included."""
        return tuple(d for d in self.definitions if d.module is module)

    def picklists(self) -> Mapping[str, tuple[Choice, ...]]:
        """Return the values of every pick-list field, by `CustomField.list_name`."""
        return {d.list_name: d.values for d in self.definitions if d.type is FieldType.PICKLIST}

    def name_problem(self, module: Module, name: str, kind: FieldType) -> str:
        """Return why a new field of ``module`` can't be called so, "" if it can.

        Activities of all kinds stand in one list, so a name means one thing in all of them.
        """
        if not _NAME.fullmatch(name) or len(name) > LONGEST_NAME:
            return _(
                "A name has at most %(limit)d lower-case letters a–z, digits or _ and starts with a letter."
            ) % {"limit": LONGEST_NAME}
        kinds = ACTIVITIES if module in ACTIVITIES else (module,)
        if name in _RESERVED or any(name in _standard_names(one) for one in kinds):
            return _("The program itself has a field of this name; choose another one.")
        for other in kinds:
            known = self.find(other, name)
            if known is not None and other is not module and known.type is not kind:
                return _("Another kind of activity has a field of this name and of another type.")
        return ""


def _standard_names(module: Module) -> frozenset[str]:
    """Return the names of standard fields, and those under which their references stand in files."""
    fields = FIELDS[module]
    return frozenset(
        {*(f.name for f in fields), *(f"{f.name}_id" for f in fields if f.type is FieldType.REFERENCE)}
    )
