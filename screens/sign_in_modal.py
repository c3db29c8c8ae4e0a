"""Signing in on the website of a provider, with a browser on any machine."""

from datetime import datetime
from typing import ClassVar, Generic, Protocol, TypeVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Input, Static

from crm_tui.errors import CrmError
from crm_tui.i18n import N_, _
from crm_tui.text import safe
from screens.base import CrmModal
from screens.style_sheet import STYLES
from screens.widgets.answers import Answers
from screens.widgets.field_text import LineInput

_TICK = 15.0
"""Seconds between two looks at how long is left."""

_MINUTE = 60


class Prompt(Protocol):
    """What an agent does in the browser."""

    @property
    def url(self) -> str:
        """The page to open."""
        ...

    @property
    def code(self) -> str | None:
        """What is typed there; None where the address that the browser ends at is pasted here instead."""
        ...

    @property
    def expires_at(self) -> datetime:
        """Until when the agent may take their time, UTC."""
        ...


P = TypeVar("P", bound=Prompt)


class SignInModal(CrmModal[bool], Generic[P]):
    """Closes with True once the provider has permitted access; a subclass asks for it.

    Args:
        name: Who or what signs in, as a person named it.
    """

    CSS_PATH = STYLES / "sign_in_modal.tcss"
    AUTO_FOCUS = ""
    GLOBAL_ACTIONS = CrmModal.GLOBAL_ACTIONS - {"quit"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "copy_code", N_("Copy the code"), id="sign_in.copy"),
        Binding("u", "copy_url", N_("Copy the address"), id="sign_in.copy_url"),
        Binding(
            "ctrl+y",
            "copy_url",
            N_("Copy the address"),
            id="sign_in.copy_address",
            priority=True,
            show=False,
        ),
        Binding("r", "restart", N_("Begin again"), id="sign_in.restart"),
    ]

    def __init__(self, name: str) -> None:
        super().__init__()
        self._who = name
        self._prompt: P | None = None
        self._failed = False
        self._clock: Timer | None = None

    async def ask(self) -> P:
        """Ask the provider what the agent has to do.

        Raises:
            CrmError: It can't be asked, or refuses.
        """
        raise NotImplementedError

    async def settle(self, prompt: P, pasted: str | None) -> None:
        """Return once access is permitted and kept.

        Args:
            pasted: The address that the browser ended at, where there is no code.

        Raises:
            CrmError: It isn't; nothing was kept.
        """
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        """Yield page, code, the line for what the browser shows, and how it goes."""
        with Vertical(id="dialog"):
            yield Static(Content.assemble(_("Sign in:"), " ", (safe(self._who), "bold")), id="title")
            with Vertical(id="prompt"):
                yield Static(id="steps")
                yield Static(id="url")
                yield Static(id="code")
                yield LineInput(id="pasted", placeholder=_("Paste the address here, then Enter"))
            yield Static(Content(_("Asking the provider …")), id="state")
            yield Answers(*self._answers())

    def on_mount(self) -> None:
        """Begin."""
        self.query_one("#prompt").display = False
        self._clock = self.set_interval(_TICK, self._show_time_left)
        self._begin()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what there is to copy, and to begin again once it went wrong."""
        if action == "copy_code":
            return self._prompt is not None and self._prompt.code is not None and not self._failed
        if action == "copy_url":
            return self._prompt is not None and not self._failed
        if action == "restart":
            return self._failed
        return super().check_action(action, parameters)

    def action_copy_code(self) -> None:
        """Copy the code."""
        if self._prompt is not None and self._prompt.code is not None:
            self.app.copy(self._prompt.code)

    def action_copy_url(self) -> None:
        """Copy the address of the page; it is long, and stands here anyway."""
        if self._prompt is not None:
            self.app.copy_to_clipboard(safe(self._prompt.url))
            self.app.notice(_("Copied"))

    def action_restart(self) -> None:
        """Ask for a new code."""
        self._failed, self._prompt = False, None
        self._say(_("Asking the provider …"))
        self._begin()

    @on(Input.Submitted, "#pasted")
    def _pasted(self, event: Input.Submitted) -> None:
        event.stop()
        if self._prompt is not None and event.value.strip():
            self._say(_("Asking the provider …"))
            self._finish(self._prompt, event.value)

    @work(group="sign_in.begin", exclusive=True, exit_on_error=False)
    async def _begin(self) -> None:
        try:
            self._prompt = await self.ask()
        except CrmError as error:
            self._fail(error)
            return
        self._show(self._prompt)
        if self._prompt.code is not None:
            self._finish(self._prompt, None)

    @work(group="sign_in.finish", exclusive=True, exit_on_error=False)
    async def _finish(self, prompt: P, pasted: str | None) -> None:
        try:
            await self.settle(prompt, pasted)
        except CrmError as error:
            if prompt.code is None:
                # The page is still open: another address can be pasted.
                self._say(str(error), bad=True)
            else:
                self._fail(error)
        else:
            self.dismiss(True)

    def _show(self, prompt: P) -> None:
        by_code = prompt.code is not None
        steps = (
            _("Open this page in a browser on any machine and type the code there:")
            if by_code
            else _(
                "Open this address in a browser on any machine and agree. The browser then ends at a page "
                "that can't be opened: paste the address of that page here."
            )
        )
        self.query_one("#prompt").display = True
        self.query_one("#steps", Static).update(Content(steps))
        self.query_one("#url", Static).update(Content(safe(prompt.url)))
        self.query_one("#code", Static).update(Content("  ".join(safe(prompt.code or "")).strip()))
        self.query_one("#code").display = by_code
        pasted = self.query_one("#pasted", LineInput)
        pasted.display = not by_code
        if not by_code:
            pasted.focus()
        self._show_time_left()
        self._refresh_keys()

    def _show_time_left(self) -> None:
        if self._prompt is None or self._failed:
            return
        left = (self._prompt.expires_at - self.services.clock.now()).total_seconds()
        minutes = max(0, -(-int(left) // _MINUTE))
        waits = _("Waiting for you to agree there; this closes by itself.") if self._prompt.code else ""
        left_text = _("Time left: %(minutes)d min") % {"minutes": minutes}
        self._say(f"{waits} {left_text}".strip())

    def _fail(self, error: CrmError) -> None:
        self._failed = True
        self.query_one("#prompt").display = False
        self._say(str(error), bad=True)
        self._refresh_keys()

    def _say(self, text: str, *, bad: bool = False) -> None:
        state = self.query_one("#state", Static)
        state.set_class(bad, "-bad")
        state.update(Content(safe(text, newlines=True)))

    def _refresh_keys(self) -> None:
        self.query_one(Answers).show(*self._answers())
        self.refresh_bindings()

    def _answers(self) -> tuple[tuple[str, str, str], ...]:
        later = ("dialog.cancel", "escape", _("Later"))
        if self._failed:
            return ("sign_in.restart", "r", _("Begin again")), later
        if self._prompt is None:
            return (later,)
        if self._prompt.code is None:
            # A letter would be typed into the line for the address.
            return ("sign_in.copy_address", "ctrl+y", _("Copy the address")), later
        return (
            ("sign_in.copy", "y", _("Copy the code")),
            ("sign_in.copy_url", "u", _("Copy the address")),
            later,
        )
