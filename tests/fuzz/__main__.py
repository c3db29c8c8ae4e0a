"""Runs every target in turn: ``python -m tests.fuzz [seconds for each]``; 1 if one found something."""

import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path


def main() -> int:
    """Run the targets, each in a process of its own."""
    names = [one.name for one in pkgutil.iter_modules([str(Path(__file__).parent)])]
    targets = [name for name in names if hasattr(importlib.import_module(f"tests.fuzz.{name}"), "TARGET")]
    seconds = sys.argv[1:2] or ["600"]
    codes = [
        subprocess.run([sys.executable, "-m", f"tests.fuzz.{name}", *seconds], check=False).returncode
        for name in targets
    ]
    return int(any(codes))


if __name__ == "__main__":
    sys.exit(main())
