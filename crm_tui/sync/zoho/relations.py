"""Links between records as the REST API has them: members of campaigns, and linking modules.

Members are asked for by the related lists of their campaign
(https://www.zoho.com/crm/developer/docs/api/v8/get-related-records.html). Becoming a member is no change of a
record, so that all are asked for each time. Linking modules are told by their type
(https://www.zoho.com/crm/developer/docs/api/v8/modules-api.html); their records are those of any module.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from crm_tui.domain.imports.batches import RemoteRef
from crm_tui.domain.imports.ties import Tie, TieKind
from crm_tui.domain.modules import Module
from crm_tui.sync.errors import NotPermitted, ServerRefuses
from crm_tui.sync.zoho.fields import ZohoModule, reference, text_field
from crm_tui.sync.zoho.folding import folded
from crm_tui.sync.zoho.pages import PER_PAGE
from crm_tui.sync.zoho.rest import NoSuchModule, ZohoApi
from crm_tui.sync.zoho.tables import BY_NAME
from crm_tui.sync.zoho.ties import TieReader, tie_id
from crm_tui.sync.zoho.values import remote_id, text_of

_PEOPLE: Final = {Module.CONTACT: "Contacts", Module.LEAD: "Leads"}
_FIELDS: Final = "Full_Name,Member_Status"
_PAGES: Final = 1_000
"""Pages of one list at most; a server that never comes to an end is left."""

_UNKNOWN: Final = (NotPermitted, NoSuchModule, ServerRefuses)
"""What it means that something can't be asked here."""


@dataclass(frozen=True, slots=True)
class LinkingModule:
    """A module whose records link contacts and accounts.

    Attributes:
        module: As its pages are read.
        contact, account, role: The API's names of its fields; ``role`` may be "".
    """

    module: ZohoModule
    contact: str
    account: str
    role: str

    def tie(self, number: int, record: Mapping[str, Any]) -> Tie | None:
        """Return what a record links; None for one that lacks an end."""
        contact, account = (
            _end(module, record.get(name))
            for module, name in ((Module.CONTACT, self.contact), (Module.ACCOUNT, self.account))
        )
        if not contact.remote_id or not account.remote_id:
            return None
        word = text_of(record.get(self.role)) if self.role else ""
        own = tie_id(contact, account, remote_id(record.get("id")))
        cells = (self.module.api, own, f"{contact.name}, {account.name}")
        return Tie(number, TieKind.ASSOCIATION, contact, account, word, own, cells)


async def members(api: ZohoApi, campaign: RemoteRef, reader: TieReader) -> AsyncIterator[tuple[Tie, ...]]:
    """Yield the members of a campaign, page by page, without numbers.

    Raises:
        CrmError: As `ZohoApi.get` raises them, unless a list can't be asked for at all.
    """
    for module, name in _PEOPLE.items():
        path = f"/Campaigns/{campaign.remote_id}/{name}"
        params = {"fields": _FIELDS, "per_page": str(PER_PAGE)}
        for page in range(1, _PAGES):
            try:
                found = await api.records(path, params | ({"page": str(page)} if page > 1 else {}))
            except _UNKNOWN:
                break
            yield tuple(
                tie for one in found.records if (tie := _member(campaign, module, one, reader)) is not None
            )
            if not found.has_more:
                break


async def linking_modules(api: ZohoApi) -> list[LinkingModule]:
    """Return the modules that link contacts and accounts; none where that can't be asked."""
    try:
        answer = await api.get("/settings/modules")
    except _UNKNOWN:
        return []
    known = answer.get("modules")
    names = [
        str(one.get("api_name") or "")
        for one in (known if isinstance(known, list) else ())
        if isinstance(one, dict) and one.get("generated_type") == "linking"
    ]
    found = [await _linking(api, name) for name in names if name and name.isascii() and name.isprintable()]
    return [one for one in found if one is not None]


async def _linking(api: ZohoApi, name: str) -> LinkingModule | None:
    """Return a linking module if it links contacts and accounts."""
    try:
        answer = await api.get("/settings/fields", {"module": name})
    except _UNKNOWN:
        return None
    fields = answer.get("fields")
    ends: dict[Module, str] = {}
    role = ""
    for one in fields if isinstance(fields, list) else ():
        if not isinstance(one, dict) or not isinstance(field := one.get("api_name"), str):
            continue
        if (module := _looked_up(one)) is not None:
            ends.setdefault(module, field)
        elif {folded(field), folded(str(one.get("field_label") or ""))} & {"role", "contactrole", "役割"}:
            role = role or field
    if not {Module.CONTACT, Module.ACCOUNT} <= ends.keys():
        return None
    contact, account = ends[Module.CONTACT], ends[Module.ACCOUNT]
    as_read = (
        reference("contact", contact, to=(Module.CONTACT,)),
        reference("account", account, to=(Module.ACCOUNT,)),
        *((text_field("role", role),) if role else ()),
    )
    return LinkingModule(
        ZohoModule(Module.CONTACT, name, frozenset(), frozenset(), as_read), contact, account, role
    )


def _looked_up(field: Mapping[str, Any]) -> Module | None:
    """Return which module the records are of that a field points to."""
    lookup = field.get("lookup")
    module = lookup.get("module") if isinstance(lookup, dict) else None
    name = module.get("api_name") if isinstance(module, dict) else module
    return BY_NAME.get(folded(name)) if isinstance(name, str) else None


def _member(campaign: RemoteRef, module: Module, record: Mapping[str, Any], reader: TieReader) -> Tie | None:
    person = RemoteRef(module, remote_id(record.get("id")), text_of(record.get("Full_Name")))
    if not person.remote_id:
        return None
    status = reader.status(text_of(record.get("Member_Status")))
    own = tie_id(campaign, person)
    cells = ("Campaigns", own, f"{campaign.name}, {person.name}")
    return Tie(0, TieKind.MEMBER, campaign, person, status, own, cells)


def _end(module: Module, value: object) -> RemoteRef:
    if isinstance(value, dict):
        return RemoteRef(module, remote_id(value.get("id")), text_of(value.get("name")))
    return RemoteRef(module, remote_id(value))
