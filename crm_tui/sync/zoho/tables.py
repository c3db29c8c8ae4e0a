"""What Zoho CRM calls the fields of each module, and which field of ours each becomes.

The names are those of the API (https://www.zoho.com/crm/developer/docs/api/v8/modules-api.html) and the
labels of Zoho's standard fields in English and Japanese
(https://help.zoho.com/portal/en/kb/crm/customize-crm-account/customizing-fields/articles/standard-modules-fields
and the same page under /portal/ja/). A heading is compared after `folded`, so that ``Account_Name``,
``Account Name`` and full-width forms are one.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from crm_tui.domain.modules import PEOPLE, RELATABLE, Module
from crm_tui.sync.zoho.fields import (
    ACCOUNT,
    DESCRIPTION,
    EMAIL,
    FAX,
    INDUSTRY,
    MOBILE,
    NAMES,
    PHONE,
    RELATED,
    SE_MODULE,
    SOURCE,
    TITLE,
    WEBSITE,
    WHO,
    Kind,
    ZohoModule,
    address,
    choice,
    reference,
    text_field,
)
from crm_tui.sync.zoho.folding import folded

_CASE = ZohoModule(
    Module.CASE,
    "Cases",
    frozenset(map(folded, ("Cases", "問い合わせ", "お問い合わせ"))),
    frozenset(map(folded, ("Case Id", "問い合わせID"))),
    (
        text_field("subject", "Subject", ja=("件名",)),
        reference(
            "contact",
            "Related_To",
            "Contact_Name",
            ja=("連絡先名", "関連先", "関連データ", "関係者", "関連する連絡先"),
            to=(Module.CONTACT,),
        ),
        ACCOUNT,
        choice("status", "Status", ja=("ステータス",), words={"New": "open", "新規": "open"}),
        choice("priority", "Priority", ja=("優先度",), words={"Medium": "normal", "中": "normal"}),
        choice(
            "origin",
            "Case_Origin",
            ja=("問い合わせのデータ元", "問い合わせの発生元", "問い合わせ元", "発生元"),
            words={"Email": "e_mail", "Webサイト": "web"},
        ),
        PHONE,
        EMAIL,
        DESCRIPTION,
    ),
)

_ACCOUNTS = ZohoModule(
    Module.ACCOUNT,
    "Accounts",
    frozenset(map(folded, ("Accounts", "取引先"))),
    frozenset(map(folded, ("Account Id", "取引先ID"))),
    (
        text_field("name", "Account_Name", ja=("取引先名",)),
        text_field(
            "name_kana", "Account_Name_Kana", ja=("取引先名(フリガナ)", "取引先名フリガナ", "フリガナ")
        ),
        PHONE,
        FAX,
        WEBSITE,
        INDUSTRY,
        *address("billing_", "Billing", ("請求先", "請求先住所")),
        DESCRIPTION,
    ),
)

_CONTACTS = ZohoModule(
    Module.CONTACT,
    "Contacts",
    frozenset(map(folded, ("Contacts", "連絡先"))),
    frozenset(map(folded, ("Contact Id", "連絡先ID"))),
    (
        *NAMES,
        text_field("_full", "Full_Name", "Contact_Name", ja=("連絡先名", "氏名")),
        ACCOUNT,
        TITLE,
        text_field("department", "Department", ja=("部署",)),
        PHONE,
        MOBILE,
        EMAIL,
        text_field(
            "home_phone",
            "Home_Phone",
            ja=("電話番号(自宅)", "自宅電話番号", "自宅電話", "自宅の電話番号"),
            kind=Kind.PHONE,
        ),
        text_field(
            "other_phone",
            "Other_Phone",
            ja=("電話番号(その他)", "その他の電話番号", "その他電話番号"),
            kind=Kind.PHONE,
        ),
        FAX,
        text_field("assistant", "Assistant", ja=("秘書", "アシスタント", "秘書名")),
        text_field(
            "assistant_phone",
            "Asst_Phone",
            "Assistant_Phone",
            ja=("電話番号(秘書)", "秘書の電話番号", "電話番号(アシスタント)"),
            kind=Kind.PHONE,
        ),
        text_field("reports_to", "Reporting_To", "Reports_To", ja=("上司",), kind=Kind.NAME),
        text_field("birthday", "Date_of_Birth", "Birthday", ja=("誕生日", "生年月日"), kind=Kind.DATE),
        SOURCE,
        text_field("do_not_call", "Do_Not_Call", ja=("電話不可", "通話不可"), kind=Kind.BOOL),
        *address("mailing_", "Mailing", ("送付先", "郵送先", "住所")),
        *address("other_", "Other", ("その他",)),
        DESCRIPTION,
    ),
)

_LEADS = ZohoModule(
    Module.LEAD,
    "Leads",
    frozenset(map(folded, ("Leads", "見込み客"))),
    frozenset(map(folded, ("Lead Id", "見込み客ID"))),
    (
        *NAMES,
        text_field("_full", "Full_Name", "Lead_Name", ja=("見込み客名", "氏名")),
        text_field("company", "Company", "Company_Name", ja=("会社", "会社名")),
        TITLE,
        PHONE,
        MOBILE,
        EMAIL,
        FAX,
        WEBSITE,
        choice(
            "status",
            "Lead_Status",
            ja=("見込み客ステータス", "見込み客のステータス", "ステータス"),
            words={"Pre Qualified": "pre_qualified", "-None-": "", "Contact in Future": "contact_in_future"},
        ),
        SOURCE,
        INDUSTRY,
        text_field("do_not_call", "Do_Not_Call", ja=("電話不可", "通話不可"), kind=Kind.BOOL),
        *address("", ""),
        DESCRIPTION,
        text_field(
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
        text_field("name", "Deal_Name", "Potential_Name", ja=("商談名",)),
        ACCOUNT,
        reference("contact", "Contact_Name", ja=("連絡先名", "連絡先"), to=(Module.CONTACT,)),
        choice(
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
        text_field("amount", "Amount", ja=("総額", "金額"), kind=Kind.MONEY),
        text_field("probability", "Probability", "Probability (%)", ja=("確度", "確度(%)"), kind=Kind.NUMBER),
        text_field("closing_date", "Closing_Date", ja=("完了予定日", "受注予定日"), kind=Kind.DATE),
        text_field("next_step", "Next_Step", ja=("次のステップ",)),
        SOURCE,
        reference(
            "campaign", "Campaign_Source", ja=("関連キャンペーン", "キャンペーン"), to=(Module.CAMPAIGN,)
        ),
        DESCRIPTION,
    ),
)

_CAMPAIGN_STATUSES: Final = {
    "Completed": "complete",
    "計画中": "planning",
    "計画": "planning",
    "有効": "active",
    "無効": "inactive",
}

_CAMPAIGNS = ZohoModule(
    Module.CAMPAIGN,
    "Campaigns",
    frozenset(map(folded, ("Campaigns", "キャンペーン"))),
    frozenset(map(folded, ("Campaign Id", "キャンペーンID"))),
    (
        text_field("name", "Campaign_Name", ja=("キャンペーン名",)),
        choice(
            "type",
            "Type",
            "Campaign_Type",
            ja=("種類", "キャンペーンの種類"),
            words={"Email": "e_mail", "Referral Program": "referral_program"},
        ),
        choice("status", "Status", "Campaign_Status", ja=("ステータス",), words=_CAMPAIGN_STATUSES),
        text_field("start_date", "Start_Date", ja=("開始日",), kind=Kind.DATE),
        text_field("end_date", "End_Date", ja=("終了日",), kind=Kind.DATE),
        text_field("budgeted_cost", "Budgeted_Cost", ja=("予算", "予算額", "予定費用"), kind=Kind.MONEY),
        text_field("actual_cost", "Actual_Cost", ja=("実際の費用", "実費", "実績費用"), kind=Kind.MONEY),
        text_field(
            "expected_revenue",
            "Expected_Revenue",
            ja=("売上の期待値", "期待売上", "期待収益", "予想売上"),
            kind=Kind.MONEY,
        ),
        DESCRIPTION,
    ),
)

_TASKS = ZohoModule(
    Module.TASK,
    "Tasks",
    frozenset(map(folded, ("Tasks", "タスク"))),
    frozenset(map(folded, ("Task Id", "Activity Id", "タスクID"))),
    (
        text_field("subject", "Subject", ja=("件名",)),
        text_field("due_date", "Due_Date", ja=("期限", "期日"), kind=Kind.DATE),
        choice("priority", "Priority", ja=("優先度",), words={"Medium": "normal", "中": "normal"}),
        choice(
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
        WHO,
        RELATED,
        SE_MODULE,
        DESCRIPTION,
    ),
)

_EVENTS = ZohoModule(
    Module.EVENT,
    "Events",
    frozenset(map(folded, ("Events", "Meetings", "予定", "ミーティング"))),
    frozenset(map(folded, ("Event Id", "Meeting Id", "Activity Id", "予定ID"))),
    (
        text_field("subject", "Event_Title", "Title", "Subject", ja=("タイトル", "件名", "予定名")),
        text_field(
            "starts_at", "Start_DateTime", "From", "Start DateTime", ja=("開始日時", "開始"), kind=Kind.MOMENT
        ),
        text_field(
            "ends_at", "End_DateTime", "To", "End DateTime", ja=("終了日時", "終了"), kind=Kind.MOMENT
        ),
        text_field("all_day", "All_day", ja=("終日",), kind=Kind.BOOL),
        text_field("location", "Venue", "Location", ja=("場所", "会場")),
        text_field("participants", "Participants", ja=("参加者",), kind=Kind.PARTICIPANTS),
        WHO,
        RELATED,
        SE_MODULE,
        DESCRIPTION,
    ),
)

_CALLS = ZohoModule(
    Module.CALL,
    "Calls",
    frozenset(map(folded, ("Calls", "通話"))),
    frozenset(map(folded, ("Call Id", "Activity Id", "通話ID"))),
    (
        text_field("subject", "Subject", ja=("件名",)),
        choice(
            "type",
            "Call_Type",
            ja=("通話の種類", "通話種類"),
            words={
                "Outgoing": "outbound",
                "Incoming": "inbound",
                "着信": "inbound",
                "受信": "inbound",
                "不在": "missed",
            },
        ),
        choice("purpose", "Call_Purpose", ja=("通話の目的", "通話目的")),
        text_field(
            "starts_at",
            "Call_Start_Time",
            ja=("通話の開始時刻", "通話開始時刻", "通話開始時間", "通話の開始時間", "開始時刻"),
            kind=Kind.MOMENT,
        ),
        text_field(
            "_seconds",
            "Call_Duration_in_seconds",
            "Call Duration (in seconds)",
            ja=("通話時間(秒)", "通話時間(秒単位)"),
            kind=Kind.NUMBER,
        ),
        text_field("duration_seconds", "Call_Duration", ja=("通話時間",), kind=Kind.DURATION),
        choice(
            "result",
            "Call_Result",
            ja=("通話の結果", "通話結果"),
            words={"No response/Busy": "no_response_busy"},
        ),
        text_field(
            "_status",
            "Call_Status",
            "Outgoing_Call_Status",
            "Outbound_Call_Status",
            ja=("通話ステータス", "通話のステータス", "ステータス"),
        ),
        WHO,
        RELATED,
        SE_MODULE,
        text_field("_agenda", "Call_Agenda", ja=("通話の議題", "議題")),
        DESCRIPTION,
    ),
)

_NOTES = ZohoModule(
    Module.NOTE,
    "Notes",
    frozenset(map(folded, ("Notes", "メモ"))),
    frozenset(map(folded, ("Note Id", "メモID"))),
    (
        text_field("title", "Note_Title", ja=("メモのタイトル", "タイトル", "件名")),
        text_field("body", "Note_Content", ja=("メモの内容", "内容", "メモ")),
        reference("parent", "Parent_Id", ja=("親ID", "関連先", "親データ"), to=(*PEOPLE, *RELATABLE)),
        SE_MODULE,
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
