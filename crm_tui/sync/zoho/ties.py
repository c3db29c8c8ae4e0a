"""Links between records: members of campaigns, and accounts that contacts belong to beside their own.

Zoho CRM keeps the latter in linking modules, which a multi-select lookup brings along; an organisation names
them as it likes, often ``Contacts_X_Accounts``. Members stand in related lists of their campaigns; a file of
them names campaign, lead or contact, and status.
https://www.zoho.com/crm/developer/docs/api/v8/linking-modules.html
https://www.zoho.com/crm/developer/docs/api/v8/get-related-records.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Final

from crm_tui.domain.imports.batches import CellValue, RemoteRef
from crm_tui.domain.imports.ties import Tie, TieKind
from crm_tui.domain.members import STATUS_LIST
from crm_tui.domain.modules import Module
from crm_tui.domain.picklists import Picklists
from crm_tui.i18n import _
from crm_tui.sync.zoho.folding import folded
from crm_tui.sync.zoho.tables import IDS
from crm_tui.sync.zoho.values import looks_like_id, remote_id, text_of

OWNERS: Final = {TieKind.ASSOCIATION: Module.CONTACT, TieKind.MEMBER: Module.CAMPAIGN}

_ENDS: Final[Mapping[Module, tuple[str, ...]]] = MappingProxyType(
    {
        Module.CONTACT: ("Contact", "Contacts", "Contact Name", "連絡先", "連絡先名"),
        Module.LEAD: ("Lead", "Leads", "Lead Name", "見込み客", "見込み客名"),
        Module.ACCOUNT: ("Account", "Accounts", "Account Name", "取引先", "取引先名"),
        Module.CAMPAIGN: ("Campaign", "Campaigns", "Campaign Name", "キャンペーン", "キャンペーン名"),
    }
)
_STATUS: Final = frozenset(
    map(
        folded,
        (
            *("Member Status", "Campaign Member Status", "Response Status", "メンバーステータス"),
            *(
                "メンバーのステータス",
                "キャンペーンメンバーのステータス",
                "反応ステータス",
                "反応のステータス",
            ),
        ),
    )
)
_ROLE: Final = frozenset(map(folded, ("Role", "Contact Role", "役割", "ロール", "連絡先の役割")))
_SYSTEM: Final = frozenset(
    map(
        folded,
        (
            *("Owner", "Name", "Created By", "Created Time", "Modified By", "Modified Time", "Tag", "Locked"),
            *("Last Activity Time", "Record Image", "Currency", "Exchange Rate", "Layout", "Record Status"),
            *("作成者", "作成日時", "更新者", "更新日時", "タグ", "ロック", "担当者", "名前"),
        ),
    )
)
"""Columns of a linking module beside its two ends; one with others is a module of its own."""

_BY_KEY: Final = {folded(name): module for module, names in _ENDS.items() for name in names}
_BY_ID: Final = {
    folded(f"{name} {word}"): module
    for module, names in _ENDS.items()
    for name in names
    for word in ("Id", "ID")
}
_WORDS: Final = {"subscribed": "received", "unsubscribed": "opted_out", "clicked": "responded"}


@dataclass(frozen=True, slots=True)
class _Columns:
    """What the columns of a table are: its ends by module, with the heading of the id and of the name."""

    ids: Mapping[Module, str]
    names: Mapping[Module, str]
    own_id: str
    word: str

    @property
    def modules(self) -> frozenset[Module]:
        return frozenset(self.ids) | frozenset(self.names)


def tie_of(name: str, headings: Sequence[str]) -> TieKind | None:
    """Return what links a table holds; None if it is something else.

    Args:
        name: Of the file. One of a linking module has an X between the modules that it links.
    """
    columns = _columns(headings)
    if Module.CAMPAIGN in columns.modules and columns.modules & {Module.CONTACT, Module.LEAD}:
        return TieKind.MEMBER if any(folded(one) in _STATUS for one in headings) else None
    if columns.modules != {Module.CONTACT, Module.ACCOUNT}:
        return None
    others = [one for one in headings if one and not _is_known(one)]
    return TieKind.ASSOCIATION if not others or may_be_ties(name) else None


def may_be_ties(name: str) -> bool:
    """Return whether a file of an archive may hold links by its name."""
    stem = PurePosixPath(name).stem.casefold().replace("_", " ")
    members = ("campaign", "キャンペーン"), ("member", "lead", "contact", "メンバー", "見込み客", "連絡先")
    accounts = ("contact", "連絡先"), ("account", "取引先"), (" x ",)
    return any(
        all(any(word in f" {stem} " for word in words) for words in some) for some in (members, accounts)
    )


class TieReader:
    """Reads the rows of tables of links.

    Args:
        picklists: The response statuses.
    """

    def __init__(self, picklists: Picklists) -> None:
        self._statuses = {
            key: choice.code
            for choice in picklists.active(STATUS_LIST)
            for key in map(folded, (choice.code, choice.label_en, choice.label_ja))
        }

    def read(
        self,
        number: int,
        kind: TieKind,
        record: Mapping[str, object],
        cells: tuple[CellValue, ...],
        problem: str,
    ) -> Tie:
        """Return what a row says."""
        columns = _columns(tuple(record))
        ends = {module: _end(module, columns, record) for module in columns.modules}
        owner = ends.get(OWNERS[kind]) or RemoteRef(OWNERS[kind], "")
        others = (Module.ACCOUNT,) if kind is TieKind.ASSOCIATION else (Module.CONTACT, Module.LEAD)
        other = next((ends[one] for one in others if one in ends), RemoteRef(others[0], ""))
        if not problem and not all(end.remote_id or end.name for end in (owner, other)):
            problem = _("It doesn't say which two records are linked.")
        word = text_of(record.get(columns.word))
        word = self.status(word) if kind is TieKind.MEMBER else word
        own = remote_id(record.get(columns.own_id))
        return Tie(number, kind, owner, other, word, tie_id(owner, other, own), cells, problem)

    def status(self, word: str) -> str:
        """Return the code of a response status; a word that none is called by as it is."""
        key = folded(word)
        return self._statuses.get(_WORDS.get(key, key), self._statuses.get(key, word))


def tie_id(owner: RemoteRef, other: RemoteRef, own: str = "") -> str:
    """Return by what a link is known when it comes again."""
    if own:
        return own
    return f"{owner.remote_id}:{other.remote_id}" if owner.remote_id and other.remote_id else ""


def _columns(headings: Sequence[str]) -> _Columns:
    ids: dict[Module, str] = {}
    names: dict[Module, str] = {}
    own_id = word = ""
    for heading in headings:
        key = folded(heading)
        base, is_id = heading.rstrip(), False
        if base.casefold().endswith(".id"):
            base, is_id = base[:-3], True
        if (module := _BY_KEY.get(folded(base))) is not None:
            (ids if is_id else names).setdefault(module, heading)
        elif (module := _BY_ID.get(key)) is not None:
            ids.setdefault(module, heading)
        elif key in IDS:
            own_id = own_id or heading
        elif key in _STATUS | _ROLE:
            word = word or heading
    return _Columns(ids, names, own_id, word)


def _is_known(heading: str) -> bool:
    base = heading.rstrip()
    base = base[:-3] if base.casefold().endswith(".id") else base
    key = folded(base)
    is_own = key.endswith("owner") or key.endswith("の担当者")
    return key in _BY_KEY or folded(heading) in _BY_ID.keys() | IDS | _ROLE or key in _SYSTEM or is_own


def _end(module: Module, columns: _Columns, record: Mapping[str, object]) -> RemoteRef:
    own = remote_id(record.get(columns.ids.get(module, "")))
    name = text_of(record.get(columns.names.get(module, "")))
    if not own and looks_like_id(name):
        own, name = remote_id(name), ""
    return RemoteRef(module, own, name)
