"""What Zoho CRM calls the fields of each module, and which field of ours each becomes.

The names are those of the API (https://www.zoho.com/crm/developer/docs/api/v8/modules-api.html) and the
labels of Zoho's standard fields in English and Japanese
(https://help.zoho.com/portal/en/kb/crm/customize-crm-account/customizing-fields/articles/standard-modules-fields
and the same page under /portal/ja/). A heading is compared after `folded`, so that ``Account_Name``,
``Account Name`` and full-width forms are one.
"""

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


def _text(name: str, *api: str, ja: tuple[str, ...] = (), kind: Kind = Kind.TEXT) -> ZohoField:
    return ZohoField(name, api, ja, kind)


def _ref(name: str, *api: str, ja: tuple[str, ...] = (), to: tuple[Module, ...]) -> ZohoField:
    return ZohoField(name, api, ja, Kind.REFERENCE, to)


def _choice(
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


def _address(ours: str, theirs: str, ja: tuple[str, ...] = ()) -> tuple[ZohoField, ...]:
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


_PHONE = _text("phone", "Phone", ja=("電話番号", "電話"), kind=Kind.PHONE)
_MOBILE = _text(
    "mobile", "Mobile", "Mobile_Phone", ja=("携帯電話", "携帯電話番号", "携帯番号"), kind=Kind.PHONE
)
_FAX = _text("fax", "Fax", ja=("ファックス", "FAX番号"), kind=Kind.PHONE)
_EMAIL = _text("email", "Email", "E-mail", ja=("メール", "メールアドレス", "Eメール"), kind=Kind.EMAIL)
_WEBSITE = _text("website", "Website", "Web Site", ja=("Webサイト", "ウェブサイト", "URL"))
_INDUSTRY = _text("industry", "Industry", ja=("業界", "業種"))
_DESCRIPTION = _text("description", "Description", ja=("詳細情報", "詳細", "説明"))
_TITLE = _text("title", "Title", "Designation", ja=("役職", "職位"))
_SOURCE = _choice(
    "source",
    "Lead_Source",
    ja=("見込み客のデータ元", "データ元", "リードソース"),
    words={
        "Sales Email Alias": "sales_e_mail_alias",
        "OnlineStore": "online_store",
        "SalesEmailAlias": "sales_e_mail_alias",
    },
)
_NAMES = (
    _text("last_name", "Last_Name", ja=("姓", "名字", "苗字")),
    _text("first_name", "First_Name", ja=("名", "名前(名)")),
    _text(
        "last_name_kana",
        "Last_Name_Kana",
        "Phonetic_Last_Name",
        ja=("姓(フリガナ)", "姓フリガナ", "フリガナ(姓)", "姓(カナ)", "姓カナ", "セイ", "せい"),
    ),
    _text(
        "first_name_kana",
        "First_Name_Kana",
        "Phonetic_First_Name",
        ja=("名(フリガナ)", "名フリガナ", "フリガナ(名)", "名(カナ)", "名カナ", "メイ", "めい"),
    ),
)
_ACCOUNT = _ref("account", "Account_Name", ja=("取引先名", "取引先"), to=(Module.ACCOUNT,))
_WHO = _ref("who", "Who_Id", "Contact_Name", ja=("連絡先名", "連絡先", "通話の相手"), to=PEOPLE)
_RELATED = _ref(
    "related_to",
    "What_Id",
    "Related_To",
    ja=("関連先", "関連データ", "関連付け先", "関連タブ"),
    to=(*RELATABLE, *PEOPLE),
)
_SE_MODULE = _text("_module", "$se_module", "SE Module", "SEMODULE", "Related_Module", "Related To Module")

_CASE = ZohoModule(
    Module.CASE,
    "Cases",
    frozenset(map(folded, ("Cases", "問い合わせ", "お問い合わせ"))),
    frozenset(map(folded, ("Case Id", "問い合わせID"))),
    (
        _text("subject", "Subject", ja=("件名",)),
        _ref("contact", "Related_To", "Contact_Name", ja=("連絡先名", "関連先"), to=(Module.CONTACT,)),
        _ACCOUNT,
        _choice("status", "Status", ja=("ステータス",), words={"New": "open", "新規": "open"}),
        _choice("priority", "Priority", ja=("優先度",), words={"Medium": "normal", "中": "normal"}),
        _choice("origin", "Case_Origin", ja=("問い合わせ元", "発生元"), words={"Email": "e_mail"}),
        _PHONE,
        _EMAIL,
        _DESCRIPTION,
    ),
)

_ACCOUNTS = ZohoModule(
    Module.ACCOUNT,
    "Accounts",
    frozenset(map(folded, ("Accounts", "取引先"))),
    frozenset(map(folded, ("Account Id", "取引先ID"))),
    (
        _text("name", "Account_Name", ja=("取引先名",)),
        _text("name_kana", "Account_Name_Kana", ja=("取引先名(フリガナ)", "取引先名フリガナ", "フリガナ")),
        _PHONE,
        _FAX,
        _WEBSITE,
        _INDUSTRY,
        *_address("billing_", "Billing", ("請求先", "請求先住所")),
        _DESCRIPTION,
    ),
)

_CONTACTS = ZohoModule(
    Module.CONTACT,
    "Contacts",
    frozenset(map(folded, ("Contacts", "連絡先"))),
    frozenset(map(folded, ("Contact Id", "連絡先ID"))),
    (
        *_NAMES,
        _text("_full", "Full_Name", "Contact_Name", ja=("連絡先名", "氏名")),
        _ACCOUNT,
        _TITLE,
        _text("department", "Department", ja=("部署",)),
        _PHONE,
        _MOBILE,
        _EMAIL,
        _text(
            "home_phone",
            "Home_Phone",
            ja=("電話番号(自宅)", "自宅電話番号", "自宅電話", "自宅の電話番号"),
            kind=Kind.PHONE,
        ),
        _text(
            "other_phone",
            "Other_Phone",
            ja=("電話番号(その他)", "その他の電話番号", "その他電話番号"),
            kind=Kind.PHONE,
        ),
        _FAX,
        _text("assistant", "Assistant", ja=("秘書", "アシスタント", "秘書名")),
        _text(
            "assistant_phone",
            "Asst_Phone",
            "Assistant_Phone",
            ja=("電話番号(秘書)", "秘書の電話番号", "電話番号(アシスタント)"),
            kind=Kind.PHONE,
        ),
        _text("reports_to", "Reporting_To", "Reports_To", ja=("上司",), kind=Kind.NAME),
        _text("birthday", "Date_of_Birth", "Birthday", ja=("誕生日", "生年月日"), kind=Kind.DATE),
        _SOURCE,
        _text("do_not_call", "Do_Not_Call", ja=("電話不可", "通話不可"), kind=Kind.BOOL),
        *_address("mailing_", "Mailing", ("送付先", "郵送先", "住所")),
        *_address("other_", "Other", ("その他",)),
        _DESCRIPTION,
    ),
)

_LEADS = ZohoModule(
    Module.LEAD,
    "Leads",
    frozenset(map(folded, ("Leads", "見込み客"))),
    frozenset(map(folded, ("Lead Id", "見込み客ID"))),
    (
        *_NAMES,
        _text("_full", "Full_Name", "Lead_Name", ja=("見込み客名", "氏名")),
        _text("company", "Company", "Company_Name", ja=("会社", "会社名")),
        _TITLE,
        _PHONE,
        _MOBILE,
        _EMAIL,
        _FAX,
        _WEBSITE,
        _choice(
            "status",
            "Lead_Status",
            ja=("見込み客ステータス", "見込み客のステータス", "ステータス"),
            words={"Pre Qualified": "pre_qualified", "-None-": "", "Contact in Future": "contact_in_future"},
        ),
        _SOURCE,
        _INDUSTRY,
        _text("do_not_call", "Do_Not_Call", ja=("電話不可", "通話不可"), kind=Kind.BOOL),
        *_address("", ""),
        _DESCRIPTION,
        _text(
            "_converted",
            "Converted__s",
            "$converted",
            "Is_Converted",
            "Converted",
            ja=("変換済み", "変換済"),
            kind=Kind.BOOL,
        ),
    ),
)

_DEALS = ZohoModule(
    Module.DEAL,
    "Deals",
    frozenset(map(folded, ("Deals", "Potentials", "商談"))),
    frozenset(map(folded, ("Deal Id", "Potential Id", "商談ID"))),
    (
        _text("name", "Deal_Name", "Potential_Name", ja=("商談名",)),
        _ACCOUNT,
        _ref("contact", "Contact_Name", ja=("連絡先名", "連絡先"), to=(Module.CONTACT,)),
        _choice(
            "stage",
            "Stage",
            ja=("ステージ",),
            words={
                "Id. Decision Makers": "identify_decision_makers",
                "Closed-Lost to Competition": "closed_lost_to_competition",
                "Perception Analysis": "identify_decision_makers",
                "条件確認": "qualification",
                "見積もりの提示": "proposal_price_quote",
                "失注(競合他社)": "closed_lost_to_competition",
            },
        ),
        _text("amount", "Amount", ja=("総額", "金額"), kind=Kind.MONEY),
        _text("probability", "Probability", "Probability (%)", ja=("確度", "確度(%)"), kind=Kind.NUMBER),
        _text("closing_date", "Closing_Date", ja=("完了予定日", "受注予定日"), kind=Kind.DATE),
        _text("next_step", "Next_Step", ja=("次のステップ",)),
        _SOURCE,
        _ref("campaign", "Campaign_Source", ja=("関連キャンペーン", "キャンペーン"), to=(Module.CAMPAIGN,)),
        _DESCRIPTION,
    ),
)

_CAMPAIGNS = ZohoModule(
    Module.CAMPAIGN,
    "Campaigns",
    frozenset(map(folded, ("Campaigns", "キャンペーン"))),
    frozenset(map(folded, ("Campaign Id", "キャンペーンID"))),
    (
        _text("name", "Campaign_Name", ja=("キャンペーン名",)),
        _choice(
            "type",
            "Type",
            "Campaign_Type",
            ja=("種類", "キャンペーンの種類"),
            words={"Email": "e_mail", "Referral Program": "referral_program"},
        ),
        _choice("status", "Status", "Campaign_Status", ja=("ステータス",), words={"Completed": "complete"}),
        _text("start_date", "Start_Date", ja=("開始日",), kind=Kind.DATE),
        _text("end_date", "End_Date", ja=("終了日",), kind=Kind.DATE),
        _text("budgeted_cost", "Budgeted_Cost", ja=("予算", "予算額", "予定費用"), kind=Kind.MONEY),
        _text("actual_cost", "Actual_Cost", ja=("実際の費用", "実費", "実績費用"), kind=Kind.MONEY),
        _text(
            "expected_revenue",
            "Expected_Revenue",
            ja=("売上の期待値", "期待売上", "期待収益", "予想売上"),
            kind=Kind.MONEY,
        ),
        _DESCRIPTION,
    ),
)

_TASKS = ZohoModule(
    Module.TASK,
    "Tasks",
    frozenset(map(folded, ("Tasks", "タスク"))),
    frozenset(map(folded, ("Task Id", "Activity Id", "タスクID"))),
    (
        _text("subject", "Subject", ja=("件名",)),
        _text("due_date", "Due_Date", ja=("期限", "期日"), kind=Kind.DATE),
        _choice("priority", "Priority", ja=("優先度",), words={"Medium": "normal", "中": "normal"}),
        _choice(
            "status",
            "Status",
            ja=("ステータス",),
            words={
                "Waiting on someone else": "waiting_for_input",
                "Open": "not_started",
                "未開始": "not_started",
                "待機中": "waiting_for_input",
                "入力待ち": "waiting_for_input",
            },
        ),
        _WHO,
        _RELATED,
        _SE_MODULE,
        _DESCRIPTION,
    ),
)

_EVENTS = ZohoModule(
    Module.EVENT,
    "Events",
    frozenset(map(folded, ("Events", "Meetings", "予定", "ミーティング"))),
    frozenset(map(folded, ("Event Id", "Meeting Id", "Activity Id", "予定ID"))),
    (
        _text("subject", "Event_Title", "Title", "Subject", ja=("タイトル", "件名", "予定名")),
        _text(
            "starts_at", "Start_DateTime", "From", "Start DateTime", ja=("開始日時", "開始"), kind=Kind.MOMENT
        ),
        _text("ends_at", "End_DateTime", "To", "End DateTime", ja=("終了日時", "終了"), kind=Kind.MOMENT),
        _text("all_day", "All_day", ja=("終日",), kind=Kind.BOOL),
        _text("location", "Venue", "Location", ja=("場所", "会場")),
        _text("participants", "Participants", ja=("参加者",), kind=Kind.PARTICIPANTS),
        _WHO,
        _RELATED,
        _SE_MODULE,
        _DESCRIPTION,
    ),
)

_CALLS = ZohoModule(
    Module.CALL,
    "Calls",
    frozenset(map(folded, ("Calls", "通話"))),
    frozenset(map(folded, ("Call Id", "Activity Id", "通話ID"))),
    (
        _text("subject", "Subject", ja=("件名",)),
        _choice(
            "type",
            "Call_Type",
            ja=("通話の種類", "通話種類"),
            words={"Outgoing": "outbound", "Incoming": "inbound", "着信": "inbound", "不在": "missed"},
        ),
        _choice("purpose", "Call_Purpose", ja=("通話の目的", "通話目的")),
        _text(
            "starts_at",
            "Call_Start_Time",
            ja=("通話の開始時刻", "通話開始時刻", "通話開始時間", "通話の開始時間", "開始時刻"),
            kind=Kind.MOMENT,
        ),
        _text(
            "_seconds",
            "Call_Duration_in_seconds",
            "Call Duration (in seconds)",
            ja=("通話時間(秒)", "通話時間(秒単位)"),
            kind=Kind.NUMBER,
        ),
        _text("duration_seconds", "Call_Duration", ja=("通話時間",), kind=Kind.DURATION),
        _choice(
            "result",
            "Call_Result",
            ja=("通話の結果", "通話結果"),
            words={"No response/Busy": "no_response_busy"},
        ),
        _text(
            "_status",
            "Call_Status",
            "Outgoing_Call_Status",
            "Outbound_Call_Status",
            ja=("通話ステータス", "通話のステータス", "ステータス"),
        ),
        _WHO,
        _RELATED,
        _SE_MODULE,
        _text("_agenda", "Call_Agenda", ja=("通話の議題", "議題")),
        _DESCRIPTION,
    ),
)

_NOTES = ZohoModule(
    Module.NOTE,
    "Notes",
    frozenset(map(folded, ("Notes", "メモ"))),
    frozenset(map(folded, ("Note Id", "メモID"))),
    (
        _text("title", "Note_Title", ja=("メモのタイトル", "タイトル", "件名")),
        _text("body", "Note_Content", ja=("メモの内容", "内容", "メモ")),
        _ref("parent", "Parent_Id", ja=("親ID", "関連先", "親データ"), to=(*PEOPLE, *RELATABLE)),
        _SE_MODULE,
    ),
)

MODULES: Final = (
    _ACCOUNTS,
    _CONTACTS,
    _LEADS,
    _CAMPAIGNS,
    _DEALS,
    _CASE,
    _TASKS,
    _EVENTS,
    _CALLS,
    _NOTES,
)
"""Each stands behind those that its records refer to."""

BY_MODULE: Final = {one.module: one for one in MODULES}

BY_NAME: Final[Mapping[str, Module]] = MappingProxyType(
    {name: one.module for one in MODULES for name in (folded(one.api), *one.files)}
)
"""Our module by what Zoho CRM calls it, folded, as `$se_module` and file names do."""

IDS: Final = frozenset(
    map(folded, ("Record Id", "Id", "データID", "レコードID", "CONTACTID", "ACCOUNTID", "LEADID"))
)
"""What every module's column of the record's id may be called."""
