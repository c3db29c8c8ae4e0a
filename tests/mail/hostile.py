"""Mail that was made to harm whoever reads it, by name. Also where the fuzzing of the parser begins."""

import base64
from collections.abc import Mapping
from typing import Final

_PLAIN = b"Content-Type: text/plain; charset=utf-8\r\n\r\nx\r\n"
_HTML = b"Subject: page\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
_JAPANESE = base64.b64encode("見積もり①㈱髙".encode("cp932")).decode()


def _nested(depth: int) -> bytes:
    head = b"Subject: nested\r\nMIME-Version: 1.0\r\n"
    opened = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (one, one) for one in range(depth)
    )
    return head + opened + _PLAIN


def _forwarded(depth: int) -> bytes:
    return (
        b"Subject: forwarded\r\n" + b"Content-Type: message/rfc822\r\n\r\nSubject: inner\r\n" * depth + _PLAIN
    )


def _many_parts(number: int) -> bytes:
    part = b"--b\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename=a.txt\r\n\r\nx\r\n"
    return (
        b"Subject: parts\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + part * number + b"--b--\r\n"
    )


def _addressed(number: int) -> bytes:
    line = ",\r\n ".join(f'"N {one}" <n{one}@example.jp>' for one in range(number))
    return f"Subject: to all\r\nMessage-ID: <all@x>\r\nTo: {line}\r\n\r\nx\r\n".encode()


def _words(number: int) -> bytes:
    line = "\r\n ".join(["=?shift_jis?B?" + _JAPANESE + "?="] * number)
    return f"Subject: {line}\r\n\r\nx\r\n".encode()


HOSTILE: Final[Mapping[str, bytes]] = {
    "empty": b"",
    "no header": b"nothing that looks like a header\r\n\r\nx",
    "line breaks in a subject": b"Subject: =?utf-8?Q?a=0D=0ABcc:_x=40y.example?=\r\n\r\nx\r\n",
    "line breaks in an address": b"Subject: a\r\nTo: =?utf-8?Q?a=0D=0ABcc:_?= <x@y.example>\r\n\r\nx\r\n",
    "escape sequences": b"Subject: \x1b]0;x\x07\x9b2J\r\nFrom: \x1b[31m <a@b.example>\r\n\r\n\x1b[2J\x00",
    "marks and directions": b"Subject: a" + "\u0301".encode() * 500 + b"\xe2\x80\xae\r\n\r\nx\r\n",
    "20,000 recipients": _addressed(20_000),
    "20,000 encoded words": _words(20_000),
    "unclosed addresses": b"Subject: a\r\nTo: " + b'"a <(' * 20_000 + b"\r\n\r\nx\r\n",
    "1,000 nested parts": _nested(1_000),
    "1,000 mails in mails": _forwarded(1_000),
    "5,000 parts": _many_parts(5_000),
    "unknown set": b"Subject: =?x-no?B?gqA=?=\r\nContent-Type: text/plain; charset=x-no\r\n\r\n\x82\xa0",
    "a codec that is none": b"Subject: codec\r\nContent-Type: text/plain; charset=rot13\r\n\r\nuryyb\r\n",
    "broken base64": b"Subject: base64\r\nContent-Transfer-Encoding: base64\r\n\r\n" + b"A===\xff" * 5_000,
    "broken uuencode": b"Subject: uu\r\nContent-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 a\r\n\xff\xff",
    "broken encodings": b"Subject: =?utf-8?B?\xff?= =?utf-8?Q?=?= =?\r\n\r\n=?utf-8?Q?=E3\r\n",
    "parameters without end": b"Subject: p\r\nContent-Type: text/plain"
    + b";a*0*=''%" * 10_000
    + b"\r\n\r\nx",
    "escapes of a Japanese set": b"Subject: jis\r\nContent-Type: text/plain; charset=iso-2022-jp\r\n\r\n"
    + b"\x1b$B\x1b(B\x1b$(D\x1b(I" * 20_000,
    "half a character": b"Subject: half\r\nContent-Type: text/plain; charset=iso-2022-jp\r\n\r\n\x1b$BF|K",
    "nested tags": _HTML + b"<div>" * 60_000,
    "one tag of attributes": _HTML + b"<a " + b"b='c' " * 100_000,
    "unclosed quotes": _HTML + b"<a href=\"x'>" * 60_000,
    "unclosed comments": _HTML + b"<!--" * 100_000,
    "open scripts": _HTML + b"<script>" * 60_000 + b"<style>" * 60_000,
    "entities": _HTML + b"&#x1F600;&amp;&nosuch;&#99999999999;" * 20_000,
    "a link that runs": _HTML
    + b'<a href="java\nscript:alert(1)">here</a><a href="https://x.example/">there</a>',
    "one long line": b"Subject: long\r\n\r\n" + b"a" * 2_000_000,
    "lines alone": b"Subject: lines\r\n\r\n" + b"\r\n" * 200_000,
    "nothing but returns": b"Subject: returns\r" + b"\r" * 200_000,
    "a header without end": b"Subject: header\r\nX: " + b"a\r\n " * 60_000,
    "no boundary": b"Subject: b\r\nContent-Type: multipart/mixed\r\n\r\n--\r\n\r\nx\r\n----\r\n",
    "an empty boundary": b'Subject: e\r\nContent-Type: multipart/mixed; boundary=""\r\n\r\n--\r\n\r\nx\r\n--',
    "a date of nowhere": b"Subject: date\r\nDate: Fri, 99 Foo 99999 99:99:99 +9999999\r\n\r\nx\r\n",
    "a path as a name": b"Subject: name\r\nContent-Disposition: attachment;\r\n"
    b' filename="../../etc/passwd\\0\x1b[2J"\r\n\r\nx\r\n',
    "a lone surrogate": b"Subject: =?utf-16?B?2AA=?=\r\nContent-Type: text/html; charset=utf-16\r\n\r\n\x00",
    "flowed": b"Subject: flowed\r\nContent-Type: text/plain; format=flowed\r\n\r\n"
    + b"> " * 100_000
    + b" \r\n" * 9_000,
}
