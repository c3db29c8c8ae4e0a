"""Which property of Outlook becomes which field, and how long it may be: one table for each kind.

The lengths are those of Zoho CRM's plug-in for Outlook. Headings are those of the CSV files of Outlook for
Windows and of the new Outlook, in English and in Japanese.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from crm_tui.domain.outlook.items import ItemKind

NO_FIELD: Final = ""
"""Outlook's property is read and kept beside the link; no field takes it."""

ATTENDEES: Final = "participants"


@dataclass(frozen=True, slots=True)
class OutlookField:
    """One row of a table.

    Attributes:
        name: Our field; `NO_FIELD` for none. ``account`` is the name of the account.
        english: Headings in CSV files; several are the lines of one text, in this order.
        japanese: The same in Japanese.
        maximum: Characters; 0 for what isn't text, or has no length of its own.
        graph: The property of Microsoft Graph v1.0, or an extended property; for reading, not for a parser.
        also: Further headings that mean the same, instead of the first one.
    """

    name: str
    english: tuple[str, ...]
    japanese: tuple[str, ...]
    maximum: int = 0
    graph: str = ""
    also: tuple[str, ...] = ()

    @property
    def headings(self) -> tuple[tuple[str, ...], ...]:
        """Return the headings of each line of the text, all that mean it."""
        lines = max(len(self.english), len(self.japanese))
        found = [(*self.english[at : at + 1], *self.japanese[at : at + 1]) for at in range(lines)]
        found[0] = (*found[0], *self.also)
        return tuple(found)


def _street(prefix: str, english: str, japanese: str, graph: str) -> OutlookField:
    return OutlookField(
        f"{prefix}_street",
        tuple(f"{english} Street{line}" for line in ("", " 2", " 3")),
        (f"番地 ({japanese})", f"住所 2 ({japanese})", f"住所 3 ({japanese})"),
        250,
        f"{graph}.street",
    )


def _place(prefix: str, english: str, japanese: str, graph: str) -> tuple[OutlookField, ...]:
    return (
        _street(prefix, english, japanese, graph),
        OutlookField(
            f"{prefix}_city",
            (f"{english} City",),
            (f"市町村 ({japanese})",),
            30,
            f"{graph}.city",
            (f"市区町村 ({japanese})",),
        ),
        OutlookField(
            f"{prefix}_state", (f"{english} State",), (f"都道府県 ({japanese})",), 30, f"{graph}.state"
        ),
        OutlookField(
            f"{prefix}_postal_code",
            (f"{english} Postal Code",),
            (f"郵便番号 ({japanese})",),
            30,
            f"{graph}.postalCode",
        ),
        OutlookField(
            f"{prefix}_country",
            (f"{english} Country/Region",),
            (f"国 ({japanese})/地域",),
            30,
            f"{graph}.countryOrRegion",
            (f"{english} Country", f"国 ({japanese})"),
        ),
    )


CONTACT_FIELDS: Final = (
    OutlookField("first_name", ("First Name",), ("名",), 40, "givenName"),
    OutlookField("last_name", ("Last Name",), ("姓",), 80, "surname"),
    OutlookField(
        "email",
        ("E-mail Address",),
        ("電子メール アドレス",),
        0,
        "emailAddresses[0].address",
        ("Email Address", "メール アドレス"),
    ),
    OutlookField("title", ("Job Title",), ("役職",), 100, "jobTitle"),
    OutlookField("account", ("Company",), ("会社名",), 200, "companyName", ("勤務先",)),
    OutlookField("department", ("Department",), ("部署",), 50, "department"),
    OutlookField("phone", ("Business Phone",), ("会社電話",), 50, "businessPhones[0]"),
    OutlookField("home_phone", ("Home Phone",), ("自宅電話",), 30, "homePhones[0]"),
    OutlookField("other_phone", ("Other Phone",), ("その他の電話",), 30, "String 0x3A1F"),
    OutlookField("fax", ("Business Fax",), ("会社 FAX",), 30, "String 0x3A24"),
    OutlookField("mobile", ("Mobile Phone",), ("携帯電話",), 30, "mobilePhone"),
    OutlookField("assistant", ("Assistant's Name",), ("秘書の氏名",), 50, "assistantName"),
    OutlookField("assistant_phone", ("Assistant's Phone",), ("秘書の電話",), 30, "String 0x3A2E"),
    OutlookField("reports_to", ("Manager's Name",), ("マネージャー",), 50, "manager", ("上司",)),
    *_place("mailing", "Business", "会社", "businessAddress"),
    *_place("other", "Other", "その他", "otherAddress"),
    OutlookField("description", ("Notes",), ("メモ",), 32_000, "personalNotes"),
    OutlookField("birthday", ("Birthday",), ("誕生日",), 0, "birthday"),
    OutlookField("last_name_kana", ("Surname Yomi",), ("姓フリガナ",), 80, "yomiSurname"),
    OutlookField("first_name_kana", ("Given Yomi",), ("名前フリガナ",), 80, "yomiGivenName"),
    OutlookField("account_kana", ("Company Yomi",), ("会社名フリガナ",), 200, "yomiCompanyName"),
)

TASK_FIELDS: Final = (
    OutlookField("subject", ("Subject",), ("件名",), 255, "title"),
    OutlookField("due_date", ("Due Date",), ("期限",), 0, "dueDateTime"),
    OutlookField(NO_FIELD, ("Start Date",), ("開始日",), 0, "startDateTime"),
    OutlookField("priority", ("Priority",), ("優先度",), 0, "importance"),
    OutlookField("status", ("Status",), ("状況",), 0, "status", ("進捗状況", "ステータス")),
    OutlookField("description", ("Notes",), ("メモ",), 32_000, "body.content"),
)

EVENT_FIELDS: Final = (
    OutlookField("subject", ("Subject",), ("件名",), 255, "subject"),
    OutlookField("starts_at", ("Start Date", "Start Time"), ("開始日", "開始時刻"), 0, "start"),
    OutlookField("ends_at", ("End Date", "End Time"), ("終了日", "終了時刻"), 0, "end"),
    OutlookField("location", ("Location",), ("場所",), 255, "location.displayName"),
    OutlookField("description", ("Description",), ("内容",), 32_000, "body.content", ("Notes", "メモ")),
    OutlookField(
        ATTENDEES,
        ("Required Attendees", "Optional Attendees"),
        ("必須出席者", "任意出席者"),
        0,
        "attendees[].emailAddress",
    ),
    OutlookField("all_day", ("All day event",), ("終日イベント",), 0, "isAllDay"),
)

FIELDS: Final[Mapping[ItemKind, tuple[OutlookField, ...]]] = MappingProxyType(
    {
        ItemKind.CONTACT: CONTACT_FIELDS,
        ItemKind.TASK: TASK_FIELDS,
        ItemKind.EVENT: EVENT_FIELDS,
    }
)

CATEGORIES: Final = ("Categories", "分類")
"""Headings of the column that holds an item's categories, separated by semicolons."""
