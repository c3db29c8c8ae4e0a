"""Settings of the organisation: region, time zone, pick-lists, the layout of the call form."""

from collections.abc import Mapping
from typing import Any

from crm_tui.clock import local_zone
from crm_tui.domain.actor import Actor
from crm_tui.domain.call_window import CallWindow, parse_window
from crm_tui.domain.layout import FIXED, CallLayout
from crm_tui.domain.picklists import Picklists
from crm_tui.domain.pops import RINGING_SECONDS
from crm_tui.errors import Invalid, Misconfigured
from crm_tui.i18n import LANGUAGES, _
from crm_tui.policies.administration import can_administer
from crm_tui.services.core import Core
from crm_tui.store.repositories.settings import SettingsRepository
from crm_tui.store.uow import AuditEntry

_LAYOUT = "call_layout"
_POP_SECONDS = "pop_seconds"
_CALL_WINDOW = "call_window"
_CALL_BACK_REMINDER = "call_back_reminder"
_LANGUAGE = "language"
_REMINDERS = "reminder"
_USUAL_REMINDER = "5_minutes"
_SHORTEST_POP, _LONGEST_POP = 5, 3600


def call_layout(options: Mapping[str, Any]) -> CallLayout:
    """Return the layout of the call form from the stored settings."""
    stored = options.get(_LAYOUT)
    if not isinstance(stored, Mapping):
        return CallLayout()
    return CallLayout(
        tuple(stored.get("order", ())),
        frozenset(stored.get("hidden", ())),
        frozenset(stored.get("required", ())),
    )


def call_window(options: Mapping[str, Any]) -> CallWindow | None:
    """Return when people may be called by the stored settings, None for always."""
    stored = options.get(_CALL_WINDOW)
    if stored is None:
        return CallWindow()
    return parse_window(str(stored)) if stored else None


def pop_seconds(options: Mapping[str, Any]) -> int:
    """Return how many seconds a caller is offered, from the stored settings."""
    stored = options.get(_POP_SECONDS)
    return stored if isinstance(stored, int) else RINGING_SECONDS


def call_back_reminder(options: Mapping[str, Any], picklists: Picklists) -> str:
    """Return the code of the reminder that a call back has by itself, "" for none.

    A value that was retired, and *none*, remind nobody.
    """
    code = str(options.get(_CALL_BACK_REMINDER, _USUAL_REMINDER))
    found = picklists.find(_REMINDERS, code)
    return code if found is not None and found.active and found.attributes.get("minutes") else ""


def house_language(options: Mapping[str, Any]) -> str:
    """Return the language of what is written for users who chose none, "" for that of the process."""
    return str(options.get(_LANGUAGE, ""))


class SettingsService:
    """Settings that an administrator may change."""

    def __init__(self, core: Core) -> None:
        self._core = core

    @property
    def picklists(self) -> Picklists:
        """The pick-lists, as read when the store was opened."""
        return self._core.picklists

    @property
    def region(self) -> str:
        """Two-letter country of telephone numbers without a country code."""
        return self._core.region

    @property
    def time_zone(self) -> str:
        """IANA zone of the organisation, "" for the machine's."""
        return str(self._core.options.get("time_zone", ""))

    @property
    def call_window(self) -> CallWindow | None:
        """When people may be called, None for always."""
        return call_window(self._core.options)

    @property
    def pop_seconds(self) -> int:
        """How many seconds a caller is offered to an agent."""
        return pop_seconds(self._core.options)

    @property
    def call_back_reminder(self) -> str:
        """Code of the reminder that a call back has by itself, "" for none."""
        return call_back_reminder(self._core.options, self._core.picklists)

    @property
    def language(self) -> str:
        """Language of what is written for users who chose none, "" for that of the process."""
        return house_language(self._core.options)

    def call_layout(self) -> CallLayout:
        """Return the layout of the call form."""
        return call_layout(self._core.options)

    async def load(self) -> None:
        """Read all settings from the store."""
        async with self._core.store.read() as connection:
            repository = SettingsRepository(connection)
            self._core.take_picklists(await repository.picklists())
            self._core.options = await repository.all()
            await self._core.refresh_fields(connection)
        region = self._core.options.get("region")
        if isinstance(region, str) and region:
            self._core.region = region

    async def set_call_layout(self, actor: Actor, layout: CallLayout) -> None:
        """Change order, hidden and required fields of the call form.

        Subject, type and who always stay, and stay required.

        Raises:
            Invalid: A name is no field of a call, or a required field is hidden.
        """
        actor = await self._core.current(actor)
        await self._core.require(actor, can_administer(actor), "settings")
        unknown = layout.problems()
        if unknown:
            raise Invalid(
                _("A call has no field “%(field)s”. Nothing was saved.") % {"field": unknown[0]},
                fields={unknown[0]: _("There is no such field.")},
            )
        if layout.hidden & (layout.required | FIXED):
            raise Invalid(_("A required field can't be hidden. Nothing was saved."))
        value = {
            "order": list(layout.order),
            "hidden": sorted(layout.hidden),
            "required": sorted(layout.required | FIXED),
        }
        await self._put(actor, _LAYOUT, value)

    async def set_option(self, actor: Actor, name: str, value: str) -> None:
        """Change ``region``, ``time_zone``, what callers and those called are owed, or what a call needs.

        Args:
            name: ``region``, ``time_zone``, ``call_window``, ``pop_seconds``, ``call_back_reminder``,
                ``language``, ``call_start_optional`` or ``call_duration_optional``.

        Raises:
            Invalid: There is no such setting, or the value doesn't fit it.
        """
        actor = await self._core.current(actor)
        await self._core.require(actor, can_administer(actor), "settings")
        if name in ("call_start_optional", "call_duration_optional"):
            await self._set_optional(actor, name, value)
            return
        refused = {name: _("This is no valid value.")}
        if name == "region" and len(value) == 2 and value.isascii() and value.isalpha():
            self._core.region = value.upper()
            await self._put(actor, name, value.upper())
        elif name == "time_zone":
            try:
                local_zone(value)
            except Misconfigured as error:
                raise Invalid(str(error), fields=refused) from error
            await self._put(actor, name, value)
        elif name == _CALL_WINDOW:
            await self._put(actor, name, _window_text(value))
        elif name == _POP_SECONDS and value.isdecimal() and _SHORTEST_POP <= int(value[:9]) <= _LONGEST_POP:
            await self._put(actor, name, int(value))
        elif name == _CALL_BACK_REMINDER and value in self._reminder_codes():
            await self._put(actor, name, value)
        elif name == _LANGUAGE and value in ("", *LANGUAGES):
            await self._put(actor, name, value)
        else:
            raise Invalid(_("There is no such setting, or it can't have this value."), fields=refused)

    def _reminder_codes(self) -> frozenset[str]:
        return frozenset(choice.code for choice in self._core.picklists.active(_REMINDERS))

    async def _set_optional(self, actor: Actor, name: str, value: str) -> None:
        field = "starts_at" if name == "call_start_optional" else "duration_seconds"
        if value.lower() not in ("yes", "no", "true", "false"):
            raise Invalid(_("This must be yes or no."), fields={name: _("This must be yes or no.")})
        await self.load()
        optional = value.lower() in ("yes", "true")
        layout = self.call_layout()
        required = layout.required - {field} if optional else layout.required | {field}
        await self.set_call_layout(actor, CallLayout(layout.order, layout.hidden - required, required))

    async def _put(self, actor: Actor, name: str, value: Any) -> None:
        async with self._core.store.write(actor) as uow:
            await SettingsRepository(uow.connection).put(name, value)
            before = self._core.options.get(name)
            uow.record(AuditEntry("settings", record_name=name, changes={name: [before, value]}))
            await uow.commit()
        self._core.options[name] = value


def _window_text(value: str) -> str:
    """Return calling hours as they are stored, "" for always."""
    if value.strip().lower() in ("", "always"):
        return ""
    try:
        return parse_window(value).text
    except ValueError as error:
        reason = _("Write calling hours like 9:00-20:00, 9:00-20:00 mon-fri, or always.")
        raise Invalid(reason, fields={_CALL_WINDOW: reason}) from error
