"""What stands in the mail of the sample data, Japanese and English."""

from dataclasses import dataclass
from typing import Final

ME, SATO, SUZUKI = "me", "sato", "suzuki"
"""Whose mailbox holds a mail."""

ADDRESSES: Final = {
    ME: "desk@callcenter.example.jp",
    SATO: "sato@callcenter.example.jp",
    SUZUKI: "suzuki@callcenter.example.jp",
}

NAMES: Final = {
    "tanaka": "田中 太郎 <taro.tanaka@aoyama.example.jp>",
    "hanako": "田中 花子 <hanako.tanaka@aoyama.example.jp>",
    "carter": "Emily Carter <emily.carter@harbor.example.com>",
    "watanabe": "渡辺 美咲 <misaki.watanabe@aoyama.example.jp>",
    "bennett": "Noah Bennett <noah.bennett@harbor.example.com>",
    "kobayashi": "小林 直樹 <kobayashi@minato-denki.example.jp>",
    "olsen": "Ingrid Olsen <ingrid@fjordtel.example.net>",
    "news": "展示会事務局 <news@expo.example.jp>",
    **{name: f"{name.title()} <{address}>" for name, address in ADDRESSES.items()},
}
"""How the people of the mail stand in its lines."""


@dataclass(frozen=True, slots=True)
class Written:
    """A mail.

    Attributes:
        key: By which others answer it.
        box: Whose mailbox it is in: `ME`, `SATO` or `SUZUKI`.
        other: Who is at the other end, of `NAMES`.
        day: Days before today.
        hour: And the time of that day.
        answers: The key of the mail that it answers.
        sent: It went from the mailbox to the other end.
        from_here: It was sent from the CRM.
        html: The text is HTML.
        files: Names of what is attached.
        unread: Nobody has read it yet.
    """

    key: str
    box: str
    other: str
    day: int
    hour: int
    subject: str
    text: str
    answers: str
    sent: bool
    from_here: bool
    html: bool
    files: tuple[str, ...]
    cc: str
    unread: bool


def mails() -> tuple[Written, ...]:
    """Return all mails; each mailbox has them in the order in which they came."""
    return tuple(_written(one) for one in _MAILS.strip("\n").split("\n====\n"))


def _written(one: str) -> Written:
    first, subject, text = one.split("\n", 2)
    key, box, other, day, hour, *words = first.split()
    said = dict(word.split("=") for word in words if "=" in word)
    for name, ending in _ENDINGS.items():
        text = text.replace(name, ending)
    return Written(
        key=key,
        box=box,
        other=other,
        day=int(day),
        hour=int(hour),
        subject=subject,
        text=text,
        answers=said.get("answers", ""),
        sent="sent" in words,
        from_here="here" in words,
        html="html" in words,
        files=tuple(said["files"].split(",")) if "files" in said else (),
        cc=said.get("cc", ""),
        unread="unread" in words,
    )


_ENDINGS: Final = {
    "@aoyama": """
--
株式会社青山製作所 総務部
部長 田中 太郎
TEL: 03-1234-5678  FAX: 03-1234-5679
""",
    "@harbor": """
Best regards,
Emily Carter
Head of operations, Harbor Logistics Ltd
+1 202 555 0143
""",
    "@minato": """
――――――――――――――
港電機株式会社 コールセンター準備室
室長 小林 直樹(こばやし なおき)
〒105-0011 東京都港区芝公園1-1-1
TEL 03-5555-0123 / 携帯 090-5555-0123
kobayashi@minato-denki.example.jp
https://www.minato-denki.example.jp/
""",
    "@quoted": """
2日前に 田中 太郎 さんは書きました:
> ヘッドセット40台の見積もりをお願いします。
> できれば今週中にいただけると助かります。
> 現行機種との互換性についてもご確認ください。
> 設置作業は御社にお願いする予定です。
""",
    "@news": """<html><head><style>p{color:red}</style></head><body><h1>コールセンター展 2026</h1>
<p>出展のご案内です。<a href='https://expo.example.jp/2026'>詳しくはこちら</a></p>
<ul><li>日時:来月10日〜12日</li><li>会場:東京国際展示場</li></ul>
<img src='https://track.example.jp/p.gif'><script>alert(1)</script></body></html>
""",
}
"""Signatures and other texts that occur more than once."""

_MAILS: Final = """
c1 sato carter 120 10
Pilot with 20 headsets
Could you tell us what a pilot would cost?
@harbor
====
c2 sato carter 119 15 answers=c1 sent files=offer-pilot.pdf
Re: Pilot with 20 headsets
Dear Emily,

of course, please find our offer attached.
====
c3 sato carter 20 9
Three sites
We are looking at three sites now. Let us talk next week.
@harbor
====
t0 sato tanaka 45 11
ヘッドセットの件
先日の展示会ではありがとうございました。資料を拝見しました。
@aoyama
====
b0 sato bennett 90 14
Chat licences
We have decided for another supplier. Thanks for your time.

Noah
====
w0 sato watanabe 200 13
導入のご相談
録音システムの導入を検討しています。一度お話を伺えますか。

渡辺
====
t1 sato tanaka 8 9
ヘッドセット入れ替えの見積もり
いつもお世話になっております。青山製作所の田中です。

ヘッドセット40台の見積もりをお願いします。
できれば今週中にいただけると助かります。
@aoyama
====
t2 sato tanaka 7 16 answers=t1 sent files=御見積書_青山製作所様.pdf,製品一覧.xlsx
Re: ヘッドセット入れ替えの見積もり
田中様

お世話になっております。佐藤です。
見積書を添付いたします。ご確認をお願いいたします。
@quoted
====
t3 sato tanaka 6 10 answers=t2
Re: Re: ヘッドセット入れ替えの見積もり
佐藤様

見積書を受け取りました。社内で検討いたします。
保守費用の内訳も教えていただけますか。
@aoyama
====
t4 sato tanaka 6 14 answers=t3 sent files=保守費用.pdf
Re: Re: Re: ヘッドセット入れ替えの見積もり
田中様

保守費用は1台あたり月額480円でございます。内訳は添付をご覧ください。
====
t5 sato tanaka 1 11 answers=t4 unread cc=hanako
Re: Re: Re: Re: ヘッドセット入れ替えの見積もり
佐藤様

稟議が通りました。来週の打ち合わせで納期を決めたいと思います。
@aoyama
====
t6 me tanaka 0 8 unread
打ち合わせの時間
来週の打ち合わせですが、14時からに変更できますでしょうか。
@aoyama
====
c4 sato carter 9 9
Order for Baltimore
Please send the order form for the Baltimore site.
@harbor
====
c5 sato carter 9 13 answers=c4 sent files=order-form.pdf
Re: Order for Baltimore
Dear Emily,

the form is attached. Delivery takes two weeks.

Hanako Sato
====
c6 sato carter 5 10
Norfolk: quiet rooms
Norfolk needs headsets with better noise cancelling. What would you advise?
@harbor
====
c7 sato carter 4 10 answers=c6 sent
Re: Norfolk: quiet rooms
Dear Emily,

I would take the H40 there. We can lend you two for a week.

Hanako Sato
====
c8 sato carter 3 17 answers=c7 files=address.txt
Re: Re: Norfolk: quiet rooms
That would be great. Please send them to the Norfolk office.

> I would take the H40 there.
> We can lend you two for a week.
@harbor
====
c9 sato carter 1 9 unread
Invoice address
Our invoice address has changed, see below.

Harbor Logistics Ltd
100 Pier Road
Washington, DC
@harbor
====
c10 me carter 0 7 unread
Contract renewal
I am free tomorrow at ten for the call about the renewal.
@harbor
====
w1 sato watanabe 9 10
録音システムの操作研修
導入ありがとうございました。操作研修の日程を相談させてください。

渡辺
====
w2 sato watanabe 8 11 answers=w1 sent here
Re: 録音システムの操作研修
渡辺様

来月5日または7日はいかがでしょうか。
====
w3 sato watanabe 7 9 answers=w2 files=参加者名簿.xlsx
Re: Re: 録音システムの操作研修
5日でお願いいたします。参加者は12名です。

渡辺
====
b1 sato bennett 6 18 unread
Chat licences again
The other supplier has raised prices. Could you send your list once more?

Noah
====
b2 sato bennett 5 9 answers=b1 sent files=price-list.pdf
Re: Chat licences again
Dear Noah,

with pleasure, it is attached.

Hanako Sato
====
h1 sato hanako 7 13 cc=tanaka files=請求書.pdf,見積書.pdf
9月分の請求書について
経理の田中花子です。

9月分の請求額が見積もりより高いようです。明細をいただけますか。
====
h2 sato hanako 6 9 answers=h1 sent here
Re: 9月分の請求書について
田中様

ご連絡ありがとうございます。確認して本日中にご連絡いたします。
====
h3 me hanako 2 15 answers=h2 unread
Re: Re: 9月分の請求書について
明細を受け取りました。差額は来月の請求で調整してください。
====
k1 me kobayashi 3 10 unread
コールセンター新設のご相談
はじめてご連絡いたします。港電機の小林と申します。

来春、50席のコールセンターを新設する予定です。
電話設備とヘッドセットについてご提案をいただけないでしょうか。
@minato
====
k2 me kobayashi 2 10 answers=k1 unread files=フロア図.png
Re: コールセンター新設のご相談
追加でお伺いします。席数は60席になりそうです。
@minato
====
o1 sato olsen 4 12
Reseller in Norway?
Hello,

do you have a reseller in Norway? We run three contact centres.

Ingrid Olsen
CTO, Fjordtel AS
+47 22 55 01 43
====
o2 sato olsen 3 9 answers=o1 sent
Re: Reseller in Norway?
Dear Ingrid,

not yet, but we deliver to Norway ourselves.

Hanako Sato
====
n1 me news 5 6 html
【コールセンター展】出展のご案内
@news
====
n2 me news 1 6 html unread
【コールセンター展】来場登録が始まりました
@news
====
i1 me sato 2 9
青山製作所の件、引き継ぎ
お疲れさまです。青山製作所の見積もりは送付済みです。
田中様から納期の連絡が来たら対応をお願いします。

佐藤
====
i2 me sato 2 10 answers=i1 sent here
Re: 青山製作所の件、引き継ぎ
了解しました。連絡があれば対応します。
====
i3 me suzuki 1 18 unread files=シフト表.xlsx
来週のシフト
来週のシフト表です。変更があれば金曜までに連絡してください。

鈴木
====
s1 suzuki tanaka 6 17
価格交渉について
鈴木様

個別のご相談です。全体で5%の値引きは可能でしょうか。
@aoyama
====
s2 suzuki tanaka 5 9 answers=s1 sent
Re: 価格交渉について
田中様

社内で確認のうえ、明日ご連絡いたします。

鈴木
====
s3 suzuki bennett 3 11 unread
Coffee?
I am in Tokyo next week. Coffee?

Noah
"""
