"""The dialog in which a campaign is chosen: type to filter; what runs now stands first."""

from collections.abc import Collection, Sequence

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input

from crm_tui.domain.modules import Module
from crm_tui.domain.paging import PageRequest
from crm_tui.domain.queries import Criterion, ListQuery, Op, Sort
from crm_tui.domain.records import ListRow, Record, Ref, Value
from crm_tui.domain.schema import field_of
from crm_tui.i18n import N_, _
from crm_tui.text import clean_input, safe
from screens.search_modal import SearchModal
from screens.style_sheet import STYLES
from screens.value_text import ValueText
from screens.widgets.answers import Answers
from screens.widgets.field_text import LineInput
from screens.widgets.record_columns import Column
from screens.widgets.record_table import RecordTable, Row, Tone

LIMIT = 100
"""Campaigns at most; whichever isn't among them is found by typing more."""

FIRST = ("active", "planning")
"""Statuses whose campaigns stand before all others."""

MEMBER_SIGN = "✓"

COLUMNS = (
    Column("name", N_("Campaign name"), min_width=18, weight=3, priority=10),
    Column("type", N_("Campaign type"), width=16, priority=5),
    Column("status", N_("Status"), width=10, priority=9),
    Column("start_date", N_("Start date"), width=11, priority=8),
    Column("end_date", N_("End date"), width=11, priority=7),
)


class CampaignPickerModal(SearchModal[Ref | None]):
    """Closes with the chosen campaign, or with None.

    Args:
        title: For whom or what it is chosen, translated.
        text: What is searched for at first.
        member_of: Ids of campaigns that get a sign, because the person in question is a member already.
    """

    CSS_PATH = STYLES / "campaign_picker_modal.tcss"
    BINDING_GROUP_TITLE = N_("Choose a campaign")
    BINDINGS = [
        Binding("down", "move(1)", N_("Down"), id="campaign.down", show=False),
        Binding("up", "move(-1)", N_("Up"), id="campaign.up", show=False),
        Binding("pagedown", "page(1)", N_("Page down"), id="campaign.page_down", show=False),
        Binding("pageup", "page(-1)", N_("Page up"), id="campaign.page_up", show=False),
        Binding("ctrl+n", "create", N_("Create new"), id="campaign.create"),
    ]

    def __init__(self, title: str, *, text: str = "", member_of: Collection[str] = ()) -> None:
        super().__init__()
        self.text = clean_input(text)
        self._title = title
        self._member_of = frozenset(member_of)
        self._refs: dict[str, Ref] = {}

    def compose(self) -> ComposeResult:
        """Yield the search field, the campaigns and the keys."""
        answers = [("campaign.choose", "enter", _("Choose"))]
        if self.allowed("create", Module.CAMPAIGN):
            answers.append(("campaign.create", "ctrl+n", _("Create new")))
        with Vertical(id="dialog") as dialog:
            dialog.border_title = Content(safe(self._title, limit=100))
            yield LineInput(
                self.text,
                id="text",
                select_on_focus=False,
                max_length=200,
                placeholder=_("Name of the campaign"),
            )
            yield RecordTable(COLUMNS, id="campaigns", empty_text=N_("No campaign fits. Type less."))
            yield Answers(*answers, ("dialog.cancel", "escape", _("Cancel")))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Take keys away that the agent has no permission for."""
        if action == "create":
            return self.allowed("create", Module.CAMPAIGN)
        return super().check_action(action, parameters)

    def before_search(self, text: str) -> None:
        """Remember what was typed, for a caller that opens the dialog again."""
        self.text = text

    async def search(self, text: str) -> Sequence[Row]:
        """Return the campaigns that fit ``text``: what runs and what is planned before all others."""
        choices = self.services.settings.picklists.lists.get("campaign_status", ())
        rest = [choice.code for choice in choices if choice.code not in FIRST]
        criteria = [Criterion("status", Op.EQ, code) for code in (*FIRST, *rest)]
        found: list[ListRow] = []
        for criterion in (*criteria, Criterion("status", Op.EMPTY)):
            if len(found) < LIMIT:
                found += await self._listed(criterion, text, LIMIT - len(found))
        return [self._row(place, row) for place, row in enumerate(found)]

    @work(group="campaign.create", exit_on_error=False)
    async def action_create(self) -> None:
        """Open the form of a new campaign and choose what it saves."""
        prefill: dict[str, Value] = {"name": self.text} if self.text else {}
        await self.app.open_form(Module.CAMPAIGN, prefill=prefill, on_saved=self._created)

    @on(Input.Submitted, "#text")
    @work(name="action_choose", group="campaign.choose", exit_on_error=False)
    async def _submitted(self) -> None:
        row = await self.chosen_row()
        if row is not None:
            self.dismiss(self._refs[row.key])

    def _created(self, record: Record | None) -> None:
        if record is not None:
            self.dismiss(record.ref)

    async def _listed(self, criterion: Criterion, text: str, limit: int) -> Sequence[ListRow]:
        asked = tuple(column.id for column in COLUMNS if column.id != "name")
        query = ListQuery(asked, Sort("name"), (criterion,), text=text)
        page = await self.services.campaigns.list(self.actor, query, PageRequest(limit=limit))
        return page.rows

    def _row(self, place: int, row: ListRow) -> Row:
        self._refs[row.id] = Ref(row.module, row.id, row.name)
        texts = ValueText(self.services.settings.picklists, self.zone)
        cells = [row.name]
        for column in COLUMNS[1:]:
            field = field_of(Module.CAMPAIGN, column.id)
            cells.append(texts.short(field, row.values.get(column.id)) if field is not None else "")
        tone = Tone.NORMAL if row.values.get("status") in FIRST else Tone.MUTED
        return Row(row.id, tuple(cells), (place,), tone, MEMBER_SIGN if row.id in self._member_of else "")
