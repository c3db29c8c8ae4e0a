"""A short turn of the fuzzing of files and pages; ``make fuzz`` takes the long ones."""

import random

import pytest

from tests.fuzz import entries, graph_pages, tables, workbooks, zoho_records
from tests.fuzz.target import Target


@pytest.mark.parametrize(
    ("target", "number"),
    [
        (tables.TARGET, 120),
        (entries.TARGET, 120),
        (workbooks.TARGET, 2),
        (graph_pages.TARGET, 40),
        (zoho_records.TARGET, 40),
    ],
    ids=["tables", "entries", "workbooks", "graph_pages", "zoho_records"],
)
def test_whatever_is_read_keeps_what_is_promised(target: Target, number: int) -> None:
    begin = target.corpus()
    for raw in begin[:12]:
        target.check(raw)
    dice = random.Random(number)
    for _each in range(number):
        target.check(target.mutated(dice.choice(begin), dice, begin))
