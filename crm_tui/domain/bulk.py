"""What a bulk action is for, and what came of it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from crm_tui.domain.modules import Module

Report = Callable[[int, int], bool]
"""Takes how many records are done and of how many; returns whether to go on. Asked between two chunks."""


def go_on(_done: int, _total: int) -> bool:
    """Never stop; for callers that show no progress."""
    return True


@dataclass(frozen=True, slots=True)
class Targets:
    """Records that the actor could see when they were chosen.

    Attributes:
        ids: By module; activities of several kinds stand under each.
        whole_list: They are a list as it was. Those that are gone meanwhile are left out, whereas of
            records that were chosen one by one none may be missing.
    """

    ids: Mapping[Module, tuple[str, ...]]
    whole_list: bool = False

    @property
    def number(self) -> int:
        """How many records they are."""
        return sum(len(ids) for ids in self.ids.values())

    def chunks(self, size: int) -> Iterator[tuple[Module, tuple[str, ...]]]:
        """Yield the records of one module, some at a time."""
        for module, ids in self.ids.items():
            for start in range(0, len(ids), size):
                yield module, ids[start : start + size]


@dataclass(frozen=True, slots=True)
class BulkResult:
    """The outcome of a bulk action.

    Attributes:
        done: Records that were changed.
        left_out: Records that were changed or deleted by others meanwhile so that they no longer fit.
        stopped: The agent stopped it between two chunks.
        unchanged: Records that were as wanted before.
    """

    done: int
    left_out: int = 0
    stopped: bool = False
    unchanged: int = 0
