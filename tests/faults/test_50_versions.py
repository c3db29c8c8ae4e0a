"""Faults 50 and 51: other versions of the store and of SQLite, and file systems without real locks."""

from pathlib import Path

import pytest
from sqlalchemy import text

from crm_tui.bootstrap import open_services
from crm_tui.config import load_config
from crm_tui.errors import StoreUnavailable
from crm_tui.services.container import Services
from crm_tui.store import engine, maintenance, sqlite_driver, version
from crm_tui.store.url import StoreUrl


async def pretend(services: Services, statement: str) -> None:
    async with services.core.store.write(None) as uow:
        await uow.connection.execute(text(statement))
        await uow.commit()


async def refusals(store_url: StoreUrl) -> set[tuple[str, str]]:
    """Return what opening and checking the store say."""
    typed = store_url.url.set(drivername=store_url.url.get_backend_name())
    address = typed.render_as_string(hide_password=False)
    config = load_config(overrides={"store.url": address})
    found = set()
    for work in (open_services(config), maintenance.check(store_url)):
        with pytest.raises(StoreUnavailable) as refused:
            await work
        found.add((refused.value.message, refused.value.hint))
    return found


async def test_a_store_that_is_newer_than_the_program(services: Services, store_url: StoreUrl) -> None:
    await pretend(services, "UPDATE alembic_version SET version_num = '9999'")
    newer = ("The store is newer than this program. Nothing was changed.", "Install the current crm-tui.")
    assert await refusals(store_url) == {newer}
    with pytest.raises(StoreUnavailable) as refused:
        await maintenance.upgrade(store_url)
    assert (refused.value.message, refused.value.hint) == newer
    assert (await maintenance.current(store_url))[0] == "9999"


async def test_a_store_that_is_older_says_how_to_upgrade(
    services: Services, store_url: StoreUrl, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(version, "STEPS", ("0000", *version.STEPS))
    await pretend(services, "UPDATE alembic_version SET version_num = '0000'")
    assert await refusals(store_url) == {
        ("The store is older than this program. Nothing was changed.", "Run “crm-tui db upgrade”.")
    }


async def test_a_store_that_is_too_old_to_upgrade(services: Services, store_url: StoreUrl) -> None:
    await pretend(services, "UPDATE alembic_version SET version_num = '0001'")
    old = (
        "The store is older than any that this program can upgrade. Nothing was changed.",
        "Begin a new one with “crm-tui init”, or use the crm-tui that made it.",
    )
    assert await refusals(store_url) == {old}
    with pytest.raises(StoreUnavailable) as refused:
        await maintenance.upgrade(store_url)
    assert (refused.value.message, refused.value.hint) == old


async def test_a_database_of_something_else(services: Services, store_url: StoreUrl) -> None:
    await pretend(services, "DROP TABLE alembic_version")
    assert await refusals(store_url) == {
        ("This is no store of crm-tui yet. Nothing was changed.", "Run “crm-tui db upgrade”.")
    }


@pytest.mark.parametrize(
    ("linked", "affected"),
    [
        ((3, 6, 23), False),
        ((3, 7, 0), True),
        ((3, 40, 1), True),
        ((3, 44, 5), True),
        ((3, 44, 6), False),
        ((3, 44, 9), False),
        ((3, 45, 0), True),
        ((3, 50, 6), True),
        ((3, 50, 7), False),
        ((3, 51, 0), True),
        ((3, 51, 2), True),
        ((3, 51, 3), False),
        ((3, 53, 4), False),
        ((4, 0, 0), False),
    ],
)
def test_versions_of_sqlite_that_can_damage_a_shared_log(linked: tuple[int, ...], affected: bool) -> None:
    assert sqlite_driver.has_wal_reset_bug(linked) is affected


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
async def test_an_affected_sqlite_works_without_the_shared_log(
    store_url: StoreUrl, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_driver, "version", lambda: (3, 51, 2))
    old = engine.make_engine(store_url)
    async with old.connect() as connection:
        mode = (await connection.exec_driver_sql("PRAGMA journal_mode")).scalar_one()
        through = (await connection.exec_driver_sql("PRAGMA synchronous")).scalar_one()
    await old.dispose()
    assert (mode, through) == ("delete", 2)
    assert await maintenance.check(store_url) == []


def test_the_sqlite_in_use_is_the_one_that_is_checked(sqlite_template: Path) -> None:
    with sqlite_driver.sqlite.connect(sqlite_template) as connection:
        linked = connection.execute("SELECT sqlite_version()").fetchone()[0]
    assert tuple(map(int, linked.split("."))) == sqlite_driver.version()
    import aiosqlite

    assert aiosqlite.sqlite_version == linked


MOUNTS = r"""
sysfs /sys sysfs rw 0 0
/dev/sda1 / ext4 rw 0 0
tmpfs /run tmpfs rw 0 0
server:/export /mnt/our\040share nfs4 rw,vers=4.2 0 0
/dev/sdb1 /mnt/our\040share/local ext4 rw 0 0
//server/c /srv/crm cifs rw 0 0
sshfs@host: /home/a/remote fuse.sshfs rw 0 0
"""


@pytest.mark.parametrize(
    ("place", "kind", "refused"),
    [
        ("/var/lib/crm-tui", "ext4", False),
        ("/run/user/0", "tmpfs", False),
        ("/mnt/our share/crm", "nfs4", True),
        ("/mnt/our share", "nfs4", True),
        ("/mnt/our share/local/crm", "ext4", False),
        ("/mnt/our shares", "ext4", False),
        ("/srv/crm", "cifs", True),
        ("/home/a/remote/deep/down", "fuse.sshfs", True),
    ],
)
def test_file_systems_without_real_locks(tmp_path: Path, place: str, kind: str, refused: bool) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(MOUNTS.lstrip())
    assert maintenance.file_system_of(Path(place), mounts) == kind
    if not refused:
        maintenance.refuse_network_file(Path(place) / "crm.db", mounts)
        return
    with pytest.raises(StoreUnavailable) as error:
        maintenance.refuse_network_file(Path(place) / "crm.db", mounts)
    assert kind in error.value.message
    assert "PostgreSQL" in error.value.hint


def test_an_unreadable_table_of_mounts_refuses_nobody(tmp_path: Path) -> None:
    assert maintenance.file_system_of(tmp_path, tmp_path / "none") == ""
    (tmp_path / "odd").write_text("half a line\n\n")
    maintenance.refuse_network_file(tmp_path / "crm.db", tmp_path / "odd")
