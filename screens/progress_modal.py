"""A dialog in front of work that takes a while: how far it is, a key that stops it, what came of it."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from crm_tui.errors import CrmError
from crm_tui.formats import format_number
from crm_tui.i18n import N_, _
from crm_tui.text import safe
from screens.base import CrmModal
from screens.style_sheet import STYLES
from screens.widgets.answers import Answers

if TYPE_CHECKING:
    from crm_tui.app import CrmApp

Report = Callable[[int, int], bool]
"""Takes how many records are done and of how many, 0 for unknown; returns whether to go on."""

Job = Callable[[Report], Awaitable[str]]
"""The work. It calls its report between chunks, stops when that says so, and returns one sentence."""


class ProgressModal(CrmModal[bool]):
    """Runs a job and stays until the agent has read its result.

    Closes with whether the job came to its end or was stopped between two chunks; False means that it
    failed, and then the reason stood in the dialog.

    Args:
        title: What is being done, translated.
        job: Does it in chunks, each of them saved for good; started once the dialog is open.
        closes_itself: There is no result to be read; only an error keeps the dialog open.
        stays: What was done until it was stopped stays done.

    Attributes:
        was_stopped: Whether the agent wanted it to stop.
    """

    CSS_PATH = STYLES / "progress_modal.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "close", N_("Close"), id="progress.close", show=False)
    ]

    def __init__(self, title: str, job: Job, *, closes_itself: bool = False, stays: bool = True) -> None:
        super().__init__()
        self._title = title
        self._job = job
        self._closes_itself = closes_itself
        self._stays = stays
        self.was_stopped = False
        self._outcome: bool | None = None

    def compose(self) -> ComposeResult:
        """Yield title, figures and keys."""
        with Vertical(id="dialog"):
            yield Static(Content(safe(self._title, newlines=True)), id="question")
            yield Static(Content(_("Please wait")), id="state")
            yield Answers(("dialog.cancel", "escape", _("Stop")), id="while-running")
            yield Answers(("progress.close", "enter", _("Close")), id="when-done")

    def on_mount(self) -> None:
        """Begin."""
        self.query_one("#when-done").display = False
        self._run()

    def action_cancel(self) -> None:
        """Stop after the chunk that is being saved; close when the job has ended."""
        if self._outcome is not None:
            self.action_close()
            return
        self.was_stopped = True
        self._say(_("Stopping. What was done so far stays.") if self._stays else _("Please wait"))

    def action_close(self) -> None:
        """Close once the job has ended."""
        if self._outcome is not None:
            self.dismiss(self._outcome)

    @work(group="progress.job", exit_on_error=False)
    async def _run(self) -> None:
        try:
            sentence = await self._job(self._report)
        except CrmError as error:
            self._end(str(error), done=False)
        else:
            self._end(sentence, done=True)
            if self._closes_itself:
                self.dismiss(True)

    def _report(self, done: int, total: int) -> bool:
        if not self.was_stopped:
            self._say(_figures(done, total))
        return not self.was_stopped

    def _end(self, sentence: str, *, done: bool) -> None:
        self._outcome = done
        self._say(sentence)
        self.query_one("#while-running").display = False
        self.query_one("#when-done").display = True

    def _say(self, text: str) -> None:
        self.query_one("#state", Static).update(Content(safe(text, newlines=True)))


async def with_progress(app: "CrmApp", title: str, job: Job) -> bool:
    """Run a job behind the dialog; to be awaited in a worker. Returns what the dialog closed with."""
    return await app.push_screen_wait(ProgressModal(title, job)) is True


def _figures(done: int, total: int) -> str:
    if not total:
        return _("%(done)s done") % {"done": format_number(done)}
    return _("%(done)s of %(total)s · %(percent)d %%") % {
        "done": format_number(done),
        "total": format_number(total),
        "percent": min(done * 100 // total, 100),
    }
