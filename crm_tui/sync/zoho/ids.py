"""Which module the ids of records belong to, as far as that is known."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from crm_tui.clock import local_zone
from crm_tui.domain.actor import Actor
from crm_tui.domain.modules import Module
from crm_tui.sync.files.days import DayOrder
from crm_tui.sync.zoho.mapping import RecordReader, Surroundings
from crm_tui.sync.zoho.tables import MODULES

if TYPE_CHECKING:
    from crm_tui.services.container import Services


class KnownIds:
    """Remembers the ids of records that were read, and looks up those that came before.

    Args:
        source: Whose records they are, as links name it.
    """

    def __init__(self, services: "Services", source: str) -> None:
        self._services = services
        self._source = source
        self._modules: dict[str, Module] = {}

    def around(self, actor: Actor, zone: str = "", order: DayOrder = DayOrder.MONTH_FIRST) -> Surroundings:
        """Return what reading records needs beside them.

        Args:
            zone: Name of the zone in which moments without one are meant; "" for the actor's.
            order: Of day, month and year in dates.
        """
        core = self._services.core
        return Surroundings(
            {one.module: self._services.records(one.module).fields() for one in MODULES},
            core.picklists,
            local_zone(zone or actor.zone),
            core.clock.now(),
            self._modules.get,
            order,
        )

    async def learn(self, readers: Sequence[RecordReader], records: Sequence[Mapping[str, object]]) -> None:
        """Remember the ids of records, each with its reader, and look up those that they point to."""
        unknown: set[str] = set()
        for reader, record in zip(readers, records, strict=True):
            if own := reader.id_of(record):
                self._modules[own] = reader.module.module
            unknown |= reader.ids_in(record)
        unknown -= self._modules.keys()
        if unknown:
            self._modules |= await self._services.zoho.modules(self._source, unknown)
