"""``crm-tui task``: tasks, with what is done to them beside editing."""

import click

from crm_tui.commands.answer import Answer
from crm_tui.commands.framework import CrmCommand, option
from crm_tui.commands.invocation import Invocation
from crm_tui.commands.records import record_group, saved_answer
from crm_tui.commands.session import Session, in_session
from crm_tui.domain.modules import Module
from crm_tui.i18n import N_

task = record_group(Module.TASK)


@task.command("complete", cls=CrmCommand, help=N_("Mark a task as completed."))
@click.argument("task_name", metavar="TASK")
@click.pass_obj
def complete(invocation: Invocation, task_name: str) -> Answer:
    """Complete a task."""

    async def work(session: Session) -> Answer:
        service = session.services.tasks
        found = await service.resolve(session.actor, task_name)
        return saved_answer(session, await service.complete(session.actor, found.id))

    return in_session(invocation, work, writes=True)


@task.command("reschedule", cls=CrmCommand, help=N_("Move a task to another day."))
@click.argument("task_name", metavar="TASK")
@option("--at", metavar="T", required=True, help=N_("Such as 2026-11-25, fri or +2d."))
@click.pass_obj
def reschedule(invocation: Invocation, task_name: str, at: str) -> Answer:
    """Change the due date of a task."""

    async def work(session: Session) -> Answer:
        service = session.services.tasks
        found = await service.resolve(session.actor, task_name)
        return saved_answer(session, await service.reschedule(session.actor, found.id, at))

    return in_session(invocation, work, writes=True)
