"""The fields of a mail that is being written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, TypeVar

from textual import events

from crm_tui.domain.addressees import Addressee
from crm_tui.domain.fields import Field, FieldType
from crm_tui.domain.mail import MailAccount
from crm_tui.domain.mail_writing import LONGEST_SUBJECT, MailDraft, WritingKind
from crm_tui.domain.modules import Module
from crm_tui.domain.picklists import Choice, Picklists
from crm_tui.domain.records import Participant, Ref, Value
from crm_tui.i18n import N_, _
from crm_tui.text import safe
from screens.choice_modal import ChoiceModal
from screens.commands import folded
from screens.form_context import form_context
from screens.mail_addressed import DealFound, address_of, deals_of, find_people, people_of
from screens.mail_record_choice import ADDED_TO
from screens.mail_taken_back import TakenBack
from screens.widgets.field_addressees import AddresseesField
from screens.widgets.field_files import AttachedFile, FilesField, listed
from screens.widgets.field_long_text import LongTextField
from screens.widgets.field_records import RecordsField
from screens.widgets.field_text import TextField
from screens.widgets.form import Form
from screens.widgets.form_field import FormContext, FormField, Suggestion
from screens.widgets.lookup import ReferenceField

if TYPE_CHECKING:
    from screens.base import CrmScreen

F = TypeVar("F", bound=FormField)

_ACCOUNTS: Final = "mail.account"

LINES: Final = ("to", "cc", "bcc")
"""Fields that hold addressees."""

_ACCOUNT: Final = Field("account", N_("From"), FieldType.PICKLIST, picklist=_ACCOUNTS, required=True)
_FIELDS: Final = (
    Field("to", N_("To")),
    Field("cc", N_("Cc")),
    Field("bcc", N_("Bcc")),
    Field("subject", N_("Subject"), max_length=LONGEST_SUBJECT),
    Field("deal", N_("Deal"), FieldType.REFERENCE, targets=(Module.DEAL,)),
    Field("add_to", N_("Add to"), FieldType.PARTICIPANTS, targets=ADDED_TO),
    Field("attachments", N_("Attachments")),
    Field("text", N_("Text"), FieldType.LONG_TEXT),
)

_AROUND: Final = 1
"""Lines under the fields."""

_SHORTEST_TEXT: Final = 8
"""Lines of the text at least."""


@dataclass(frozen=True, slots=True)
class Writing:
    """A mail as its form begins with it.

    Attributes:
        draft: What stands in it; its attachments are in ``files``.
        deal: The deal it is put to.
        files: What goes along.
        wishes: Sentences for the agent about what couldn't be filled in.
        taken_back: The mail of the outbox that it takes the place of.
    """

    draft: MailDraft
    deal: Ref | None = None
    files: tuple[AttachedFile, ...] = ()
    wishes: tuple[str, ...] = ()
    taken_back: TakenBack | None = None


class SubjectField(TextField):
    """The subject takes the whole width."""

    wide = True


class MailTextField(LongTextField):
    """The text of a mail; a reply is written above what it quotes."""

    def write_raw(self, raw: str) -> None:
        self.editor.text = raw
        self.editor.move_cursor((0, 0))


_KINDS: Final[Mapping[str, type[FormField]]] = {
    "subject": SubjectField,
    "attachments": FilesField,
    "text": MailTextField,
}


class ComposeForm(Form):
    """Edits a mail.

    Args:
        screen: The screen it stands on.
        accounts: What the agent can send from; it is asked for where there are several.
    """

    def __init__(self, screen: "CrmScreen[Any]", accounts: Sequence[MailAccount]) -> None:
        self._console_screen = screen
        self._accounts = tuple(accounts)
        asked = (_ACCOUNT, *_FIELDS) if len(accounts) > 1 else _FIELDS
        super().__init__(asked, self._needs())

    # Reading and writing

    def make_field(self, field: Field, context: FormContext) -> FormField:
        """Return what edits ``field``."""
        if field.name in LINES:
            return AddresseesField(field, replace(context, find=self._find_people), self._address_of)
        if field.name == "deal":
            deal = ReferenceField(field, replace(context, find=self._find_deals, pick=self._pick_deal))
            deal.editor.placeholder = _("predicted, unless you choose one")
            return deal
        if field.name == "add_to":
            records = RecordsField(field, context)
            records.editor.placeholder = _("a lead, contact or deal beside the addressees")
            return records
        kind = _KINDS.get(field.name)
        return kind(field, context) if kind is not None else super().make_field(field, context)

    def begin(self, writing: Writing) -> None:
        """Show a mail; nothing counts as changed then."""
        draft = writing.draft
        known = {one.id for one in self._accounts}
        values: dict[str, Value] = {
            "account": draft.account_id if draft.account_id in known else self._accounts[0].id,
            "to": draft.to,
            "cc": draft.cc,
            "bcc": draft.bcc,
            "subject": draft.subject,
            "deal": writing.deal,
            "add_to": tuple(Participant(ref) for ref in draft.add_to),
            "attachments": listed(writing.files),
            "text": draft.text,
        }
        self.load(values)
        self.show_bcc(bool(draft.bcc))

    def draft(self, kind: WritingKind, answers: str | None) -> MailDraft:
        """Return the mail as it stands in the form.

        Args:
            kind: What it does.
            answers: Id of the mail that it answers or forwards.
        """
        return MailDraft(
            account_id=self["account"].raw if "account" in self else self._accounts[0].id,
            to=self["to"].raw,
            cc=self["cc"].raw,
            bcc=self["bcc"].raw,
            subject=self["subject"].raw.strip(),
            text=self["text"].raw,
            attachments=tuple(one.part or one.path for one in self.files.files),
            kind=kind,
            answers=answers,
            deal_id=self.deal.id if self.deal is not None else None,
            add_to=self.records.records,
        )

    def raw_texts(self) -> dict[str, str]:
        """Return all that stands in the form, so that a draft needs nothing else to go on with."""
        return {name: field.raw for name, field in self._fields.items() if field.raw or field.is_dirty}

    def restore(self, texts: Mapping[str, str]) -> None:
        """Type in again what ``raw_texts`` once returned."""
        super().restore(texts)
        self.show_bcc(bool(self["bcc"].raw))

    def show_bcc(self, shown: bool) -> None:
        """Show the line of those whom the others don't see, or hide it while it is empty."""
        self["bcc"].display = shown or bool(self["bcc"].raw)
        self["bcc"].editor.disabled = not self["bcc"].display
        self.fit_text()

    def fit_text(self) -> None:
        """Give the text what the other fields leave of the height, once they are laid out."""
        self.call_after_refresh(self._fit_text)

    def _fit_text(self) -> None:
        height = self.size.height
        if not height:
            return
        text = self["text"]
        others = sum(
            max(1, one.outer_size.height) for one in self.form_fields if one.display and one is not text
        )
        text.editor.styles.height = max(_SHORTEST_TEXT, height - others - _AROUND)
        for name in LINES:
            # What doesn't fit into its line is counted under it, and only now is known what fits.
            self[name].update_message()

    def on_resize(self, event: events.Resize) -> None:
        """Fit fields and text to the room there is."""
        super().on_resize(event)
        self.fit_text()

    # What stands in it

    @property
    def files(self) -> FilesField:
        """What goes along."""
        return self.query_field("attachments", FilesField)

    @property
    def records(self) -> RecordsField:
        """What the mail is added to."""
        return self.query_field("add_to", RecordsField)

    @property
    def deal(self) -> Ref | None:
        """The deal that was chosen."""
        return self.query_field("deal", ReferenceField).ref

    def of_lines(self, *names: str) -> tuple[Addressee, ...]:
        """Return who stands in some lines, as far as that can be read."""
        found: dict[str, Addressee] = {}
        for name in names:
            for one in self.query_field(name, AddresseesField).addressees:
                found.setdefault(one.key, one)
        return tuple(found.values())

    def query_field(self, name: str, kind: type[F]) -> F:
        """Return a field by its name and kind."""
        field = self[name]
        assert isinstance(field, kind)
        return field

    # What the fields need from outside

    def _needs(self) -> FormContext:
        context = form_context(self._console_screen)
        known = context.picklists
        choices = tuple(Choice(one.id, one.address, one.address) for one in self._accounts)
        lists = MappingProxyType({**known.custom, _ACCOUNTS: choices})
        return replace(context, picklists=Picklists(known.lists, lists))

    async def _find_people(self, text: str, _modules: tuple[Module, ...]) -> tuple[Suggestion, ...]:
        return await find_people(self._console_screen.app, text)

    async def _address_of(self, ref: Ref) -> str:
        found = await address_of(self._console_screen.app, ref)
        return found.email if found is not None else ""

    async def deals(self) -> tuple[DealFound, ...]:
        """Return the deals of those who are seen to get the mail."""
        people = await people_of(self._console_screen.app, self.of_lines("to", "cc"))
        return await deals_of(self._console_screen.app, people)

    async def _find_deals(self, text: str, _modules: tuple[Module, ...]) -> tuple[Suggestion, ...]:
        wanted = folded(text)
        found = [one for one in await self.deals() if wanted in folded(one.ref.name)]
        return tuple(Suggestion(one.ref, f"{one.stage}  {one.contact.name}") for one in found)

    async def _pick_deal(self, _modules: tuple[Module, ...], _text: str) -> Ref | None:
        found = await self.deals()
        if not found:
            self._console_screen.app.notice(_("Those whom the mail goes to have no deal that you see."))
            return None
        options = [
            (one.ref.id, f"{safe(one.ref.name)}  {one.stage}  {safe(one.contact.name)}") for one in found
        ]
        chosen = await self._console_screen.app.push_screen_wait(
            ChoiceModal(_("Which deal does the mail belong to?"), options)
        )
        return next((one.ref for one in found if one.ref.id == chosen), None)
