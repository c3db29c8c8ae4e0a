"""Which records an action is for: one, several, or a whole list with exceptions."""

from dataclasses import dataclass, field

from crm_tui.domain.modules import Module
from crm_tui.domain.queries import ListQuery


@dataclass(frozen=True, slots=True)
class Selection:
    """Records of one module that an agent marked, or the one that has the focus.

    Attributes:
        module: What they are.
        ids: Their ids; empty when the whole list of ``query`` is meant.
        query: The list, when all of it was marked.
        but: Ids that were taken out of the whole list again.
        name: What a single record is called, "" for several.
    """

    module: Module
    ids: tuple[str, ...] = ()
    query: ListQuery | None = None
    but: frozenset[str] = field(default_factory=frozenset)
    name: str = ""

    @property
    def is_whole_list(self) -> bool:
        """Whether all records of a list are meant, however many they are."""
        return self.query is not None
