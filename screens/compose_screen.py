"""A mail that is being written: new, an answer, or one that is sent on."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from crm_tui.domain.mail import MailAccount
from crm_tui.domain.mail_outgoing import Outgoing
from crm_tui.domain.mail_writing import MailDraft, WritingKind, checked
from crm_tui.domain.records import Participant, Ref
from crm_tui.errors import CrmError, Invalid
from crm_tui.i18n import N_, _
from crm_tui.text import safe
from screens.base import CrmScreen
from screens.compose_form import LINES, ComposeForm, Writing
from screens.draft_keeper import DraftKeeper
from screens.mail_addressed import people_of
from screens.mail_record_choice import choose_record
from screens.mail_taken_back import KEEP, PUT_BACK, WAITED, TakenBack, ask_to_leave, put_back, take_out
from screens.style_sheet import STYLES
from screens.unsaved_text import keep_as_draft
from screens.widgets.form import Form

KIND: Final = "mail.kind"
ANSWERS: Final = "mail.answers"
"""Names under which a draft keeps what stands in no field."""

TITLES: Final = {
    WritingKind.NEW: N_("New mail"),
    WritingKind.REPLY: N_("Reply"),
    WritingKind.REPLY_ALL: N_("Reply to all"),
    WritingKind.FORWARD: N_("Forward"),
}


class ComposeScreen(CrmScreen[bool]):
    """Edits a mail and queues it; closes with whether it was queued.

    Args:
        key: Name of its draft.
        writing: What it begins with.
        accounts: What the agent can send from, at least one.
        resumed: What a draft held, to be taken up again.
    """

    CSS_PATH = STYLES / "compose_screen.tcss"
    MODULE_NAME = "mail"
    AUTO_FOCUS = ""
    BINDING_GROUP_TITLE = N_("This mail")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+s,f10",
            "send",
            N_("Send"),
            id="compose.send",
            priority=True,
            tooltip=N_("Send the mail. Where no server can be reached it waits and is sent later."),
        ),
        Binding(
            "ctrl+t",
            "send_and_add",
            N_("Send and add"),
            id="compose.send_and_add",
            priority=True,
            tooltip=N_("Choose a lead, contact or deal, send the mail and add it there."),
        ),
        Binding(
            "f7",
            "show_bcc",
            N_("Bcc"),
            id="compose.bcc",
            priority=True,
            tooltip=N_("Show the line of those whom the other addressees don't see."),
        ),
    ]

    def __init__(
        self,
        key: str,
        writing: Writing,
        accounts: Sequence[MailAccount],
        resumed: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__()
        self.key = key
        self._writing = writing
        self._accounts = tuple(accounts)
        self._taken_up = resumed
        self._drafts: DraftKeeper | None = None
        self._person: Ref | None = None
        self._sending = False
        self._leaving = False
        self._as_shown: dict[str, str] = {}

    @property
    def form(self) -> ComposeForm:
        """The fields."""
        return self.query_one(ComposeForm)

    def record_in_focus(self) -> Ref | None:
        """The first lead or contact that the mail goes to, else its deal."""
        return self._person or (self.form.deal if self.is_mounted else None)

    def has_unsaved_text(self) -> bool:
        """Whether leaving would drop something typed."""
        return self.is_mounted and self.form.is_dirty

    # Building

    def compose_body(self) -> ComposeResult:
        """Yield the title and the fields."""
        yield Static(self._title(), id="compose-title")
        form = ComposeForm(self, self._accounts)
        form.fit(self.app.size.width)
        yield form

    def on_mount(self) -> None:
        """Show the mail, put the cursor where it is gone on with, and keep what is typed."""
        self.form.begin(self._writing)
        self._drafts = DraftKeeper(self, self.key, self._texts)
        if self._taken_up is not None:
            self.form.restore(self._taken_up)
            self._drafts.hold()
        for wish in self._writing.wishes:
            self.app.notice(wish)
        self._as_shown = self._texts()
        self._focus_first()
        self._look_for_person()

    def _focus_first(self) -> None:
        empty = [name for name in ("to", "subject") if not self.form[name].raw]
        self.form.focus_field(empty[0] if empty else "text")

    def _title(self) -> Content:
        title = Content.styled(_(TITLES[self._writing.draft.kind]), "bold")
        if len(self._accounts) > 1:
            return title
        sender = _("from %(address)s") % {"address": self._accounts[0].address}
        return Content.assemble(title, f"  {safe(sender, limit=120)}")

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer the line for blind copies while it isn't there."""
        if action == "show_bcc":
            return self.is_mounted and not self.form["bcc"].display
        return super().check_action(action, parameters)

    def action_show_bcc(self) -> None:
        """Show the line for blind copies and go there."""
        self.form.show_bcc(True)
        self.form.focus_field("bcc")
        self.refresh_bindings()

    def action_send(self) -> None:
        """Send; what is wrong stands under its field and nothing typed is lost."""
        if not self._sending:
            self._send(False)

    def action_send_and_add(self) -> None:
        """Choose a record, send, and add the mail there."""
        if not self._sending:
            self._send(True)

    async def action_back(self) -> None:
        """Leave; a mail with something typed in it asks first. What is being queued closes by itself."""
        if not self._sending and not self._leaving:
            self._leaving = True
            self._leave()

    @work(name="action_leave", group="compose.leave", exit_on_error=False)
    async def _leave(self) -> None:
        try:
            taken = self._writing.taken_back
            is_left = await (self._left(taken) if taken is not None else self._left_draft())
        except CrmError as error:
            is_left = False
            self.show_error(error)
        if is_left:
            self.dismiss(False)
        # Stays true while the screen closes: there is nothing to ask any more.
        self._leaving = is_left

    async def _left_draft(self) -> bool:
        """End the draft, as the agent wants; False where they go on writing."""
        keep = await keep_as_draft(self.app) if self.form.is_dirty else False
        if keep is not None:
            await self._end_draft(keep=keep)
        return keep is not None

    async def _left(self, taken: TakenBack) -> bool:
        """Do with a mail of the outbox what the agent wants; False where they go on writing."""
        unchanged = taken.as_it_was and self._texts() == self._as_shown
        answer = PUT_BACK if unchanged else await ask_to_leave(self.app, taken)
        if answer is None:
            return False
        if answer == PUT_BACK:
            await put_back(self.app, taken)
        else:
            # What was typed is stored before the mail leaves the outbox.
            if self._drafts is not None:
                await self._drafts.flush()
            await take_out(self.app, taken.id)
        await self._end_draft(keep=answer == KEEP)
        return True

    async def _end_draft(self, *, keep: bool) -> None:
        if self._drafts is not None and keep:
            await self._drafts.close()
            self.app.notice(_("The mail is kept as a draft; the outbox has it."))
        elif self._drafts is not None:
            await self._drafts.discard()

    # Sending

    @work(name="action_send", group="compose.send", exit_on_error=False)
    async def _send(self, and_add: bool) -> None:
        self._sending = True
        try:
            # Stays true once the mail is queued: a second key press while the screen closes sends nothing.
            self._sending = await self._sent(and_add)
        except Invalid as error:
            self._sending = False
            self._show_errors(error)
        except CrmError as error:
            self._sending = False
            self.show_error(error)

    async def _sent(self, and_add: bool) -> bool:
        """Queue the mail unless something is missing or the agent changes their mind."""
        if not self._is_complete():
            return False
        checked(self._draft())
        if (and_add and not await self._chose_record()) or not await self._means_it():
            return False
        await self._queue()
        return True

    def _is_complete(self) -> bool:
        """Take up what stands in a line and wasn't added yet; False where that isn't possible."""
        if not self.form.files.take_typed():
            self.form.focus_field("attachments")
            return False
        unknown = {
            name: _("No record is called so.")
            for name, typed in (("deal", self._typed_deal()), ("add_to", self.form.records.typed))
            if typed
        }
        if unknown:
            self.form.show_errors(Invalid("", fields=unknown))
        return not unknown

    def _typed_deal(self) -> str:
        return "" if self.form.deal is not None else self.form["deal"].raw

    async def _chose_record(self) -> bool:
        """Let the agent choose what the mail is added to, beside what stands in the field."""
        ref = await choose_record(self, self.form.of_lines(*LINES))
        if ref is None:
            return False
        self.form.records.add(Participant(ref))
        return True

    async def _means_it(self) -> bool:
        if self.form["subject"].raw.strip():
            return True
        if await self.app.confirm(_("The mail has no subject. Send it all the same?"), _("Send")):
            return True
        self.form.focus_field("subject")
        return False

    async def _queue(self) -> None:
        draft = self._draft()
        try:
            queued = await self._queued(draft)
        except Invalid as error:
            if "deal" not in error.fields or draft.deal_id is None or self.form["deal"].is_dirty:
                raise
            # It was filled in from the mail that is answered, and the addressees are others by now.
            queued = await self._queued(replace(draft, deal_id=None))
        self.app.outbox.expect(queued)
        if self._drafts is not None:
            await self._drafts.discard()
        self.app.notice(_("The mail is in the outbox and is being sent. You will be told."))
        self.dismiss(True)

    async def _queued(self, draft: MailDraft) -> Outgoing:
        taken = self._writing.taken_back
        instead_of = taken.id if taken is not None else None
        return await self.services.mail_outbox.queue(self.actor, draft, instead_of=instead_of)

    def _draft(self) -> MailDraft:
        return self.form.draft(self._writing.draft.kind, self._writing.draft.answers)

    def _show_errors(self, error: Invalid) -> None:
        if "bcc" in error.fields:
            self.form.show_bcc(True)
        self.form.show_errors(error)

    # What is typed

    @on(Form.Changed)
    def _changed(self, event: Form.Changed) -> None:
        if self._drafts is not None:
            self._drafts.touch()
        if event.field.name in LINES:
            self._look_for_person()
        self.form.fit_text()

    @work(group="compose.person", exclusive=True, exit_on_error=False)
    async def _look_for_person(self) -> None:
        """Find out who the first addressee is: F2 calls them."""
        self._person = next(iter(await people_of(self.app, self.form.of_lines(*LINES)[:1])), None)
        self.refresh_bindings()

    def _texts(self) -> dict[str, str]:
        taken = self._writing.taken_back
        waited = {WAITED: "yes"} if taken is not None and taken.waited else {}
        return {**self.form.raw_texts(), **outside_fields(self._writing.draft), **waited}


def outside_fields(draft: MailDraft) -> dict[str, str]:
    """Return what stands in no field of the form, as the stored text of a mail keeps it."""
    return {KIND: draft.kind.value, ANSWERS: draft.answers or ""}
