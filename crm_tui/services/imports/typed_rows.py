"""Reading the values of rows of an import: typed as the fields ask, cut where they are too long."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from crm_tui.domain.actor import Actor
from crm_tui.domain.fields import TEXTUAL, Field, FieldType
from crm_tui.domain.imports.batches import Incoming, RemoteRef, Shortened
from crm_tui.domain.imports.keys import Step
from crm_tui.domain.imports.rules import IMPORTABLE, TOLD, ImportRules
from crm_tui.domain.modules import Module
from crm_tui.domain.participants import FIELD as PARTICIPANTS
from crm_tui.domain.records import Record, Value
from crm_tui.domain.validation import check_values
from crm_tui.i18n import _
from crm_tui.services.core import Core
from crm_tui.services.records import RecordService
from crm_tui.store.models.synchronisation import LONGEST_REMOTE_ID
from crm_tui.store.repositories.fieldmap import META
from crm_tui.text import beginning, clean_input

_UNCUT: Final = frozenset({FieldType.EMAIL, FieldType.URL})
"""Texts that are worth nothing once they are cut."""


@dataclass(slots=True)
class Draft:
    """A row whose values are read, and whose references are still to be found.

    Attributes:
        values: Typed; a reference is a `Ref`, or text.
        remote: References by the ids of the source.
        invited: Participants by the ids of the source.
        reasons: What is wrong, by field; "" for the row.
        is_refused: Nothing of the row was read.
        ignored: Names that were given though nobody may set them.
        assumed: What a new record gets where the row says nothing.
        left_out: Why a field comes in without a part of what the row says, and only into a new record.
        steps: How to recognise its record, and the values for which that holds.
    """

    row: Incoming
    values: dict[str, Value] = field(default_factory=dict)
    remote: dict[str, RemoteRef] = field(default_factory=dict)
    invited: tuple[RemoteRef, ...] = ()
    reasons: dict[str, str] = field(default_factory=dict)
    is_refused: bool = False
    shortened: tuple[Shortened, ...] = ()
    ignored: tuple[str, ...] = ()
    assumed: Mapping[str, Value] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    steps: tuple[Mapping[str, Value], Sequence[Step]] | None = None


class ImportTyping:
    """Reads the values of rows for one actor.

    Args:
        records: Gives the service of a module's records.
    """

    def __init__(
        self, core: Core, records: Callable[[Module], RecordService], actor: Actor, rules: ImportRules
    ) -> None:
        self._records = records
        self._actor = actor
        self._shorten = rules.shorten
        self._context = core.context(actor, timed=True)
        self._names: dict[Module, frozenset[str]] = {}
        self._last: tuple[Sequence[Field], dict[str, Field]] = (), {}

    def read(self, row: Incoming, before: Record | None = None) -> Draft:
        """Read a row; empty values count as not given.

        Args:
            before: The record that it is about, once that is known.
        """
        if row.problem:
            return Draft(row, reasons={"": row.problem}, is_refused=True)
        if row.module not in IMPORTABLE:
            return Draft(row, reasons={"": _("Records of this kind can't be imported.")}, is_refused=True)
        if len(row.remote_id) > LONGEST_REMOTE_ID or clean_input(row.remote_id) != row.remote_id:
            return Draft(row, reasons={"": _("Its id at the source can't be kept.")}, is_refused=True)
        draft = Draft(row)
        fields, given = self._records(row.module).typing(self._actor, self._plain(draft), before)
        if state := TOLD.get(row.module):
            fields = [replace(one, read_only=False) if one.name in state else one for one in fields]
        if self._shorten:
            given = _cut(draft, fields, given)
        checked = check_values(self._asked(fields, given), given, self._context, settable=frozenset())
        draft.values = dict(checked.values)
        draft.reasons.update(checked.errors)
        draft.ignored = (*row.unread, *draft.ignored, *checked.ignored)
        return draft

    def _asked(self, fields: Sequence[Field], given: Mapping[str, object]) -> list[Field]:
        """Return the fields that have values; nearly all rows of an import are read by the same ones."""
        if fields is not self._last[0]:
            self._last = fields, {one.name: one for one in fields}
        known = self._last[1]
        return [known[name] for name in given if name in known]

    def _plain(self, draft: Draft) -> dict[str, object]:
        """Return the values that can be read now; references to the source are put aside."""
        given: dict[str, object] = {}
        meta: list[str] = []
        module = draft.row.module
        if module not in self._names:
            self._names[module] = frozenset(one.name for one in self._records(module).fields())
        names = self._names[module]
        for name, value in draft.row.values.items():
            if _is_empty(value):
                continue
            if name in META and name not in names:
                meta.append(name)
            elif type(value) is str:
                given[name] = value
            elif isinstance(value, RemoteRef):
                draft.remote[name] = _clean(value)
            elif name == PARTICIPANTS and isinstance(value, tuple | list):
                draft.invited = tuple(_clean(one) for one in value if isinstance(one, RemoteRef))
                if rest := [one for one in value if not isinstance(one, RemoteRef)]:
                    given[name] = rest
            else:
                given[name] = value
        draft.ignored = tuple(meta)
        return given


def _clean(remote: RemoteRef) -> RemoteRef:
    return replace(remote, remote_id=clean_input(remote.remote_id), name=clean_input(remote.name).strip())


def _is_empty(value: object) -> bool:
    if isinstance(value, str):
        return not value or value.isspace()
    return value is None or value == () or value == []


def _cut(draft: Draft, fields: Sequence[Field], given: Mapping[str, object]) -> dict[str, object]:
    """Return the values with texts that are too long cut at the length of their fields."""
    values = dict(given)
    for one in fields:
        text = values.get(one.name)
        if one.type not in TEXTUAL - _UNCUT or not isinstance(text, str) or len(text) <= one.max_length:
            continue
        text = clean_input(text)
        text = text.rstrip() if one.type is FieldType.LONG_TEXT else " ".join(text.split())
        if one.max_length and len(text) > one.max_length:
            values[one.name] = beginning(text, one.max_length)
            draft.shortened += (Shortened(one.name, len(text), one.max_length),)
    return values
