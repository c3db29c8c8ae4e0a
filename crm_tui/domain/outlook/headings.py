"""The columns of the CSV files that Outlook exports, and telling by them what a file has."""

import unicodedata
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from typing import Final

from crm_tui.domain.outlook.fields import CATEGORIES, FIELDS, NO_FIELD
from crm_tui.domain.outlook.items import ItemKind

_ENOUGH: Final = 0.8
"""Share of a list that a file of Outlook has at least; versions of Outlook differ by a few columns."""

_PLACES: Final = ("Business", "Home", "Other")
_CONTACT_SHARED: Final = (
    "First Name|Middle Name|Last Name|Suffix|Title|Company|Department|Job Title|Callback|Car Phone"
    "|Company Main Phone|Pager|Primary Phone|Radio Phone|TTY/TDD Phone|Telex|Business Phone"
    "|Business Phone 2|Business Fax|Home Phone|Home Phone 2|Home Fax|Mobile Phone|Other Phone|Other Fax"
    "|Assistant's Phone|Assistant's Name|Manager's Name|Anniversary|Birthday|E-mail Address"
    "|E-mail 2 Address|E-mail 3 Address|Hobby|Location|Notes|Office Location|Spouse|Web Page"
).split("|")
_CONTACT_CLASSIC: Final = (
    "ISDN|Account|Billing Information|Categories|Children|Directory Server|E-mail Type"
    "|E-mail Display Name|E-mail 2 Type|E-mail 2 Display Name|E-mail 3 Type|E-mail 3 Display Name"
    "|Gender|Government ID Number|Initials|Internet Free Busy|Keywords|Language|Mileage"
    "|Organizational ID Number|Priority|Private|Profession|Referred By|Sensitivity|User 1|User 2|User 3"
    "|User 4"
).split("|")
_CONTACT_NEW: Final = (
    "Nickname|Given Yomi|Surname Yomi|Company Yomi|IMAddress|Personal Web Page|Schools"
).split("|")
_CONTACT_JAPANESE: Final = (
    "肩書き|名|ミドル ネーム|姓|敬称|会社名|部署|役職|秘書の電話|会社 FAX|会社電話|会社電話 2"
    "|コールバック|自動車電話|会社代表電話|自宅 FAX|自宅電話|自宅電話 2|ISDN|携帯電話|その他の FAX"
    "|その他の電話|ポケットベル|通常の電話|無線電話|TTY/TDD|テレックス|ID 番号|Web ページ|アカウント"
    "|イニシャル|インターネット空き時間情報|キーワード|その他住所私書箱|ディレクトリ サーバー"
    "|プライベート|マネージャー|メモ|ユーザー 1|ユーザー 2|ユーザー 3|ユーザー 4|会社 ID|会社住所私書箱"
    "|会社名フリガナ|記念日|経費情報|言語|参照事項|子供|支払い条件|事業所|自宅住所私書箱|趣味|場所|職業"
    "|姓フリガナ|性別|誕生日|電子メール アドレス|電子メールの種類|電子メール表示名"
    "|電子メール 2 アドレス|電子メール 2 の種類|電子メール 2 表示名|電子メール 3 アドレス"
    "|電子メール 3 の種類|電子メール 3 表示名|配偶者|秘書の氏名|秘密度|分類|名前フリガナ|優先度"
).split("|")


def _addresses(*parts: str) -> list[str]:
    return [f"{place} {part}" for place in _PLACES for part in parts]


def _japanese_addresses() -> list[str]:
    parts = ("番地 (%s)", "住所 2 (%s)", "住所 3 (%s)", "市町村 (%s)", "都道府県 (%s)", "郵便番号 (%s)")
    return [part % place for place in ("会社", "自宅", "その他") for part in (*parts, "国 (%s)/地域")]


_PARTS: Final = ("Street", "City", "State", "Postal Code", "Country/Region")

LISTS: Final[tuple[tuple[ItemKind, tuple[str, ...]], ...]] = (
    (
        ItemKind.CONTACT,
        (
            *_CONTACT_SHARED,
            *_CONTACT_CLASSIC,
            *_addresses(*_PARTS, "Street 2", "Street 3", "Address PO Box"),
        ),
    ),
    (ItemKind.CONTACT, (*_CONTACT_SHARED, *_CONTACT_NEW, *_addresses(*_PARTS))),
    (ItemKind.CONTACT, (*_CONTACT_JAPANESE, *_japanese_addresses())),
    (
        ItemKind.TASK,
        tuple(
            (
                "Subject|Start Date|Due Date|Reminder On/Off|Reminder Date|Reminder Time|Date Completed"
                "|% Complete|Total Work|Actual Work|Billing Information|Categories|Companies|Contacts"
                "|Mileage|Notes|Priority|Private|Role|Schedule+ Priority|Sensitivity|Status"
            ).split("|")
        ),
    ),
    (
        ItemKind.TASK,
        tuple(
            (
                "件名|開始日|期限|アラーム オン/オフ|アラーム日付|アラーム時刻|完了日|達成率|予測時間"
                "|実働時間|Schedule+ の優先度|プライベート|メモ|会社名|経費情報|支払い条件|状況|秘密度"
                "|分類|役割|優先度|連絡先"
            ).split("|")
        ),
    ),
    (
        ItemKind.EVENT,
        tuple(
            (
                "Subject|Start Date|Start Time|End Date|End Time|All day event|Reminder on/off"
                "|Reminder Date|Reminder Time|Meeting Organizer|Required Attendees|Optional Attendees"
                "|Meeting Resources|Billing Information|Categories|Description|Location|Mileage"
                "|Priority|Private|Sensitivity|Show time as"
            ).split("|")
        ),
    ),
    (
        ItemKind.EVENT,
        tuple(
            (
                "件名|開始日|開始時刻|終了日|終了時刻|終日イベント|アラーム オン/オフ|アラーム日付"
                "|アラーム時刻|会議の開催者|必須出席者|任意出席者|リソース|プライベート|経費情報"
                "|公開する時間帯の種類|支払い条件|場所|内容|秘密度|分類|優先度"
            ).split("|")
        ),
    ),
)
"""All columns of each kind of file, as Outlook writes them; the order tells nothing."""


def heading_key(heading: str) -> str:
    """Return a heading so that widths, capitals and spaces make no difference."""
    plain = unicodedata.normalize("NFKC", heading).replace("\u2019", "'")
    return "".join(plain.casefold().split())


def recognised(headings: Iterable[str]) -> ItemKind | None:
    """Return what a file has whose headings are those of one of Outlook's lists; None of any other."""
    given = {heading_key(heading) for heading in headings}
    shares = [(len(given & keys) / len(keys), kind) for kind, keys in _list_keys()]
    share, kind = max(shares, key=lambda one: one[0])
    return kind if share >= _ENOUGH else None


def likeliest(headings: Collection[str]) -> ItemKind | None:
    """Return what a file has that is said to be Outlook's, also if it has a few of its columns only.

    None if it has nothing that an item needs: a name or a mail address, or a subject.
    """
    given = {heading_key(heading) for heading in headings}
    fitting = [kind for kind in ItemKind if any(given & _keys_of(kind, name) for name in _NEEDED[kind])]
    if not fitting:
        return None
    return max(fitting, key=lambda kind: len(given & _known(kind)))


_NEEDED: Final[Mapping[ItemKind, tuple[str, ...]]] = {
    ItemKind.CONTACT: ("last_name", "first_name", "email"),
    ItemKind.EVENT: ("starts_at",),
    ItemKind.TASK: ("subject",),
}


@cache
def _list_keys() -> tuple[tuple[ItemKind, frozenset[str]], ...]:
    return tuple((kind, frozenset(map(heading_key, names))) for kind, names in LISTS)


@cache
def _keys_of(kind: ItemKind, name: str) -> frozenset[str]:
    lines = [line for one in FIELDS[kind] if one.name == name for line in one.headings[:1]]
    return frozenset(heading_key(heading) for line in lines for heading in line)


@cache
def _known(kind: ItemKind) -> frozenset[str]:
    """Return the headings that mean something for a kind; what says little of it is left out."""
    found = {
        heading_key(heading)
        for one in FIELDS[kind]
        if one.name != NO_FIELD
        for line in one.headings
        for heading in line
    }
    return frozenset(found) | {heading_key(heading) for heading in CATEGORIES}
