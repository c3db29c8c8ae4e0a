"""Field definitions: what a form, a list, the command line and the store know of a field."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self

from crm_tui.domain.modules import Module
from crm_tui.i18n import _, language
from crm_tui.text import safe


class FieldType(StrEnum):
    """How a field's value is typed, checked, stored and shown."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    EMAIL = "email"
    PHONE = "phone"
    URL = "url"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    DATETIME = "datetime"
    DURATION = "duration"
    BOOL = "bool"
    PICKLIST = "picklist"
    TAGS = "tags"
    REFERENCE = "reference"
    PARTICIPANTS = "participants"


TEXTUAL = frozenset({FieldType.TEXT, FieldType.LONG_TEXT, FieldType.EMAIL, FieldType.PHONE, FieldType.URL})
"""Types whose value is text as it was typed."""

_UNSORTABLE = frozenset({FieldType.LONG_TEXT, FieldType.TAGS, FieldType.PARTICIPANTS})


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a module.

    Attributes:
        name: Code in JSON, on the command line and, for one-column types, in the store.
        label: English label, marked for translation.
        type: How the value behaves.
        max_length: Characters at most; 0 means the type has no such limit.
        required: An empty value is refused.
        picklist: Name of the pick-list of a PICKLIST field.
        targets: Modules that a REFERENCE may point to, and PARTICIPANTS.
        section: Heading of the form and detail block the field stands in.
        read_only: Set by the program, never by a person or a file.
        searchable: Found by the lookup over all modules.
        in_form: Offered in the form.
        hint: One sentence under the field, marked for translation.
        custom: Made by an administrator: kept in the record's custom values, its labels are user text.
        label_ja: Japanese label of a custom field; "" reads as ``label``.
    """

    name: str
    label: str
    type: FieldType = FieldType.TEXT
    max_length: int = 0
    required: bool = False
    picklist: str = ""
    targets: tuple[Module, ...] = ()
    section: str = ""
    read_only: bool = False
    searchable: bool = False
    in_form: bool = True
    hint: str = ""
    custom: bool = False
    label_ja: str = ""

    def but(self, *, required: bool | None = None, in_form: bool | None = None) -> Self:
        """Return the field with an administrator's layout choices applied."""
        return replace(
            self,
            required=self.required if required is None else required,
            in_form=self.in_form if in_form is None else in_form,
        )

    @property
    def is_polymorphic(self) -> bool:
        """Whether a reference may point to more than one module."""
        return len(self.targets) > 1

    @property
    def is_linked(self) -> bool:
        """Whether the value stands in a table of its own, so that lists can't be filtered or sorted by it."""
        return self.type is FieldType.PARTICIPANTS


def label_of(field: Field) -> str:
    """Return how ``field`` is called in the agent's language, ready for the terminal.

    A standard label is translated; that of a custom field is what an administrator typed and so never
    looked up as a text of the program.
    """
    if not field.custom:
        return _(field.label)
    return safe(field.label_ja if language() == "ja" and field.label_ja else field.label, limit=100)


def is_sortable(field: Field) -> bool:
    """Return whether a list can be sorted by ``field``."""
    return field.type not in _UNSORTABLE


def columns_of(field: Field) -> tuple[str, ...]:
    """Return the store columns that hold ``field``.

    A reference to one module is ``<field>_id``; one to several modules has a column per module,
    of which at most one is set, so that foreign keys and indexes stay real. What is linked has none.
    """
    if field.is_linked:
        return ()
    if field.type is not FieldType.REFERENCE:
        return (field.name,)
    if field.is_polymorphic:
        return tuple(f"{target.value}_id" for target in field.targets)
    return (f"{field.name}_id",)
