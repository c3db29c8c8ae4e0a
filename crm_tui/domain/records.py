"""Records as every layer above the store sees them: frozen, typed, complete."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType

from crm_tui.domain.modules import Module
from crm_tui.domain.paging import Position


@dataclass(frozen=True, slots=True)
class Ref:
    """A pointer to a record, with the name it is shown by."""

    module: Module
    id: str
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Participant:
    """Somebody who takes part in an event: a contact, a lead, a user, or a bare mail address.

    Two are equal if they are the same person or address, whatever they are called at the moment.

    Attributes:
        ref: Who it is; None for a bare address.
        email: Their present address, or the bare one; "" for none.
        typed: What was typed and not looked up yet; nobody takes part under it.
    """

    ref: Ref | None
    email: str = ""
    typed: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What tells one from another."""
        if self.ref is not None:
            return self.ref.module.value, self.ref.id
        return ("", self.typed) if self.typed else ("email", self.email.casefold())

    @property
    def name(self) -> str:
        """What they are called: a name, or the bare address."""
        return self.ref.name if self.ref is not None else self.email or self.typed

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Participant) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)

    def __str__(self) -> str:
        return self.name


Plain = str | int | bool | Decimal | date | datetime | Ref | tuple[str, ...] | None
"""What a field of one column, and a condition on it, can hold."""

Value = Plain | tuple[Participant, ...]
"""What a field can hold. Durations are whole seconds; an empty text is None.

Start and end of an event are moments, or dates where it takes whole days.
"""

Values = Mapping[str, Value]

NO_VALUES: Values = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Record:
    """One record of any module, as read at one moment.

    Attributes:
        module: What it is.
        id: UUIDv7, lower case with dashes.
        version: Counts saves; an edit names the version it was based on.
        name: How the record is called in lists, titles and references.
        owner: The user it belongs to.
        created_at: UTC.
        modified_at: UTC.
        values: Value per standard field of the module.
        custom: Value per active custom field of the module.
        shared: The reader's scope doesn't reach it; they see it because they take part in it.
    """

    module: Module
    id: str
    version: int
    name: str
    owner: Ref | None
    created_at: datetime
    created_by: Ref | None
    modified_at: datetime
    modified_by: Ref | None
    values: Values = field(default_factory=lambda: NO_VALUES)
    custom: Values = field(default_factory=lambda: NO_VALUES)
    shared: bool = False

    @property
    def ref(self) -> Ref:
        """The record as a reference."""
        return Ref(self.module, self.id, self.name)

    @property
    def whole(self) -> Values:
        """The values of standard and custom fields by name; no name stands for both."""
        return {**self.values, **self.custom} if self.custom else self.values

    def get(self, name: str) -> Value:
        """Return the value of a standard or custom field, None when it is empty or unknown."""
        return self.values[name] if name in self.values else self.custom.get(name)

    def text(self, name: str) -> str:
        """Return the value of a text or pick-list field, "" when it is empty."""
        value = self.get(name)
        return value if isinstance(value, str) else ""

    def ref_to(self, name: str) -> Ref | None:
        """Return the value of reference field ``name``."""
        value = self.get(name)
        return value if isinstance(value, Ref) else None


@dataclass(frozen=True, slots=True)
class ListRow:
    """One row of a list: only the columns the list asked for.

    Attributes:
        module: What the row is; lists of activities mix three modules.
        position: Where it stands, to continue reading from.
        values: Value per asked column that isn't a custom field; ``owner``, ``created_at`` and
            ``modified_at`` can be asked for like fields.
        custom: Value per asked custom field.
    """

    module: Module
    id: str
    version: int
    name: str
    position: Position
    values: Values = field(default_factory=lambda: NO_VALUES)
    custom: Values = field(default_factory=lambda: NO_VALUES)

    def get(self, name: str) -> Value:
        """Return the value of a column that was asked for, None when it is empty or wasn't."""
        return self.values[name] if name in self.values else self.custom.get(name)
