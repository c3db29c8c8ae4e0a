"""What administrators do: stores, backups, users, profiles, the audit trail, the doctor."""

import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from crm_tui.commands.invocation import operating_system_account
from crm_tui.commands.session import Session
from tests.cli.conftest import Cli


def _names(cli: Cli) -> set[str]:
    return {row["name"] for row in cli("account", "list").data["rows"]}


def _checks(cli: Cli, *args: str) -> dict[str, str]:
    result = cli("doctor", *args)
    return {check["name"]: check["status"] for check in result.envelope["data"]}


def test_init_makes_a_private_store_and_configuration_with_you_as_administrator(cli: Cli) -> None:
    data = cli("init").data
    assert (data["store_made"], data["config_made"]) == (True, True)
    assert (data["user"], data["profile"]) == (operating_system_account(), "administrator")
    assert cli.store.stat().st_mode & 0o777 == 0o600
    assert cli.configuration.stat().st_mode & 0o777 == 0o600
    assert cli("config", "validate").code == 0


def test_init_keeps_what_is_there(cli: Cli) -> None:
    cli("init")
    cli("account", "add", "--set", "name=Acme")
    cli.configuration.write_text('[ui]\ntheme = "light"\n')
    again = cli("init").data
    assert (again["store_made"], again["config_made"]) == (False, False)
    assert _names(cli) == {"Acme"}
    assert "light" in cli.configuration.read_text()


def test_reading_a_store_that_is_not_there_ends_with_4_and_makes_nothing(cli: Cli, tmp_path: Path) -> None:
    missing = tmp_path / "other.db"
    result = cli("lead", "list", "--store", f"sqlite:///{missing}")
    assert result.code == 4
    assert not missing.exists()


def test_writing_makes_a_named_store_but_not_its_folder(cli: Cli, tmp_path: Path) -> None:
    made, nowhere = tmp_path / "other.db", tmp_path / "nowhere" / "other.db"
    assert cli("account", "add", "--set", "name=A", "--store", f"sqlite:///{made}").code == 0
    assert made.stat().st_mode & 0o777 == 0o600
    assert cli("account", "add", "--set", "name=A", "--store", f"sqlite:///{nowhere}").code == 4
    assert not nowhere.parent.exists()


def test_ones_own_store_is_made_silently(cli: Cli) -> None:
    result = cli("lead", "list")
    assert result.data == {"rows": [], "next": None}
    assert result.err == ""
    assert cli.store.is_file()


def test_a_file_that_is_no_store_is_refused(cli: Cli, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    other.write_text("this is a letter, not a database, and it shall stay a letter\n" * 40)
    before = other.read_bytes()
    assert cli("lead", "list", "--store", f"sqlite:///{other}").code == 4
    assert other.read_bytes() == before


def test_upgrade_makes_a_store_that_can_be_used(cli: Cli, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'other.db'}"
    made = cli("db", "upgrade", "--store", url).data
    assert made["before"] is None
    assert cli("db", "current", "--store", url).data["up_to_date"] is True
    assert cli("lead", "list", "--store", url).data["rows"] == []


def test_a_backup_restores_what_was_there(cli: Cli, tmp_path: Path) -> None:
    backup = tmp_path / "backup.db"
    cli("account", "add", "--set", "name=Before")
    kept, key = Path(f"{cli.store}.mail") / "1.eml", Path(f"{cli.store}.key")
    kept.parent.mkdir()
    kept.write_bytes(b"From: x")
    made = cli("db", "backup", str(backup))
    assert made.data["bytes"] > 0
    assert (made.data["mail_folder"], made.data["left_out"]) == (f"{backup}.mail", [str(key)])
    assert str(key) in made.err
    kept.unlink()
    assert backup.stat().st_mode & 0o777 == 0o600
    cli("account", "add", "--set", "name=After")
    assert cli("db", "restore", str(backup)).code == 0
    assert _names(cli) == {"Before"}
    assert kept.read_bytes() == b"From: x"
    assert cli("db", "check").data["problems"] == []


def test_a_backup_overwrites_nothing(cli: Cli, tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("dear")
    cli("init")
    result = cli("db", "backup", str(letter))
    assert result.code == 1
    assert result.error["code"] == "conflict"
    assert letter.read_text() == "dear"
    assert cli("db", "backup", str(tmp_path / "nowhere" / "b.db")).code == 4


def test_a_file_that_is_no_backup_restores_nothing(cli: Cli, tmp_path: Path) -> None:
    cli("account", "add", "--set", "name=Acme")
    letter = tmp_path / "letter.txt"
    letter.write_text("dear " * 2000)
    assert cli("db", "restore", str(letter)).code == 4
    assert cli("db", "restore", str(tmp_path / "missing.db")).code == 4
    assert _names(cli) == {"Acme"}


def test_a_newer_store_is_refused_and_left_alone(cli: Cli) -> None:
    cli("init")
    with sqlite3.connect(cli.store) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    for args in (["lead", "list"], ["account", "add", "--set", "name=A"], ["db", "upgrade"], ["db", "check"]):
        assert cli(*args).code == 4, args


def test_doctor_is_content_with_a_fresh_store_and_names_open_permissions(cli: Cli) -> None:
    cli("init")
    checks = _checks(cli)
    assert "fail" not in checks.values()
    assert {"sqlite", "store", "permissions", "folder", "journal", "schema", "integrity"} <= checks.keys()
    cli.store.chmod(0o644)
    result = cli("doctor")
    assert result.code == 1
    assert result.envelope["ok"] is False
    assert _checks(cli)["permissions"] == "fail"
    assert cli("doctor", "--format", "table").code == 1


def test_doctor_names_what_is_wrong_with_the_configuration_and_a_missing_store(
    cli: Cli, tmp_path: Path
) -> None:
    cli.configuration.parent.mkdir(parents=True)
    cli.configuration.write_text("nonsense = 1\n")
    assert _checks(cli)["configuration"] == "fail"
    cli.configuration.write_text("")
    assert _checks(cli, "--store", f"sqlite:///{tmp_path / 'missing.db'}")["store"] == "fail"


def test_users_are_added_changed_disabled_and_enabled(cli: Cli) -> None:
    added = cli("user", "add", "sato", "--profile", "agent", "--full-name", "佐藤\r\n花子\x07\n").data
    assert added["full_name"] == "佐藤 花子", "a name is one line"
    assert (added["os_login"], added["email"], added["is_active"]) == ("sato", None, True)
    assert cli("user", "edit", "sato", "--profile", "supervisor").data["profile"] == "supervisor"
    assert cli("lead", "list", "--user", "sato").code == 0
    assert cli("user", "disable", "sato").data["is_active"] is False
    refused = cli("lead", "list", "--user", "sato")
    assert refused.code == 5
    assert refused.error["code"] == "not_signed_in"
    assert cli("user", "enable", "sato").data["is_active"] is True
    assert {row["name"] for row in cli("user", "list").data["rows"]} == {"sato", operating_system_account()}


def test_a_wrong_user_names_every_field(cli: Cli) -> None:
    error = cli("user", "add", "two words", "--profile", "nobody").error
    assert {"name", "profile"} <= set(error["fields"])


def test_an_unknown_user_may_not_act(cli: Cli) -> None:
    cli("init")
    assert cli("lead", "list", "--user", "nobody").code == 5


def test_only_an_administrator_administers(cli: Cli) -> None:
    cli("user", "add", "sato", "--profile", "agent")
    for args in (
        ["user", "add", "evil", "--profile", "administrator"],
        ["user", "edit", "sato", "--profile", "administrator"],
        ["profile", "set", "agent", "lead", "--delete", "Y"],
        ["audit", "--verify"],
    ):
        assert cli(*args, "--user", "sato").code == 5, args


def test_a_profile_keeps_what_is_not_given(cli: Cli) -> None:
    before = cli("profile", "show", "agent").data["grants"]["lead"]
    after = cli("profile", "set", "agent", "lead", "--delete", "Y", "--scope", "own").data["grants"]["lead"]
    assert after == {**before, "delete": True, "scope": "own"}
    assert "agent" in {row["name"] for row in cli("profile", "list").data["rows"]}
    assert cli("profile", "show", "nobody").error["code"] == "not_found"


def test_records_out_of_scope_look_like_missing_ones(cli: Cli) -> None:
    cli("user", "add", "sato", "--profile", "agent")
    cli("profile", "set", "agent", "account", "--scope", "own")
    hidden = cli("account", "add", "--set", "name=Acme").data["id"]
    missing = hidden[:-4] + ("0000" if hidden[-4:] != "0000" else "1111")
    for args in (["show"], ["edit", "--set", "phone=0312345678"], ["delete"]):
        errors = [cli("account", args[0], name, *args[1:], "--user", "sato") for name in (hidden, missing)]
        assert {result.code for result in errors} == {1}
        assert {result.error["code"] for result in errors} == {"not_found"}
    assert cli("account", "list", "--user", "sato").data["rows"] == []
    assert cli("find", "Acme", "--user", "sato").data["rows"] == []


def test_the_audit_trail_tells_writes_and_refusals_and_is_verified(cli: Cli) -> None:
    cli("user", "add", "sato", "--profile", "agent")
    made = cli("account", "add", "--set", "name=Acme").data
    cli("account", "edit", "Acme", "--set", "phone=0312345678")
    assert cli("account", "delete", "Acme", "--user", "sato").code == 5
    assert cli("account", "delete", "Acme").code == 0
    rows = cli("audit", made["id"]).data["rows"]
    assert [row["action"] for row in rows][-2:] == ["edit", "create"]
    assert {"delete", "denied"} <= {row["action"] for row in cli("audit").data["rows"]}
    assert all(row["by"]["name"] == "sato" for row in cli("audit", "--by", "sato").data["rows"])
    assert cli("audit", "--since", "2999-01-01").data["rows"] == []
    verified = cli("audit", "--verify").data
    assert verified["broken_at"] is None
    with sqlite3.connect(cli.store) as connection:
        for trigger in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {trigger[0]}")
        connection.execute("UPDATE audit SET record_name = 'Other' WHERE id = 2")
    connection.close()
    assert cli("audit", "--verify").error["code"] == "tampered"


def test_audit_pages_follow_each_other(cli: Cli) -> None:
    for name in ("A", "B", "C"):
        cli("account", "add", "--set", f"name={name}")
    first = cli("audit", "--limit", "2").data
    second = cli("audit", "--limit", "2", "--after", first["next"]).data
    ids = [row["id"] for row in first["rows"] + second["rows"]]
    assert ids == sorted(ids, reverse=True)
    assert len(set(ids)) == 4


def test_a_defect_ends_with_1_and_one_line_with_an_id(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(session: Session) -> None:
        raise ZeroDivisionError("secret of a customer")

    monkeypatch.setattr(Session, "now", property(fail))
    result = cli("audit", "--since", "today")
    assert result.code == 1
    assert "Traceback" not in result.err
    assert "secret" not in result.out + result.err
    assert len(result.err.strip().splitlines()) == 1


@pytest.mark.slow
def test_ctrl_c_ends_a_command_that_waits_for_the_store(cli: Cli) -> None:
    cli("init")
    log = cli.folder / "state" / "crm-tui" / "log" / "crm-tui.log"
    log.unlink()
    holder = sqlite3.connect(cli.store, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        with subprocess.Popen(
            [sys.executable, "-m", "crm_tui", "account", "add", "--set", "name=Acme"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            # The log is opened just before the store is.
            while not log.exists():
                assert process.poll() is None
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=20)
    finally:
        holder.close()
    assert process.returncode == 130
    assert out == ""
    assert "Traceback" not in err
    assert _names(cli) == set()
