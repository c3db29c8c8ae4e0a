"""What servers really answer: folder lists, FETCH responses, sets of UIDs, waiting."""

import threading
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui.domain.mail import Tls
from crm_tui.domain.mail_folders import FolderRole
from crm_tui.mail.client import ImapLine, Wake
from crm_tui.mail.errors import ServerSays
from crm_tui.mail.fetching import Fetched, read_fetch
from crm_tui.mail.listing import Line, read_list
from crm_tui.mail.sign_in import Password, Server, open_line
from crm_tui.mail.uids import GREATEST, UidRanges, uid_set
from crm_tui.net.errors import LineDown
from tests.mail.dovecot import Mailbox
from tests.mail.running import line_to
from tests.mail.scripted import ScriptedServer, Talk


def test_folders_have_names_and_roles() -> None:
    lines: list[Line] = [
        b'(\\HasNoChildren) "/" INBOX',
        b'(\\HasNoChildren \\Sent) "/" "&kAFP4W4IMH8-"',
        b'(\\HasNoChildren) "/" "Sent"',
        b'(\\HasNoChildren) "/" "Work/Trash"',
        b'(\\Noselect \\HasChildren) "/" "Work"',
        b'(\\HasNoChildren) "/" "0123"',
        b'(\\HasNoChildren) NIL "with \\"quotes\\" and \\\\"',
        (b'(\\HasNoChildren) "." {12}', b"literal name"),
        b"",
        b'(\\HasNoChildren) "/" "' + "生のまま".encode() + b'"',
        b'(\\HasNoChildren) "/" "' + b"x" * 300 + b'"',
        b"nonsense",
        None,
    ]
    entries = {entry.folder.name: entry for entry in read_list(lines)}
    assert next(iter(entries)) == "INBOX"
    roles = {name: entry.folder.role for name, entry in entries.items() if entry.folder.role}
    assert roles == {
        "INBOX": FolderRole.INBOX,
        "送信済み": FolderRole.SENT,
        "Work/Trash": FolderRole.TRASH,
    }, "a usual name counts only where the server names no folder for the role"
    assert not entries["Work"].folder.can_be_read
    assert set(entries) >= {"0123", 'with "quotes" and \\', "literal name", "生のまま"}
    assert entries["送信済み"].wire_name == b"&kAFP4W4IMH8-"
    assert len(entries) == 9


def test_a_fetch_response_counts_only_for_the_uid_it_names() -> None:
    lines: list[Line] = [
        (
            b'1 (UID 7 FLAGS (\\Seen $Kw \\Recent) INTERNALDATE " 2-Nov-2026 09:00:00 +0900" BODY[] {3}',
            b"a c",
        ),
        b" RFC822.SIZE 3)",
        b"7 (FLAGS (\\Deleted))",
        b'2 (BODY[] "say \\"x\\"" UID 8)',
        b"3 (UID 9 BODY[] NIL)",
        b'4 (UID 10 INTERNALDATE "99-Foo-0000 99:99:99 +9999" FLAGS ())',
        (b"5 (UID 11 BODY[]<0> {5}", b" UID 9"),
        b")",
    ]
    seen, quoted, empty, undated, piece = read_fetch(lines)
    assert seen == Fetched(7, frozenset({"\\Seen", "$Kw"}), datetime(2026, 11, 2, tzinfo=UTC), 3, b"a c")
    assert quoted == Fetched(8, body=b'say "x"')
    assert empty == Fetched(9)
    assert undated == Fetched(10, frozenset())
    assert piece == Fetched(11, body=b" UID 9")


@given(st.sets(st.integers(1, 60)))
def test_a_set_of_uids_is_read_as_it_was_written(uids: set[int]) -> None:
    ranges = UidRanges.read(uid_set(uids).decode())
    assert ranges.within(range(1, 70)) == sorted(uids)


def test_four_milliards_of_uids_cost_nothing() -> None:
    assert UidRanges.read(f"5:{GREATEST},1").within([1, 2, 5, 4_000_000_000]) == [1, 5, 4_000_000_000]
    assert UidRanges.read("9:7").within(range(20)) == [7, 8, 9]


@pytest.mark.parametrize("text", ["a", "1:2:3", "-1", "1;2", "1:"])
def test_nonsense_is_no_set_of_uids(text: str) -> None:
    with pytest.raises(ValueError, match="set"):
        UidRanges.read(text)


def test_idle_tells_of_new_mail_and_can_be_ended(mailbox: Mailbox) -> None:
    line = line_to(mailbox)
    line.examine("INBOX")
    assert line.idle(0.05) is Wake.TIME
    line.wake()
    assert line.idle(30) is Wake.WOKEN
    delivery = threading.Thread(target=mailbox.append, args=("new",))
    delivery.start()
    assert line.idle(30) is Wake.CHANGED
    delivery.join()
    assert len(line.uids()) == 1, "the line is good for the next command"
    line.close()


def test_a_line_that_ends_while_waiting_is_down_at_once(mailbox: Mailbox) -> None:
    line = line_to(mailbox)
    line.examine("INBOX")
    cut = threading.Timer(0.1, line.drop)
    cut.start()
    with pytest.raises(LineDown):
        line.idle(30)
    cut.join()
    with pytest.raises(LineDown):
        line.noop()


def test_a_refused_command_leaves_the_line_good(mailbox: Mailbox) -> None:
    line = line_to(mailbox)
    with pytest.raises(ServerSays, match="missing"):
        line.examine("missing")
    assert line.examine("INBOX").exists == 0
    line.close()


def scripted_line(server: ScriptedServer) -> ImapLine:
    """Sign in at a scripted server."""
    return open_line(
        Server("127.0.0.1", server.port, Tls.NONE, ["127.0.0.1"], None, 5, 5), Password("hanako", "x")
    )


def signs_in(talk: Talk, capabilities: bytes = b"IDLE") -> None:
    """Play the server until the client is signed in."""
    talk.say(b"* OK hello")
    talk.capabilities(b"")
    tag, _login = talk.hear()
    talk.say(tag + b" OK in")
    talk.capabilities(capabilities)


def test_half_a_line_during_idle_is_waited_for() -> None:
    def stutters(talk: Talk) -> None:
        signs_in(talk)
        tag, _idle = talk.hear()
        talk.raw(b"+ idling\r\n* OK Still here\r\n* 5 EX")
        talk.raw(b"ISTS\r\n")
        assert talk.hear()[0] == b"DONE"
        talk.say(tag + b" OK done")

    with ScriptedServer(stutters) as server:
        line = scripted_line(server)
        line._wire.state = "SELECTED"
        assert line.idle(10) is Wake.CHANGED
        line.drop()


@pytest.mark.parametrize(
    "answer",
    [
        b"* 1 FETCH (UID 1 BODY[] {999999999999}\r\n",
        b"* SEARCH one two\r\n",
        b"+ what?\r\n* BYE\r\n",
        b"\xff\xfe\r\n",
        b"* OK [UIDVALIDITY\r\n" * 3 + b"zz",
    ],
)
def test_an_answer_that_makes_no_sense_ends_the_connection(answer: bytes) -> None:
    def babbles(talk: Talk) -> None:
        signs_in(talk)
        tag, _command = talk.hear()
        talk.raw(answer + tag + b" OK done\r\n")
        talk.close()

    with ScriptedServer(babbles) as server:
        line = scripted_line(server)
        line._wire.state = "SELECTED"
        with pytest.raises(LineDown):
            line.uids()
        assert line.is_down
