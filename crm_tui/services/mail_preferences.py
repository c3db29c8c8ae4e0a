"""What agents and the organisation decided about mail and records: reading and changing it."""

from collections.abc import Mapping
from typing import Any, Final

from crm_tui.domain.actor import Actor
from crm_tui.domain.mail_settings import LONGEST_SIGNATURE, NAMES, MailSettings, Unknown, settings_of
from crm_tui.domain.modules import Module
from crm_tui.errors import Invalid
from crm_tui.i18n import _
from crm_tui.policies.administration import can_administer
from crm_tui.policies.records import can_view
from crm_tui.services.core import Core
from crm_tui.store.repositories.mail_accounts import MailAccountRepository
from crm_tui.store.repositories.settings import SettingsRepository
from crm_tui.store.repositories.users import UserRepository
from crm_tui.store.store import Connection
from crm_tui.store.uow import AuditEntry
from crm_tui.text import clean_input

_NAME: Final = "mail_settings"
"""Under which both the organisation's and an agent's choices are stored."""

_UNKNOWN: Final = frozenset(one.value for one in Unknown)


class MailPreferences:
    """Settings on mail and records, per agent over those of the organisation."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def of(self, actor: Actor) -> MailSettings:
        """Return what counts for an agent."""
        await self._core.require(actor, can_view(actor, Module.MAIL), "settings", Module.MAIL)
        async with self._core.store.read() as connection:
            return await stored_settings(connection, actor.id)

    async def of_house(self, actor: Actor) -> MailSettings:
        """Return what counts for agents who decided nothing themselves."""
        await self._core.require(actor, can_view(actor, Module.MAIL), "settings", Module.MAIL)
        async with self._core.store.read() as connection:
            return settings_of(await _house(connection), {})

    async def set(self, actor: Actor, values: Mapping[str, object], *, for_all: bool) -> MailSettings:
        """Change settings; see `MailRecordService.set_settings`."""
        actor = await self._core.current(actor)
        await self._core.require(actor, can_view(actor, Module.MAIL), "settings", Module.MAIL)
        if for_all:
            await self._core.require(actor, can_administer(actor), "settings")
        typed = _typed(values, for_all)
        async with self._core.store.write(actor) as uow:
            repository = SettingsRepository(uow.connection)
            if for_all:
                before = _mapping(await repository.locked(_NAME))
            else:
                before = _mapping(await repository.preference(actor.id, _NAME))
            after = {name: value for name, value in {**before, **typed}.items() if value is not None}
            if for_all:
                await repository.put(_NAME, after)
            else:
                await repository.set_preference(actor.id, _NAME, after)
            changes = {name: [before.get(name), after.get(name)] for name in typed}
            if for_all:
                uow.record(AuditEntry("settings", record_name=_NAME, changes=changes))
            uow.touched(Module.USER, actor.id)
            await uow.commit()
        return await (self.of_house(actor) if for_all else self.of(actor))


async def stored_settings(connection: Connection, user_id: str) -> MailSettings:
    """Return what counts for a user."""
    own = await SettingsRepository(connection).preference(user_id, _NAME)
    return settings_of(await _house(connection), _mapping(own))


async def _house(connection: Connection) -> Mapping[str, Any]:
    return _mapping((await SettingsRepository(connection).all()).get(_NAME))


def _mapping(stored: object) -> Mapping[str, Any]:
    return stored if isinstance(stored, Mapping) else {}


def _typed(values: Mapping[str, object], for_all: bool) -> dict[str, Any]:
    """Return values as they are stored; None takes a choice back.

    Raises:
        Invalid: A name is no setting, or a value doesn't fit it.
    """
    typed: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for name, value in values.items():
        if name not in NAMES or (for_all and name == "signature"):
            errors[name] = _("There is no such setting.")
        elif value is None:
            typed[name] = None
        elif name == "unknown" and value in _UNKNOWN:
            typed[name] = str(value)
        elif name == "add_sent" and isinstance(value, bool):
            typed[name] = value
        elif name == "signature" and isinstance(value, str):
            typed[name] = clean_input(value).strip("\n")
            if len(typed[name]) > LONGEST_SIGNATURE:
                errors[name] = _("This is too long: at most %(number)d characters.") % {
                    "number": LONGEST_SIGNATURE
                }
        else:
            errors[name] = _("This is no valid value.")
    if errors:
        raise Invalid(_("There is no such setting, or it can't have this value."), fields=errors)
    return typed


async def own_addresses(connection: Connection) -> frozenset[str]:
    """Return the folded addresses of all users and connected mailboxes."""
    users = {user.email.lower() for user in await UserRepository(connection).all() if user.email}
    return frozenset(users | await MailAccountRepository(connection).addresses())
