"""People to be called one after the other, and the steps of agents who do."""

from collections.abc import Mapping

from crm_tui.domain.actor import Actor
from crm_tui.domain.call import Call, StartCall
from crm_tui.domain.modules import Area, Module
from crm_tui.domain.queue import QueueRun
from crm_tui.domain.queue_sources import view_source
from crm_tui.domain.records import Record, Ref
from crm_tui.domain.views import find_built_in
from crm_tui.services.container import Services

BUSY = "no_response_busy"


async def add_lead(services: Services, actor: Actor, name: str, **values: object) -> Record:
    """Add a lead with a number in Tokyo, unless ``values`` say otherwise."""
    known: Mapping[str, object] = {"company": "Acme", "phone": f"03-1234-{5000 + len(name):04d}"}
    return (await services.leads.create(actor, {"last_name": name, **known, **values})).record


async def add_leads(services: Services, actor: Actor, number: int, **values: object) -> list[Record]:
    """Add leads whose names are in order."""
    return [await add_lead(services, actor, f"Lead {place:03d}", **values) for place in range(number)]


async def start(services: Services, actor: Actor, view: str = "all", *, anew: bool = False) -> QueueRun:
    """Start or join the queue of a built-in view of leads."""
    found = find_built_in(Area.LEAD, view)
    assert found is not None
    return await services.queue.start(actor, view_source(found), anew=anew)


async def take(services: Services, actor: Actor, run: QueueRun) -> str:
    """Take the next record and return its name, "" for nobody."""
    offer = await services.queue.next(actor, run.id)
    return offer.record.name if offer is not None else ""


async def call(services: Services, actor: Actor, who: Ref, result: str = "interested") -> Call:
    """Call somebody and save the call."""
    running = await services.calls.start(actor, StartCall(who=who))
    return await services.calls.save(actor, running.id, {"result": result})


async def ref_of(services: Services, actor: Actor, name: str) -> Ref:
    """Return the lead of a name."""
    return (await services.records(Module.LEAD).resolve(actor, name)).ref
