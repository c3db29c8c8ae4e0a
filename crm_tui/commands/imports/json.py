"""Imports, as commands print them."""

from collections.abc import Sequence
from dataclasses import asdict

from crm_tui.commands.answer import Answer, Json, Table
from crm_tui.commands.imports.remarks import LabelsOf, cut_text, labels_for, shortened_json
from crm_tui.commands.json import ref_json, time_json, value_json
from crm_tui.commands.session import Session
from crm_tui.domain.imports.batches import Batch, Counts, Origin, Preview, RowAction, RowOutcome
from crm_tui.domain.modules import PLURAL
from crm_tui.formats import format_number
from crm_tui.i18n import N_, _

REJECTED = 6
"""Exit code: done, but for rejected rows."""

_ORIGINS = {
    Origin.TABLE: N_("Table"),
    Origin.ASSOCIATIONS: N_("Associations"),
    Origin.OUTLOOK_FILE: N_("Outlook file"),
    Origin.OUTLOOK: N_("Outlook"),
    Origin.ZOHO_FILE: N_("Zoho CRM file"),
    Origin.ZOHO: N_("Zoho CRM"),
}

_COUNTED = (
    ("rows", N_("Rows")),
    ("created", N_("New")),
    ("updated", N_("Changed")),
    ("unchanged", N_("Unchanged")),
    ("skipped", N_("Skipped")),
    ("rejected", N_("Rejected")),
    ("removed", N_("Gone there")),
    ("shortened", N_("Shortened values")),
)


def counts_json(counts: Counts) -> dict[str, Json]:
    """Return counts by their names, with that of all rows."""
    return {"rows": counts.rows, **asdict(counts)}


def batch_json(session: Session, batch: Batch) -> dict[str, Json]:
    """Return an import: how far it is, and what became of its rows."""
    return {
        "batch": batch.id,
        "file": batch.path or batch.name,
        "module": batch.module.value if batch.module else None,
        "origin": batch.origin.value,
        "state": batch.state.value,
        "total": batch.total or None,
        "position": batch.position,
        **counts_json(batch.counts),
        "by_module": {module.value: counts_json(counts) for module, counts in batch.by_module.items()},
        "created_at": time_json(batch.created_at, session.zone),
        "finished_at": time_json(batch.finished_at, session.zone) if batch.finished_at else None,
        "error": batch.problem or None,
        "notes": list(batch.notes),
    }


def what_of(batch: Batch) -> str:
    """Return what an import brings, for people."""
    if batch.origin is Origin.TABLE and batch.module is not None:
        return _(PLURAL[batch.module])
    return _(_ORIGINS[batch.origin])


def _outcome_json(session: Session, outcome: RowOutcome) -> dict[str, Json]:
    """Return what becomes of one row."""
    return {
        "row": outcome.number,
        "action": outcome.action.value,
        "module": outcome.module.value,
        "name": outcome.name,
        "record": ref_json(outcome.ref),
        "before": value_json(dict(outcome.before), session.zone),
        "after": value_json(dict(outcome.after), session.zone),
        "reasons": dict(outcome.reasons),
        "shortened": shortened_json(outcome.shortened),
    }


def preview_answer(session: Session, preview: Preview, origin: dict[str, Json]) -> Answer:
    """Return what a dry run found.

    Args:
        origin: What is imported: file, module and how it is read.
    """
    data: dict[str, Json] = {
        "dry_run": True,
        **origin,
        **counts_json(preview.counts),
        "by_module": {module.value: counts_json(counts) for module, counts in preview.by_module.items()},
        "changes": [_outcome_json(session, one) for one in preview.changes],
        "rejected_rows": [
            {"row": one.number, "reasons": dict(one.reasons)}
            for one in preview.changes
            if one.action is RowAction.REJECT
        ],
        "notes": list(preview.notes),
    }
    labels = labels_for(session)
    below = tuple(_told(one, labels) for one in preview.changes)
    notes = (*preview.notes, _("This was a dry run: nothing was changed."))
    return Answer(
        data, counts_table(preview.counts), below=below, notes=notes, exit_code=_code(preview.counts)
    )


def batch_answer(session: Session, batch: Batch, extra: dict[str, Json], notes: Sequence[str] = ()) -> Answer:
    """Return what an import did.

    Args:
        extra: Keys beside those of the import.
    """
    data = {"dry_run": False, **batch_json(session, batch), **extra, "notes": list(notes)}
    return Answer(data, counts_table(batch.counts), notes=tuple(notes), exit_code=_code(batch.counts))


def counts_table(counts: Counts) -> Table:
    """Return counts for people, without what there was none of."""
    figures = counts_json(counts)
    rows = [(_(label), format_number(int(str(figures[name])))) for name, label in _COUNTED if figures[name]]
    return Table((), rows or [(_("Rows"), "0")])


def _told(outcome: RowOutcome, labels_of: LabelsOf) -> str:
    """Return what becomes of a row in one line."""
    what = {
        RowAction.CREATE: _("Row %(number)d: new: %(name)s"),
        RowAction.UPDATE: _("Row %(number)d: changed: %(name)s"),
        RowAction.REJECT: _("Row %(number)d: rejected: %(name)s"),
    }.get(outcome.action, _("Row %(number)d: %(name)s"))
    text = what % {"number": outcome.number, "name": outcome.name}
    reasons = " ".join(f"{name}: {reason}" if name else reason for name, reason in outcome.reasons.items())
    changed = ", ".join(outcome.after) if outcome.action is RowAction.UPDATE else ""
    labels = labels_of(outcome.module) if outcome.shortened else {}
    cut = [cut_text(one, labels) for one in outcome.shortened]
    return "  ".join(part for part in (text, f"({changed})" if changed else "", *cut, reasons) if part)


def _code(counts: Counts) -> int:
    return REJECTED if counts.rejected else 0
