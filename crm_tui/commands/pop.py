"""``crm-tui pop``: a telephone system says who calls an agent."""

from typing import TYPE_CHECKING

import click

from crm_tui.commands.answer import Answer, Json, Table
from crm_tui.commands.framework import CrmCommand, option
from crm_tui.commands.invocation import Invocation
from crm_tui.commands.json import time_json
from crm_tui.commands.naming import find_user
from crm_tui.commands.session import Session, in_session
from crm_tui.domain.modules import SINGULAR
from crm_tui.errors import NotFound
from crm_tui.i18n import N_, _

if TYPE_CHECKING:
    from crm_tui.domain.pops import Match, Pop


@click.command(
    cls=CrmCommand, help=N_("Tell an agent's open console who calls; a telephone system runs this.")
)
@click.argument("number")
@option("--agent", metavar="NAME", required=True, help=N_("The user whose telephone rings."))
@option("--missed", is_flag=True, help=N_("The caller has hung up: log a missed call of this agent."))
@click.pass_obj
def pop(invocation: Invocation, number: str, agent: str, missed: bool) -> Answer:
    """Announce a caller to an agent."""

    async def work(session: Session) -> Answer:
        told = await _user(session, agent)
        offered = await session.services.pops.offer(session.actor, told, number, missed=missed)
        return _answer(session, offered)

    # A slip in the address must not make an empty store in which nobody is told of anything.
    return in_session(invocation, work)


async def _user(session: Session, agent: str) -> str:
    """Return the id of a user by login, full name or mail address; the service says that there is none."""
    try:
        return (await find_user(session, agent)).id
    except NotFound:
        return agent


def _answer(session: Session, offered: "Pop") -> Answer:
    agent = offered.agent
    data: dict[str, Json] = {
        "id": offered.id,
        "agent": {"module": agent.module.value, "id": agent.id, "name": agent.name},
        "number": offered.number.text or None,
        "e164": offered.number.international,
        "matches": [_match(match) for match in offered.matches],
        "missed": offered.is_missed,
        "call": offered.call_id or None,
        "at": time_json(offered.at, session.zone),
        "expires_at": time_json(offered.expires_at, session.zone),
    }
    header = (_("Module"), _("Name"), _("Company"))
    rows = [(_(SINGULAR[match.ref.module]), match.ref.name, match.company) for match in offered.matches]
    said = _("%(agent)s was told of the caller.") % {"agent": agent.name}
    nobody = () if rows else (_("Nobody with this number is known."),)
    return Answer(data, Table(header, rows), [data], below=(*nobody, said))


def _match(match: "Match") -> dict[str, Json]:
    return {
        "module": match.ref.module.value,
        "id": match.ref.id,
        "name": match.ref.name,
        "company": match.company or None,
    }
