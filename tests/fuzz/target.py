"""What all fuzzing targets share: how data are changed, how long, and what is kept.

A target is a module of this package with a `TARGET`. With atheris installed it is led by coverage, else what
its corpus has is mutated at random. What breaks an expectation is kept in its folder.
"""

import argparse
import importlib
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

LONGEST: Final = 64 * 1024
"""Bytes that are tried at once."""

_FOLDER: Final = Path("tests/fuzz/found")


class Broken(AssertionError):
    """An expectation of everything that is read doesn't hold."""


@dataclass(frozen=True, slots=True)
class Target:
    """Something that reads what others wrote.

    Attributes:
        name: Of its module.
        check: Reads some bytes and expects what holds for any; raises `Broken`.
        begin: What to begin with, none of it long.
        pieces: What means something to the reader.
    """

    name: str
    check: Callable[[bytes], None]
    begin: Callable[[], list[bytes]]
    pieces: tuple[bytes, ...]

    def corpus(self, kept: Path | None = None) -> list[bytes]:
        """Return what to begin with, and what earlier runs kept."""
        found = [raw[:LONGEST] for raw in self.begin()]
        if kept is not None and kept.is_dir():
            found += [path.read_bytes() for path in sorted(kept.iterdir()) if path.is_file()]
        return found

    def mutated(self, raw: bytes, dice: random.Random, others: Sequence[bytes]) -> bytes:
        """Return data with a few changes: bytes, pieces that mean something, parts of others."""
        data = bytearray(raw)
        for _change in range(dice.randint(1, 6)):
            at, end = sorted((dice.randint(0, len(data)), dice.randint(0, len(data))))
            match dice.randrange(5):
                case 0:
                    data[at:at] = dice.choice(self.pieces) * dice.choice((1, 1, 1, 50))
                case 1:
                    data[at : min(end, at + dice.randint(0, 200))] = b""
                case 2:
                    data[at : at + 1] = dice.randbytes(1)
                case 3:
                    other = dice.choice(others)
                    start = dice.randint(0, len(other))
                    data[at:at] = other[start : start + 500]
                case _:
                    data[at:at] = data[at : at + 300] * dice.randint(1, 5)
        return bytes(data[:LONGEST])

    def main(self) -> None:
        """Fuzz for a while; exit with 1 if something was found."""
        parser = argparse.ArgumentParser(prog=f"python -m tests.fuzz.{self.name}")
        parser.add_argument("seconds", type=float, nargs="?", default=60)
        parser.add_argument("folder", type=Path, nargs="?", default=_FOLDER / self.name)
        options = parser.parse_args()
        try:
            atheris = importlib.import_module("atheris")
        except ImportError:
            sys.exit(self._at_random(options.seconds, options.folder))
        atheris.instrument_all()
        options.folder.mkdir(parents=True, exist_ok=True)
        begin = options.folder / "corpus"
        begin.mkdir(exist_ok=True)
        for number, raw in enumerate(self.corpus(options.folder / "broken")):
            (begin / str(number)).write_bytes(raw)
        kept = f"-artifact_prefix={options.folder}/broken-"
        atheris.Setup([sys.argv[0], str(begin), f"-max_total_time={options.seconds:.0f}", kept], self.check)
        atheris.Fuzz()

    def _at_random(self, seconds: float, folder: Path) -> int:
        dice = random.Random()
        begin = self.corpus(folder)
        tried = broken = 0
        for raw in self._mutations(begin, dice, time.monotonic() + seconds):
            tried += 1
            try:
                self.check(raw)
            except Exception as error:
                broken += 1
                folder.mkdir(parents=True, exist_ok=True)
                path = folder / f"broken-{time.time_ns()}"
                path.write_bytes(raw)
                print(f"{path}: {type(error).__name__} {error}")
        print(f"{self.name}: {tried} tried, {broken} broken")
        return int(broken > 0)

    def _mutations(self, begin: Sequence[bytes], dice: random.Random, until: float) -> Iterator[bytes]:
        while time.monotonic() < until:
            yield self.mutated(dice.choice(begin), dice, begin)
