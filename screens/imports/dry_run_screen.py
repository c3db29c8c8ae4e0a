"""The dry run of an import: everything is read and nothing is changed, then Enter starts it."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import ActiveBinding, Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from crm_tui.errors import CrmError
from crm_tui.formats import format_number
from crm_tui.i18n import N_, _
from crm_tui.text import safe
from screens.base import CrmScreen
from screens.imports.files import shown_folder
from screens.imports.report_screen import ImportReportScreen
from screens.keys import URGENT_KEYS
from screens.style_sheet import STYLES
from screens.value_text import ValueText
from screens.widgets.import_preview import ImportPreview
from screens.widgets.scrolled_lines import Line

if TYPE_CHECKING:
    from crm_tui.domain.imports.batches import ImportJob, Preview

PATIENCE = 5.0
"""Seconds that keys typed ahead wait for the end of the reading."""

Started = Callable[[], Awaitable[None]]
"""Called once the import has begun."""


class ImportDryRunScreen(CrmScreen[bool]):
    """Reads a whole file, shows what would become of it, and starts the import; True: the agent goes back.

    Keys that were typed ahead wait for a while until that is known; Esc ends the reading at once. Enter
    during a long reading starts the import behind it.

    Args:
        job: The import.
        started: Called once it has begun.
        as_table: Shows how to choose what the columns become instead; None where that makes no sense.
    """

    CSS_PATH = STYLES / "import_dry_run_screen.tcss"
    AUTO_FOCUS = "ImportPreview"
    BINDING_GROUP_TITLE = N_("Dry run")
    URGENT_KEYS = URGENT_KEYS
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter",
            "start",
            N_("Import"),
            id="import_dry_run.start",
            tooltip=N_("Begin the import; it goes on in the background while you work."),
        ),
        Binding(
            "m",
            "as_table",
            N_("As a table"),
            id="import_dry_run.as_table",
            tooltip=N_("Choose yourself what the columns of the file become."),
        ),
    ]

    def __init__(
        self, job: "ImportJob", started: Started | None = None, as_table: Callable[[], None] | None = None
    ) -> None:
        super().__init__()
        self._as_table = as_table
        self._job = job
        self._started = started
        self._preview: Preview | None = None
        self._is_reading = True
        self._is_left = False
        self._start_follows = False
        self._is_starting = False

    def compose_body(self) -> ComposeResult:
        """Yield the title and what was found."""
        title = _("Dry run: %(name)s. Nothing is changed yet.") % {"name": safe(self._job.new.name)}
        yield Static(Content(title), id="form-title")
        yield ImportPreview()

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """What the keys do now, the one that goes on first."""
        return dict(
            sorted(super().active_bindings.items(), key=lambda item: item[1].binding.action != "start")
        )

    def on_mount(self) -> None:
        """Begin to read."""
        self.begin(self._job)

    def begin(self, job: "ImportJob") -> None:
        """Read the file, in another way than before or for the first time."""
        self._job, self._preview, self._start_follows = job, None, False
        self._is_reading = True
        self._say(_("Reading the file …"))
        self._read()
        self.takes_keys = False
        self.set_timer(PATIENCE, self.ready_for_keys)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Take keys away that mean nothing for this file."""
        if action == "start":
            return self._is_reading or (self._preview is not None and self._preview.counts.rows > 0)
        if action == "as_table":
            return self._as_table is not None
        return super().check_action(action, parameters)

    def action_as_table(self) -> None:
        """Choose what the columns become instead."""
        if self._as_table is not None:
            self._is_left = True
            self._as_table()
            self.dismiss(False)

    def on_ready(self) -> None:
        """Keys are let through when the whole file was read, or it takes long."""

    async def action_back(self) -> None:
        """End the reading and go back."""
        self._is_left = True
        self.dismiss(True)

    @work(group="import_dry_run.read", exclusive=True, exit_on_error=False)
    async def _read(self) -> None:
        try:
            self._preview = await self._job.preview(self._report)
        except CrmError as error:
            self._is_reading = False
            self._say(str(error), "error")
        else:
            self._is_reading = False
            texts = ValueText(self.services.settings.picklists, self.zone)
            preview = self.query_one(ImportPreview)
            preview.show(self._preview, texts, lambda module: self.services.records(module).fields())
            if self._start_follows:
                self.action_start()
        finally:
            self.refresh_bindings()
            self.ready_for_keys()

    @work(group="import_dry_run.start", exit_on_error=False)
    async def action_start(self) -> None:
        """Begin the import and show how it is going; while the file is being read, as soon as it is."""
        self._start_follows = self._preview is None
        if self._preview is None or not self._preview.counts.rows or self._is_starting:
            return
        self._is_starting = True
        try:
            await self._start()
        finally:
            self._is_starting = False

    async def _start(self) -> None:
        imports = self.app.imports
        batch = await self.services.import_batches.open(self.actor, self._job.new)
        if not imports.works_on(batch):
            imports.start(batch)
        imports.typed = shown_folder(Path(batch.path).parent)
        if self.app.screen is self:
            await self.app.push_screen(ImportReportScreen(batch))
        if self._started is not None:
            await self._started()
        # Behind the report: it goes once it would come to the front.
        self.takes_keys = False
        self.dismiss(False)

    def _report(self, done: int, total: int) -> bool:
        if not self._is_left:
            figures = {"done": format_number(done), "total": format_number(total)}
            text = _("Reading the file: %(done)s of %(total)s rows") if total else _("Reading: %(done)s rows")
            lines = [text % figures]
            if self._start_follows:
                lines += [
                    _("Then the import begins; Esc stops it."),
                    _("Keep the console open until it has begun."),
                ]
            self._say("\n".join(lines))
        return not self._is_left

    def _say(self, text: str, style: str = "muted") -> None:
        lines = [Line(safe(one, limit=600), style) for one in text.split("\n")]
        self.query_one(ImportPreview).show_lines(lambda width: lines)
