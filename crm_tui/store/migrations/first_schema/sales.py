"""Deals, leads, campaign members."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from crm_tui.store.models import types


def create() -> None:
    """Create the tables and their indexes."""
    op.create_table(
        "deals",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("modified_at", types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("modified_by_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("owner_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("deleted_at", types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("display_name", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "sort_name",
            sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
            server_default="",
            nullable=False,
        ),
        sa.Column(
            "custom",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=120), server_default="", nullable=False),
        sa.Column("account_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("contact_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("stage", sa.String(length=64), server_default="", nullable=False),
        sa.Column("stage_kind", sa.String(length=10), server_default="", nullable=False),
        sa.Column("amount", types.Money(), nullable=True),
        sa.Column("probability", sa.Integer(), nullable=True),
        sa.Column("closing_date", sa.Date(), nullable=True),
        sa.Column("next_step", sa.String(length=100), server_default="", nullable=False),
        sa.Column("source", sa.String(length=64), server_default="", nullable=False),
        sa.Column("campaign_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("stage_changed_at", types.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_deals_account_id")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_deals_campaign_id")),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_deals_contact_id")),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_deals_created_by_id")),
        sa.ForeignKeyConstraint(["modified_by_id"], ["users.id"], name=op.f("fk_deals_modified_by_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_deals_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deals")),
    )
    with op.batch_alter_table("deals", schema=None) as batch_op:
        batch_op.create_index(
            "ix_deals_stage_modified_at_id",
            ["stage", "modified_at", "id"],
            unique=False,
            sqlite_where=sa.text("deleted_at IS NULL"),
            postgresql_where=sa.text("deleted_at IS NULL"),
        )
        batch_op.create_index(
            "ix_deals_created_at_id",
            ["created_at", "id"],
            unique=False,
            sqlite_where=sa.text("deleted_at IS NULL"),
            postgresql_where=sa.text("deleted_at IS NULL"),
        )
        batch_op.create_index(
            "ix_deals_owner_id_modified_at_id",
            ["owner_id", "modified_at", "id"],
            unique=False,
            sqlite_where=sa.text("deleted_at IS NULL"),
            postgresql_where=sa.text("deleted_at IS NULL"),
        )
        batch_op.create_index("ix_deals_account_id", ["account_id"], unique=False)
        batch_op.create_index("ix_deals_campaign_id", ["campaign_id"], unique=False)
        batch_op.create_index("ix_deals_contact_id", ["contact_id"], unique=False)
        batch_op.create_index("ix_deals_display_name", ["display_name"], unique=False)
        batch_op.create_index(
            "ix_deals_modified_at_id",
            ["modified_at", "id"],
            unique=False,
            sqlite_where=sa.text("deleted_at IS NULL"),
            postgresql_where=sa.text("deleted_at IS NULL"),
        )
        batch_op.create_index(
            "ix_deals_owner_id_sort_name_id",
            ["owner_id", "sort_name", "id"],
            unique=False,
            sqlite_where=sa.text("deleted_at IS NULL"),
            postgresql_where=sa.text("deleted_at IS NULL"),
        )
        batch_op.create_index(
            "ix_deals_sort_name_id",
            ["sort_name", "id"],
            unique=False,
            sqlite_where=sa.text("deleted_at IS NULL"),
            postgresql_where=sa.text("deleted_at IS NULL"),
        )
    op.create_table(
        "deal_contacts",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("deal_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("contact_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("role", sa.String(length=100), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_deal_contacts_contact_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["deal_id"], ["deals.id"], name=op.f("fk_deal_contacts_deal_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deal_contacts")),
        sa.UniqueConstraint("deal_id", "contact_id", name=op.f("uq_deal_contacts_deal_id_contact_id")),
    )
    with op.batch_alter_table("deal_contacts", schema=None) as batch_op:
        batch_op.create_index("ix_deal_contacts_contact_id", ["contact_id"], unique=False)
    op.create_table(
        "leads",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("modified_at", types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("modified_by_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("owner_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("deleted_at", types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("display_name", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "sort_name",
            sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
            server_default="",
            nullable=False,
        ),
        sa.Column(
            "custom",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("first_name", sa.String(length=40), server_default="", nullable=False),
        sa.Column("last_name", sa.String(length=80), server_default="", nullable=False),
        sa.Column("first_name_kana", sa.String(length=80), server_default="", nullable=False),
        sa.Column("last_name_kana", sa.String(length=80), server_default="", nullable=False),
        sa.Column("title", sa.String(length=100), server_default="", nullable=False),
        sa.Column("email", sa.String(length=100), server_default="", nullable=False),
        sa.Column("mobile", sa.String(length=30), server_default="", nullable=False),
        sa.Column("fax", sa.String(length=30), server_default="", nullable=False),
        sa.Column("do_not_call", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("company", sa.String(length=100), server_default="", nullable=False),
        sa.Column("phone", sa.String(length=30), server_default="", nullable=False),
        sa.Column("website", sa.String(length=120), server_default="", nullable=False),
        sa.Column("status", sa.String(length=64), server_default="", nullable=False),
        sa.Column("source", sa.String(length=64), server_default="", nullable=False),
        sa.Column("industry", sa.String(length=100), server_default="", nullable=False),
        sa.Column("street", sa.String(length=250), server_default="", nullable=False),
        sa.Column("city", sa.String(length=30), server_default="", nullable=False),
        sa.Column("state", sa.String(length=30), server_default="", nullable=False),
        sa.Column("postal_code", sa.String(length=30), server_default="", nullable=False),
        sa.Column("country", sa.String(length=30), server_default="", nullable=False),
        sa.Column("converted_at", types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("converted_contact_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("converted_account_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("converted_deal_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.ForeignKeyConstraint(
            ["converted_account_id"], ["accounts.id"], name=op.f("fk_leads_converted_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["converted_contact_id"], ["contacts.id"], name=op.f("fk_leads_converted_contact_id")
        ),
        sa.ForeignKeyConstraint(["converted_deal_id"], ["deals.id"], name=op.f("fk_leads_converted_deal_id")),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_leads_created_by_id")),
        sa.ForeignKeyConstraint(["modified_by_id"], ["users.id"], name=op.f("fk_leads_modified_by_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_leads_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leads")),
    )
    with op.batch_alter_table("leads", schema=None) as batch_op:
        batch_op.create_index(
            "ix_leads_status_sort_name_id",
            ["status", "sort_name", "id"],
            unique=False,
            sqlite_where=sa.text("deleted_at IS NULL"),
            postgresql_where=sa.text("deleted_at IS NULL"),
        )
        batch_op.create_index(
            "ix_leads_created_at_id",
            ["created_at", "id"],
            unique=False,
            sqlite_where=sa.text("deleted_at IS NULL"),
            postgresql_where=sa.text("deleted_at IS NULL"),
        )
        batch_op.create_index(
            "ix_leads_company_id",
            ["company", "id"],
            unique=False,
            sqlite_where=sa.text("deleted_at IS NULL"),
            postgresql_where=sa.text("deleted_at IS NULL"),
        )
        batch_op.create_index(
            "ix_leads_company_sort_name_id",
            ["company", "sort_name", "id"],
            unique=False,
            sqlite_where=sa.text("deleted_at IS NULL"),
            postgresql_where=sa.text("deleted_at IS NULL"),
        )
        batch_op.create_index(
            "ix_leads_email_id",
            ["email", "id"],
            unique=False,
            sqlite_where=sa.text("deleted_at IS NULL"),
            postgresql_where=sa.text("deleted_at IS NULL"),
        )
        batch_op.create_index("ix_leads_display_name", ["display_name"], unique=False)
        batch_op.create_index(
            "ix_leads_modified_at_id",
            ["modified_at", "id"],
            unique=False,
            sqlite_where=sa.text("deleted_at IS NULL"),
            postgresql_where=sa.text("deleted_at IS NULL"),
        )
        batch_op.create_index(
            "ix_leads_owner_id_sort_name_id",
            ["owner_id", "sort_name", "id"],
            unique=False,
            sqlite_where=sa.text("deleted_at IS NULL"),
            postgresql_where=sa.text("deleted_at IS NULL"),
        )
        batch_op.create_index(
            "ix_leads_sort_name_id",
            ["sort_name", "id"],
            unique=False,
            sqlite_where=sa.text("deleted_at IS NULL"),
            postgresql_where=sa.text("deleted_at IS NULL"),
        )
    op.create_table(
        "campaign_members",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("campaign_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("lead_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("contact_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("response_status", sa.String(length=64), server_default="", nullable=False),
        sa.Column("added_at", types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("added_by_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "(lead_id IS NULL) <> (contact_id IS NULL)", name=op.f("ck_campaign_members_one_member")
        ),
        sa.ForeignKeyConstraint(["added_by_id"], ["users.id"], name=op.f("fk_campaign_members_added_by_id")),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaigns.id"],
            name=op.f("fk_campaign_members_campaign_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_campaign_members_contact_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["lead_id"], ["leads.id"], name=op.f("fk_campaign_members_lead_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_members")),
        sa.UniqueConstraint(
            "campaign_id", "contact_id", name=op.f("uq_campaign_members_campaign_id_contact_id")
        ),
        sa.UniqueConstraint("campaign_id", "lead_id", name=op.f("uq_campaign_members_campaign_id_lead_id")),
    )
    with op.batch_alter_table("campaign_members", schema=None) as batch_op:
        batch_op.create_index("ix_campaign_members_contact_id", ["contact_id"], unique=False)
        batch_op.create_index("ix_campaign_members_lead_id", ["lead_id"], unique=False)
