"""The list of mail and the reader, in a console of 80×24 or wide, with mail that others keep sending."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from crm_tui.bootstrap import open_services, sign_in
from crm_tui.clock import FrozenClock
from crm_tui.config import Config
from crm_tui.mail.intake import Arrival
from crm_tui.mail.parsing.limits import LIMITS
from crm_tui.mail.parsing.message import parse
from crm_tui.text import cell_len
from screens.choice_modal import ChoiceModal
from screens.mail_list import MailListScreen
from screens.mail_reader import MailReaderScreen
from screens.mail_text import broken, text_lines
from screens.mail_thread import MailThreadScreen
from screens.record_detail import RecordDetailScreen
from tests.screens.conftest import Console, OpenConsole, Sample
from tests.store.mailbox import Mailbox, Written, connect

HOSTILE = "\x1b]52;c;AAAA\x07\x1b[2J\u202egnp.exe\u0000[b]x[/b]\r\n\x9b31m"
CONTROLS = set("\x1b\x07\x9b\u202e\x00")
QUOTED = "了解しました。\n\n田中さんは書きました:\n> 一行目\n> 二行目\n> 三行目\n> 四行目\n"


class Worker:
    """What fetches mail, in a session of its own."""

    def __init__(self, box: Mailbox) -> None:
        self.box = box
        self._minute = 0

    async def bring(self, *written: Written) -> None:
        """Store mails, each a minute later than the one before."""
        for one in written:
            self._minute += 1
            one.date = self.box.clock.now() + timedelta(minutes=self._minute)
            await self.box.receive(one)


@pytest.fixture
async def worker(sample: Sample, config: Config) -> AsyncIterator[Worker]:
    services = await open_services(config)
    actor = await sign_in(services, config)
    # The moment of the program: what a console does to mail comes later than what is fetched.
    box = await connect(services, FrozenClock(datetime.now(UTC) - timedelta(hours=1)), actor)
    yield Worker(box)
    await services.close()


async def open_mail(console: Console) -> MailListScreen:
    await console.press("8")
    await console.until_on(MailListScreen)
    screen = console.app.screen
    assert isinstance(screen, MailListScreen)
    return screen


async def test_new_mail_appears_by_itself_and_neither_cursor_nor_typed_words_move(
    console: Console, worker: Worker
) -> None:
    await worker.bring(*(Written(message_id=f"{n}@x", subject=f"見積もり{n}") for n in range(3)))
    screen = await open_mail(console)
    await console.press("j")
    await console.until(lambda: screen.table.cursor_row and "見積もり1" in screen.table.cursor_row.cells)
    key = screen.table.cursor_key
    await worker.bring(Written(message_id="9@x", subject="届いたばかり"))
    await console.until_shown("届いたばかり")
    assert screen.table.cursor_key == key
    await console.press("slash")
    await console.type_text("見積")
    await console.until(lambda: "届いたばかり" not in console.text())
    await worker.bring(Written(message_id="10@x", subject="見積もりをもう一つ"))
    await console.until_shown("見積もりをもう一つ")
    assert screen.filter_text == "見積"
    assert screen.query_one("#filter").has_focus


async def test_an_open_mail_is_read_and_u_makes_it_unread_again(
    console: Console, worker: Worker, sample: Sample
) -> None:
    await worker.bring(Written(message_id="a@x", subject="見積もり", sender="taro@tanaka.example"))
    await open_mail(console)
    await console.until_shown("●")
    await console.until(lambda: "✉1" in console.line(0))
    await console.press("enter")
    await console.until_on(MailReaderScreen)
    await console.until_shown("◆ 更新契約")
    await console.until(lambda: "✉" not in console.line(0))
    await console.press("escape")
    await console.until_on(MailListScreen)
    await console.until(lambda: "●" not in console.text())
    await console.press("u")
    await console.until_shown("●")
    await console.until(lambda: "✉1" in console.line(0))


async def test_a_stranger_is_not_called_and_a_mail_without_a_subject_says_so(
    console: Console, worker: Worker
) -> None:
    await worker.bring(Written(message_id="a@x", subject="", sender="who@strange.example"))
    await open_mail(console)
    await console.until_shown("(no subject)")
    for screen in (MailListScreen, MailReaderScreen):
        await console.press("f2")
        await console.until_shown("a, 1 makes a lead")
        assert isinstance(console.app.screen, screen)
        console.app.clear_notifications()
        await console.press("enter")
    assert console.app.running_call is None


async def test_from_the_reader_one_gets_to_the_person_the_thread_and_the_next_mail(
    console: Console, worker: Worker, sample: Sample
) -> None:
    sender = "taro@tanaka.example"
    await worker.bring(
        Written(message_id="a@x", subject="first", sender=sender),
        Written(message_id="b@x", subject="Re: first", sender=sender, references=("a@x",), text=QUOTED),
        Written(message_id="c@x", subject="third", sender=sender, attachment="見積.pdf"),
    )
    await open_mail(console)
    await console.press("enter")
    await console.until_on(MailReaderScreen)
    await console.until_shown("見積.pdf")
    assert console.app.record_in_focus() == sample.taro.ref
    await console.press("right_square_bracket")
    await console.until_shown("4 quoted lines (h shows them)")
    assert "三行目" not in console.text()
    await console.press("h")
    await console.until_shown("三行目")
    await console.press("t")
    await console.until_on(MailThreadScreen)
    lines = console.text().split("\n")
    places = [next(i for i, line in enumerate(lines) if text in line) for text in (" first", " Re: first")]
    assert places == sorted(places), "the oldest first"
    assert "third" not in console.text()
    await console.press("escape")
    await console.until_on(MailReaderScreen)
    await console.press("y")
    await console.until_shown(sender)
    await console.press("enter")
    await console.until_on(ChoiceModal)
    await console.press("1")
    await console.until_on(RecordDetailScreen)
    await console.until_shown("太郎")


async def test_views_source_and_order_are_chosen_with_a_key_each(console: Console, worker: Worker) -> None:
    await worker.bring(
        Written(message_id="a@x", subject="older", sender="a@b.example"),
        Written(message_id="b@x", subject="newer", sender="a@b.example"),
    )
    screen = await open_mail(console)
    await console.until(lambda: screen.table.cursor_row and "newer" in screen.table.cursor_row.cells)
    await console.press("S", "home")
    await console.until(lambda: screen.table.cursor_row and "older" in screen.table.cursor_row.cells)
    await console.press("v", "4")
    await console.until_shown("No mail here")
    await console.press("v", "2", "s", "2")
    await console.until_shown("Sent from the CRM")
    await console.until_shown("No mail here")
    await console.press("s", "3")
    await console.until_shown("newer")


async def test_a_wide_console_shows_the_message_beside_the_list(
    worker: Worker, open_console: OpenConsole
) -> None:
    await worker.bring(
        Written(message_id="a@x", subject="a", text="安い方で"), Written(message_id="b@x", subject="b")
    )
    async with open_console(size=(150, 30)) as console:
        await open_mail(console)
        await console.press("j")
        await console.until_shown("安い方で")
        assert "●" in console.text(), "looking at it beside the list doesn't count as reading"


async def test_hostile_mail_is_shown_harmlessly(worker: Worker, open_console: OpenConsole) -> None:
    parts = "".join(
        f'--b\r\nContent-Disposition: attachment; filename="{n}{HOSTILE[:9]}.exe"\r\n\r\nx\r\n'
        for n in range(3_000)
    )
    long = "x" * LIMITS.text
    await worker.bring(
        Written(
            message_id="a@x", subject=f"first {HOSTILE}", text=HOSTILE, sender=f'"{HOSTILE[:20]}" <a@b.c>'
        ),
        Written(message_id="b@x", subject="long", text=long),
    )
    many = Written(message_id="c@x", subject="many", attachment="x")
    raw = many.raw(worker.box.clock.now())
    await take_raw(worker.box, raw.replace(b"\r\n--b--", b"\r\n" + parts.encode() + b"--b--"))
    async with open_console() as console:
        await open_mail(console)
        await console.until_shown("many")
        assert not set(console.text()) & CONTROLS
        await console.press("enter")
        await console.until_on(MailReaderScreen)
        await console.until_shown("xxxxxxxxxx")
        await console.press("end")
        await console.press("right_square_bracket")
        await console.until_shown("[b]x[/b]")
        assert not set(console.text()) & CONTROLS
        await console.press("right_square_bracket")
        await console.until_shown("180 more")
        await console.until_shown("more parts than are shown")
        assert not set(console.text()) & CONTROLS


async def take_raw(box: Mailbox, raw: bytes) -> None:
    """Take in the bytes of a mail."""
    box.last["INBOX"] = uid = box.last.get("INBOX", 0) + 1
    await box.take("INBOX", [Arrival(uid, frozenset(), box.clock.now(), len(raw), raw, parse(raw))])


@pytest.mark.parametrize("width", [1, 7, 40])
def test_no_line_is_wider_than_the_screen_and_nothing_is_lost(width: int) -> None:
    text = "会議は14時からです。 " * 5 + "x" * 100 + "\tend  of  line"
    lines = list(broken(text, width))
    assert all(cell_len(line) <= max(width, 2) for line in lines)
    squeezed = "".join("".join(lines).split())
    assert squeezed == "".join(text.split())


def test_a_text_of_a_megabyte_without_a_blank_is_broken_like_any_other_line() -> None:
    lines = text_lines("あ" * 300_000, 80, unfolded=False)
    assert {len(line.text) for line in lines[:-1]} == {40}
