"""Conditions as JSON, the way a view stores them: each value says what it is, so that none is guessed."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from crm_tui.domain.modules import Module
from crm_tui.domain.queries import Criterion, Op, Operand, Sort
from crm_tui.domain.records import Ref
from crm_tui.domain.relative import Relative, Span, Word


def criterion_to_json(criterion: Criterion) -> dict[str, Any]:
    """Return a condition as JSON values."""
    value: Any = None
    if isinstance(criterion.value, tuple):
        value = [_to_json(one) for one in criterion.value]
    elif criterion.value is not None:
        value = _to_json(criterion.value)
    return {"field": criterion.field, "op": criterion.op.value, "value": value}


def criterion_from_json(stored: Mapping[str, Any]) -> Criterion:
    """Return a stored condition.

    Raises:
        ValueError: It was not written by `criterion_to_json`.
    """
    try:
        value = stored["value"]
        read = tuple(_from_json(one) for one in value) if isinstance(value, list) else _from_json(value)
        return Criterion(str(stored["field"]), Op(stored["op"]), read)
    except (KeyError, TypeError, InvalidOperation) as error:
        raise ValueError("no stored condition") from error


def sort_to_json(sort: Sort | None) -> dict[str, Any]:
    """Return an order as JSON values; {} for none."""
    return {} if sort is None else {"field": sort.field, "descending": sort.descending}


def sort_from_json(stored: Mapping[str, Any]) -> Sort | None:
    """Return a stored order."""
    return Sort(str(stored["field"]), bool(stored.get("descending"))) if stored.get("field") else None


def _to_json(value: Operand) -> Any:
    match value:
        case Relative():
            return {"relative": value.word.value, "days": value.days}
        case Ref():
            return {"module": value.module.value, "id": value.id}
        case datetime():
            return {"moment": value.isoformat()}
        case date():
            return {"date": value.isoformat()}
        case Decimal():
            return {"amount": str(value)}
        case Span() | tuple():
            raise ValueError("worked out values and lists of lists are never stored")
        case _:
            return value


def _from_json(value: Any) -> Operand:
    if value is None or isinstance(value, bool | int | str):
        return value
    if "relative" in value:
        return Relative(Word(value["relative"]), int(value.get("days", 0)))
    if "module" in value:
        return Ref(Module(value["module"]), str(value["id"]), "")
    if "moment" in value:
        return datetime.fromisoformat(value["moment"])
    if "date" in value:
        return date.fromisoformat(value["date"])
    return Decimal(value["amount"])
