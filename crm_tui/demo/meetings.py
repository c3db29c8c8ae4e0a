"""Events that every set of sample data has: with participants, of whole days, two at one time."""

from collections.abc import Sequence
from datetime import timedelta

from crm_tui.demo.activities import Person
from crm_tui.demo.calendar import Calendar
from crm_tui.domain.records import Participant, Ref, Value
from crm_tui.services.bulk import NewRecord


def meetings(calendar: Calendar, customer: Person, me: Ref, colleagues: Sequence[Ref]) -> list[NewRecord]:
    """Return a morning meeting of today, two events of tomorrow that overlap, and a fair of two days.

    Args:
        customer: Takes part in the first event of tomorrow.
        me: Whose events they are, but for the morning meeting.
        colleagues: The last of them holds the morning meeting.
    """
    made = calendar.at(-3, 11)
    everybody = tuple(Participant(user) for user in (me, *colleagues[:-1]))
    with_customer = (
        Participant(customer.ref),
        Participant(colleagues[0]),
        Participant(None, "info@hs.example"),
    )
    start = calendar.at(1, 14)
    return [
        NewRecord(_event(calendar, "朝礼", 0, 9, 15, participants=everybody), colleagues[-1], made),
        NewRecord(
            {
                **_event(calendar, "ヘッドセット入れ替えの打ち合わせ", 1, 14, 60, participants=with_customer),
                "location": "本社 会議室A",
                "who": customer.ref,
                "related_to": customer.related[0] if customer.related else None,
                "reminder": "15_minutes",
            },
            me,
            made,
        ),
        NewRecord(
            {
                "subject": "Weekly call review",
                "starts_at": start + timedelta(minutes=30),
                "ends_at": start + timedelta(minutes=90),
                "location": "Online",
                "status": "scheduled",
            },
            me,
            made,
        ),
        NewRecord(
            {
                "subject": "展示会",
                "all_day": True,
                "starts_at": calendar.day(3),
                "ends_at": calendar.day(4),
                "location": "東京ビッグサイト",
                "status": "scheduled",
            },
            me,
            made,
        ),
    ]


def _event(
    calendar: Calendar,
    subject: str,
    offset: int,
    hour: int,
    minutes: int,
    *,
    participants: tuple[Participant, ...],
) -> dict[str, Value]:
    start = calendar.at(offset, hour)
    return {
        "subject": subject,
        "starts_at": start,
        "ends_at": start + timedelta(minutes=minutes),
        "participants": participants,
        "status": "scheduled",
    }
