"""A line in a form that says which records look like the one being typed."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from crm_tui.domain.duplicates import COMPARED, LIKELY, REASONS, Likeness
from crm_tui.domain.merging import MERGEABLE
from crm_tui.domain.modules import Module
from crm_tui.errors import CrmError
from crm_tui.i18n import _
from crm_tui.text import safe
from screens.key_names import with_keys

if TYPE_CHECKING:
    from crm_tui.app import CrmApp

_NAMED = 2
"""Records that the line names; the key shows all of them."""


class DuplicateHint(Static):
    """Looks for duplicates and says which there are; never in the way of a save for longer than one key.

    Args:
        module: What is being typed.
        but: Id of the record that is edited.
    """

    DEFAULT_CSS = """
    DuplicateHint { height: auto; max-height: 2; padding: 0 1; color: $text-warning; display: none; }
    DuplicateHint.-shown { display: block; }
    """

    def __init__(self, module: Module, but: str | None = None) -> None:
        super().__init__()
        self._module = module
        self._but = but
        self._looked_at: Mapping[str, object] | None = None
        self._told: set[str] = set()
        self.found: tuple[Likeness, ...] = ()

    async def look(self, values: Mapping[str, object]) -> None:
        """Look for records like the typed one, unless nothing was changed since the last time."""
        if self._module not in MERGEABLE:
            return
        values = {name: value for name, value in values.items() if name in COMPARED[self._module]}
        if values == self._looked_at:
            return
        self._looked_at = values
        app: CrmApp = self.app  # type: ignore[assignment]
        try:
            self.found = await app.services.duplicates.possible(
                app.actor, self._module, values, but=self._but
            )
        except CrmError:
            # The line is a courtesy; whatever is wrong with the store shows when the form is saved.
            self.found = ()
        self._show()

    async def holds_back(self, values: Mapping[str, object]) -> bool:
        """Return whether a save should wait because the agent hasn't been told of a likely duplicate."""
        told = set(self._told)
        await self.look(values)
        return any(one.score >= LIKELY and one.ref.id not in told for one in self.found)

    def _show(self) -> None:
        self._told |= {one.ref.id for one in self.found}
        self.set_class(bool(self.found), "-shown")
        named = [_sentence(one) for one in self.found[:_NAMED]]
        if len(self.found) > _NAMED:
            named.append("…")
        shows = with_keys(self.app, _("F7 shows them"), F7="form.duplicates")
        text = _("! Looks like %(records)s") % {"records": ", ".join(named)}
        self.update(Content(f"{text}  {shows}"))


def _sentence(one: Likeness) -> str:
    reasons = ", ".join(_(REASONS[reason]) for reason in one.reasons)
    name = safe(" ".join(filter(None, (one.ref.name, one.detail))), limit=60)
    return f"{name} ({reasons})"
