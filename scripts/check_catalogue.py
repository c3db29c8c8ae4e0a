"""Fail when a text of the code has no translation, or a catalogue holds what can't be right.

Usage: ``python -m scripts.check_catalogue``.
"""

import sys

import polib

from scripts.catalogue import LANGUAGES, catalogue_path, catalogue_problems, code_problems, messages


def problems() -> list[str]:
    """Return one line for everything that is wrong, in the code and in each catalogue."""
    found = list(code_problems())
    wanted = messages()
    for language in LANGUAGES:
        path = catalogue_path(language)
        catalogue = polib.pofile(str(path)) if path.exists() else polib.POFile()
        found += [f"{language}: {problem}" for problem in catalogue_problems(catalogue, wanted)]
    return found


def main() -> int:
    """Print what is wrong; return the exit status."""
    found = problems()
    for line in found:
        print(line, file=sys.stderr)
    print(f"catalogues: {len(found)} problems" if found else "catalogues: complete")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
