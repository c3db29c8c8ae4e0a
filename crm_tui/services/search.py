"""One lookup over leads, contacts, accounts, deals, cases and campaigns."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from crm_tui.domain.actor import Actor
from crm_tui.domain.modules import INDEXED, PEOPLE, Module
from crm_tui.domain.records import Ref
from crm_tui.domain.search_terms import fits
from crm_tui.domain.typed_text import TypedText, typed_text
from crm_tui.policies.records import can_view
from crm_tui.services.core import Core
from crm_tui.services.indexing import NAMED_AFTER, document_of
from crm_tui.store.repositories.lookup import Document, LookupRepository
from crm_tui.store.repositories.records import RecordRepository
from crm_tui.store.repositories.sight import sees_all
from crm_tui.store.store import Connection

HITS = 50
"""Hits that a lookup shows at most; more than that is answered by typing on."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A record that fits what was typed.

    Attributes:
        detail: Company, account or contact.
        phone: The number that fitted, else the record's first one, as it was entered.
    """

    module: Module
    id: str
    name: str
    detail: str
    phone: str
    email: str

    @property
    def ref(self) -> Ref:
        """The record as a reference."""
        return Ref(self.module, self.id, self.name)


class SearchService:
    """Finding records by name, reading, company, mail address or any part of a number."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def find(
        self, actor: Actor, text: str, modules: Sequence[Module] | None = None, limit: int = HITS
    ) -> tuple[Hit, ...]:
        """Return what fits ``text``, as far as the actor may see it.

        A telephone number finds everybody who has it, however either was written; its last four
        digits suffice. Names are found by either reading, in any width.
        """
        asked = INDEXED if modules is None else tuple(m for m in modules if m in INDEXED)
        allowed = [module for module in asked if can_view(actor, module) is True]
        typed = typed_text(text, self._core.region)
        if typed.is_empty or not allowed:
            return ()
        async with self._core.store.read() as connection:
            rows = await LookupRepository(connection).find(actor, allowed, typed, limit)
            found = await self._as_seen(connection, actor, typed, rows)
        exact = typed.phone.exact if typed.phone is not None else None
        hits = [
            (getattr(row, "e164", None) != exact, Module(row.module) not in PEOPLE, _hit(row, detail))
            for row, detail in found
        ]
        if typed.phone is not None:
            # A number is typed to speak with somebody: people stand before the companies that share it.
            hits.sort(key=lambda hit: hit[:2])
        return tuple(hit for _other, _company, hit in hits)

    async def _as_seen(
        self, connection: Connection, actor: Actor, typed: TypedText, rows: Sequence[Any]
    ) -> list[tuple[Any, str]]:
        """Return entries with their details; what is out of sight stands in none and makes none fit."""
        entries: dict[str, Document] = {}
        for module in INDEXED:
            ids = {row.record_id for row in rows if row.module == module.value}
            if ids and _names_others(actor, module):
                for record in await RecordRepository(connection, module).many(actor, ids):
                    entries[record.id] = document_of(record, self._core.region)
        found = []
        for row in rows:
            entry = entries.get(row.record_id)
            if entry is None or fits(typed.phrases, entry.terms):
                found.append((row, row.detail if entry is None else entry.detail))
        return found


def _names_others(actor: Actor, module: Module) -> bool:
    """Return whether entries of ``module`` may name records that are out of the actor's sight."""
    return any(
        not sees_all(actor, target) and any(module is one for one, _field in named)
        for target, named in NAMED_AFTER.items()
    )


def _hit(row: Any, detail: str) -> Hit:
    return Hit(
        Module(row.module),
        row.record_id,
        row.name,
        detail,
        getattr(row, "matched", None) or row.phone,
        row.email,
    )
