"""Call queues: what is worked, what becomes of a record, what an agent is offered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from crm_tui.domain.modules import Module
from crm_tui.domain.picklists import Choice
from crm_tui.domain.queries import Count
from crm_tui.domain.records import Ref
from crm_tui.i18n import N_, _

LEASE: Final = timedelta(seconds=60)
"""How long a record stays with a console that was last heard of."""

COMMAND_LEASE: Final = timedelta(minutes=10)
"""How long a record stays with an agent who took it on the command line, where nothing renews it."""

RETRY_MINUTES: Final = 30
"""After which time somebody who was put back is offered again."""

BUSY_MINUTES: Final = 5
"""After which time somebody whom a colleague was talking to is looked at again."""

RETRY_ATTEMPTS: Final = 3
"""How often somebody who can't be reached is called in one round, unless the result says otherwise."""


class State(StrEnum):
    """What has become of a record in a round. One that nobody has dealt with has none yet."""

    WAITING = "waiting"
    DONE = "done"
    SKIPPED = "skipped"


class Reason(StrEnum):
    """Why a record waits or was skipped."""

    LATER = "later"
    RETRY = "retry"
    HOURS = "hours"
    BUSY = "busy"
    UNSUITABLE = "unsuitable"
    WRONG_DATA = "wrong_data"
    KNOWN = "known"
    OTHER = "other"
    DO_NOT_CALL = "do_not_call"
    NO_NUMBER = "no_number"
    INVALID_NUMBER = "invalid_number"
    CONVERTED = "converted"
    GIVEN_UP = "given_up"


REASONS: Final[Mapping[Reason, str]] = {
    Reason.LATER: N_("put back for later"),
    Reason.RETRY: N_("not reached yet"),
    Reason.HOURS: N_("outside calling hours"),
    Reason.BUSY: N_("on the phone"),
    Reason.UNSUITABLE: N_("doesn't belong here"),
    Reason.WRONG_DATA: N_("wrong or missing data"),
    Reason.KNOWN: N_("spoken to already"),
    Reason.OTHER: N_("other reason"),
    Reason.DO_NOT_CALL: N_("do not call"),
    Reason.NO_NUMBER: N_("no number"),
    Reason.INVALID_NUMBER: N_("invalid number"),
    Reason.CONVERTED: N_("converted"),
    Reason.GIVEN_UP: N_("not reached"),
}
"""How each reason reads in an overview, marked for translation."""

SKIP_REASONS: Final = (
    Reason.LATER,
    Reason.UNSUITABLE,
    Reason.WRONG_DATA,
    Reason.KNOWN,
    Reason.OTHER,
)
"""What an agent may skip a record for; the first puts it back, the others end it for this round."""


SKIP_LABELS: Final[Mapping[Reason, str]] = {
    Reason.LATER: N_("Later: comes again in half an hour"),
    Reason.UNSUITABLE: N_("Doesn't belong here"),
    Reason.WRONG_DATA: N_("Wrong or missing data"),
    Reason.KNOWN: N_("Spoken to already"),
    Reason.OTHER: N_("Another reason"),
}
"""How each is offered, marked for translation."""


class Kind(StrEnum):
    """What a queue is made of."""

    VIEW = "view"
    QUERY = "query"
    CAMPAIGN = "campaign"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class QueueSource:
    """What a queue is made of, as it is stored.

    Attributes:
        module: Leads or contacts; None for the members of a campaign, who may be both.
        key: Two sources with the same key are the same queue.
        data: What is needed to find its records again, as JSON values.
        ids: The records of a new fixed list; a stored one has an entry for each instead.
    """

    kind: Kind
    module: Module | None
    key: str
    data: Mapping[str, Any]
    ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class QueueRun:
    """One round of a queue, which all agents who started the same thing share.

    Attributes:
        name: What is worked: the name of the view or campaign.
        is_built_in: Whether that is a view of the program, whose name is marked for translation.
        created_at: Since when; UTC.
        campaign: The campaign whose members are called.
        joined: Whether it was under way when it was started.
    """

    id: str
    source: QueueSource
    name: str
    created_at: datetime
    campaign: Ref | None = None
    joined: bool = False
    is_built_in: bool = False

    @property
    def title(self) -> str:
        """The name in the current language; from outside, so to be shown through ``safe``."""
        return _(self.name) if self.is_built_in else self.name


@dataclass(frozen=True, slots=True)
class QueueNumber:
    """A number of a person, and whether it may be called now.

    Attributes:
        label: Of its field, marked for translation.
        text: As it is written on the record; from outside, so to be shown through ``safe``.
        blocked: Why it must not be called, "" if nothing speaks against it.
        local: The times at the callee, one per time zone; none where the number doesn't tell.
        zones: The names of those time zones.
        opens_at: When it may be called next if it is outside the calling hours now; UTC.
    """

    field: str
    label: str
    text: str
    blocked: Reason | None = None
    local: tuple[datetime, ...] = ()
    zones: tuple[str, ...] = ()
    opens_at: datetime | None = None

    @property
    def is_usable(self) -> bool:
        """Whether it may be called at all."""
        return self.blocked is None

    @property
    def is_open(self) -> bool:
        """Whether it may be called now."""
        return self.blocked is None and self.opens_at is None


@dataclass(frozen=True, slots=True)
class Offer:
    """A record that an agent works on; nobody else is offered it meanwhile.

    Attributes:
        numbers: Its numbers in the order of its form.
        attempts: How often it was called in this round.
        result: Code of the last result in this round, "" for none.
        result_at: When that was; UTC.
        locked_until: Until when it stays with the agent without being renewed; UTC.
    """

    run_id: str
    record: Ref
    numbers: tuple[QueueNumber, ...]
    attempts: int
    result: str
    result_at: datetime | None
    locked_until: datetime

    @property
    def best(self) -> QueueNumber | None:
        """The first number that may be called now, else the first that may be called at all."""
        usable = [number for number in self.numbers if number.is_usable]
        return next((number for number in usable if number.is_open), usable[0] if usable else None)


@dataclass(frozen=True, slots=True)
class Ahead:
    """Who comes next, as far as was looked without taking anybody.

    Attributes:
        record: None where nobody was found.
        is_certain: Whether everybody was looked at who might come; else there may be somebody further on.
    """

    record: Ref | None
    is_certain: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """What has become of a record in a round.

    Attributes:
        state: None while nobody has dealt with it.
        not_before: When it comes again; UTC.
        is_mine: Whether this console holds it.
        holder: Who else does, "" for nobody.
    """

    state: State | None
    reason: Reason | None
    result: str
    result_at: datetime | None
    attempts: int
    not_before: datetime | None
    is_mine: bool
    holder: str


@dataclass(frozen=True, slots=True)
class AtWork:
    """An agent at work in a queue.

    Attributes:
        record: On what; None where the reader may not see it.
        since: UTC.
    """

    agent: Ref
    record: Ref | None
    since: datetime


@dataclass(frozen=True, slots=True)
class Overview:
    """How far a round is.

    Attributes:
        done: Records that were called.
        left: Records that can still be offered to the reader, those that wait among them.
        skipped: Number by reason.
        waiting: Number by reason of those that come again.
        next_at: When the first of these does; UTC.
        results: Number of records by the code of their last result.
        agents: Who works on what.
    """

    done: int
    left: Count
    skipped: Mapping[Reason, int] = field(default_factory=dict)
    waiting: Mapping[Reason, int] = field(default_factory=dict)
    next_at: datetime | None = None
    results: Mapping[str, int] = field(default_factory=dict)
    agents: tuple[AtWork, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a saved call makes of a record in a queue."""

    state: State
    reason: Reason | None = None
    not_before: datetime | None = None


def outcome_of(result: Choice | None, attempts: int, at: datetime) -> Outcome:
    """Return what a call with ``result`` makes of a record.

    Args:
        result: The value of the pick-list ``call_result``. Its attribute ``retry_minutes`` says that the
            record comes again after that time, ``retry_attempts`` at the latest after how many calls not.
        attempts: Calls in this round, this one included.
        at: When it was saved; UTC.
    """
    flags = result.attributes if result is not None else {}
    minutes = flags.get("retry_minutes", 0)
    if not isinstance(minutes, int) or isinstance(minutes, bool) or minutes <= 0:
        return Outcome(State.DONE)
    most = flags.get("retry_attempts", RETRY_ATTEMPTS)
    if attempts >= (most if isinstance(most, int) else RETRY_ATTEMPTS):
        return Outcome(State.DONE, Reason.GIVEN_UP)
    return Outcome(State.WAITING, Reason.RETRY, at + timedelta(minutes=minutes))
