"""Headings of the files that Outlook exports, English and Japanese: by them such a file is recognised.

The English lists are those of classic Outlook and of new Outlook and outlook.com, the Japanese ones those
of classic Outlook in Japanese.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final

from crm_tui.domain.outlook.items import ItemKind

LIKENESS: Final = 0.8
"""Part of a list that a file has, or part of a file's headings that are on a list, to be of Outlook."""

_LEAST: Final = 5
_ADDRESS_EN: Final = "Street,Street 2,Street 3,City,State,Postal Code,Country/Region"
_ADDRESS_JA: Final = (
    "国 ({0})/地域,郵便番号 ({0}),都道府県 ({0}),市町村 ({0}),番地 ({0}),住所 2 ({0}),住所 3 ({0})"
)


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split(","))


_CONTACTS_EN: Final = (
    *_names("Title,First Name,Middle Name,Last Name,Suffix,Company,Department,Job Title"),
    *(f"{place} {part}" for place in ("Business", "Home", "Other") for part in _names(_ADDRESS_EN)),
    *_names("Assistant's Phone,Business Fax,Business Phone,Business Phone 2,Callback,Car Phone"),
    *_names("Company Main Phone,Home Fax,Home Phone,Home Phone 2,ISDN,Mobile Phone,Other Fax,Other Phone"),
    *_names("Pager,Primary Phone,Radio Phone,TTY/TDD Phone,Telex,Account,Anniversary,Assistant's Name"),
    *_names("Billing Information,Birthday,Business Address PO Box,Categories,Children,Directory Server"),
    *(f"E-mail{n}{part}" for n in ("", " 2", " 3") for part in (" Address", " Type", " Display Name")),
    *_names("Gender,Government ID Number,Hobby,Home Address PO Box,Initials,Internet Free Busy,Keywords"),
    *_names("Language,Location,Manager's Name,Mileage,Notes,Office Location,Organizational ID Number"),
    *_names("Other Address PO Box,Priority,Private,Profession,Referred By,Sensitivity,Spouse,User 1"),
    *_names("User 2,User 3,User 4,Web Page"),
)
_CONTACTS_EN_NEW: Final = (
    *_names("First Name,Middle Name,Last Name,Title,Suffix,Nickname,Given Yomi,Surname Yomi"),
    *_names("E-mail Address,E-mail 2 Address,E-mail 3 Address,Home Phone,Home Phone 2,Business Phone"),
    *_names("Business Phone 2,Mobile Phone,Car Phone,Other Phone,Primary Phone,Pager,Business Fax,Home Fax"),
    *_names("Other Fax,Company Main Phone,Callback,Radio Phone,Telex,TTY/TDD Phone,IMAddress,Job Title"),
    *_names("Department,Company,Office Location,Manager's Name,Assistant's Name,Assistant's Phone"),
    *_names("Company Yomi"),
    *(
        f"{place} {part}"
        for place in ("Business", "Home", "Other")
        for part in _names(_ADDRESS_EN)
        if part[-1] not in "23"
    ),
    *_names("Personal Web Page,Spouse,Schools,Hobby,Location,Web Page,Birthday,Anniversary,Notes"),
)
_CONTACTS_JA: Final = (
    *_names("肩書き,名,ミドル ネーム,姓,敬称,会社名,部署,役職"),
    *(one.format(place) for place in ("会社", "自宅", "その他") for one in _names(_ADDRESS_JA)),
    *_names("秘書の電話,会社 FAX,会社電話,会社電話 2,コールバック,自動車電話,会社代表電話,自宅 FAX,自宅電話"),
    *_names(
        "自宅電話 2,ISDN,携帯電話,その他の FAX,その他の電話,ポケットベル,通常の電話,無線電話,TTY/TDD 電話"
    ),
    *_names("テレックス,アカウント,記念日,秘書の氏名,支払い条件,誕生日,会社住所 私書箱,分類,子供"),
    *_names("ディレクトリ サーバー,電子メール アドレス,電子メールの種類,電子メール表示名"),
    *_names("電子メール 2 アドレス,電子メール 2 の種類,電子メール 2 表示名,電子メール 3 アドレス"),
    *_names("電子メール 3 の種類,電子メール 3 表示名,性別,ID 番号,趣味,自宅住所 私書箱,イニシャル"),
    *_names("インターネット空き時間情報,キーワード,言語,場所,マネージャー,経費情報,メモ,事業所,組織 ID 番号"),
    *_names("その他の住所 私書箱,優先度,プライベート,職業,紹介者,秘密度,配偶者,ユーザー 1,ユーザー 2"),
    *_names("ユーザー 3,ユーザー 4,Web ページ,姓フリガナ,名前フリガナ,会社名フリガナ"),
)
_TASKS_EN: Final = (
    *_names("Subject,Start Date,Due Date,Reminder On/Off,Reminder Date,Reminder Time,Date Completed"),
    *_names("% Complete,Total Work,Actual Work,Billing Information,Categories,Companies,Contacts,Mileage"),
    *_names("Notes,Priority,Private,Role,Schedule+ Priority,Sensitivity,Status"),
)
_TASKS_JA: Final = (
    *_names("件名,開始日,期限,アラーム オン/オフ,アラーム日付,アラーム時刻,完了日,達成率,予測時間,実働時間"),
    *_names("Schedule+ の優先度,プライベート,メモ,会社名,経費情報,支払い条件,状況,秘密度,分類,役割,優先度"),
    "連絡先",
)
_EVENTS_EN: Final = (
    *_names("Subject,Start Date,Start Time,End Date,End Time,All day event,Reminder on/off,Reminder Date"),
    *_names("Reminder Time,Meeting Organizer,Required Attendees,Optional Attendees,Meeting Resources"),
    *_names("Billing Information,Categories,Description,Location,Mileage,Priority,Private,Sensitivity"),
    "Show time as",
)
_EVENTS_JA: Final = (
    *_names("件名,開始日,開始時刻,終了日,終了時刻,終日イベント,アラーム オン/オフ,アラーム日付,アラーム時刻"),
    *_names("会議の開催者,必須出席者,任意出席者,リソース,プライベート,経費情報,公開する時間帯の種類"),
    *_names("支払い条件,場所,内容,秘密度,分類,優先度"),
)

TELLING: Final[dict[ItemKind, str]] = {
    ItemKind.CONTACT: (
        "E-mail Address,Business Phone,Business Street,Business Fax,Other Street,Assistant's Name,Mobile Phone,"
        "Business Postal Code,Manager's Name,E-mail Display Name,電子メール アドレス,会社電話,会社 FAX,"
        "番地 (会社),秘書の氏名,郵便番号 (会社),電子メール表示名,その他の電話,Surname Yomi"
    ),
    ItemKind.TASK: (
        "Reminder On/Off,Date Completed,% Complete,Schedule+ Priority,Due Date,アラーム オン/オフ,達成率,"
        "実働時間,Schedule+ の優先度,期限"
    ),
    ItemKind.EVENT: (
        "All day event,Required Attendees,Meeting Organizer,Show time as,Start Time,End Time,終日イベント,"
        "必須出席者,会議の開催者,公開する時間帯の種類,開始時刻,終了時刻"
    ),
}
"""Headings that other programs don't write; a short file of Outlook has two of them."""


def folded(heading: str) -> str:
    """Return a heading without what varies: width, case, spaces."""
    return "".join(unicodedata.normalize("NFKC", heading).casefold().split())


def _folded(headings: Iterable[str]) -> frozenset[str]:
    return frozenset(map(folded, headings))


_LISTS: Final = (
    (ItemKind.CONTACT, _folded(_CONTACTS_EN)),
    (ItemKind.CONTACT, _folded(_CONTACTS_EN_NEW)),
    (ItemKind.CONTACT, _folded(_CONTACTS_JA)),
    (ItemKind.TASK, _folded(_TASKS_EN)),
    (ItemKind.TASK, _folded(_TASKS_JA)),
    (ItemKind.EVENT, _folded(_EVENTS_EN)),
    (ItemKind.EVENT, _folded(_EVENTS_JA)),
)
_ALSO: Final = {
    folded("市区町村 (会社)"): "市町村 (会社)",
    folded("市区町村 (その他)"): "市町村 (その他)",
    folded("市区町村 (自宅)"): "市町村 (自宅)",
    folded("進捗状況"): "状況",
    folded("ステータス"): "状況",
}


def outlook_kind(headings: Sequence[str]) -> ItemKind | None:
    """Return what kind of list of Outlook has these headings, or None.

    It does if a file has most headings of the list; or if most of its headings are on the list, some of
    which no other program writes: an export may have been cut to a few columns.
    """
    given = {folded(_ALSO.get(folded(one), one)) for one in headings if one}
    found = [(_likeness(kind, given, names), kind) for kind, names in _LISTS]
    likeness, kind = max(found, key=lambda one: one[0])
    return kind if likeness >= LIKENESS else None


def _likeness(kind: ItemKind, given: set[str], names: frozenset[str]) -> float:
    both = given & names
    of_list = len(both) / len(names)
    if len(both) < _LEAST or len(both & _folded(_names(TELLING[kind]))) < 2:
        return of_list
    return max(of_list, len(both) / len(given))
