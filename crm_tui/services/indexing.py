"""What the lookup should know of a record."""

from crm_tui.domain.fields import FieldType
from crm_tui.domain.modules import PEOPLE, Module
from crm_tui.domain.names import search_texts
from crm_tui.domain.phone import parse
from crm_tui.domain.records import Record, Ref
from crm_tui.domain.schema import FIELDS, phone_fields
from crm_tui.domain.search_terms import index_terms
from crm_tui.store.repositories.lookup import Document

_NAMES = {"first_name", "last_name", "first_name_kana", "last_name_kana"}


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


def _detail(record: Record) -> str:
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
    for field in FIELDS[record.module]:
        if not field.searchable or field.name in _NAMES:
            continue
        value = record.get(field.name)
        if isinstance(value, Ref):
            texts.append(value.name)
        elif isinstance(value, str) and field.type is not FieldType.PICKLIST:
            texts.append(value)
    if record.module is Module.CASE:
        texts.append(str(record.get("number") or ""))
    return texts
