"""Languages. Every text an agent reads goes through ``_()``; ``N_()`` marks one for later.

The catalogues are ``locale/<language>/LC_MESSAGES/crm_tui.po``, read at start by polib, so that no
compiled file has to be built or committed.
"""

import gettext
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path

LANGUAGES: Mapping[str, str] = {"en": "English", "ja": "日本語"}
"""Language codes of the console and what each language calls itself."""

_current = "en"
_translations: gettext.NullTranslations = gettext.NullTranslations()


def _(text: str) -> str:
    """Return ``text`` in the current language."""
    return _translations.gettext(text) if text else ""


def N_(text: str) -> str:
    """Mark ``text`` for the catalogue and return it as it is; translate it later with ``_``."""
    return text


def ngettext(singular: str, plural: str, number: int) -> str:
    """Return the form of a text that fits ``number``, in the current language."""
    return _translations.ngettext(singular, plural, number)


def pgettext(context: str, text: str) -> str:
    """Return ``text`` in the current language, told from its homonyms by ``context``."""
    return _translations.pgettext(context, text)


def language() -> str:
    """Return the code of the current language, ``en`` or ``ja``."""
    return _current


def set_language(code: str) -> None:
    """Make ``code`` the language of this process; an unknown code means English."""
    global _current, _translations
    _current = code if code in LANGUAGES else "en"
    _translations = _load(_current)


@contextmanager
def spoken(code: str) -> Iterator[None]:
    """Speak another language for a moment, for a text that somebody else is going to read.

    Nothing may be awaited meanwhile.

    Args:
        code: The language; "" or one that doesn't exist leaves the current one.
    """
    global _current, _translations
    before = _current, _translations
    if code in LANGUAGES and code != _current:
        set_language(code)
    try:
        yield
    finally:
        _current, _translations = before


def preferred_language(environ: Mapping[str, str] = os.environ) -> str:
    """Return the language that the locale variables ask for, English if they ask for none."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = environ.get(name, "")
        if value:
            code = value.split(".")[0].split("_")[0].lower()
            return code if code in LANGUAGES else "en"
    return "en"


def catalogue_path(code: str) -> Path:
    """Return the file that holds the texts of language ``code``."""
    return Path(__file__).parent / "locale" / code / "LC_MESSAGES" / "crm_tui.po"


@cache
def _load(code: str) -> gettext.NullTranslations:
    if code == "en":
        return gettext.NullTranslations()
    import io

    import polib

    catalogue = polib.pofile(str(catalogue_path(code)))
    return gettext.GNUTranslations(io.BytesIO(catalogue.to_binary()))
