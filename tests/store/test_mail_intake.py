"""What arrives: once, whole, with its people, its thread and its deal; and again without any change."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from crm_tui.clock import FrozenClock
from crm_tui.domain.actor import Actor
from crm_tui.domain.ids import new_id
from crm_tui.domain.mail_folders import FolderCursor, FolderRole, FolderState, ListedFolder
from crm_tui.domain.mail_threads import Threads
from crm_tui.errors import Conflict
from crm_tui.mail.intake import Arrival, FolderBatch, Intake
from crm_tui.mail.parsing.message import parse
from crm_tui.services.container import Services
from crm_tui.services.mail_files import MailFiles
from crm_tui.store.models.base import metadata
from crm_tui.store.url import StoreUrl
from tests.store.conftest import add_user, open_services
from tests.store.mailbox import HOLDER, Mailbox, Written, connect

TABLES = ("messages", "places", "addresses", "attachments", "people", "associations", "references", "holders")


@pytest.fixture
async def box(services: Services, clock: FrozenClock, agent: Actor) -> Mailbox:
    return await connect(services, clock, agent)


async def rows(services: Services) -> dict[str, int]:
    """Return how many rows each table of mail has."""
    async with services.core.store.read() as connection:
        return {
            name: await connection.scalar(select(func.count()).select_from(metadata.tables[f"mail_{name}"]))
            or 0
            for name in TABLES
        }


async def column(services: Services, table: str, name: str) -> list[object]:
    async with services.core.store.read() as connection:
        found = metadata.tables[table].c[name]
        return list(await connection.scalars(select(found).order_by(metadata.tables[table].c.id)))


async def test_the_store_keeps_the_promises_that_the_worker_relies_on(box: Mailbox) -> None:
    promised: Intake = box.intake
    assert await promised.count(box.folders["INBOX"], 7) == 0


async def test_a_batch_taken_twice_changes_nothing(services: Services, box: Mailbox, agent: Actor) -> None:
    await services.contacts.create(agent, {"last_name": "田中", "email": "Tanaka@Example.jp"})
    await services.leads.create(agent, {"last_name": "L", "company": "C", "email": "tanaka@example.jp"})
    arrivals = [
        box.arrival("INBOX", Written(message_id="a@x", attachment="見積.pdf", cc="k@example.jp")),
        box.arrival("INBOX", Written(message_id="b@x", references=("a@x",))),
        box.arrival("INBOX", Written(text="no id")),
    ]
    assert await box.take("INBOX", arrivals) == 3
    first = await rows(services)
    assert (first["messages"], first["places"], first["people"], first["attachments"]) == (3, 3, 6, 1)
    assert await box.take("INBOX", arrivals) == 0
    assert await rows(services) == first
    folder = (await box.intake.folders())[0]
    assert folder.cursor == FolderCursor(7, 4, 1)
    assert folder.state is FolderState.CURRENT


async def test_one_message_in_several_mailboxes_is_one_message(
    services: Services, clock: FrozenClock, box: Mailbox, admin: Actor
) -> None:
    other = await connect(
        services, clock, await add_user(services, admin, "kato", "agent"), "kato@ours.example"
    )
    sent = Written(to="me@ours.example, kato@ours.example", message_id="a@x", date=clock.now())
    assert await box.receive(sent) == 1
    copy = Written(**{**vars(sent), "trace": "relay 2"})
    assert await other.receive(copy) == 1, "new for this mailbox"
    assert await other.receive(copy, folder="Sent") == 0
    assert await box.receive(sent, folder="Sent") == 0
    assert (await rows(services))["messages"] == 1
    assert (await rows(services))["places"] == 4
    assert (await rows(services))["holders"] == 2


async def test_two_workers_that_get_the_same_mail_at_once_store_it_once(
    services: Services, clock: FrozenClock, box: Mailbox, admin: Actor, store_url: StoreUrl
) -> None:
    other = await connect(
        services, clock, await add_user(services, admin, "kato", "agent"), "kato@ours.example"
    )
    session = await open_services(store_url, clock)
    try:
        other.services = session
        other.intake = session.mail_intake.of(other.account.id, HOLDER)
        written = [
            Written(message_id=f"{n}@x", references=(f"{n - 1}@x",), date=clock.now(), cc="kato@ours.example")
            for n in range(30)
        ]
        order = [*written[15:], *written[:15]]
        new = await asyncio.gather(
            *(
                one.receive(*part)
                for n in range(3)
                for one, part in ((box, written[n::3]), (other, order[n::3]))
            )
        )
        assert sum(new) == 60, "each mail is new for both mailboxes"
        found = await rows(services)
        assert (found["messages"], found["places"], found["holders"]) == (30, 60, 60)
        assert len(set(await column(services, "mail_messages", "thread_id"))) == 1
    finally:
        await session.close()


async def test_a_mailbox_that_moved_to_another_server_is_read_from_the_start(
    services: Services, box: Mailbox
) -> None:
    written = Written(message_id="a@x", date=box.clock.now())
    await box.receive(written)
    await services.mail_accounts.change(box.actor, box.account.id, {"host": "new.example"})
    folder = (await box.intake.folders())[0]
    assert (folder.cursor, folder.state) == (None, FolderState.NEW)
    assert await box.intake.count(folder.id, 7) == 0
    box.last.clear()
    assert await box.receive(written) == 0
    assert await box.intake.count(folder.id, 7) == 1


async def test_twins_stay_two(services: Services, clock: FrozenClock, box: Mailbox) -> None:
    moment = clock.now()
    assert (
        await box.receive(
            Written(message_id="same@x", text="one", date=moment),
            Written(message_id="same@x", text="other", date=moment),
            Written(text="one", date=moment),
            Written(text="other", date=moment),
            Written(message_id="same@x", text="one", date=moment, cc="sato@example.jp"),
            Written(message_id="same@x", text="one", date=moment, attachment="a.pdf"),
            Written(message_id="same@x", text="one", date=moment, attachment="a.pdf", content="%PDF-1.7"),
        )
        == 7
    )
    assert len(set(await column(services, "mail_messages", "content_hash"))) == 7


async def test_a_new_numbering_keeps_messages_and_what_was_decided(services: Services, box: Mailbox) -> None:
    await box.receive(Written(message_id="a@x"), Written(message_id="b@x"))
    before = await column(services, "mail_messages", "id")
    inbox = box.folders["INBOX"]
    again = [box.arrival("INBOX", Written(message_id="b@x"))]
    cursor = FolderCursor(8, 10, 1, remapping=True)
    assert await box.intake.take(inbox, FolderBatch(cursor, again)) == 0
    listed = await box.intake.folders()
    assert listed[0].cursor is not None
    assert listed[0].cursor.remapping
    stub = Arrival(9, frozenset(), again[0].received_at, again[0].size, b"", again[0].mail, "cut off")
    assert await box.intake.take(inbox, FolderBatch(cursor, [stub])) == 0
    assert await column(services, "mail_messages", "id") == before
    done = FolderCursor(8, 10, 1)
    await box.intake.take(inbox, FolderBatch(done, ends_remapping=True))
    assert await box.intake.count(inbox, 7) == 0
    assert await box.intake.count(inbox, 8) == 2
    assert (await box.intake.folders())[0].cursor == done


async def test_a_stub_gives_way_to_the_whole_message(services: Services, box: Mailbox) -> None:
    raw = Written(message_id="a@x").raw(box.clock.now())
    stub = Arrival(1, frozenset(), box.clock.now(), len(raw), b"", parse(b""), "it could not be fetched")
    assert await box.take("INBOX", [stub]) == 1
    whole = Arrival(1, frozenset(), box.clock.now(), len(raw), raw, parse(raw))
    assert await box.take("INBOX", [whole]) == 1
    assert await column(services, "mail_messages", "message_id") == ["a@x"]


async def test_what_was_not_read_whole_is_kept_as_it_came(services: Services, box: Mailbox) -> None:
    raw = Written(message_id="a@x").raw(box.clock.now())
    cut = Arrival(1, frozenset(), box.clock.now(), 10 * len(raw), raw, parse(raw), "it is too large")
    assert await box.take("INBOX", [cut]) == 1
    (name,) = await column(services, "mail_messages", "raw_path")
    files = MailFiles(services.core)
    assert files.read(str(name)) == raw
    assert (files.folder / str(name)).stat().st_mode & 0o777 == 0o600
    message = (await services.mail_messages.list(box.actor)).rows[0]
    assert (await services.mail_messages.get(box.actor, message.id)).problem == "it is too large"


async def test_flags_and_what_vanished(services: Services, box: Mailbox) -> None:
    inbox = box.folders["INBOX"]
    await box.receive(Written(message_id="a@x"), Written(message_id="b@x"))
    cursor = FolderCursor(7, 3, 1, 5)
    batch = FolderBatch(cursor, flags={1: frozenset({"\\Seen"}), 99: frozenset()}, vanished=[2, 98])
    for _twice in range(2):
        assert await box.intake.take(inbox, batch) == 0
        assert await box.intake.places(inbox, 7) == {1: frozenset({"\\Seen"})}
    assert (await rows(services))["messages"] == 2
    assert await box.take("INBOX", [box.arrival("INBOX", Written(message_id="b@x"))]) == 0


async def test_a_late_arrival_joins_threads(services: Services, box: Mailbox) -> None:
    await box.receive(Written(message_id="c@x", references=("b@x",)))
    await box.receive(Written(message_id="a@x"))
    assert len(set(await column(services, "mail_messages", "thread_id"))) == 2
    await box.receive(Written(message_id="b@x", references=("a@x",)))
    assert len(set(await column(services, "mail_messages", "thread_id"))) == 1
    assert len(set(await column(services, "mail_references", "thread_id"))) == 1


def test_threads_of_one_batch_join_whatever_their_order() -> None:
    threads = Threads({"a": "t1", "z": "t2"}, new_id)
    taken = [threads.take(refs) for refs in (["c", "b"], ["a"], ["b", "a"], ["z", "c"])]
    assert len({threads.settled(one) for one in taken}) == 1
    assert len({*threads.added.values(), *threads.joined.values()}) == 1


async def test_who_lost_the_lease_writes_nothing(services: Services, box: Mailbox) -> None:
    late = box.arrival("INBOX", Written(message_id="a@x"))
    box.clock.advance(timedelta(minutes=10))
    with pytest.raises(Conflict):
        await box.take("INBOX", [late])
    assert await services.mail_accounts.take_lease(box.account.id, "worker 2")
    with pytest.raises(Conflict):
        await box.take("INBOX", [late])
    with pytest.raises(Conflict):
        await box.intake.list_folders([])
    assert (await rows(services))["messages"] == 0
    assert (await box.intake.folders())[0].cursor is None


async def test_folders_go_and_come_back(box: Mailbox) -> None:
    await box.receive(Written(message_id="a@x"))
    listed = await box.intake.list_folders([ListedFolder("Trash", FolderRole.TRASH)])
    assert {one.name: one.state for one in listed}["INBOX"] is FolderState.GONE
    back = await box.intake.list_folders(
        [ListedFolder("INBOX", FolderRole.INBOX), ListedFolder("x", can_be_read=False)]
    )
    found = {one.name: (one.state, one.is_selected) for one in back}
    assert found == {
        "INBOX": (FolderState.CURRENT, True),
        "Sent": (FolderState.GONE, True),
        "Trash": (FolderState.GONE, False),
        "x": (FolderState.GONE, False),
    }
