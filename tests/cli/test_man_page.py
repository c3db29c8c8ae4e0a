"""The manual page is made from the commands; it must not fall behind them."""

from scripts.write_man_page import PAGE, page


def test_the_page_is_the_one_that_the_commands_make() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run python -m scripts.write_man_page"


def test_nothing_in_it_is_taken_for_a_troff_request() -> None:
    requests = {line.split()[0] for line in page().splitlines() if line.startswith((".", "'"))}
    assert requests == {".TH", ".SH", ".TP", ".RS", ".RE"}
