"""What a dry run tells of records that it would add: they are nowhere yet, so nobody can look them up."""

from collections.abc import Callable
from dataclasses import replace

from crm_tui.domain.imports.batches import RowOutcome
from crm_tui.domain.records import Participant, Ref, Value


def without_new(outcome: RowOutcome, is_new: Callable[[str], bool]) -> RowOutcome:
    """Return an outcome that names records which would be added, but without ids for them.

    Args:
        is_new: Returns whether an id is that of such a record.
    """
    ref = outcome.ref
    return replace(
        outcome,
        ref=None if ref is None or is_new(ref.id) else ref,
        before={name: _told(value, is_new) for name, value in outcome.before.items()},
        after={name: _told(value, is_new) for name, value in outcome.after.items()},
    )


def _told(value: Value, is_new: Callable[[str], bool]) -> Value:
    if isinstance(value, Ref):
        return replace(value, id="") if is_new(value.id) else value
    people = [one for one in value if isinstance(one, Participant)] if isinstance(value, tuple) else []
    return tuple(_participant(one, is_new) for one in people) if people else value


def _participant(one: Participant, is_new: Callable[[str], bool]) -> Participant:
    return replace(one, ref=replace(one.ref, id="")) if one.ref is not None and is_new(one.ref.id) else one
