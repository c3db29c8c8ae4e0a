"""What the keys do to one mail, the same in the list, in the reader and in related lists.

What is behind a key is imported when it is first pressed: the list of mail opens without the screens that
write mail or make records of it.
"""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final, cast

from textual.binding import Binding, BindingType
from textual.dom import DOMNode

from crm_tui.domain.actor import Verb
from crm_tui.domain.mail import MailMessage, MailRow
from crm_tui.domain.mail_prediction import Direction
from crm_tui.domain.modules import Module
from crm_tui.domain.records import Ref
from crm_tui.i18n import N_, _
from crm_tui.policies.records import can
from screens.key_names import key_name

if TYPE_CHECKING:
    from crm_tui.app import CrmApp
    from screens.base import CrmScreen

MAIL_BINDINGS: Final[list[BindingType]] = [
    Binding(
        "m", "mail_deal", N_("Deal"), id="mail.deal", tooltip=N_("Put this mail to a deal, or change it.")
    ),
    Binding("r", "mail_reply", N_("Reply"), id="mail.reply", tooltip=N_("Reply to the sender.")),
    Binding(
        "R",
        "mail_reply_all",
        N_("Reply to all"),
        id="mail.reply_all",
        show=False,
        tooltip=N_("Reply to the sender and everybody it was sent to."),
    ),
    Binding(
        "f",
        "mail_forward",
        N_("Forward"),
        id="mail.forward",
        show=False,
        tooltip=N_("Send it on to somebody else."),
    ),
    Binding("n", "mail_write", N_("Write"), id="mail.write", tooltip=N_("Write a new mail.")),
    Binding(
        "a",
        "mail_actions",
        N_("Actions"),
        id="mail.actions",
        tooltip=N_("Make a lead or a case of this mail, add it to a record, save its attachments, …"),
    ),
    Binding(
        "u",
        "mail_toggle_read",
        N_("Read or unread"),
        id="mail.read",
        show=False,
        tooltip=N_("Mark as unread, or as read. What is on the server stays as it is."),
    ),
    Binding(
        "b",
        "mail_outbox",
        N_("Outbox"),
        id="mail.outbox",
        show=False,
        tooltip=N_("Mail that waits, failed or may have been sent, and mail that was begun."),
    ),
    Binding(
        "o",
        "mail_settings",
        N_("Mail settings"),
        id="mail.settings",
        show=False,
        tooltip=N_("Mail accounts, what happens to mail of unknown senders, signature."),
    ),
]
"""The keys; they have the same names wherever a mail is in focus."""

_NEEDED: Final = {
    "mail_deal": (Verb.EDIT, Module.MAIL),
    "mail_reply": (Verb.CREATE, Module.MAIL),
    "mail_reply_all": (Verb.CREATE, Module.MAIL),
    "mail_forward": (Verb.CREATE, Module.MAIL),
    "mail_write": (Verb.CREATE, Module.MAIL),
}
"""What the agent must be allowed for a key."""

_ABOUT_A_MAIL: Final = frozenset(
    ("mail_deal", "mail_reply", "mail_reply_all", "mail_forward", "mail_actions", "mail_toggle_read")
)
"""Keys that mean nothing without a mail."""


class MailActs(DOMNode):
    """A screen or widget with a mail in focus.

    It stands behind the class of the screen or widget, because styles follow the first base alone. That class
    drops the keys of its bases, so that `MAIL_BINDINGS` are named among the own ones.
    """

    def mail_in_focus(self) -> MailRow | None:
        """Return the mail that the keys mean, None if there is none."""
        raise NotImplementedError

    async def mail_meant(self) -> MailRow | None:
        """Return that mail once all keys typed so far have moved the cursor."""
        return self.mail_in_focus()

    def write_to(self) -> Ref | None:
        """Return whom a new mail from here is for, None for nobody yet."""
        return None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Take keys away that the agent has no permission for, and where there is no mail."""
        row = self.mail_in_focus() if action in _ABOUT_A_MAIL else None
        if action in _ABOUT_A_MAIL and row is None:
            return False
        if action == "mail_toggle_read" and row is not None:
            return is_own(self._crm, row)
        if action in _NEEDED:
            return _may(self._crm, *_NEEDED[action])
        return super().check_action(action, parameters)

    def action_mail_deal(self) -> None:
        """Put the mail to a deal; where it has one, offer to change or remove that."""
        self.act_on_mail(act_on_deal)

    def action_mail_reply(self) -> None:
        """Reply to the sender."""
        self.act_on_mail(_reply)

    def action_mail_reply_all(self) -> None:
        """Reply to all."""
        self.act_on_mail(_reply_all)

    def action_mail_forward(self) -> None:
        """Forward the mail."""
        self.act_on_mail(_forward)

    def action_mail_write(self) -> None:
        """Write a new mail."""
        self.run_mail(partial(_write, self._crm, self.write_to()))

    def action_mail_actions(self) -> None:
        """Offer what can be done with the mail, and do it."""
        self.act_on_mail(_choose_action)

    def action_mail_toggle_read(self) -> None:
        """Mark the mail as read or unread."""
        self.act_on_mail(toggle_read)

    async def action_mail_outbox(self) -> None:
        """Show the outbox."""
        await self._crm.open_outbox()

    def action_mail_settings(self) -> None:
        """Open the settings of mail."""
        self.run_mail(self._crm.open_mail_settings)

    def act_on_mail(self, act: Callable[["CrmApp", MailRow], Awaitable[object]]) -> None:
        """Do something with the mail that is meant; keys that are typed meanwhile wait."""

        async def run() -> None:
            if (row := await self.mail_meant()) is not None:
                await act(self._crm, row)

        self.run_mail(run)

    def run_mail(self, work: Callable[[], Awaitable[object]]) -> None:
        """Run work in the background; keys that are typed before it opens something wait."""
        screen = cast("CrmScreen[Any]", self.screen)
        screen.run_worker(work, name="action_on_mail", group="mail.act", exit_on_error=False)

    @property
    def _crm(self) -> "CrmApp":
        return cast("CrmApp", self.app)


async def act_on_deal(app: "CrmApp", row: MailRow) -> None:
    """Put a mail to a deal; where it has one, offer to change or remove that."""
    from screens.mail_deal_actions import act_on_mark, associate

    await (act_on_mark if row.association.deal is not None else associate)(app, row.id)


async def call_from_mail(app: "CrmApp", message: MailMessage | None) -> bool:
    """Call the person at the other end of a mail about its deal; False if the key means something else.

    Of somebody unknown no call is begun: the agent reads what to do first.
    """
    if app.running_call is not None or message is None:
        return False
    deal = message.row.association.deal
    if not message.people and deal is None:
        app.notice(_unknown_person(app, message))
        return True
    if deal is None or not message.people:
        return False
    await app.start_call(message.people[0], deal)
    return True


def _unknown_person(app: "CrmApp", message: MailMessage) -> str:
    if message.row.direction is Direction.SENT:
        text = _("No call: the addressee is neither a lead nor a contact yet. %(key)s, 1 makes a lead.")
    else:
        text = _("No call: the sender is neither a lead nor a contact yet. %(key)s, 1 makes a lead.")
    return text % {"key": key_name(app, "mail.actions", "a")}


async def show_thread(app: "CrmApp", row: MailRow) -> None:
    """Show the thread of a mail."""
    from screens.mail_thread import MailThreadScreen

    await app.push_screen(MailThreadScreen(row.id))


async def toggle_read(app: "CrmApp", row: MailRow) -> None:
    """Mark a mail as unread, or as read."""
    await mark_read(app, [row], read=not row.is_seen)


async def mark_read(app: "CrmApp", rows: Sequence[MailRow], *, read: bool) -> None:
    """Mark mails as read or unread; those that stand in colleagues' mailboxes alone have no such mark."""
    if not await app.services.mail_messages.mark(app.actor, [row.id for row in rows], read=read):
        app.notice(_("Only mail in your own mailboxes can be marked as read or unread."))


async def _choose_action(app: "CrmApp", row: MailRow) -> None:
    from screens.mail_menu import choose_mail_action

    await choose_mail_action(app, row)


def _may(app: "CrmApp", verb: Verb, module: Module) -> bool:
    return can(app.actor, verb, module) is True


def is_own(app: "CrmApp", row: MailRow) -> bool:
    """Return whether a mail stands in a mailbox of the agent: of others they have read nothing."""
    return any(holder.id == app.actor.id for holder in row.holders)


async def _write(app: "CrmApp", to: Ref | None) -> None:
    from screens.mail_writing import write

    await write(app, to)


async def _reply(app: "CrmApp", row: MailRow) -> None:
    from screens.mail_writing import reply

    await reply(app, row.id)


async def _reply_all(app: "CrmApp", row: MailRow) -> None:
    from screens.mail_writing import reply

    await reply(app, row.id, everybody=True)


async def _forward(app: "CrmApp", row: MailRow) -> None:
    from screens.mail_writing import forward

    await forward(app, row.id)
