"""Converting a lead: what goes where, into which account, and with which deal."""

from collections.abc import Iterator
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from crm_tui.domain.duplicates import REASONS, Likeness
from crm_tui.domain.fields import Field, FieldType, label_of
from crm_tui.domain.modules import SINGULAR, Module
from crm_tui.domain.picklists import Choice, Picklists
from crm_tui.domain.records import Ref, Value
from crm_tui.errors import CrmError, Invalid, NotFound
from crm_tui.i18n import N_, _
from crm_tui.text import safe
from screens.base import CrmScreen, RecordKey
from screens.form_context import form_context
from screens.moved_text import moved_text
from screens.selection import Selection
from screens.style_sheet import STYLES
from screens.value_text import ValueText
from screens.widgets.form import Form

if TYPE_CHECKING:
    from crm_tui.services.conversion import Converted, Preview

_NEW: Final = "new"
_CHOICES: Final = "conversion.account"
_DEAL: Final = N_("Deal")
_ACCOUNT: Final = N_("Account")
_DEAL_FIELDS: Final = ("name", "stage", "closing_date", "amount", "campaign")
"""What is asked of a deal; the rest comes from the lead."""

ACCOUNT_CHOICE: Final = Field(
    "account_choice",
    N_("Account"),
    FieldType.PICKLIST,
    picklist=_CHOICES,
    required=True,
    section=_ACCOUNT,
)
OTHER_ACCOUNT: Final = Field(
    "account", N_("Another account"), FieldType.REFERENCE, targets=(Module.ACCOUNT,), section=_ACCOUNT
)
WITH_DEAL: Final = Field("with_deal", N_("Make a deal too"), FieldType.BOOL, section=_DEAL)


class ConvertLeadScreen(CrmScreen["Converted | None"]):
    """Shows what a conversion would do and does it; closes with what the lead became.

    Args:
        preview: What would be made of the lead.
    """

    CSS_PATH = STYLES / "convert_lead_screen.tcss"
    MODULE_NAME = "leads"
    BINDING_GROUP_TITLE = N_("This conversion")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+s,f10",
            "convert",
            N_("Convert"),
            id="conversion.convert",
            priority=True,
            tooltip=N_("Convert the lead as it stands here."),
        ),
    ]

    def __init__(self, preview: "Preview") -> None:
        super().__init__()
        self._preview = preview
        self._saving = False
        self._is_gone = False

    @property
    def form(self) -> Form:
        """The choices."""
        return self.query_one(Form)

    def record_in_focus(self) -> Ref | None:
        """The lead."""
        return self._preview.lead.ref

    def has_unsaved_text(self) -> bool:
        """Whether leaving would drop something typed."""
        return self.form.is_dirty

    def compose_body(self) -> ComposeResult:
        """Yield the title, the choices, and what goes where."""
        name = safe(self._preview.lead.name)
        yield Static(Content.assemble(_("Convert lead"), "  ", (name, "bold")), id="conversion-title")
        context = replace(form_context(self), picklists=self._picklists())
        form = Form(tuple(self._fields()), context)
        form.fit(self.app.size.width)
        yield form
        with VerticalScroll(id="conversion-preview"):
            yield Static(Content("\n").join(self._lines()), id="conversion-lines")

    def on_mount(self) -> None:
        """Show the values to start with; where accounts of that name exist the agent has to choose."""
        self.form.load(self._initial())
        self._follow_deal()
        self.form.focus_first()

    def on_records_changed(self, keys: frozenset[RecordKey]) -> None:
        """Look at the lead as somebody else saved it; what is typed stays."""
        if not self._saving and (not keys or (Module.LEAD, self._preview.lead.id) in keys):
            self._look_again()

    async def action_back(self) -> None:
        """Leave; changed choices ask first."""
        if self.form.is_dirty:
            self._ask_to_leave()
        else:
            self.dismiss(None)

    def action_convert(self) -> None:
        """Convert; what is wrong stands under its field."""
        if not self._saving:
            self._saving = True
            self._convert()

    @on(Form.Changed)
    def _changed(self, event: Form.Changed) -> None:
        if event.field.name == WITH_DEAL.name:
            self._follow_deal()
        elif event.field.name == OTHER_ACCOUNT.name:
            chosen = bool(self.form[OTHER_ACCOUNT.name].raw)
            self.form.set_enabled(ACCOUNT_CHOICE.name, not chosen, _("Another account is chosen below."))

    @work(group="conversion.look", exclusive=True, exit_on_error=False)
    async def _look_again(self) -> None:
        try:
            preview = await self.services.conversion.preview(self.actor, self._preview.lead.id)
        except NotFound as error:
            if not self._saving and not self._is_gone:
                self._tell_gone(error)
            return
        self._is_gone = False
        if not self._saving and preview.lead.version != self._preview.lead.version:
            self._preview = preview
            self.query_one("#conversion-lines", Static).update(Content("\n").join(self._lines()))
            self.app.notice(_("Somebody else changed this lead meanwhile. Nothing was converted."))

    @work(name="action_convert", group="conversion.save", exit_on_error=False)
    async def _convert(self) -> None:
        try:
            became = await self._become()
        except Invalid as error:
            self.form.show_errors(error)
        except NotFound as error:
            self._tell_gone(error)
        except CrmError as error:
            self.show_error(error)
        else:
            self.dismiss(became)
        finally:
            self._saving = False

    def _tell_gone(self, error: NotFound) -> None:
        """Say that somebody deleted the lead; what is typed stays."""
        self._is_gone = True
        self.show_error(NotFound(error.message, f"{_('Nothing was converted.')} {error.hint}".strip()))

    @work(group="conversion.leave", exit_on_error=False)
    async def _ask_to_leave(self) -> None:
        if await self.app.confirm(_("What you typed isn't saved."), _("Leave and drop the text")):
            self.dismiss(None)

    async def _become(self) -> "Converted":
        values = self.form.values()
        lead = self._preview.lead
        names = self._deal_fields
        deal = {name: values[name] for name in names} if values[WITH_DEAL.name] is True else None
        account = self._account(values)
        return await self.services.conversion.convert(
            self.actor,
            lead.id,
            account=account,
            new_account=account is None,
            deal=deal,
            version=lead.version,
        )

    def _account(self, values: dict[str, object]) -> Ref | None:
        """Return the chosen account, None for a new one."""
        other = values[OTHER_ACCOUNT.name]
        if isinstance(other, Ref):
            return other
        if other:
            raise Invalid("", fields={OTHER_ACCOUNT.name: _("No record is called so.")})
        code = values[ACCOUNT_CHOICE.name]
        if code == _NEW:
            return None
        for one in self._preview.accounts:
            if one.ref.id == code:
                return one.ref
        raise Invalid("", fields={ACCOUNT_CHOICE.name: _("Choose an existing account or a new one.")})

    def _follow_deal(self) -> None:
        wanted = self.form[WITH_DEAL.name].value is True
        for name in self._deal_fields:
            self.form.set_enabled(name, wanted)

    def _fields(self) -> Iterator[Field]:
        yield ACCOUNT_CHOICE
        yield OTHER_ACCOUNT
        yield WITH_DEAL
        for field in self._deal_fields.values():
            yield replace(field, section=_DEAL)

    @property
    def _deal_fields(self) -> dict[str, Field]:
        """What is asked of a deal, and what an administrator requires."""
        known = {field.name: field for field in self.services.deals.fields()}
        required = [name for name, field in known.items() if field.required and name not in _DEAL_FIELDS]
        return {name: known[name] for name in (*_DEAL_FIELDS, *required)}

    def _picklists(self) -> Picklists:
        known = self.services.settings.picklists
        company = self._preview.lead.text("company")
        made = _("New account: %(name)s") % {"name": company}
        choices = [Choice(_NEW, made, made)]
        for one in self._preview.accounts:
            label = _("Existing account: %(name)s") % {"name": _described(one)}
            choices.append(Choice(one.ref.id, label, label))
        return Picklists(known.lists, MappingProxyType({**known.custom, _CHOICES: tuple(choices)}))

    def _initial(self) -> dict[str, Value]:
        stages = self.services.settings.picklists.active("deal_stage")
        campaigns = self._preview.campaigns
        return {
            ACCOUNT_CHOICE.name: None if self._preview.accounts else _NEW,
            "name": self._preview.lead.text("company"),
            "stage": stages[0].code if stages else None,
            "campaign": campaigns[0] if campaigns else None,
        }

    def _lines(self) -> list[Content]:
        """Return what goes where, what goes along, and what is left behind."""
        preview = self._preview
        texts = ValueText(self.services.settings.picklists, self.zone)
        lines = []
        for module in (Module.CONTACT, Module.ACCOUNT, Module.DEAL):
            fields = self.services.records(module).fields()
            values = preview.mapped.values[module]
            shown = [texts.full(field, values[field.name]) for field in fields if field.name in values]
            label = _("Deal, if wanted") if module is Module.DEAL else _(SINGULAR[module])
            lines.append(_line(label, " · ".join(shown)))
        lines.append(_line(_("Goes along"), moved_text(preview.moves)))
        if preview.campaigns:
            lines.append(_line(_("Campaigns"), ", ".join(one.name for one in preview.campaigns)))
        left = [
            f"{label_of(field)} {texts.full(field, preview.lead.get(field.name))}"
            for field in preview.mapped.unmapped
        ]
        lines.append(_line(_("Stays with the lead"), ", ".join(left)))
        for one in preview.contacts:
            reasons = ", ".join(_(REASONS[reason]) for reason in one.reasons)
            lines.append(_line("! " + _("Looks like"), f"{_described(one)} ({reasons})"))
        return lines


async def convert_lead(screen: "CrmScreen[Any]", lead_id: str) -> bool:
    """Let the agent convert a lead and show the contact; to be awaited in a worker.

    Returns:
        Whether it was converted.
    """
    with screen.app.keys.hold():
        preview = await screen.services.conversion.preview(screen.actor, lead_id)
    became = await screen.app.push_screen_wait(ConvertLeadScreen(preview))
    if became is None:
        return False
    screen.app.notice(_("%(name)s is converted.") % {"name": preview.lead.name})
    await screen.app.open_record(became.contact)
    return True


async def convert_selection(screen: "CrmScreen[Any]", selection: Selection) -> bool:
    """Let the agent convert the selected lead."""
    return await convert_lead(screen, selection.ids[0])


def _described(one: Likeness) -> str:
    detail = one.detail if one.detail != one.ref.name else ""
    return " · ".join(filter(None, (one.ref.name, detail)))


def _line(label: str, text: str) -> Content:
    return Content.assemble((f"{label}  ", "bold"), safe(text, limit=1_000) or "–")
