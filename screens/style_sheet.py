"""Where the style sheets of screens are, and a style sheet that parses each source once.

Textual parses all sources again whenever a screen with a sheet of its own opens for the first time, and
several times while the console starts. The rules stay the same as long as source and variables do.
"""

from pathlib import Path
from typing import Final

from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.css.types import CSSLocation

STYLES: Final = Path(__file__).parent.parent / "styles"
"""Absolute: Textual looks for a relative sheet beside the class of the screen, and a class may be derived
from one elsewhere."""

_Source = tuple[str, CSSLocation, bool, int, str]

_PARSED: dict[tuple[tuple[tuple[str, str], ...], _Source], list[RuleSet]] = {}
"""Rules by the variables of the theme and the source; a program has few of both."""


class LastingStylesheet(Stylesheet):
    """Overrides one private method of the pinned Textual: where it parses."""

    def reparse(self) -> None:
        """Take in new sources and variables; an error leaves the present rules as they are."""
        self.parse()

    def _parse_rules(
        self,
        css: str,
        read_from: CSSLocation,
        is_default_rules: bool = False,
        tie_breaker: int = 0,
        scope: str = "",
    ) -> list[RuleSet]:
        source = (css, read_from, is_default_rules, tie_breaker, scope)
        key = (tuple(self._variables.items()), source)
        if key not in _PARSED:
            _PARSED[key] = super()._parse_rules(*source)
        return _PARSED[key]
