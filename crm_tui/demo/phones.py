"""Telephone numbers of the sample data, in every notation that people use.

None of them rings anywhere: in Japan no local exchange begins with 0 or 1; +1 …-555-01xx and
+44 20 7946 0xxx are kept free by the numbering plans of those countries.
"""

from random import Random

# Area code and digits of the local exchange.
_AREAS = (("03", 4), ("06", 4), ("052", 3), ("045", 3), ("092", 3), ("075", 3), ("022", 3), ("082", 3))
_US_AREAS = (
    "201 202 203 205 206 207 208 209 210 212 213 214 215 216 217 218 219 301 302 303 304 305 307 308 309 "
    "310 312 313 314 315 316 317 318 319 401 402 404 405 406 407 408 409 410 412 413 414 415 417 501 502"
).split()
_FULL_WIDTH = str.maketrans("0123456789-", "０１２３４５６７８９－")


def landline(random: Random, *, japanese: bool) -> str:
    """Return the number of an office."""
    if not japanese:
        return _abroad(random)
    area, length = random.choice(_AREAS)
    exchange = f"1{random.randrange(10 ** (length - 1)):0{length - 1}}"
    line = f"{random.randrange(10_000):04}"
    return written(random.randrange(12), area, exchange, line)


def mobile(random: Random, *, japanese: bool) -> str:
    """Return the number of a mobile telephone."""
    if not japanese:
        return _abroad(random)
    head, exchange = random.choice(("070", "090")), f"0{random.randrange(1_000):03}"
    line = f"{random.randrange(10_000):04}"
    separator = "-" if random.random() < 0.8 else ""
    return separator.join((head, exchange, line))


def written(notation: int, area: str, exchange: str, line: str) -> str:
    """Return a Japanese number in one of several notations.

    Args:
        notation: 0 to 11; the common ones stand behind several numbers.
    """
    match notation:
        case 0 | 1:
            return f"+81 {area[1:]} {exchange} {line}"
        case 2:
            return f"+81-{area[1:]}-{exchange}-{line}"
        case 3 | 4:
            return f"{area}{exchange}{line}"
        case 5:
            return f"({area}){exchange}-{line}"
        case 6:
            return f"{area}-{exchange}-{line}".translate(_FULL_WIDTH)
        case _:
            return f"{area}-{exchange}-{line}"


def _abroad(random: Random) -> str:
    if random.random() < 0.25:
        return f"+44 20 7946 0{random.randrange(1_000):03}"
    area, line = random.choice(_US_AREAS), f"01{random.randrange(100):02}"
    return random.choice((f"+1 {area} 555 {line}", f"+1 ({area}) 555-{line}", f"+1-{area}-555-{line}"))
