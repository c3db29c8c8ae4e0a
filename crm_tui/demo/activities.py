"""Calls, tasks, events and notes of the sample data."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from crm_tui.demo.calendar import Calendar
from crm_tui.demo.texts import texts
from crm_tui.domain.picklists import Picklists
from crm_tui.domain.records import Participant, Ref, Value
from crm_tui.services.bulk import NewRecord

_REMINDERS = ("none", "none", "5_minutes", "15_minutes", "1_hour", "1_day")
_TASK_STATUSES = (
    "not_started not_started not_started in_progress waiting_for_input deferred completed".split()
)
_TASK_PRIORITIES = ("highest", "high", "normal", "normal", "normal", "low", "lowest")
_LATE_TASKS = 0.05
"""Part of the open tasks that are overdue."""

_LONG_AGO_DAYS = 60


@dataclass(frozen=True, slots=True)
class Person:
    """A lead or contact as activities need to know it.

    Attributes:
        related: What their activities can be about: their account, deals and cases.
    """

    ref: Ref
    phone: str
    japanese: bool
    related: tuple[Ref, ...] = ()


def call(
    random: Random, calendar: Calendar, picklists: Picklists, person: Person, owner: Ref, agent: Ref
) -> NewRecord:
    """Return a call: completed, scheduled, overdue, missed or cancelled."""
    kind = random.random()
    values: dict[str, Value] = {
        "subject": random.choice(texts(person.japanese).calls),
        "type": "outbound" if random.random() < 0.6 else "inbound",
        "purpose": random.choice(picklists.active("call_purpose")).code,
        "who": person.ref,
        "related_to": random.choice(person.related) if person.related and random.random() < 0.6 else None,
        "phone": person.phone or None,
    }
    if kind < 0.62:
        start = (
            calendar.past(random, 2) if random.random() < 0.5 else calendar.long_ago(random, _LONG_AGO_DAYS)
        )
        values.update(_took_place(random, picklists, person, start))
        return NewRecord(values, owner, start)
    if kind < 0.70:
        start = calendar.past(random, 3)
        values.update(type="missed", starts_at=start, status="completed", wrap_up_seconds=0)
        return NewRecord(values, owner, start)
    values["type"] = "outbound"
    if kind < 0.75:
        start = calendar.long_ago(random, _LONG_AGO_DAYS)
        return NewRecord({**values, "starts_at": start, "status": "cancelled"}, owner, start)
    start = calendar.past(random, 2) if kind < 0.82 else calendar.ahead(random, 5)
    values.update(starts_at=start, status="scheduled", reminder=random.choice(_REMINDERS))
    return NewRecord(values, agent, min(start, calendar.now) - timedelta(days=3))


def task(random: Random, calendar: Calendar, person: Person, owner: Ref) -> NewRecord:
    """Return a task, due some days ago, today or later."""
    status = random.choice(_TASK_STATUSES)
    late = status == "completed" or random.random() < _LATE_TASKS
    due = calendar.day(
        -random.randrange(1, 40 if status == "completed" else 4) if late else random.randrange(0, 15)
    )
    values: dict[str, Value] = {
        "subject": random.choice(texts(person.japanese).tasks),
        "due_date": due,
        "priority": random.choice(_TASK_PRIORITIES),
        "status": status,
        "who": person.ref,
        "related_to": random.choice(person.related) if person.related else None,
        "reminder": random.choice(_REMINDERS),
    }
    return NewRecord(values, owner, calendar.long_ago(random, _LONG_AGO_DAYS))


def event(random: Random, calendar: Calendar, person: Person, owner: Ref) -> NewRecord:
    """Return an event, past or ahead."""
    subject, location = random.choice(texts(person.japanese).events)
    past = random.random() < 0.4
    start = calendar.long_ago(random, 30) if past else calendar.ahead(random, 14)
    values: dict[str, Value] = {
        "subject": subject,
        "location": location,
        "starts_at": start,
        "ends_at": start + timedelta(minutes=random.choice((30, 60, 60, 90))),
        "who": person.ref,
        "related_to": random.choice(person.related) if person.related else None,
        "participants": (Participant(person.ref), Participant(owner)),
        "reminder": random.choice(_REMINDERS),
        "status": "completed" if past else "scheduled",
    }
    return NewRecord(values, owner, start - timedelta(days=2) if past else calendar.past(random, 3))


def note(random: Random, calendar: Calendar, person: Person, owner: Ref) -> NewRecord:
    """Return a note on a person or on what they are connected with."""
    title, body = random.choice(texts(person.japanese).notes)
    parent = random.choice((person.ref, *person.related))
    values: dict[str, Value] = {"title": title or None, "body": body, "parent": parent}
    return NewRecord(values, owner, calendar.long_ago(random, _LONG_AGO_DAYS))


def _took_place(random: Random, picklists: Picklists, person: Person, start: datetime) -> dict[str, Value]:
    seconds = int(random.expovariate(1 / 180)) + 15
    return {
        "starts_at": start,
        "status": "completed",
        "duration_seconds": seconds,
        "wrap_up_seconds": random.randrange(5, 120),
        "result": random.choice(picklists.active("call_result")).code,
        "description": random.choice(texts(person.japanese).call_notes) or None,
    }
