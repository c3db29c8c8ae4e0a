"""An agent's desk: an account whose mail goes to the server of the test."""

from collections.abc import Sequence
from dataclasses import dataclass

from crm_tui.clock import FrozenClock
from crm_tui.domain.actor import Actor
from crm_tui.domain.mail import MailAccount, NewMailAccount, Sharing, Tls
from crm_tui.domain.mail_outgoing import Outgoing
from crm_tui.domain.mail_writing import MailDraft
from crm_tui.mail.sending import Sender, smtp_server_of
from crm_tui.mail.sign_in import Server
from crm_tui.mail.worker import server_of
from crm_tui.services.container import Services
from tests.mail.dovecot import PASSWORD, Mailbox
from tests.mail.smtp_server import Postbox

ALLOWED = ["127.0.0.1", "localhost"]
SUBJECT = "お見積もりの件（改訂版）: 株式会社山田製作所様、ご確認をお願いいたします"


@dataclass
class Desk:
    """An agent's desk: an account whose mail goes to the server of the test."""

    services: Services
    actor: Actor
    clock: FrozenClock
    account: MailAccount
    mailbox: Mailbox
    postbox: Postbox

    def sender(
        self, name: str = "worker 1", port: int = 0, imap_port: int = 0, trusted: bool = False
    ) -> Sender:
        """Return a sender, perhaps through a proxy."""

        def make_smtp(account: MailAccount, allowed: Sequence[str]) -> Server:
            plain = smtp_server_of(account, allowed)
            context = self.mailbox.server.certificate.client_context() if trusted else None
            return Server(plain.host, port or plain.port, plain.tls, allowed, context, 5, 5)

        def make_imap(account: MailAccount, allowed: Sequence[str]) -> Server:
            plain = server_of(account, allowed)
            return Server(plain.host, imap_port or plain.port, plain.tls, allowed, None, 5, 5)

        return Sender(self.services, self.actor, name, ALLOWED, make_smtp=make_smtp, make_imap=make_imap)

    async def queue(self, to: str = "tanaka@example.jp", **more: object) -> Outgoing:
        """Put a mail into the outbox."""
        draft = MailDraft(self.account.id, to, subject=SUBJECT, text="よろしくお願いします。\n.\n")
        draft = MailDraft(
            **{name: more.get(name, getattr(draft, name)) for name in MailDraft.__dataclass_fields__}  # type: ignore[arg-type]
        )
        return await self.services.mail_outbox.queue(self.actor, draft)

    def copies(self) -> list[bytes]:
        """Return the mails in the folder of sent mail."""
        with self.mailbox.session() as client:
            client.select_folder("Sent", readonly=True)
            return [one[b"BODY[]"] for one in client.fetch(client.search(), ["BODY.PEEK[]"]).values()]


async def connect(services: Services, actor: Actor, mailbox: Mailbox, postbox: Postbox) -> MailAccount:
    new = NewMailAccount(
        "agent@example.com",
        "127.0.0.1",
        Sharing.SHARED,
        port=mailbox.server.plain_port,
        tls=Tls.NONE,
        login=mailbox.user,
        password=PASSWORD,
        smtp_host="127.0.0.1",
        smtp_port=postbox.port,
        smtp_tls=Tls.NONE,
    )
    return await services.mail_accounts.add(actor, new)
