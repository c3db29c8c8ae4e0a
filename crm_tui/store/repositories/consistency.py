"""Whether what is derived still fits what it is derived from."""

from sqlalchemy import and_, exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_tui.domain.modules import PARENTS
from crm_tui.i18n import _
from crm_tui.store.models import TABLES
from crm_tui.store.models.lookup import search_documents
from crm_tui.store.models.records import account_contacts, contacts


async def lookup_problems(connection: AsyncConnection) -> list[str]:
    """Return sentences about records missing from the lookup, or in it though they are gone."""
    found = []
    for module in PARENTS:
        table = TABLES[module]
        entry = exists().where(search_documents.c.record_id == table.c.id)
        missing = select(func.count()).select_from(table).where(table.c.deleted_at.is_(None), ~entry)
        number = await connection.scalar(missing)
        if number:
            found.append(
                _("%(number)d records of module %(module)s are missing from the lookup.")
                % {"number": number, "module": module.value}
            )
        living = exists().where(table.c.id == search_documents.c.record_id, table.c.deleted_at.is_(None))
        stale = select(func.count()).where(search_documents.c.module == module.value, ~living)
        number = await connection.scalar(stale)
        if number:
            found.append(
                _("%(number)d entries of the lookup have no record in module %(module)s.")
                % {"number": number, "module": module.value}
            )
    return found + await _primary_accounts(connection)


async def _primary_accounts(connection: AsyncConnection) -> list[str]:
    primary = exists().where(
        and_(
            account_contacts.c.contact_id == contacts.c.id,
            account_contacts.c.account_id == contacts.c.account_id,
            account_contacts.c.is_primary,
        )
    )
    # One that was merged gave its accounts away; out of the bin it is associated anew.
    living = contacts.c.deleted_at.is_(None)
    wrong = select(func.count()).where(living, contacts.c.account_id.is_not(None), ~primary)
    found = []
    if number := await connection.scalar(wrong):
        text = _("%(number)d contacts have an account they aren't associated with.")
        found.append(text % {"number": number})
    others = (
        select(func.count())
        .select_from(account_contacts)
        .join(contacts, contacts.c.id == account_contacts.c.contact_id)
        .where(
            living,
            account_contacts.c.is_primary,
            contacts.c.account_id.is_distinct_from(account_contacts.c.account_id),
        )
    )
    if number := await connection.scalar(others):
        text = _("%(number)d contacts have another primary account than their own field says.")
        found.append(text % {"number": number})
    return found
