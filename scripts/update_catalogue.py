"""Bring the catalogues up to date with the code; translations that are there stay.

Usage: ``python -m scripts.update_catalogue``. Texts stand in alphabetical order and name files without
line numbers, so that a change of the code changes few lines here.
"""

import sys

import polib

from scripts.catalogue import LANGUAGES, PLACEHOLDER, Message, catalogue_path, messages

METADATA = {
    "Project-Id-Version": "crm-tui",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
}
PLURAL_FORMS = {"ja": "nplurals=1; plural=0;"}


def updated(old: polib.POFile, wanted: list[Message], language: str) -> polib.POFile:
    """Return the catalogue with exactly the texts of ``wanted``; others are kept as obsolete."""
    new = polib.POFile(wrapwidth=110)
    new.metadata = {**METADATA, "Language": language, "Plural-Forms": PLURAL_FORMS[language]}
    known = {(entry.msgctxt or "", entry.msgid): entry for entry in old}
    for message in wanted:
        new.append(_entry(known.pop(message.key, None), message))
    for key in sorted(known):
        entry = known[key]
        if entry.msgstr or any(entry.msgstr_plural.values()):
            entry.obsolete = True
            entry.occurrences = []
            new.append(entry)
    return new


def _entry(old: polib.POEntry | None, message: Message) -> polib.POEntry:
    entry = polib.POEntry(msgctxt=message.context, msgid=message.text, msgid_plural=message.plural)
    if message.plural:
        entry.msgstr_plural = {0: ""}
    if old is not None:
        entry.comment, entry.tcomment, entry.flags = old.comment, old.tcomment, list(old.flags)
        if message.plural:
            entry.msgstr_plural = dict(old.msgstr_plural) or {0: old.msgstr}
        else:
            entry.msgstr = old.msgstr
    entry.occurrences = [(name, "") for name in sorted(message.files)]
    if PLACEHOLDER.search(message.text) and "python-format" not in entry.flags:
        entry.flags.append("python-format")
    return entry


def main() -> int:
    """Rewrite every catalogue; return the exit status."""
    wanted = messages()
    for language in LANGUAGES:
        path = catalogue_path(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        old = polib.pofile(str(path)) if path.exists() else polib.POFile()
        new = updated(old, wanted, language)
        new.save(str(path))
        print(
            f"{path.name} ({language}): {len(wanted)} texts, {len(new.untranslated_entries())} to translate"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
