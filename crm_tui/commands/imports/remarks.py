"""What an import or a run cut or left out, as commands print it."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import click

from crm_tui.commands.answer import Json
from crm_tui.commands.framework import option
from crm_tui.commands.json import ref_json
from crm_tui.commands.session import Session
from crm_tui.domain.fields import label_of
from crm_tui.domain.imports.batches import (
    MOST_REMARKS,
    PREVIEWED,
    Batch,
    Origin,
    Remark,
    RowAction,
    Shortened,
)
from crm_tui.domain.modules import Module
from crm_tui.formats import format_number
from crm_tui.i18n import N_, _

TOLD = 5
"""Rows that are told at once behind an import."""

LabelsOf = Callable[[Module], Mapping[str, str]]
"""Returns what the fields of a module are called, by name."""


def remarks_option(default: int) -> Callable[[Any], Any]:
    """Return the option that says of how many rows is told what was cut or left out."""
    return option(
        "--remarks",
        type=click.IntRange(0, MOST_REMARKS),
        metavar="N",
        default=default,
        show_default=True,
        help=N_("How many rows are told of which something was cut or left out."),
    )


def labels_for(session: Session, batch: Batch | None = None) -> LabelsOf:
    """Return what knows the labels of fields; those of associations have their own."""
    if batch is not None and batch.origin is Origin.ASSOCIATIONS:
        from crm_tui.sync.rejects import labels_of

        labels = labels_of(session.services, batch)
        return lambda _module: labels

    @cache
    def of(module: Module) -> Mapping[str, str]:
        return {one.name: label_of(one) for one in session.services.records(module).fields()}

    return of


def remark_json(remark: Remark) -> dict[str, Json]:
    """Return what is kept of one row, by the keys that a dry run has for it."""
    return {
        "row": remark.number,
        "action": remark.action.value,
        "module": remark.module.value,
        "name": remark.name,
        "record": ref_json(remark.ref),
        "reasons": dict(remark.reasons),
        "shortened": shortened_json(remark.shortened),
    }


def shortened_json(shortened: Sequence[Shortened]) -> Json:
    """Return which values were cut."""
    return [{"field": one.field, "length": one.length, "limit": one.limit} for one in shortened]


def cut_text(cut: Shortened, labels: Mapping[str, str]) -> str:
    """Return for people how a value was cut."""
    return _("%(field)s: %(length)s characters, cut to %(limit)s") % {
        "field": labels.get(cut.field, cut.field),
        "length": format_number(cut.length),
        "limit": format_number(cut.limit),
    }


def remark_text(remark: Remark, labels_of: LabelsOf) -> str:
    """Return for people what was cut or left out of a row, in one line."""
    labels = labels_of(remark.module)
    row = {"number": remark.number, "name": remark.name}
    start = _("Row %(number)d: %(name)s") % row
    if remark.action is RowAction.REJECT:
        start = _("Row %(number)d: rejected: %(name)s") % row
    elif remark.action is RowAction.REMOVE:
        start = remark.name
    reasons = [f"{labels.get(name, name)}: {why}" if name else why for name, why in remark.reasons.items()]
    return "  ".join([start, *(cut_text(one, labels) for one in remark.shortened), *reasons])


async def told_remarks(session: Session, batch: Batch) -> tuple[dict[str, Json], tuple[str, ...]]:
    """Return the first rows of which an import cut or left out something, as a key and for people."""
    found = await session.services.import_batches.remarks(session.actor, batch.id, PREVIEWED)
    labels = labels_for(session, batch)
    lines = [remark_text(one, labels) for one in found[:TOLD]]
    if len(found) > TOLD:
        text = _("“crm-tui import show %(batch)s --remarks %(number)d” tells all that was cut or left out.")
        lines.append(text % {"batch": batch.id, "number": MOST_REMARKS})
    return {"remarks": [remark_json(one) for one in found]}, tuple(lines)
