"""Call queues as commands print them."""

from collections.abc import Sequence
from datetime import datetime

from crm_tui.commands.answer import Answer, Json, Table
from crm_tui.commands.json import ref_json, time_json
from crm_tui.commands.session import Session
from crm_tui.domain.queue import REASONS, Offer, Overview, QueueNumber, QueueRun
from crm_tui.formats import format_datetime, format_number
from crm_tui.i18n import _
from crm_tui.queue_formats import opening_text, reasons_text


def run_json(session: Session, run: QueueRun) -> dict[str, Json]:
    """Return a round."""
    return {
        "id": run.id,
        "kind": run.source.kind.value,
        "module": run.source.module.value if run.source.module else None,
        "name": run.title,
        "campaign": ref_json(run.campaign),
        "created_at": time_json(run.created_at, session.zone),
    }


def status_answer(session: Session, run: QueueRun, overview: Overview) -> Answer:
    """Return how far a round is."""
    data = {"queue": run_json(session, run), "joined": run.joined, **_overview_json(session, overview)}
    pairs = [
        (_("Call queue"), run.title),
        (_("Done"), format_number(overview.done)),
        (_("Skipped"), reasons_text(overview.skipped)),
        (_("Left"), _left(overview)),
        (_("Waiting"), reasons_text(overview.waiting)),
        *((one.agent.name, one.record.name if one.record else _("a record")) for one in overview.agents),
        (_("Id"), run.id),
    ]
    return Answer(data, Table((), [pair for pair in pairs if pair[1]]), [data])


def rounds_answer(session: Session, rounds: Sequence[tuple[QueueRun, Overview]]) -> Answer:
    """Return the rounds that are under way."""
    records: list[dict[str, Json]] = [
        {"queue": run_json(session, run), **_overview_json(session, overview)} for run, overview in rounds
    ]
    header = (_("Call queue"), _("Done"), _("Skipped"), _("Left"), _("Agents"), _("Id"))
    rows = [
        (
            run.title,
            format_number(overview.done),
            format_number(sum(overview.skipped.values())),
            _left(overview),
            ", ".join(dict.fromkeys(one.agent.name for one in overview.agents)),
            run.id,
        )
        for run, overview in rounds
    ]
    return Answer({"rows": records, "next": None}, Table(header, rows), records)


def offer_answer(session: Session, run: QueueRun, offer: Offer | None, overview: Overview) -> Answer:
    """Return the record that was taken; ``record`` is null where nobody can be called now."""
    data: dict[str, Json] = {
        "queue": run_json(session, run),
        "record": ref_json(offer.record) if offer else None,
        "numbers": [_number_json(session, one) for one in offer.numbers] if offer else [],
        "attempts": offer.attempts if offer else 0,
        "last_result": (offer.result or None) if offer else None,
        "last_result_at": _time(session, offer.result_at) if offer else None,
        "locked_until": _time(session, offer.locked_until) if offer else None,
        **_overview_json(session, overview),
    }
    if offer is None:
        note = _("Nobody can be called now. “crm-tui queue status” says why.")
        return Answer(data, Table((), []), [data], notes=(note,))
    numbers = [(_(one.label), f"{one.text}  {_detail(session, one)}") for one in offer.numbers]
    pairs = [
        (_("Name"), offer.record.name),
        *numbers,
        (_("Attempts"), str(offer.attempts)),
        (
            _("Last result"),
            session.services.settings.picklists.label("call_result", offer.result, session.language),
        ),
        (_("Yours until"), format_datetime(offer.locked_until, session.zone, session.language)),
        (_("Left"), _left(overview)),
    ]
    return Answer(data, Table((), [pair for pair in pairs if pair[1]]), [data])


def _overview_json(session: Session, overview: Overview) -> dict[str, Json]:
    return {
        "done": overview.done,
        "skipped": {reason.value: number for reason, number in overview.skipped.items()},
        "left": overview.left.number,
        "left_capped": overview.left.capped,
        "waiting": {reason.value: number for reason, number in overview.waiting.items()},
        "next_at": _time(session, overview.next_at),
        "results": dict(overview.results),
        "agents": [
            {
                "agent": ref_json(one.agent),
                "record": ref_json(one.record),
                "since": time_json(one.since, session.zone),
            }
            for one in overview.agents
        ],
    }


def _number_json(session: Session, number: QueueNumber) -> dict[str, Json]:
    return {
        "field": number.field,
        "number": number.text,
        "callable": number.is_open,
        "blocked": number.blocked.value if number.blocked else None,
        "time_zones": list(number.zones),
        "local_times": [local.isoformat(timespec="seconds") for local in number.local],
        "opens_at": _time(session, number.opens_at),
    }


def _time(session: Session, moment: datetime | None) -> Json:
    return None if moment is None else time_json(moment, session.zone)


def _detail(session: Session, number: QueueNumber) -> str:
    if number.blocked is not None:
        return _(REASONS[number.blocked])
    there = ", ".join(f"{local:%H:%M}" for local in number.local)
    told = _("%(time)s there") % {"time": there} if there else ""
    if number.opens_at is None:
        return told
    opens = _("not before %(time)s") % {"time": opening_text(number, session.zone)}
    return _(", ").join(filter(None, (told, opens)))


def _left(overview: Overview) -> str:
    return format_number(overview.left.number) + ("+" if overview.left.capped else "")
