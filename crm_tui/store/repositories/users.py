"""Users, teams, profiles and their grants."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert_postgresql
from sqlalchemy.dialects.sqlite import insert as upsert_sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_tui.domain.actor import Actor, Grant, Scope
from crm_tui.domain.modules import Area, Module
from crm_tui.domain.records import Ref
from crm_tui.store.models.organisation import profile_grants, profiles, teams, users


@dataclass(frozen=True, slots=True)
class UserRow:
    """A user with the names of profile and team."""

    id: str
    name: str
    os_login: str | None
    email: str
    full_name: str
    display_name: str
    profile: str
    team: str | None
    time_zone: str
    language: str
    is_active: bool
    version: int


class UserRepository:
    """Statements on users and profiles."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def count(self) -> int:
        """Return how many users there are, disabled ones included."""
        return await self._connection.scalar(select(func.count()).select_from(users)) or 0

    async def all(self) -> list[UserRow]:
        """Return all users in the order of their names."""
        rows = await self._connection.execute(_user_statement().order_by(users.c.sort_name, users.c.id))
        return [UserRow(*row) for row in rows]

    async def of_team(self, team_id: str) -> list[Ref]:
        """Return the users of a team, disabled ones included: their records are still the team's."""
        rows = await self._connection.execute(
            select(users.c.id, users.c.display_name).where(users.c.team_id == team_id).order_by(users.c.id)
        )
        return [Ref(Module.USER, row.id, row.display_name) for row in rows]

    async def by_name(self, name: str) -> UserRow | None:
        """Return the user with a login name, in any case."""
        return await self._one(func.lower(users.c.name) == name.lower())

    async def by_os_login(self, login: str) -> UserRow | None:
        """Return the user of an operating-system account."""
        return await self._one(users.c.os_login == login)

    async def by_id(self, user_id: str) -> UserRow | None:
        """Return a user."""
        return await self._one(users.c.id == user_id)

    async def add(self, columns: Mapping[str, Any]) -> None:
        """Add a user."""
        await self._connection.execute(insert(users).values(**columns))

    async def change(self, user_id: str, columns: Mapping[str, Any]) -> None:
        """Change a user; the version counts on, so that open sessions read their rights again."""
        await self._connection.execute(
            update(users).where(users.c.id == user_id).values(**columns, version=users.c.version + 1)
        )

    async def team_id(self, name: str) -> str | None:
        """Return the id of a team."""
        return await self._connection.scalar(select(teams.c.id).where(teams.c.name == name))

    async def add_team(self, team_id: str, name: str) -> None:
        """Add a team."""
        await self._connection.execute(insert(teams).values(id=team_id, name=name))

    async def revision(self, user_id: str) -> str:
        """Return a text that changes whenever what the user may do changes; "" when disabled."""
        statement = (
            select(users.c.is_active, users.c.version, profiles.c.version)
            .join_from(users, profiles)
            .where(users.c.id == user_id)
        )
        row = (await self._connection.execute(statement)).one_or_none()
        return f"{row[1]}.{row[2]}" if row is not None and row[0] else ""

    async def actor(self, user_id: str) -> Actor | None:
        """Return an enabled user with everything the profile grants."""
        statement = (
            select(users, profiles.c.name, profiles.c.is_admin, profiles.c.version)
            .join_from(users, profiles)
            .where(users.c.id == user_id, users.c.is_active)
        )
        found = (await self._connection.execute(statement)).one_or_none()
        if found is None:
            return None
        row = found._mapping
        return Actor(
            user=Ref(Module.USER, row[users.c.id], row[users.c.display_name]),
            name=row[users.c.name],
            profile=row[profiles.c.name],
            is_admin=row[profiles.c.is_admin],
            team_id=row[users.c.team_id],
            grants=await self.grants(row[users.c.profile_id]),
            revision=f"{row[users.c.version]}.{row[profiles.c.version]}",
            zone=row[users.c.time_zone],
            language=row[users.c.language],
        )

    async def profiles(self) -> list[tuple[str, str, bool]]:
        """Return id, name and whether it administers, of every profile."""
        rows = await self._connection.execute(
            select(profiles.c.id, profiles.c.name, profiles.c.is_admin).order_by(profiles.c.name)
        )
        return [(row.id, row.name, row.is_admin) for row in rows]

    async def add_profile(self, profile_id: str, name: str, is_admin: bool) -> None:
        """Add a profile without grants."""
        await self._connection.execute(insert(profiles).values(id=profile_id, name=name, is_admin=is_admin))

    async def grants(self, profile_id: str) -> dict[Area, Grant]:
        """Return the grants of a profile."""
        rows = await self._connection.execute(
            select(profile_grants).where(profile_grants.c.profile_id == profile_id)
        )
        return {
            Area(row.area): Grant(
                row.can_view, row.can_create, row.can_edit, row.can_delete, Scope(row.scope)
            )
            for row in rows
        }

    async def set_grant(self, profile_id: str, area: Area, grant: Grant) -> None:
        """Make ``grant`` what the profile grants on ``area``."""
        make = upsert_sqlite if self._connection.dialect.name == "sqlite" else upsert_postgresql
        values = {
            "can_view": grant.view,
            "can_create": grant.create,
            "can_edit": grant.edit,
            "can_delete": grant.delete,
            "scope": grant.scope.value,
        }
        statement = make(profile_grants).values(profile_id=profile_id, area=area.value, **values)
        await self._connection.execute(
            statement.on_conflict_do_update(index_elements=["profile_id", "area"], set_=values)
        )
        await self._connection.execute(
            update(profiles).where(profiles.c.id == profile_id).values(version=profiles.c.version + 1)
        )

    async def _one(self, condition: Any) -> UserRow | None:
        row = (await self._connection.execute(_user_statement().where(condition))).one_or_none()
        return None if row is None else UserRow(*row)


def _user_statement() -> Any:
    return (
        select(
            users.c.id,
            users.c.name,
            users.c.os_login,
            users.c.email,
            users.c.full_name,
            users.c.display_name,
            profiles.c.name,
            teams.c.name,
            users.c.time_zone,
            users.c.language,
            users.c.is_active,
            users.c.version,
        )
        .select_from(users)
        .join(profiles, profiles.c.id == users.c.profile_id)
        .outerjoin(teams, teams.c.id == users.c.team_id)
    )
