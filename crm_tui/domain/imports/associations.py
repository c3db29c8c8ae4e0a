"""Tables that say which contact belongs to which account: what their columns can be, and what a row says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from crm_tui.domain.imports.batches import CellValue
from crm_tui.domain.imports.mapping import ColumnMapping, Target, is_reason, normal
from crm_tui.i18n import N_

KIND: Final = "associations"
"""What stands for them where a module would be named."""

TARGETS: Final[Mapping[str, Target]] = MappingProxyType(
    {
        name: Target(name, text=text)
        for name, text in (
            ("contact", N_("Contact")),
            ("contact_email", N_("Mail address of the contact")),
            ("contact_id", N_("Id of the contact")),
            ("contact_last_name", N_("Last name of the contact")),
            ("contact_first_name", N_("First name of the contact")),
            ("account", N_("Account")),
            ("account_id", N_("Id of the account")),
            ("primary", N_("Primary")),
            ("role", N_("Role")),
        )
    }
)
"""What a column can become. Contact and account take an id, a name, or a contact's mail address."""

_ALIASES: Final[Mapping[str, tuple[str, ...]]] = {
    "contact": (
        "Contact",
        "Contact Name",
        "Full Name",
        "Person",
        "Name",
        "連絡先",
        "連絡先名",
        "連絡先の名前",
        "氏名",
        "名前",
    ),
    "contact_email": (
        "Contact Email",
        "Contact E-mail",
        "Email",
        "E-mail",
        "E-mail Address",
        "Email Address",
        "Mail",
        "Mail address",
        "メール",
        "メールアドレス",
        "電子メール",
        "電子メール アドレス",
        "連絡先のメールアドレス",
        "連絡先メールアドレス",
        "連絡先 (メールアドレス)",
    ),
    "contact_id": ("Contact ID", "連絡先ID", "連絡先 (id)", "連絡先のID", "顧客ID"),
    "contact_last_name": ("Last Name", "Contact Last Name", "Surname", "姓", "苗字", "連絡先の姓"),
    "contact_first_name": ("First Name", "Contact First Name", "Given Name", "名", "連絡先の名"),
    "account": (
        "Account",
        "Account Name",
        "Company",
        "Company Name",
        "Organization",
        "取引先",
        "取引先名",
        "会社",
        "会社名",
        "組織",
        "組織名",
    ),
    "account_id": ("Account ID", "取引先ID", "取引先 (id)", "取引先のID"),
    "primary": (
        "Primary",
        "Is Primary",
        "Primary Account",
        "Main",
        "Main Account",
        "主",
        "主たる取引先",
        "メイン",
        "メインの取引先",
        "主取引先",
        "主要",
        "主要取引先",
        "主な取引先",
        "プライマリ",
    ),
    "role": ("Role", "Contact Role", "Position", "Title", "役割", "ロール", "役職", "担当"),
}

_TRUE: Final = frozenset(
    {"true", "yes", "y", "1", "on", "x", "primary", "main", "はい", "○", "〇", "◯", "✓", "主", "メイン"}
)
_FALSE: Final = frozenset({"false", "no", "n", "0", "off", "-", "いいえ", "×", ""})


@dataclass(frozen=True, slots=True)
class AssociationRow:
    """What one row says; every text may be empty.

    Attributes:
        number: The row in the file, from 1 with the heading.
        contact: An id, a mail address or a name.
        email: A mail address of the contact.
        last_name: With ``first_name``, the name in parts.
        account: An id or a name.
        is_primary: The account shall be the contact's primary one; else it is left as it is.
        cells: The row as it stood.
        problem: Why it can't be taken, in the agent's language; "" for nothing.
    """

    number: int
    contact: str = ""
    email: str = ""
    last_name: str = ""
    first_name: str = ""
    account: str = ""
    is_primary: bool = False
    role: str = ""
    cells: tuple[CellValue, ...] = ()
    problem: str = ""


def guess_associations(headings: Sequence[str]) -> ColumnMapping:
    """Return a mapping by what columns are called."""
    known = {normal(alias): name for name, aliases in _ALIASES.items() for alias in (name, *aliases)}
    found: list[str] = []
    for heading in headings:
        name = "" if is_reason(heading) else known.get(normal(heading), "")
        found.append("" if name in found else name)
    return tuple(found)


def lacks_ends(mapping: Sequence[str]) -> bool:
    """Return whether no column says which contact, or none which account."""
    names = {name.partition("_")[0] for name in mapping if name}
    return not {"contact", "account"} <= names


def read_flag(text: str) -> bool | None:
    """Return whether a cell says yes; None if it says neither yes nor no."""
    folded = text.strip().casefold()
    return True if folded in _TRUE else False if folded in _FALSE else None
