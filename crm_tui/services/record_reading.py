"""Lists, counts and details of records; what all modules have in common."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from crm_tui.domain.actor import Actor
from crm_tui.domain.fields import Field
from crm_tui.domain.modules import Module
from crm_tui.domain.paging import Page, PageRequest
from crm_tui.domain.queries import Count, Criterion, ListQuery, Op
from crm_tui.domain.records import ListRow, Record
from crm_tui.domain.schema import field_of
from crm_tui.domain.typed_text import TypedText, typed_text
from crm_tui.errors import NotFound
from crm_tui.i18n import _
from crm_tui.policies.records import can_delete, can_view
from crm_tui.services.core import Core
from crm_tui.services.criteria import checked_criteria
from crm_tui.services.gone import gone_error
from crm_tui.services.references import find_ref
from crm_tui.store.repositories.fieldmap import META
from crm_tui.store.repositories.records import RecordRepository
from crm_tui.store.store import Connection


@dataclass(frozen=True, slots=True)
class Consequence:
    """What a deletion means for other records.

    Attributes:
        number: How many records of ``module`` hang on the one to be deleted.
        kept: They stay and lose the link; else they go with it.
    """

    module: Module
    number: int
    kept: bool


class RecordReading:
    """Lists and reads the records of one module."""

    module: ClassVar[Module]
    dependents: ClassVar[tuple[tuple[Module, str], ...]] = ()
    """Modules and reference fields that lose their link when a record is deleted."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def fields(self) -> tuple[Field, ...]:
        """Return the fields of the module in the order of its form, custom ones last.

        Custom fields are those of the last look at the store; `get` and every write take one.
        """
        return self._core.custom_fields.fields(self.module)

    async def list(self, actor: Actor, query: ListQuery, request: PageRequest) -> Page[ListRow]:
        """Return one page of the records that fit ``query``."""
        await self._core.require(actor, can_view(actor, self.module), "list", self.module)
        query = await self._checked_query(actor, query)
        async with self._core.store.read() as connection:
            return await self._repository(connection).page(actor, query, request, self._typed(query.text))

    async def count(self, actor: Actor, query: ListQuery, cap: int = 10_000) -> Count:
        """Count the records that fit ``query``, no further than ``cap``."""
        await self._core.require(actor, can_view(actor, self.module), "count", self.module)
        query = await self._checked_query(actor, query)
        async with self._core.store.read() as connection:
            return await self._repository(connection).count(actor, query, cap, self._typed(query.text))

    async def is_searched(self, actor: Actor, query: ListQuery) -> bool:
        """Return whether all records have to be searched for a list, so that reading it takes a while."""
        query = await self._checked_query(actor, query)
        async with self._core.store.read() as connection:
            return await self._repository(connection).is_searched(actor, query)

    async def get(self, actor: Actor, record_id: str) -> Record:
        """Return a record.

        Raises:
            Gone: It lies in the bin; the message says who put it there and when.
            NotFound: There is none, or the actor may not see it.
        """
        await self._core.require(actor, can_view(actor, self.module), "view", self.module, record_id)
        async with self._core.store.read() as connection:
            await self._core.refresh_fields(connection)
            record = await self._repository(connection).get(actor, record_id)
            if record is None:
                raise await gone_error(connection, actor, self.module, record_id)
            return record

    async def resolve(self, actor: Actor, text: str) -> Record:
        """Return the record that is named by id, mail address or exact name.

        Raises:
            NotFound: No record is called so.
            Ambiguous: Several are.
        """
        await self._core.require(actor, can_view(actor, self.module), "view", self.module)
        return await self.get(actor, (await find_ref(self._core, actor, self.module, text)).id)

    async def consequences(self, actor: Actor, record_id: str) -> tuple[Consequence, ...]:
        """Return what deleting a record would do to others, for the question before it."""
        await self._core.require(actor, can_delete(actor, self.module), "delete", self.module, record_id)
        async with self._core.store.read() as connection:
            record = self._found(await self._repository(connection).get(actor, record_id))
            found = []
            for module, field in self.dependents:
                criterion = Criterion(field, Op.EQ, record.ref)
                number = await RecordRepository(connection, module).count_all(criterion)
                found.append(Consequence(module, number, module is not Module.NOTE))
        return tuple(consequence for consequence in found if consequence.number)

    async def many(
        self, connection: Connection, actor: Actor | None, record_ids: Sequence[str], *, lock: bool = False
    ) -> Sequence[Record]:
        """Return those of the records ``record_ids`` that the actor may see, in the order of their ids.

        Args:
            connection: Of the transaction in which they are wanted.
            actor: None for all that are there, for derived data.
            lock: Keep others from changing them until its end.
        """
        return await self._repository(connection).many(actor, record_ids, lock=lock)

    # Parts

    def _repository(self, connection: Connection) -> RecordRepository:
        return RecordRepository(connection, self.module, custom=self._core.custom_fields.by_name(self.module))

    def _found(self, record: Record | None) -> Record:
        if record is None:
            raise NotFound(_("There is no such record, or you may not see it."))
        return record

    async def _checked_query(self, actor: Actor, query: ListQuery) -> ListQuery:
        """Check the criteria; a query that names more than standard fields needs the custom ones of now."""
        criteria = (*query.criteria, *query.also)
        names = (query.sort.field, *query.columns, *(criterion.field for criterion in criteria))
        if any(field_of(self.module, name) is None and name not in META for name in names):
            async with self._core.store.read() as connection:
                await self._core.refresh_fields(connection)
        extra = self._core.custom_fields.by_name(self.module)
        return await checked_criteria(self._core, actor, self.module, query, extra)

    def _typed(self, text: str) -> TypedText:
        """Read what was typed over a list: a telephone number, or words."""
        return typed_text(text, self._core.region)
