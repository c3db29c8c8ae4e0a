"""What imports and synchronising leave in the store of the pictures: five imports, two accounts, two runs."""

from collections.abc import Mapping
from datetime import timedelta

from crm_tui.clock import FrozenClock
from crm_tui.domain.actor import Actor
from crm_tui.domain.imports.batches import Batch, Counts, DuplicatePolicy, NewBatch, Origin
from crm_tui.domain.imports.rules import ImportRules
from crm_tui.domain.modules import Module
from crm_tui.domain.sync.accounts import NewSyncAccount, OutlookSettings, SyncAccount, SyncKind, SyncState
from crm_tui.i18n import N_
from crm_tui.mail.holder import this_process
from crm_tui.services.container import Services
from tests.store.taking import incoming

BEFORE = timedelta(hours=3)
"""How long before the pictures all of it begins."""

PEOPLE = "展示会の名簿.csv"
CARDS, FIRMS, BIG = "contacts.vcf", "取引先.xlsx", "customers-2026.csv"
MAILBOX, ORGANISATION = "kato@ours.example", "Zylker"

_HOUR, _TOOK = 3600, 7
"""Seconds between two runs by themselves, and of one."""

_PEOPLE: list[dict[str, object]] = [
    {"last_name": "小川", "first_name": "恵", "email": "ogawa@ogawa.example", "phone": "03-5555-0171"},
    {"last_name": "髙橋", "first_name": "さくら", "email": "sakura@takahashi.example", "title": "本部長"},
    {"last_name": "三浦", "first_name": "大輔", "email": "miura at miura.example", "phone": "06-6666-0172"},
    {"last_name": "", "first_name": "Laura", "email": "laura@harbor.example"},
]
_BIG: list[dict[str, object]] = [
    {"last_name": "Baker", "email": f"b{number}@b.example"} for number in range(6)
]


async def fill_taken_in(services: Services, actor: Actor, clock: FrozenClock) -> None:
    """Take in some files and synchronise twice, and let ``BEFORE`` pass."""
    imports = services.import_batches
    begun = clock.now()
    cards = await _take(services, actor, CARDS, Origin.OUTLOOK_FILE, [_BIG[0]], {"file": "vcf"})
    await imports.finish(actor, cards.id)
    clock.advance(20 * 60)
    firms = await _take(services, actor, FIRMS, Origin.TABLE, [], module=Module.ACCOUNT)
    problem = "The file is another one than when its import was begun."
    await imports.fail(actor, firms.id, problem)
    clock.advance(20 * 60)
    people = await _take(services, actor, PEOPLE, Origin.TABLE, _PEOPLE)
    await imports.finish(actor, people.id)
    await _synchronise(services, actor, clock)
    clock.advance(20 * 60)
    await _take(services, actor, BIG, Origin.TABLE, _BIG[1:], position=8_200)
    clock.advance((begun + BEFORE - clock.now()).total_seconds())


async def _take(
    services: Services,
    actor: Actor,
    name: str,
    origin: Origin,
    rows: list[dict[str, object]],
    settings: Mapping[str, object] | None = None,
    *,
    module: Module = Module.CONTACT,
    position: int = 0,
) -> Batch:
    """Begin an import and take in some rows."""
    total = 20_000 if position else len(rows)
    path = f"/home/kato/Downloads/{name}"
    new = NewBatch(origin, name, path, name.encode().hex()[:16] * 4, module, dict(settings or {}), total)
    batch = await services.import_batches.open(actor, new)
    # The process that takes the pictures stands for the one at work.
    batch = await services.import_batches.start(actor, batch.id, str(this_process()))
    taking = await services.imports.taking(actor, ImportRules(module, DuplicatePolicy.UPDATE), batch)
    if rows:
        await taking.take(incoming(module, rows), position=position or len(rows))
    return batch


async def _synchronise(services: Services, actor: Actor, clock: FrozenClock) -> None:
    """Connect Outlook, which goes well, and Zoho CRM, which doesn't."""
    settings = OutlookSettings("商談", ("contact", "event")).as_settings()
    outlook = NewSyncAccount(SyncKind.OUTLOOK, MAILBOX, "outlook-id", "token", settings, 60)
    account = await services.sync_accounts.connect(actor, outlook)
    await _run(services, actor, clock, account, Counts(created=41, unchanged=3), "")
    again = Counts(created=2, updated=5, unchanged=37, rejected=1, removed=1, shortened=1)
    clock.advance(_HOUR - _TOOK)
    await _run(services, actor, clock, account, again, "")
    zoho = NewSyncAccount(SyncKind.ZOHO, ORGANISATION, "zoho-id", "token")
    account = await services.sync_accounts.connect(actor, zoho)
    await _run(services, actor, clock, account, Counts(created=120), N_("The run was broken off."))


async def _run(
    services: Services,
    actor: Actor,
    clock: FrozenClock,
    account: SyncAccount,
    counts: Counts,
    problem: str,
) -> None:
    holder = str(this_process())
    await services.sync_accounts.take_lease(account.id, holder)
    run = await services.sync_runs.start(actor, account.source, account.id)
    async with services.core.store.write(actor) as uow:
        await services.sync_runs.advance(uow, run, counts, {"contact": counts})
        await uow.commit()
    clock.advance(_TOOK)
    await services.sync_runs.finish(actor, run.id, problem)
    state = SyncState.INTERRUPTED if problem else SyncState.READY
    await services.sync_accounts.set_state(account.id, holder, state, problem)
    await services.sync_accounts.release_leases(holder)
