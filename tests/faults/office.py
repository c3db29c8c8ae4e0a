"""An office: a user per profile of the policy, a colleague of their team, somebody else, and records."""

import asyncio
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from crm_tui.clock import FrozenClock
from crm_tui.domain.actor import Actor
from crm_tui.domain.modules import ACTIVITIES, PARENTS, Area, Module
from crm_tui.domain.records import Ref
from crm_tui.services.bulk import NewRecord, add_records
from crm_tui.services.container import Services
from crm_tui.store.url import StoreUrl, parse_store_url
from tests.faults.policy import PROFILES
from tests.store.conftest import SET_UP, add_user, open_services
from tests.store.samples import LEAST

MODULES = (*PARENTS, *ACTIVITIES, Module.NOTE)


@dataclass
class Office:
    """A store with a user per profile, a colleague of their team, somebody of another one, and records.

    Attributes:
        users: By name; those of the profiles are called after them.
    """

    services: Services
    admin: Actor
    users: Mapping[str, Actor]

    async def add(self, module: Module, owner: Ref, number: int) -> list[Ref]:
        """Add records that belong to ``owner``; notes on a contact of theirs."""
        s, admin = self.services, self.admin
        if module is Module.CALL:
            [who] = await self.add(Module.CONTACT, owner, 1)
            values = {"subject": "Suzuki", "who": who, "starts_at": "+1h", "owner": owner}
            return [_ref(Module.CALL, (await s.calls.schedule(admin, values)).id) for _n in range(number)]
        values = dict(LEAST[module]) if module in LEAST else {"title": "Suzuki", "body": "x"}
        if module is Module.NOTE:
            [values["parent"]] = await self.add(Module.CONTACT, owner, 1)
        service = s.records(module)
        typed, _ignored = await service.checked(admin, values, None)
        new = [NewRecord(typed, owner) for _n in range(number)]
        return list(await add_records(s.core, service, admin, new))

    def owner(self, profile: str, owner: str) -> Ref:
        """Return whose records ``owner`` means for the user of a profile."""
        return self.users[profile if owner == "me" else owner].user


def _ref(module: Module, record_id: str) -> Ref:
    return Ref(module, record_id, "Suzuki")


@pytest.fixture(scope="module")
def office_file(sqlite_templates: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a store with all users; of one kind: others test the scopes on both."""
    path = tmp_path_factory.mktemp("office") / "office.db"
    shutil.copyfile(sqlite_templates[SET_UP], path)
    asyncio.run(_make_office(parse_store_url(f"sqlite:///{path}")))
    return path


async def _make_office(url: StoreUrl) -> None:
    services = await open_services(url, FrozenClock())
    admin = await services.users.sign_in("root")
    for name, profile in PROFILES.items():
        for area in Area:
            await services.profiles.set(admin, name, area, profile.grant)
        await add_user(services, admin, name, name, team="Tokyo")
    await add_user(services, admin, "mate", "supervisor", team="Tokyo")
    await add_user(services, admin, "other", "supervisor", team="Osaka")
    await services.close()


@pytest.fixture
def store_url(office_file: Path, tmp_path: Path) -> StoreUrl:
    path = tmp_path / "office.db"
    path.touch(mode=0o600)
    path.write_bytes(office_file.read_bytes())
    return parse_store_url(f"sqlite:///{path}")


@pytest.fixture
async def office(services: Services, admin: Actor) -> Office:
    names = (*PROFILES, "mate", "other")
    return Office(services, admin, {name: await services.users.sign_in(name) for name in names})
