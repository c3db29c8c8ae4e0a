"""The related lists that hang on associations: an account's contacts and cases, a contact's accounts."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from crm_tui.domain.modules import PLURAL, Module
from crm_tui.domain.paging import Page, PageRequest
from crm_tui.domain.queries import Count, ListQuery, Sort
from crm_tui.domain.records import ListRow, Record, Ref
from crm_tui.i18n import N_
from screens.association_acts import Act, associate, change_role, dissociate, make_primary
from screens.imports.entry import import_contacts_of_accounts
from screens.list_columns import NAME, columns_without
from screens.list_source import asked_columns
from screens.related_tabs import COUNT_CAP, Links, RelatedTab, RowAction
from screens.widgets.record_columns import PHONE_WIDTH, Column

if TYPE_CHECKING:
    from screens.base import CrmScreen

_PRIMARY = Column("primary", N_("Primary"), width=8, priority=9, sortable=True)
_ROLE = Column("role", N_("Role"), width=14, priority=7, sortable=True)
_PHONE = Column("phone", N_("Phone"), width=PHONE_WIDTH, priority=8)
_OWNER = Column("owner", N_("Owner"), width=12, priority=2)

_COLUMNS: Mapping[Module, tuple[Column, ...]] = {
    Module.CONTACT: (
        Column(NAME, N_("Name"), min_width=18, weight=3, priority=10, sortable=True),
        _PRIMARY,
        _ROLE,
        _PHONE,
        Column("mobile", N_("Mobile"), width=PHONE_WIDTH, priority=5),
        Column("title", N_("Title"), width=14, priority=4),
        Column("email", N_("Mail address"), min_width=18, weight=2, priority=3, sortable=True),
        _OWNER,
    ),
    Module.ACCOUNT: (
        Column(NAME, N_("Account name"), min_width=18, weight=3, priority=10, sortable=True),
        _PRIMARY,
        _ROLE,
        _PHONE,
        Column("industry", N_("Industry"), width=16, priority=5, sortable=True),
        Column("website", N_("Website"), min_width=16, priority=3),
        _OWNER,
    ),
}

_EMPTY = {
    Module.CONTACT: N_("No contacts yet. Press n to associate some, or to make a new one."),
    Module.ACCOUNT: N_("No accounts yet. Press n to associate some, or to make a new one."),
}


def contacts_tab(screen: "CrmScreen[Any]", account: Record) -> RelatedTab:
    """Return the list of all contacts of an account, whether it is their primary one or not."""
    return _associated(screen, account, Module.CONTACT)


def accounts_tab(screen: "CrmScreen[Any]", contact: Record) -> RelatedTab:
    """Return the list of all accounts of a contact."""
    return _associated(screen, contact, Module.ACCOUNT)


def cases_tab(screen: "CrmScreen[Any]", account: Record) -> RelatedTab:
    """Return the list of the cases of an account and of all its contacts."""
    columns = columns_without(Module.CASE)
    asked = asked_columns(Module.CASE, columns)
    service = screen.services.cases

    async def read(sort: Sort, request: PageRequest) -> Page[ListRow]:
        return await service.list_around(screen.actor, account.id, ListQuery(asked, sort), request)

    async def count() -> Count:
        return await service.count_around(screen.actor, account.id, COUNT_CAP)

    return RelatedTab(
        code=Module.CASE.value,
        label=PLURAL[Module.CASE],
        module=Module.CASE,
        columns=columns,
        sort=Sort("modified_at", descending=True),
        read=read,
        count=count,
        empty=N_("No cases yet. Press n for a new one."),
        prefill={"account": account.ref},
    )


def _associated(screen: "CrmScreen[Any]", parent: Record, listed: Module) -> RelatedTab:
    columns = _COLUMNS[listed]
    asked = asked_columns(listed, columns)
    service = screen.services.associations

    async def read(sort: Sort, request: PageRequest) -> Page[ListRow]:
        return await service.list(screen.actor, parent.ref, asked, sort, request)

    async def count() -> Count:
        return await service.count(screen.actor, parent.ref, COUNT_CAP)

    return RelatedTab(
        code=listed.value,
        label=PLURAL[listed],
        module=listed,
        columns=columns,
        sort=Sort(NAME),
        read=read,
        count=count,
        empty=_EMPTY[listed],
        links=_links(parent.ref),
    )


def _links(parent: Ref) -> Links:
    def act(does: Act) -> RowAction:
        async def on_row(screen: "CrmScreen[Any]", row: Ref) -> bool:
            account, contact = (parent, row) if parent.module is Module.ACCOUNT else (row, parent)
            return await does(screen, account, contact)

        return on_row

    imports = (("import", N_("Import contacts of accounts"), act(import_contacts_of_accounts)),)
    return Links(
        add=partial(_add, parent),
        remove=act(dissociate),
        actions=(
            ("primary", N_("Make primary"), act(make_primary)),
            ("role", N_("Change role"), act(change_role)),
            ("dissociate", N_("Remove association"), act(dissociate)),
            *(imports if parent.module is Module.ACCOUNT else ()),
        ),
    )


async def _add(parent: Ref, screen: "CrmScreen[Any]") -> None:
    await associate(screen, parent)
