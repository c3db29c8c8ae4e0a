"""What the lookup should know of a record."""

from collections.abc import Mapping, Sequence

from crm_tui.domain.fields import Field, FieldType
from crm_tui.domain.modules import PEOPLE, Module
from crm_tui.domain.names import search_texts
from crm_tui.domain.phone import parse
from crm_tui.domain.queries import Criterion, Op
from crm_tui.domain.records import Record, Ref
from crm_tui.domain.schema import FIELDS, phone_fields
from crm_tui.domain.search_terms import index_terms
from crm_tui.store.repositories.lookup import Document, LookupRepository
from crm_tui.store.repositories.records import RecordRepository
from crm_tui.store.store import Connection

NAMED_AFTER: Mapping[Module, tuple[tuple[Module, str], ...]] = {
    Module.ACCOUNT: ((Module.CONTACT, "account"), (Module.DEAL, "account"), (Module.CASE, "account")),
    Module.CONTACT: ((Module.DEAL, "contact"), (Module.CASE, "contact")),
}
"""Modules and reference fields whose entries carry the name of the record they point to."""

_CONVERTED = "=>"
"""Stands before the company of a converted lead, as before its row in a list."""

_AT_ONCE = 400
"""Records whose entries are written with one statement."""

_NAMES = {"first_name", "last_name", "first_name_kana", "last_name_kana"}

_SEARCHED: Mapping[Module, tuple[Field, ...]] = {
    module: tuple(field for field in fields if field.searchable and field.name not in _NAMES)
    for module, fields in FIELDS.items()
}
"""Fields whose words the lookup finds, beside the names of people."""


def document_of(record: Record, region: str) -> Document:
    """Return the lookup's entry for a record.

    Args:
        region: Country of numbers that have no country code.
    """
    numbers = [
        (field.name, number)
        for field in phone_fields(record.module)
        if (number := parse(record.text(field.name), region)) is not None
    ]
    return Document(
        module=record.module,
        record_id=record.id,
        owner_id=record.owner.id if record.owner else None,
        name=record.name,
        detail=_detail(record),
        phone=record.text("phone") or record.text("mobile"),
        email=record.text("email"),
        terms=index_terms(_texts(record)),
        numbers=numbers,
    )


async def reindex_referring(connection: Connection, ref: Ref, region: str) -> None:
    """Write the entries that carry the name of ``ref`` anew, after it was renamed or deleted."""
    for module, field in NAMED_AFTER.get(ref.module, ()):
        repository = RecordRepository(connection, module)
        ids = await repository.all_ids(Criterion(field, Op.EQ, ref))
        for start in range(0, len(ids), _AT_ONCE):
            records = await repository.many(None, ids[start : start + _AT_ONCE])
            await LookupRepository(connection).replace([document_of(record, region) for record in records])


async def referred_among(connection: Connection, module: Module, record_ids: Sequence[str]) -> set[str]:
    """Return which of some records have entries that carry their names."""
    found: set[str] = set()
    for referring, field in NAMED_AFTER.get(module, ()):
        found |= await RecordRepository(connection, referring).referred_to(f"{field}_id", record_ids)
    return found


def _detail(record: Record) -> str:
    # The contact it became is the one to work with.
    return f"{_CONVERTED} {_company(record)}" if record.get("converted_at") else _company(record)


def _company(record: Record) -> str:
    for name in ("company", "account", "contact", "type"):
        value = record.get(name)
        if isinstance(value, Ref):
            return value.name
        if isinstance(value, str):
            return value
    return ""


def _texts(record: Record) -> list[str]:
    texts: list[str] = []
    if record.module in PEOPLE:
        names = ("first_name", "last_name", "first_name_kana", "last_name_kana")
        texts += search_texts(*(record.text(name) for name in names))
    for field in _SEARCHED[record.module]:
        value = record.get(field.name)
        if isinstance(value, Ref):
            texts.append(value.name)
        elif isinstance(value, str) and field.type is not FieldType.PICKLIST:
            texts.append(value)
    if record.module is Module.CASE:
        texts.append(str(record.get("number") or ""))
    return texts
