"""Who acts, and what their profile grants."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from crm_tui.domain.modules import Area, Module, area_of
from crm_tui.domain.records import Ref


class Scope(StrEnum):
    """Whose records a grant reaches."""

    ALL = "all"
    TEAM = "team"
    OWN = "own"


class Verb(StrEnum):
    """What a grant allows."""

    VIEW = "view"
    CREATE = "create"
    EDIT = "edit"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Grant:
    """Permissions of a profile on one area.

    Attributes:
        scope: Rows that view, edit and delete reach.
    """

    view: bool = False
    create: bool = False
    edit: bool = False
    delete: bool = False
    scope: Scope = Scope.ALL

    def allows(self, verb: Verb) -> bool:
        """Return whether the grant has ``verb`` at all, whatever the scope."""
        return bool(getattr(self, verb.value))


NO_GRANT = Grant()
FULL_GRANT = Grant(True, True, True, True, Scope.ALL)


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in user, as known when they signed in or last wrote.

    Attributes:
        user: The user as a reference, with the name colleagues see.
        name: Login name.
        profile: Name of the profile.
        is_admin: May manage users, profiles and settings, and read the whole audit trail.
        team_id: Team of the user, for the TEAM scope.
        grants: Grant per area; a missing area grants nothing.
        revision: Changes when the user, the profile or the team changes.
        zone: IANA time zone of the agent, "" for the machine's.
        language: Language the agent chose, "" for the surroundings'.
    """

    user: Ref
    name: str
    profile: str
    is_admin: bool
    team_id: str | None
    grants: Mapping[Area, Grant]
    revision: str = ""
    zone: str = ""
    language: str = ""

    @property
    def id(self) -> str:
        """Id of the user."""
        return self.user.id

    def grant(self, what: Area | Module) -> Grant:
        """Return the grant on an area, or on the area that governs a module."""
        area = area_of(what) if isinstance(what, Module) else what
        return self.grants.get(area, NO_GRANT)
