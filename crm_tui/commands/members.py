"""Members of campaigns, as commands print them."""

from collections.abc import Sequence

from crm_tui.commands.answer import Json, Table
from crm_tui.commands.json import ref_json, time_json, value_json
from crm_tui.commands.session import Session
from crm_tui.commands.shown import shown
from crm_tui.domain.members import ADDED_AT, RESPONSE_STATUS, Membership
from crm_tui.domain.modules import SINGULAR
from crm_tui.domain.records import ListRow, Ref
from crm_tui.i18n import _


def member_json(session: Session, of: Ref, row: ListRow) -> dict[str, Json]:
    """Return a row of the members of campaign ``of``."""
    return {
        "campaign": ref_json(of),
        "member": ref_json(Ref(row.module, row.id, row.name)),
        "response_status": value_json(row.values["response_status"], session.zone),
        "added_at": value_json(row.values["added_at"], session.zone),
        "version": row.version,
    }


def members_table(session: Session, rows: Sequence[ListRow]) -> Table:
    """Return members for people."""
    header = (_("Name"), _("Module"), _(RESPONSE_STATUS.label), _(ADDED_AT.label))
    cells = [
        (
            row.name,
            _(SINGULAR[row.module]),
            *(shown(session, field, row.values[field.name]) for field in (RESPONSE_STATUS, ADDED_AT)),
        )
        for row in rows
    ]
    return Table(header, cells)


def membership_json(session: Session, one: Membership) -> dict[str, Json]:
    """Return one membership."""
    return {
        "campaign": ref_json(one.campaign),
        "member": ref_json(one.member),
        "response_status": one.response_status,
        "added_at": time_json(one.added_at, session.zone),
        "version": one.version,
    }
