"""What a call queue says of itself: how far it is, what became of a record, what to do when it ends."""

from datetime import tzinfo

from crm_tui.clock import clock
from crm_tui.domain.queue import REASONS, Ahead, Overview, QueueRun, Reason, Standing, State
from crm_tui.formats import format_datetime_short, format_number, format_time
from crm_tui.i18n import _, language, ngettext
from crm_tui.queue_formats import moment_text, reasons_text
from crm_tui.text import safe


def title(run: QueueRun, zone: tzinfo) -> str:
    """Return what is worked; of a round that wasn't begun today, since when."""
    text = _("Call queue: %(name)s") % {"name": safe(run.title, limit=200)}
    now = clock().now()
    if run.created_at.astimezone(zone).date() == now.astimezone(zone).date():
        return text
    since = format_datetime_short(run.created_at, zone, language(), now=now)
    return f"{text}  ({_('since %(time)s') % {'time': since}})"


def totals(overview: Overview) -> str:
    """Return how far a round is, in one line."""
    left = format_number(overview.left.number) + ("+" if overview.left.capped else "")
    parts = [
        _("%(number)s done") % {"number": format_number(overview.done)},
        _("%(number)s skipped") % {"number": format_number(sum(overview.skipped.values()))},
        _("%(number)s left") % {"number": left},
    ]
    return " · ".join(parts)


def details(overview: Overview, zone: tzinfo) -> str:
    """Return for what reasons records were skipped or wait, "" if none do."""
    parts = []
    if overview.skipped:
        parts.append(_("Skipped: %(reasons)s.") % {"reasons": reasons_text(overview.skipped)})
    if overview.waiting:
        parts.append(_("Waiting: %(reasons)s.") % {"reasons": reasons_text(overview.waiting)})
    if overview.next_at is not None:
        parts.append(_("The first comes at %(time)s.") % {"time": moment_text(overview.next_at, zone)})
    return " ".join(parts)


def colleagues(overview: Overview, me: str, zone: tzinfo) -> str:
    """Return who else works on what, "" for nobody.

    Args:
        me: Id of the agent who reads it.
    """
    others = [one for one in overview.agents if one.agent.id != me]
    if not others:
        return ""
    told = [
        _("%(agent)s: %(record)s since %(time)s")
        % {
            "agent": safe(one.agent.name, limit=30),
            "record": safe(one.record.name, limit=40) if one.record else _("a record"),
            "time": format_time(one.since, zone),
        }
        for one in others
    ]
    return _("At work: %(list)s") % {"list": "; ".join(told)}


def outcome(standing: Standing, result: str, zone: tzinfo) -> str:
    """Return what became of a record.

    Args:
        result: Label of the last result, "" for none.
    """
    named = safe(result) or _("no result")
    if standing.holder:
        return _("%(name)s works on this record by now.") % {"name": safe(standing.holder, limit=40)}
    if standing.state is State.WAITING and standing.not_before is not None:
        text = _("Comes again at %(time)s: %(result)s.")
        reason = named if standing.reason is Reason.RETRY else _reason(standing.reason)
        return text % {"time": moment_text(standing.not_before, zone), "result": reason}
    if standing.state is State.SKIPPED:
        return _("Skipped: %(reason)s.") % {"reason": _reason(standing.reason)}
    if standing.reason is Reason.GIVEN_UP:
        return _("Done after %(number)d attempts: %(result)s.") % {
            "number": standing.attempts,
            "result": named,
        }
    if standing.state is State.DONE:
        return _("Done: %(result)s.") % {"result": named}
    return _("This record isn't with you any more.")


def going_on(ahead: Ahead) -> str:
    """Return what ``n`` does after a record that has been dealt with."""
    if ahead.record is not None:
        return _("n goes on.")
    return _("Nobody else can be called now.") if ahead.is_certain else _("n looks further for somebody.")


def coming(ahead: Ahead) -> str:
    """Return who comes next."""
    if ahead.record is not None:
        return safe(ahead.record.name)
    return _("nobody") if ahead.is_certain else _("not found yet: n looks further")


def put_back(name: str, standing: Standing, zone: tzinfo) -> str:
    """Return until when somebody was put back, "" if they weren't."""
    if standing.state is not State.WAITING or standing.not_before is None:
        return ""
    told = {"name": safe(name, limit=60), "time": moment_text(standing.not_before, zone)}
    return _("Put back until %(time)s: %(name)s") % told


def nobody(overview: Overview, zone: tzinfo) -> str:
    """Return why nobody is offered and what to do."""
    working = len(overview.agents)
    if overview.waiting:
        lines = [_("Nobody can be called now."), details(overview, zone), _("n looks again.")]
        if Reason.HOURS in overview.waiting:
            lines.append(_("w takes somebody outside calling hours."))
        return "\n".join(lines)
    if working and overview.left.number:
        text = ngettext("The rest is with a colleague.", "The rest is with colleagues.", working)
        return "\n".join((text, _("n looks again, Esc goes back.")))
    if overview.done or overview.skipped:
        ended = [_("Everybody in this queue has been dealt with."), totals(overview), details(overview, zone)]
        return "\n".join((*filter(None, ended), _("r begins a new round, Esc goes back.")))
    return "\n".join((_("There is nobody in this queue."), _("Esc goes back to choose another view.")))


def _reason(reason: Reason | None) -> str:
    return _(REASONS[reason]) if reason is not None else _("no result")
