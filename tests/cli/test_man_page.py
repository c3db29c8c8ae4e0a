"""The manual page is made from the commands; it must not fall behind them."""

from scripts.write_man_page import PAGE, page


def _headings(text: str) -> set[str]:
    """Return the lines that name a command or an option."""
    return {line for line in text.splitlines() if line.startswith(r"\fB")}


def test_every_command_and_option_is_in_the_page() -> None:
    missing = _headings(page()) - _headings(PAGE.read_text(encoding="utf-8"))
    assert not missing, "run python -m scripts.write_man_page"


def test_nothing_in_it_is_taken_for_a_troff_request() -> None:
    requests = {line.split()[0] for line in page().splitlines() if line.startswith((".", "'"))}
    assert requests == {".TH", ".SH", ".TP", ".RS", ".RE"}
