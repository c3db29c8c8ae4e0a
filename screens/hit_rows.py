"""Hits of a search as rows of a list."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from crm_tui.domain.modules import SINGULAR
from crm_tui.domain.records import Ref
from crm_tui.i18n import N_, _
from screens.value_text import half_width_number
from screens.widgets.record_columns import PHONE_WIDTH, Column, Row

if TYPE_CHECKING:
    from crm_tui.services.search import Hit

HIT_COLUMNS = (
    Column("name", N_("Name"), min_width=16, weight=3, priority=6),
    Column("module", N_("Module"), width=12, priority=4),
    Column("detail", N_("Company"), min_width=10, weight=2, priority=2),
    Column("phone", N_("Phone"), width=PHONE_WIDTH, priority=5),
    Column("email", N_("Mail address"), min_width=16, weight=2, priority=1),
)


class Hits:
    """The hits that are shown, by the key of their row."""

    def __init__(self) -> None:
        self._refs: dict[str, Ref] = {}

    def rows(self, found: Sequence["Hit"], flagged: Collection[str] = ()) -> list[Row]:
        """Return the rows of ``found``, which are the hits shown from now on.

        Args:
            flagged: Numbers, as the hits have them, that are invalid or must not be called.
        """
        self._refs = {f"{hit.module}:{hit.id}": hit.ref for hit in found}
        return [
            Row(
                f"{hit.module}:{hit.id}",
                (hit.name, _(SINGULAR[hit.module]), hit.detail, _number(hit.phone, flagged), hit.email),
                (number,),
            )
            for number, hit in enumerate(found)
        ]

    def ref(self, key: str | None) -> Ref | None:
        """Return the record of a row."""
        return self._refs.get(key or "")


def _number(phone: str, flagged: Collection[str]) -> str:
    return f"{'!' if phone in flagged else ''}{half_width_number(phone)}"
