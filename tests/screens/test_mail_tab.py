"""The related list of mail: what it holds, its switches, and the deals of its mail."""

from typing import Any, cast

import pytest

from crm_tui.domain.mail import Sharing
from crm_tui.domain.records import Record, Ref
from screens.choice_modal import ChoiceModal
from screens.mail_deal_actions import DealChoiceModal, MailDealFormScreen
from screens.mail_reader import MailReaderScreen
from screens.record_detail import RecordDetailScreen
from tests.screens.conftest import Console, Sample
from tests.store.mailbox import Mailbox, Written, connect

TARO = "Taro <taro@tanaka.example>"


async def connected(console: Console, address: str, sharing: Sharing = Sharing.SHARED) -> Mailbox:
    clock = cast(Any, console.services.core.clock)
    return await connect(console.services, clock, console.actor, address, sharing)


async def open_mail_tab(console: Console, ref: Ref) -> RecordDetailScreen:
    await console.app.open_record(ref)
    await console.until_on(RecordDetailScreen)
    screen = console.app.screen
    assert isinstance(screen, RecordDetailScreen)
    await console.press("tab", "right", "right")
    await console.until_shown("[Mail ")
    return screen


@pytest.fixture
async def second(console: Console, sample: Sample) -> Record:
    values: dict[str, object] = {"name": "Second", "contact": sample.taro.id, "amount": "1200"}
    return (await console.services.deals.create(console.actor, values)).record


async def test_mail_of_a_deal_or_of_its_contacts_is_put_to_deals_by_keys(
    console: Console, sample: Sample, second: Record
) -> None:
    box = await connected(console, "me@ours.example")
    await box.receive(Written(TARO, subject="Offer", message_id="a@x"))
    await open_mail_tab(console, sample.deal.ref)
    await console.until_shown("[Mail 0]")
    await console.until_shown("v [Mail associated with this deal]")
    await console.press("v")
    await console.until_shown("v [Mail of this deal's contacts]")
    await console.until_shown("◆ Second")
    await console.press("m")
    await console.until_on(ChoiceModal)
    await console.press("1")
    await console.until_on(DealChoiceModal)
    await console.press("1")
    await console.until_shown("◆ 更新契約")
    await console.press("v")
    await console.until_shown("[Mail 1]")
    await box.receive(Written(TARO, subject="Reply", message_id="b@x", references=("a@x",)))
    await console.until_shown("[Mail 2]")
    await console.press("asterisk", "d")
    await console.until_shown("2 mails were removed")
    await console.until_shown("No mail here. v shows")
    await console.press("shift+tab", "s")
    await console.until_on(ChoiceModal)
    await console.press("2", "v")
    await console.until_shown("s [Sent from the CRM]")
    await console.until_shown("No mail here. s shows")


async def test_writing_has_one_entry_in_the_footer(console: Console, sample: Sample) -> None:
    screen = await open_mail_tab(console, sample.taro.ref)
    keys = screen.active_bindings
    assert {key for key, one in keys.items() if one.binding.action == "new"} == set()
    assert keys["n"].binding.action == keys["plus"].binding.action == "mail_write"


async def test_a_mail_gets_a_new_deal_and_gives_it_back(console: Console, sample: Sample) -> None:
    await (await connected(console, "me@ours.example")).receive(Written(TARO, subject="Offer"))
    own = await connected(console, "own@ours.example", Sharing.PRIVATE)
    await open_mail_tab(console, sample.taro.ref)
    await console.until_shown("◆ 更新契約")
    await console.until_shown("●")
    await console.press("enter")
    await console.until_on(MailReaderScreen)
    await console.press("escape")
    await console.until(lambda: "◆ 更新契約" in console.text() and "●" not in console.text())
    await console.press("m")
    await console.until_on(ChoiceModal)
    await console.press("1")
    await console.until_on(DealChoiceModal)
    await console.press("0")
    await console.until_on(MailDealFormScreen)
    await console.type_text("Made for it")
    await console.press("ctrl+s")
    await console.until_on(RecordDetailScreen)
    await console.until_shown("◆ Made for it")
    await console.press("z", "enter")
    await console.until_shown("◆ 更新契約")
    await own.receive(Written(TARO, subject="Secret"))
    await console.until_shown("[Mail 2]")
    await console.press("g", "g", "m")
    await console.until_shown("is private")
