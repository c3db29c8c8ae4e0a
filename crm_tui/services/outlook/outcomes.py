"""What is said of one of Outlook's items, and the small parts of deciding about it."""

from collections.abc import Mapping, Sequence
from typing import Final

from crm_tui.clock import clock
from crm_tui.domain.actor import Actor
from crm_tui.domain.fields import Field
from crm_tui.domain.ids import new_id
from crm_tui.domain.imports.batches import RowAction, RowOutcome
from crm_tui.domain.modules import Module
from crm_tui.domain.naming import name_of
from crm_tui.domain.outlook.fitting import COMPANY
from crm_tui.domain.outlook.items import OutlookItem
from crm_tui.domain.records import Record, Value
from crm_tui.domain.search_terms import fold
from crm_tui.services.outlook.matching import Prepared

_KEPT: Final = 100_000
"""Characters of each text that is kept beside a link."""


def is_of(item: OutlookItem, category: str) -> bool:
    """Return whether an item is to be taken over."""
    return not category or fold(category) in {fold(one) for one in item.categories}


def stand_in(given: Mapping[str, Value]) -> dict[str, Value]:
    """Return a last name for somebody who has none: another name they have, else their address."""
    first, company, email = given.get("first_name"), given.get(COMPANY), given.get("email")
    if first:
        return {"last_name": first, "first_name": None}
    name = company or str(email or "").partition("@")[0]
    return {"last_name": str(name)[:80] or None}


def own(changes: Mapping[str, Value], record: Record) -> dict[str, Value]:
    """Return those of the values that stand among the standard ones of a record."""
    return {name: value for name, value in changes.items() if name in record.values}


def without(values: Mapping[str, Value], *names: str) -> dict[str, Value]:
    """Return values but for some fields."""
    return {name: value for name, value in values.items() if name not in names}


def imagined(actor: Actor, module: Module, values: Mapping[str, Value], fields: Sequence[Field]) -> Record:
    """Return a record as a dry run needs it; it is nowhere."""
    now = clock().now()
    whole = {each.name: values.get(each.name) for each in fields}
    name = name_of(module, values)
    return Record(module, new_id(), 1, name, actor.user, now, actor.user, now, actor.user, whole)


def raw(one: Prepared) -> dict[str, object]:
    """Return what is kept of an item beside its values: the whole of texts that were cut."""
    cut = {each.field: str(one.item.values.get(each.field, ""))[:_KEPT] for each in one.fitted.shortened}
    return {**one.item.raw, **({"whole": cut} if cut else {})}


def skipped(one: Prepared, reason: str, record: Record | None = None) -> RowOutcome:
    """Return that an item was left out on purpose."""
    name = record.name if record is not None else called(one)
    ref = record.ref if record is not None else None
    return RowOutcome(one.item.number, RowAction.SKIP, one.item.kind.module, name, ref, reasons={"": reason})


def rejected(one: Prepared, reasons: Mapping[str, str]) -> RowOutcome:
    """Return that something is wrong with an item."""
    return RowOutcome(
        one.item.number,
        RowAction.REJECT,
        one.item.kind.module,
        called(one),
        reasons=reasons,
        cells=one.item.cells,
    )


def called(one: Prepared) -> str:
    """Return what an item is called that is no record."""
    name = name_of(one.item.kind.module, one.values)
    return name or str(one.values.get("email") or one.values.get(COMPANY) or "")
