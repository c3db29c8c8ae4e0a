"""Notes on records. Whoever may see the record may read its notes."""

from crm_tui.domain.actor import Actor
from crm_tui.domain.modules import Module
from crm_tui.domain.paging import Page, PageRequest
from crm_tui.domain.queries import Criterion, ListQuery, Op, Sort
from crm_tui.domain.records import ListRow, Record, Ref
from crm_tui.errors import NotFound
from crm_tui.i18n import _
from crm_tui.services.records import RecordService
from crm_tui.services.references import find_ref

COLUMNS = ("title", "body", "owner", "created_at", "modified_at")


class NoteService(RecordService):
    """Notes."""

    module = Module.NOTE

    async def get(self, actor: Actor, record_id: str) -> Record:
        """Return a note whose record the actor may see."""
        note = await super().get(actor, record_id)
        parent = note.ref_to("parent")
        if parent is None:
            raise NotFound(_("There is no such record, or you may not see it."))
        await find_ref(self._core, actor, parent.module, parent.id)
        return note

    async def of(self, actor: Actor, parent: Ref, request: PageRequest) -> Page[ListRow]:
        """Return the notes of a record, the latest first."""
        await find_ref(self._core, actor, parent.module, parent.id)
        query = ListQuery(COLUMNS, Sort("created_at", descending=True), (Criterion("parent", Op.EQ, parent),))
        return await self.list(actor, query, request)
