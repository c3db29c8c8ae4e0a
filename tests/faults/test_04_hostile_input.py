"""Fault 1, before the terminal: hostile text through every door of the services, on both databases.

Whatever is typed, each door answers with a result or a sentence; none takes it for a broken store.
"""

from collections.abc import Awaitable, Callable

import pytest

from crm_tui.domain.actor import Actor
from crm_tui.domain.call import StartCall
from crm_tui.domain.modules import PARENTS, Module
from crm_tui.domain.paging import PageRequest
from crm_tui.domain.queries import Criterion, ListQuery, Op, Sort
from crm_tui.domain.records import Ref
from crm_tui.errors import CrmError, StoreUnavailable
from crm_tui.services.container import Services
from tests.faults.hostile import PAYLOAD
from tests.store.samples import LEAST, NAME_FIELD

TEXTS = (
    PAYLOAD,
    "\ud800",
    "\x00",
    "a\x00b",
    "'; DROP TABLE contacts; --",
    "%_\\",
    "x" * 100_000,
    "\ud83d",
    "９" * 400,
)

Door = Callable[[Services, Actor, str], Awaitable[object]]


def listed(criterion: Callable[[str], Criterion]) -> Door:
    return lambda s, a, t: s.contacts.list(a, ListQuery(criteria=(criterion(t),)), PageRequest())


DOORS: dict[str, Door] = {
    "find": lambda s, a, t: s.search.find(a, t),
    "filter": lambda s, a, t: s.contacts.list(a, ListQuery(text=t), PageRequest()),
    "filter activities": lambda s, a, t: s.activities.list(a, ListQuery(text=t), PageRequest()),
    "resolve": lambda s, a, t: s.contacts.resolve(a, t),
    "resolve a case": lambda s, a, t: s.cases.resolve(a, t),
    "get": lambda s, a, t: s.contacts.get(a, t),
    "update": lambda s, a, t: s.contacts.update(a, t, {"title": "x"}),
    "delete": lambda s, a, t: s.contacts.delete(a, [t]),
    "call": lambda s, a, t: s.calls.get(a, t),
    "stop": lambda s, a, t: s.calls.stop(a, t),
    "activity": lambda s, a, t: s.activities.get(a, t),
    "related": lambda s, a, t: s.activities.related(
        a, Ref(Module.CONTACT, t, t), False, Sort("due_at"), PageRequest()
    ),
    "history": lambda s, a, t: s.audit.list(a, record=Ref(Module.CONTACT, t, t)),
    "link by text": lambda s, a, t: s.contacts.create(a, {"last_name": "Sato", "account": t}),
    "link by id": lambda s, a, t: s.contacts.create(
        a, {"last_name": "Sato", "account": Ref(Module.ACCOUNT, t, t)}
    ),
    "start": lambda s, a, t: s.calls.start(a, StartCall(subject=t, phone=t, purpose=t, type=t)),
    "draft": lambda s, a, t: s.drafts.save(a, t, {t: t}),
    "load draft": lambda s, a, t: s.drafts.load(a, t),
    "discard draft": lambda s, a, t: s.drafts.discard(a, t),
    "user": lambda s, a, t: s.users.get(a, t),
    "find user": lambda s, a, t: s.users.find(a, t),
    "add user": lambda s, a, t: s.users.add(
        a, {"name": t, "profile": t, "team": t, "full_name": t, "email": t}
    ),
    "edit user": lambda s, a, t: s.users.edit(a, "root", {"full_name": t, "email": t, "team": t}),
    "sign in": lambda s, a, t: s.users.sign_in(t),
    "act as": lambda s, a, t: s.users.sign_in("root", t, owns_store=True),
    "profile": lambda s, a, t: s.profiles.show(a, t),
    "setting": lambda s, a, t: s.settings.set_option(a, "time_zone", t),
    "column": lambda s, a, t: s.contacts.list(a, ListQuery((t,)), PageRequest()),
    "sort": lambda s, a, t: s.contacts.list(a, ListQuery(sort=Sort(t)), PageRequest()),
    "field": listed(lambda t: Criterion(t, Op.EQ, t)),
    **{
        f"{field} {op.value}": listed(lambda t, f=field, o=op: Criterion(f, o, t))  # type: ignore[misc]
        for field in ("last_name", "account", "birthday", "id", "owner")
        for op in (Op.EQ, Op.CONTAINS, Op.LT, Op.IN)
    },
}


@pytest.mark.parametrize("door", DOORS)
async def test_every_door_answers(services: Services, admin: Actor, door: str) -> None:
    told: set[str] = set()
    for text in TEXTS:
        try:
            await DOORS[door](services, admin, text)
        except StoreUnavailable as error:
            pytest.fail(f"{text[:20]!r}: {error} {error.__cause__!r:.300}")
        except CrmError as error:
            told.add(error.message)
    assert "" not in told


@pytest.mark.parametrize("module", [*PARENTS, Module.TASK, Module.EVENT])
async def test_every_text_field_takes_it_or_says_why_not(
    services: Services, admin: Actor, module: Module
) -> None:
    service, told = services.records(module), set[str]()
    for text in TEXTS:
        for field in service.fields():
            if field.read_only:
                continue
            try:
                saved = await service.create(admin, {**LEAST[module], field.name: text})
            except StoreUnavailable as error:
                pytest.fail(f"{field.name} {text[:20]!r}: {error} {error.__cause__!r:.300}")
            except CrmError as error:
                told.add(error.message)
            else:
                value = saved.record.text(field.name)
                assert not {char for char in value if ord(char) < 32 and char not in "\n\t"}
    assert "" not in told
    values = {**LEAST[module], NAME_FIELD[module]: f"A{PAYLOAD}"[:60]}
    record = (await service.create(admin, values)).record
    assert record.name.startswith("A[66;66H")
    assert "\x1b" not in record.name


async def test_a_draft_gives_back_what_was_typed(services: Services, admin: Actor) -> None:
    """What no store can hold is left out of a draft; the rest is there."""
    await services.drafts.save(admin, "call:new", {"description": "田中\x00さん \ud800 👩\u200d💻\nline"})
    draft = await services.drafts.load(admin, "call:new")
    assert draft is not None
    assert draft["description"].replace("\x00", "").replace("\ud800", "") == "田中さん  👩\u200d💻\nline"
