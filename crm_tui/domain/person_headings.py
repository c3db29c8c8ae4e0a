"""What columns of people and of addresses are called elsewhere; part of `crm_tui.domain.imports.headings`."""

from collections.abc import Mapping

Aliases = Mapping[str, tuple[str, ...]]
"""Headings by the name of our field."""

PERSON: Aliases = {
    "last_name": ("Last Name", "Surname", "Family Name", "姓", "苗字", "名字", "氏", "名前 姓", "お名前 姓"),
    "first_name": ("First Name", "Given Name", "Forename", "名", "下の名前", "名前 名", "お名前 名"),
    "last_name_kana": (
        "Surname Yomi",
        "Last Name Kana",
        "Last Name Furigana",
        "Phonetic Last Name",
        "姓フリガナ",
        "姓ふりがな",
        "姓カナ",
        "姓かな",
        "セイ",
        "せい",
    ),
    "first_name_kana": (
        "Given Yomi",
        "First Name Kana",
        "First Name Furigana",
        "Phonetic First Name",
        "名前フリガナ",
        "名フリガナ",
        "名ふりがな",
        "名カナ",
        "名かな",
        "メイ",
        "めい",
    ),
    "name": (
        "Name",
        "Full Name",
        "Display Name",
        "Person",
        "氏名",
        "名前",
        "お名前",
        "ご氏名",
        "担当者名",
        "お客様名",
        "顧客名",
    ),
    "name_kana": (
        "Name Kana",
        "Full Name Kana",
        "Furigana",
        "フリガナ",
        "ふりがな",
        "カナ",
        "かな",
        "氏名カナ",
        "氏名フリガナ",
        "氏名ふりがな",
    ),
    "title": ("Title", "Job Title", "Position", "役職", "肩書", "肩書き", "役職名"),
    "email": (
        "Email",
        "E-mail",
        "Mail",
        "E-mail Address",
        "Email Address",
        "E-mail 1",
        "Primary Email",
        "メール",
        "メール1",
        "メールアドレス",
        "メール アドレス",
        "電子メール",
        "電子メール アドレス",
        "Eメール",
        "E-mailアドレス",
        "email1",
    ),
    "phone": (
        "Phone",
        "Telephone",
        "Tel",
        "Phone Number",
        "Telephone Number",
        "Business Phone",
        "Work Phone",
        "Office Phone",
        "電話",
        "電話番号",
        "TEL",
        "会社電話",
        "会社電話番号",
        "会社の電話",
        "勤務先電話番号",
        "代表電話",
    ),
    "mobile": (
        "Mobile",
        "Mobile Phone",
        "Cell",
        "Cell Phone",
        "Mobile Number",
        "携帯",
        "携帯電話",
        "携帯番号",
        "携帯電話番号",
    ),
    "fax": (
        "Fax",
        "Fax Number",
        "Business Fax",
        "FAX番号",
        "会社 FAX",
        "会社 FAX 番号",
        "ファックス",
        "ファクス",
    ),
    "do_not_call": (
        "Do Not Call",
        "No Calls",
        "Do Not Phone",
        "発信禁止",
        "電話不可",
        "架電禁止",
        "架電不可",
    ),
    "source": (
        "Lead Source",
        "Source",
        "見込み客のデータ元",
        "見込み客の獲得元",
        "獲得元",
        "流入元",
        "情報源",
    ),
}
"""Of leads and contacts; ``name`` is the whole name in one column."""


def address(prefix: str, english: tuple[str, ...], japanese: tuple[str, ...], *, plain: bool) -> Aliases:
    """Return the headings of an address.

    Args:
        prefix: Of our fields.
        english: What may stand before the part.
        japanese: What may stand before or behind it.
        plain: The part alone means this address.
    """
    parts = {
        "postal_code": (
            ("Postal Code", "Zip", "Zip Code", "Code", "ZIP/Postal Code"),
            ("郵便番号", "〒"),
        ),
        "state": (("State", "Province", "State/Province", "Prefecture"), ("都道府県", "県", "州")),
        "city": (("City", "Town"), ("市区町村", "市町村", "市区", "市区郡町村")),
        "street": (
            ("Street", "Address", "Street Address", "Street 2", "Street 3", "Address 2"),
            (
                "町名・番地",
                "番地",
                "住所",
                "町名番地",
                "住所1",
                "住所2",
                "住所 2",
                "住所 3",
                "建物名",
                "町域・番地",
            ),
        ),
        "country": (
            ("Country", "Country/Region", "Country or Region"),
            ("国", "国/地域", "国名", "国・地域"),
        ),
    }
    found: dict[str, tuple[str, ...]] = {}
    for part, (in_english, in_japanese) in parts.items():
        names = [f"{before} {name}" for before in english for name in in_english]
        names += [text for word in japanese for name in in_japanese for text in _both(name, word)]
        if plain:
            # A postal code isn't meant by the word code alone.
            names += [name for name in (*in_english, *in_japanese) if name != "Code"]
        found[f"{prefix}{part}"] = tuple(names)
    return found


def _both(name: str, word: str) -> tuple[str, ...]:
    main, slash, region = name.partition("/")
    # Outlook writes 国 (会社)/地域.
    inside = (f"{main} ({word})/{region}",) if slash else ()
    return (f"{name} ({word})", f"{word} {name}", f"{word}の{name}", *inside)
