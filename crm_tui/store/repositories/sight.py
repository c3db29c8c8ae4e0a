"""What text may find: a record is never found by the name of another one that is out of sight.

The lookup's entry of a contact also has the words of its account, so that people are found by their company.
"""

from sqlalchemy import ColumnElement, and_, func, or_, select, true

from crm_tui.domain.actor import Actor, Scope
from crm_tui.domain.fields import FieldType, columns_of
from crm_tui.domain.modules import Module
from crm_tui.domain.schema import FIELDS
from crm_tui.domain.typed_text import TypedText
from crm_tui.store.models import TABLES
from crm_tui.store.repositories.criteria import LIKE_ESCAPE, like_pattern
from crm_tui.store.repositories.scope import readable_by


def sees_all(actor: Actor, module: Module) -> bool:
    """Return whether no record of ``module`` is out of the actor's sight."""
    grant = actor.grant(module)
    return grant.view and grant.scope is Scope.ALL


def borrowed(actor: Actor, module: Module) -> list[tuple[str, Module]]:
    """Return the columns and modules whose words an entry has though the actor may not see all of them."""
    return [
        (column, target)
        for field in FIELDS[module]
        if field.searchable and field.type is FieldType.REFERENCE
        for column, target in zip(columns_of(field), field.targets, strict=True)
        if not sees_all(actor, target)
    ]


def by_own_words(actor: Actor, module: Module, typed: TypedText) -> ColumnElement[bool]:
    """Return the condition on a row that the lookup found: nothing out of sight made it fit.

    Where something it points to is out of sight, the record's own name has to contain the text.
    """
    columns = borrowed(actor, module) if typed.phrases else []
    if not columns:
        return true()
    table = TABLES[module]
    in_sight = [
        or_(
            table.c[column].is_(None),
            table.c[column].in_(
                select(TABLES[target].c.id).where(readable_by(actor, target, TABLES[target]))
            ),
        )
        for column, target in columns
    ]
    pattern = like_pattern(typed.folded, anywhere=True)
    names = (table.c.sort_name, func.lower(table.c.display_name))
    return or_(and_(*in_sight), *(name.like(pattern, escape=LIKE_ESCAPE) for name in names))
