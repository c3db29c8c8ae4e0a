"""The texts of the program as translators see them: taken from the code, compared with a catalogue."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polib
from babel.messages.extract import extract

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("crm_tui", "screens")
LANGUAGES = ("ja",)
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "N_": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
}
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[#0 +-]*\d*(?:\.\d+)?[a-zA-Z%]")


@dataclass(slots=True)
class Message:
    """One text of the code.

    Attributes:
        context: What tells it from its homonyms, or None.
        text: The English text.
        plural: The English text for several, or an empty string.
        files: The files that show it, relative to the root.
    """

    context: str | None
    text: str
    plural: str = ""
    files: set[str] = field(default_factory=set)

    @property
    def key(self) -> tuple[str, str]:
        """What finds it in a catalogue."""
        return (self.context or "", self.text)


def sources() -> list[Path]:
    """Return the files that may hold texts."""
    return sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def messages() -> list[Message]:
    """Return every text of the code, by its key."""
    found: dict[tuple[str, str], Message] = {}
    for path in sources():
        name = path.relative_to(ROOT).as_posix()
        with path.open("rb") as file:
            for _line, text, _comments, context in extract("python", file, KEYWORDS):
                single, plural = text if isinstance(text, tuple) else (text, "")
                if not single:
                    continue
                message = found.setdefault((context or "", single), Message(context, single))
                message.plural = message.plural or plural
                message.files.add(name)
    return [found[key] for key in sorted(found)]


def catalogue_path(language: str) -> Path:
    """Return the catalogue of ``language``."""
    return ROOT / "crm_tui" / "locale" / language / "LC_MESSAGES" / "crm_tui.po"


def catalogue_problems(catalogue: polib.POFile, wanted: list[Message]) -> Iterator[str]:
    """Yield one line for each text that ``catalogue`` lacks, has wrong, or has in vain."""
    entries = {(entry.msgctxt or "", entry.msgid): entry for entry in catalogue if not entry.obsolete}
    for message in wanted:
        entry = entries.pop(message.key, None)
        if entry is None:
            yield f"missing: {message.text!r} ({', '.join(sorted(message.files))})"
        elif entry.fuzzy:
            yield f"fuzzy: {message.text!r}"
        else:
            yield from _entry_problems(entry, message)
    for entry in entries.values():
        yield f"not in the code: {entry.msgid!r}"


def _entry_problems(entry: polib.POEntry, message: Message) -> Iterator[str]:
    translations = list(entry.msgstr_plural.values()) if message.plural else [entry.msgstr]
    if not translations or not all(translations):
        yield f"not translated: {message.text!r}"
        return
    expected = sorted(PLACEHOLDER.findall(message.plural or message.text))
    for translation in translations:
        if sorted(PLACEHOLDER.findall(translation)) != expected:
            yield f"placeholders differ: {message.text!r} and {translation!r}"


def code_problems() -> Iterator[str]:
    """Yield one line for each call that hides its text from translators, such as ``_(f"…")``."""
    for path in sources():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KEYWORDS:
                texts = node.args[:2] if node.func.id in ("ngettext", "pgettext") else node.args[:1]
                if any(_is_composed(text) for text in texts):
                    yield f"{path.relative_to(ROOT)}:{node.lineno}: compose the text outside {node.func.id}()"


def _is_composed(node: ast.expr) -> bool:
    """Whether the expression builds a text from parts; names stand for texts marked elsewhere."""
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Attribute) and node.func.attr in ("format", "join")
    return isinstance(node, (ast.JoinedStr, ast.BinOp))
