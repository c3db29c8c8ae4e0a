"""Users, teams, profiles, settings, pick-lists, custom fields, views."""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    func,
    text,
    true,
)

from crm_tui.store.models.base import Json, flag, key, metadata, moment, ref, sorted_words, words
from crm_tui.store.models.types import Id

teams = Table("teams", metadata, key(), words("name", 100), UniqueConstraint("name"))

profiles = Table(
    "profiles",
    metadata,
    key(),
    words("name", 50),
    flag("is_admin"),
    Column("version", Integer(), nullable=False, server_default=text("1")),
    UniqueConstraint("name"),
)

profile_grants = Table(
    "profile_grants",
    metadata,
    Column("profile_id", Id(), ForeignKey("profiles.id", ondelete="CASCADE"), primary_key=True),
    Column("area", String(20), primary_key=True),
    flag("can_view"),
    flag("can_create"),
    flag("can_edit"),
    flag("can_delete"),
    Column("scope", String(10), nullable=False, server_default="all"),
)

users = Table(
    "users",
    metadata,
    key(),
    words("name", 64),
    Column("os_login", String(64)),
    words("email", 100),
    words("full_name", 120),
    words("display_name"),
    sorted_words("sort_name"),
    ref("profile_id", "profiles", nullable=False),
    ref("team_id", "teams"),
    words("time_zone", 64),
    words("language", 8),
    Column("is_active", Boolean(), nullable=False, server_default=true()),
    Column("version", Integer(), nullable=False, server_default=text("1")),
    moment("created_at", nullable=False),
    moment("modified_at", nullable=False),
    UniqueConstraint("os_login"),
)
Index("uq_users_name_folded", func.lower(users.c.name), unique=True)

settings = Table(
    "settings", metadata, Column("name", String(64), primary_key=True), Column("value", Json, nullable=False)
)

user_preferences = Table(
    "user_preferences",
    metadata,
    Column("user_id", Id(), ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("name", String(64), primary_key=True),
    Column("value", Json, nullable=False),
)

counters = Table(
    "counters",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", Integer(), nullable=False),
)

picklist_values = Table(
    "picklist_values",
    metadata,
    key(),
    words("list", 40),
    words("code", 64),
    words("label_en", 100),
    words("label_ja", 100),
    Column("position", Integer(), nullable=False),
    Column("is_active", Boolean(), nullable=False, server_default=true()),
    Column("attributes", Json, nullable=False, server_default=text("'{}'")),
    UniqueConstraint("list", "code"),
)

custom_fields = Table(
    "custom_fields",
    metadata,
    key(),
    words("module", 20),
    words("name", 64),
    words("label_en", 100),
    words("label_ja", 100),
    words("type", 20),
    Column("options", Json, nullable=False, server_default=text("'[]'")),
    Column("position", Integer(), nullable=False, server_default=text("0")),
    flag("is_required"),
    Column("is_active", Boolean(), nullable=False, server_default=true()),
    Column("version", Integer(), nullable=False, server_default=text("1")),
    UniqueConstraint("module", "name"),
)

views = Table(
    "views",
    metadata,
    key(),
    words("module", 20),
    words("name", 100),
    ref("owner_id", "users", nullable=False),
    flag("is_shared"),
    flag("match_any"),
    Column("criteria", Json, nullable=False, server_default=text("'[]'")),
    Column("columns", Json, nullable=False, server_default=text("'[]'")),
    Column("sort", Json, nullable=False, server_default=text("'{}'")),
    Column("version", Integer(), nullable=False, server_default=text("1")),
    moment("created_at", nullable=False),
    moment("modified_at", nullable=False),
    UniqueConstraint("module", "owner_id", "name"),
)
