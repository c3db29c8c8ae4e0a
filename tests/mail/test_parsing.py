"""What an agent reads of a message, whatever program wrote it."""

import base64
import random
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_tui.mail.parsing.addresses import Address, addresses
from crm_tui.mail.parsing.charsets import decode
from crm_tui.mail.parsing.headers import decode_header, message_ids, parameters
from crm_tui.mail.parsing.html_text import text_of_html
from crm_tui.mail.parsing.limits import Limits
from crm_tui.mail.parsing.message import parse
from tests.fuzz.mail_parser import TARGET, check

CORPUS = TARGET.corpus()


def _word(data: bytes, charset: str) -> str:
    return f"=?{charset}?B?{base64.b64encode(data).decode()}?="


@pytest.mark.parametrize(
    ("data", "label", "text"),
    [
        ("㈱山田商会 髙橋 ①".encode("cp932"), "Shift_JIS", "㈱山田商会 髙橋 ①"),
        ("表示 能力".encode("cp932"), "x-sjis", "表示 能力"),
        ("日本語の件名".encode("iso2022_jp"), "ISO-2022-JP", "日本語の件名"),
        (b"\x1b$B\x2d\x21\x2d\x6a\x1b(B ok", "iso-2022-jp", "①㈱ ok"),
        (b"\x1b(I1234\x1b(B", "iso-2022-jp", "ｱｲｳｴ"),
        (b"\x1b$BF|K\\8l", "iso-2022-jp", "日本語"),
        ("日本語の件名".encode("iso2022_jp"), "us-ascii", "日本語の件名"),
        ("見積もりです".encode("euc_jp") + b"\xad\xa1", "EUC-JP", "見積もりです①"),
        ("見積もりです".encode(), "us-ascii", "見積もりです"),
        ("見積もりです".encode("cp932"), "", "見積もりです"),
        ("見積もりです".encode("euc_jp"), "unknown-8bit", "見積もりです"),
        ("grüße".encode("latin-1"), "", "grüße"),
        ("見積".encode(), "x-no-such-thing", "見積"),
        (b"YWJj", "base64", "YWJj"),
        (b"\xffabc", "utf-8", "\N{REPLACEMENT CHARACTER}abc"),
    ],
)
def test_bytes_are_read_in_the_set_they_are_in(data: bytes, label: str, text: str) -> None:
    assert decode(data, label) == text


@given(st.text(st.characters(codec="iso2022_jp"), max_size=40))
def test_iso_2022_jp_is_read_like_python_reads_it(text: str) -> None:
    """But for six signs that Windows maps to their full-width twins."""
    twins = str.maketrans("〜‖−¢£¬", "～∥－￠￡￢")
    plain = "".join(c for c in text if c not in "\x1b\r\n¥‾\x0e\x0f")
    assert decode(plain.encode("iso2022_jp"), "iso-2022-jp") == plain.translate(twins)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (_word("見積".encode()[:4], "UTF-8") + "\r\n " + _word("見積".encode()[4:], "utf-8"), "見積"),
        (_word("見積".encode("iso2022_jp"), "ISO-2022-JP") + " Re: x", "見積 Re: x"),
        ("=?utf-8?Q?a b=E3=81=82_c?=", "a bあ c"),
        ("=?utf-8*ja?B?44GC?=", "あ"),
        ("=?utf-8?B?44GC?=x=?utf-8?B?44GE?=", "あxい"),
        ("=?utf-8?B?44G?=", "\N{REPLACEMENT CHARACTER}"),
        ("件名".encode().decode("ascii", "surrogateescape"), "件名"),
        ("件名です".encode("cp932").decode("ascii", "surrogateescape"), "件名です"),
        ("a\r\n\tb", "a b"),
    ],
)
def test_headers_are_decoded_also_broken_ones(raw: str, text: str) -> None:
    assert decode_header(raw) == text


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("attachment; filename*0*=utf-8''%E8%A6%8B; filename*1*=%E7%A9%8D; filename*2=.pdf", "見積.pdf"),
        ("attachment; filename*=iso-2022-jp'ja'%1B$B8+@Q%1B(B.pdf", "見積.pdf"),
        (f'attachment; filename="{_word("見積".encode(), "UTF-8")}.pdf"', "見積.pdf"),
        (r'attachment; filename="a\"b.pdf"', 'a"b.pdf'),
        ("attachment; filename=plain.pdf; size=3", "plain.pdf"),
    ],
)
def test_file_names_are_read_in_every_writing(raw: str, name: str) -> None:
    assert parameters(raw)["filename"] == name


def test_addresses_are_read_with_names_groups_and_nonsense_between() -> None:
    name = _word("山田, 太郎".encode(), "UTF-8")
    line = f'{name} <Yamada@Example.JP>, "Sato, Hanako" <sato@x.jp>, team: a@b.c, (Boss) d@e.f;, bad, <x@y z>'
    assert addresses(line) == (
        Address("yamada@example.jp", "山田, 太郎"),
        Address("sato@x.jp", "Sato, Hanako"),
        Address("a@b.c", ""),
        Address("d@e.f", "Boss"),
    )


@pytest.mark.parametrize("address", ["taro..da@docomo.ne.jp", "taro.@ezweb.ne.jp"])
def test_addresses_of_japanese_telephones_that_no_standard_allows(address: str) -> None:
    assert addresses(f"<{address}>") == (Address(address, ""),)


def test_ids_of_a_thread_are_kept_in_order_and_once() -> None:
    assert message_ids("<a@b> <c@\r\n d>\t<a@b> junk") == ("a@b", "c@d")


def test_html_reads_as_text_with_its_links_and_runs_nothing() -> None:
    source = (
        "<html><head><title>t</title><style>p{}</style></head><body><p>こんにちは&nbsp;<b>山田</b>様</p>"
        '<div>a<br>b</div><a href="https://x.example/?a=1&amp;b=2">ここ</a><a href="javascript:x">js</a>'
        "<ul><li>1<li>2</ul>3 < 4<script>alert(1)</script><!-- c --><img src='https://t.example/x.gif'></body>"
    )
    assert text_of_html(source) == (
        "こんにちは 山田様\n\na\nb\nここ <https://x.example/?a=1&b=2>js\n\n- 1\n- 2\n3 < 4"
    )


@pytest.mark.parametrize(
    "bomb", ["<div>" * 50_000, "<" * 200_000, "<a b='" * 50_000, "<!--" * 50_000, '<a title="\'">' * 30_000]
)
def test_html_made_to_hang_readers_is_read(bomb: str) -> None:
    assert text_of_html(f"before{bomb}").startswith("before")


def _mail() -> EmailMessage:
    mail = EmailMessage()
    mail["Subject"] = "見積もりの件"
    mail["From"] = "山田 <yamada@x.jp>"
    mail["Date"] = "Sat, 21 Nov 2026 14:05:00 +0900"
    mail["Message-ID"] = "<2@x>"
    mail["References"] = "<0@x>"
    mail["In-Reply-To"] = "<1@x>"
    mail.set_content("こんにちは\nよろしく", charset="iso-2022-jp")
    return mail


def test_a_message_with_alternatives_and_an_attachment() -> None:
    mail = _mail()
    mail.add_alternative("<p>HTML</p>", subtype="html")
    mail.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="../../etc/見積.pdf")
    found = parse(mail.as_bytes())
    assert (found.subject, found.text, found.is_html) == ("見積もりの件", "こんにちは\nよろしく", False)
    assert found.date == datetime(2026, 11, 21, 5, 5, tzinfo=UTC)
    assert (found.message_id, found.references) == ("2@x", ("0@x", "1@x"))
    assert [(part.name, part.part) for part in found.attachments] == [("見積.pdf", "2")]


def test_html_is_taken_where_the_plain_text_says_nothing() -> None:
    mail = EmailMessage()
    mail.set_content(" \n")
    mail.add_alternative("<p>本文</p>", subtype="html", charset="cp932")
    assert (parse(mail.as_bytes()).text, parse(mail.as_bytes()).is_html) == ("本文", True)


def test_a_forwarded_message_is_an_attachment_with_its_subject() -> None:
    mail, inner = _mail(), EmailMessage()
    inner["Subject"] = "古い件"
    inner.set_content("inside")
    mail.add_attachment(inner)
    found = parse(mail.as_bytes())
    assert "inside" not in found.text
    assert [part.name for part in found.attachments] == ["古い件.eml"]


def test_nesting_without_end_leaves_the_headers() -> None:
    deep = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(3_000))
    found = parse(b"Subject: deep\n" + deep)
    assert found.subject == "deep"
    assert found.problem


def test_what_is_left_out_is_told() -> None:
    parts = b"--b\nContent-Type: image/png\n\nx\n" * 50
    many = b"Content-Type: multipart/mixed; boundary=b\n\n" + parts
    found = parse(many, Limits(attachments=10))
    assert len(found.attachments) == 10
    assert found.problem
    long = parse(b"Subject: x\n\n" + b"a" * 1_000, Limits(text=100))
    assert (len(long.text), bool(long.problem)) == (100, True)


@given(st.binary(max_size=400))
def test_anything_is_kept_with_its_hash_and_size(raw: bytes) -> None:
    found = parse(raw)
    assert found.size == len(raw)
    assert len(found.content_hash) == 64
    assert "\0" not in found.text


@given(st.integers(0, 2**32), st.sampled_from(range(len(CORPUS))))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_mutations_of_hostile_mail_keep_every_expectation(seed: int, number: int) -> None:
    check(TARGET.mutated(CORPUS[number][:4_000], random.Random(seed), CORPUS))
