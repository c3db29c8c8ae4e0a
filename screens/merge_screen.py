"""Merging records: which one stays, whose values it gets, and what moves to it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from crm_tui.domain.modules import PLURAL, Module
from crm_tui.domain.records import Record, Ref
from crm_tui.errors import CrmError, NotFound
from crm_tui.formats import format_number
from crm_tui.i18n import N_, _
from crm_tui.text import safe
from screens.base import CrmScreen, RecordKey
from screens.key_names import with_undo_key
from screens.keys import MODULES
from screens.moved_text import moved_text
from screens.selection import Selection
from screens.style_sheet import STYLES
from screens.value_text import ValueText
from screens.widgets.merge_grid import MergeGrid

if TYPE_CHECKING:
    from crm_tui.services.merge import MergePreview


class MergeScreen(CrmScreen[Record | None]):
    """Merges records; closes with the one that was kept.

    Args:
        preview: The records, and what would be moved to the first of them.
    """

    CSS_PATH = STYLES / "merge_screen.tcss"
    BINDING_GROUP_TITLE = N_("This merge")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+s,f10",
            "merge",
            N_("Merge"),
            id="merge.merge",
            priority=True,
            tooltip=N_("Merge the records as chosen; the others go into the bin."),
        ),
    ]

    def __init__(self, preview: "MergePreview") -> None:
        super().__init__()
        self._records = preview.records
        self._moves = preview.moves
        self._module = preview.records[0].module
        self._saving = False

    @property
    def module_name(self) -> str:
        """The entry of the module bar that the records belong to."""
        return next((entry.name for entry in MODULES if entry.module is self._module), "activities")

    @property
    def grid(self) -> MergeGrid:
        """The choices."""
        return self.query_one(MergeGrid)

    def record_in_focus(self) -> Ref | None:
        """The record that is kept."""
        return self.grid.order[0].ref

    def has_unsaved_text(self) -> bool:
        """Whether leaving would drop choices."""
        return self.grid.is_changed

    def compose_body(self) -> ComposeResult:
        """Yield the title, the choices and what moves."""
        title = _("Merge %(number)s records (%(module)s)") % {
            "number": format_number(len(self._records)),
            "module": _(PLURAL[self._module]),
        }
        yield Static(Content.styled(title, "bold"), id="merge-title")
        texts = ValueText(self.services.settings.picklists, self.zone)
        yield MergeGrid(self._records, self.services.records(self._module).fields(), texts)
        yield Static(self._summary(), id="merge-summary")

    def on_mount(self) -> None:
        """Let the agent choose at once."""
        self.grid.focus()

    def on_records_changed(self, keys: frozenset[RecordKey]) -> None:
        """Show the records as somebody else saved them; the choices stay."""
        if not self._saving and (not keys or any((ref.module, ref.id) in keys for ref in self._refs)):
            self._look_again()

    def action_merge(self) -> None:
        """Merge."""
        if not self._saving:
            self._saving = True
            self._merge()

    async def action_back(self) -> None:
        """Leave; nothing is merged. Choices ask first."""
        if self.grid.is_changed:
            self._ask_to_leave()
        else:
            self.dismiss(None)

    @on(MergeGrid.KeeperChanged)
    @work(group="merge.preview", exclusive=True, exit_on_error=False)
    async def _keeper_changed(self) -> None:
        await self._read()

    @work(group="merge.look", exclusive=True, exit_on_error=False)
    async def _look_again(self) -> None:
        seen = {record.id: record.version for record in self.grid.order}
        try:
            records = await self._read()
        except CrmError as error:
            self._tell_unmerged(error)
            if self.is_current:
                self.dismiss(None)
            return
        changed = [record.name for record in records if record.version != seen[record.id]]
        if changed and not self._saving:
            self.grid.renew(records)
            text = _("Somebody else changed “%(name)s” meanwhile. Nothing was merged.")
            self.app.notice(text % {"name": safe(changed[0], limit=80)})

    async def _read(self) -> Sequence[Record]:
        preview = await self.services.merge.preview(self.actor, self._module, [ref.id for ref in self._refs])
        self._moves = preview.moves
        self.query_one("#merge-summary", Static).update(self._summary())
        return preview.records

    @property
    def _refs(self) -> list[Ref]:
        """The records, the one that is kept first."""
        return [record.ref for record in self.grid.order]

    @work(name="action_merge", group="merge.save", exit_on_error=False)
    async def _merge(self) -> None:
        order = self.grid.order
        try:
            merged = await self.services.merge.merge(
                self.actor,
                self._module,
                [record.id for record in order],
                take=self.grid.take,
                versions={record.id: record.version for record in order},
            )
        except NotFound as error:
            self._tell_unmerged(error)
            return
        finally:
            self._saving = False
        self.dismiss(merged.record)

    @work(group="merge.leave", exit_on_error=False)
    async def _ask_to_leave(self) -> None:
        if await self.app.confirm(_("Nothing is merged yet."), _("Leave and drop the choices")):
            self.dismiss(None)

    def _tell_unmerged(self, error: CrmError) -> None:
        self.show_error(CrmError(error.message, f"{_('Nothing was merged.')} {error.hint}".strip()))

    def _summary(self) -> Content:
        moves = moved_text(self._moves) or _("nothing")
        return Content(
            with_undo_key(
                self.app,
                _("Moves to the kept record: %(what)s. The others go into the bin; z undoes the merge."),
            )
            % {"what": moves}
        )


async def merge_records(screen: "CrmScreen[Any]", module: Module, ids: tuple[str, ...]) -> bool:
    """Let the agent merge records and show the kept one; to be awaited in a worker.

    The one that was made first is proposed to be kept.

    Returns:
        Whether they were merged.
    """
    with screen.app.keys.hold():
        preview = await screen.services.merge.preview(screen.actor, module, ids)
        oldest = sorted(preview.records, key=lambda record: (record.created_at, record.id))
        preview = await screen.services.merge.preview(screen.actor, module, [one.id for one in oldest])
    record = await screen.app.push_screen_wait(MergeScreen(preview))
    if record is None:
        return False
    screen.app.notice(_("Merged: %(name)s.") % {"name": record.name})
    return True


async def merge_selection(screen: "CrmScreen[Any]", selection: Selection) -> bool:
    """Let the agent merge the selected records."""
    return await merge_records(screen, selection.module, selection.ids)
