"""What signatures say, in the shapes in which Japanese and other offices write them."""

from dataclasses import fields

import pytest

from crm_tui.domain.mail_names import person_of
from crm_tui.domain.mail_signature import Signature, find_signature

CASES: dict[str, tuple[str, str, dict[str, str]]] = {
    "rules above and below": (
        "山田 太郎",
        """田中様

いつもお世話になっております。株式会社山田商事の山田です。
先日のお見積もりの件、下記までお電話ください。03-9999-0000
よろしくお願いいたします。

━━━━━━━━━━━━━━━━━━━━━━━━
株式会社山田商事
営業部 第一営業課 課長
山田 太郎（やまだ たろう）
〒100-0005　東京都千代田区丸の内1-2-3 丸の内ビル5F
TEL：03-1234-5678 ／ FAX：03-1234-5679
携帯：０９０－１２３４－５６７８
E-mail：taro@yamada.example
URL：https://www.yamada.example/
━━━━━━━━━━━━━━━━━━━━━━━━
""",
        {
            "name": "山田|太郎|やまだ|たろう",
            "company": "株式会社山田商事",
            "department": "営業部 第一営業課",
            "title": "課長",
            "phone": "03-1234-5678",
            "fax": "03-1234-5679",
            "mobile": "090-1234-5678",
            "email": "taro@yamada.example",
            "website": "https://www.yamada.example/",
            "postal_code": "100-0005",
            "state": "東京都",
            "city": "千代田区",
            "street": "丸の内1-2-3 丸の内ビル5F",
        },
    ),
    "inner rules and a form that stands alone": (
        "鈴木花子",
        """ご連絡ありがとうございます。
==============================
鈴木商店 株式会社
総務部人事課 係長　鈴木 花子
------------------------------
住所: 〒530-0001 大阪府大阪市北区梅田1-1
電話（直通） 06-6345-1234
==============================
> 先日は
> 株式会社別会社 TEL 03-0000-1111
""",
        {
            "name": "鈴木|花子||",
            "company": "鈴木商店 株式会社",
            "department": "総務部人事課",
            "title": "係長",
            "phone": "06-6345-1234",
            "postal_code": "530-0001",
            "state": "大阪府",
            "city": "大阪市北区",
            "street": "梅田1-1",
        },
    ),
    "dashes and a space": (
        "Jane Smith",
        """Hi,

please call me.

--\x20
Jane Smith
Sales Manager | Acme Corp.
Phone: +44 20 7946 0958 | Mobile +44 7400 123456
www.acme.example
""",
        {
            "name": "Smith|Jane||",
            "title": "Sales Manager",
            "company": "Acme Corp.",
            "phone": "+44 20 7946 0958",
            "mobile": "+44 7400 123456",
            "website": "www.acme.example",
        },
    ),
    "below a closing formula": (
        "",
        """Dear all,

thanks for the meeting on 12 March.

Best regards,
Robert van der Berg
Head of Procurement, Northwind Traders Inc.
T: (212) 736-5000 ext. 12
F: (212) 736-5001
350 5th Avenue, Suite 3300
New York, NY 10118

From: somebody@else.example
Tel: 212 736 3100
""",
        {
            "name": "van der Berg|Robert||",
            "title": "Head of Procurement",
            "company": "Northwind Traders Inc.",
            "phone": "(212) 736-5000 ext. 12",
            "fax": "(212) 736-5001",
            "street": "350 5th Avenue, Suite 3300",
            "city": "New York",
            "state": "NY",
            "postal_code": "10118",
        },
    ),
    "(株) and numbers in one line": (
        "佐藤",
        """よろしくお願いします。

****************************
㈱佐藤製作所　佐藤 一郎
〒460-0008 愛知県名古屋市中区栄3-1-1
TEL/FAX 052-241-1234
****************************""",
        {
            "company": "(株)佐藤製作所",
            "name": "佐藤|一郎||",
            "phone": "052-241-1234",
            "fax": "052-241-1234",
            "postal_code": "460-0008",
            "state": "愛知県",
            "city": "名古屋市中区",
            "street": "栄3-1-1",
        },
    ),
    "the last paragraph": (
        "高橋 健",
        """承知しました。

有限会社高橋工務店
代表取締役 高橋 健
Tel 045-123-4567 Mobile 080-1111-2222""",
        {
            "company": "有限会社高橋工務店",
            "title": "代表取締役",
            "name": "高橋|健||",
            "phone": "045-123-4567",
            "mobile": "080-1111-2222",
        },
    ),
    "a box": (
        "Ito Kenji",
        """以上、よろしくお願いいたします。
┏━━━━━━━━━━━━━━━━┓
┃ 合同会社イトウ企画 福岡支店 ┃
┃ 伊藤 健二（イトウ ケンジ）  ┃
┃ 〒812-0011                  ┃
┃ 福岡県福岡市博多区博多駅前2-1 ┃
┃ ☎ 092-431-1234             ┃
┗━━━━━━━━━━━━━━━━┛""",
        {
            "company": "合同会社イトウ企画",
            "department": "福岡支店",
            "name": "伊藤|健二|イトウ|ケンジ",
            "postal_code": "812-0011",
            "state": "福岡県",
            "city": "福岡市博多区",
            "street": "博多駅前2-1",
            "phone": "092-431-1234",
        },
    ),
    "labels, as of a web form": (
        "お問い合わせフォーム",
        """ホームページから問い合わせがありました。
--------------------
会社名：株式会社みどり
部署：購買部
氏名：渡辺 美咲（わたなべ みさき）
電話番号：0466-22-3333
メール：misaki@midori.example
住所：神奈川県藤沢市朝日町1-1
--------------------""",
        {
            "company": "株式会社みどり",
            "department": "購買部",
            "name": "渡辺|美咲|わたなべ|みさき",
            "phone": "0466-22-3333",
            "email": "misaki@midori.example",
            "state": "神奈川県",
            "city": "藤沢市",
            "street": "朝日町1-1",
        },
    ),
    "a hospital without a legal form": (
        "中村 陽子",
        """お願いします。

*-*-*-*-*-*-*-*-*-*-*-*-*-*-*
さくら総合病院　事務部　中村 陽子
4-2-1 Honcho
Tel. 0422-55-6666 (内線 321)
*-*-*-*-*-*-*-*-*-*-*-*-*-*-*""",
        {
            "company": "さくら総合病院",
            "department": "事務部",
            "name": "中村|陽子||",
            "phone": "0422-55-6666 ext. 321",
        },
    ),
    "a number without a label, social networks left out": (
        "Maria Schmidt",
        """Thanks
Maria Schmidt
Projektleiterin
Beispiel GmbH
+49 30 901820
https://www.linkedin.com/in/maria
https://beispiel.example""",
        {
            "name": "Schmidt|Maria||",
            "company": "Beispiel GmbH",
            "phone": "+49 30 901820",
            "website": "https://beispiel.example",
        },
    ),
    "four-day market and a name in capitals": (
        "KATO Jun",
        """よろしくお願い致します。
----
KATO Jun
Engineer
加藤電機株式会社 技術部
〒510-0075 三重県四日市市安島1-3-1
TEL 059(354)1234""",
        {
            "name": "KATO|Jun||",
            "title": "Engineer",
            "company": "加藤電機株式会社",
            "department": "技術部",
            "postal_code": "510-0075",
            "state": "三重県",
            "city": "四日市市",
            "street": "安島1-3-1",
            "phone": "059-354-1234",
        },
    ),
    "a sentence below the signature": (
        "小川 真",
        """以下の件、ご対応をお願いいたします。

■□■□■□■□■□■□■□■□
　株式会社オガワ・テック　代表取締役社長　小川 真（おがわ まこと）
　本社：〒060-0001 北海道札幌市中央区北1条西2-1
　TEL：011-222-3333／FAX：011-222-3334
■□■□■□■□■□■□■□■□
このメールは機密情報を含みます。
""",
        {
            "name": "小川|真|おがわ|まこと",
            "company": "株式会社オガワ・テック",
            "title": "代表取締役社長",
            "phone": "011-222-3333",
            "fax": "011-222-3334",
            "postal_code": "060-0001",
            "state": "北海道",
            "city": "札幌市中央区",
            "street": "北1条西2-1",
        },
    ),
    "two languages, underscores, an answered mail": (
        "大野 翔太",
        """大野です。
______________________________
大野 翔太　Shota Ono
株式会社ブライト（Bright Inc.）
マーケティング部
Tel 03-3562-1111 ono@bright.example
______________________________

2026年11月21日(土) 14:05 田中 <tanaka@x.example>:
> TEL 03-0000-1111
""",
        {
            "name": "大野|翔太||",
            "company": "株式会社ブライト",
            "department": "マーケティング部",
            "phone": "03-3562-1111",
            "email": "ono@bright.example",
        },
    ),
    "a name and a number": (
        "田村 由紀",
        "田村です。\n\n明日伺います。\n\n田村由紀\n携帯：070-1234-5678\n",
        {"name": "田村由紀|||", "mobile": "070-1234-5678"},
    ),
    "German and American addresses": (
        "Peter Müller",
        """passt.

Mit freundlichen Grüßen
Peter Müller

Müller & Söhne GmbH
Hauptstraße 12
80331 München
Tel.: +49 (0)89 / 123456-78

From: John Doe
1 Market St, Suite 300, San Francisco, CA 94105
""",
        {
            "name": "Müller|Peter||",
            "company": "Müller & Söhne GmbH",
            "street": "Hauptstraße 12",
            "postal_code": "80331",
            "city": "München",
            "phone": "+49 89 12345678",
        },
    ),
    "a text without a signature": (
        "Kim",
        "明日10時に伺います。\n\n番号は 03-1234-5678 です。",
        {},
    ),
    "a mail that was forwarded": (
        "Kim",
        "FYI\n\n-------- Forwarded Message --------\n-- \nSomebody Else\nTel: 03-1234-5678",
        {},
    ),
    "nothing": ("", "", {}),
}


@pytest.mark.parametrize("case", CASES)
def test_a_signature_says_who_wrote(case: str) -> None:
    display, text, wanted = CASES[case]
    found = find_signature(text, person_of(display, "x@y.example"), "JP")
    said = {one.name: getattr(found, one.name) for one in fields(Signature) if one.name != "name"}
    name = found.name
    if name.last:
        said["name"] = f"{name.last}|{name.first}|{name.last_kana}|{name.first_kana}"
    assert {key: value for key, value in said.items() if value} == wanted


NAMES: dict[tuple[str, str], tuple[str, str, str, str]] = {
    ("山田 太郎", "x@y"): ("山田", "太郎", "", ""),
    ("山田　太郎様", "x@y"): ("山田", "太郎", "", ""),
    ("山田太郎", "x@y"): ("山田太郎", "", "", ""),
    ("田中 花子(タナカ ハナコ)", "x@y"): ("田中", "花子", "タナカ", "ハナコ"),
    ("[営業] 佐藤 健", "x@y"): ("佐藤", "健", "", ""),
    ("ジョン・スミス", "x@y"): ("スミス", "ジョン", "", ""),
    ("Yamada, Taro", "x@y"): ("Yamada", "Taro", "", ""),
    ("YAMADA Taro", "x@y"): ("YAMADA", "Taro", "", ""),
    ("Dr. Ludwig van Beethoven", "x@y"): ("van Beethoven", "Ludwig", "", ""),
    ("Martin Luther King Jr.", "x@y"): ("King", "Martin Luther", "", ""),
    ("Prince", "x@y"): ("Prince", "", "", ""),
    ("", "taro.yamada@example.jp"): ("Yamada", "Taro", "", ""),
    ("taro@example.jp", "taro@example.jp"): ("taro", "", "", ""),
    ("", "info+abc@example.jp"): ("info", "", "", ""),
    ('"山田 太郎/営業部"', "x@y"): ("山田", "太郎", "", ""),
}


@pytest.mark.parametrize("given", NAMES)
def test_a_name_is_told_by_its_line_or_the_address(given: tuple[str, str]) -> None:
    name = person_of(*given)
    assert (name.last, name.first, name.last_kana, name.first_kana) == NAMES[given]


@pytest.mark.parametrize(
    "piece",
    [
        "TEL ",
        "(",
        "0-",
        "株式会社 ",
        "a@",
        "市区",
        "━" * 50 + "\n",
        "> ",
        "www.",
        "山田 太郎 ",
        "\n",
        "Best regards,\n",
    ],
)
def test_what_is_made_to_take_long_comes_to_an_end(piece: str) -> None:
    """Patterns that try again from every place would need minutes for these."""
    long = piece * 200_000
    find_signature(f"{long}\n{long}", person_of(long, ""), "JP")
