"""Who is meant by the addresses of a mail that is being written, and which deals they have."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from unicodedata import normalize

from crm_tui.domain.actor import Verb
from crm_tui.domain.addressees import Addressee
from crm_tui.domain.modules import PEOPLE, Module
from crm_tui.domain.paging import PageRequest
from crm_tui.domain.queries import Criterion, ListQuery, Op, Sort
from crm_tui.domain.records import Ref
from crm_tui.i18n import language
from crm_tui.policies.records import can
from screens.widgets.form_field import Suggestion

if TYPE_CHECKING:
    from crm_tui.app import CrmApp

_FOUND: Final = 30
"""People that are looked at for some who have an address."""

_DEALS: Final = 50
"""Deals of one contact that are offered at most."""


@dataclass(frozen=True, slots=True)
class DealFound:
    """A deal of somebody the mail goes to.

    Attributes:
        stage: Its stage, in the agent's language.
        contact: Whose deal it is.
    """

    ref: Ref
    stage: str
    contact: Ref


async def find_people(app: "CrmApp", text: str) -> tuple[Suggestion, ...]:
    """Return leads and contacts with a mail address that fit a typed text, best first."""
    hits = await app.services.search.find(app.actor, text, PEOPLE, limit=_FOUND)
    # Of an address the lookup also finds what has its parts somewhere else.
    address = normalize("NFKC", text).strip().lower() if "@" in normalize("NFKC", text) else ""
    return tuple(
        Suggestion(hit.ref, hit.detail, hit.email)
        for hit in hits
        if hit.email and address in hit.email.lower()
    )


async def people_of(app: "CrmApp", addressees: Sequence[Addressee]) -> tuple[Ref, ...]:
    """Return the contacts, then the leads, that have the addresses, as far as the agent may see them."""
    return await app.services.mail_outbox.people_of(app.actor, addressees) if addressees else ()


async def deals_of(app: "CrmApp", people: Iterable[Ref]) -> tuple[DealFound, ...]:
    """Return the deals of contacts, those that were changed last first."""
    if can(app.actor, Verb.VIEW, Module.DEAL) is not True:
        return ()
    found: dict[str, DealFound] = {}
    stages = app.services.settings.picklists
    for person in people:
        if person.module is not Module.CONTACT:
            continue
        criteria = (Criterion("contact", Op.EQ, person),)
        query = ListQuery(("stage",), Sort("modified_at", descending=True), criteria)
        page = await app.services.deals.list(app.actor, query, PageRequest(limit=_DEALS))
        for row in page.rows:
            choice = stages.find("deal_stage", str(row.values.get("stage") or ""))
            stage = choice.label(language()) if choice is not None else ""
            found.setdefault(row.id, DealFound(Ref(row.module, row.id, row.name), stage, person))
    return tuple(found.values())


async def address_of(app: "CrmApp", ref: Ref) -> Addressee | None:
    """Return a lead or contact as an addressee; None without a mail address."""
    record = await app.services.records(ref.module).get(app.actor, ref.id)
    email = record.text("email")
    return Addressee(email, record.name) if email else None
