"""What the console says of mail while something else is on the screen: its number, and what is wrong."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from crm_tui.clock import FrozenClock, use_clock
from crm_tui.domain.mail import AccountState, MailAccount, NewMailAccount, Sharing
from screens.widgets.module_bar import mail_count
from tests.screens.conftest import Console


@pytest.fixture
def clock() -> Iterator[FrozenClock]:
    """A clock that moves when the test says so, for the console too."""
    clock = FrozenClock()
    before = use_clock(clock)
    yield clock
    use_clock(before)


async def connect(console: Console) -> MailAccount:
    """Connect a mailbox that nobody fetches."""
    new = NewMailAccount("taro@example.com", "mail.example.com", Sharing.PRIVATE, password="secret")
    return await console.services.mail_accounts.add(console.actor, new)


async def tell(console: Console, account: MailAccount, state: AccountState, why: str = "") -> None:
    """Say how it goes, as a worker does."""
    accounts = console.services.mail_accounts
    assert await accounts.take_lease(account.id, "worker")
    await accounts.set_state(account.id, "worker", state, why)
    await console.until(lambda: not console.app.mail_watch.is_reading)


def notices(console: Console) -> list[str]:
    """Return what has been said in passing."""
    return [notification.message for notification in console.app._notifications]


async def test_a_refused_account_is_told_once(clock: FrozenClock, console: Console) -> None:
    account = await connect(console)
    for _time in range(2):
        await tell(console, account, AccountState.REFUSED, "No [b]entry[/b]")
    await console.until(lambda: notices(console))
    assert notices(console) == ["Mail of taro@example.com isn't fetched: No [b]entry[/b]"]

    await tell(console, account, AccountState.CONNECTED)
    await tell(console, account, AccountState.REFUSED, "No entry")
    assert len(notices(console)) == 2, "it was well in between"


async def test_a_server_that_is_away_is_told_after_a_while(clock: FrozenClock, console: Console) -> None:
    account = await connect(console)
    await tell(console, account, AccountState.WAITING, "No answer")
    clock.advance(timedelta(minutes=9))
    await tell(console, account, AccountState.WAITING, "No answer")
    assert notices(console) == []
    clock.advance(timedelta(minutes=1))
    console.app.mail_watch.look()
    await console.until(lambda: notices(console))
    assert notices(console) == ["Mail of taro@example.com hasn't come for a while: No answer"]


async def test_unread_mail_is_counted_behind_the_name(console: Console) -> None:
    await console.until(lambda: not console.app.mail_watch.is_reading)
    console.app.unread_mail = 3
    await console.until(lambda: console.line(0).rstrip().endswith("✉3"))
    assert [mail_count(number, ascii_only=True) for number in (0, 1, 100)] == ["", " @1", " @99+"]
