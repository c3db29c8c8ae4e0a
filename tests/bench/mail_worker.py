"""The worker of the mail measurements: ``python -m tests.bench.mail_worker FOLDER PORT USER WHAT``."""

import asyncio
import sys
from pathlib import Path

from crm_tui.clock import SystemClock
from crm_tui.domain.actor import Actor
from crm_tui.domain.mail import NewMailAccount, Tls
from crm_tui.mail.worker import MailWorker
from crm_tui.services.container import Services
from crm_tui.services.core import Core
from crm_tui.store import maintenance
from crm_tui.store.store import Store
from crm_tui.store.url import StoreUrl, parse_store_url


async def _main(base: Path, port: int, user: str, what: str) -> None:
    url = parse_store_url(f"sqlite:///{base / 'crm.db'}")
    if what == "prepare":
        await asyncio.to_thread(base.mkdir, 0o700)
        await maintenance.upgrade(url)
    services = await _open(url, base)
    try:
        if what == "prepare":
            await services.users.set_up("root")
            await services.mail_accounts.add(await services.users.sign_in("root"), _account(port, user))
        else:
            await _work(services, await services.users.sign_in("root"), what)
    finally:
        await services.close()


async def _work(services: Services, actor: Actor, what: str) -> None:
    worker = MailWorker(services, actor, "the worker", ["127.0.0.1"])
    if what == "watch":
        await worker.run()
    elif what == "once":
        (account,) = await services.mail_accounts.own(actor)
        await worker.once(account)


async def _open(url: StoreUrl, base: Path) -> Services:
    clock = SystemClock()
    services = Services.on(Core(Store(url, clock), clock, key_file=base / "mail.key"))
    await services.settings.load()
    return services


def _account(port: int, user: str) -> NewMailAccount:
    # Not at the top: it brings pytest along, whose start is none of the worker's.
    from tests.mail.dovecot import PASSWORD

    return NewMailAccount(
        "agent@ours.example", "127.0.0.1", port=port, tls=Tls.NONE, login=user, password=PASSWORD
    )


if __name__ == "__main__":
    asyncio.run(_main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]))
