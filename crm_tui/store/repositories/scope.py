"""Row scope: which rows a statement may see for an actor. Every read of records goes through it."""

from typing import Any

from sqlalchemy import ColumnElement, Select, Table, false, or_, select, true

from crm_tui.domain.actor import Actor, Scope
from crm_tui.domain.modules import PARENTS, Module
from crm_tui.store.models import TABLES
from crm_tui.store.models.activities import event_participants
from crm_tui.store.models.organisation import users
from crm_tui.store.repositories.among import is_among

_MAY_BE_SHARED = (Module.EVENT, Module.CALL)
"""Modules of whose statements events are among the rows: the list of all activities is that of calls."""


def readable_by(actor: Actor, module: Module, table: Table) -> ColumnElement[bool]:
    """Return the condition that leaves only rows of ``module`` that ``actor`` may see.

    Rows in the bin are never among them, nor notes on records that the actor may not see. Events in which
    the actor takes part are, whoever owns them; `owner_in_scope` says which of them they may change.
    """
    in_scope = owner_in_scope(actor, module, table.c.owner_id)
    if sees_shared(actor, module):
        in_scope = _or_taken_part(actor, module, table, in_scope)
    readable = table.c.deleted_at.is_(None) & in_scope
    return readable & on_readable_record(actor, table) if module is Module.NOTE else readable


def sees_shared(actor: Actor, module: Module) -> bool:
    """Return whether ``actor`` sees records of ``module`` that their scope doesn't reach."""
    grant = actor.grant(module)
    return module in _MAY_BE_SHARED and grant.view and grant.scope is not Scope.ALL


def owner_in_scope(actor: Actor, module: Module, owner: ColumnElement[Any]) -> ColumnElement[bool]:
    """Return the condition on the owner of a row that the actor's grant on ``module`` makes."""
    grant = actor.grant(module)
    if not grant.view:
        return false()
    if grant.scope is Scope.ALL:
        return true()
    if grant.scope is Scope.TEAM and actor.team_id is not None:
        return or_(owner == actor.id, owner.in_(_team(actor.team_id)))
    return owner == actor.id


def on_readable_record(actor: Actor, notes: Table) -> ColumnElement[bool]:
    """Return the condition that leaves only notes on records that ``actor`` may see."""
    grants = [actor.grant(parent) for parent in PARENTS]
    if all(grant.view and grant.scope is Scope.ALL for grant in grants):
        return true()
    return or_(
        *(
            notes.c[f"{parent.value}_id"].in_(
                select(TABLES[parent].c.id).where(readable_by(actor, parent, TABLES[parent]))
            )
            for parent in PARENTS
        )
    )


def _or_taken_part(
    actor: Actor, module: Module, table: Table, in_scope: ColumnElement[bool]
) -> ColumnElement[bool]:
    """Return the condition that a row is in the actor's scope, or that they take part in it."""
    if actor.grant(module).scope is Scope.TEAM:
        # Much of a store: it is read in the order of the list, and each row tried.
        return in_scope | table.c.id.in_(_taken_part(actor))
    # Little of a store: it is looked up in two indexes. SQLite takes a partial one for one side of an OR
    # only if its condition stands on that side.
    return (in_scope & table.c.deleted_at.is_(None)) | is_among(table.c.id, _taken_part(actor))


def _taken_part(actor: Actor) -> Select[Any]:
    return select(event_participants.c.event_id).where(event_participants.c.user_id == actor.id)


def _team(team_id: str) -> Select[Any]:
    return select(users.c.id).where(users.c.team_id == team_id)
