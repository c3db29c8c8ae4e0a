"""A few people whom every set of sample data has, so that a tour can name them."""

from datetime import datetime, timedelta
from decimal import Decimal

from crm_tui.demo.activities import Person
from crm_tui.demo.calendar import Calendar
from crm_tui.demo.companies import Company
from crm_tui.demo.people import Office
from crm_tui.domain.records import Ref, Value
from crm_tui.services.bulk import NewRecord

AOYAMA = Company("株式会社青山製作所", "あおやませいさくしょ", "製造", "aoyama.example.jp")
AOYAMA_PHONE = "03-1234-5678"
HARBOR = Company("Harbor Logistics Ltd", "", "Transport", "harbor.example.com")
HARBOR_PHONE = "+1 (202) 555-0143"


def offices() -> list[dict[str, Value]]:
    """Return the values of the accounts."""
    return [
        {
            "name": AOYAMA.name,
            "name_kana": AOYAMA.kana,
            "phone": AOYAMA_PHONE,
            "website": "https://www.aoyama.example.jp/",
            "industry": AOYAMA.industry,
            "billing_postal_code": "100-0001",
            "billing_state": "東京都",
            "billing_city": "千代田区",
            "billing_street": "千代田1-2-3",
        },
        {
            "name": HARBOR.name,
            "phone": HARBOR_PHONE,
            "website": "https://www.harbor.example.com/",
            "industry": HARBOR.industry,
            "billing_city": "Washington",
            "billing_state": "DC",
            "billing_country": "United States",
        },
    ]


def contacts(aoyama: Ref, harbor: Ref) -> list[dict[str, Value]]:
    """Return the values of the contacts; the first two share a number, written differently."""
    return [
        {
            "last_name": "田中",
            "first_name": "太郎",
            "last_name_kana": "たなか",
            "first_name_kana": "たろう",
            "account": aoyama,
            "title": "部長",
            "department": "総務部",
            "phone": AOYAMA_PHONE,
            "mobile": "090-0123-4567",
            "email": "taro.tanaka@aoyama.example.jp",
        },
        {
            "last_name": "田中",
            "first_name": "花子",
            "last_name_kana": "たなか",
            "first_name_kana": "はなこ",
            "account": aoyama,
            "title": "主任",
            "department": "経理部",
            "phone": "+81 3 1234 5678",
            "email": "hanako.tanaka@aoyama.example.jp",
        },
        {
            "last_name": "Carter",
            "first_name": "Emily",
            "account": harbor,
            "title": "Head of operations",
            "phone": HARBOR_PHONE,
            "email": "emily.carter@harbor.example.com",
        },
        {
            "last_name": "渡辺",
            "first_name": "美咲",
            "last_name_kana": "わたなべ",
            "first_name_kana": "みさき",
            "account": aoyama,
            "title": "課長",
            "department": "情報システム部",
            "email": "misaki.watanabe@aoyama.example.jp",
        },
        {
            "last_name": "Bennett",
            "first_name": "Noah",
            "account": harbor,
            "title": "IT manager",
            "email": "noah.bennett@harbor.example.com",
        },
    ]


def lead() -> dict[str, Value]:
    """Return the values of a lead who calls from the first contacts' number."""
    return {
        "last_name": "山本",
        "first_name": "健一",
        "last_name_kana": "やまもと",
        "first_name_kana": "けんいち",
        "company": "青山製作所 大阪支店",
        "phone": "０３－１２３４－５６７８",
        "status": "not_contacted",
        "source": "web_download",
    }


def deal(calendar: Calendar, office: Office, contact: Ref) -> dict[str, Value]:
    """Return the values of a deal of the first contact."""
    return {
        "name": "青山製作所 ヘッドセット入れ替え",
        "account": office.ref,
        "contact": contact,
        "stage": "proposal_price_quote",
        "amount": Decimal(1_280_000),
        "closing_date": calendar.day(21),
        "next_step": "見積書を送付する",
    }


def mail_deals(
    calendar: Calendar, aoyama: Ref, harbor: Ref, carter: Ref, watanabe: Ref, bennett: Ref
) -> list[NewRecord]:
    """Return deals by which mail goes different ways: three open ones of one contact, one won, one lost."""

    def one(name: str, account: Ref, contact: Ref, stage: str, amount: int, days: int) -> NewRecord:
        values: dict[str, Value] = {
            "name": name,
            "account": account,
            "contact": contact,
            "stage": stage,
            "amount": Decimal(amount),
            "closing_date": calendar.day(30 - days // 10),
        }
        return NewRecord(values, created_at=calendar.at(-days, 10))

    return [
        one("Harbor pilot: 20 headsets", harbor, carter, "value_proposition", 4_000, 150),
        one("Harbor Baltimore: 60 headsets", harbor, carter, "proposal_price_quote", 11_500, 30),
        one("Harbor Norfolk: quiet rooms", harbor, carter, "qualification", 7_200, 25),
        one("青山製作所 録音システム", aoyama, watanabe, "closed_won", 2_400_000, 180),
        one("Harbor chat licences", harbor, bennett, "closed_lost", 9_000, 140),
    ]


def case(office: Office, contact: Ref) -> dict[str, Value]:
    """Return the values of a case of the first contact."""
    return {
        "subject": "請求書の金額が見積もりと違う",
        "description": "9月分の請求額が見積もりより高いとのこと。明細を確認して折り返す。",
        "contact": contact,
        "account": office.ref,
        "status": "open",
        "priority": "high",
        "origin": "phone",
        "tags": ("請求",),
    }


def calls(calendar: Calendar, tanaka: Person, carter: Person) -> list[NewRecord]:
    """Return a call of yesterday, an overdue one and two that lie ahead."""
    yesterday, soon = calendar.at(-1, 15, 20), calendar.now + timedelta(minutes=50)
    return [
        NewRecord(
            {
                "subject": "見積もりの確認",
                "type": "inbound",
                "purpose": "desk",
                "who": tanaka.ref,
                "related_to": tanaka.related[-1] if tanaka.related else None,
                "phone": tanaka.phone,
                "starts_at": yesterday,
                "duration_seconds": 252,
                "wrap_up_seconds": 35,
                "status": "completed",
                "result": "requested_call_back",
                "description": "請求額の件。今日中に折り返しを希望。",
            },
            created_at=yesterday,
        ),
        _planned("お問い合わせの折り返し", tanaka, calendar.at(-1, 17), calendar.at(-2, 10), "15_minutes"),
        _planned("契約更新のご案内", tanaka, soon, yesterday, "30_minutes"),
        _planned("Contract renewal", carter, calendar.at(1, 10), yesterday, "1_hour"),
    ]


def _planned(subject: str, person: Person, starts_at: datetime, made: datetime, reminder: str) -> NewRecord:
    values: dict[str, Value] = {
        "subject": subject,
        "type": "outbound",
        "purpose": "negotiation",
        "who": person.ref,
        "phone": person.phone,
        "starts_at": starts_at,
        "status": "scheduled",
        "reminder": reminder,
    }
    return NewRecord(values, created_at=made)
