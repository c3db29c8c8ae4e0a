"""Every text of the code stands in the Japanese catalogue, with the same placeholders."""

from pathlib import Path

import polib
import pytest

from scripts.catalogue import Message, catalogue_problems, code_problems, messages
from scripts.check_catalogue import problems
from scripts.update_catalogue import updated


def test_the_catalogues_are_complete() -> None:
    assert problems() == []


def test_texts_are_found_in_code_and_screens() -> None:
    found = {message.text: message.files for message in messages()}
    assert "crm_tui/config_checks.py" in found["true or false"]


def test_only_what_is_shown_is_taken_from_the_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "crm_tui").mkdir()
    (tmp_path / "crm_tui" / "a.py").write_text(
        """
_("one " "text"); _(LABELS["not this"]); _(name); _(help or ""); _("yes" if on else "no")
ngettext("%d call", "%d calls", n); pgettext("verb", "Open"); N_("later"); other("not this")
_(f"{x} composed"); _("a" + "b"); _("%s composed" % x); _("{} composed".format(x))
""".lstrip()
    )
    monkeypatch.setattr("scripts.catalogue.ROOT", tmp_path)
    found = [(message.context, message.text, message.plural) for message in messages()]
    assert found == [
        (None, "%d call", "%d calls"),
        (None, "later", ""),
        (None, "no", ""),
        (None, "one text", ""),
        (None, "yes", ""),
        ("verb", "Open", ""),
    ]
    assert list(code_problems()) == ["crm_tui/a.py:3: compose the text outside _()"] * 4


def catalogue(**fields: object) -> polib.POFile:
    file = polib.POFile()
    file.append(polib.POEntry(**fields))
    return file


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"msgid": "Delete %(name)s?", "msgstr": "%(name)sを削除しますか?"}, ""),
        ({"msgid": "Delete it?", "msgstr": "削除しますか?"}, "missing: 'Delete %(name)s?'"),
        ({"msgid": "Delete %(name)s?", "msgstr": ""}, "not translated"),
        ({"msgid": "Delete %(name)s?", "msgstr": "削除しますか?"}, "placeholders differ"),
        ({"msgid": "Delete %(name)s?", "msgstr": "%(nmae)sを削除しますか?"}, "placeholders differ"),
        ({"msgid": "Delete %(name)s?", "msgstr": "%(name)sを?", "flags": ["fuzzy"]}, "fuzzy"),
        ({"msgctxt": "verb", "msgid": "Delete %(name)s?", "msgstr": "%(name)sを?"}, "missing"),
    ],
)
def test_what_a_catalogue_has_wrong_is_said(fields: dict[str, object], said: str) -> None:
    wanted = [Message(None, "Delete %(name)s?", files={"screens/a.py"})]
    found = list(catalogue_problems(catalogue(**fields), wanted))
    assert (found == []) if not said else found[0].startswith(said)


def test_a_text_that_the_code_dropped_is_said() -> None:
    assert list(catalogue_problems(catalogue(msgid="Old", msgstr="古い"), [])) == ["not in the code: 'Old'"]


def test_an_update_keeps_translations_and_brings_dropped_ones_back() -> None:
    old = catalogue(msgid="Save", msgstr="保存")
    save, plural = Message(None, "Save", files={"screens/b.py"}), Message(None, "%d call", "%d calls")
    without = updated(old, [plural], "ja")
    assert [(entry.msgid, entry.obsolete) for entry in without] == [("%d call", False), ("Save", True)]
    again = updated(polib.pofile(str(without)), [plural, save], "ja")
    assert [(entry.msgid, entry.msgstr, bool(entry.obsolete)) for entry in again] == [
        ("%d call", "", False),
        ("Save", "保存", False),
    ]
    assert "#: screens/b.py\n" in str(again)
    assert "nplurals=1" in str(again)
