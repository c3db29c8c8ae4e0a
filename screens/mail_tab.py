"""The related list of mail on contacts, leads and deals; what it holds is switched by keys."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, cast

from textual.binding import Binding

from crm_tui.domain.mail import DealScope, MailQuery, MailRow
from crm_tui.domain.modules import PLURAL, Module
from crm_tui.domain.paging import Page, PageRequest
from crm_tui.domain.queries import Count, Sort
from crm_tui.domain.records import ListRow, Record, Ref
from crm_tui.i18n import N_, _
from screens.key_names import key_name
from screens.mail_acts import MAIL_BINDINGS, MailActs
from screens.mail_rows import ATTACHMENT_MARK, COLUMNS, DATE, deal_text, holders_text, subject_text, who_text
from screens.mail_source import choose_source, source_name
from screens.mail_switches import SCOPE_LABELS
from screens.related_tabs import COUNT_CAP, Links, MarkedLinks, RelatedTab
from screens.widgets.record_table import RecordTable

if TYPE_CHECKING:
    from screens.base import CrmScreen
    from screens.widgets.related_list import RelatedList

_EMPTY: Final = {
    DealScope.DEAL: N_("No mail here. v shows all mail of its contacts, n writes one."),
    DealScope.CONTACTS: N_("No mail here. s shows other sources, n writes one."),
}
_EMPTY_KEYS: Final = {"v": "related.mail_scope", "s": "related.mail_source", "n": "mail.write"}

_LABELS: Final = {
    "new": (N_("Write"), N_("Write a new mail.")),
    "delete": (N_("Remove"), N_("Take the mail away from its deal; both stay.")),
}


@dataclass(frozen=True, slots=True)
class MailTab(RelatedTab):
    """The related list of mail.

    Attributes:
        person: Whom a new mail from here is for.
        has_scope: It is that of a deal, which has contacts with mail of their own.
    """

    person: Ref | None = None
    has_scope: bool = False


@dataclass(frozen=True, slots=True)
class MailListRow(ListRow):
    """A row of that list.

    Attributes:
        mail: What it shows.
    """

    mail: MailRow | None = None


def mail_tab(screen: "CrmScreen[Any]", record: Record) -> RelatedTab:
    """Return the list of mail of a contact, a lead or a deal."""
    switches = screen.app.mail_switches
    service = screen.services.mail_messages
    is_deal = record.module is Module.DEAL
    person = record.ref_to("contact") if is_deal else record.ref

    def query() -> MailQuery:
        return MailQuery(of=record.ref, scope=switches.scope, source=switches.source)

    async def read(sort: Sort, request: PageRequest) -> Page[ListRow]:
        wanted = replace(query(), oldest_first=not sort.descending)
        page = await service.list(screen.actor, wanted, request)
        return Page([_row(mail) for mail in page.rows], page.at_start, page.at_end)

    async def count() -> Count:
        return await service.count(screen.actor, query(), COUNT_CAP)

    async def summary() -> str:
        source = await source_name(screen, switches.source) or _("Every source")
        shown = [f"{key_name(screen.app, 'related.mail_source', 's')} [{source}]"]
        if is_deal:
            scope = _(SCOPE_LABELS[switches.scope])
            shown.insert(0, f"{key_name(screen.app, 'related.mail_scope', 'v')} [{scope}]")
        # The keys of the mail itself work in the list alone.
        shown.append(
            _("%(key)s goes into the list") % {"key": key_name(screen.app, "screen.next_field", "tab")}
        )
        return "  ".join(shown)

    async def write(screen: "CrmScreen[Any]") -> None:
        # What writes mail is imported when it is first needed.
        from screens.mail_writing import write

        await write(screen.app, person)

    return MailTab(
        Module.MAIL.value,
        PLURAL[Module.MAIL],
        Module.MAIL,
        COLUMNS,
        Sort(DATE, descending=True),
        read,
        count,
        _EMPTY[DealScope.DEAL if is_deal else DealScope.CONTACTS],
        links=Links(write, _remove, module=Module.MAIL, marked=MarkedLinks(_remove_marked), labels=_LABELS),
        summary=summary,
        table=MailTabTable,
        person=person,
        has_scope=is_deal,
    )


class MailTabTable(RecordTable, MailActs):
    """The mail in the related list, with the keys of mail; the switches have theirs on the screen."""

    # Styles follow the first base alone; the table's own drops the keys of the others. Both keys that make
    # something on the screen of a record write here, or the footer would name each.
    BINDINGS = [
        replace(one, key="n,plus") if isinstance(one, Binding) and one.id == "mail.write" else one
        for one in MAIL_BINDINGS
    ]

    @property
    def tab(self) -> MailTab | None:
        """The list in front, if it is this one."""
        tab = self._related.tab
        return tab if isinstance(tab, MailTab) else None

    def mail_in_focus(self) -> MailRow | None:
        """The mail under the cursor."""
        row = self._related.list_row if self.tab is not None else None
        return row.mail if isinstance(row, MailListRow) else None

    async def mail_meant(self) -> MailRow | None:
        """The mail under the cursor once all keys typed so far have moved it."""
        await self.settle()
        return self.mail_in_focus()

    def write_to(self) -> Ref | None:
        """Whose related list it is; of a deal its contact."""
        return self.tab.person if self.tab is not None else None

    @property
    def has_scope(self) -> bool:
        """Whether it is the list of a deal."""
        return self.tab is not None and self.tab.has_scope

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave two keys to the screen: there s switches the source, and o converts a lead."""
        person = self.tab.person if self.tab is not None else None
        of_lead = person is not None and person.module is Module.LEAD
        if action == "sort" or (action == "mail_settings" and of_lead):
            return False
        return super().check_action(action, parameters)

    def action_mail_deal(self) -> None:
        """Put the marked mails to a deal, or do what the mark of the one under the cursor offers."""
        if self.marked or self.all_marked:
            self.run_mail(self._act_on_marked)
        else:
            super().action_mail_deal()

    def turn_scope(self) -> None:
        """Show the mail of the deal instead of that of its contacts, or the other way round."""
        switches = self._screen.app.mail_switches
        switches.scope = DealScope.CONTACTS if switches.scope is DealScope.DEAL else DealScope.DEAL
        self.run_mail(self._show_switched)

    async def choose_source(self) -> None:
        """Let the agent choose whose mail is listed."""
        switches = self._screen.app.mail_switches
        source = await choose_source(self._screen, switches.source)
        if source is not None:
            switches.source = source
            await self._show_switched()

    def on_mount(self) -> None:
        """Name the keys of the empty list."""
        self.empty_keys = _EMPTY_KEYS
        self._name_empty()

    async def _act_on_marked(self) -> None:
        from screens.mail_deal_actions import act_on_marked

        rows = await self._related.rows()
        if rows and await act_on_marked(self._screen.app, [row.id for row in rows]):
            self.clear_marks()

    async def _show_switched(self) -> None:
        """List other mail; keys that are typed meanwhile mean its rows."""
        self._name_empty()
        self._related.begin_again()
        await self.settle()

    def _name_empty(self) -> None:
        """On a deal that shows its own mail the way to more of it is another one."""
        scope = self._screen.app.mail_switches.scope if self.has_scope else DealScope.CONTACTS
        self.empty_text = _EMPTY[scope]

    @property
    def _related(self) -> "RelatedList":
        return cast("RelatedList", self.parent)

    @property
    def _screen(self) -> "CrmScreen[Any]":
        return cast("CrmScreen[Any]", self.screen)


async def _remove(screen: "CrmScreen[Any]", row: Ref) -> None:
    from screens.mail_deal_actions import remove

    await remove(screen.app, row.id)


async def _remove_marked(screen: "CrmScreen[Any]", rows: tuple[Ref, ...]) -> bool:
    from screens.mail_deal_actions import remove_marked

    return await remove_marked(screen.app, [row.id for row in rows])


def _row(mail: MailRow) -> MailListRow:
    values = {
        "who": who_text(mail),
        "attachments": ATTACHMENT_MARK if mail.has_attachments else "",
        "subject": subject_text(mail),
        "deal": deal_text(mail),
        "holder": holders_text(mail.holders),
        DATE: mail.date,
        "is_unread": not mail.is_seen,
    }
    return MailListRow(Module.MAIL, mail.id, mail.version, mail.subject, mail.position, values, mail=mail)
