"""Fault 25: whatever touches a record out of sight is refused as a whole, and looks like a missing one."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest

from crm_tui.domain.actor import Actor
from crm_tui.domain.associations import CasesChoice, NewAssociation, NewMember
from crm_tui.domain.bulk import Targets
from crm_tui.domain.call import StartCall
from crm_tui.domain.members import MemberKey
from crm_tui.domain.modules import Module
from crm_tui.domain.queries import ListQuery
from crm_tui.domain.records import Ref
from crm_tui.services.bulk import NewRecord, add_associations, add_members, add_records
from crm_tui.services.container import Services
from tests.faults.reach import MISSING, Reach, contents, refusal, two_agents

REFUSALS = {"not_found", "invalid"}
"""What a missing record is told with; a reference in a form or a condition has its reason by the field."""


@pytest.fixture
async def reach(services: Services, admin: Actor) -> Reach:
    found = await two_agents(services, admin)
    account, contact = (found.mine[module][0].id for module in (Module.ACCOUNT, Module.CONTACT))
    second = found.mine[Module.ACCOUNT][1].id
    await services.associations.associate(found.me, account, [contact])
    await services.associations.associate(found.me, second, [contact])
    campaign, lead = (found.mine[module][0].ref for module in (Module.CAMPAIGN, Module.LEAD))
    await services.members.add(found.me, campaign, [NewMember(lead, "")])
    # Links whose one end is out of sight: an administrator made them.
    strange = found.foreign[Module.ACCOUNT][0].id
    await services.associations.associate(admin, strange, [contact])
    await services.associations.associate(admin, account, [found.foreign[Module.CONTACT][0].id])
    await services.members.add(admin, campaign, [NewMember(found.foreign[Module.LEAD][0].ref, "")])
    await services.members.add(admin, found.foreign[Module.CAMPAIGN][0].ref, [NewMember(lead, "")])
    return found


@dataclass(frozen=True)
class Case:
    """What an act needs: the records of mine, and the id that stands where a foreign one could.

    Attributes:
        id: The id in question.
    """

    reach: Reach
    module: Module
    id: str

    @property
    def services(self) -> Services:
        return self.reach.services

    @property
    def me(self) -> Actor:
        return self.reach.me

    @property
    def ref(self) -> Ref:
        return Ref(self.module, self.id, "x")

    def own(self, module: Module, number: int = 0) -> Ref:
        return self.reach.mine[module][number].ref

    def own_id(self, module: Module, number: int = 0) -> str:
        return self.own(module, number).id


Act = Callable[[Case], Awaitable[object]]

C, A, L, K = Module.CONTACT, Module.ACCOUNT, Module.LEAD, Module.CAMPAIGN

ACTS: dict[str, tuple[Module, Act]] = {
    "associate, account": (
        A,
        lambda c: c.services.associations.associate(c.me, c.id, [c.own_id(C, 1)]),
    ),
    "associate, contact in the middle": (
        C,
        lambda c: c.services.associations.associate(
            c.me, c.own_id(A, 1), [c.own_id(C, 0), c.id, c.own_id(C, 1)]
        ),
    ),
    "associate accounts, in the middle": (
        A,
        lambda c: c.services.associations.associate_accounts(
            c.me, c.own_id(C, 1), [c.own_id(A), c.id, c.own_id(A, 1)]
        ),
    ),
    "dissociate, account": (
        A,
        lambda c: c.services.associations.dissociate(c.me, c.id, c.own_id(C), CasesChoice.STAY),
    ),
    "dissociate, contact": (
        C,
        lambda c: c.services.associations.dissociate(c.me, c.own_id(A), c.id, CasesChoice.STAY),
    ),
    "parting": (A, lambda c: c.services.associations.parting(c.me, c.id, c.own_id(C))),
    "set primary": (A, lambda c: c.services.associations.set_primary(c.me, c.id, c.own_id(C))),
    "set primary, contact": (C, lambda c: c.services.associations.set_primary(c.me, c.own_id(A), c.id)),
    "change role": (A, lambda c: c.services.associations.change_role(c.me, c.id, c.own_id(C), "Boss")),
    "change role, contact": (C, lambda c: c.services.associations.change_role(c.me, c.own_id(A), c.id, "x")),
    "add associations at once": (
        C,
        lambda c: add_associations(
            c.services.core,
            c.me,
            [NewAssociation(c.own_id(A), c.own_id(C, 1)), NewAssociation(c.own_id(A), c.id)],
        ),
    ),
    "add members, campaign": (
        K,
        lambda c: c.services.members.add(c.me, c.ref, [NewMember(c.own(L, 1), "")]),
    ),
    "add members, lead in the middle": (
        L,
        lambda c: c.services.members.add(
            c.me, c.own(K, 1), [NewMember(c.own(L), ""), NewMember(c.ref, ""), NewMember(c.own(C), "")]
        ),
    ),
    "add many members, the last one": (
        C,
        lambda c: c.services.members.add(
            c.me, c.own(K, 1), [NewMember(c.own(L), ""), NewMember(c.own(C), ""), NewMember(c.ref, "")]
        ),
    ),
    "add a list to a campaign": (
        K,
        lambda c: c.services.members.add_list(c.me, c.ref, c.services.leads, ListQuery(), ""),
    ),
    "add members at once": (
        K,
        lambda c: add_members(c.services.core, c.me, c.ref, [NewMember(c.own(L, 1), "not_contacted")]),
    ),
    "set status, campaign": (
        K,
        lambda c: c.services.members.set_status(c.me, [MemberKey(c.ref, c.own(L))], "responded"),
    ),
    "set status, lead beside one of mine": (
        L,
        lambda c: c.services.members.set_status(
            c.me, [MemberKey(c.own(K), c.own(L)), MemberKey(c.own(K), c.ref)], "responded"
        ),
    ),
    "remove members, campaign": (K, lambda c: c.services.members.remove(c.me, [MemberKey(c.ref, c.own(L))])),
    "remove members, lead beside one of mine": (
        L,
        lambda c: c.services.members.remove(
            c.me, [MemberKey(c.own(K), c.own(L)), MemberKey(c.own(K), c.ref)]
        ),
    ),
    "choose for a bulk action": (
        C,
        lambda c: c.services.bulk.choose(c.me, C, [c.own_id(C), c.id, c.own_id(C, 1)]),
    ),
    "choose activities for a bulk action": (
        Module.TASK,
        lambda c: c.services.bulk.choose(c.me, Module.TASK, [c.own_id(Module.TASK), c.id]),
    ),
    "bulk owner": (C, lambda c: c.services.bulk.assign(c.me, _among(c), "root")),
    "bulk edit": (C, lambda c: c.services.bulk.set_field(c.me, _among(c), "title", "Taken")),
    "bulk edit, to a reference": (
        A,
        lambda c: c.services.bulk.set_field(
            c.me, Targets({C: (c.own_id(C), c.own_id(C, 1))}), "account", c.ref
        ),
    ),
    "bulk delete": (C, lambda c: c.services.bulk.delete(c.me, _among(c))),
    "delete": (C, lambda c: c.services.contacts.delete(c.me, [c.own_id(C), c.id, c.own_id(C, 1)])),
    "delete tasks": (
        Module.TASK,
        lambda c: c.services.tasks.delete(c.me, [c.own_id(Module.TASK), c.id]),
    ),
    "merge, kept": (C, lambda c: c.services.merge.merge(c.me, C, [c.id, c.own_id(C)])),
    "merge, in the middle": (
        C,
        lambda c: c.services.merge.merge(c.me, C, [c.own_id(C), c.id, c.own_id(C, 1)]),
    ),
    "merge, a value": (
        A,
        lambda c: c.services.merge.merge(c.me, C, [c.own_id(C), c.own_id(C, 1)], values={"account": c.ref}),
    ),
    "look at a merge": (L, lambda c: c.services.merge.preview(c.me, L, [c.own_id(L), c.id])),
    "convert, lead": (L, lambda c: c.services.conversion.convert(c.me, c.id, new_account=True)),
    "look at a conversion": (L, lambda c: c.services.conversion.preview(c.me, c.id)),
    "convert, account": (A, lambda c: c.services.conversion.convert(c.me, c.own_id(L), account=c.ref)),
    "convert, campaign of the deal": (
        K,
        lambda c: c.services.conversion.convert(
            c.me, c.own_id(L), new_account=True, deal={"name": "Offer", "campaign": c.ref}
        ),
    ),
    "create, with a reference": (
        A,
        lambda c: c.services.contacts.create(c.me, {"last_name": "Abe", "account": c.ref}),
    ),
    "edit, to a reference": (
        C,
        lambda c: c.services.deals.update(c.me, c.own_id(Module.DEAL), {"contact": c.id}),
    ),
    "create many, one with a reference": (
        A,
        lambda c: add_records(
            c.services.core,
            c.services.contacts,
            c.me,
            [NewRecord({"last_name": "Abe"}), NewRecord({"last_name": "Abe", "account": c.ref})],
        ),
    ),
    "note": (A, lambda c: c.services.notes.create(c.me, {"body": "x", "parent": c.ref})),
    "task with": (C, lambda c: c.services.tasks.create(c.me, {"subject": "x", "who": c.ref})),
    "task about": (A, lambda c: c.services.tasks.create(c.me, {"subject": "x", "related_to": c.ref})),
    "start a call with": (C, lambda c: c.services.calls.start(c.me, StartCall(who=c.ref))),
    "start a call about": (
        Module.DEAL,
        lambda c: c.services.calls.start(c.me, StartCall(who=c.own(C), related_to=c.ref)),
    ),
    "schedule a call with": (
        L,
        lambda c: c.services.calls.schedule(c.me, {"subject": "x", "who": c.ref, "starts_at": "+1h"}),
    ),
    "start a scheduled call": (
        Module.TASK,
        lambda c: c.services.calls.start(c.me, StartCall(who=c.own(C), scheduled_id=c.id)),
    ),
    "restore": (C, lambda c: c.services.bin.restore(c.me, [c.id])),
}


def _among(case: Case) -> Targets:
    """Records as a program would name them that left out the choosing."""
    return Targets({C: (case.own_id(C), case.id, case.own_id(C, 1))})


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
async def test_every_act_on_a_record_out_of_sight(reach: Reach) -> None:
    before = await contents(reach.services)
    for name, (module, act) in ACTS.items():
        foreign = reach.foreign[module][0].id
        other_module = next(m for m in (Module.CASE, Module.DEAL) if m is not module)
        told = {}
        for what, record_id in {
            "missing": MISSING,
            "foreign": foreign,
            "of another module": reach.mine[other_module][1].id,
        }.items():
            told[what] = await refusal(act(Case(reach, module, record_id)), record_id)
        assert told["missing"][0] in REFUSALS, (name, told)
        assert told["foreign"] == told["missing"], name
        assert told["of another module"] == told["missing"], name
        assert await contents(reach.services) == before, name


@pytest.mark.postgres
@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
async def test_the_same_on_the_other_database(reach: Reach) -> None:
    before = await contents(reach.services)
    for name in ("associate, contact in the middle", "set status, lead beside one of mine", "bulk delete"):
        module, act = ACTS[name]
        told = [
            await refusal(act(Case(reach, module, one)), one)
            for one in (reach.foreign[module][0].id, MISSING)
        ]
        assert told[0] == told[1] != ("", ""), name
    assert await contents(reach.services) == before
