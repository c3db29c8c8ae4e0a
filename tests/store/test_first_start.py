"""Making a store: whole or not at all, however many programs start at the same moment."""

import asyncio
import sys
from pathlib import Path

import pytest

from crm_tui.bootstrap import open_services, set_up, sign_in
from crm_tui.config import Config, load_config
from crm_tui.domain.queries import ListQuery
from crm_tui.services.users import UserService
from crm_tui.store.version import CURRENT


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return load_config(overrides={"store.url": f"sqlite:///{tmp_path}/crm.db"})


def files_of_stores(folder: Path) -> list[Path]:
    return list(folder.glob("*crm.db*"))


async def test_programs_that_start_together_share_one_store(config: Config, tmp_path: Path) -> None:
    command = (sys.executable, "-m", "crm_tui", "--store", f"sqlite:///{tmp_path}/crm.db", "lead", "add")
    starting = [
        await asyncio.create_subprocess_exec(
            *command,
            "--set",
            f"last_name=Lead {number}",
            "--set",
            "company=Acme",
            stdout=asyncio.subprocess.PIPE,
        )
        for number in range(3)
    ]
    said = [await process.communicate() for process in starting]
    assert [process.returncode for process in starting] == [0, 0, 0], said
    services = await open_services(config)
    actor = await sign_in(services, config)
    assert (await services.leads.count(actor, ListQuery())).number == 3
    await services.close()


async def test_a_first_start_that_dies_leaves_no_half_store(
    config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def dies(self: UserService, os_login: str) -> bool:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(UserService, "set_up", dies)
        with pytest.raises(RuntimeError):
            await open_services(config, create=True)
    assert files_of_stores(tmp_path) == []
    services = await open_services(config, create=True)
    await sign_in(services, config)
    await services.close()


async def test_the_log_of_a_store_that_is_gone_is_not_mixed_into_the_new_one(
    config: Config, tmp_path: Path
) -> None:
    services = await open_services(config, create=True)
    actor = await sign_in(services, config)
    await services.leads.create(actor, {"last_name": "Roe", "company": "Roe Ltd"})
    (tmp_path / "kept").write_bytes((tmp_path / "crm.db-wal").read_bytes())
    await services.close()
    (tmp_path / "crm.db").unlink()
    (tmp_path / "kept").rename(tmp_path / "crm.db-wal")
    assert await set_up(config) == (None, CURRENT)
    services = await open_services(config)
    await sign_in(services, config)
    await services.close()
