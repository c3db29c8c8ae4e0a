"""``x IN (SELECT …)`` in the form in which each database takes an index for it beside an OR."""

from typing import Any, Self

from sqlalchemy import Boolean, ColumnElement, Select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class _IsAmong(FunctionElement[bool]):
    type = Boolean()
    inherit_cache = True
    name = "is_among"

    def self_group(self, against: Any = None) -> Self:
        """A condition as it stands: comparing it with 1, as SQLite gets others, would cost the index."""
        del against
        return self


def is_among(column: ColumnElement[Any], ids: Select[Any]) -> ColumnElement[bool]:
    """Return the condition that ``column`` is one of the values that ``ids`` selects.

    PostgreSQL reads ``a = 1 OR b IN (SELECT …)`` row by row; of an array that is made once it looks up
    the values in the index of ``b``.
    """
    return _IsAmong(column, ids.correlate(None).scalar_subquery())


@compiles(_IsAmong)
def _in(element: _IsAmong, compiler: SQLCompiler, **kw: Any) -> str:
    column, ids = element.clauses
    return f"{compiler.process(column, **kw)} IN {compiler.process(ids, **kw)}"


@compiles(_IsAmong, "postgresql")
def _any(element: _IsAmong, compiler: SQLCompiler, **kw: Any) -> str:
    column, ids = element.clauses
    return f"{compiler.process(column, **kw)} = ANY (ARRAY{compiler.process(ids, **kw)})"
