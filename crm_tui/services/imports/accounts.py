"""Accounts that rows of other modules name and that aren't there yet: they are added with the row."""

from collections.abc import Mapping

from crm_tui.domain.actor import Actor
from crm_tui.domain.fields import Field
from crm_tui.domain.ids import is_id
from crm_tui.domain.imports.batches import RowAction, RowOutcome, Shortened
from crm_tui.domain.imports.keys import KeyKind
from crm_tui.domain.modules import Module
from crm_tui.domain.records import Ref
from crm_tui.domain.schema import field_of
from crm_tui.policies.records import can_create
from crm_tui.policies.verdict import Reason
from crm_tui.services.core import Core
from crm_tui.services.imports.finding import Finder
from crm_tui.services.imports.plan import Plan, Write, new_record
from crm_tui.services.imports.references import ImportReferences
from crm_tui.services.imports.typed_rows import Draft
from crm_tui.text import beginning

_NAME = field_of(Module.ACCOUNT, "name")
_LONGEST = _NAME.max_length if _NAME is not None else 0


class ImportAccounts:
    """Adds accounts to the plan of a chunk."""

    def __init__(
        self, core: Core, actor: Actor, finder: Finder, references: ImportReferences, plan: Plan
    ) -> None:
        self._core = core
        self._finder = finder
        self._references = references
        self._plan = plan
        self._may_add = not isinstance(can_create(actor, Module.ACCOUNT), Reason)

    async def add(self, draft: Draft, fields: Mapping[str, Field]) -> list[Ref]:
        """Add the accounts that a row names, as far as there is none of the name, and return them."""
        if not self._may_add:
            return []
        remote = {
            name: one.name
            for name, one in draft.remote.items()
            if one.module is Module.ACCOUNT
            and one.name
            and self._finder.absence(Module.ACCOUNT, one.remote_id) is None
            and not await self._finder.refs(Module.ACCOUNT, (KeyKind.REMOTE, one.remote_id))
        }
        added = []
        for name, value in {**draft.values, **remote}.items():
            if fields[name].targets != (Module.ACCOUNT,):
                continue
            if isinstance(value, Ref) and value.module is Module.ACCOUNT and value.name:
                value = value if await self._references.is_known(value) else value.name
            if not isinstance(value, str) or is_id(value):
                continue
            whole = " ".join(value.split())
            text = beginning(whole, _LONGEST)
            if len(whole) > _LONGEST:
                draft.shortened += (Shortened(name, len(whole), _LONGEST),)
            if not await self._references.account(text):
                account = new_record(self._core, {}, Module.ACCOUNT, {"name": text})
                self._plan.writes[account.id] = Write(account, None, dict(account.values))
                self._plan.besides[account.id] = RowOutcome(
                    draft.row.number, RowAction.CREATE, Module.ACCOUNT, account.name, account.ref
                )
                self._finder.put(account)
                added.append(account.ref)
                draft.remote.pop(name, None)
            if name not in draft.remote:
                draft.values[name] = text
        return added

    def keep(self, added: list[Ref], outcome: RowOutcome) -> list[Ref]:
        """Return those that the row points to in the end; a row that was rejected or skipped adds none."""
        kept = [account for account in added if account in outcome.after.values()]
        for account in added:
            if account not in kept:
                del self._plan.writes[account.id], self._plan.besides[account.id]
                self._finder.drop(account.id)
        return kept
