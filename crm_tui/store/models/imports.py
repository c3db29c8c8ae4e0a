"""Imports: how far each is, what it wrote, what it couldn't take or cut, and how columns were mapped."""

from typing import Final

from sqlalchemy import Column, Index, Integer, PrimaryKeyConstraint, Table, text

from crm_tui.store.models.base import Json, flag, key, metadata, moment, ref, words
from crm_tui.store.models.types import Id

import_batches: Final = Table(
    "import_batches",
    metadata,
    key(),
    ref("user_id", "users", nullable=False, on_delete="CASCADE"),
    words("origin", 20),
    words("name", 255),
    words("path"),
    words("fingerprint", 64),
    words("module", 20),
    Column("settings", Json, nullable=False, server_default=text("'{}'")),
    Column("total", Integer(), nullable=False, server_default=text("0")),
    words("state", 20),
    Column("position", Integer(), nullable=False, server_default=text("0")),
    Column("counts", Json, nullable=False, server_default=text("'{}'")),
    words("problem"),
    Column("notes", Json, nullable=False, server_default=text("'[]'")),
    flag("wants_cancel"),
    words("holder", 120),
    moment("worked_at"),
    moment("created_at", nullable=False),
    moment("finished_at"),
    Column("version", Integer(), nullable=False, server_default=text("1")),
)
"""``counts`` holds those of all rows, and those of each module by its code.

``worked_at`` is when ``holder`` was last heard of.
"""

Index("ix_import_batches_user_id_created_at", import_batches.c.user_id, import_batches.c.created_at)

import_rows: Final = Table(
    "import_rows",
    metadata,
    ref("batch_id", "import_batches", nullable=False, on_delete="CASCADE"),
    Column("number", Integer(), nullable=False),
    words("module", 20),
    Column("record_id", Id(), nullable=False),
    words("action", 10),
    Column("before", Json, nullable=False, server_default=text("'{}'")),
    Column("after", Json, nullable=False, server_default=text("'{}'")),
    Column("version", Integer(), nullable=False, server_default=text("0")),
    Column("link_id", Id()),
    PrimaryKeyConstraint("batch_id", "number", "record_id"),
)
"""The records that a batch wrote, for taking it back.

* ``before`` and ``after``: an update's values.
* ``version``: the record's behind it; 0 for one that grew by each row.
* ``link_id``: the row of ``sync_links`` that was added for the record.
"""

Index("ix_import_rows_record_id", import_rows.c.record_id)

import_rejects: Final = Table(
    "import_rejects",
    metadata,
    ref("batch_id", "import_batches", nullable=False, on_delete="CASCADE"),
    Column("number", Integer(), nullable=False),
    Column("cells", Json, nullable=False, server_default=text("'[]'")),
    Column("reasons", Json, nullable=False, server_default=text("'{}'")),
    PrimaryKeyConstraint("batch_id", "number"),
)

import_remarks: Final = Table(
    "import_remarks",
    metadata,
    key(),
    ref("batch_id", "import_batches", on_delete="CASCADE"),
    ref("run_id", "sync_runs", on_delete="CASCADE"),
    Column("number", Integer(), nullable=False),
    words("action", 10),
    words("module", 20),
    Column("record_id", Id()),
    words("name"),
    Column("reasons", Json, nullable=False, server_default=text("'{}'")),
    Column("shortened", Json, nullable=False, server_default=text("'[]'")),
)
"""What was cut or left out of a row of an import, or of an item of a run; one of both is set.

``shortened``: field, length and limit of each value that was cut.
"""

Index("ix_import_remarks_batch_id_number", import_remarks.c.batch_id, import_remarks.c.number)
Index("ix_import_remarks_run_id", import_remarks.c.run_id)

import_mappings: Final = Table(
    "import_mappings",
    metadata,
    key(),
    ref("user_id", "users", nullable=False, on_delete="CASCADE"),
    words("module", 20),
    words("fingerprint", 64),
    Column("mapping", Json, nullable=False, server_default=text("'{}'")),
    moment("used_at", nullable=False),
)
"""Which column became which field the last time, by the fingerprint of the headings."""

Index(
    "uq_import_mappings_user_id_module_fingerprint",
    import_mappings.c.user_id,
    import_mappings.c.module,
    import_mappings.c.fingerprint,
    unique=True,
)
