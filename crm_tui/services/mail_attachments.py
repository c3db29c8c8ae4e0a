"""Where the contents of attachments are: beside the store, or on a server that the actor is signed in to.

Of what a colleague shares only the text is here. Their mailbox is theirs: its password isn't used for
anybody else, so that what is attached is fetched by them alone.
"""

from dataclasses import dataclass

from crm_tui.domain.actor import Actor
from crm_tui.domain.mail import MailAccount, MailMessage
from crm_tui.domain.modules import Module
from crm_tui.errors import NotFound
from crm_tui.i18n import _
from crm_tui.policies.records import can_view
from crm_tui.services.core import Core
from crm_tui.services.mail_files import MailFiles
from crm_tui.services.mail_messages import mail_in_sight
from crm_tui.store.repositories.mail_accounts import MailAccountRepository
from crm_tui.store.repositories.mail_reading import MailReadingRepository


@dataclass(frozen=True, slots=True)
class MailPlace:
    """Where a message stands on a server.

    Attributes:
        account: One of the actor's own.
        uid_validity: The numbering that ``uid`` belongs to.
    """

    account: MailAccount
    folder: str
    uid_validity: int
    uid: int


@dataclass(frozen=True, slots=True)
class AttachmentSources:
    """Where a message with attachments can be read.

    Attributes:
        raw: All its bytes, if they are beside the store.
        places: Where it stands in mailboxes of the actor that are switched on, the likeliest first.
        others: Names of colleagues whose mailboxes have it.
    """

    message: MailMessage
    raw: bytes | None
    places: tuple[MailPlace, ...]
    others: tuple[str, ...] = ()

    def missing(self) -> NotFound:
        """Return why its attachments can't be had, for an actor without a place to fetch them from."""
        if self.others:
            return NotFound(
                _("The attachments are only in the mailbox of %(names)s. Nothing was saved.")
                % {"names": ", ".join(self.others)},
                _("Ask them to save or forward them: a mailbox is opened for its owner alone."),
            )
        return NotFound(
            _("No mailbox of yours that is switched on has this mail. Nothing was saved."),
            _("Its text is kept here; ask the sender to send the attachments again."),
        )


class MailAttachmentService:
    """Finds what `crm_tui.mail.attachments` fetches."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._files = MailFiles(core)

    async def sources(self, actor: Actor, message_id: str) -> AttachmentSources:
        """Return where the attachments of a message can be read.

        Raises:
            NotFound: The actor may not see the message.
        """
        await self._core.require(actor, can_view(actor, Module.MAIL), "view", Module.MAIL, message_id)
        async with self._core.store.read() as connection:
            message = await mail_in_sight(connection, actor, message_id)
            reading, repository = MailReadingRepository(connection), MailAccountRepository(connection)
            accounts = {one.id: one for one in await repository.of(actor.id) if one.is_enabled}
            holding = [one.user for one in await repository.holding(actor, message_id)]
            found = await reading.places(message_id, list(accounts))
            raw_path = await reading.raw_path(message_id)
        places = tuple(
            MailPlace(accounts[row.account_id], row.folder, row.uid_validity, row.uid) for row in found
        )
        others = dict.fromkeys(user.name for user in holding if user.id != actor.id)
        return AttachmentSources(message, self._kept(raw_path), places, tuple(others))

    def _kept(self, raw_path: str) -> bytes | None:
        """Return the bytes beside the store; another account of the system may have written them."""
        if not raw_path:
            return None
        try:
            return self._files.read(raw_path)
        except OSError:
            return None
