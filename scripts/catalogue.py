"""The texts of the program as translators see them: taken from the code, compared with a catalogue."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("crm_tui", "screens")
LANGUAGES = ("ja",)
MARKERS = ("_", "N_", "ngettext", "pgettext")
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
    """Return every text of the code, in alphabetical order."""
    found: dict[tuple[str, str], Message] = {}
    for path in sources():
        for call in marked_calls(path):
            for message in _marked(call):
                kept = found.setdefault(message.key, message)
                kept.plural = kept.plural or message.plural
                kept.files.add(path.relative_to(ROOT).as_posix())
    return [found[key] for key in sorted(found)]


def marked_calls(path: Path) -> Iterator[ast.Call]:
    """Yield the calls of a file that mark texts for translators."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKERS:
            yield node


def _marked(call: ast.Call) -> Iterator[Message]:
    """Yield the texts that one call marks; names in it stand for texts that are marked elsewhere."""
    assert isinstance(call.func, ast.Name)
    first = list(_literals(call.args[0])) if call.args else []
    second = list(_literals(call.args[1])) if len(call.args) > 1 else []
    if call.func.id == "ngettext":
        yield from (Message(None, text, plural) for text, plural in zip(first, second, strict=True))
    elif call.func.id == "pgettext":
        yield from (Message(first[0], text) for text in second)
    else:
        yield from (Message(None, text) for text in first)


def _literals(node: ast.expr) -> Iterator[str]:
    """Yield the texts that an argument can be: a literal, or either branch of a choice."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _literals(node.body)
        yield from _literals(node.orelse)
    elif isinstance(node, ast.BoolOp):
        for value in node.values:
            yield from _literals(value)


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
        for call in marked_calls(path):
            assert isinstance(call.func, ast.Name)
            count = 2 if call.func.id in ("ngettext", "pgettext") else 1
            if any(_is_composed(argument) for argument in call.args[:count]):
                yield f"{path.relative_to(ROOT)}:{call.lineno}: compose the text outside {call.func.id}()"


def _is_composed(node: ast.expr) -> bool:
    """Whether the expression builds a text from parts; names stand for texts marked elsewhere."""
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Attribute) and node.func.attr in ("format", "join")
    return isinstance(node, (ast.JoinedStr, ast.BinOp))
