"""The help centre: which cases a customer may see, and nothing else of the CRM."""

from crm_tui.domain.actor import Actor
from crm_tui.domain.modules import Module
from crm_tui.domain.paging import Page, PageRequest
from crm_tui.domain.queries import Count, Criterion, ListQuery, Op, Sort
from crm_tui.domain.records import ListRow, Ref
from crm_tui.errors import NotFound
from crm_tui.i18n import _
from crm_tui.policies.records import can_view
from crm_tui.services.core import Core
from crm_tui.services.references import find_ref
from crm_tui.store.repositories.associated import CustomerCaseRepository
from crm_tui.store.repositories.records import RecordRepository
from crm_tui.store.store import Connection
from crm_tui.text import clean_input

COLUMNS = ("number", "subject", "status", "priority", "created_at", "description")
"""All that a customer sees of a case."""

NEWEST_FIRST = Sort("number", descending=True)


class PortalService:
    """Reads cases for a contact: their own, and all cases of those of their accounts that allow it.

    The actor is whoever runs the help centre. They need permission to view contacts and cases, and a
    customer never sees more than the actor does.
    """

    def __init__(self, core: Core) -> None:
        self._core = core

    async def contact(self, actor: Actor, text: str) -> Ref:
        """Return the contact that ``text`` names by id, mail address or exact name.

        Raises:
            NotFound: There is none that the actor may see.
            Ambiguous: There are several.
            NotAllowed: The actor may not view contacts and cases.
        """
        await self._require(actor)
        return await find_ref(self._core, actor, Module.CONTACT, text)

    async def list(
        self, actor: Actor, contact_id: str, sort: Sort, request: PageRequest, text: str = ""
    ) -> Page[ListRow]:
        """Return one page of the cases that a contact may see.

        Args:
            text: A part of the subject, or the number of a case.
        """
        await self._require(actor)
        async with self._core.store.read() as connection:
            repository = await self._repository(connection, actor, contact_id, text)
            return await repository.page(actor, ListQuery(COLUMNS, sort), request)

    async def count(self, actor: Actor, contact_id: str, text: str = "", cap: int = 10_000) -> Count:
        """Count the cases that a contact may see, no further than ``cap``."""
        await self._require(actor)
        async with self._core.store.read() as connection:
            repository = await self._repository(connection, actor, contact_id, text)
            return await repository.count(actor, ListQuery(), cap)

    async def get(self, actor: Actor, contact_id: str, case_id: str) -> ListRow:
        """Return a case, with the columns that a customer sees.

        Raises:
            NotFound: The contact may not see it.
        """
        await self._require(actor)
        query = ListQuery(COLUMNS, NEWEST_FIRST, (Criterion("id", Op.EQ, case_id),))
        async with self._core.store.read() as connection:
            repository = await self._repository(connection, actor, contact_id, "")
            page = await repository.page(actor, query, PageRequest(limit=1))
        if not page.rows:
            raise _gone()
        return page.rows[0]

    async def _require(self, actor: Actor) -> None:
        for module in (Module.CONTACT, Module.CASE):
            await self._core.require(actor, can_view(actor, module), "portal", module)

    async def _repository(
        self, connection: Connection, actor: Actor, contact_id: str, text: str
    ) -> CustomerCaseRepository:
        if await RecordRepository(connection, Module.CONTACT).get(actor, contact_id) is None:
            raise _gone()
        return CustomerCaseRepository(connection, actor, contact_id, clean_input(text).strip())


def _gone() -> NotFound:
    return NotFound(_("There is no such record, or you may not see it."))
