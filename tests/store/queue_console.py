"""A process that takes a record of a call queue and does nothing more, to be killed."""

import asyncio
import sys

from crm_tui.clock import FrozenClock
from crm_tui.store.url import parse_store_url
from tests.store.conftest import open_services


async def main(url: str, name: str, run_id: str) -> None:
    services = await open_services(parse_store_url(url), FrozenClock())
    actor = await services.users.sign_in(name)
    offer = await services.queue.next(actor, run_id)
    sys.stdout.write(f"{offer.record.name if offer else ''}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:4]))
