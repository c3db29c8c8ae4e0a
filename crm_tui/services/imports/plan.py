"""What the rows of a chunk come to, before it is written."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from crm_tui.domain.fields import Field
from crm_tui.domain.ids import new_id
from crm_tui.domain.imports.batches import RowOutcome
from crm_tui.domain.modules import Module
from crm_tui.domain.naming import name_of
from crm_tui.domain.records import Record, Value
from crm_tui.services.core import Core


@dataclass(slots=True)
class Write:
    """A record that is to be written.

    Attributes:
        record: As it will be; a new one has version 0.
        before: As it was; None for a new one.
        values: What changes, all of a new one.
    """

    record: Record
    before: Record | None
    values: dict[str, Value]


@dataclass(slots=True)
class Plan:
    """What the rows of a chunk come to.

    Attributes:
        writes: By the id of the record.
        links: Rows whose records get a link to the source, by number: module, id at the source, our id.
        besides: What is written and is no row, by the id of the record.
    """

    writes: dict[str, Write] = field(default_factory=dict)
    links: dict[int, tuple[Module, str, str]] = field(default_factory=dict)
    besides: dict[str, RowOutcome] = field(default_factory=dict)


def new_record(
    core: Core, fields: Mapping[str, Field], module: Module, values: Mapping[str, Value]
) -> Record:
    """Return a record that isn't in the store yet, and is nobody's so far.

    Args:
        fields: Those of the module.
    """
    custom = {name: value for name, value in values.items() if name in fields and fields[name].custom}
    plain = {name: value for name, value in values.items() if name not in custom} if custom else dict(values)
    name, now = name_of(module, values), core.clock.now()
    return Record(module, new_id(), 0, name, None, now, None, now, None, plain, custom)
