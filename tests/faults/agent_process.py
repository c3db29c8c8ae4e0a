"""Agents at work in processes of their own, to be killed at any moment.

What the store has acknowledged is told as one line of JSON on a pipe, after the fact and never before.
"""

import asyncio
import json
import os
import signal
from dataclasses import dataclass, field

from crm_tui.clock import SystemClock
from crm_tui.domain.actor import Actor
from crm_tui.domain.call import StartCall
from crm_tui.domain.modules import Module
from crm_tui.domain.records import Ref
from crm_tui.services.container import Services
from crm_tui.services.core import Core
from crm_tui.store.store import Store
from crm_tui.store.url import StoreUrl


@dataclass
class AgentProcess:
    """One agent's process.

    Attributes:
        told: What it had acknowledged so far: ``[what, call id, text]``.
    """

    pid: int
    pipe: int
    told: list[list[str]] = field(default_factory=list)
    _rest: bytes = b""

    def listen(self) -> bool:
        """Take in what was acknowledged; return False when the process is gone."""
        data = os.read(self.pipe, 65536)
        *lines, self._rest = (self._rest + data).split(b"\n")
        self.told += [json.loads(line) for line in lines]
        return bool(data)

    def kill(self) -> None:
        """End it as the kernel does, and hear what it had said by then."""
        os.kill(self.pid, signal.SIGKILL)
        while self.listen():
            pass
        os.close(self.pipe)
        os.waitpid(self.pid, 0)


def start_agent(url: StoreUrl, name: str, contact: str) -> AgentProcess:
    """Start a process in which agent ``name`` calls a contact again and again."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reader)
            asyncio.run(_work(url, name, contact, writer))
        finally:
            os._exit(1)
    os.close(writer)
    return AgentProcess(child, reader)


async def _work(url: StoreUrl, name: str, contact: str, writer: int) -> None:
    clock = SystemClock()
    services = Services.on(Core(Store(url, clock), clock))
    await services.settings.load()
    actor = await services.users.sign_in(name)

    def tell(what: str, call_id: str, text: str = "") -> None:
        os.write(writer, f"{json.dumps([what, call_id, text])}\n".encode())

    who = Ref(Module.CONTACT, contact, "")
    while True:
        running = await services.calls.running(actor)
        if running is None:
            running = await services.calls.start(actor, StartCall(who=who))
            tell("started", running.id)
        await _type_stop_and_save(services, actor, running.id, tell)


async def _type_stop_and_save(services: Services, actor: Actor, call_id: str, tell: object) -> None:
    assert callable(tell)
    key = f"call:{call_id}"
    kept = await services.drafts.load(actor, key) or {}
    typed = kept.get("description", "")
    for _stroke in range(3):
        typed += "あ"
        await services.drafts.save(actor, key, {"description": typed})
        tell("typed", call_id, typed)
    call = await services.calls.get(actor, call_id)
    if call.is_running:
        await services.calls.stop(actor, call_id)
        tell("stopped", call_id)
    await services.calls.save(actor, call_id, {"description": typed, "result": "interested"})
    tell("saved", call_id, typed)
