"""``crm-tui sync zoho``: connecting by a file or by typing, a dry run, rounds, and what is refused."""

import io
import json
from collections.abc import Iterator

import pytest

from tests.cli.conftest import Cli, put_store
from tests.fakes.zoho import FakeZoho, sample
from tests.sync.zoho_files import ENGLISH, table


@pytest.fixture
def zoho(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeZoho]:
    """A Zoho CRM with some records, where the variables say."""
    with FakeZoho() as server:
        monkeypatch.setenv("CRM_TUI_ZOHO_API_URL", server.url)
        monkeypatch.setenv("CRM_TUI_ZOHO_ACCOUNTS_URL", server.url)
        monkeypatch.setenv("CRM_TUI_MAIL_ALLOW_HOSTS", "127.0.0.1")
        sample(server)
        yield server


def test_an_organisation_is_connected_and_taken_over(
    cli: Cli, new_store: bytes, zoho: FakeZoho, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_store(cli, new_store)
    connect = ("sync", "connect", "zoho", "--client-id", "1000.CLIENT", "--secrets-stdin", "--interval")
    monkeypatch.setattr("sys.stdin", io.StringIO("secret\n1000.code\n"))
    assert cli(*connect, "1").error["code"] == "invalid"
    assert not cli("sync", "accounts").data["rows"]
    monkeypatch.setattr("sys.stdin", io.StringIO("secret\n1000.code\n"))
    connected = cli(*connect, "60")
    assert (connected.data["address"], connected.data["interval_minutes"]) == ("Zylker", 60)
    assert "1000.refresh" not in connected.out + connected.err
    dry = cli("sync", "zoho", "--dry-run")
    assert (dry.data["dry_run"], dry.data["created"]) == (True, 8)
    assert cli("account", "list").data["rows"] == []
    first = cli("sync", "zoho", "--what", "accounts,contacts")
    assert first.data["by_kind"]["contact"]["created"] == 1
    assert cli("sync", "zoho", "--rest").data["created"] == 6
    assert cli("sync", "zoho").data["rows"] == 0
    assert cli("sync", "zoho", "--full").data["unchanged"] == 8
    contact = cli("contact", "show", "p.daly@zylker.com").data
    assert [one["name"] for one in contact["accounts"]] == ["Zylker"]
    assert cli("sync", "disconnect", "zoho").data
    assert cli("sync", "accounts").data["rows"] == []


def test_the_file_of_a_self_client_is_enough(cli: Cli, new_store: bytes, zoho: FakeZoho) -> None:
    put_store(cli, new_store)
    path = cli.folder / "self_client.json"
    path.write_text(json.dumps({"client_id": "1000.CLIENT", "client_secret": "secret", "code": "1000.code"}))
    assert cli("sync", "connect", "zoho", str(path)).data["is_signed_in"]
    path.write_text("no json")
    assert "Nothing was saved" in cli("sync", "connect", "zoho", str(path)).error["message"]


def test_a_file_comes_in_with_its_rejected_rows(cli: Cli, new_store: bytes) -> None:
    put_store(cli, new_store)
    path, rejects = cli.folder / "Deals_001.csv", cli.folder / "rejects.csv"
    path.write_bytes(table(ENGLISH["Deals_001.csv"]))
    result = cli("sync", "zoho", str(path), "--rejects", str(rejects))
    assert result.code == 6
    data = result.envelope["data"]
    assert (data["created"], data["rejected"], data["origin"]) == (1, 1, "zoho_file")
    assert "契約済" in rejects.read_text(encoding="utf-8-sig")


@pytest.mark.parametrize(
    ("args", "code"), [(("x.zip", "--rest"), 2), (("--rejects", "x.csv"), 2), (("missing.zip",), 1), ((), 1)]
)
def test_what_makes_no_sense_is_refused(cli: Cli, new_store: bytes, args: tuple[str, ...], code: int) -> None:
    put_store(cli, new_store)
    result = cli("sync", "zoho", *args)
    assert result.code == code
    assert result.error["message"]
