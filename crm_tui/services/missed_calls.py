"""Missed calls: logged for the agent who wasn't there, also when nobody knows who called."""

from crm_tui.domain.actor import Actor
from crm_tui.domain.call import MISSED, CallStatus, default_subject
from crm_tui.domain.records import Ref, Value
from crm_tui.i18n import spoken
from crm_tui.services.call_records import CallRecords
from crm_tui.services.call_rows import CallRows
from crm_tui.store.uow import UnitOfWork

_LONGEST_NUMBER = 50


async def log_missed(
    uow: UnitOfWork,
    records: CallRecords,
    actor: Actor,
    agent: Actor,
    who: Ref | None,
    number: str,
    house: str,
) -> str:
    """Write a missed call of now that belongs to ``agent`` and return its id.

    Args:
        records: Knows the fields of calls.
        actor: Who says so: the agent, or the account of the telephone system.
        who: The lead or contact, None where nobody or more than one has the number.
        number: As lists show it, "" if it was withheld.
        house: Language of the subject where the agent chose none, "" for that of the process.
    """
    with spoken(agent.language or house):
        subject = default_subject(MISSED, who.name if who is not None else number)
    values: dict[str, Value] = {
        "subject": subject,
        "type": MISSED,
        "who": who,
        "starts_at": uow.at,
    }
    rows = CallRows(records)
    columns = {
        **rows.new(uow, agent, values),
        "created_by_id": actor.id,
        "modified_by_id": actor.id,
        "status": CallStatus.COMPLETED.value,
        "is_closed": True,
        "completed_at": uow.at,
        "due_at": uow.at,
        "sort_at": uow.at,
        "wrap_up_seconds": 0,
        "phone": number[:_LONGEST_NUMBER],
    }
    await rows.insert(uow, columns, values, "create")
    return str(columns["id"])
