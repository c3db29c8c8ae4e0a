"""Subjects, descriptions and notes of the sample data, in both languages."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Texts:
    """What the records of people who are addressed in one language say."""

    deals: tuple[str, ...]
    next_steps: tuple[str, ...]
    cases: tuple[tuple[str, str], ...]
    calls: tuple[str, ...]
    call_notes: tuple[str, ...]
    tasks: tuple[str, ...]
    events: tuple[tuple[str, str], ...]
    notes: tuple[tuple[str, str], ...]
    titles: tuple[str, ...]
    departments: tuple[str, ...]
    roles: tuple[str, ...]
    tags: tuple[str, ...]


JAPANESE = Texts(
    deals=(
        "コールセンター席数の追加",
        "保守契約の更新",
        "新拠点の回線一式",
        "年間サポート契約",
        "ヘッドセット入れ替え",
        "業務システムの更改",
        "通話録音オプション",
        "在庫管理の導入",
    ),
    next_steps=(
        "見積書を送付する",
        "決裁者との面談を調整する",
        "デモの日程を決める",
        "契約書のひな形を確認する",
    ),
    cases=(
        ("請求書の金額が見積もりと違う", "9月分の請求額が見積もりより高いとのこと。明細を確認して折り返す。"),
        ("ログインできない", "パスワードの再設定メールが届かない。迷惑メールも確認済み。"),
        ("納品が予定日に届かない", "配送業者の追跡では保管中のまま。お急ぎのため優先して確認する。"),
        ("音声が途切れる", "午前中だけ発生。回線の混雑が疑われる。"),
        ("解約の手続きについて", "手続きの流れと最低利用期間を知りたいとのこと。"),
        ("届いた商品に傷がある", "写真をメールで受け取り済み。交換品を手配する。"),
        ("操作方法を教えてほしい", "一覧の並べ替えの保存方法。手順書を送付予定。"),
        ("登録住所の変更", "本社移転のため来月から新住所。請求先も同じ。"),
    ),
    calls=(
        "契約更新のご案内",
        "お問い合わせの折り返し",
        "見積もりの確認",
        "納期のご連絡",
        "新サービスのご紹介",
        "お支払い方法の確認",
        "アンケートのお願い",
        "導入後のご様子うかがい",
    ),
    call_notes=(
        "担当者不在。夕方にかけ直す。",
        "資料をメールで送ることになった。",
        "来週中に社内で検討していただける。",
        "前回の件は解決済みとのこと。",
        "価格よりも納期を重視されている。",
        "上長の承認が必要。月末にもう一度連絡する。",
        "",
    ),
    tasks=(
        "見積書を送付する",
        "契約書を郵送する",
        "議事録を共有する",
        "請求先を確認する",
        "デモ環境を準備する",
        "お礼のメールを送る",
        "在庫を確認して回答する",
        "訪問の日程を調整する",
    ),
    events=(
        ("打ち合わせ", "本社 会議室A"),
        ("製品デモ", "オンライン"),
        ("定例会議", "オンライン"),
        ("訪問", "お客様先"),
        ("契約の説明", "本社 会議室B"),
    ),
    notes=(
        ("連絡の時間帯", "電話は10時から12時の間がつながりやすい。昼休みは避ける。"),
        ("", "決裁は部長。金額が100万円を超えると役員会に上がる。"),
        ("競合", "他社からも見積もりを取っている。比較表を希望。"),
        ("請求", "月末締め翌月末払い。請求書は紙で2部必要。"),
        ("", "前任者からの引き継ぎ済み。ていねいな説明を好まれる。"),
    ),
    titles=("課長", "部長", "主任", "係長", "担当", "取締役", "店長", "マネージャー"),
    departments=("営業部", "総務部", "情報システム部", "購買部", "経理部", "お客様相談室"),
    roles=("顧問", "請求担当", "技術担当", "代理人"),
    tags=("請求", "至急", "配送", "操作", "契約"),
)

ENGLISH = Texts(
    deals=(
        "More seats for the service desk",
        "Maintenance renewal",
        "Phone lines for the new site",
        "Annual support plan",
        "Headset replacement",
        "Back-office upgrade",
        "Call recording option",
        "Stock management roll-out",
    ),
    next_steps=(
        "Send the quote",
        "Meet the decision maker",
        "Agree on a date for the demo",
        "Review the contract",
    ),
    cases=(
        (
            "Invoice higher than the quote",
            "September was billed above the quote. Check the lines and call back.",
        ),
        ("Can't sign in", "The mail to reset the password never arrives; spam folder checked."),
        ("Delivery is late", "The carrier's tracking says it is still in the warehouse. Urgent."),
        ("Sound drops out during calls", "Only in the mornings; the line may be overloaded."),
        ("How to cancel the contract", "Wants to know the steps and the minimum term."),
        ("Goods arrived damaged", "Photos received by mail. Arrange a replacement."),
        ("Question about saving views", "Send the guide for sorting and saving lists."),
        ("Change of address", "The head office moves next month; billing address too."),
    ),
    calls=(
        "Contract renewal",
        "Call back about the request",
        "Follow-up on the quote",
        "Delivery date",
        "New service offer",
        "Payment method",
        "Customer survey",
        "How is it going after the roll-out",
    ),
    call_notes=(
        "Not at the desk; try again this evening.",
        "Asked for the brochure by mail.",
        "They will discuss it internally next week.",
        "The earlier problem is solved.",
        "Delivery date matters more than price.",
        "Needs approval by the manager; call again at the end of the month.",
        "",
    ),
    tasks=(
        "Send the quote",
        "Post the contract",
        "Share the minutes",
        "Confirm the billing address",
        "Prepare the demo",
        "Send a thank-you mail",
        "Check stock and answer",
        "Arrange the visit",
    ),
    events=(
        ("Meeting", "Head office, room A"),
        ("Product demo", "Online"),
        ("Monthly review", "Online"),
        ("Visit", "Customer's office"),
        ("Contract walk-through", "Head office, room B"),
    ),
    notes=(
        ("Best time to call", "Between 10 and 12; never during lunch."),
        ("", "The manager decides; more than 10,000 goes to the board."),
        ("Competition", "Has quotes from others as well; wants a comparison."),
        ("Billing", "Pays at the end of the following month; needs two paper copies."),
        ("", "Handed over by a colleague. Prefers careful explanations."),
    ),
    titles=(
        "Manager",
        "Director",
        "Team lead",
        "Buyer",
        "Assistant",
        "Owner",
        "Engineer",
        "Head of operations",
    ),
    departments=("Sales", "Operations", "IT", "Purchasing", "Accounting", "Customer care"),
    roles=("Adviser", "Billing", "Technical contact", "Agent"),
    tags=("billing", "urgent", "delivery", "how-to", "contract"),
)


def texts(japanese: bool) -> Texts:
    """Return the texts of a language."""
    return JAPANESE if japanese else ENGLISH


CAMPAIGNS: tuple[tuple[str, str, str, int, int], ...] = (
    ("秋の契約更新キャンペーン", "telemarketing", "active", -20, 25),
    ("Autumn renewal calls", "telemarketing", "active", -15, 30),
    ("新サービス説明ウェビナー", "webinar", "active", -5, 12),
    ("Spring trade show", "trade_show", "planning", 90, 93),
    ("年末のごあいさつ", "direct_mail", "planning", 20, 35),
    ("Customer satisfaction survey", "e_mail", "active", -30, 5),
    ("紹介プログラム", "referral_program", "inactive", -120, 120),
    ("Summer webinar series", "webinar", "complete", -150, -90),
)
"""Name, type, status, first and last day counted from today."""
