"""Choose the newest versions that fit on every supported Python and write ``constraints.txt``.

Usage: ``python -m scripts.lock [INTERPRETER …]``. Without arguments: ``python3.11``, ``python3.12`` and
``python3.13`` from the path. Each interpreter resolves the same requirements; where they disagree, the
line carries an environment marker.
"""

import json
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CONSTRAINTS = ROOT / "constraints.txt"
PYTHONS = ("python3.11", "python3.12", "python3.13")
HEADER = (
    "# The exact versions that the checks and tests run with, for Python 3.11, 3.12 and 3.13.\n"
    "# Written by `make lock`; the ranges stand in pyproject.toml.\n"
)


def requirements(pyproject: Path = ROOT / "pyproject.toml") -> list[str]:
    """Return every requirement of the project and its extras, and those of the build."""
    with pyproject.open("rb") as file:
        data = tomllib.load(file)
    project = data["project"]
    found: list[str] = [*data["build-system"]["requires"], *project["dependencies"]]
    for extra in project["optional-dependencies"].values():
        found += [line for line in extra if not line.startswith(f"{project['name']}[")]
    return sorted(set(found))


def resolve(interpreter: str, wanted: Iterable[str]) -> tuple[str, dict[str, str]]:
    """Return the interpreter's ``3.x`` and the version of each distribution it would install."""
    command = [interpreter, "-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed"]
    run = subprocess.run([*command, "--report", "-", *wanted], check=True, capture_output=True, text=True)
    report = json.loads(run.stdout)
    version = report["environment"]["python_version"]
    chosen = (item["metadata"] for item in report["install"])
    return version, {canonical(found["name"]): found["version"] for found in chosen}


def canonical(name: str) -> str:
    """Return a distribution's name as package indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def constraint_lines(resolved: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Return the lines of the constraints file.

    Args:
        resolved: For each Python version the version of each distribution.
    """
    lines = []
    for name in sorted({name for versions in resolved.values() for name in versions}):
        pythons: dict[str, list[str]] = {}
        for python, versions in resolved.items():
            if name in versions:
                pythons.setdefault(versions[name], []).append(python)
        if len(pythons) == 1:
            lines.append(f"{name}=={next(iter(pythons))}")
            continue
        for version, users in pythons.items():
            marker = " or ".join(f"python_version == '{python}'" for python in users)
            lines.append(f"{name}=={version}; {marker}")
    return lines


def main(arguments: Sequence[str]) -> int:
    """Write the constraints file; return the exit status."""
    interpreters = list(arguments) or list(PYTHONS)
    missing = [name for name in interpreters if shutil.which(name) is None]
    if missing:
        print(f"no such interpreter: {', '.join(missing)}; name the three you have", file=sys.stderr)
        return 2
    wanted = requirements()
    resolved = dict(resolve(interpreter, wanted) for interpreter in interpreters)
    lines = constraint_lines(resolved)
    CONSTRAINTS.write_text(HEADER + "\n".join(lines) + "\n", encoding="utf-8")
    print(f"{CONSTRAINTS.name}: {len(lines)} lines for Python {', '.join(resolved)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
