"""``crm-tui MODULE assign``: records get another owner."""

import click

from crm_tui.commands.answer import Answer
from crm_tui.commands.framework import CrmCommand, option
from crm_tui.commands.invocation import Invocation
from crm_tui.commands.session import Session, in_session
from crm_tui.domain.modules import Module
from crm_tui.i18n import N_


def assign_command(module: Module) -> click.Command:
    """Return the ``assign`` command of a module."""

    @click.command("assign", cls=CrmCommand, help=N_("Give records to another owner, all or none."))
    @click.argument("records", metavar="RECORD...", nargs=-1, required=True)
    @option("--to", "owner", metavar="USER", required=True, help=N_("Name or mail address of a user."))
    @click.pass_obj
    def assign(invocation: Invocation, records: tuple[str, ...], owner: str) -> Answer:
        async def work(session: Session) -> Answer:
            service, bulk = session.services.records(module), session.services.bulk
            found = [(await service.resolve(session.actor, text)).id for text in dict.fromkeys(records)]
            targets = await bulk.choose(session.actor, module, found)
            result = await bulk.assign(session.actor, targets, owner)
            numbers = {"assigned": result.done, "unchanged": result.unchanged, "left_out": result.left_out}
            return Answer({**numbers, "ids": found})

        return in_session(invocation, work, writes=True)

    return assign
