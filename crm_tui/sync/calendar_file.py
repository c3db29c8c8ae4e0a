"""Events as an iCalendar file (RFC 5545) for Outlook and other calendars.

Each event keeps its UID, so that a calendar which has it already changes it. There is no METHOD: the file
holds events, not invitations, and no server sends mail to those who take part.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import IO, TYPE_CHECKING, Final

from crm_tui.domain.actor import Actor
from crm_tui.domain.bulk import Report, go_on
from crm_tui.domain.exports import Export, Exported
from crm_tui.domain.modules import Module
from crm_tui.domain.outlook.keys import OURS
from crm_tui.domain.participants import address_in, participants_of
from crm_tui.domain.records import ListRow, Participant, Ref, Value
from crm_tui.domain.sync.accounts import SyncKind
from crm_tui.text import clean_input

if TYPE_CHECKING:
    from icalendar import Event, vCalAddress

    from crm_tui.services.container import Services

ENDING: Final = ".ics"

_HEAD: Final = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//crm-tui//crm-tui//EN\r\nCALSCALE:GREGORIAN\r\n"
_FOOT: Final = b"END:VCALENDAR\r\n"

_STATUS: Final = {"cancelled": "CANCELLED"}
"""What isn't cancelled is going to take place or did."""


async def export_events(
    services: "Services", actor: Actor, export: Export, report: Report = go_on
) -> Exported:
    """Write events to an iCalendar file; errors are those of ``services.exports.write_items``.

    Moments are those of UTC, which every calendar shows in its own zone; events of whole days have dates.
    Participants without a mail address can't be named; the outcome counts them.
    """
    emails = {user.id: user.email for user in await services.users.list(actor) if user.email}
    if actor.id not in emails and (address := await _own_address(services, actor)):
        emails[actor.id] = address

    def opened(file: IO[bytes]) -> CalendarFile:
        return CalendarFile(file, emails)

    return await services.exports.write_items(actor, export, Module.EVENT, opened, report)


async def _own_address(services: "Services", actor: Actor) -> str:
    """Return the address of a mailbox of the actor's, "" for none."""
    found = [one.address for one in await services.mail_accounts.own(actor)]
    connected = await services.sync_accounts.list(actor)
    found += [one.address for one in connected if one.kind is SyncKind.OUTLOOK]
    return next((address for address in found if address_in(address)), "")


def uid_of(event_id: str) -> str:
    """Return the UID of an event, the same in every file."""
    return event_id + OURS


class CalendarFile:
    """An iCalendar file that is being written.

    Args:
        emails: Mail addresses of users by their id; the owner of an event is its organizer.
    """

    def __init__(self, file: IO[bytes], emails: Mapping[str, str]) -> None:
        self.left_out = 0
        self._file = file
        self._emails = emails
        file.write(_HEAD)

    def write(self, rows: Sequence[ListRow]) -> None:
        """Add events."""
        for row in rows:
            self._file.write(self._event(row).to_ical())

    def finish(self) -> None:
        """End the calendar."""
        self._file.write(_FOOT)

    def _event(self, row: ListRow) -> "Event":
        from icalendar import Event

        event = Event()
        event.add("uid", uid_of(row.id))
        changed = row.get("modified_at")
        for name, value in (
            ("dtstamp", changed),
            ("created", row.get("created_at")),
            ("last-modified", changed),
        ):
            if isinstance(value, datetime):
                event.add(name, value.astimezone(UTC))
        event.add("sequence", row.version - 1)
        _add_times(event, row.get("starts_at"), row.get("ends_at"))
        event.add("summary", clean_input(row.name))
        for name in ("location", "description"):
            if isinstance(text := row.get(name), str):
                event.add(name, clean_input(text))
        event.add("status", _STATUS.get(str(row.get("status")), "CONFIRMED"))
        self._add_people(event, row)
        return event

    def _add_people(self, event: "Event", row: ListRow) -> None:
        people = [one for one in participants_of(row.values) if one.email]
        self.left_out += len(participants_of(row.values)) - len(people)
        if not people:
            return
        # A list of those who take part without somebody who asked them isn't taken by every calendar.
        owner = row.get("owner")
        if isinstance(owner, Ref) and (email := self._emails.get(owner.id)):
            event.add("organizer", _address(Participant(owner, email)), encode=False)
        for one in people:
            event.add("attendee", _attendee(one), encode=False)


def _add_times(event: "Event", start: Value, end: Value) -> None:
    if isinstance(start, datetime) and isinstance(end, datetime):
        event.add("dtstart", start.astimezone(UTC))
        event.add("dtend", end.astimezone(UTC))
    elif isinstance(start, date):
        event.add("dtstart", start)
        last = end if isinstance(end, date) else start
        # The end of whole days is the day after; the calendar of Python ends in the year 9999.
        if last < date.max:
            event.add("dtend", last + timedelta(days=1))


def _attendee(one: Participant) -> "vCalAddress":
    address = _address(one)
    address.params["CUTYPE"] = "INDIVIDUAL"
    address.params["ROLE"] = "REQ-PARTICIPANT"
    address.params["PARTSTAT"] = "NEEDS-ACTION"
    return address


def _address(one: Participant) -> "vCalAddress":
    from icalendar import vCalAddress

    address = vCalAddress(f"mailto:{clean_input(one.email)}")
    if one.ref is not None and (name := " ".join(clean_input(one.name).split())):
        address.params["CN"] = name.replace('"', "'")
    return address
