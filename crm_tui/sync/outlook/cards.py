"""Address cards (vCard 2.1, 3.0 and 4.0) become contacts, by the names of our fields."""

from datetime import date, tzinfo
from typing import Final

from crm_tui.domain.outlook.items import OutlookItem
from crm_tui.i18n import _
from crm_tui.sync.cells import split_name
from crm_tui.sync.files.facts import Property, RawItem
from crm_tui.sync.outlook.properties import Properties, day_of, part, parts_of, types_of

_MOBILE: Final = frozenset({"CELL", "MOBILE", "IPHONE", "TEXT"})
_NO_VOICE: Final = frozenset({"FAX", "PAGER", "MODEM", "ISDN", "BBS", "VIDEO", "CAR"})
_NO_YEAR: Final = 1604
"""The year by which Outlook and macOS keep birthdays of which they don't know it."""

_TEXTS: Final = {
    "title": ("TITLE",),
    "assistant": (
        "X-MS-ASSISTANT",
        "X-ASSISTANT",
        "X-EVOLUTION-ASSISTANT",
        "X-KADDRESSBOOK-X-ASSISTANTSNAME",
    ),
    "reports_to": ("X-MS-MANAGER", "X-MANAGER", "X-EVOLUTION-MANAGER", "X-KADDRESSBOOK-X-MANAGERSNAME"),
    "description": ("NOTE",),
    "last_name_kana": ("X-PHONETIC-LAST-NAME",),
    "first_name_kana": ("X-PHONETIC-FIRST-NAME",),
    "account_kana": ("X-PHONETIC-ORG",),
}
_ADDRESS: Final = (("city", 3), ("state", 4), ("postal_code", 5), ("country", 6))


def contact_of(raw: RawItem, number: int, zone: tzinfo) -> OutlookItem:
    """Return the contact that a card is.

    Args:
        number: Its place in the file.
        zone: In which a birthday with a time of day is meant.
    """
    found = Properties(raw.properties)
    if raw.problem:
        return OutlookItem(raw.kind, number, problem=raw.problem)
    kind = found.text("KIND", "X-ADDRESSBOOKSERVER-KIND").casefold()
    if kind == "group":
        return OutlookItem(raw.kind, number, problem=_("This is a group of contacts and no contact."))
    values: dict[str, object] = {
        **_names(found),
        **{name: text for name, names in _TEXTS.items() if (text := found.text(*names))},
        **_numbers(found),
        **_addresses(found),
    }
    if email := found.text("EMAIL"):
        values["email"] = email
    company = found.parts("ORG")
    values.update(
        {name: text for name, at in (("account", 0), ("department", 1)) if (text := part(company, at))}
    )
    if (birthday := _birthday(found, zone)) is not None:
        values["birthday"] = birthday
    uid = found.text("UID")
    return OutlookItem(raw.kind, number, values, categories=found.categories(), remote_id=uid[:500])


def _names(found: Properties) -> dict[str, object]:
    names = found.parts("N")
    last, first = part(names, 0), part(names, 1)
    if not last and not first:
        last, first = split_name(found.text("FN"))
    return {name: text for name, text in (("last_name", last), ("first_name", first)) if text}


def _birthday(found: Properties, zone: tzinfo) -> date | str | None:
    """Return the birthday, or the text that isn't one as it stands; None where there is none, or no year."""
    text = found.text("BDAY")
    try:
        birthday = day_of(found.first("BDAY"), zone)
    except OverflowError:
        return text
    if birthday is None and not text.startswith("--"):
        return text if any(digit in text for digit in "123456789") else None
    return birthday if birthday is not None and birthday.year != _NO_YEAR else None


def _numbers(found: Properties) -> dict[str, object]:
    """Return telephone numbers by field; of several for one field the preferred one, else the first."""
    numbers: dict[str, object] = {}
    for one in found.all("TEL"):
        name, text = _number_field(types_of(one)), str(one["value"]).strip()
        if name and text:
            numbers.setdefault(name, text)
    for one in found.all("X-MS-TEL"):
        if "ASSISTANT" in types_of(one):
            numbers.setdefault("assistant_phone", str(one["value"]).strip())
    return numbers


def _number_field(types: frozenset[str]) -> str:
    if "ASSISTANT" in types:
        return "assistant_phone"
    if "FAX" in types:
        return "" if "HOME" in types else "fax"
    if types & _MOBILE:
        return "mobile"
    if types & _NO_VOICE:
        return ""
    if "WORK" in types:
        return "phone"
    return "home_phone" if "HOME" in types else "other_phone"


def _addresses(found: Properties) -> dict[str, object]:
    """Return the address at work and another one; that at home has no field."""
    values: dict[str, object] = {}
    for one in found.all("ADR"):
        types = types_of(one)
        if "WORK" in types:
            _take_address("mailing", one, values)
        elif "HOME" not in types:
            _take_address("other", one, values)
    return values


def _take_address(prefix: str, one: Property, values: dict[str, object]) -> None:
    parts = parts_of(one)
    street = part(parts, 2) or part(parts, 1)
    given = {f"{prefix}_{name}": part(parts, at) for name, at in _ADDRESS}
    if any(name.startswith(f"{prefix}_") for name in values):
        return
    values.update({name: text for name, text in {f"{prefix}_street": street, **given}.items() if text})
