"""Pick-lists: the values an administrator can change, by codes that never change.

The defaults are the vendor's where they are published, else those of its peers.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

NO_ATTRIBUTES: Mapping[str, str | int | bool] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a pick-list.

    Attributes:
        code: Stable code in the store and in JSON.
        label_en: What an English-speaking agent reads.
        label_ja: What a Japanese-speaking agent reads.
        active: Offered for new values; an inactive one stays readable.
        attributes: ``kind`` and ``probability`` of a deal stage; ``follow_up``,
            ``bad_number`` and the like of a call result, ``retry_minutes`` and ``retry_attempts`` for
            when and how often a call queue offers the person again; ``minutes`` of a reminder.
    """

    code: str
    label_en: str
    label_ja: str
    active: bool = True
    attributes: Mapping[str, str | int | bool] = field(default_factory=lambda: NO_ATTRIBUTES)

    def label(self, language: str) -> str:
        """Return the label in ``language``."""
        return self.label_ja if language == "ja" else self.label_en


def code_of(label: str) -> str:
    """Return the code that a label makes: lower case, words of letters and digits joined by _."""
    words = "".join(c if c.isalnum() else " " for c in label.lower())
    return "_".join(words.split())


def _choices(*labels: tuple[str, str] | tuple[str, str, dict[str, str | int | bool]]) -> tuple[Choice, ...]:
    return tuple(
        Choice(
            code_of(label[0]), label[0], label[1], True, MappingProxyType(label[2] if len(label) > 2 else {})
        )
        for label in labels
    )


def _stage(kind: str, probability: int) -> dict[str, str | int | bool]:
    return {"kind": kind, "probability": probability}


def _reminder(code: str, en: str, ja: str, minutes: int) -> Choice:
    return Choice(code, en, ja, True, MappingProxyType({"minutes": minutes}))


DEFAULTS: Final[Mapping[str, tuple[Choice, ...]]] = MappingProxyType(
    {
        "call_type": _choices(("Outbound", "発信"), ("Inbound", "受信"), ("Missed", "不在着信")),
        "call_purpose": _choices(
            ("Prospecting", "見込み客の開拓"),
            ("Administrative", "事務連絡"),
            ("Negotiation", "交渉"),
            ("Demo", "デモ"),
            ("Project", "プロジェクト"),
            ("Desk", "サポート"),
        ),
        "call_result": _choices(
            ("Interested", "興味あり", {"lead_status": "contacted", "response_status": "responded"}),
            ("Not interested", "興味なし", {"lead_status": "lost_lead", "response_status": "responded"}),
            (
                "No response / busy",
                "応答なし／話し中",
                {"lead_status": "attempted_to_contact", "retry_minutes": 30, "retry_attempts": 3},
            ),
            ("Requested more info", "追加情報の要望", {"lead_status": "contacted"}),
            ("Requested call back", "折り返し電話の要望", {"follow_up": True}),
            ("Invalid number", "無効な番号", {"bad_number": True}),
        ),
        "call_status": _choices(
            ("In progress", "通話中"),
            ("Scheduled", "予定"),
            ("Overdue", "期限超過"),
            ("Completed", "完了"),
            ("Cancelled", "キャンセル"),
        ),
        "event_status": _choices(("Scheduled", "予定"), ("Completed", "完了"), ("Cancelled", "キャンセル")),
        "reminder": (
            _reminder("none", "None", "なし", 0),
            _reminder("5_minutes", "5 minutes before", "5分前", 5),
            _reminder("10_minutes", "10 minutes before", "10分前", 10),
            _reminder("15_minutes", "15 minutes before", "15分前", 15),
            _reminder("30_minutes", "30 minutes before", "30分前", 30),
            _reminder("1_hour", "1 hour before", "1時間前", 60),
            _reminder("2_hours", "2 hours before", "2時間前", 120),
            _reminder("1_day", "1 day before", "1日前", 1440),
            _reminder("2_days", "2 days before", "2日前", 2880),
        ),
        "task_status": _choices(
            ("Not started", "未着手"),
            ("Deferred", "延期"),
            ("In progress", "進行中"),
            ("Completed", "完了"),
            ("Waiting for input", "回答待ち"),
        ),
        "task_priority": _choices(
            ("Highest", "最高"), ("High", "高"), ("Normal", "普通"), ("Low", "低"), ("Lowest", "最低")
        ),
        "campaign_type": _choices(
            ("Conference", "カンファレンス"),
            ("Webinar", "ウェビナー"),
            ("Trade show", "展示会"),
            ("Public relations", "広報"),
            ("Partners", "パートナー"),
            ("Referral program", "紹介プログラム"),
            ("Advertisement", "広告"),
            ("Banner ads", "バナー広告"),
            ("Direct mail", "ダイレクトメール"),
            ("E-mail", "メール"),
            ("Telemarketing", "テレマーケティング"),
            ("Others", "その他"),
        ),
        "campaign_status": _choices(
            ("Planning", "企画中"), ("Active", "実施中"), ("Inactive", "休止中"), ("Complete", "完了")
        ),
        "campaign_response_status": _choices(
            ("Planned", "予定"),
            ("Invited", "招待済み"),
            ("Sent", "送信済み"),
            ("Received", "受信済み"),
            ("Opened", "開封済み"),
            ("Responded", "返信あり"),
            ("Bounced", "不達"),
            ("Opted out", "配信停止"),
        ),
        "lead_status": _choices(
            ("Attempted to contact", "連絡を試みた"),
            ("Contact in future", "今後連絡する"),
            ("Contacted", "連絡済み"),
            ("Junk lead", "無効な見込み客"),
            ("Lost lead", "失注した見込み客"),
            ("Not contacted", "未連絡"),
            ("Pre-qualified", "事前審査済み"),
            ("Not qualified", "対象外"),
        ),
        "lead_source": _choices(
            ("Advertisement", "広告"),
            ("Cold call", "電話営業"),
            ("Employee referral", "社員の紹介"),
            ("External referral", "外部の紹介"),
            ("Online store", "オンラインストア"),
            ("Partner", "パートナー"),
            ("Public relations", "広報"),
            ("Sales e-mail alias", "営業用メールアドレス"),
            ("Seminar partner", "セミナー(パートナー)"),
            ("Internal seminar", "セミナー(自社)"),
            ("Trade show", "展示会"),
            ("Web download", "Webダウンロード"),
            ("Web research", "Web検索"),
            ("Chat", "チャット"),
        ),
        "deal_stage": _choices(
            ("Qualification", "見込みの確認", _stage("open", 10)),
            ("Needs analysis", "ニーズの分析", _stage("open", 20)),
            ("Value proposition", "価値の提案", _stage("open", 40)),
            ("Identify decision makers", "意思決定者の特定", _stage("open", 60)),
            ("Proposal / price quote", "提案／見積もり", _stage("open", 75)),
            ("Negotiation / review", "交渉／検討", _stage("open", 90)),
            ("Closed won", "受注", _stage("won", 100)),
            ("Closed lost", "失注", _stage("lost", 0)),
            ("Closed lost to competition", "失注(競合)", _stage("lost", 0)),
        ),
        "case_status": _choices(
            ("Open", "未対応"), ("On hold", "保留"), ("Escalated", "エスカレーション済み"), ("Closed", "完了")
        ),
        "case_priority": _choices(("Low", "低"), ("Normal", "普通"), ("High", "高"), ("Urgent", "緊急")),
        "case_origin": _choices(("Phone", "電話"), ("E-mail", "メール"), ("Web", "Web")),
    }
)
"""Pick-lists of a new store: name → values in order."""


ACTIVITY_STATUS = "activity_status"
"""The statuses of all kinds of activity in one list, for conditions on the list of all activities."""

ACTIVITY_KIND = "activity_kind"
CUSTOM_FIELD_TYPE = "custom_field_type"

_STATUSES = ("task_status", "event_status", "call_status")

FIXED: Final[Mapping[str, tuple[Choice, ...]]] = MappingProxyType(
    {
        ACTIVITY_KIND: _choices(("Task", "タスク"), ("Event", "予定"), ("Call", "通話")),
        CUSTOM_FIELD_TYPE: (
            Choice("text", "Text", "テキスト"),
            Choice("number", "Number", "数値"),
            Choice("date", "Date", "日付"),
            Choice("bool", "Yes/no", "はい／いいえ"),
            Choice("picklist", "Pick-list", "選択リスト"),
        ),
    }
)
"""Lists that nobody can change, because the program knows their values."""

NO_LISTS: Mapping[str, tuple[Choice, ...]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Picklists:
    """All pick-lists of a store, as read at one moment.

    Attributes:
        lists: The standard lists by name.
        custom: The lists of custom fields, by a name that no standard list has.
    """

    lists: Mapping[str, tuple[Choice, ...]]
    custom: Mapping[str, tuple[Choice, ...]] = field(default_factory=lambda: NO_LISTS)

    def active(self, name: str) -> tuple[Choice, ...]:
        """Return the values of list ``name`` that may be chosen, in order."""
        return tuple(choice for choice in self._values(name) if choice.active)

    def every(self, name: str) -> tuple[Choice, ...]:
        """Return all values of list ``name``, also those that may not be chosen any more, in order."""
        return self._values(name)

    def find(self, name: str, code: str) -> Choice | None:
        """Return the value ``code`` of list ``name``, active or not."""
        return next((choice for choice in self._values(name) if choice.code == code), None)

    def label(self, name: str, code: str, language: str) -> str:
        """Return how ``code`` reads in ``language``; an unknown code reads as itself."""
        choice = self.find(name, code)
        return choice.label(language) if choice else code

    def _values(self, name: str) -> tuple[Choice, ...]:
        if name == ACTIVITY_STATUS:
            every = [choice for status in _STATUSES for choice in self.lists.get(status, ())]
            return tuple({choice.code: choice for choice in every}.values())
        return self.lists.get(name) or self.custom.get(name) or FIXED.get(name, ())
