"""Sample data: the same for the same seed, and never poured over records that are there."""

from pathlib import Path

from tests.cli.conftest import Cli


def _people(cli: Cli, *args: str) -> list[str]:
    rows = [cli(module, "list", "--limit", "100", *args).data["rows"] for module in ("lead", "contact")]
    return [row["name"] for part in rows for row in part]


def test_a_seed_makes_the_same_people_in_both_languages(cli: Cli, tmp_path: Path) -> None:
    stores = [("--store", f"sqlite:///{tmp_path / name}.db") for name in ("one", "two", "three")]
    for seed, store in zip(("7", "7", "8"), stores, strict=True):
        data = cli("demo", "--no-open", "--seed", seed, "--records", "30", *store).data
        assert (data["filled"], data["records"]) == (True, 30)
    one, two, three = (_people(cli, *store) for store in stores)
    assert len(one) == 30
    assert one == two != three
    assert any(name.isascii() for name in one)
    assert any(not name.isascii() for name in one)
    assert cli("db", "check", *stores[0]).code == 0


def test_the_demo_has_a_store_of_its_own(cli: Cli) -> None:
    cli("account", "add", "--set", "name=Acme")
    store = cli("demo", "--no-open", "--records", "5").data["store"]
    assert store.endswith("demo.db")
    assert [row["name"] for row in cli("account", "list").data["rows"]] == ["Acme"]


def test_records_that_are_there_are_kept_alone(cli: Cli, tmp_path: Path) -> None:
    store = ("--store", f"sqlite:///{tmp_path / 'mine.db'}")
    cli("account", "add", "--set", "name=Acme", *store)
    assert cli("demo", "--no-open", *store).data["filled"] is False
    assert _people(cli, *store) == []


def test_without_a_terminal_nothing_is_made(cli: Cli) -> None:
    result = cli("demo")
    assert result.code == 2
    assert result.error["code"] == "no_terminal"
    assert not cli.store.parent.exists()
