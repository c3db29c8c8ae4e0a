"""The related lists of each module: what they show, how they are read, what a new row starts with."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from crm_tui.domain.modules import PARENTS, PEOPLE, PLURAL, RELATABLE, Module
from crm_tui.domain.paging import Page, PageRequest
from crm_tui.domain.queries import Count, Criterion, ListQuery, Op, Sort
from crm_tui.domain.records import ListRow, Record, Ref, Value
from crm_tui.domain.views import usual_sort
from crm_tui.i18n import N_
from screens.list_columns import NAME, columns_without
from screens.list_source import asked_columns
from screens.widgets.record_columns import Column

if TYPE_CHECKING:
    from screens.base import CrmScreen
    from screens.widgets.record_table import RecordTable

OPEN, CLOSED = "open", "closed"
"""Codes of the two lists of activities."""

_WITH_MAIL = (Module.LEAD, Module.CONTACT, Module.DEAL)

COUNT_CAP = 999
"""Rows counted at most; the tab says "999+" beyond."""

ACTIVITY_COLUMNS = (
    Column(NAME, N_("Subject"), min_width=16, weight=3, priority=10, sortable=True),
    Column("kind", N_("Activity type"), width=13, priority=7, sortable=True),
    Column("status", N_("Status"), width=14, priority=8, sortable=True),
    Column("due_at", N_("Due date"), width=11, priority=9, sortable=True),
    Column("owner", N_("Owner"), width=12, priority=6, sortable=True),
)

LINK_LABELS: Mapping[str, tuple[str, str]] = {
    "new": (N_("Add"), N_("Link records to this one.")),
    "delete": (N_("Remove"), N_("Take the link away; both records stay.")),
}

Read = Callable[[Sort, PageRequest], Awaitable[Page[ListRow]]]
CountRows = Callable[[], Awaitable[Count]]


RowAction = Callable[["CrmScreen[Any]", Ref], Awaitable[object]]
"""Acts on the row under the cursor of a related list; run in a worker."""

RowsAction = Callable[["CrmScreen[Any]", tuple[Ref, ...]], Awaitable[bool]]
"""Acts on the marked rows of a related list; returns whether it was done, so that the marks can go."""


@dataclass(frozen=True, slots=True)
class MarkedLinks:
    """What the keys do with several marked rows of a list of linked records.

    Attributes:
        remove: d: take their links away.
        actions: a: code, label (marked for translation) and what is done, beside the actions of the records.
    """

    remove: RowsAction
    actions: tuple[tuple[str, str, RowsAction], ...] = ()


@dataclass(frozen=True, slots=True)
class Links:
    """What the keys do in a list of records that are only linked to the one shown.

    Attributes:
        add: n: choose records and link them.
        remove: d: take the link away, never the record.
        actions: a: code, label (marked for translation) and what is done, beside the actions of the record.
        verb: What the agent must be allowed to do with the record shown to change its links.
        module: Whose permission that is; None for the module of the record shown.
        marked: What the keys do with marked rows; None: d removes them one after the other.
        labels: What n (``new``) and d (``delete``) are called: name and explanation, marked for translation.
    """

    add: Callable[["CrmScreen[Any]"], Awaitable[object]]
    remove: RowAction
    actions: tuple[tuple[str, str, RowAction], ...] = ()
    verb: str = "edit"
    module: Module | None = None
    marked: MarkedLinks | None = None
    labels: Mapping[str, tuple[str, str]] = field(default_factory=lambda: LINK_LABELS)


@dataclass(frozen=True, slots=True)
class RelatedTab:
    """One related list.

    Attributes:
        code: `OPEN`, `CLOSED`, or the code of the module it lists.
        label: Marked for translation.
        module: What its rows are; None for activities of all kinds.
        sort: How it is sorted at first.
        read: Reads a page of it.
        count: Counts its rows.
        empty: What stands there when there are none, marked for translation.
        prefill: Values that a new record of the list starts with.
        links: For a list of linked records, what the keys do there.
        summary: Returns a line, translated, that stands above the list.
        table: The widget that shows it; None for the usual one.
    """

    code: str
    label: str
    module: Module | None
    columns: tuple[Column, ...]
    sort: Sort
    read: Read
    count: CountRows
    empty: str
    prefill: dict[str, Value] = field(default_factory=dict)
    links: Links | None = None
    summary: Callable[[], Awaitable[str]] | None = None
    table: "type[RecordTable] | None" = None


def tabs_of(screen: "CrmScreen[Any]", record: Record) -> tuple[RelatedTab, ...]:
    """Return the related lists of ``record`` that the agent may see, in order."""
    # They are made of what stands here.
    from screens.association_tabs import accounts_tab, cases_tab, contacts_tab
    from screens.mail_tab import mail_tab
    from screens.member_tabs import campaigns_tab, members_tab
    from screens.participant_tab import participants_tab

    if record.module not in PARENTS:
        return (participants_tab(screen, record),) if record.module is Module.EVENT else ()

    tabs: list[RelatedTab] = []
    if screen.allowed("view", Module.TASK):
        tabs += [_activities(screen, record.ref, closed=False), _activities(screen, record.ref, closed=True)]
    if record.module is Module.CAMPAIGN:
        members = [members_tab(screen, record, module) for module in PEOPLE if screen.allowed("view", module)]
        tabs = members + tabs
    if record.module in _WITH_MAIL and screen.allowed("view", Module.MAIL):
        tabs.append(mail_tab(screen, record))
    related = {
        Module.NOTE: _notes,
        Module.CONTACT: contacts_tab,
        Module.ACCOUNT: accounts_tab,
        Module.DEAL: _deals,
        Module.CASE: cases_tab if record.module is Module.ACCOUNT else _cases,
        Module.CAMPAIGN: campaigns_tab,
    }
    shown = {
        Module.LEAD: (Module.NOTE, Module.CAMPAIGN),
        Module.CONTACT: (Module.NOTE, Module.ACCOUNT, Module.DEAL, Module.CASE, Module.CAMPAIGN),
        Module.ACCOUNT: (Module.NOTE, Module.CONTACT, Module.DEAL, Module.CASE),
    }.get(record.module, (Module.NOTE,))
    tabs += [related[module](screen, record) for module in shown if screen.allowed("view", module)]
    return tuple(tabs)


def activity_parties(record: Record) -> dict[str, Value]:
    """Return whom an activity made from ``record`` is with and what it is related to.

    What is made from a converted lead is with the contact it became.
    """
    parties: dict[str, Value] = {}
    if record.module in PEOPLE:
        parties["who"] = record.ref_to("converted_contact") or record.ref
    elif record.module in RELATABLE:
        parties["related_to"] = record.ref
        parties["who"] = record.ref_to("contact")
    return parties


def _activities(screen: "CrmScreen[Any]", parent: Ref, *, closed: bool) -> RelatedTab:
    async def read(sort: Sort, request: PageRequest) -> Page[ListRow]:
        return await screen.services.activities.related(screen.actor, parent, closed, sort, request)

    async def count() -> Count:
        counts = await screen.services.activities.related_counts(screen.actor, parent)
        return Count(counts.closed if closed else counts.open)

    if closed:
        return RelatedTab(
            CLOSED,
            N_("Closed activities"),
            None,
            ACTIVITY_COLUMNS,
            Sort("due_at", descending=True),
            read,
            count,
            N_("Nothing closed yet. Press l to log a call."),
        )
    return RelatedTab(
        OPEN,
        N_("Open activities"),
        None,
        ACTIVITY_COLUMNS,
        Sort("due_at"),
        read,
        count,
        N_("Nothing open. Press t for a task, F6 to schedule a call."),
    )


def _listed(
    screen: "CrmScreen[Any]",
    module: Module,
    criterion: Criterion,
    hidden: tuple[str, ...],
    empty: str,
    prefill: dict[str, Value],
) -> RelatedTab:
    columns = columns_without(module, *hidden)
    asked = asked_columns(module, columns)
    service = screen.services.records(module)

    async def read(sort: Sort, request: PageRequest) -> Page[ListRow]:
        return await service.list(screen.actor, ListQuery(asked, sort, (criterion,)), request)

    async def count() -> Count:
        return await service.count(screen.actor, ListQuery(criteria=(criterion,)), COUNT_CAP)

    sort = usual_sort(module)
    return RelatedTab(module.value, PLURAL[module], module, columns, sort, read, count, empty, prefill)


def _notes(screen: "CrmScreen[Any]", record: Record) -> RelatedTab:
    criterion = Criterion("parent", Op.EQ, record.ref)
    return _listed(
        screen,
        Module.NOTE,
        criterion,
        (),
        N_("No notes yet. Press n to write one."),
        {"parent": record.ref},
    )


def _deals(screen: "CrmScreen[Any]", record: Record) -> RelatedTab:
    empty = N_("No deals yet. Press n for a new one.")
    return _listed(screen, Module.DEAL, *_by_party(record), empty, _parties(record))


def _cases(screen: "CrmScreen[Any]", record: Record) -> RelatedTab:
    empty = N_("No cases yet. Press n for a new one.")
    return _listed(screen, Module.CASE, *_by_party(record), empty, _parties(record))


def _by_party(record: Record) -> tuple[Criterion, tuple[str, ...]]:
    return Criterion(record.module.value, Op.EQ, record.ref), (record.module.value,)


def _parties(record: Record) -> dict[str, Value]:
    if record.module is Module.ACCOUNT:
        return {"account": record.ref}
    return {"contact": record.ref, "account": record.ref_to("account")}
