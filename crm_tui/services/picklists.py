"""Pick-lists: an administrator adds, renames, moves and retires values; a code never changes."""

import re
from collections.abc import Mapping
from dataclasses import replace

from crm_tui.domain.actor import Actor
from crm_tui.domain.follow_up import RESULT_LIST
from crm_tui.domain.picklists import Choice, Picklists
from crm_tui.domain.result_flags import changed_flags
from crm_tui.errors import Conflict, Invalid, NotFound
from crm_tui.i18n import _
from crm_tui.policies.administration import can_administer
from crm_tui.services.core import Core
from crm_tui.services.records import refuse
from crm_tui.store.repositories.settings import SettingsRepository
from crm_tui.store.uow import AuditEntry
from crm_tui.text import clean_input

_CODE = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)*")
_LONGEST_CODE = 64
_LONGEST_LABEL = 100

DERIVED = frozenset({"call_status", "event_status", "reminder", "task_status"})
"""Lists that the program's own rules rest on; their values can be renamed, but none added."""


class PicklistService:
    """The pick-lists of the store."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def all(self) -> Picklists:
        """Return every list."""
        return self._core.picklists

    def values(self, name: str) -> tuple[Choice, ...]:
        """Return the values of a list in order, retired ones included.

        Raises:
            NotFound: There is no such list.
        """
        found = self._core.picklists.lists.get(name)
        if found is None:
            known = ", ".join(sorted(self._core.picklists.lists))
            raise NotFound(
                _("There is no pick-list “%(name)s”.") % {"name": name[:40]},
                _("There are: %(names)s.") % {"names": known},
            )
        return found

    async def add(self, actor: Actor, name: str, choice: Choice) -> tuple[Choice, ...]:
        """Add a value at the end of a list and return the list.

        Raises:
            Invalid: The code is taken or malformed, or the list takes no further values.
        """
        actor = await self._core.current(actor)
        await self._core.require(actor, can_administer(actor), "picklist add")
        await self._read()
        present = self.values(name)
        if name in DERIVED:
            raise Invalid(_("This list takes no further values. Nothing was changed."))
        errors = _label_errors(choice)
        if not _CODE.fullmatch(choice.code) or len(choice.code) > _LONGEST_CODE:
            errors["code"] = _("A code is lower-case letters and digits, joined by _.")
        elif any(other.code == choice.code for other in present):
            errors["code"] = _("The list already has this code.")
        if name == "deal_stage" and choice.attributes.get("kind") not in ("open", "won", "lost"):
            errors["kind"] = _("A deal stage is of kind open, won or lost.")
        if name == RESULT_LIST:
            flags, wrong = changed_flags(name, {}, choice.attributes, self._core.picklists)
            choice = replace(choice, attributes=flags)
            errors.update(wrong)
        refuse(errors)
        await self._put(actor, name, (*present, choice), choice.code, "picklist add")
        return self.values(name)

    async def edit(
        self,
        actor: Actor,
        name: str,
        code: str,
        *,
        label_en: str | None = None,
        label_ja: str | None = None,
        active: bool | None = None,
        position: int | None = None,
        attributes: Mapping[str, object] | None = None,
    ) -> tuple[Choice, ...]:
        """Rename, retire, bring back or move a value, change its flags, and return the list.

        Args:
            position: New place in the list, the first is 1.
            attributes: Flags of a call result that change, see `crm_tui.domain.result_flags`.

        Raises:
            NotFound: The list has no such code.
            Invalid: A label or a flag isn't possible.
        """
        actor = await self._core.current(actor)
        await self._core.require(actor, can_administer(actor), "picklist edit")
        await self._read()
        present = list(self.values(name))
        old = next((choice for choice in present if choice.code == code), None)
        if old is None:
            raise NotFound(_("The list has no value “%(code)s”.") % {"code": code[:64]})
        new = replace(
            old,
            label_en=old.label_en if label_en is None else clean_input(label_en).strip(),
            label_ja=old.label_ja if label_ja is None else clean_input(label_ja).strip(),
            active=old.active if active is None else active,
        )
        flags, errors = changed_flags(name, old.attributes, attributes or {}, self._core.picklists)
        refuse({**_label_errors(new), **errors})
        new = replace(new, attributes=flags)
        place = present.index(old)
        present.remove(old)
        present.insert(place if position is None else max(0, min(position - 1, len(present))), new)
        await self._put(actor, name, tuple(present), code, "picklist edit")
        return self.values(name)

    async def _put(
        self, actor: Actor, name: str, choices: tuple[Choice, ...], code: str, action: str
    ) -> None:
        before = [_told(choice) for choice in self.values(name) if choice.active]
        after = [_told(choice) for choice in choices if choice.active]
        async with self._core.store.write(actor) as uow:
            repository = SettingsRepository(uow.connection)
            if (await repository.locked_picklists()).lists.get(name) != self.values(name):
                raise Conflict(
                    _("Somebody else changed this pick-list meanwhile. Nothing was saved."),
                    _("Look at it again, then repeat the change."),
                )
            await repository.replace_picklist(name, choices)
            uow.record(AuditEntry(action, record_name=f"{name}: {code}", changes={name: [before, after]}))
            await uow.commit()
        await self._read()

    async def _read(self) -> None:
        """Take over what the store has now, also from other sessions."""
        async with self._core.store.read() as connection:
            self._core.take_picklists(await SettingsRepository(connection).picklists())


def _told(choice: Choice) -> str:
    """Return a value as the audit trail names it: its code, with its flags where it has any."""
    flags = ", ".join(f"{name}={value}" for name, value in sorted(choice.attributes.items()))
    return f"{choice.code} ({flags})" if flags else choice.code


def _label_errors(choice: Choice) -> dict[str, str]:
    reason = _("A label has 1 to %(limit)d characters.") % {"limit": _LONGEST_LABEL}
    labels = {"label_en": choice.label_en, "label_ja": choice.label_ja}
    return {name: reason for name, label in labels.items() if not 0 < len(label) <= _LONGEST_LABEL}
