"""What an agent chooses in the console and finds again at the next start."""

from dataclasses import replace

from crm_tui.config import Config, preferences_path
from crm_tui.errors import CrmError
from crm_tui.i18n import set_language
from crm_tui.preferences import save_preferences
from screens.notices import Notices


class Choices(Notices):
    """The part of the console that changes theme and language."""

    config: Config

    def choose_theme(self, name: str) -> None:
        """Change the colours, now and at the next start."""
        self.theme = name
        self.config = replace(self.config, ui=replace(self.config.ui, theme=name))
        self._keep_choice("ui.theme", name)

    def choose_language(self, code: str) -> None:
        """Change the language, now and at the next start."""
        self.keep_language(code)
        self.call_later(self.refresh_language)

    def keep_language(self, code: str) -> None:
        """Speak ``code`` from now on, without repainting what is there."""
        set_language(code)
        self.config = replace(self.config, ui=replace(self.config.ui, language=code))
        self._keep_choice("ui.language", code)

    async def refresh_language(self) -> None:
        """Show everything in the language that was chosen."""
        raise NotImplementedError

    def _keep_choice(self, option: str, value: str) -> None:
        try:
            save_preferences(preferences_path(), {option: value})
        except CrmError as error:
            self.show_error(error)
