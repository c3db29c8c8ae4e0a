"""What a run of a synchronisation would take over, before anything is changed."""

from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from crm_tui.domain.imports.batches import Preview
from crm_tui.domain.sync.accounts import SyncAccount
from crm_tui.errors import CrmError
from crm_tui.formats import format_number
from crm_tui.i18n import N_, _
from crm_tui.text import safe
from screens.background import in_background
from screens.base import CrmScreen
from screens.imports.texts import preview_lines
from screens.style_sheet import STYLES
from screens.sync.texts import title_of, what_text
from screens.sync.work import preview, run_now
from screens.value_text import ValueText
from screens.widgets.scrolled_lines import Line, ScrolledLines
from screens.widgets.text_wrap import wrap

if TYPE_CHECKING:
    from collections.abc import Sequence


class SyncPreviewScreen(CrmScreen[None]):
    """Reads an account without changing anything, and shows counts and the first changes.

    Args:
        account: An account of the agent's.
    """

    CSS_PATH = STYLES / "sync_preview_screen.tcss"
    AUTO_FOCUS = "ScrolledLines"
    BINDING_GROUP_TITLE = N_("Preview")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r,enter", "run", N_("Run now"), id="sync_preview.run", tooltip=N_("Take it over.")),
        Binding(
            "ctrl+r", "again", N_("Read again"), id="sync_preview.again", tooltip=N_("Ask the account again.")
        ),
    ]

    def __init__(self, account: SyncAccount) -> None:
        super().__init__()
        self._account = account
        self._preview: Preview | None = None
        self._problem = ""
        self._read = 0
        self._is_left = False

    def compose_body(self) -> ComposeResult:
        """Yield the title and all that there is to say."""
        yield Static(
            Content(_("Preview: %(name)s") % {"name": safe(title_of(self._account))}), id="form-title"
        )
        yield ScrolledLines(id="sync-preview")

    def on_mount(self) -> None:
        """Begin to read."""
        self.action_again()

    def on_unmount(self) -> None:
        """Read no further."""
        self._is_left = True

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to run what was shown."""
        if action == "run":
            return not self._problem
        if action == "again":
            return self._preview is not None or bool(self._problem)
        return super().check_action(action, parameters)

    def action_again(self) -> None:
        """Ask the account again."""
        self._preview, self._problem, self._read, self._is_left = None, "", 0, False
        self._show(stay=False)
        self._ask()

    def action_run(self) -> None:
        """Take over what was shown, or what is still being read, and leave."""
        self._is_left = True
        # A worker of this screen would end with it, in the middle of closing it.
        in_background(self.app, "sync.run", self._run)

    async def _run(self) -> None:
        if await run_now(self, self._account):
            await self.app.close_screen(self)
        elif self._preview is None:
            self.action_again()

    @work(group="sync_preview.ask", exclusive=True, exit_on_error=False)
    async def _ask(self) -> None:
        try:
            self._preview = await preview(self.services, self.actor, self._account, self._report)
        except CrmError as error:
            if self._is_left:
                return
            self._problem = f"{error} {error.hint}".strip()
        self._show(stay=False)
        self.refresh_bindings()

    def _report(self, done: int, _total: int) -> bool:
        self._read = done
        if not self._is_left:
            self._show(stay=True)
        return not self._is_left

    def _show(self, *, stay: bool) -> None:
        for lines in self.query(ScrolledLines):
            lines.show_lines(self._lines, stay=stay)

    def _lines(self, width: int) -> "Sequence[Line]":
        what = _("Takes over: %(what)s") % {"what": what_text(self._account)}
        head = [Line(part, "muted") for part in wrap(safe(what), width)]
        if self._problem:
            return [*head, Line(""), *(Line(part, "error") for part in wrap(safe(self._problem), width))]
        if self._preview is None:
            text = _("Reading … %(number)s items so far.") % {"number": format_number(self._read)}
            return [*head, Line(""), Line(text)]
        services = self.services
        texts = ValueText(services.settings.picklists, self.zone)
        shown = preview_lines(self._preview, texts, lambda module: services.records(module).fields(), width)
        return [*head, Line(""), *shown]
