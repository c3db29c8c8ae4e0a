"""One mail to read: who, when, which deal and why, text, attachments, its thread."""

from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from crm_tui.domain.mail import MailMessage, MailRow
from crm_tui.domain.mail_prediction import Direction
from crm_tui.domain.modules import SINGULAR, Module
from crm_tui.domain.records import Ref
from crm_tui.errors import NotFound
from crm_tui.i18n import N_, _
from screens.base import RecordKey
from screens.choice_modal import ChoiceModal
from screens.list_steps import ListSteps, step_bindings
from screens.mail_acts import MAIL_BINDINGS, MailActs, call_from_mail, show_thread
from screens.style_sheet import STYLES
from screens.widgets.mail_body import MailBody

if TYPE_CHECKING:
    from screens.widgets.record_table import RecordTable


class MailReaderScreen(ListSteps, MailActs):
    """Shows a mail. The text is in the store: no server is asked.

    Args:
        mail_id: Which mail.
        list_table: The list it was opened from, for the next and the previous one.
    """

    CSS_PATH = STYLES / "mail_reader.tcss"
    MODULE_NAME = "mail"
    AUTO_FOCUS = "MailBody"
    BINDING_GROUP_TITLE = N_("This mail")
    BINDINGS: ClassVar[list[BindingType]] = [
        *MAIL_BINDINGS,
        Binding(
            "enter",
            "open_person",
            N_("Open the person"),
            id="mail_reader.person",
            tooltip=N_("Open the contact, the lead or the deal that this mail belongs to."),
        ),
        Binding("t", "thread", N_("Thread"), id="mail_reader.thread", tooltip=N_("All mail of its thread.")),
        Binding(
            "h",
            "toggle_quotes",
            N_("Quotes"),
            id="mail_reader.quotes",
            show=False,
            tooltip=N_("Show quoted text and long lists of addresses, or fold them."),
        ),
        Binding(
            "w",
            "save_attachments",
            N_("Save attachments"),
            id="mail_reader.attachments",
            show=False,
            tooltip=N_("Save one attachment, or all of them, to a folder."),
        ),
        Binding(
            "y",
            "copy_address",
            N_("Copy the address"),
            id="mail_reader.copy",
            show=False,
            tooltip=N_("Copy the mail address of the sender, or of the first addressee of a sent mail."),
        ),
        *step_bindings("mail_reader"),
    ]

    def __init__(self, mail_id: str, list_table: "RecordTable | None" = None) -> None:
        super().__init__()
        self.mail_id = mail_id
        self.list_table = list_table
        self.message: MailMessage | None = None

    # What the keys mean

    def mail_in_focus(self) -> MailRow | None:
        """The mail that is shown."""
        return self.message.row if self.message is not None else None

    def record_in_focus(self) -> Ref | None:
        """The first of those whose mail it is, for a call; else its deal."""
        return next(iter(self._people), None)

    async def take_call_key(self) -> bool:
        """Call the person at the other end about the deal of the mail."""
        return await call_from_mail(self.app, self.message)

    def compose_body(self) -> ComposeResult:
        """Yield the mail."""
        yield MailBody()

    def on_ready(self) -> None:
        """Let typed keys through once the mail is there: they mean it."""
        self._await_mail()

    @work(group="mail.ready", exclusive=True, exit_on_error=False)
    async def _await_mail(self) -> None:
        await self.ready_after(self._read())

    def on_records_changed(self, keys: frozenset[RecordKey]) -> None:
        """Show what became of it meanwhile; the place in the text stays."""
        mine = {(Module.MAIL, self.mail_id), (Module.USER, self.actor.id)}
        concerned = {(ref.module, ref.id) for ref in self._people}
        if not keys or keys & (mine | concerned):
            self._load()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Take keys away that mean nothing with this mail."""
        if action == "open_person":
            return bool(self._people)
        if action == "save_attachments":
            return self.message is not None and bool(self.message.attachments)
        if action == "copy_address":
            return self._address() is not None
        return super().check_action(action, parameters)

    @work(name="action_open_person", group="mail.person", exit_on_error=False)
    async def action_open_person(self) -> None:
        """Open whom or what the mail belongs to; where that are several, ask which."""
        people = self._people
        chosen = people[0].id if len(people) == 1 else None
        if len(people) > 1:
            options = [(ref.id, f"{_(SINGULAR[ref.module])}  {ref.name}") for ref in people]
            chosen = await self.app.push_screen_wait(ChoiceModal(_("Open which record?"), options))
        for ref in people:
            if ref.id == chosen:
                await self.app.open_record(ref)

    def action_thread(self) -> None:
        """Show the other mails of the thread."""
        self.act_on_mail(show_thread)

    def action_toggle_quotes(self) -> None:
        """Show or fold what is quoted."""
        self.query_one(MailBody).toggle_quotes()

    def action_copy_address(self) -> None:
        """Copy the address of the person at the other end."""
        if (address := self._address()) is not None:
            self.app.copy(address)

    @work(name="action_save_attachments", group="mail.attachments", exit_on_error=False)
    async def action_save_attachments(self) -> None:
        """Save attachments to a folder."""
        from screens.mail_attachment_actions import save_attachments

        await save_attachments(self.app, self.mail_id)

    async def show_row(self, key: str) -> None:
        """Show another mail of the list."""
        self.mail_id, self.message = key, None
        await self._read()

    # Parts

    @property
    def _people(self) -> tuple[Ref, ...]:
        """Whom and what the mail belongs to, people first."""
        if self.message is None:
            return ()
        deal = self.message.row.association.deal
        return (*self.message.people, *((deal,) if deal is not None else ()))

    def _address(self) -> str | None:
        if self.message is None:
            return None
        role = "from" if self.message.row.direction is Direction.RECEIVED else "to"
        return next((one.email for one in self.message.of_role(role)), None)

    @work(group="mail.load", exclusive=True, exit_on_error=False)
    async def _load(self) -> None:
        await self._read()

    async def _read(self) -> None:
        mail_id, is_first = self.mail_id, self.message is None
        try:
            message = await self.services.mail_messages.get(self.actor, mail_id)
        except NotFound as error:
            self.show_error(error)
            self.app.call_later(self.app.close_screen, self)
            return
        if mail_id != self.mail_id or not self.is_attached:
            return
        self.message = message
        self.query_one(MailBody).show(message, self.zone)
        self.refresh_bindings()
        if is_first and not message.row.is_seen:
            # Opened once is read; a change by others, or by the key for it, doesn't count again.
            self._mark_read(mail_id)

    @work(group="mail.read", exit_on_error=False)
    async def _mark_read(self, mail_id: str) -> None:
        await self.services.mail_messages.mark(self.actor, [mail_id], read=True)
