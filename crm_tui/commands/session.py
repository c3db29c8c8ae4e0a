"""A command's way to the records: the store opened, the acting user signed in, everything closed again."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, TypeVar

from crm_tui.clock import clock, local_zone
from crm_tui.commands.invocation import Invocation
from crm_tui.commands.output import print_note
from crm_tui.domain.actor import Actor
from crm_tui.i18n import _, language, set_language

if TYPE_CHECKING:
    from crm_tui.config import Config
    from crm_tui.services.container import Services

T = TypeVar("T")

INTERRUPTED = 130
"""Exit code after Ctrl+C."""

GRACE = 1.0
"""Seconds that an interrupted command has to close the store."""


@dataclass(frozen=True, slots=True)
class Session:
    """What a command works with.

    Attributes:
        services: The services on the open store.
        actor: Who acts.
        zone: The time zone that times are read and shown in.
    """

    services: "Services"
    actor: Actor
    zone: tzinfo

    @property
    def now(self) -> datetime:
        """The present moment in the agent's zone."""
        return clock().now().astimezone(self.zone)

    @property
    def language(self) -> str:
        """Code of the language that texts are shown in."""
        return language()


def in_session(invocation: Invocation, work: Callable[[Session], Awaitable[T]], *, writes: bool = False) -> T:
    """Run ``work`` with the acting user signed in and return what it returns.

    Args:
        invocation: The options of this run.
        work: Makes the answer.
        writes: A store that was named and doesn't exist yet is made; a command that only reads refuses it.

    Raises:
        CrmError: The configuration is wrong, the store can't be opened, nobody may act, or ``work`` fails.
    """
    config = invocation.load_config()
    try:
        return asyncio.run(_run(config, invocation, work, writes))
    except asyncio.CancelledError as error:
        raise KeyboardInterrupt from error


async def _run(
    config: "Config", invocation: Invocation, work: Callable[[Session], Awaitable[T]], writes: bool
) -> T:
    from crm_tui import bootstrap, logs
    from crm_tui.config import default_store_url

    logs.configure(config.log.level)
    _end_when_interrupted()
    create = writes or config.store.url == default_store_url()
    services = await bootstrap.open_services(config, create=create)
    try:
        actor = await bootstrap.sign_in(services, config, invocation.user)
        actor = replace(actor, zone=config.locale.time_zone or actor.zone)
        if actor.language and not config.ui.language:
            set_language(actor.language)
        return await work(Session(services, actor, local_zone(actor.zone)))
    finally:
        await services.close()


def _end_when_interrupted() -> None:
    """Let Ctrl+C undo what isn't committed, and end the program even while SQLite waits for a lock."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()

    def interrupted() -> None:
        if task is not None:
            task.cancel()
        loop.call_later(GRACE, give_up)

    def give_up() -> None:
        # The wait is in a thread that nothing wakes; a store survives a process that is gone at once.
        print_note(_("Interrupted."))
        os._exit(INTERRUPTED)

    loop.add_signal_handler(signal.SIGINT, interrupted)
