"""What there is to say about records of Zoho CRM as a whole."""

from collections.abc import Iterable, Sequence

from crm_tui.domain.modules import PLURAL
from crm_tui.i18n import _, ngettext
from crm_tui.sync.zoho.mapping import RecordReader

_SHOWN = 3
"""Values of one field that are named."""


def left_out_notes(readers: Iterable[RecordReader]) -> list[str]:
    """Return a sentence for each field of which values couldn't be kept."""
    notes: list[str] = []
    for reader in readers:
        fields: dict[str, list[tuple[str, int]]] = {}
        for (name, text), number in reader.left_out.most_common():
            fields.setdefault(name, []).append((text, number))
        for name, texts in fields.items():
            total = sum(number for _text, number in texts)
            notes.append(
                ngettext(
                    "%(module)s, %(field)s: %(number)d value can't be kept and is left out: %(values)s.",
                    "%(module)s, %(field)s: %(number)d values can't be kept and are left out: %(values)s.",
                    total,
                )
                % {
                    "module": _(PLURAL[reader.module.module]),
                    "field": reader.label(name),
                    "number": total,
                    "values": ", ".join(f"“{text}”" for text, _number in texts[:_SHOWN]),
                }
            )
    return notes


def converted_note(number: int) -> list[str]:
    """Return what is said of leads that had been converted there."""
    if not number:
        return []
    text = ngettext(
        "%(number)d lead was converted in Zoho CRM; the contact that it became is taken instead.",
        "%(number)d leads were converted in Zoho CRM; the contacts that they became are taken instead.",
        number,
    )
    return [text % {"number": number}]


def others_note(names: Sequence[str]) -> list[str]:
    """Return what is said of files that hold nothing that is taken in."""
    if not names:
        return []
    shown = ", ".join(names[:_SHOWN]) + (", …" if len(names) > _SHOWN else "")
    text = ngettext(
        "This file of the archive isn't taken in: %(names)s.",
        "%(number)d files of the archive aren't taken in: %(names)s.",
        len(names),
    )
    return [text % {"names": shown, "number": len(names)}]
