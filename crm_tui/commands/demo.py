"""``crm-tui demo``: a store full of sample data, English and Japanese."""

import click

from crm_tui.commands.answer import Answer
from crm_tui.commands.framework import CrmCommand, option
from crm_tui.commands.invocation import Invocation
from crm_tui.commands.output import print_note, print_progress
from crm_tui.commands.session import Session, in_session
from crm_tui.domain.modules import PARENTS
from crm_tui.domain.queries import ListQuery
from crm_tui.i18n import N_, _

RECORDS = 2_000
LARGEST = 2_000_000


@click.command(
    cls=CrmCommand,
    help=N_("Fill a store of its own with sample data, English and Japanese, and open the console on it."),
)
@option(
    "--seed",
    type=click.IntRange(0, 2**31 - 1),
    default=1,
    show_default=True,
    metavar="N",
    help=N_("The same number makes the same data."),
)
@option(
    "--records",
    type=click.IntRange(1, LARGEST),
    default=RECORDS,
    show_default=True,
    metavar="N",
    help=N_("Leads and contacts to make; all else in proportion."),
)
@option("--no-open", is_flag=True, help=N_("Don't open the console afterwards."))
@click.pass_obj
def demo(invocation: Invocation, seed: int, records: int, no_open: bool) -> Answer | int:
    """Fill a store that has no records yet; one that has some is opened as it is."""
    from crm_tui.config import data_dir
    from crm_tui.environment import require_terminal

    if not no_open:
        require_terminal()
    if "store.url" not in invocation.load_config().sources:
        invocation.store = f"sqlite:///{data_dir().absolute() / 'demo.db'}"

    async def work(session: Session) -> bool:
        if not await _is_empty(session):
            print_note(_("The store has records already; it is kept as it is."))
            return False
        from crm_tui.demo import fill

        await fill(session.services, session.actor, seed=seed, records=records, progress=print_progress)
        return True

    filled = in_session(invocation, work, writes=True)
    if no_open:
        return Answer(
            {
                "store": invocation.load_config().store.url,
                "filled": filled,
                "seed": seed,
                "records": records if filled else 0,
            }
        )
    from crm_tui.commands.console import open_console

    return open_console(invocation)


async def _is_empty(session: Session) -> bool:
    for module in PARENTS:
        count = await session.services.records(module).count(session.actor, ListQuery(), 1)
        if count.number:
            return False
    return True
