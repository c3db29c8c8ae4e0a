"""What plain tables can't say: the full-text index, what one database only has, rules that nothing may break.

Called by the first migration; a later step that changes one of these adds its own statements.
"""

from alembic import op

from crm_tui.domain.search_terms import FTS5_TOKENIZER

FINAL_CALL_COLUMNS = (
    "subject",
    "type",
    "purpose",
    "result",
    "status",
    "description",
    "starts_at",
    "stopped_at",
    "duration_seconds",
    "wrap_up_seconds",
)
"""Columns of a completed call that no statement can change."""

COMMITS_KEPT = 1_000
"""Commits that a console may fall behind before it reads everything again (SQLite)."""


def create(dialect: str) -> None:
    """Create index and rules in the dialect's own words."""
    op.execute("CREATE UNIQUE INDEX uq_users_name_folded ON users (lower(name))")
    for table in ("leads", "contacts"):
        op.execute(f"CREATE INDEX ix_{table}_email_folded ON {table} (lower(email))")
    for statement in _sqlite() if dialect == "sqlite" else _postgresql():
        op.execute(statement)


def _changed(comparison: str) -> str:
    return " OR ".join(f"NEW.{c} {comparison} OLD.{c}" for c in FINAL_CALL_COLUMNS)


def _sqlite() -> list[str]:
    tokenizer = FTS5_TOKENIZER.replace("'", "''")
    return [
        *_full_text("search_index", "search_documents", tokenizer),
        *_full_text("mail_index", "mail_documents", tokenizer),
        *(
            f"CREATE TRIGGER audit_no_{verb.lower()} BEFORE {verb} ON audit BEGIN"
            " SELECT RAISE(ABORT, 'the audit trail is append-only'); END"
            for verb in ("UPDATE", "DELETE")
        ),
        # What the latest transactions changed, for the other consoles.
        "CREATE TABLE commits (id INTEGER PRIMARY KEY, origin TEXT NOT NULL, changed TEXT NOT NULL)",
        f"CREATE TRIGGER commits_kept AFTER INSERT ON commits WHEN NEW.id % {COMMITS_KEPT} = 0 BEGIN"
        f" DELETE FROM commits WHERE id <= NEW.id - {COMMITS_KEPT}; END",
        "CREATE TRIGGER activities_completed_call BEFORE UPDATE ON activities"
        f" WHEN OLD.kind = 'call' AND OLD.status = 'completed' AND ({_changed('IS NOT')}) BEGIN"
        " SELECT RAISE(ABORT, 'a completed call is final'); END",
    ]


def _full_text(index: str, documents: str, tokenizer: str) -> list[str]:
    """An index over the terms of a table, and what keeps it true."""
    added = f"INSERT INTO {index}(rowid, terms) VALUES (NEW.id, NEW.terms);"
    removed = f"INSERT INTO {index}({index}, rowid, terms) VALUES ('delete', OLD.id, OLD.terms);"
    return [
        f"CREATE VIRTUAL TABLE {index} USING fts5(terms, content='{documents}',"
        f" content_rowid='id', tokenize='{tokenizer}', prefix='1', columnsize=0)",
        f"CREATE TRIGGER {documents}_added AFTER INSERT ON {documents} BEGIN {added} END",
        f"CREATE TRIGGER {documents}_removed AFTER DELETE ON {documents} BEGIN {removed} END",
        f"CREATE TRIGGER {documents}_changed AFTER UPDATE OF terms ON {documents}"
        f" BEGIN {removed} {added} END",
    ]


def _postgresql() -> list[str]:
    return [
        "CREATE INDEX ix_search_documents_terms ON search_documents USING gin (terms)",
        "CREATE INDEX ix_mail_documents_terms ON mail_documents USING gin (terms)",
        "CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$"
        " BEGIN RAISE EXCEPTION 'the audit trail is append-only' USING ERRCODE = '23514'; END $$",
        "CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON audit"
        " FOR EACH ROW EXECUTE FUNCTION refuse_audit_change()",
        "CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()",
        "CREATE FUNCTION refuse_call_change() RETURNS trigger LANGUAGE plpgsql AS $$"
        " BEGIN RAISE EXCEPTION 'a completed call is final' USING ERRCODE = '23514'; END $$",
        "CREATE TRIGGER activities_completed_call BEFORE UPDATE ON activities FOR EACH ROW"
        f" WHEN (OLD.kind = 'call' AND OLD.status = 'completed' AND ({_changed('IS DISTINCT FROM')}))"
        " EXECUTE FUNCTION refuse_call_change()",
    ]
