"""From a configuration to an open store and somebody who is signed in, without a terminal."""

import asyncio
import importlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from crm_tui.config import Config
from crm_tui.domain.actor import Actor
from crm_tui.domain.call import Call

if TYPE_CHECKING:
    from crm_tui.services.container import Services
    from crm_tui.services.drafts import Draft

SAMPLE_RECORDS = 500
"""Leads and contacts in the sample data of a first start, which takes a few seconds."""

SQLITE_PREFIX = "sqlite:///"

Progress = Callable[[int, int], None]
"""Called with the records made so far and the records to make."""


@dataclass(frozen=True, slots=True)
class Opened:
    """An open store, and who uses it.

    Attributes:
        running: The call of this agent that is not saved yet.
        chosen_person: Whom the draft of that call names, "" if nobody.
        drafts: How many unsaved texts wait for the agent.
    """

    services: "Services"
    actor: Actor
    running: Call | None
    chosen_person: str
    drafts: int


def is_new_store(config: Config) -> bool:
    """Return whether the store is a private file that doesn't exist yet."""
    url = config.store.url
    return url.startswith(SQLITE_PREFIX) and not Path(url.removeprefix(SQLITE_PREFIX)).exists()


async def open_store(config: Config, as_user: str | None, *, create: bool) -> Opened:
    """Open the store and sign in.

    Args:
        config: Where the store is.
        as_user: A user to act as, where the account of the operating system owns the store.
        create: Make the store; the account of the operating system becomes its first administrator.

    Raises:
        StoreUnavailable: The store can't be used.
        NotSignedIn: The account is no enabled user.
    """
    # The import takes longer than everything else at start; in a thread it leaves the console painted.
    bootstrap = await asyncio.to_thread(importlib.import_module, "crm_tui.bootstrap")
    services: Services = await bootstrap.open_services(config, create=create)
    try:
        await services.watch()
        actor: Actor = await bootstrap.sign_in(services, config, as_user)
        actor = replace(actor, zone=config.locale.time_zone or actor.zone)
        running = await services.calls.running(actor)
        drafts = await services.drafts.pending(actor)
    except BaseException:
        await services.close()
        raise
    return Opened(
        services, actor, running, _chosen_person(running, drafts), sum(not draft.is_live for draft in drafts)
    )


def _chosen_person(running: Call | None, drafts: Sequence["Draft"]) -> str:
    """Return the name in the draft of the running call; a chosen record stands there as module:id:name."""
    key = f"call:{running.id}" if running is not None else ""
    raw = next((draft.payload.get("who", "") for draft in drafts if draft.key == key), "")
    return "" if raw.startswith("?") else raw.split(":", 2)[-1]


async def fill_with_samples(opened: Opened, progress: Progress) -> None:
    """Put sample data, English and Japanese, into an empty store."""
    demo = await asyncio.to_thread(importlib.import_module, "crm_tui.demo")
    await demo.fill(opened.services, opened.actor, records=SAMPLE_RECORDS, progress=progress)
