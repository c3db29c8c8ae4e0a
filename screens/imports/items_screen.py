"""The dry run of a file of Outlook, of address cards or of a calendar: what its columns are is known."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

from textual import work
from textual.binding import Binding, BindingType

from crm_tui.domain.fields import Field
from crm_tui.domain.records import Values
from crm_tui.errors import CrmError
from crm_tui.i18n import N_, _
from screens.fields_modal import FieldsModal
from screens.imports.choices import ask_encoding
from screens.imports.dry_run_screen import ImportDryRunScreen

if TYPE_CHECKING:
    from collections.abc import Callable

    from crm_tui.domain.actor import Actor
    from crm_tui.services.container import Services
    from crm_tui.sync.files.facts import FileFacts, ReadOptions
    from crm_tui.sync.outlook.files import OutlookFileJob

_CATEGORY: Final = Field("category", N_("Category"), max_length=255)


class ImportItemsScreen(ImportDryRunScreen):
    """Shows what would become of the items; a category and the characters of the file can be chosen.

    Args:
        path: The file.
        facts: What a look at it found.
        options: How it was looked at.
        as_table: Called to take it in as a table whose columns are chosen; None where it is none.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "c",
            "choose_category",
            N_("Category"),
            id="import_items.category",
            tooltip=N_("Take over the items of one Outlook category only, or of all."),
        ),
        Binding(
            "o",
            "choose_encoding",
            N_("Characters"),
            id="import_items.encoding",
            tooltip=N_("Choose the characters of the file where its text makes no sense."),
        ),
    ]

    def __init__(
        self,
        services: "Services",
        actor: "Actor",
        path: Path,
        facts: "FileFacts",
        options: "ReadOptions",
        as_table: "Callable[[], None] | None",
    ) -> None:
        super().__init__(_job(services, actor, path, facts, ""), as_table=as_table)
        self._path = path
        self._facts = facts
        self._options = options
        self._category = ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Take keys away that mean nothing for this file."""
        if action == "choose_encoding":
            return bool(self._facts.encoding)
        return super().check_action(action, parameters)

    @work(group="import_items.ask", exit_on_error=False)
    async def action_choose_category(self) -> None:
        """Choose the Outlook category whose items are taken over."""

        async def take(values: Mapping[str, object]) -> None:
            self._category = str(values["category"] or "").strip()

        initial: Values = {"category": self._category}
        detail = _("Only items of this Outlook category are taken over; empty for all.")
        modal = FieldsModal(_("Category"), detail, [_CATEGORY], take, initial, label=_("Done"))
        if await self.app.push_screen_wait(modal) is True:
            self._begin()

    @work(group="import_items.ask", exit_on_error=False)
    async def action_choose_encoding(self) -> None:
        """Choose the characters of the file and read it anew."""
        from crm_tui.sync.files import reading

        options = await ask_encoding(self.app, self._facts, self._options)
        if options is None:
            return
        try:
            self._facts = await reading.inspect(self._path, options)
        except CrmError as error:
            self.show_error(error)
        else:
            self._options = replace(options)
            self._begin()

    def _begin(self) -> None:
        self.begin(_job(self.services, self.actor, self._path, self._facts, self._category))


def _job(
    services: "Services", actor: "Actor", path: Path, facts: "FileFacts", category: str
) -> "OutlookFileJob":
    from crm_tui.sync.outlook.files import OutlookFileJob

    return OutlookFileJob(services, actor, path, facts, category)
