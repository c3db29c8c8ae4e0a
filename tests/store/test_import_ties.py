"""Links between records come in and are taken back; what somebody changed since stays."""

from crm_tui.domain.actor import Actor
from crm_tui.domain.imports.batches import RemoteRef, RowAction, Undone
from crm_tui.domain.imports.rules import ImportRules
from crm_tui.domain.imports.ties import Tie, TieKind
from crm_tui.domain.members import MemberKey
from crm_tui.domain.modules import Module
from crm_tui.services.container import Services
from tests.store.taking import begun, incoming, run

RULES = ImportRules(None, source="zoho:1")
CAMPAIGN = RemoteRef(Module.CAMPAIGN, "701")


def member(number: int, person: RemoteRef, status: str) -> Tie:
    return Tie(number, TieKind.MEMBER, CAMPAIGN, person, status, f"701:{person.remote_id}")


async def test_links_are_taken_back_unless_somebody_changed_them(services: Services, admin: Actor) -> None:
    rows = [
        *incoming(Module.ACCOUNT, [{"name": "Zylker", "@remote": "501"}]),
        *incoming(Module.CONTACT, [{"last_name": name, "@remote": name} for name in ("Daly", "Lee")], 3),
        *incoming(Module.CAMPAIGN, [{"name": "Autumn", "@remote": "701"}], 5),
    ]
    _batch, outcomes = await run(services, admin, RULES, rows)
    account, daly, lee, campaign = (one.ref for one in outcomes if one.ref is not None)
    people = [RemoteRef(Module.CONTACT, name) for name in ("Daly", "Lee")]
    ties = [
        member(2, people[0], "sent"),
        member(3, people[1], "opened"),
        member(4, people[1], "sent"),
        member(5, RemoteRef(Module.LEAD, "999"), "sent"),
    ]
    role = Tie(6, TieKind.ASSOCIATION, people[0], RemoteRef(Module.ACCOUNT, "501"), "Buyer", "801")
    batch = await begun(services, admin, "e" * 64)
    taking = await services.imports.taking(admin, RULES, batch)
    found = [*await taking.take_ties(ties), *await taking.take_ties([role])]
    update, reject, skip = RowAction.UPDATE, RowAction.REJECT, RowAction.SKIP
    assert [one.action for one in found] == [update, update, skip, reject, update]
    keys = [MemberKey(campaign, person) for person in (daly, lee)]
    stored = {one.member.id: one.response_status for one in await services.members.among(admin, keys)}
    assert stored == {daly.id: "sent", lee.id: "opened"}
    of_daly = [
        (one.account_id, one.primary, one.role) for one in await services.contacts.accounts(admin, daly.id)
    ]
    assert of_daly == [(account.id, True, "Buyer")], "the first account of a contact is the primary one"
    again = await services.imports.taking(admin, RULES, None)
    assert [one.action for one in await again.take_ties([*ties[:2], role])] == [RowAction.UNCHANGED] * 3
    await services.members.set_status(admin, keys[1:], "responded")
    await services.import_batches.finish(admin, batch.id)
    assert await services.imports.undo(admin, batch.id) == Undone(0, 1, 1)
    assert [one.member.id for one in await services.members.among(admin, keys)] == [lee.id]
    contact = await services.contacts.get(admin, daly.id)
    assert contact.ref_to("account") is None
