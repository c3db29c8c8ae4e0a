"""``make bench`` and ``make bench-quick``: one table of ratios and counts, and the same as JSON."""

import argparse
import asyncio
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from crm_tui import __version__
from tests.bench import calls, console, imports, mail, million, reading, tables, writing
from tests.bench.measuring import Row, machine

FOLDER = Path("docs/bench")
_SMALL = 20_000
_CALLS, _FEW_CALLS = 5_000_000, 50_000


def main() -> None:
    """Measure, print the table, keep it."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("--quick", action="store_true", help="two minutes instead of twenty")
    parser.add_argument("--people", type=int, help="size of the large store")
    parser.add_argument("--imports", action="store_true", help="imports alone, beside what was kept before")
    parser.add_argument("--no-json", action="store_true", help="keep nothing under docs/bench")
    options = parser.parse_args()
    people: int = options.people or (_SMALL if options.quick else 1_000_000)
    began = time.monotonic()
    if options.imports:
        measured = asyncio.run(imports.rows(quick=options.quick))
    else:
        stores = {size: million.store_of(size) for size in {_SMALL, people, *million.sizes(people)}}
        measured = asyncio.run(_measure(stores, people, quick=options.quick))
    print(_table(measured))
    print(f"{len(measured)} rows in {time.monotonic() - began:.0f} s on {machine()}")
    if not options.no_json:
        _keep(measured, people, quick=options.quick, alone=options.imports)


async def _measure(stores: Mapping[int, Path], people: int, *, quick: bool) -> list[Row]:
    small, large = stores[_SMALL], stores[people]
    found: list[Row] = []
    print("  the console …", flush=True)
    found += console.rows(small, quick=quick)
    print("  lists and lookups …", flush=True)
    found += await tables.rows(quick=quick)
    found += await reading.keys(large)
    found += await reading.rows(large, people, quick=quick)
    found += await reading.growth(sorted(stores.items()), quick=quick)
    print("  reports …", flush=True)
    number = _FEW_CALLS if quick else _CALLS
    found += await calls.rows(await calls.store_of(number), number, quick=quick)
    print("  mail …", flush=True)
    found += await asyncio.to_thread(mail.rows, quick=quick)
    print("  imports …", flush=True)
    found += await imports.rows(quick=quick)
    print("  writing …", flush=True)
    found += await asyncio.to_thread(writing.rows, small, quick=quick)
    return found


def _table(measured: Sequence[Row]) -> str:
    width = max(len(row.name) for row in measured)
    lines = [f"{'what':{width}}  {'value':>10}  {'goal':>8}  "]
    for row in measured:
        goal = "" if row.goal is None else f"{row.goal:g}"
        lines.append(
            f"{row.name:{width}}  {row.value:>10,.2f}  {goal:>8}  {row.verdict:4}  {row.detail}".rstrip()
        )
    return "\n".join(lines)


def _keep(measured: Sequence[Row], people: int, *, quick: bool, alone: bool) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / ("quick.json" if quick else "full.json")
    rows = [{**asdict(row), "verdict": row.verdict} for row in measured]
    content = {"version": __version__, "machine": machine(), "people": people, "rows": rows}
    if alone and path.exists():
        before = json.loads(path.read_text(encoding="utf-8"))
        others = [row for row in before["rows"] if not row["name"].startswith("import of ")]
        content = {**before, "rows": [*others, *rows]}
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"kept in {path}")


if __name__ == "__main__":
    main()
