"""What single lines of a signature say: numbers, addresses, companies, departments, titles.

Every pattern has bounded repetitions, and lines have a bounded length, so that reading takes linear time.
"""

import re
from collections.abc import Iterator
from typing import Final

_NUMBER: Final = (
    r"(?P<number>(?:\+\s?[0-9]{1,3}[-. ]?)?\(?[0-9][0-9()\-./ ]{5,22}[0-9]"
    r"(?:\s*\(?(?:内線|ext\.?|x)[\s:.]{0,3}[0-9]{1,6}\)?)?)"
)
_PHONE: Final = (
    r"tel(?:ephone)?|phone|ph|direct(?: line)?|office|main|直通|代表|電話(?:番号)?|でんわ|☎|℡|t|p|d|o"
)
_MOBILE: Final = r"mobile|cell(?:ular|phone)?|mob|携帯(?:電話|番号)?|ケータイ|けいたい|m|c"
_FAX: Final = r"fax|facsimile|telefax|ファックス|ファクス|ファクシミリ|f"

_LABELLED: Final = re.compile(
    rf"(?<![a-z0-9])(?:(?P<both>(?:tel|電話)\s?[/&・･,]\s?fax)|(?P<fax>{_FAX})|(?P<mobile>{_MOBILE})|(?P<phone>{_PHONE}))"
    rf"(?![a-z])\.?\s{{0,8}}(?:\([^()]{{0,8}}\))?\s{{0,4}}[:;→▶>\])】}}・.\-]{{0,3}}\s{{0,8}}{_NUMBER}",
    re.IGNORECASE,
)
_BARE: Final = re.compile(rf"(?<![0-9\w/.@-]){_NUMBER}(?![0-9\w@])")
_HYPHENS: Final = str.maketrans(dict.fromkeys("‐‑‒–—―−ー－ｰ", "-"))

EMAIL: Final = re.compile(r"[a-z0-9._%+\-]{1,64}@[a-z0-9.\-]{1,100}\.[a-z]{2,24}", re.IGNORECASE)
_URL: Final = re.compile(
    r"(?:https?://|(?<![\w@./-])www\.)[a-z0-9\-._~/?#\[\]@!$&'()*+,;=%:]{3,120}", re.IGNORECASE
)
_NOT_THEIRS: Final = re.compile(
    r"(?:twitter|//x|facebook|fb|instagram|linkedin|youtube|youtu|zoom|meet\.google|teams\.microsoft|line|calendly"
    r"|google|aka|bit)\.(?:com|us|ly|be|me|ms)",
    re.IGNORECASE,
)

_POSTAL: Final = re.compile(
    r"(?:〒\s?|(?:住所|所在地)\s?[:：]?\s?)?(?<![0-9-])(?P<code>[0-9]{3}-[0-9]{4})(?![0-9-])"
)
_PREFECTURE: Final = re.compile(
    r"(?P<state>北海道|東京都|京都府|大阪府|(?:神奈川|和歌山|鹿児島|[一-龠]{2})県)\s?(?P<rest>.{0,120})"
)
_CITY: Final = re.compile(
    r"(?P<city>(?:(?:四日市|廿日市|野々市|十日町|大町|町田|市川|市原|村上|村山|東村山|武蔵村山|羽村|田村|大村|郡山"
    r"|大和郡山|蒲郡|小郡)市|[^市区町村郡0-9]{1,6}郡[^町村0-9]{1,6}[町村]|[^市区町村0-9]{1,6}市[^市区0-9]{1,4}区"
    r"|[^市区町村0-9]{1,6}[市区町村]))\s?(?P<rest>.{0,120})"
)
_TOWN: Final = re.compile(
    r"(?P<city>[a-z .'\-]{2,40}),\s{1,3}(?P<state>[A-Z]{2})\.?\s{1,3}(?P<code>[0-9]{5}(?:-[0-9]{4})?)"
    r"(?:,?\s.{0,30})?",
    re.IGNORECASE,
)
_IN_ONE_LINE: Final = re.compile(
    r"(?P<street>[^@]{3,80}), (?P<city>[^,0-9]{2,40}), (?P<state>[A-Z]{2})\.? "
    r"(?P<code>[0-9]{5}(?:-[0-9]{4})?)"
)
_CONTINENTAL: Final = re.compile(r"(?:[A-Z]{1,2}-)?(?P<code>[0-9]{4,5}) (?P<city>[A-ZÀ-Þ][^0-9,@]{2,40})")
_STREET: Final = re.compile(
    r"(?=.{0,80}[0-9])(?:.{0,80}\b(?:street|st|avenue|ave|road|rd|lane|ln|boulevard|blvd|drive|dr|square|sq|place|pl"
    r"|suite|floor|way|court|chome|cho|ku|platz|allee|rue)\b.{0,60}|.{0,60}(?:straße|strasse|str\.).{0,60})",
    re.IGNORECASE,
)

_ORGANISATION: Final = re.compile(
    r"株式会社|有限会社|合同会社|合資会社|合名会社|\(株\)|\(有\)|\(同\)"
    r"|[一-龠]{2}(?:社団|財団)法人|(?:学校|医療|社会福祉|宗教|特定非営利活動|NPO|弁護士|税理士|司法書士|監査"
    r"|独立行政|国立大学)法人"
    r"|協同組合|信用金庫|市役所|区役所|県庁|商工会議所"
    r"|\bco\.?,?\s?ltd\b|\binc\b|\bllc\b|\bllp\b|\bltd\b|\blimited\b|\bgmbh\b|\bcorp(?:oration)?\b|\bplc\b|\bpty\b|\bk\.\s?k\."
    r"|\bs\.?a\.?r\.?l\b|\bs\.p\.a\b|\bb\.v\.|\bholdings\b|\buniversity\b|\bpartners\b|\bconsulting\b|\bgroup\b|\bcompany\b",
    re.IGNORECASE,
)
_INSTITUTE: Final = re.compile(
    r".{1,20}(?:大学|病院|銀行|事務所|研究所|商店|商会|工業|製作所|クリニック|協会|学園)"
)
_TITLE: Final = re.compile(
    r".{0,12}(?:(?:社|部|課|係|室|店|所|次|会|局|院|校|園|班|館|事務|センター|グループ|チーム|理事|支配)[長人]|取締役.{0,8}"
    r"|役員|主任|主査|主幹|参事|顧問|秘書|マネージャー?|マネジャー|リーダー|ディレクター|プロデューサー|エンジニア|デザイナー|プランナー"
    r"|コンサルタント|アドバイザー|スタッフ|教授|講師|弁護士|税理士|会計士|担当)(?:代理|補佐|心得|補)?"
    r"|.{0,50}\b(?:ceo|cto|cfo|coo|cio|president|director|manager|engineer|officer|consultant|representative|executive"
    r"|assistant|analyst|specialist|coordinator|founder|developer|designer|architect|accountant|buyer|supervisor"
    r"|administrator|secretary|attorney|professor|head of .{1,40}|lead|vp)\b.{0,40}",
    re.IGNORECASE,
)
_DEPARTMENT: Final = re.compile(
    r".{1,24}(?:部|課|室|係|グループ|チーム|事業部|センター|支店|支社|営業所|本社|本店|局|科|工場|ユニット|オフィス|窓口)"
    r"|.{0,40}\b(?:dept|department|division|team|office|branch|unit)\b\.?.{0,40}",
    re.IGNORECASE,
)

LABELS: Final = {
    "company": "会社名|社名|会社|勤務先|所属会社|company|organization|organisation|firma",
    "department": "部署|部署名|所属|department|dept|division",
    "title": "役職|肩書|職位|title|position|role",
    "name": "氏名|名前|お名前|担当者?|name",
    "address": "住所|所在地|本社|address|add|addr|adresse",
    "website": "url|web|website|hp|ホームページ|ウェブサイト|homepage|site",
}
_LABEL: Final = re.compile(
    r"^[\[【(<]?\s?(?:"
    + "|".join(f"(?P<{name}>{words})" for name, words in LABELS.items())
    + r")\s?[\]】)>]?\s{0,8}[:;→]\s{0,8}(?P<value>.{1,150})$",
    re.IGNORECASE,
)


def label_of(line: str) -> tuple[str, str]:
    """Return what a line says it is, with the rest of it; "" where it doesn't say."""
    found = _LABEL.match(line)
    if found is None or found.lastgroup is None:
        return "", line
    kind = next(name for name in LABELS if found[name])
    return kind, found["value"].strip()


def numbers_in(line: str) -> Iterator[tuple[str, str]]:
    """Yield the telephone numbers of a line: ``phone``, ``mobile``, ``fax``, or "" where nothing says so."""
    line = line.translate(_HYPHENS)
    found = list(_LABELLED.finditer(line))
    for one in found:
        number = one["number"].strip()
        if one["both"]:
            yield "phone", number
            yield "fax", number
        else:
            yield next(kind for kind in ("fax", "mobile", "phone") if one[kind]), number
    if not found and not _POSTAL.search(line):
        for bare in _BARE.finditer(line):
            yield "", bare["number"].strip()


def website_in(line: str) -> str:
    """Return the web address in a line that may be that of a company, "" for none."""
    found = _URL.search(line)
    url = found[0].rstrip(".,;:)]'") if found else ""
    return "" if _NOT_THEIRS.search(url) else url


def address_in(line: str) -> dict[str, str]:
    """Return the parts of a postal address in a line: postal_code, state, city, street."""
    parts: dict[str, str] = {}
    postal = _POSTAL.search(line)
    if postal is not None:
        parts["postal_code"] = postal["code"]
        line = line[postal.end() :].strip(" :,、")
    prefecture = _PREFECTURE.search(line)
    if prefecture is not None:
        parts["state"], line = prefecture["state"], prefecture["rest"].strip()
    city = _CITY.match(line) if parts else None
    if city is not None:
        parts["city"], line = city["city"], city["rest"].strip()
    if parts:
        return {**parts, "street": line} if line else parts
    for pattern in (_IN_ONE_LINE, _TOWN, _CONTINENTAL):
        if (town := pattern.fullmatch(line)) is not None:
            said = {
                "postal_code" if name == "code" else name: text for name, text in town.groupdict().items()
            }
            return {name: text.strip() for name, text in said.items()}
    return {"street": line} if len(line) <= 120 and _STREET.fullmatch(line) else {}


def is_organisation(text: str) -> bool:
    """Return whether a text names a company or another organisation."""
    return _ORGANISATION.search(text) is not None


def is_institute(text: str) -> bool:
    """Return whether a word may be the name of an organisation, without a legal form."""
    return _INSTITUTE.fullmatch(text) is not None


def is_title(text: str) -> bool:
    """Return whether a text is what somebody is."""
    return len(text) <= 60 and _TITLE.fullmatch(text) is not None


def is_department(text: str) -> bool:
    """Return whether a text is a part of a company."""
    return len(text) <= 60 and _DEPARTMENT.fullmatch(text) is not None


def bare_form(text: str) -> bool:
    """Return whether a text is a legal form alone: the name stands beside it."""
    return len(text) <= 8 and _ORGANISATION.fullmatch(text) is not None
