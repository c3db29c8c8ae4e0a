"""CSV and its relatives (RFC 4180), row by row; what is broken costs its own row, not those behind it."""

import csv
import re
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from crm_tui.sync.files.problems import Problem
from crm_tui.sync.files.texts import Line

LONGEST_CELL: Final = 65_536
"""Characters of a cell; the longest field of ours takes 32,000."""

_MOST_LINES: Final = 2_000
_MOST_CHARACTERS: Final = 1024 * 1024
_FEW_LINES: Final = 20
_MANY_MISTAKES: Final = 100
_JUDGED_LINES: Final = 200
_FORMULA_TEXT: Final = re.compile(r'\A="([^"]*)"\Z')
"""How programs keep Excel from taking the zero off a number: ="0312345678"."""

_EVEN: Final = 0.5
_MOST_TITLES: Final = 10
_BY_USE: Final = (",", "|", ";", "\t")
_NAMED: Final = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)

csv.field_size_limit(2 * _MOST_CHARACTERS)


@dataclass(frozen=True, slots=True)
class Record:
    """A row as it stands, before anything is known about the table."""

    cells: list[str]
    problem: Problem | None = None


def guess_delimiter(lines: Iterator[Line]) -> str:
    """Return what separates the cells: what makes rows of one width; "," for a single column."""
    texts = [line.text for line in islice(lines, _JUDGED_LINES)]
    if texts and (named := _NAMED.fullmatch(texts[0])):
        return named[1]
    # Of two that fit alike the rarer one: commas and semicolons stand in texts, tabs hardly ever.
    candidates = [one for one in reversed(_BY_USE) if any(one in text for text in texts)]
    found = max(candidates, key=lambda one: _evenness(texts, one), default="")
    evenness = _evenness(texts, found)[0] if found else 0.0
    if evenness > _EVEN:
        return found
    # A single column: its texts may have commas.
    return next((one for one in _BY_USE if not any(one in text for text in texts)), ",")


def is_delimiter_line(cells: Sequence[object], number: int) -> bool:
    """Whether a row only tells Excel what the delimiter is; it is the first then."""
    return number == 1 and bool(cells) and isinstance(cells[0], str) and cells[0].lower().startswith("sep=")


def records(lines: Iterator[Line], delimiter: str) -> Iterator[Record]:
    """Yield the rows of a table, empty ones too.

    A row whose quotation marks make no sense ends with its line; the next line begins a new one.
    """
    source = _Lines(lines)
    while source.has_more():
        source.begin()
        reader = csv.reader(source, delimiter=delimiter, strict=True)
        try:
            for cells in reader:
                yield _record(cells, source)
                source.begin()
        except csv.Error:
            yield _broken(source, delimiter)


class _Lines:
    """Lines for ``csv``, with a way back: what a broken row has taken too much of is read again."""

    def __init__(self, lines: Iterator[Line]) -> None:
        self._lines = lines
        self._again: deque[Line] = deque()
        self._mistakes = 0
        self._length = 0
        self.taken: list[Line] = []

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        most = _MOST_LINES if self._mistakes < _MANY_MISTAKES else _FEW_LINES
        if len(self.taken) >= most or self._length > _MOST_CHARACTERS:
            raise StopIteration
        line = self._again.popleft() if self._again else next(self._lines)
        self.taken.append(line)
        self._length += len(line.text)
        return line.text

    def begin(self) -> None:
        """Forget what belongs to the row before."""
        self.taken = []
        self._length = 0

    def has_more(self) -> bool:
        """Whether there are lines left."""
        if not self._again and (line := next(self._lines, None)) is not None:
            self._again.append(line)
        return bool(self._again)

    def give_back(self) -> Line:
        """Keep the first line alone, and return it."""
        first, *rest = self.taken
        self._again.extendleft(reversed(rest))
        self._mistakes += 1
        self.begin()
        return first


def _record(cells: list[str], source: _Lines) -> Record:
    problem = None
    for line in source.taken:
        problem = problem or line.problem
        if "\0" in line.text:
            cells = [cell.replace("\0", "") for cell in cells]
            problem = problem or Problem("row_nul")
        if '="' in line.text:
            cells = [_FORMULA_TEXT.sub(r"\1", cell) for cell in cells]
    if max(map(len, cells), default=0) > LONGEST_CELL:
        problem = problem or Problem("row_cell", {"limit": LONGEST_CELL})
        cells = [cell[:LONGEST_CELL] for cell in cells]
    return Record(cells, problem)


def _broken(source: _Lines, delimiter: str) -> Record:
    line = source.give_back()
    text = line.text.replace("\0", "").rstrip("\r\n")
    cells = [cell.strip('"')[:LONGEST_CELL] for cell in text.split(delimiter)]
    return Record(cells, line.problem or Problem("row_quote"))


def _evenness(texts: Sequence[str], delimiter: str) -> tuple[float, int]:
    """Return what part of the rows has the commonest width, and that width; titles above don't count."""
    found = [len(record.cells) for record in records(map(Line, texts), delimiter) if any(record.cells)]
    titles = next((at for at, width in enumerate(found) if width > 1), len(found))
    widths = Counter(found[min(titles, _MOST_TITLES) :])
    several = {width: number for width, number in widths.items() if width > 1}
    if not several:
        return (0.0, 0)
    width, number = max(several.items(), key=lambda one: (one[1], one[0]))
    return (number / widths.total(), width)
