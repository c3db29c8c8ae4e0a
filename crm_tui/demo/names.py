"""Names of the people in the sample data, Japanese ones with their readings."""

import unicodedata
from dataclasses import dataclass
from random import Random

# Written form and reading, a pair per word.
_FAMILY = (
    "佐藤:さとう 鈴木:すずき 高橋:たかはし 田中:たなか 伊藤:いとう 渡辺:わたなべ 山本:やまもと "
    "中村:なかむら 小林:こばやし 加藤:かとう 吉田:よしだ 山田:やまだ 佐々木:ささき 山口:やまぐち "
    "松本:まつもと 井上:いのうえ 木村:きむら 林:はやし 斎藤:さいとう 清水:しみず 山崎:やまざき "
    "森:もり 池田:いけだ 橋本:はしもと 阿部:あべ 石川:いしかわ 山下:やました 中島:なかじま "
    "石井:いしい 小川:おがわ 前田:まえだ 岡田:おかだ 長谷川:はせがわ 藤田:ふじた 後藤:ごとう "
    "近藤:こんどう 村上:むらかみ 遠藤:えんどう 青木:あおき 坂本:さかもと 斉藤:さいとう 福田:ふくだ "
    "太田:おおた 西村:にしむら 藤井:ふじい 金子:かねこ 岡本:おかもと 藤原:ふじわら 三浦:みうら "
    "中野:なかの 原田:はらだ 松田:まつだ 竹内:たけうち 小野:おの 田村:たむら 中山:なかやま 和田:わだ "
    "石田:いしだ 上田:うえだ 森田:もりた 髙橋:たかはし 渡邊:わたなべ 東:ひがし 服部:はっとり"
)
_GIVEN = (
    "太郎:たろう 花子:はなこ 健太:けんた 翔太:しょうた 大輔:だいすけ 拓也:たくや 直樹:なおき "
    "和也:かずや 健一:けんいち 浩:ひろし 誠:まこと 隆:たかし 洋子:ようこ 恵子:けいこ 久美子:くみこ "
    "由美:ゆみ 美咲:みさき 愛:あい 陽菜:ひな 結衣:ゆい 葵:あおい さくら:さくら 真由美:まゆみ "
    "智子:ともこ 明美:あけみ 裕子:ゆうこ 蓮:れん 悠斗:ゆうと 陸:りく 湊:みなと 大翔:ひろと 樹:いつき "
    "涼介:りょうすけ 亮:りょう 学:まなぶ 茂:しげる 進:すすむ 清:きよし 彩:あや 舞:まい 千尋:ちひろ "
    "麻衣:まい 綾香:あやか 沙織:さおり 香織:かおり 純一:じゅんいち 雄大:ゆうだい 優子:ゆうこ"
)
_LAST = (
    "Smith Johnson Williams Brown Jones Miller Davis Wilson Anderson Taylor Thomas Moore Martin Jackson "
    "Thompson White Harris Clark Lewis Robinson Walker Young Allen King Wright Scott Hill Green Adams "
    "Nelson Baker Hall Rivera Campbell Mitchell Carter Roberts Murphy O'Brien Kelly Fraser MacLeod Evans "
    "Hughes Edwards Patel Singh Nguyen Garcia Martínez Müller Schmidt Dubois Rossi Novák Kowalski Jensen"
)
_FIRST = (
    "James Mary Robert Patricia John Jennifer Michael Linda David Elizabeth William Barbara Richard Susan "
    "Joseph Jessica Thomas Sarah Daniel Karen Matthew Lisa Anthony Nancy Mark Sandra Paul Ashley Steven "
    "Emily Andrew Donna Joshua Michelle Kevin Carol Brian Amanda George Melissa Edward Deborah Ronald "
    "Stephanie Timothy Rebecca Jason Laura Ryan Helen Jacob Amy Gary Anna Nicholas Zoë Eric José Chloé"
)


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    return tuple((written, reading) for written, _colon, reading in (w.partition(":") for w in text.split()))


FAMILY, GIVEN = _pairs(_FAMILY), _pairs(_GIVEN)
LAST, FIRST = tuple(_LAST.split()), tuple(_FIRST.split())


@dataclass(frozen=True, slots=True)
class PersonName:
    """The name of a person.

    Attributes:
        first_kana: Reading, "" for a name in Latin letters.
    """

    first: str
    last: str
    first_kana: str = ""
    last_kana: str = ""

    @property
    def is_japanese(self) -> bool:
        """Whether the person is addressed in Japanese."""
        return bool(self.last_kana)


def person_name(random: Random, *, japanese: bool) -> PersonName:
    """Return a name."""
    if not japanese:
        return PersonName(random.choice(FIRST), random.choice(LAST))
    (last, last_kana), (first, first_kana) = random.choice(FAMILY), random.choice(GIVEN)
    return PersonName(first, last, first_kana, last_kana)


def mail_name(name: PersonName, random: Random) -> str:
    """Return the part of a mail address before the ``@``; Latin letters and digits only."""
    folded = unicodedata.normalize("NFKD", f"{name.first}.{name.last}".lower())
    plain = "".join(c for c in folded if c.isascii() and (c.isalpha() or c == "."))
    stem = plain if len(plain) > 3 and not name.is_japanese else random.choice(("info", "tanto", "user", "k"))
    return f"{stem.strip('.')}{random.randrange(1, 10_000)}"
