"""Who has a caller's number, as far as somebody may see them."""

from collections.abc import Iterable
from dataclasses import replace

from crm_tui.domain.actor import Actor
from crm_tui.domain.modules import Module
from crm_tui.domain.pops import CallerNumber, Match
from crm_tui.domain.records import Record
from crm_tui.policies.records import can_view
from crm_tui.store.repositories.pops import PopRepository
from crm_tui.store.repositories.records import RecordRepository
from crm_tui.store.store import Connection

MOST = 50
"""Matches that are handed on at most."""

_ORDER = (Module.CONTACT, Module.LEAD, Module.ACCOUNT)


async def matches_of(connection: Connection, reader: Actor, number: CallerNumber) -> tuple[Match, ...]:
    """Return the records with exactly this number that ``reader`` may see: contacts, leads, accounts.

    A lead that was converted is left out where its number has passed to a contact.
    """
    owners = await PopRepository(connection).owners(number.e164)
    found: list[Match] = []
    for module in _ORDER:
        if module not in owners or can_view(reader, module) is not True:
            continue
        records = await RecordRepository(connection, module).many(reader, owners[module])
        if found:
            records = [record for record in records if record.get("converted_at") is None]
        found += sorted(map(_match, records), key=lambda match: match.kana or match.ref.name)
    return tuple(found[:MOST])


def seen_by_both(matches: Iterable[Match], mine: Iterable[Match]) -> tuple[Match, ...]:
    """Return what two people may both see: ``matches`` of the one, without what isn't in ``mine``."""
    known = {match.ref: match for match in mine}
    return tuple(
        match if known[match.ref].company == match.company else replace(match, company="", account=None)
        for match in matches
        if match.ref in known
    )


def _match(record: Record) -> Match:
    if record.module is Module.ACCOUNT:
        return Match(record.ref, kana=record.text("name_kana"))
    account = record.ref_to("account")
    kana = " ".join(filter(None, (record.text("last_name_kana"), record.text("first_name_kana"))))
    return Match(record.ref, record.text("company") or (account.name if account else ""), kana, account)
