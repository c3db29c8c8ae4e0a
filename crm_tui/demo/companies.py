"""Companies of the sample data: names, readings, addresses, trades."""

from dataclasses import dataclass
from random import Random

_STEMS = (
    "青山:あおやま 旭:あさひ 石狩:いしかり 泉:いずみ 大和:やまと 桜:さくら 若葉:わかば 東海:とうかい "
    "北斗:ほくと 南光:なんこう 富士見:ふじみ 武蔵:むさし 瑞穂:みずほ 白川:しらかわ "
    "緑ヶ丘:みどりがおか 丸八:まるはち 三栄:さんえい 光陽:こうよう 西湖:さいこ 千歳:ちとせ "
    "日の出:ひので 明和:めいわ 朝日野:あさひの 金沢屋:かなざわや 松風:まつかぜ 竹葉:たけば "
    "梅園:うめぞの 鶴見:つるみ 亀山:かめやま 吉野:よしの"
)
_TRADES = (
    "製作所:せいさくしょ:製造 電機:でんき:電機 商事:しょうじ:卸売 運輸:うんゆ:運輸 "
    "食品:しょくひん:食品 建設:けんせつ:建設 印刷:いんさつ:印刷 薬品:やくひん:医薬 "
    "不動産:ふどうさん:不動産 システム:システム:情報通信 物産:ぶっさん:卸売 工業:こうぎょう:製造 "
    "保険サービス:ほけんサービス:保険 観光:かんこう:旅行"
)
_WORDS = (
    "Harbor Northfield Blue·Ridge Cedar Lakeside Summit Evergreen Granite Redwood Silver·Birch Willow Falcon "
    "Kestrel Beacon Meridian Orchard Prairie Stonebridge Fairview Westgate Larkspur Juniper Amber Coral"
)
_KINDS = (
    ("Logistics Ltd", "Transport"),
    ("Manufacturing Inc", "Manufacturing"),
    ("Software LLC", "Information technology"),
    ("Foods Inc", "Food"),
    ("Insurance Group", "Insurance"),
    ("Travel Ltd", "Travel"),
    ("Health Partners", "Health care"),
    ("Building Supplies", "Construction"),
    ("Books & Paper", "Publishing"),
    ("Energy Co", "Energy"),
)
_OFFICES = "東京 大阪 名古屋 横浜 福岡 仙台 広島 京都 神戸 札幌 千葉 静岡 新潟 熊本 岡山".split()
_PLACES = (
    ("100-0001", "東京都", "千代田区", "千代田"),
    ("530-0001", "大阪府", "大阪市北区", "梅田"),
    ("450-0002", "愛知県", "名古屋市中村区", "名駅"),
    ("220-0011", "神奈川県", "横浜市西区", "高島"),
    ("812-0011", "福岡県", "福岡市博多区", "博多駅前"),
    ("980-0021", "宮城県", "仙台市青葉区", "中央"),
    ("730-0011", "広島県", "広島市中区", "基町"),
    ("600-8216", "京都府", "京都市下京区", "東塩小路町"),
)
_TOWNS = (
    ("94105", "CA", "San Francisco", "Market Street", "United States"),
    ("60601", "IL", "Chicago", "Lake Street", "United States"),
    ("10001", "NY", "New York", "Eighth Avenue", "United States"),
    ("98101", "WA", "Seattle", "Pike Street", "United States"),
    ("EC1A 1BB", "", "London", "Aldersgate Street", "United Kingdom"),
    ("M1 1AE", "", "Manchester", "Piccadilly", "United Kingdom"),
)
_STEM_PAIRS = tuple(tuple(word.split(":")) for word in _STEMS.split())
_TRADE_TRIPLES = tuple(tuple(word.split(":")) for word in _TRADES.split())
_WORD_LIST = tuple(word.replace("·", " ") for word in _WORDS.split())


@dataclass(frozen=True, slots=True)
class Company:
    """A company.

    Attributes:
        kana: Reading of the name, "" for a name in Latin letters.
        domain: Of its web pages and mail; a reserved one, so that nothing reaches anybody.
    """

    name: str
    kana: str
    industry: str
    domain: str

    @property
    def is_japanese(self) -> bool:
        """Whether it is in Japan."""
        return bool(self.kana)


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address in the parts that records have."""

    postal_code: str
    state: str
    city: str
    street: str
    country: str

    def fields(self, prefix: str) -> dict[str, str]:
        """Return the values of the five address fields that begin with ``prefix``."""
        return {
            f"{prefix}postal_code": self.postal_code,
            f"{prefix}state": self.state,
            f"{prefix}city": self.city,
            f"{prefix}street": self.street,
            f"{prefix}country": self.country,
        }


def company(random: Random, number: int, *, japanese: bool) -> Company:
    """Return a company; ``number`` keeps its domain apart from the others'."""
    if not japanese:
        words = " ".join(random.sample(_WORD_LIST, 2))
        kind, industry = random.choice(_KINDS)
        return Company(f"{words} {kind}", "", industry, f"c{number}.example.com")
    stem, stem_kana = random.choice(_STEM_PAIRS)
    trade, trade_kana, industry = random.choice(_TRADE_TRIPLES)
    name, kana = f"{stem}{trade}", f"{stem_kana}{trade_kana}"
    form = random.randrange(10)
    if form < 5:
        name = f"株式会社{name}"
    elif form < 8:
        name = f"{name}株式会社"
    elif form < 9:
        name = f"有限会社{name}"
    if random.random() < 0.3:
        name = f"{name} {random.choice(_OFFICES)}支店"
    return Company(name, kana, industry, f"c{number}.example.jp")


def address(random: Random, *, japanese: bool) -> Address:
    """Return an address."""
    if japanese:
        postal_code, state, city, street = random.choice(_PLACES)
        numbers = f"{random.randrange(1, 9)}-{random.randrange(1, 30)}-{random.randrange(1, 20)}"
        return Address(postal_code, state, city, f"{street}{numbers}", "日本")
    postal_code, state, city, street, country = random.choice(_TOWNS)
    return Address(postal_code, state, city, f"{random.randrange(1, 900)} {street}", country)
