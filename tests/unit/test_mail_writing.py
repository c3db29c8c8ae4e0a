"""Answers, forwarded mail, lists of addressees, and mail as bytes."""

import email
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email import policy

import pytest

from crm_tui.domain.addressees import Addressee, read_addressees, typed_line
from crm_tui.domain.mail import MailAddress, MailAssociation, MailAttachment, MailMessage, MailRow, Source
from crm_tui.domain.mail_composing import ComposedFile, Letter, compose, flowed
from crm_tui.domain.mail_prediction import Direction
from crm_tui.domain.mail_writing import (
    MailDraft,
    WritingKind,
    checked,
    forwarded,
    prefixed,
    reply_to,
    thread_of,
)
from crm_tui.errors import Invalid
from crm_tui.i18n import LANGUAGES, spoken
from crm_tui.mail.parsing.message import parse
from screens.mail_text import text_lines

TOKYO = timezone(timedelta(hours=9))
AT = datetime(2026, 11, 22, 4, 30, tzinfo=UTC)
ME = "me@ours.example"


def message(*lines: tuple[str, str], subject: str = "見積もり", text: str = "本文\n> 前の文") -> MailMessage:
    addresses = tuple(MailAddress(role, *reversed(split(one))) for role, one in lines)
    row = MailRow(
        id="m1",
        version=1,
        subject=subject,
        date=AT,
        direction=Direction.RECEIVED,
        source=Source.IMAP,
        snippet="",
        thread_id="t",
        counterpart=None,
        association=MailAssociation(),
        has_attachments=True,
        is_seen=True,
        holders=(),
    )
    attachment = MailAttachment("a1", "見積.pdf", "application/pdf", 10, "2")
    return MailMessage(row, "b@x", "a@x", ("a@x",), addresses, text, False, 10, "", (attachment,), (), ())


def split(one: str) -> tuple[str, str]:
    name, _bracket, rest = one.rpartition("<")
    return name.strip(), rest.rstrip(">")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("a@x.jp", [("a@x.jp", "")]),
        ("a@x.jp,b@x.jp; c@x.jp", [("a@x.jp", ""), ("b@x.jp", ""), ("c@x.jp", "")]),
        ('"Tanaka, Ichiro" <t@x.jp>', [("t@x.jp", "Tanaka, Ichiro")]),
        ("田中 一郎 <t@x.jp>、森＜ｍ＠ｘ.jp＞；", [("t@x.jp", "田中 一郎"), ("m@x.jp", "森")]),
        ("Sales: a@x.jp, B <b@x.jp>; c@x.jp", [("a@x.jp", ""), ("b@x.jp", "B"), ("c@x.jp", "")]),
        ("undisclosed-recipients:;", []),
        ("a@x.jp, A <A@X.jp>", [("a@x.jp", "")]),
        ("a..b.@docomo.example", [("a..b.@docomo.example", "")]),
        ("山田@例え.jp", [("山田@例え.jp", "")]),
        (r'"a \"b\"" <t@x.jp>', [("t@x.jp", 'a "b"')]),
    ],
)
def test_lists_of_addressees(typed: str, expected: list[tuple[str, str]]) -> None:
    found, problems = read_addressees(typed)
    assert ([(one.email, one.name) for one in found], problems) == (expected, ())
    assert read_addressees(typed_line(found)) == (found, ())


@pytest.mark.parametrize(
    "typed",
    [
        "tanaka",
        "Tanaka, Ichiro <t@x.jp>",
        "a@@x.jp",
        "a@x_.jp, a b@x.jp",
        "a@",
        "@x.jp",
        "a@-x.jp",
        "<a@x.jp>b@x.jp\nBcc: c@x.jp",
        "a@x.jp\rb",
        "a@x\x00.jp",
        "a@x.jp\u2028Bcc: b@x.jp",
        f"{'a' * 65}@x.jp",
        "a@x.jp <b@x.jp> <c@x.jp>",
    ],
)
def test_what_is_no_address_is_told_in_one_sentence_each(typed: str) -> None:
    _found, problems = read_addressees(typed)
    assert len(problems) == 1 + typed.startswith("a@x_.jp")
    with pytest.raises(Invalid) as refused:
        checked(MailDraft(to=typed))
    assert list(refused.value.fields) == ["to"]


def test_a_draft_is_checked_as_a_whole() -> None:
    envelope = checked(MailDraft(to="a@x.jp", cc="A@x.jp, b@x.jp", bcc="b@x.jp, c@x.jp"))
    assert [[one.email for one in line] for line in (envelope.to, envelope.cc, envelope.bcc)] == [
        ["a@x.jp"],
        ["b@x.jp"],
        ["c@x.jp"],
    ]
    for draft, field in (
        (MailDraft(subject="s"), "to"),
        (MailDraft(to="a@x.jp", subject="s\r\nBcc: b@x.jp"), "subject"),
        (MailDraft(to="a@x.jp", subject="s" * 1001), "subject"),
        (MailDraft(to=",".join(f"a{number}@x.jp" for number in range(101))), "to"),
        (MailDraft(to="a@x.jp", text="t" * 1_000_001), "text"),
    ):
        with pytest.raises(Invalid) as refused:
            checked(draft)
        assert list(refused.value.fields) == [field]


def test_an_answer_goes_to_whom_the_sender_asked_for() -> None:
    received = message(
        ("from", "田中 <tanaka@x.jp>"),
        ("to", ME),
        ("to", "Boss, The <boss@ours.example>"),
        ("cc", "tanaka@x.jp"),
        ("cc", "cc@x.jp"),
        ("cc", "Me@Ours.example"),
    )
    draft = reply_to(received, [ME], zone=TOKYO)
    assert (draft.to, draft.cc, draft.kind, draft.answers) == (
        "田中 <tanaka@x.jp>",
        "",
        WritingKind.REPLY,
        "m1",
    )
    assert draft.subject == "Re: 見積もり"
    assert draft.text == "\n\n田中 <tanaka@x.jp> wrote on 2026-11-22 13:30:\n> 本文\n>> 前の文\n"
    draft = reply_to(received, [ME], everybody=True)
    assert (draft.to, draft.cc) == ('田中 <tanaka@x.jp>, "Boss, The" <boss@ours.example>', "cc@x.jp")
    asked = replace(received, addresses=(*received.addresses, MailAddress("reply_to", "desk@x.jp")))
    assert reply_to(asked, [ME]).to == "desk@x.jp"
    assert thread_of(received) == ("b@x", ("a@x", "b@x"))


def test_an_answer_to_ones_own_mail_goes_to_whom_it_went() -> None:
    sent = message(("from", ME), ("to", "tanaka@x.jp"), ("cc", "cc@x.jp"))
    assert reply_to(sent, [ME]).to == "tanaka@x.jp"
    draft = reply_to(sent, [ME], everybody=True)
    assert (draft.to, draft.cc) == ("tanaka@x.jp", "cc@x.jp")
    to_oneself = message(("from", ME), ("to", ME))
    assert reply_to(to_oneself, [ME]).to == ME


def test_a_hostile_sender_writes_no_header_of_an_answer() -> None:
    draft = reply_to(message(("from", '"x", <victim@x.jp>, evil" <evil@x.jp>'), subject="a\nBcc: b@x.jp"), [])
    assert [one.email for one in checked(draft).to] == ["evil@x.jp"]
    assert draft.subject == "Re: a Bcc: b@x.jp"


def test_a_forwarded_mail_takes_its_attachments_along() -> None:
    draft = forwarded(message(("from", "田中 <tanaka@x.jp>"), ("to", ME)), zone=TOKYO)
    assert (draft.to, draft.subject, draft.attachments) == ("", "Fwd: 見積もり", ("a1",))
    assert "From: 田中 <tanaka@x.jp>\nDate: 2026-11-22 13:30\n" in draft.text
    assert "本文" in draft.text


@pytest.mark.parametrize("spoken_by_sender", LANGUAGES)
def test_what_is_forwarded_in_any_language_is_folded_away(spoken_by_sender: str) -> None:
    with spoken(spoken_by_sender):
        draft = forwarded(message(("from", "tanaka@x.jp"), ("to", ME)), zone=TOKYO)
    lines = text_lines(f"FYI{draft.text}", 80, unfolded=False)
    assert [line.text for line in lines[:2]] == ["FYI", ""]
    assert lines[-1].style == "muted"
    assert len(lines) == 3


@pytest.mark.parametrize(
    ("subject", "prefix", "expected"),
    [
        ("a", "Re:", "Re: a"),
        ("Re: RE: Re[2]: re^3: 返信: Re：返信：a", "Re:", "Re: a"),
        ("Fwd: Re: a", "Re:", "Re: Fwd: Re: a"),
        ("FW: fwd: 転送: Fwd[2]: a", "Fwd:", "Fwd: a"),
        ("Regarding: a", "Re:", "Re: Regarding: a"),
        ("", "Re:", "Re:"),
    ],
)
def test_a_subject_has_its_prefix_once(subject: str, prefix: str, expected: str) -> None:
    assert prefixed(subject, prefix) == expected


def test_the_quotation_speaks_the_language_of_the_agent() -> None:
    with spoken("ja"):
        assert "2026年11月22日(日) 13:30" in reply_to(message(("from", "t@x.jp")), [], zone=TOKYO).text


def letter(**more: object) -> Letter:
    plain = Letter(
        Addressee("me@ours.example", "山田 太郎"),
        [Addressee("t@x.jp", "田中, 一郎"), Addressee("b@x.jp", "Brown, B. (Tokyo)")],
        [Addressee("c@日本.jp")],
        "件名: " + "長い件名です。" * 12,
        "本文です。\n.\nFrom here\n",
        "id@ours.example",
        datetime(2026, 11, 22, 13, 30, tzinfo=TOKYO),
    )
    return replace(plain, **more)  # type: ignore[arg-type]


def test_a_mail_is_read_as_it_was_written_by_others_and_by_us() -> None:
    content = bytes(range(256)) * 3
    name = "お見積書（改訂版）2026年11月分・株式会社山田製作所様.xlsx"
    files = [ComposedFile(name, "application/x", content), ComposedFile('a "b".txt', "text/plain", b"x")]
    raw = compose(letter(files=files, in_reply_to="a@x", references=["r@x", "a@x"]))
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 78
    assert re.search(rb"[^\r]\n|\r[^\n]", raw) is None
    theirs = email.message_from_bytes(raw, policy=policy.default)
    assert theirs["subject"] == letter().subject
    assert [(one.display_name, one.addr_spec) for one in theirs["to"].addresses] == [
        ("田中, 一郎", "t@x.jp"),
        ("Brown, B. (Tokyo)", "b@x.jp"),
    ]
    assert theirs["cc"].addresses[0].addr_spec == "c@xn--wgv71a.jp"
    assert theirs["date"].datetime == AT
    assert theirs.get_body().get_content().splitlines() == ["本文です。", ".", " From here"]  # type: ignore[union-attr]
    assert [(one.get_filename(), one.get_content()) for one in theirs.iter_attachments()] == [
        (name, content),
        ('a "b".txt', "x"),
    ]
    ours = parse(raw)
    assert (ours.subject, ours.in_reply_to, ours.references) == (letter().subject, "a@x", ("r@x", "a@x"))
    assert [one.name for one in ours.to] == ["田中, 一郎", "Brown, B. (Tokyo)"]
    assert [one.name for one in ours.attachments] == [name, 'a "b".txt']
    assert compose(letter(files=files)) == compose(letter(files=files))


@pytest.mark.parametrize(
    "more",
    [
        {"subject": "a\r\nBcc: b@x.jp"},
        {"sender": Addressee("me@ours.example", "a\nBcc: b@x.jp")},
        {"to": [Addressee("a@x.jp>\r\nBcc: <b@x.jp")]},
        {"references": ["a>\r\nBcc: b@x.jp"]},
        {"files": [ComposedFile("a\r\nBcc: b", "text/plain", b"")]},
    ],
)
def test_nothing_begins_another_header(more: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="control"):
        compose(letter(**more))


def test_long_lines_are_broken_softly_and_joined_again() -> None:
    words = "word " * 60
    text = f"{words}\n> {words}\n indented\n\n-- \nname"
    sent = flowed(text)
    lines = sent.split("\n")
    assert max(len(line) for line in lines if not line.startswith(">")) <= 76
    joined = re.sub(r"(?m)^ ", "", sent.replace("-- \n", "--_\n").replace(" \n", " "))
    assert joined == f"{words.rstrip()}\n> {words.rstrip()}\n indented\n\n--_\nname"
    assert flowed("見積もり" * 50) == "見積もり" * 50
