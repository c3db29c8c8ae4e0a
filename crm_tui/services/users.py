"""Users, who they are to the operating system, and which profile they have."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from crm_tui.clock import local_zone
from crm_tui.domain.actor import FULL_GRANT, Actor, Grant, Scope
from crm_tui.domain.ids import new_id
from crm_tui.domain.modules import Area, Module
from crm_tui.domain.picklists import DEFAULTS
from crm_tui.domain.records import Ref
from crm_tui.domain.search_terms import fold
from crm_tui.errors import Conflict, Invalid, Misconfigured, NotFound, NotSignedIn
from crm_tui.i18n import _
from crm_tui.policies.administration import can_administer
from crm_tui.services.core import Core
from crm_tui.services.records import refuse
from crm_tui.store.repositories.settings import SettingsRepository
from crm_tui.store.repositories.users import UserRepository, UserRow
from crm_tui.store.uow import AuditEntry, UnitOfWork
from crm_tui.text import clean_input

ADMINISTRATOR = "administrator"
_WORKING = Grant(True, True, True, False, Scope.ALL)
_CHANGING = Grant(True, False, True, False, Scope.ALL)

DEFAULT_PROFILES: Mapping[str, Mapping[Area, Grant]] = {
    ADMINISTRATOR: {area: FULL_GRANT for area in Area},
    "supervisor": {area: FULL_GRANT for area in Area},
    "agent": {area: _CHANGING if area is Area.CAMPAIGN else _WORKING for area in Area},
}
"""Profiles of a new store. Agents work on everybody's records, but delete nothing.

They make no campaigns, but add people to them and note how these respond, which is a change of the campaign.
"""

_NAME = re.compile(r"[\w.@+-]{1,64}")
_LONGEST = {"os_login": 64, "email": 100, "full_name": 120, "team": 100, "time_zone": 64, "language": 8}


@dataclass(frozen=True, slots=True)
class User:
    """A user as administrators see them.

    Attributes:
        os_login: Operating-system account that signs in as this user, None for none.
    """

    id: str
    name: str
    os_login: str | None
    email: str
    full_name: str
    profile: str
    team: str | None
    time_zone: str
    language: str
    is_active: bool

    @property
    def ref(self) -> Ref:
        """The user as a reference."""
        return Ref(Module.USER, self.id, self.full_name or self.name)


class UserService:
    """Users."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def sign_in(self, os_login: str, as_user: str | None = None, *, owns_store: bool = False) -> Actor:
        """Return who acts for an operating-system account.

        Args:
            as_user: Name of another user to act as; only the owner of the store may ask for one.
            owns_store: The account owns a private store file, or connects with its own credentials.

        Raises:
            NotSignedIn: The account is no enabled user, or may not act as another.
        """
        os_login, as_user = clean_input(os_login), None if as_user is None else clean_input(as_user)
        async with self._core.store.read() as connection:
            repository = UserRepository(connection)
            if as_user is not None and not owns_store:
                row = await repository.by_os_login(os_login)
                if row is None or row.name.lower() != as_user.lower():
                    raise NotSignedIn(_("Only the owner of the store may act as another user."))
            elif as_user is not None:
                row = await repository.by_name(as_user)
            else:
                row = await repository.by_os_login(os_login)
            actor = await repository.actor(row.id) if row is not None and row.is_active else None
        if actor is None:
            await self._deny_sign_in(as_user or os_login)
            raise NotSignedIn(
                _("%(name)s is no enabled user of this store.") % {"name": as_user or os_login},
                _("Ask the administrator to run “crm-tui user add”."),
            )
        return actor

    async def renewed(self, actor: Actor) -> Actor:
        """Return the actor with the rights of this moment, in the time zone that was signed in with.

        Raises:
            NotSignedIn: The user has been disabled.
        """
        fresh = await self._core.current(actor)
        return replace(fresh, zone=actor.zone)

    async def set_up(self, os_login: str) -> bool:
        """Fill a new store: pick-lists, profiles, and the account as its first administrator.

        Returns:
            Whether the store was new; one that has users is left as it is.
        """
        async with self._core.store.write(None) as uow:
            repository = UserRepository(uow.connection)
            if await repository.count():
                return False
            await self._fill(uow, repository, os_login)
            await uow.commit()
        return True

    async def list(self, actor: Actor) -> tuple[User, ...]:
        """Return all users; every signed-in user may know who their colleagues are."""
        async with self._core.store.read() as connection:
            return tuple(_user(row) for row in await UserRepository(connection).all())

    async def find(self, actor: Actor, text: str) -> tuple[Ref, ...]:
        """Return enabled users whose name or mail address contains ``text``."""
        wanted = fold(text)
        return tuple(
            user.ref
            for user in await self.list(actor)
            if user.is_active and wanted in fold(f"{user.name} {user.full_name} {user.email}")
        )

    async def get(self, actor: Actor, name: str) -> User:
        """Return the user with a login name.

        Raises:
            NotFound: There is none.
        """
        async with self._core.store.read() as connection:
            row = await UserRepository(connection).by_name(clean_input(name))
        if row is None:
            raise NotFound(_("There is no user “%(name)s”.") % {"name": name[:64]})
        return _user(row)

    async def add(self, actor: Actor, values: Mapping[str, str]) -> User:
        """Add a user.

        Args:
            values: ``name`` and ``profile``; ``os_login`` (the name unless given), ``email``,
                ``full_name``, ``team``, ``time_zone``, ``language``.
        """
        actor = await self._core.current(actor)
        await self._core.require(actor, can_administer(actor), "user add")
        async with self._core.store.write(actor) as uow:
            repository = UserRepository(uow.connection)
            columns = await self._columns(repository, {"os_login": values.get("name", ""), **values}, None)
            user_id = new_id()
            await repository.add({"id": user_id, "created_at": uow.at, "modified_at": uow.at, **columns})
            uow.record(AuditEntry("create", Module.USER, user_id, str(columns["name"]), _cleaned(values)))
            uow.touched(Module.USER, user_id)
            await uow.commit()
        return await self.get(actor, str(columns["name"]))

    async def edit(self, actor: Actor, name: str, values: Mapping[str, str]) -> User:
        """Change a user; sessions that are open get the new rights with their next write."""
        actor = await self._core.current(actor)
        await self._core.require(actor, can_administer(actor), "user edit")
        user = await self.get(actor, name)
        async with self._core.store.write(actor) as uow:
            repository = UserRepository(uow.connection)
            columns = await self._columns(repository, values, user)
            self._keep_an_administrator(
                actor, user, columns.get("profile_id") is not None and values.get("profile")
            )
            await repository.change(user.id, {**columns, "modified_at": uow.at})
            uow.record(AuditEntry("edit", Module.USER, user.id, user.name, _cleaned(values)))
            uow.touched(Module.USER, user.id)
            await uow.commit()
        return await self.get(actor, str(columns.get("name", user.name)))

    async def disable(self, actor: Actor, name: str) -> User:
        """Keep a user from signing in; open sessions can't save any more. Records stay theirs."""
        return await self._set_active(actor, name, False)

    async def enable(self, actor: Actor, name: str) -> User:
        """Let a disabled user sign in again."""
        return await self._set_active(actor, name, True)

    async def _set_active(self, actor: Actor, name: str, active: bool) -> User:
        actor = await self._core.current(actor)
        await self._core.require(actor, can_administer(actor), "user disable")
        user = await self.get(actor, name)
        if user.id == actor.id and not active:
            raise Conflict(_("You can't disable yourself. Nothing was changed."))
        async with self._core.store.write(actor) as uow:
            await UserRepository(uow.connection).change(user.id, {"is_active": active, "modified_at": uow.at})
            action = "enable" if active else "disable"
            uow.record(AuditEntry(action, Module.USER, user.id, user.name))
            await uow.commit()
        return await self.get(actor, name)

    def _keep_an_administrator(self, actor: Actor, user: User, profile: object) -> None:
        if user.id == actor.id and isinstance(profile, str) and profile != actor.profile:
            raise Conflict(
                _("You can't take the administrator's profile from yourself. Nothing was changed."),
                _("Let another administrator do it."),
            )

    async def _columns(
        self, repository: UserRepository, values: Mapping[str, str], user: User | None
    ) -> dict[str, str | None]:
        """Check what was given and return it as columns."""
        given = _cleaned(values)
        errors: dict[str, str] = {}
        columns: dict[str, str | None] = {}
        for name in ("name", "email", "full_name", "time_zone", "language"):
            if name in given:
                columns[name] = given[name]
        if "os_login" in given:
            columns["os_login"] = given["os_login"] or None
        await self._check_names(repository, columns, user, errors)
        if "profile" in given or user is None:
            found = {name: key for key, name, _admin in await repository.profiles()}
            columns["profile_id"] = found.get(given.get("profile", ""))
            if columns["profile_id"] is None:
                errors["profile"] = _("There is no such profile: choose one of %(names)s.") % {
                    "names": ", ".join(sorted(found))
                }
        for name, longest in _LONGEST.items():
            if len(given.get(name, "")) > longest:
                errors.setdefault(
                    name,
                    _("At most %(limit)d characters; this has %(length)d.")
                    % {"limit": longest, "length": len(given[name])},
                )
        try:
            local_zone(given.get("time_zone", ""))
        except Misconfigured as error:
            errors["time_zone"] = str(error)
        refuse(errors)
        if given.get("team"):
            columns["team_id"] = await self._team(repository, given["team"])
        full = str(columns.get("full_name", user.full_name if user else "") or "")
        shown = full or str(columns.get("name") or (user.name if user else ""))
        return {**columns, "display_name": shown, "sort_name": fold(shown)}

    async def _check_names(
        self,
        repository: UserRepository,
        columns: Mapping[str, str | None],
        user: User | None,
        errors: dict[str, str],
    ) -> None:
        name = columns.get("name")
        if user is None or name is not None:
            if not name or not _NAME.fullmatch(name):
                errors["name"] = _("A user name has 1 to 64 letters, digits or . @ + - _ and no spaces.")
            else:
                same = await repository.by_name(name)
                if same is not None and (user is None or same.id != user.id):
                    errors["name"] = _("There is already a user of this name.")
        login = columns.get("os_login")
        if login:
            same = await repository.by_os_login(login)
            if same is not None and (user is None or same.id != user.id):
                errors["os_login"] = _("This account already signs in as %(name)s.") % {"name": same.name}

    async def _team(self, repository: UserRepository, name: str) -> str:
        found = await repository.team_id(name)
        if found is None:
            found = new_id()
            await repository.add_team(found, name[:100])
        return found

    async def _fill(self, uow: UnitOfWork, repository: UserRepository, os_login: str) -> None:
        settings = SettingsRepository(uow.connection)
        for name, choices in DEFAULTS.items():
            await settings.add_picklist(name, choices)
        await settings.put("region", self._core.region)
        ids: dict[str, str] = {}
        for profile, grants in DEFAULT_PROFILES.items():
            ids[profile] = new_id()
            await repository.add_profile(ids[profile], profile, profile == ADMINISTRATOR)
            for area, grant in grants.items():
                await repository.set_grant(ids[profile], area, grant)
        user_id = new_id()
        await repository.add(
            {
                "id": user_id,
                "name": os_login,
                "os_login": os_login,
                "display_name": os_login,
                "sort_name": fold(os_login),
                "profile_id": ids[ADMINISTRATOR],
                "created_at": uow.at,
                "modified_at": uow.at,
            }
        )
        uow.record(AuditEntry("create", Module.USER, user_id, os_login, {"profile": [None, ADMINISTRATOR]}))

    async def _deny_sign_in(self, name: str) -> None:
        async with self._core.store.write(None) as uow:
            uow.record(AuditEntry("denied", Module.USER, None, name[:64], {"action": "sign in"}))
            await uow.commit()


class ProfileService:
    """Profiles: what their users may do with each module."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def list(self, actor: Actor) -> tuple[str, ...]:
        """Return the names of all profiles."""
        async with self._core.store.read() as connection:
            return tuple(name for _id, name, _admin in await UserRepository(connection).profiles())

    async def show(self, actor: Actor, name: str) -> Mapping[Area, Grant]:
        """Return the grant of a profile on each area.

        Raises:
            NotFound: There is no such profile.
        """
        async with self._core.store.read() as connection:
            repository = UserRepository(connection)
            profile_id, _is_admin = await self._find(repository, name)
            stored = await repository.grants(profile_id)
        return {area: stored.get(area, Grant()) for area in Area}

    async def set(self, actor: Actor, name: str, area: Area, grant: Grant) -> Mapping[Area, Grant]:
        """Change what a profile grants on an area, adding the profile when it is new."""
        actor = await self._core.current(actor)
        await self._core.require(actor, can_administer(actor), "profile set")
        if not _NAME.fullmatch(name):
            raise Invalid(
                _("A profile name has 1 to 50 letters, digits or . @ + - _."), fields={"name": name}
            )
        async with self._core.store.write(actor) as uow:
            repository = UserRepository(uow.connection)
            known = {profile: key for key, profile, _admin in await repository.profiles()}
            if name not in known:
                known[name] = new_id()
                await repository.add_profile(known[name], name, False)
            await repository.set_grant(known[name], area, grant)
            changes = {
                "area": area.value,
                "view": grant.view,
                "create": grant.create,
                "edit": grant.edit,
                "delete": grant.delete,
                "scope": grant.scope.value,
            }
            uow.record(AuditEntry("profile", record_name=name, changes=changes))
            await uow.commit()
        return await self.show(actor, name)

    async def _find(self, repository: UserRepository, name: str) -> tuple[str, bool]:
        for profile_id, profile, is_admin in await repository.profiles():
            if profile == name:
                return profile_id, is_admin
        raise NotFound(_("There is no profile “%(name)s”.") % {"name": name[:50]})


def _user(row: UserRow) -> User:
    return User(
        row.id,
        row.name,
        row.os_login,
        row.email,
        row.full_name,
        row.profile,
        row.team,
        row.time_zone,
        row.language,
        row.is_active,
    )


def _cleaned(values: Mapping[str, str]) -> dict[str, str]:
    # Every field of a user is one line; the name stands in headers of mail.
    return {
        name: " ".join(clean_input(value).replace("\t", " ").splitlines()).strip()
        for name, value in values.items()
    }
