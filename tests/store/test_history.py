"""What people read of the audit trail of one record."""

from datetime import date
from decimal import Decimal

from crm_tui.domain.actor import Actor
from crm_tui.domain.history import FieldChange
from crm_tui.i18n import set_language
from crm_tui.services.container import Services


async def test_the_history_has_typed_values_and_labels_and_ends_with_the_creation(
    services: Services, admin: Actor, agent: Actor
) -> None:
    account = (await services.accounts.create(agent, {"name": "Acme"})).record
    deal = (await services.deals.create(agent, {"name": "Boots", "amount": "10"})).record
    changed = {
        "account": account.ref,
        "amount": "1234.5",
        "closing_date": "2026-12-24",
        "stage": "closed_won",
    }
    await services.deals.update(admin, deal.id, changed)
    await services.undo.undo(admin)

    undone, edited, created = await services.audit.history(agent, deal.ref)

    assert (created.who, created.action) == ("佐藤 花子", "added")
    assert (edited.who, edited.action) == ("root", "changed")
    assert (undone.action, undone.reason) == ("undone", "Undone: Deal changed: Boots")
    set_language("ja")
    try:
        in_japanese = (await services.audit.history(agent, deal.ref))[0].reason
    finally:
        set_language("en")
    assert "Boots" in in_japanese
    assert "Deal" not in in_japanese
    assert "Undone" not in in_japanese
    changes = {change.field.name: change for change in edited.changes}
    assert changes["account"].new == account.ref
    assert (changes["amount"].old, changes["amount"].new) == (Decimal(10), Decimal("1234.5"))
    assert (changes["closing_date"].old, changes["closing_date"].new) == (None, date(2026, 12, 24))
    assert (changes["stage"].field.label, changes["stage"].new) == ("Stage", "closed_won")
    back = {change.field.name: change for change in undone.changes}
    assert back["stage"] == FieldChange(changes["stage"].field, "closed_won", changes["stage"].old)
