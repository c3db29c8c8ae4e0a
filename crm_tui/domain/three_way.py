"""Two people changed one record: field by field, what each of them did to it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from crm_tui.domain.records import Ref, Value, Values


class Side(StrEnum):
    """Whose value a field gets."""

    MINE = "mine"
    THEIRS = "theirs"


@dataclass(frozen=True, slots=True)
class FieldMerge:
    """A field that at least one of both changed.

    Attributes:
        name: The field.
        base: What it held when the editing began.
        mine: What the person who saves now wants.
        theirs: What the other one saved meanwhile.
        mine_changed: Whether ``mine`` differs from ``base``.
        theirs_changed: Whether ``theirs`` differs from ``base``.
    """

    name: str
    base: Value
    mine: Value
    theirs: Value
    mine_changed: bool
    theirs_changed: bool

    @property
    def needs_choice(self) -> bool:
        """Whether both changed the field, each to something else."""
        return self.mine_changed and self.theirs_changed and not same(self.mine, self.theirs)

    @property
    def default(self) -> Side | None:
        """Whose value it gets unless somebody says otherwise; None where somebody has to."""
        if self.needs_choice:
            return None
        return Side.THEIRS if self.theirs_changed else Side.MINE


def three_way(base: Values, mine: Values, theirs: Values) -> tuple[FieldMerge, ...]:
    """Return the fields that were changed, those that need a choice first.

    Args:
        base: The record as it was when the editing began.
        mine: The values that were typed; fields that aren't named stay as in ``base``.
        theirs: The record as it is now.
    """
    names: Iterable[str] = dict.fromkeys((*base, *mine, *theirs))
    merges = [_field(name, base, mine, theirs) for name in names]
    changed = [merge for merge in merges if merge.mine_changed or merge.theirs_changed]
    return tuple(sorted(changed, key=lambda merge: not merge.needs_choice))


def merged(merges: Iterable[FieldMerge], choices: Mapping[str, Side]) -> dict[str, Value]:
    """Return what has to be written over the record as it is now.

    Args:
        choices: Side per field; fields that aren't named get their default, those without one aren't written.
    """
    wanted = {}
    for merge in merges:
        if choices.get(merge.name, merge.default) is Side.MINE and not same(merge.mine, merge.theirs):
            wanted[merge.name] = merge.mine
    return wanted


def undecided(merges: Iterable[FieldMerge], choices: Mapping[str, Side]) -> tuple[str, ...]:
    """Return the fields that still need a choice."""
    return tuple(merge.name for merge in merges if merge.default is None and merge.name not in choices)


def same(one: Value, other: Value) -> bool:
    """Return whether the store doesn't tell two values apart: no and unset, a reference under an old name."""
    return _plain(one) == _plain(other)


def _field(name: str, base: Values, mine: Values, theirs: Values) -> FieldMerge:
    before, now = base.get(name), theirs.get(name)
    typed = mine[name] if name in mine else before
    return FieldMerge(name, before, typed, now, not same(typed, before), not same(now, before))


def _plain(value: Value) -> Value:
    if isinstance(value, Ref):
        return value.id
    return None if value is False or value == "" or value == () else value
