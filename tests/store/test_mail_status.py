"""How it goes with mail accounts: who fetches, what came last, how much is behind, what is wrong."""

from datetime import timedelta

from crm_tui.clock import FrozenClock
from crm_tui.domain.actor import Actor
from crm_tui.domain.mail import AccountState
from crm_tui.domain.mail_folders import FolderCursor, FolderState
from crm_tui.domain.modules import Module
from crm_tui.mail.intake import FolderBatch
from crm_tui.services.container import Services
from crm_tui.services.mail_accounts import LEASE
from crm_tui.services.mail_status import AccountStatus
from crm_tui.store.changes import Changed
from tests.store.conftest import add_user
from tests.store.mailbox import HOLDER, Mailbox, Written, connect


async def of(services: Services, actor: Actor) -> AccountStatus:
    """Return the status of the only account in sight."""
    [found] = await services.mail_accounts.status(actor)
    return found


async def take(box: Mailbox, folder: str, number: int, on_server: int) -> None:
    """Take in messages of a folder that has so many on its server."""
    arrivals = [box.arrival(folder, Written(subject=f"{folder} {serial}")) for serial in range(number)]
    cursor = FolderCursor(7, on_server + 1, on_server - number + 1, on_server=on_server)
    await box.intake.take(box.folders[folder], FolderBatch(cursor, arrivals))


async def test_what_is_behind_and_what_came_last(
    services: Services, clock: FrozenClock, agent: Actor, admin: Actor
) -> None:
    box = await connect(services, clock, agent)
    assert (await of(services, agent)).last_mail_at is None
    await take(box, "INBOX", 2, on_server=5)
    clock.advance(timedelta(minutes=1))
    await take(box, "Sent", 1, on_server=1)
    found = await of(services, admin)
    assert (found.behind, found.last_mail_at) == (3, clock.now())
    assert "3 mails" in found.sentence

    await services.mail_accounts.choose_folders(agent, box.account.id, ["Sent"])
    assert (await of(services, agent)).behind == 0, "what isn't read isn't missing"
    assert await services.mail_accounts.status(await add_user(services, admin, "kato", "agent")) == ()


async def test_who_fetches_and_what_is_wrong(services: Services, clock: FrozenClock, agent: Actor) -> None:
    box = await connect(services, clock, agent)
    accounts = services.mail_accounts
    await accounts.set_state(box.account.id, HOLDER, AccountState.CONNECTED)
    found = await of(services, agent)
    assert (found.holder, found.is_connected, found.is_idle, found.error) == (HOLDER, True, False, "")

    clock.advance(LEASE)
    found = await of(services, agent)
    assert (found.holder, found.is_connected, found.is_idle) == ("", False, True)
    assert "mail sync --watch" in found.sentence

    assert await accounts.take_lease(box.account.id, HOLDER)
    await accounts.set_state(box.account.id, HOLDER, AccountState.REFUSED, "Wrong password.")
    found = await of(services, agent)
    assert (found.is_connected, found.error) == (False, "Wrong password.")
    await accounts.disable(agent, box.account.id)
    assert (await of(services, agent)).error == ""


async def test_which_folder_is_not_read_and_why(services: Services, clock: FrozenClock, agent: Actor) -> None:
    box = await connect(services, clock, agent)
    await services.mail_accounts.set_state(box.account.id, HOLDER, AccountState.CONNECTED)
    await box.intake.set_state(box.folders["Sent"], FolderState.REFUSED, "No such right.")
    found = await of(services, agent)
    assert (found.error, found.misses_inbox) == ("The folder “Sent” can't be read. No such right.", False)
    assert found.sentence == f"Connected. {found.error}"
    await box.intake.set_state(box.folders["INBOX"], FolderState.REFUSED, "No UIDVALIDITY.")
    found = await of(services, agent)
    assert found.misses_inbox
    assert found.sentence == found.error
    assert found.error.startswith("New mail doesn't come: the inbox can't be read. No UIDVALIDITY.")
    await services.mail_accounts.choose_folders(agent, box.account.id, [])
    assert (await of(services, agent)).error == "", "what isn't wanted isn't missed"


async def test_the_consoles_of_an_agent_hear_that_a_lease_is_free(
    services: Services, clock: FrozenClock, agent: Actor
) -> None:
    await connect(services, clock, agent)
    heard: list[Changed] = []
    services.changes.subscribe(heard.append)
    await services.mail_accounts.release_leases("somebody else")
    assert heard == []
    await services.mail_accounts.release_leases(HOLDER)
    assert heard == [frozenset({(Module.USER, agent.id)})]
