"""What mail looks like: its list, the reader, the related list, writing, the outbox, mailboxes."""

import pytest

from crm_tui.i18n import _
from screens.choice_modal import ChoiceModal
from screens.compose_screen import ComposeScreen
from screens.mail_account_form import MailAccountFormScreen
from screens.mail_list import MailListScreen
from screens.mail_reader import MailReaderScreen
from screens.mail_settings_screen import MailSettingsScreen
from screens.outbox_screen import OutboxScreen
from screens.record_detail import RecordDetailScreen
from tests.screens.conftest import Console
from tests.snapshots.cast import SAKURA
from tests.snapshots.conftest import Takes
from tests.snapshots.post import ORDER, QUESTION
from tests.snapshots.test_pictures import Size, first_list
from tests.snapshots.test_time_pictures import small_and_large


async def open_mail(console: Console) -> None:
    """Open the list of mail; the latest, an answer with a file, is under the cursor."""
    await first_list(console)
    await console.press("8")
    await console.until_on(MailListScreen)
    await console.until_shown(QUESTION)


async def read_answer(console: Console) -> None:
    """Open the answer."""
    await open_mail(console)
    await console.press("enter")
    await console.until_on(MailReaderScreen)
    await console.until_shown("注文書.pdf")


@small_and_large
def test_mail(picture: Takes, size: Size) -> None:
    """The inbox: unread ones with their sign, the deal with ◆, a file's sign, the latest first; ✉3 on top."""
    assert picture(open_mail, size, mail=True)


@pytest.mark.parametrize("language", ["en"], indirect=True)
def test_mail_beside_its_list(picture: Takes) -> None:
    """At 160 columns the mail under the cursor stands beside the list."""

    async def work(console: Console) -> None:
        await open_mail(console)
        await console.until_shown("承知いたしました")

    assert picture(work, (160, 45), mail=True)


@small_and_large
def test_reader(picture: Takes, size: Size) -> None:
    """Who wrote to whom, the deal with the reason, the text with the quote, the file, whose mailbox."""
    assert picture(read_answer, size, mail=True)


@small_and_large
def test_deal_of_a_mail(picture: Takes, size: Size) -> None:
    """The mark is acted on: change, remove, open."""

    async def work(console: Console) -> None:
        await open_mail(console)
        await console.press("m")
        await console.until_on(ChoiceModal)

    assert picture(work, size, mail=True)


@small_and_large
def test_what_can_be_done_with_a_mail(picture: Takes, size: Size) -> None:
    """Each with its digit: lead, case, add, find and add, deal, files, unread, outbox."""

    async def work(console: Console) -> None:
        await read_answer(console)
        await console.press("a")
        await console.until_on(ChoiceModal)

    assert picture(work, size, mail=True)


@small_and_large
def test_mail_of_a_contact(picture: Takes, size: Size) -> None:
    """The related list: the source above it; old mail without a deal, later mail with ◆."""

    async def work(console: Console) -> None:
        await first_list(console)
        await console.app.open_record((await console.services.contacts.resolve(console.actor, SAKURA)).ref)
        await console.until_on(RecordDetailScreen)
        await console.press("tab", "right", "right")
        await console.until_shown("先月の請求書")

    assert picture(work, size, mail=True)


@small_and_large
def test_mail_of_a_deal(picture: Takes, size: Size) -> None:
    """Both switches with their values: here the mail of the deal's contacts, the old one too."""

    async def work(console: Console) -> None:
        await first_list(console)
        deal = await console.services.deals.resolve(console.actor, "更新契約 2027")
        await console.app.open_record(deal.ref)
        await console.until_on(RecordDetailScreen)
        await console.press("tab", "right", "right")
        await console.until_shown(QUESTION)
        await console.press("v")
        await console.until_shown("先月の請求書")

    assert picture(work, size, mail=True)


@small_and_large
def test_answering(picture: Takes, size: Size) -> None:
    """To, subject and deal are there; the cursor is above the quote."""

    async def work(console: Console) -> None:
        await open_mail(console)
        await console.press("r")
        await console.until_on(ComposeScreen)
        await console.until_shown("> ")

    assert picture(work, size, mail=True)


@small_and_large
def test_outbox(picture: Takes, size: Size) -> None:
    """One mail waits to be sent."""

    async def work(console: Console) -> None:
        await open_mail(console)
        await console.press("b")
        await console.until_on(OutboxScreen)
        await console.until_shown(ORDER)

    assert picture(work, size, mail=True)


@small_and_large
def test_mailboxes(picture: Takes, size: Size) -> None:
    """The agent's mailbox: who sees it, how it goes, when mail came last."""

    async def work(console: Console) -> None:
        await open_mail(console)
        await console.press("o")
        await console.until_on(MailSettingsScreen)
        await console.until_shown("kato@ours.example")

    assert picture(work, size, mail=True)


@small_and_large
def test_connecting_a_mailbox(picture: Takes, size: Size) -> None:
    """The address fills in the servers of a well-known provider."""

    async def work(console: Console) -> None:
        await open_mail(console)
        await console.press("o")
        await console.until_on(MailSettingsScreen)
        await console.press("n")
        await console.until_on(MailAccountFormScreen)
        await console.type_text("kato@nifty.com")
        await console.press("tab")
        await console.until_shown("imap.nifty.com")

    assert picture(work, size, mail=True)


def test_no_mailbox_yet(picture: Takes) -> None:
    """The empty list says which key connects a mailbox."""

    async def work(console: Console) -> None:
        await first_list(console)
        await console.press("8")
        await console.until_on(MailListScreen)
        await console.until_shown(_("Mail"))

    assert picture(work)
