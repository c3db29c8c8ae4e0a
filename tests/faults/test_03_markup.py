"""Faults 3 to 5: text that looks like markup is text, wherever the console shows it."""

import random

import pytest
from rich.segment import Segment
from textual.app import App, ComposeResult
from textual.color import Color
from textual.content import Content
from textual.widgets import Static

from crm_tui.text import safe
from screens.output_filter import OutputFilter
from tests.faults.hostile import LITERALS, PAYLOAD
from tests.screens.conftest import (
    Console,
    OpenConsole,
    Sample,
    config,
    console,
    furnished,
    open_console,
    sample,
)

__all__ = ["config", "console", "furnished", "open_console", "sample"]

ACTIONS = (
    "[@click=app.quit]quit[/]",
    "[@click=app.open_module('leads')]go[/]",
    "[@click=screen.dismiss]no[/]",
    "[@click=app.copy_focus()]y[/]",
)


def random_brackets(dice: random.Random) -> str:
    """Return a short text of what markup is made of."""
    parts = (
        "[",
        "]",
        "/",
        "\\",
        "[/",
        "[@click=",
        "app.quit",
        "b",
        "red",
        " ",
        "a",
        "=",
        "'",
        '"',
        "$",
        "(",
        ")",
        "田",
    )
    return "".join(dice.choice(parts) for _part in range(dice.randint(1, 12)))


CORPUS_SIZE = 2_000


class Shelf(App[None]):
    """A screen of lines, each shown the way the console shows foreign text."""

    def compose(self) -> ComposeResult:
        for number in range(20):
            yield Static("", id=f"line{number}")


async def test_a_corpus_of_brackets_is_shown_unchanged() -> None:
    """Fault 4, through the one construction that is allowed: Content of cleaned text."""
    dice = random.Random(4)
    corpus = [random_brackets(dice) for _number in range(CORPUS_SIZE)]
    app = Shelf()
    async with app.run_test(size=(200, 24)) as pilot:
        lines = list(app.query(Static))
        for start in range(0, CORPUS_SIZE, len(lines)):
            several = corpus[start : start + len(lines)]
            for line, text in zip(lines, several, strict=True):
                line.update(Content(safe(text)))
            await pilot.pause()
            for line, text in zip(lines, several, strict=True):
                shown = "".join(strip.text for strip in [line.render_line(0)])
                assert shown.rstrip() == text.rstrip(), text


@pytest.mark.slow
async def test_names_and_subjects_are_shown_and_run_nothing(
    sample: Sample, open_console: OpenConsole
) -> None:
    """Fault 3 and 5: in a list, a notice and a detail, each clicked on and entered."""
    async with open_console(size=(110, 40)) as console:
        services, actor = console.services, console.actor
        made = {
            text: (await services.accounts.create(actor, {"name": text})).record.ref
            for text in (*LITERALS, *ACTIONS)
        }
        await console.press("4")
        await console.until(lambda: all(text[:12] in console.text() for text in made))
        for text in made:
            await click(console, text[:12])
        assert console.app.is_running
        for text in (*LITERALS[:2], *ACTIONS[:2]):
            console.app.notice(text)
            await console.until_shown(text)
            await click(console, text)
            await console.app.open_record(made[text])
            await console.until(lambda: "Open activities" in console.text())
            assert text in console.text()
            await click(console, text)
            await console.press("escape")
            await console.until(lambda: "Open activities" not in console.text())
        assert console.app.is_running
        assert console.app.return_code is None
        assert console.app.current_mode == "accounts"


async def click(console: Console, text: str) -> None:
    """Click on the first place where ``text`` stands."""
    for y, line in enumerate(console.text().split("\n")):
        if text in line:
            await console.pilot.click(offset=(line.index(text) + 1, y))
            await console.pilot.click(offset=(line.index(text) + len(text) // 2, y))
            return
    raise AssertionError(text)


@pytest.mark.parametrize("text", [PAYLOAD, *LITERALS, *ACTIONS])
def test_the_net_under_every_widget_lets_no_control_through(text: str) -> None:
    (segment,) = OutputFilter().apply([Segment(text)], Color(0, 0, 0))
    assert not {char for char in segment.text if ord(char) < 32 or 0x7F <= ord(char) < 0xA0}
    assert "\u0301" * 9 not in segment.text
    if text is not PAYLOAD:
        assert segment.text == text
