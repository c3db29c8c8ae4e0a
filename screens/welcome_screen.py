"""The first start: which language, and whether to begin with sample data."""

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Center, Middle, Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from crm_tui.errors import CrmError
from crm_tui.formats import format_number
from crm_tui.i18n import LANGUAGES, N_, _
from crm_tui.opening import fill_with_samples, open_store
from screens.base import CrmScreen
from screens.style_sheet import STYLES

EMPTY = "empty"
SAMPLES = "samples"


class WelcomeScreen(CrmScreen[None]):
    """Asks the two questions of a first start, makes the store and signs its first administrator in."""

    CSS_PATH = STYLES / "welcome_screen.tcss"
    GLOBAL_ACTIONS = frozenset({"quit", "redraw"})
    BINDINGS = [
        Binding("1", "choose(0)", N_("First"), id="welcome.first", show=False),
        Binding("2", "choose(1)", N_("Second"), id="welcome.second", show=False),
        Binding("j", "move(1)", N_("Down"), id="welcome.down", show=False),
        Binding("k", "move(-1)", N_("Up"), id="welcome.up", show=False),
    ]

    def compose_body(self) -> ComposeResult:
        """Yield the question, the answers and what is being done."""
        with Middle(), Center(), Vertical(id="questions"):
            yield Static(Content("crm-tui"), id="name")
            yield Static(Content("Language / 言語"), id="question")
            yield OptionList(
                *(
                    Option(Content(f"{number}  {label}"), id=code)
                    for number, (code, label) in enumerate(LANGUAGES.items(), 1)
                ),
                id="answers",
                compact=True,
            )
            yield Static(id="state")

    def on_mount(self) -> None:
        """Offer the language of the surroundings first; one that was given needs no question."""
        if self.app.config.ui.language:
            self._ask_for_samples()
            self._answers.focus()
            return
        self._answers.highlighted = self._answers.get_option_index(self.app.start_language)
        self._answers.focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is nothing to go back to."""
        return action != "back" and super().check_action(action, parameters)

    def action_choose(self, index: int) -> None:
        """Take the answer with the digit."""
        self._answers.highlighted = index
        self._answers.action_select()

    def action_move(self, delta: int) -> None:
        """Move to the next or the previous answer."""
        if delta > 0:
            self._answers.action_cursor_down()
        else:
            self._answers.action_cursor_up()

    @on(OptionList.OptionSelected, "#answers")
    def _answered(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if event.option_id in LANGUAGES:
            self.app.keep_language(str(event.option_id))
            self._ask_for_samples()
        else:
            self._make_store(samples=event.option_id == SAMPLES)

    @property
    def _answers(self) -> OptionList:
        return self.query_one("#answers", OptionList)

    def _ask_for_samples(self) -> None:
        self.query_one("#question", Static).update(Content(_("What shall the new store begin with?")))
        self._answers.clear_options()
        self._answers.add_options(
            [
                Option(Content(f"1  {_('Sample data, to try everything out')}"), id=SAMPLES),
                Option(Content(f"2  {_('Nothing, an empty store')}"), id=EMPTY),
            ]
        )
        self._answers.highlighted = 0
        self.refresh_bindings()

    @work(group="start", exit_on_error=False)
    async def _make_store(self, *, samples: bool) -> None:
        app = self.app
        self._answers.display = False
        self._tell(_("Making the store …"))
        with app.keys.hold():
            try:
                opened = await open_store(app.config, app.as_user, create=True)
                if samples:
                    await fill_with_samples(opened, self._progress)
            except CrmError as error:
                app.give_up(error)
                return
            await app.begin(opened)

    def _progress(self, made: int, wanted: int) -> None:
        counts = {"made": format_number(made), "wanted": format_number(wanted)}
        self._tell(_("Making sample data: %(made)s of %(wanted)s") % counts)

    def _tell(self, text: str) -> None:
        self.query_one("#state", Static).update(Content(text))
