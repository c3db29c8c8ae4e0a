"""What a part of the program loads when it is imported, seen in a process of its own.

The import contracts in pyproject.toml forbid by name; these tests see what really happens.
"""

import json
import os
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

DRAWING = {"textual", "rich"}
DATABASE = {"sqlalchemy", "alembic", "aiosqlite", "asyncpg", "greenlet"}
FORMATS = {
    "icalendar",
    "xlsxwriter",
    "python_calamine",
    "cryptography",
    "imapclient",
    "msal",
    "httpx",
}
ENTRY_POINTS = ("app", "portal_app", "cli", "bootstrap", "commands", "__main__")
"""Parts of crm_tui that may open the console."""


def loaded(*modules: str, then: str = "") -> set[str]:
    """Return the top-level names in ``sys.modules`` after an import in a fresh interpreter."""
    program = (
        f"import importlib, json, sys\nfor name in {list(modules)!r}: importlib.import_module(name)\n{then}\n"
        "print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})), file=sys.stderr)"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False, env=os.environ
    )
    assert run.returncode == 0, run.stderr
    return set(json.loads(run.stderr.splitlines()[-1]))


def modules_of(package: str) -> list[str]:
    """Return every module of a package, without importing it."""
    folder = ROOT.joinpath(*package.split("."))
    names = [package]
    for found in pkgutil.iter_modules([str(folder)]):
        name = f"{package}.{found.name}"
        names += modules_of(name) if found.ispkg else [name]
    return names


def test_the_entry_point_loads_nothing_that_takes_long() -> None:
    assert not loaded("crm_tui.cli") & (DRAWING | DATABASE | FORMATS | {"polib", "click", "phonenumbers"})


def test_a_light_subcommand_stays_light() -> None:
    found = loaded(then="from crm_tui.commands.runner import run; assert run(['version']) == 0")
    assert not found & (DRAWING | DATABASE | FORMATS)


def test_no_command_loads_a_database_or_a_format_before_it_is_run() -> None:
    assert not loaded(*modules_of("crm_tui.commands")) & (DRAWING | DATABASE | FORMATS)


@pytest.mark.parametrize("package", ["crm_tui.domain", "crm_tui.policies"])
def test_rules_need_only_the_standard_library(package: str) -> None:
    allowed = sys.stdlib_module_names | {"crm_tui", "phonenumbers", "wcwidth"}
    before = loaded()
    found = loaded(*modules_of(package)) - before
    assert {name for name in found if not name.startswith("_sysconfigdata")} <= allowed


def test_everything_but_the_entry_points_runs_without_a_terminal() -> None:
    modules = [
        name for name in modules_of("crm_tui") if name.split(".")[1:2] not in [[p] for p in ENTRY_POINTS]
    ]
    modules = [name for name in modules if ".migrations." not in name]
    assert "crm_tui.store.engine" in modules
    assert not loaded(*modules) & DRAWING


def test_the_console_is_painted_before_the_database_library_is_loaded() -> None:
    assert not loaded("crm_tui.app", *modules_of("screens")) & (DATABASE | FORMATS)


@pytest.mark.parametrize("package", ["crm_tui", "screens"])
def test_every_folder_of_code_is_a_package_that_the_contracts_see(package: str) -> None:
    folders = {path.parent for path in (ROOT / package).rglob("*.py")}
    assert [str(folder) for folder in sorted(folders) if not (folder / "__init__.py").exists()] == []
