"""The folder state machine against a real server: each message once, flags right, whatever happens."""

import hashlib
import shutil
from collections.abc import Callable
from dataclasses import replace

import pytest

from crm_tui.domain.mail_folders import FolderState
from crm_tui.mail.arrivals import Trouble
from crm_tui.mail.client import FolderStatus, ImapLine
from crm_tui.mail.sync import Done
from crm_tui.net.errors import LineDown
from tests.mail.dovecot import Mailbox
from tests.mail.memory_intake import MemoryIntake
from tests.mail.proxy import Proxy
from tests.mail.running import SMALL, run


def without_mod_seq(line: ImapLine) -> None:
    """Treat the server as one that has neither CONDSTORE nor QRESYNC."""
    line.has_mod_seq = False
    line._tells_vanished = False


def told(line: ImapLine, **facts: int) -> None:
    """Have a server say something else of a folder than what is true."""
    examine = line.examine

    def other(name: str) -> FolderStatus:
        return replace(examine(name), **facts)

    line.examine = other  # type: ignore[method-assign]


async def test_the_first_sync_fetches_everything_the_newest_first(mailbox: Mailbox) -> None:
    mailbox.append(*"abcdefgh", flags=["\\Seen", "$Label"])
    intake = MemoryIntake()
    done = await run(mailbox, intake)
    assert done == Done(FolderState.CURRENT, new=8)
    assert intake.subjects() == list("abcdefgh")
    assert intake.flags() == mailbox.flags()
    fetched = [arrival.mail.subject for batch in intake.batches for arrival in batch.arrivals]
    assert fetched == list("hgfedcba")


async def test_reading_marks_nothing_as_read(mailbox: Mailbox) -> None:
    mailbox.append("a")
    await run(mailbox, MemoryIntake())
    assert mailbox.flags() == {1: frozenset()}


async def test_a_fill_may_be_done_in_pieces_and_new_mail_comes_in_between(mailbox: Mailbox) -> None:
    mailbox.append(*"abcdefgh")
    intake = MemoryIntake()
    done = await run(mailbox, intake, fill=1)
    assert done == Done(FolderState.FILLING, new=2, more=True)
    assert intake.subjects() == ["g", "h"]
    mailbox.append("i")
    assert (await run(mailbox, intake, fill=1)).more
    assert intake.subjects() == list("defghi")
    assert await run(mailbox, intake) == Done(FolderState.CURRENT, new=3)
    assert intake.flags() == mailbox.flags()


async def test_a_run_without_changes_stores_nothing(mailbox: Mailbox) -> None:
    mailbox.append(*"abc")
    intake = MemoryIntake()
    await run(mailbox, intake)
    before, batches = intake.snapshot(), len(intake.batches)
    assert await run(mailbox, intake) == Done(FolderState.CURRENT)
    assert intake.snapshot() == before
    assert len(intake.batches) == batches


@pytest.mark.parametrize("prepare", [lambda line: None, without_mod_seq], ids=["qresync", "plain"])
async def test_new_mail_flags_and_removals_are_taken_over(
    mailbox: Mailbox, prepare: Callable[[ImapLine], None]
) -> None:
    first, second, third, *_others = mailbox.append(*"abcdef")
    intake = MemoryIntake()
    await run(mailbox, intake, prepare=prepare)
    mailbox.flag([second], "\\Answered", "\\Seen")
    mailbox.expunge([first, third])
    mailbox.append("g", flags=["\\Flagged"])
    done = await run(mailbox, intake, prepare=prepare)
    assert done == Done(FolderState.CURRENT, new=1)
    assert intake.flags() == mailbox.flags()
    assert intake.subjects() == list("abcdefg"), "history stays"


async def test_a_moved_mail_keeps_its_message(mailbox: Mailbox) -> None:
    uids = mailbox.append(*"ab")
    intake = MemoryIntake()
    await run(mailbox, intake)
    mailbox.move(uids[:1], "日本語")
    await run(mailbox, intake, folder="日本語")
    await run(mailbox, intake)
    assert intake.subjects() == ["a", "b"]
    assert len(intake.flags("日本語")) == 1
    assert intake.flags() == mailbox.flags()


async def test_a_changed_uidvalidity_maps_everything_to_what_is_known(mailbox: Mailbox) -> None:
    mailbox.append(*"abcdef", flags=["\\Seen"])
    intake = MemoryIntake()
    await run(mailbox, intake)
    before = {place.message for place in intake.shelves["INBOX"].places.values()}
    mailbox.renumber(4711)
    done = await run(mailbox, intake, fill=1)
    assert done.state is FolderState.REMAPPING
    assert done.new == 0
    assert sum(place.is_alive for place in intake.shelves["INBOX"].places.values()) == 8, (
        "none is lost meanwhile"
    )
    assert await run(mailbox, intake) == Done(FolderState.CURRENT)
    assert intake.flags() == mailbox.flags()
    assert len(intake.messages) == 6
    living = [place.message for place in intake.shelves["INBOX"].places.values() if place.is_alive]
    assert sorted(living) == sorted(before)


async def test_removed_mail_is_not_revived_by_a_changed_uidvalidity(mailbox: Mailbox) -> None:
    uids = mailbox.append(*"abc")
    intake = MemoryIntake()
    await run(mailbox, intake)
    mailbox.expunge(uids[:1])
    mailbox.renumber(4712)
    await run(mailbox, intake)
    assert len(intake.flags()) == 2
    assert sum(place.is_alive for place in intake.shelves["INBOX"].places.values()) == 2


async def test_odd_message_ids_neither_lose_nor_double_a_mail(mailbox: Mailbox) -> None:
    twin = mailbox.message("twin")
    raws = [
        twin,
        twin,
        mailbox.message("same id, other text", **{"Message-ID": "<same@example.com>"}),
        mailbox.message("same id, third text", **{"Message-ID": "<same@example.com>"}),
        b"Subject: no id\r\n\r\nx\r\n",
        b"Subject: no id either\r\n\r\nx\r\n",
        b"",
        b"no header at all",
        b"Message-ID: <\xff\x00>\r\nSubject: \xa4\xa2\r\n\r\n\x00",
    ]
    uids = mailbox.deliver([raw.replace(b"\0", b"?") for raw in raws if raw])
    intake = MemoryIntake()
    await run(mailbox, intake)
    assert sorted(intake.flags()) == uids
    assert len(intake.messages) == len(uids) - 1, "the same bytes twice are one message at two places"
    mailbox.renumber(4713)
    await run(mailbox, intake)
    assert len(intake.messages) == len(uids) - 1
    assert intake.flags() == mailbox.flags()


async def test_a_hole_is_found_and_filled(mailbox: Mailbox) -> None:
    uids = mailbox.append(*"abcdef")
    intake = MemoryIntake()
    await run(mailbox, intake)
    validity = next(iter(intake.shelves["INBOX"].places))[0]
    del intake.shelves["INBOX"].places[validity, uids[2]]
    await run(mailbox, intake)
    assert intake.flags() == mailbox.flags()


async def test_a_folder_that_went_back_is_read_again_from_there(mailbox: Mailbox) -> None:
    mailbox.append(*"abc")
    kept = mailbox.server.base / f"kept-{mailbox.user}"
    shutil.copytree(mailbox.folder_path("INBOX"), kept)
    mailbox.append("d", "e")
    intake = MemoryIntake()
    await run(mailbox, intake)
    shutil.rmtree(mailbox.folder_path("INBOX"))
    shutil.copytree(kept, mailbox.folder_path("INBOX"))
    for path in [mailbox.folder_path("INBOX"), *mailbox.folder_path("INBOX").rglob("*")]:
        mailbox.server.own(path)
    mailbox.append("f", flags=["\\Seen"])
    await run(mailbox, intake)
    assert intake.flags() == mailbox.flags()
    assert "f" in intake.subjects()


async def test_a_folder_without_uidvalidity_is_refused_with_a_word(mailbox: Mailbox) -> None:
    mailbox.append("a")
    intake = MemoryIntake()
    assert await run(mailbox, intake, prepare=lambda line: told(line, uid_validity=0)) == Done(
        FolderState.REFUSED
    )
    assert "UIDVALIDITY" in intake.shelves["INBOX"].detail
    assert intake.messages == []
    assert (await run(mailbox, intake)).state is FolderState.CURRENT


async def test_a_server_that_counts_wrong_is_not_believed(mailbox: Mailbox) -> None:
    mailbox.append("a")
    mailbox.append("b")
    intake = MemoryIntake()
    await run(mailbox, intake, prepare=lambda line: told(line, exists=4_000_000_000))
    assert intake.batches[-1].cursor.on_server == 2
    liar = {"exists": 4_000_000_000, "uid_next": 4_000_000_001}
    await run(mailbox, intake, prepare=lambda line: told(line, **liar))
    assert intake.batches[-1].cursor.on_server == 2


async def test_a_large_mail_is_fetched_in_pieces_and_a_too_large_one_is_cut(mailbox: Mailbox) -> None:
    large = mailbox.message("large") + b"0123456789abcdef" * 150_000
    too_large = mailbox.message("too large") + b"x" * 3_000_000
    mailbox.deliver([large, mailbox.message("small"), too_large])
    intake = MemoryIntake()
    await run(mailbox, intake, pace=replace(SMALL, largest=2_500_000))
    by_subject = {arrival.mail.subject: arrival for arrival in intake.messages}
    assert by_subject["large"].mail.content_hash == hashlib.sha256(large).hexdigest()
    assert by_subject["large"].problem == ""
    assert len(by_subject["too large"].raw) == 2_500_000
    assert by_subject["too large"].size == len(too_large)
    assert by_subject["too large"].problem
    assert intake.flags() == mailbox.flags()


async def test_a_mail_that_vanishes_during_the_fetch_stops_nothing(mailbox: Mailbox) -> None:
    uids = mailbox.append(*"abcdef")

    def meddle(line: ImapLine) -> None:
        bodies = line.bodies

        def with_a_removal(asked: list[int]) -> dict[int, bytes]:
            if uids[3] in asked:
                mailbox.expunge([uids[3], uids[0]])
            return bodies(asked)

        line.bodies = with_a_removal  # type: ignore[assignment, method-assign]

    intake = MemoryIntake()
    await run(mailbox, intake, prepare=meddle)
    await run(mailbox, intake)
    assert intake.flags() == mailbox.flags()
    assert len(intake.flags()) == 4


async def test_a_mail_the_server_will_not_give_becomes_a_stub(mailbox: Mailbox) -> None:
    def hide(piece: bytes) -> bytes:
        return piece.replace(b"UID 2 BODY[] {", b"UID 2 BODY[x {").replace(
            b"UID 2 BODY[]<0> {", b"UID 2 BODY[x]<0> {"
        )

    mailbox.append(*"abc", flags=["\\Flagged"])
    intake = MemoryIntake()
    with Proxy(mailbox.server.plain_port, rewrite=hide) as proxy:
        await run(mailbox, intake, port=proxy.port)
    stubs = [arrival for arrival in intake.messages if not arrival.raw]
    assert [stub.uid for stub in stubs] == [2]
    assert stubs[0].problem
    assert intake.flags() == mailbox.flags()


async def test_a_mail_that_always_breaks_the_line_is_left_aside_in_the_end(mailbox: Mailbox) -> None:
    mailbox.append(*"abcdef")
    intake, trouble = MemoryIntake(), Trouble()
    line_breaks = 0

    def breaks(line: ImapLine) -> None:
        bodies = line.bodies

        def with_a_break(asked: list[int]) -> dict[int, bytes]:
            nonlocal line_breaks
            if 4 in asked:
                line_breaks += 1
                line.drop()
            return bodies(asked)

        line.bodies = with_a_break  # type: ignore[assignment, method-assign]

    for _attempt in range(10):
        try:
            await run(mailbox, intake, prepare=breaks, trouble=trouble)
        except LineDown:
            continue
        break
    assert line_breaks == 6
    assert intake.flags() == mailbox.flags()
    assert [arrival.uid for arrival in intake.messages if not arrival.raw] == [4]
