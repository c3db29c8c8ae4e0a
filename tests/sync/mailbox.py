"""An agent whose mailbox of Outlook is connected, on a fake Microsoft Graph."""

from dataclasses import dataclass, field, replace
from typing import Any

from crm_tui.domain.actor import Actor
from crm_tui.domain.imports.batches import Counts, Preview
from crm_tui.domain.modules import Module
from crm_tui.domain.paging import PageRequest
from crm_tui.domain.queries import ListQuery
from crm_tui.domain.records import Record
from crm_tui.domain.sync.accounts import OutlookSettings, SyncAccount
from crm_tui.domain.sync.runs import SyncRun
from crm_tui.domain.sync.servers import OutlookServer
from crm_tui.services.container import Services
from crm_tui.sync.account_runs import preview_account, run_account
from crm_tui.sync.outlook.connecting import begin, finish
from tests.fakes.graph import FakeGraph
from tests.fakes.graph_mailbox import Mailbox


@dataclass
class Connected:
    """What a test works with.

    Attributes:
        pauses: Seconds that runs waited, instead of waiting.
    """

    services: Services
    actor: Actor
    graph: FakeGraph
    account_id: str = ""
    pauses: list[float] = field(default_factory=list)

    @property
    def box(self) -> Mailbox:
        """The mailbox."""
        return self.graph.mailbox

    async def account(self) -> SyncAccount:
        """Return the connection as it is now."""
        return await self.services.sync_accounts.get(self.actor, self.account_id)

    async def connect(self, **settings: Any) -> SyncAccount:
        """Sign in by a code."""
        connecting = await begin(self.services, self.actor)
        chosen = OutlookSettings(**settings)
        account = await finish(self.services, self.actor, connecting, chosen, self.pause)
        self.account_id = account.id
        return account

    async def run(self, *what: str) -> SyncRun:
        """Synchronise now."""
        return await run_account(self.services, self.actor, await self.account(), what=what, pause=self.pause)

    async def preview(self, *what: str) -> Preview:
        """Make a dry run."""
        return await preview_account(
            self.services, self.actor, await self.account(), what=what, pause=self.pause
        )

    async def records(self, module: Module) -> list[Record]:
        """Return all records of a module, whole."""
        service = self.services.records(module)
        page = await service.list(self.actor, ListQuery(()), PageRequest(limit=200))
        return [await service.get(self.actor, row.id) for row in page.rows]

    async def names(self, module: Module) -> list[str]:
        """Return the names of all records of a module, sorted."""
        return sorted(record.name for record in await self.records(module))

    async def pause(self, seconds: float) -> None:
        """Take note instead of waiting."""
        self.pauses.append(seconds)


def use_graph(services: Services, graph: FakeGraph, **server: Any) -> None:
    """Let services ask a fake Graph."""
    here = OutlookServer("client-1", graph_url=graph.url, login_url=graph.url)
    services.core.outlook = replace(here, **server)
    services.core.allow_hosts = ("127.0.0.1",)


def changed(counts: Counts) -> tuple[int, int, int]:
    """Return how many items were added, changed and left as they are."""
    return counts.created, counts.updated, counts.unchanged
