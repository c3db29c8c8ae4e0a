"""The three tables of Outlook's fields: every row, from every kind of file, with its length."""

from datetime import UTC, date, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest

from crm_tui.domain.imports.batches import Shortened
from crm_tui.domain.outlook.fields import ATTENDEES, FIELDS, NO_FIELD, OutlookField
from crm_tui.domain.outlook.fitting import COMPANY, READING, fitted, limit_of
from crm_tui.domain.outlook.headings import LISTS, heading_key, likeliest, recognised
from crm_tui.domain.outlook.items import Attendee, ItemKind, OutlookItem
from crm_tui.domain.picklists import DEFAULTS, Picklists
from crm_tui.domain.schema import FIELDS as OURS
from crm_tui.domain.validation import Context
from crm_tui.sync.files.days import DayOrder
from crm_tui.sync.files.facts import Property, RawItem, TableRow
from crm_tui.sync.outlook.calendars import entry_of
from crm_tui.sync.outlook.cards import contact_of
from crm_tui.sync.outlook.tables import OutlookTable

TOKYO = ZoneInfo("Asia/Tokyo")
CONTEXT = Context(datetime(2026, 7, 15, 12, tzinfo=UTC), Picklists(DEFAULTS))

LENGTHS = {
    ItemKind.CONTACT: {
        **{"first_name": 40, "last_name": 80, "title": 100, "account": 200, "department": 50, "phone": 50},
        **{"home_phone": 30, "other_phone": 30, "fax": 30, "mobile": 30, "assistant": 50},
        **{"assistant_phone": 30, "reports_to": 50, "description": 32_000},
        **{f"{prefix}_street": 250 for prefix in ("mailing", "other")},
        **{
            f"{prefix}_{part}": 30
            for prefix in ("mailing", "other")
            for part in ("city", "state", "postal_code", "country")
        },
    },
    ItemKind.TASK: {"subject": 255, "description": 32_000},
    ItemKind.EVENT: {"subject": 255, "location": 255, "description": 32_000},
}
"""Lengths as the plug-in's documentation has them."""

VALUES: dict[str, tuple[str, object]] = {
    "email": ("Taro@A.example", "Taro@A.example"),
    "due_date": ("2026/8/20", date(2026, 8, 20)),
    NO_FIELD: ("2026/8/20", None),
    "birthday": ("1980/2/29", date(1980, 2, 29)),
    "priority": ("高", "high"),
    "status": ("進行中", "in_progress"),
    "starts_at": ("2026/8/3", datetime(2026, 8, 3, 5, 0, tzinfo=UTC)),
    "ends_at": ("2026/8/3", datetime(2026, 8, 3, 6, 30, tzinfo=UTC)),
    "all_day": ("False", False),
}
"""What stands in a cell, and what becomes of it; any other field has a text."""


def rows() -> list[tuple[ItemKind, OutlookField]]:
    return [(kind, one) for kind in ItemKind for one in FIELDS[kind]]


def names(value: object) -> str:
    return value.name if isinstance(value, OutlookField) else str(value)


@pytest.mark.parametrize("language", [0, 1], ids=["en", "ja"])
@pytest.mark.parametrize(("kind", "one"), rows(), ids=names)
def test_a_column_becomes_its_field(kind: ItemKind, one: OutlookField, language: int) -> None:
    text, expected = VALUES.get(one.name, ("０１２ 値", "０１２ 値"))
    times = {"開始日": "2026/8/3", "開始時刻": "14:00:00", "終了時刻": "15:30:00"}
    if not language:
        times = {"Start Date": "2026/8/3", "Start Time": "2:00:00 PM", "End Time": "3:30:00 PM"}
    own = one.japanese if language else one.english
    cells = {own[0]: text, **(times if kind is ItemKind.EVENT else {})}
    table = OutlookTable(kind, tuple(cells), DayOrder.YEAR_FIRST, TOKYO, is_text=True)
    item = table.item(TableRow(2, tuple(cells.values())))
    assert item.problem == ""
    if one.name == NO_FIELD:
        assert item.raw == {"start_date": "2026-08-20"}
    elif one.name == ATTENDEES:
        assert item.attendees == (Attendee("", "０１２ 値"),)
    else:
        assert item.values[one.name] == expected


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind in ItemKind for name in LENGTHS[kind]])
def test_what_is_too_long_is_cut_at_its_length_and_told(kind: ItemKind, name: str) -> None:
    limit = LENGTHS[kind][name]
    needed = {"starts_at": date(2026, 8, 3), "all_day": True} if kind is ItemKind.EVENT else {}
    for length, told in ((limit, ()), (limit + 1, (Shortened(name, limit + 1, limit),))):
        item = OutlookItem(kind, 1, {name: "9" * length, **needed})
        made = fitted(item, OURS[kind.module], CONTEXT)
        assert made.values[name] == "9" * limit
        assert made.shortened == told
        assert made.left_out == {}


def test_the_tables_have_those_lengths_and_no_others() -> None:
    for kind in ItemKind:
        own = {one.name: one.maximum for one in FIELDS[kind] if one.maximum}
        extra = {"last_name_kana": 80, "first_name_kana": 80, READING: 200}
        assert own == {**LENGTHS[kind], **(extra if kind is ItemKind.CONTACT else {})}


def test_no_field_is_shorter_than_its_table_says() -> None:
    for kind, one in rows():
        ours = next((each for each in OURS[kind.module] if each.name == one.name), None)
        if ours is not None and one.maximum and one.name != COMPANY:
            assert limit_of(kind, ours) == one.maximum


def test_a_text_is_not_cut_within_a_character() -> None:
    item = OutlookItem(ItemKind.TASK, 1, {"subject": "a" * 254 + "x\u0323"})
    made = fitted(item, OURS[ItemKind.TASK.module], CONTEXT)
    assert made.values["subject"] == "a" * 254
    assert made.shortened == (Shortened("subject", 256, 255),)


def test_a_mail_address_that_is_none_is_left_out_and_told() -> None:
    item = OutlookItem(ItemKind.CONTACT, 1, {"last_name": "A", "email": "/o=Exchange/ou=x/cn=taro"})
    made = fitted(item, OURS[ItemKind.CONTACT.module], CONTEXT)
    assert "email" not in made.values
    assert "/o=Exchange" in made.left_out["email"]


# What a file has


@pytest.mark.parametrize(("kind", "headings"), LISTS)
def test_outlooks_lists_are_recognised(kind: ItemKind, headings: tuple[str, ...]) -> None:
    fewer = headings[: int(len(headings) * 0.81) + 1]
    assert recognised(headings) is kind
    assert recognised([one.upper().replace(" ", "\u3000") for one in fewer]) is kind
    assert recognised(headings[: len(headings) // 2]) is None


def test_every_heading_of_a_field_is_one_of_outlooks() -> None:
    known = {heading_key(name) for _kind, names_ in LISTS for name in names_}
    for _kind, one in rows():
        for name in (*one.english, *one.japanese):
            assert heading_key(name) in known, name


@pytest.mark.parametrize(
    ("headings", "kind"),
    [
        (("First Name", "Last Name", "E-mail Address"), ItemKind.CONTACT),
        (("電子メール アドレス", "会社名"), ItemKind.CONTACT),
        (("Subject", "Due Date", "Status"), ItemKind.TASK),
        (("件名", "期限"), ItemKind.TASK),
        (("Subject", "Start Date", "Start Time", "End Date", "End Time"), ItemKind.EVENT),
        (("件名", "開始日", "終了日", "場所"), ItemKind.EVENT),
        (("Colour", "Size"), None),
    ],
)
def test_a_few_columns_tell_what_a_file_has(headings: tuple[str, ...], kind: ItemKind | None) -> None:
    assert likeliest(headings) is kind


# Address cards


def prop(value: str, *types: str, parts: tuple[str, ...] = (), **found: Any) -> Property:
    own: Property = {"value": value, "params": {"TYPE": list(types)} if types else {}}
    if parts:
        own["parts"] = list(parts)
    return cast(Property, {**own, **found})


CARD: dict[str, list[Property]] = {
    "N": [prop("", parts=("田中", "太郎"))],
    "EMAIL": [prop("second@a.example"), prop("first@a.example", "INTERNET", "PREF")],
    "TITLE": [prop("課長")],
    "ORG": [prop("", parts=("青空商事", "営業部"))],
    "TEL": [
        prop("03-0000-0001", "WORK", "VOICE"),
        prop("03-0000-0002", "HOME", "VOICE"),
        prop("03-0000-0003", "VOICE"),
        prop("03-0000-0004", "WORK", "FAX"),
        prop("090-0000-0005", "CELL"),
        prop("03-0000-0006", "HOME", "FAX"),
    ],
    "X-MS-TEL": [prop("03-0000-0007", "ASSISTANT", "VOICE")],
    "X-MS-ASSISTANT": [prop("秘書")],
    "X-MS-MANAGER": [prop("部長")],
    "ADR": [
        prop("", "WORK", parts=("", "", "丸の内1", "千代田区", "東京都", "100-0005", "日本")),
        prop("", parts=("", "", "本町2", "中央区", "大阪府", "541-0053", "日本")),
        prop("", "HOME", parts=("", "", "自宅3", "港区", "東京都", "105-0001", "日本")),
    ],
    "NOTE": [prop("メモ")],
    "BDAY": [prop("19800229", day="1980-02-29")],
    "X-PHONETIC-LAST-NAME": [prop("タナカ")],
    "X-PHONETIC-FIRST-NAME": [prop("タロウ")],
    "X-PHONETIC-ORG": [prop("アオゾラ")],
    "UID": [prop("urn:uuid:1")],
    "CATEGORIES": [prop("", parts=("Zoho", "VIP"))],
}

OF_CARD: dict[str, object] = {
    **{"first_name": "太郎", "last_name": "田中", "email": "first@a.example", "title": "課長"},
    **{"account": "青空商事", "department": "営業部", "phone": "03-0000-0001"},
    **{"home_phone": "03-0000-0002", "other_phone": "03-0000-0003", "fax": "03-0000-0004"},
    **{"mobile": "090-0000-0005", "assistant": "秘書", "assistant_phone": "03-0000-0007"},
    **{"reports_to": "部長", "mailing_street": "丸の内1", "mailing_city": "千代田区"},
    **{"mailing_state": "東京都", "mailing_postal_code": "100-0005", "mailing_country": "日本"},
    **{"other_street": "本町2", "other_city": "中央区", "other_state": "大阪府"},
    **{"other_postal_code": "541-0053", "other_country": "日本", "description": "メモ"},
    **{"birthday": date(1980, 2, 29), "last_name_kana": "タナカ", "first_name_kana": "タロウ"},
    "account_kana": "アオゾラ",
}


@pytest.mark.parametrize("name", [one.name for one in FIELDS[ItemKind.CONTACT]])
def test_a_property_of_a_card_becomes_its_field(name: str) -> None:
    item = contact_of(RawItem(1, ItemKind.CONTACT, CARD), 1, TOKYO)
    assert item.values[name] == OF_CARD[name]
    assert item.remote_id == "urn:uuid:1"
    assert item.categories == ("Zoho", "VIP")


@pytest.mark.parametrize(
    ("text", "expected"), [("1980/1/2", "1980/1/2"), ("--0102", None), ("0000-00-00", None)]
)
def test_a_birthday_that_is_no_date_is_not_lost_in_silence(text: str, expected: str | None) -> None:
    item = contact_of(RawItem(1, ItemKind.CONTACT, {**CARD, "BDAY": [prop(text)]}), 1, TOKYO)
    assert item.values.get("birthday") == expected


def test_a_card_with_a_formatted_name_alone_has_a_last_and_a_first_name() -> None:
    item = contact_of(RawItem(1, ItemKind.CONTACT, {"FN": [prop("山田 次郎")]}), 1, TOKYO)
    assert item.values == {"last_name": "山田", "first_name": "次郎"}


# Calendars

EVENT: dict[str, list[Property]] = {
    "SUMMARY": [prop("定例")],
    "DTSTART": [prop("", at="2026-08-03T05:00:00+00:00")],
    "DTEND": [prop("", at="2026-08-03T06:30:00+00:00")],
    "LOCATION": [prop("会議室")],
    "DESCRIPTION": [prop("議題")],
    "ATTENDEE": [{"value": "mailto:t@a.example", "params": {"CN": ["田中"]}}],
    "UID": [prop("e1")],
}

TASK: dict[str, list[Property]] = {
    "SUMMARY": [prop("見積もり")],
    "DUE": [prop("", at="2026-08-19T15:00:00+00:00")],
    "DTSTART": [prop("", day="2026-08-01")],
    "PRIORITY": [prop("1")],
    "STATUS": [prop("IN-PROCESS")],
    "DESCRIPTION": [prop("至急")],
}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("subject", "定例"),
        ("starts_at", datetime(2026, 8, 3, 5, tzinfo=UTC)),
        ("ends_at", datetime(2026, 8, 3, 6, 30, tzinfo=UTC)),
        ("all_day", False),
        ("location", "会議室"),
        ("description", "議題"),
    ],
)
def test_a_property_of_an_event_becomes_its_field(name: str, expected: object) -> None:
    item = entry_of(RawItem(1, ItemKind.EVENT, EVENT), 1, TOKYO)
    assert item.values[name] == expected
    assert item.attendees == (Attendee("t@a.example", "田中"),)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("subject", "見積もり"),
        ("due_date", date(2026, 8, 20)),
        ("priority", "high"),
        ("status", "in_progress"),
        ("description", "至急"),
    ],
)
def test_a_property_of_a_task_becomes_its_field(name: str, expected: object) -> None:
    item = entry_of(RawItem(1, ItemKind.TASK, TASK), 1, TOKYO)
    assert item.values[name] == expected
    assert item.raw == {"start_date": "2026-08-01"}


@pytest.mark.parametrize(
    ("given", "first", "last"),
    [
        ({"DTSTART": [prop("", day="2026-08-03")]}, 3, 3),
        ({"DTSTART": [prop("", day="2026-08-03")], "DTEND": [prop("", day="2026-08-05")]}, 3, 4),
        ({"DTSTART": [prop("", day="2026-08-03")], "DURATION": [prop("P3D", seconds=259_200)]}, 3, 5),
        (
            {
                "DTSTART": [prop("", at="2026-08-02T15:00:00+00:00")],
                "DTEND": [prop("", at="2026-08-03T15:00:00+00:00")],
                "X-MICROSOFT-CDO-ALLDAYEVENT": [prop("TRUE")],
            },
            3,
            3,
        ),
    ],
)
def test_whole_days_end_on_their_last_day(given: dict[str, list[Property]], first: int, last: int) -> None:
    item = entry_of(RawItem(1, ItemKind.EVENT, {"SUMMARY": [prop("x")], **given}), 1, TOKYO)
    assert item.values["all_day"] is True
    assert (item.values["starts_at"], item.values["ends_at"]) == (date(2026, 8, first), date(2026, 8, last))


def test_occurrences_are_told_apart() -> None:
    one = {**EVENT, "RECURRENCE-ID": [prop("", at="2026-08-03T05:00:00+00:00")]}
    other = {**EVENT, "RECURRENCE-ID": [prop("", at="2026-08-10T05:00:00+00:00")]}
    ids = {entry_of(RawItem(1, ItemKind.EVENT, each), 1, TOKYO).remote_id for each in (EVENT, one, other)}
    assert ids == {"e1", "e1#20260803T050000Z", "e1#20260810T050000Z"}
