"""What columns of other programs are called, by the name of our field.

Headings of Zoho CRM's and Outlook's exports, English and Japanese, and those that lists in offices usually
have. Ours, codes and labels in both languages, are read off the fields. All are compared as
`crm_tui.domain.imports.mapping.normal` makes them; the first field that a heading stands for gets it.
"""

from collections.abc import Mapping
from types import MappingProxyType

from crm_tui.domain.modules import Module
from crm_tui.domain.person_headings import PERSON, Aliases, address

REASON_HEADINGS = ("Reason of rejection", "取り込めなかった理由")
"""Heading of the column that a file of rejected rows has behind the others, in English and in Japanese."""

_DESCRIPTION = (
    "Description",
    "Notes",
    "Note",
    "Remarks",
    "Comment",
    "Comments",
    "Memo",
    "詳細",
    "詳細情報",
    "説明",
    "メモ",
    "備考",
    "コメント",
    "内容",
)

_COMPANY = (
    "Company",
    "Company Name",
    "Organization",
    "Organisation",
    "Account",
    "Account Name",
    "会社",
    "会社名",
    "組織",
    "組織名",
    "企業名",
    "法人名",
    "貴社名",
    "御社名",
    "勤務先",
    "取引先",
    "取引先名",
)

_CONTACT_NAME = ("Contact", "Contact Name", "Contact Person", "連絡先", "連絡先名", "連絡先の名前")
_SUBJECT = ("Subject", "Title", "件名", "タイトル", "題名")
_WHO = (
    "Who",
    "Contact Name",
    "Contact",
    "Lead Name",
    "Who Name",
    "連絡先",
    "連絡先名",
    "連絡先の名前",
    "見込み客名",
)
_RELATED = ("Related To", "What", "What Name", "Regarding", "関連先", "関連データ", "関連情報", "関連タブ")
_CAMPAIGN = (
    "Campaign",
    "Campaign Name",
    "Campaign Source",
    "キャンペーン",
    "キャンペーン名",
    "キャンペーン元",
)
_WEBSITE = (
    "Website",
    "Web Site",
    "Web Page",
    "URL",
    "Homepage",
    "ホームページ",
    "Webサイト",
    "ウェブサイト",
    "HP",
)
_INDUSTRY = ("Industry", "Sector", "業種", "業界")


ALIASES: Mapping[Module, Aliases] = MappingProxyType(
    {
        Module.LEAD: {
            **PERSON,
            "company": _COMPANY,
            "website": _WEBSITE,
            "status": ("Lead Status", "Status", "見込み客のステータス", "ステータス", "状況", "状態"),
            "industry": _INDUSTRY,
            "description": _DESCRIPTION,
            **address("", ("Mailing", "Business", "Work"), ("会社", "勤務先"), plain=True),
        },
        Module.CONTACT: {
            **PERSON,
            "account": _COMPANY,
            "department": ("Department", "Division", "部署", "部署名", "部門", "所属"),
            "home_phone": ("Home Phone", "自宅電話", "自宅電話番号", "電話番号(自宅)", "自宅"),
            "other_phone": ("Other Phone", "その他の電話", "電話番号(その他)", "電話番号2", "Phone 2"),
            "assistant": (
                "Assistant",
                "Assistant's Name",
                "Assistant Name",
                "秘書",
                "秘書の氏名",
                "アシスタント名",
            ),
            "assistant_phone": (
                "Asst Phone",
                "Assistant Phone",
                "Assistant's Phone",
                "秘書の電話",
                "電話番号(秘書)",
                "電話番号 (アシスタント)",
            ),
            "reports_to": (
                "Reports To",
                "Reporting To",
                "Manager",
                "Manager's Name",
                "マネージャー",
                "マネージャー名",
                "上司",
            ),
            "birthday": ("Birthday", "Date of Birth", "Birth Date", "誕生日", "生年月日"),
            "description": _DESCRIPTION,
            **address("mailing_", ("Mailing", "Business", "Work"), ("送付先", "会社", "勤務先"), plain=True),
            **address("other_", ("Other",), ("その他",), plain=False),
        },
        Module.ACCOUNT: {
            "name": ("Name", *_COMPANY, "Customer", "Customer Name", "顧客名", "名称"),
            "name_kana": (
                "Company Yomi",
                "Account Name Kana",
                "Company Name Kana",
                "会社名フリガナ",
                "会社名カナ",
                "取引先名カナ",
                "フリガナ",
                "ふりがな",
                "カナ",
            ),
            "phone": PERSON["phone"],
            "fax": PERSON["fax"],
            "website": _WEBSITE,
            "industry": _INDUSTRY,
            "description": _DESCRIPTION,
            **address("billing_", ("Billing", "Business"), ("請求先", "会社"), plain=True),
        },
        Module.DEAL: {
            "name": ("Name", "Deal Name", "Opportunity Name", "Potential Name", "商談名", "案件名", "商談"),
            "account": _COMPANY,
            "contact": _CONTACT_NAME,
            "stage": ("Stage", "Sales Stage", "ステージ", "商談ステージ", "フェーズ"),
            "amount": ("Amount", "Deal Amount", "Value", "金額", "総額", "商談金額", "受注金額"),
            "probability": ("Probability", "Probability (%)", "確度", "確度 (%)", "確率", "確率 (%)"),
            "closing_date": ("Closing Date", "Close Date", "完了予定日", "受注予定日", "完了日"),
            "next_step": ("Next Step", "次のステップ"),
            "source": PERSON["source"],
            "campaign": _CAMPAIGN,
            "description": _DESCRIPTION,
        },
        Module.CASE: {
            "subject": _SUBJECT,
            "contact": (*_CONTACT_NAME, "Related To", "関連先"),
            "account": _COMPANY,
            "status": ("Status", "Case Status", "ステータス", "状況", "状態"),
            "priority": ("Priority", "優先度", "優先順位"),
            "origin": ("Case Origin", "Origin", "Channel", "問い合わせの経路", "経路", "チャネル"),
            "phone": PERSON["phone"],
            "email": PERSON["email"],
            "tags": ("Tags", "Tag", "タグ"),
            "description": _DESCRIPTION,
        },
        Module.CAMPAIGN: {
            "name": ("Name", "Campaign Name", "キャンペーン名", "キャンペーン"),
            "type": ("Type", "Campaign Type", "種類", "キャンペーンの種類", "種別"),
            "status": ("Status", "Campaign Status", "ステータス", "状況", "状態"),
            "start_date": ("Start Date", "開始日"),
            "end_date": ("End Date", "終了日"),
            "budgeted_cost": ("Budgeted Cost", "Budget", "予算", "予算コスト"),
            "actual_cost": ("Actual Cost", "実際のコスト", "実費", "実際の費用"),
            "expected_revenue": ("Expected Revenue", "期待収益", "売上見込み", "予想収益"),
            "description": _DESCRIPTION,
        },
        Module.TASK: {
            "subject": (*_SUBJECT, "Task"),
            "due_date": ("Due Date", "Due", "Deadline", "期限", "期日", "締切", "締め切り", "終了日"),
            "priority": ("Priority", "優先度", "優先順位"),
            "status": ("Status", "ステータス", "状況", "進捗状況", "状態"),
            "who": _WHO,
            "related_to": _RELATED,
            "description": _DESCRIPTION,
        },
        Module.EVENT: {
            "subject": (*_SUBJECT, "Event Title", "予定", "予定名"),
            "starts_at": ("Start", "From", "Start DateTime", "Start Date Time", "開始", "開始日時"),
            "starts_at_date": ("Start Date", "開始日"),
            "starts_at_time": ("Start Time", "開始時刻", "開始時間"),
            "ends_at": ("End", "To", "End DateTime", "End Date Time", "終了", "終了日時"),
            "ends_at_date": ("End Date", "終了日"),
            "ends_at_time": ("End Time", "終了時刻", "終了時間"),
            "all_day": ("All Day", "All day event", "終日", "終日イベント"),
            "location": ("Location", "Venue", "Place", "場所", "会場"),
            "who": _WHO,
            "related_to": _RELATED,
            "participants": ("Participants", "Attendees", "参加者", "出席者"),
            "description": _DESCRIPTION,
        },
        Module.CALL: {
            "subject": _SUBJECT,
            "type": ("Call Type", "Type", "通話の種類", "通話種別", "種別", "種類"),
            "purpose": ("Call Purpose", "Purpose", "通話の目的", "通話目的", "目的"),
            "who": _WHO,
            "related_to": _RELATED,
            "starts_at": (
                *("Start", "Started", "Call Start Time", "Start Time", "Date and Time"),
                *("通話開始日時", "通話開始時刻", "開始日時", "開始", "日時"),
            ),
            "starts_at_date": ("Call Date", "Start Date", "通話日", "開始日"),
            "starts_at_time": ("Call Time", "Start Time", "Call Start Time", "開始時刻", "通話開始時刻"),
            "duration_seconds": (
                "Call Duration",
                "Duration",
                "Call Duration (in seconds)",
                "Duration (seconds)",
                "通話時間",
                "通話時間 (秒)",
                "通話時間(秒単位)",
            ),
            "result": ("Call Result", "Result", "Outcome", "通話の結果", "通話結果", "結果"),
            "description": _DESCRIPTION,
        },
        Module.NOTE: {
            "title": ("Note Title", "Title", "メモのタイトル", "タイトル"),
            "body": ("Note Content", "Note", "Content", "Body", "Text", "メモの内容", "メモ", "内容", "本文"),
            "parent": ("Parent", "Parent Name", "Parent ID", "Belongs to", "関連先", "親データ", "データ名"),
        },
    }
)
"""By module and the name that `crm_tui.domain.imports.mapping` gives a target."""
