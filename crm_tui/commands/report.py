"""``crm-tui report``: figures of calls over any period."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import click

from crm_tui.commands.answer import Answer, Json, Table
from crm_tui.commands.board import board_answer
from crm_tui.commands.framework import CrmCommand, CrmGroup, option
from crm_tui.commands.invocation import Invocation
from crm_tui.commands.session import Session, in_session
from crm_tui.commands.sheets import sheet_options
from crm_tui.domain.durations import format_duration
from crm_tui.domain.exports import Encoding, Headings, ReportFile, report_outcome
from crm_tui.domain.reports import FORMULAS, LABELS, TOTAL, By, Figures, Period, Report, ReportRow, figures_of
from crm_tui.domain.when import WhenError, parse_date
from crm_tui.errors import Invalid
from crm_tui.formats import format_number
from crm_tui.i18n import N_, _

report = CrmGroup("report", help=N_("Figures of calls."))


@report.command(
    "calls",
    cls=CrmCommand,
    help=N_(
        "Count the calls of a period: talk and wrap-up time, averages, missed calls, first-call resolution.\n"
        "A call counts on the day it was saved. Both days belong to the period."
    ),
)
@option("--from", "first", required=True, metavar="D", help=N_("First day, such as 2026-11-01 or yesterday."))
@option("--to", "last", required=True, metavar="D", help=N_("Last day, such as 2026-11-30 or today."))
@option(
    "--by", type=click.Choice([by.value for by in By]), help=N_("One row for each; without it the total.")
)
@option("--agent", metavar="NAME", help=N_("Only the calls of this agent."))
@option("--team", metavar="NAME", help=N_("Only the calls of the agents who are in this team now."))
@option("--type", metavar="CODE", help=N_("Only outbound, inbound or missed calls."))
@option("--purpose", metavar="CODE", help=N_("Only calls with this purpose."))
@option("--result", metavar="CODE", help=N_("Only calls with this result."))
@option("--hour", metavar="0–23", help=N_("Only calls saved in this hour of the day."))
@option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help=N_("Write the rows and the total to this file; its ending, .csv or .xlsx, says the format."),
)
@sheet_options
@click.pass_obj
def calls(
    invocation: Invocation,
    /,
    first: str,
    last: str,
    by: str | None,
    output: Path | None,
    headings: str,
    encoding: str,
    force: bool,
    **limits: str | None,
) -> Answer:
    """Report on the calls that the acting user may see."""
    filters = {By(name): text for name, text in limits.items() if text is not None}

    async def work(session: Session) -> Answer:
        period = Period(_day(session, "from", first), _day(session, "to", last))
        found = await session.services.reports.calls(session.actor, period, By(by) if by else None, filters)
        if output is None:
            return _answer(found)
        file = ReportFile(output, Headings(headings), Encoding(encoding), force)
        done = await session.services.report_files.write(session.actor, found, file)
        data: Json = {"file": str(done.path), "rows": done.rows, "replaced": done.replaced}
        return Answer(data, notes=(report_outcome(done),))

    return in_session(invocation, work)


@report.command(
    "board",
    cls=CrmCommand,
    help=N_(
        "Show what the agents do at this moment: on a call, in wrap-up, free, and their calls of today.\n"
        "Only agents whose calls the acting user may see."
    ),
)
@option("--team", metavar="NAME", help=N_("Only the agents of this team."))
@click.pass_obj
def board(invocation: Invocation, /, team: str | None) -> Answer:
    """Report on what the agents do now."""

    async def work(session: Session) -> Answer:
        found = await session.services.board.now(session.actor)
        return board_answer(found, team, session)

    return in_session(invocation, work)


def _day(session: Session, name: str, text: str) -> date:
    try:
        return parse_date(text, today=session.now.date(), past=True)
    except WhenError as error:
        raise Invalid(str(error), fields={name: str(error)}) from error


def _answer(found: Report) -> Answer:
    total = ReportRow(TOTAL, _("Total"), found.total)
    shown = found.rows if found.by else (total,)
    rows = [_json(row.key, row.label, row.figures) for row in shown]
    data: Json = {
        "from": found.period.first.isoformat(),
        "to": found.period.last.isoformat(),
        "by": found.by.value if found.by else None,
        "filters": {limit.value: key for limit, (key, _label) in found.filters.items()},
        "rows": rows,
        "next": None,
        "total": _json(TOTAL, total.label, found.total),
        "formulas": {name: _(formula) for name, formula in FORMULAS.items()},
    }
    formulas = tuple(_(formula) for formula in FORMULAS.values())
    return Answer(data, _table(found, [*found.rows, total]), rows, below=formulas)


def _json(key: str | None, label: str, figures: Figures) -> dict[str, Json]:
    return {"key": key, "label": label, **figures_of(figures)}


def _table(found: Report, rows: Sequence[ReportRow]) -> Table:
    header = (
        _(LABELS[found.by]) if found.by else "",
        _("Calls"),
        _("Talk"),
        _("Wrap-up"),
        # Short, so that they differ on 80 columns; the formulas below say the names in full.
        _("Avg. call"),
        _("AHT"),
        _("Missed"),
        _("Missed %"),
        _("FCR"),
    )
    return Table(header, [_cells(row) for row in rows])


def _cells(row: ReportRow) -> tuple[str, ...]:
    figures = row.figures
    return (
        row.label,
        format_number(figures.calls),
        format_duration(figures.talk_seconds),
        format_duration(figures.wrap_up_seconds),
        _duration(figures.average_duration_seconds),
        _duration(figures.average_handling_seconds),
        format_number(figures.missed),
        _percent(figures.missed_rate),
        _percent(figures.first_call_resolution),
    )


def _duration(seconds: float | None) -> str:
    return "–" if seconds is None else format_duration(round(seconds))


def _percent(part: float | None) -> str:
    return "–" if part is None else f"{part:.1%}"
