"""The line of addressees of a mail that is being written."""

import pytest

from crm_tui.domain.addressees import read_addressees, span_at, written
from crm_tui.domain.mail import MailAddress


def test_names_addresses_and_wide_letters_are_read_and_nobody_stands_twice() -> None:
    line = 'a@b.example, 田中 太郎 <ｔａｒｏ＠tanaka.example>、"Doe, Jane" <jane@acme.example>; A@b.example,'
    read = read_addressees("to", line)
    assert read.bad == ()
    assert [(one.name, one.email) for one in read.found] == [
        ("", "a@b.example"),
        ("田中 太郎", "taro@tanaka.example"),
        ("Doe, Jane", "jane@acme.example"),
    ]


@pytest.mark.parametrize("bad", ["taro@", "田中", "a@b", "a b@c.example", "<>"])
def test_what_is_no_address_is_named(bad: str) -> None:
    read = read_addressees("cc", f"a@b.example, {bad}")
    assert (read.bad, len(read.found)) == ((bad,), 1)


@pytest.mark.parametrize("name", ["", "田中 太郎", "Doe, Jane", 'A "B" C', "x;y", "a@b", "a\\b"])
def test_what_is_written_is_read_again(name: str) -> None:
    read = read_addressees("to", f"{written(MailAddress('to', 'a@b.example', name))}, c@d.example")
    assert [one.email for one in read.found] == ["a@b.example", "c@d.example"]
    assert read.found[0].name == name.replace('"', "").replace("\\", "")


def test_the_part_under_the_cursor_is_what_is_being_typed() -> None:
    line = '"Doe, Jane" <j@a.example>, tana, c@d.example'
    start, end = span_at(line, line.index("tana") + 2)
    assert line[start:end] == "tana"
    assert span_at("a@b.example, ", 13) == (13, 13)
