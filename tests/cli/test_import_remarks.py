"""What a real run cut or left out, on the command line: as exactly as its dry run."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Cli, put_store
from tests.fakes.graph import FakeGraph

CONTACTS = f"""\
First Name,Last Name,E-mail Address,Job Title
Taro,Tanaka,taro@a.example,{"部" * 120}
Hana,Suzuki,nobody,Clerk
Jiro,Yamada,jiro@a.example,Clerk
"""
NAMED = ("row", "action", "module", "name", "reasons", "shortened")


@pytest.fixture
def graph(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeGraph]:
    with FakeGraph() as server:
        server.sign_in.pending = 0
        monkeypatch.setenv("CRM_TUI_OUTLOOK_CLIENT_ID", "any")
        monkeypatch.setenv("CRM_TUI_OUTLOOK_GRAPH_URL", server.url)
        monkeypatch.setenv("CRM_TUI_OUTLOOK_LOGIN_URL", server.url)
        monkeypatch.setenv("CRM_TUI_MAIL_ALLOW_HOSTS", "127.0.0.1")
        yield server


def told(rows: list[dict[str, Any]]) -> list[tuple[object, ...]]:
    """Return what is said of rows of which something was cut or left out."""
    return [tuple(one[name] for name in NAMED) for one in rows if one["shortened"] or one["reasons"]]


def test_a_file(cli: Cli, new_store: bytes, tmp_path: Path) -> None:
    put_store(cli, new_store)
    path = tmp_path / "c.csv"
    path.write_text(CONTACTS)
    promised = told(cli("sync", "file", str(path), "--dry-run").data["changes"])
    assert [one[0] for one in promised] == [2, 3]
    assert promised[0][-1] == [{"field": "title", "length": 120, "limit": 100}]
    done = cli("sync", "file", str(path))
    assert told(done.data["remarks"]) == promised
    assert "Row 2: Taro Tanaka  Title: 120 characters, cut to 100" in done.data["notes"]
    shown = cli("import", "show", "last")
    assert told(shown.data["remarks"]) == promised
    assert shown.data["remarks"][0]["record"]["name"] == "Taro Tanaka"
    assert len(cli("import", "show", "last", "--remarks", "1").data["remarks"]) == 1


def test_a_mailbox(cli: Cli, new_store: bytes, graph: FakeGraph) -> None:
    put_store(cli, new_store)
    cli("sync", "connect", "outlook", "--what", "contacts")
    graph.mailbox.contact(surname="長" * 90, emailAddresses=[{"address": "nobody"}])
    promised = told(cli("sync", "outlook", "--dry-run").data["changes"])
    assert promised[0][-1] == [{"field": "last_name", "length": 90, "limit": 80}]
    assert told(cli("sync", "outlook").data["remarks"]) == promised
    (run,) = cli("sync", "status").data["rows"]
    assert told(run["remarks"]) == promised
