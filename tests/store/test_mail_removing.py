"""Removing a mail account: what goes with it, what stays, and for whom."""

import pytest
from sqlalchemy import func, select

from crm_tui.clock import FrozenClock
from crm_tui.domain.actor import Actor
from crm_tui.domain.mail import MailQuery, Sharing
from crm_tui.domain.mail_outgoing import OutgoingState
from crm_tui.domain.mail_removal import MailCounts, MailRemoved
from crm_tui.domain.mail_writing import MailDraft
from crm_tui.errors import Conflict, NotAllowed, NotFound
from crm_tui.services import mail_removing
from crm_tui.services.container import Services
from crm_tui.services.mail_files import MailFiles
from crm_tui.store.models import metadata
from crm_tui.store.repositories.mail_accounts import MailAccountRepository
from tests.store.conftest import add_user
from tests.store.mailbox import HOLDER, Mailbox, Written, belongs, connect, deal, only

CUSTOMER = Written("Tanaka <tanaka@example.jp>", subject="見積もり", message_id="a@example.jp")
PRIVATE = Written("Bank <bank@private.example>", subject="口座", message_id="b@private.example")
BOTH = Written(
    "News <news@both.example>", "me@ours.example, mate@ours.example", subject="News", message_id="c@x"
)


@pytest.fixture(autouse=True)
def keys(services: Services, tmp_path_factory: pytest.TempPathFactory) -> None:
    services.core.key_file = tmp_path_factory.mktemp("keys") / "mail.key"


@pytest.fixture
async def box(services: Services, clock: FrozenClock, agent: Actor) -> Mailbox:
    """A shared mailbox of the agent: mail of a customer, private mail, and some that a colleague has too."""
    person = {"last_name": "Tanaka", "email": "tanaka@example.jp"}
    contact = (await services.contacts.create(agent, person)).record
    await deal(services, agent, contact, "Machine")
    box = await connect(services, clock, agent)
    await services.mail_accounts.set_password(agent, box.account.id, "geheim")
    await box.receive(CUSTOMER, PRIVATE, BOTH)
    return box


async def rows(services: Services, table: str) -> int:
    async with services.core.store.read() as connection:
        return await connection.scalar(select(func.count()).select_from(metadata.tables[table])) or 0


async def subjects(services: Services, actor: Actor) -> set[str]:
    page = await services.mail_messages.list(actor, MailQuery())
    return {row.subject for row in page.rows}


async def test_mail_of_records_stays_and_what_nobody_else_has_goes(
    services: Services, clock: FrozenClock, agent: Actor, admin: Actor, box: Mailbox
) -> None:
    mate = await add_user(services, admin, "mate", "agent")
    theirs = await connect(services, clock, mate, "mate@ours.example", Sharing.PRIVATE)
    await theirs.receive(BOTH)
    counts = await services.mail_removal.preview(agent, box.account.id)
    assert counts == MailCounts(on_records=1, on_records_elsewhere=0, elsewhere=1, alone=1, unsent=0)
    done = await services.mail_removal.remove(agent, box.account.id)
    assert done == MailRemoved(deleted=1, kept=1, unsent=0)
    assert await subjects(services, agent) == {"見積もり"}
    assert await subjects(services, mate) == {"見積もり", "News"}
    kept = await only(services, agent, "見積もり")
    for reader in (agent, mate):
        sources = await services.mail_attachments.sources(reader, kept.row.id)
        assert "ask the sender" in sources.missing().hint, "nobody else has what is attached"
    assert belongs(kept)[0] is None, "as with a mailbox that is switched off"
    assert await rows(services, "mail_messages") == 2
    assert await rows(services, "mail_references") == 2, "no trace of whom the private mail was from"
    assert not (await services.mail_messages.list(agent, MailQuery(text="口座"))).rows
    assert await services.mail_accounts.list(agent) == ()
    with pytest.raises(NotFound):
        await services.mail_accounts.enable(agent, box.account.id)
    entries = [entry for entry in await services.audit.list(admin) if entry.action == "remove"]
    assert [(entry.record_name, entry.user_name) for entry in entries] == [("me@ours.example", agent.name)]


async def test_the_secret_is_gone_at_once_and_the_worker_stops(
    services: Services, agent: Actor, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail_removing, "CHUNK", 1)
    done = await services.mail_removal.remove(agent, box.account.id, report=lambda done, total: False)
    assert done.stopped
    async with services.core.store.read() as connection:
        assert await MailAccountRepository(connection).secrets() == {}
    with pytest.raises(Conflict):
        await box.take("INBOX", [box.arrival("INBOX", Written(subject="late"))])
    assert not await services.mail_accounts.take_lease(box.account.id, HOLDER)
    for refused in (
        services.mail_accounts.set_password(agent, box.account.id, "again"),
        services.mail_accounts.enable(agent, box.account.id),
        services.mail_accounts.share(agent, box.account.id, Sharing.PRIVATE),
    ):
        with pytest.raises(Conflict):
            await refused
    assert len(await services.mail_accounts.list(agent)) == 1, "it can be found to go on with"
    assert not (await services.mail_removal.remove(agent, box.account.id)).stopped
    assert await services.mail_accounts.list(agent) == ()
    assert await subjects(services, agent) == {"見積もり"}


async def test_all_mail_goes_where_who_may_delete_mail_wants_it(
    services: Services, agent: Actor, admin: Actor, box: Mailbox
) -> None:
    with pytest.raises(NotAllowed):
        await services.mail_removal.remove(agent, box.account.id, all_mail=True)
    assert (await services.mail_accounts.get(agent, box.account.id)).has_secret
    broken = box.arrival("INBOX", Written(subject="broken", message_id="d@x"))
    object.__setattr__(broken, "problem", "it can't be read")
    await box.take("INBOX", [broken])
    kept = MailFiles(services.core).folder
    assert list(kept.iterdir())
    done = await services.mail_removal.remove(admin, box.account.id, all_mail=True)
    assert (done.deleted, done.kept) == (4, 0)
    for table in (
        "messages",
        "holders",
        "places",
        "addresses",
        "documents",
        "people",
        "references",
        "folders",
    ):
        assert await rows(services, f"mail_{table}") == 0, table
    assert not list(kept.iterdir())


async def test_mail_that_is_not_sent_stays_in_the_outbox(
    services: Services, agent: Actor, box: Mailbox
) -> None:
    draft = MailDraft(box.account.id, to="bank@private.example", subject="Hello", text="…")
    queued = await services.mail_outbox.queue(agent, draft)
    assert (await services.mail_removal.preview(agent, box.account.id)).unsent == 1
    done = await services.mail_removal.remove(agent, box.account.id)
    assert done.unsent == 1
    (left,) = await services.mail_outbox.list(agent)
    assert (left.id, left.state, left.draft.text) == (queued.id, OutgoingState.FAILED, "…")
    assert "removed" in left.reason
    with pytest.raises(NotFound):
        await services.mail_outbox.retry(agent, queued.id)


async def test_a_mailbox_can_be_connected_anew(
    services: Services, clock: FrozenClock, agent: Actor, box: Mailbox
) -> None:
    await services.mail_removal.remove(agent, box.account.id)
    again = await connect(services, clock, agent)
    assert await again.receive(CUSTOMER, PRIVATE) == 2
    assert await subjects(services, agent) == {"見積もり", "口座"}
    assert belongs(await only(services, agent, "見積もり"))[0] == "Machine"


async def test_only_its_user_or_an_administrator_removes_an_account(
    services: Services, agent: Actor, admin: Actor, box: Mailbox
) -> None:
    mate = await add_user(services, admin, "mate", "agent")
    for door in (
        services.mail_removal.preview(mate, box.account.id),
        services.mail_removal.remove(mate, box.account.id),
    ):
        with pytest.raises(NotFound):
            await door
    await services.mail_removal.remove(admin, box.account.id)
    assert await services.mail_accounts.own(agent) == ()
