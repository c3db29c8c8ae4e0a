"""How fields and modules of Zoho CRM are described, and the fields that several modules have."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from crm_tui.domain.modules import PEOPLE, RELATABLE, Module
from crm_tui.sync.zoho.folding import folded

_NO_WORDS: Mapping[str, str] = MappingProxyType({})


class Kind(StrEnum):
    """How a value of Zoho CRM is read."""

    TEXT = "text"
    PHONE = "phone"
    EMAIL = "email"
    DATE = "date"
    MOMENT = "moment"
    MONEY = "money"
    NUMBER = "number"
    BOOL = "bool"
    CHOICE = "choice"
    DURATION = "duration"
    REFERENCE = "reference"
    NAME = "name"
    """A reference of theirs that is text here: what it is called."""

    PARTICIPANTS = "participants"


@dataclass(frozen=True, slots=True)
class ZohoField:
    """One field of Zoho CRM.

    Attributes:
        name: Our field; one that begins with ``_`` is looked at by the mapping alone.
        api: Its names in the API, the usual one first.
        labels: What columns of exported files call it beside these.
        targets: Modules that a reference can point to; the first is usual.
        words: Our code by their folded word, where our pick-list calls it something else.
    """

    name: str
    api: tuple[str, ...]
    labels: tuple[str, ...] = ()
    kind: Kind = Kind.TEXT
    targets: tuple[Module, ...] = ()
    words: Mapping[str, str] = field(default_factory=lambda: _NO_WORDS)

    @property
    def keys(self) -> frozenset[str]:
        """Every way it can be called, folded."""
        return frozenset(map(folded, (*self.api, *self.labels)))


@dataclass(frozen=True, slots=True)
class ZohoModule:
    """One module of Zoho CRM.

    Attributes:
        api: Its name in the API, such as ``Contacts``.
        files: What its file in a backup is called, folded, without date and ending; headings of the id too.
        ids: What the column of the record's id is called, folded.
    """

    module: Module
    api: str
    files: frozenset[str]
    ids: frozenset[str]
    fields: tuple[ZohoField, ...]

    def by_key(self) -> dict[str, ZohoField]:
        """Return the fields by every way they can be called, folded."""
        return {key: one for one in self.fields for key in one.keys}


def text_field(name: str, *api: str, ja: tuple[str, ...] = (), kind: Kind = Kind.TEXT) -> ZohoField:
    return ZohoField(name, api, ja, kind)


def reference(name: str, *api: str, ja: tuple[str, ...] = (), to: tuple[Module, ...]) -> ZohoField:
    return ZohoField(name, api, ja, Kind.REFERENCE, to)


def choice(
    name: str, *api: str, ja: tuple[str, ...] = (), words: Mapping[str, str] | None = None
) -> ZohoField:
    given = {folded(word): code for word, code in (words or {}).items()}
    return ZohoField(name, api, ja, Kind.CHOICE, words=given)


_PARTS: Final = {
    "street": (("Street", "Street Address"), ("町名・番地", "番地", "町名番地")),
    "city": (("City",), ("市区町村", "市町村")),
    "state": (("State", "State / Province", "Province"), ("都道府県",)),
    "postal_code": (("Zip", "Zip Code", "Code", "Postal Code", "Zip / Postal Code"), ("郵便番号",)),
    "country": (("Country", "Country / Region"), ("国", "国/地域")),
}


def address(ours: str, theirs: str, ja: tuple[str, ...] = ()) -> tuple[ZohoField, ...]:
    """Return the five parts of an address; a Japanese one has its kind behind or before the part."""
    found = []
    for part, (english, japanese) in _PARTS.items():
        api = tuple(f"{theirs}_{word}".strip("_").replace(" ", "_") for word in english)
        labels = tuple(f"{theirs} Address - {word}" if theirs else f"Address - {word}" for word in english)
        kinds = tuple(f"{word}({kind})" for word in japanese for kind in ja)
        before = tuple(f"{kind}{word}" for word in japanese for kind in ja)
        plain = japanese if not ja else ()
        found.append(ZohoField(f"{ours}{part}", api, (*labels, *kinds, *before, *plain)))
    return tuple(found)


PHONE = text_field("phone", "Phone", ja=("電話番号", "電話"), kind=Kind.PHONE)
MOBILE = text_field(
    "mobile", "Mobile", "Mobile_Phone", ja=("携帯電話", "携帯電話番号", "携帯番号"), kind=Kind.PHONE
)
FAX = text_field("fax", "Fax", ja=("ファックス", "FAX番号"), kind=Kind.PHONE)
EMAIL = text_field("email", "Email", "E-mail", ja=("メール", "メールアドレス", "Eメール"), kind=Kind.EMAIL)
WEBSITE = text_field("website", "Website", "Web Site", ja=("Webサイト", "ウェブサイト", "URL"))
INDUSTRY = text_field("industry", "Industry", ja=("業界", "業種"))
DESCRIPTION = text_field("description", "Description", ja=("詳細情報", "詳細", "説明"))
TITLE = text_field("title", "Title", "Designation", ja=("役職", "職位"))
SOURCE = choice(
    "source",
    "Lead_Source",
    ja=("見込み客のデータ元", "データ元", "リードソース"),
    words={
        "Sales Email Alias": "sales_e_mail_alias",
        "OnlineStore": "online_store",
        "SalesEmailAlias": "sales_e_mail_alias",
        "飛び込み電話": "cold_call",
        "コールドコール": "cold_call",
        "社員紹介": "employee_referral",
        "従業員の紹介": "employee_referral",
        "外部紹介": "external_referral",
        "外部からの紹介": "external_referral",
        "Web調査": "web_research",
        "ウェブ検索": "web_research",
    },
)
NAMES = (
    text_field("last_name", "Last_Name", ja=("姓", "名字", "苗字")),
    text_field("first_name", "First_Name", ja=("名", "名前(名)")),
    text_field(
        "last_name_kana",
        "Last_Name_Kana",
        "Phonetic_Last_Name",
        ja=("姓(フリガナ)", "姓フリガナ", "フリガナ(姓)", "姓(カナ)", "姓カナ", "セイ", "せい"),
    ),
    text_field(
        "first_name_kana",
        "First_Name_Kana",
        "Phonetic_First_Name",
        ja=("名(フリガナ)", "名フリガナ", "フリガナ(名)", "名(カナ)", "名カナ", "メイ", "めい"),
    ),
)
ACCOUNT = reference("account", "Account_Name", ja=("取引先名", "取引先"), to=(Module.ACCOUNT,))
WHO = reference(
    "who", "Who_Id", "Contact_Name", ja=("連絡先名", "連絡先", "通話の相手", "通話の受信者"), to=PEOPLE
)
RELATED = reference(
    "related_to",
    "What_Id",
    "Related_To",
    ja=("関連先", "関連データ", "関連付け先", "関連タブ"),
    to=(*RELATABLE, *PEOPLE),
)
SE_MODULE = text_field(
    "_module", "$se_module", "SE Module", "SEMODULE", "Related_Module", "Related To Module"
)
