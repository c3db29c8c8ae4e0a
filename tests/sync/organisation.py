"""An agent who has connected an organisation of Zoho CRM."""

from dataclasses import dataclass, field, replace

from crm_tui.domain.actor import Actor
from crm_tui.domain.imports.batches import Preview
from crm_tui.domain.modules import Module
from crm_tui.domain.paging import PageRequest
from crm_tui.domain.queries import ListQuery
from crm_tui.domain.records import Record
from crm_tui.domain.sync.accounts import SyncAccount
from crm_tui.domain.sync.runs import SyncRun
from crm_tui.services.container import Services
from crm_tui.sync.account_runs import preview_account, run_account
from crm_tui.sync.zoho.signing_in import Client, connect
from tests.fakes.zoho import FakeZoho

ACCOUNT = {"name": "Zylker", "id": "5725767000000524100"}
CLIENT = Client("1000.CLIENT", "secret", code="1000.code")


@dataclass
class Organisation:
    """An agent who has connected an organisation of Zoho CRM."""

    services: Services
    actor: Actor
    zoho: FakeZoho
    account_id: str = ""
    pauses: list[float] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    async def connect(self, client: Client = CLIENT) -> SyncAccount:
        account = await connect(self.services, self.actor, client)
        self.account_id = account.id
        return account

    async def account(self) -> SyncAccount:
        return await self.services.sync_accounts.get(self.actor, self.account_id)

    async def run(self, *what: str, full: bool = False) -> SyncRun:
        account = await self.account()
        account = replace(account, cursors={}) if full else account
        return await run_account(
            self.services, self.actor, account, what=what, pause=self.pause, notes=self.notes
        )

    async def preview(self) -> Preview:
        return await preview_account(self.services, self.actor, await self.account(), pause=self.pause)

    async def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)

    async def names(self, module: Module) -> dict[str, Record]:
        service = self.services.records(module)
        page = await service.list(self.actor, ListQuery(columns=()), PageRequest(limit=500))
        return {row.name: await service.get(self.actor, row.id) for row in page.rows}
