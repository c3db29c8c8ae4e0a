"""Attachments are fetched from the agent's own mailbox when they are wanted, and saved harmlessly."""

import stat
from collections.abc import Sequence
from email.message import EmailMessage
from pathlib import Path

import pytest

from crm_tui.domain.actor import Actor
from crm_tui.domain.file_names import harmless_name
from crm_tui.domain.mail import MailAccount, MailRow, NewMailAccount, Sharing, Tls
from crm_tui.errors import Invalid, NotFound, Unavailable
from crm_tui.mail.attachments import Progress, Stopped, contents, save
from crm_tui.mail.sign_in import Server
from crm_tui.mail.worker import MailWorker, server_of
from crm_tui.services.container import Services
from tests.mail.dovecot import PASSWORD, Mailbox
from tests.store.conftest import add_user

ALLOWED = ("localhost",)


def written(*files: tuple[str, bytes], message_id: str = "<a@x>") -> bytes:
    """Return a mail with attachments."""
    message = EmailMessage()
    message["From"], message["To"] = "tanaka@example.jp", "me@ours.example"
    message["Subject"], message["Message-ID"] = "見積もり", message_id
    message.set_content("よろしくお願いします。")
    for name, data in files:
        message.add_attachment(data, maintype="application", subtype="pdf", filename=name)
    return message.as_bytes()


def saved(folder: Path) -> list[str]:
    """Return the names of saved files."""
    return sorted(path.name for path in folder.glob("*.bin"))


class Desk:
    """An agent with a mailbox that has been read once."""

    def __init__(self, services: Services, agent: Actor, mailbox: Mailbox) -> None:
        self.services, self.agent, self.mailbox = services, agent, mailbox
        self.account: MailAccount

    async def connect(self) -> None:
        new = NewMailAccount(
            f"{self.mailbox.user}@example.com",
            "localhost",
            Sharing.SHARED,
            port=self.mailbox.server.tls_port,
            tls=Tls.IMPLICIT,
            login=self.mailbox.user,
            password=PASSWORD,
        )
        self.account = await self.services.mail_accounts.add(self.agent, new)
        worker = MailWorker(self.services, self.agent, "w", ALLOWED, make_server=self.make_server)
        await worker.once(self.account)

    def make_server(self, account: MailAccount, allowed: Sequence[str]) -> Server:
        plain = server_of(account, allowed)
        trusted = self.mailbox.server.certificate.client_context()
        return Server(plain.host, plain.port, plain.tls, allowed, trusted, 5, 20)

    async def mail(self, actor: Actor | None = None) -> MailRow:
        (row,) = (await self.services.mail_messages.list(actor or self.agent)).rows
        return row

    async def save(self, folder: Path, progress: Progress = lambda _done, _total: True) -> tuple[Path, ...]:
        """Save all attachments of the one mail."""
        mail_id = (await self.mail()).id
        return await save(
            self.services,
            self.agent,
            mail_id,
            None,
            folder,
            allowed=ALLOWED,
            progress=progress,
            make_server=self.make_server,
        )


@pytest.fixture
def desk(services: Services, agent: Actor, mailbox: Mailbox) -> Desk:
    return Desk(services, agent, mailbox)


async def test_all_or_one_are_saved_under_names_that_harm_nothing(desk: Desk, tmp_path: Path) -> None:
    large = bytes(range(256)) * 100
    desk.mailbox.deliver([written(("見積書.pdf", b"%PDF 1"), ("-rf .bashrc", b"2"), ("big.bin", large))])
    await desk.connect()
    row = await desk.mail()
    (tmp_path / "見積書.pdf").write_bytes(b"mine")
    paths = await desk.save(tmp_path)
    assert [path.name for path in paths] == ["見積書 (2).pdf", "rf .bashrc", "big.bin"]
    assert (tmp_path / "見積書.pdf").read_bytes() == b"mine", "nothing is overwritten"
    assert [path.read_bytes() for path in paths] == [b"%PDF 1", b"2", large]
    assert {stat.S_IMODE(path.stat().st_mode) for path in paths} == {0o600}
    message = await desk.services.mail_messages.get(desk.agent, row.id)
    (one,) = await contents(
        desk.services,
        desk.agent,
        row.id,
        [message.attachments[1].id],
        allowed=ALLOWED,
        make_server=desk.make_server,
    )
    assert (one.attachment.name, one.data) == (message.attachments[1].name, b"2")
    assert desk.mailbox.flags() == {1: frozenset()}, "fetching doesn't read it on the server"


async def test_it_can_be_stopped_on_the_way_and_saves_nothing_then(desk: Desk, tmp_path: Path) -> None:
    desk.mailbox.deliver([written(("big.bin", bytes(1_000_000)))])
    await desk.connect()
    seen: list[int] = []

    def stop_at_second(done: int, _total: int) -> bool:
        seen.append(done)
        return len(seen) < 2

    with pytest.raises(Stopped, match="Nothing was saved"):
        await desk.save(tmp_path, stop_at_second)
    assert seen[0] == 0 < seen[1]
    assert not saved(tmp_path)


async def test_what_the_server_no_longer_has_is_told(desk: Desk, tmp_path: Path) -> None:
    desk.mailbox.deliver([written(("a.pdf", b"a"))])
    await desk.connect()
    desk.mailbox.expunge([1])
    with pytest.raises(NotFound, match="no longer has this mail"):
        await desk.save(tmp_path)
    with pytest.raises(Invalid, match="no folder"):
        await desk.save(tmp_path / "missing")


async def test_nobody_elses_mailbox_is_opened_for_what_a_colleague_shares(
    desk: Desk, services: Services, tmp_path: Path
) -> None:
    desk.mailbox.deliver([written(("a.pdf", b"a"))])
    await desk.connect()
    colleague = await add_user(services, desk.agent, "suzuki", "agent")
    row = await desk.mail(colleague)
    with pytest.raises(NotFound, match="only in the mailbox of root"):
        await save(services, colleague, row.id, None, tmp_path, allowed=ALLOWED)


async def test_a_server_that_is_away_is_no_lost_mail(desk: Desk, tmp_path: Path) -> None:
    desk.mailbox.deliver([written(("a.pdf", b"a"))])
    await desk.connect()

    def nowhere(account: MailAccount, allowed: Sequence[str]) -> Server:
        return Server("localhost", 1, account.tls, allowed, None, 2, 2)

    mail_id = (await desk.mail()).id
    with pytest.raises(Unavailable):
        await save(desk.services, desk.agent, mail_id, None, tmp_path, allowed=ALLOWED, make_server=nowhere)


@pytest.mark.parametrize(
    ("name", "harmless"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\見積書.pdf", "見積書.pdf"),
        (".bashrc", "bashrc"),
        ("--help", "help"),
        ("a\x1b[31m\u202egnp.exe", "a[31mgnp.exe"),
        ("a\nb.txt", "a b.txt"),
        ("", "attachment"),
        ("...", "attachment"),
        ("NUL.txt", "attachment_NUL.txt"),
        pytest.param("あ" * 300 + ".pdf", "あ" * 65 + ".pdf", id="long"),
    ],
)
def test_names_from_outside_lead_nowhere(name: str, harmless: str) -> None:
    assert harmless_name(name, "attachment") == harmless
