"""Runs the prediction for messages in the store, and takes it back where a mailbox is switched off."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from crm_tui.domain.mail import MailAccount
from crm_tui.domain.mail_prediction import (
    ArrivedMail,
    ContactDeals,
    DealThen,
    Outcome,
    Prediction,
    contacts_in_order,
    predict,
)
from crm_tui.domain.modules import Module
from crm_tui.store.repositories.mail_decisions import MailDecisionRepository, MailFacts
from crm_tui.store.uow import UnitOfWork


class Predicting:
    """Predicts inside a transaction; never for a message that an agent has decided about."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow
        self._repository = MailDecisionRepository(uow.connection)

    async def run(self, message_ids: Iterable[str], account: MailAccount) -> None:
        """Predict for messages that nothing is decided about yet.

        The oldest comes first.

        Args:
            account: By whose first connection mail counts as older than that.
        """
        ids = list(message_ids)
        await self._repository.lock(ids)
        known = await self._repository.of(ids)
        laid_aside = [one for one, row in known.items() if row.suspended_at is not None]
        await self._repository.forget(laid_aside)
        open_ids = [one for one in ids if one not in known or one in laid_aside]
        facts = await self._repository.facts(open_ids)
        contact_ids = {contact for one in facts for of in one.contacts.values() for contact in of}
        deals = await self._repository.deals_of(contact_ids)
        threads = await self._repository.thread_deals(one.thread_id for one in facts)
        associable = await self._repository.associable(open_ids)
        rows = []
        for one in facts:
            found = _predicted(one, deals, threads, account.connected_at)
            if one.id not in associable and found.outcome is not Outcome.NO_CONTACT:
                found = Prediction(None, Outcome.NOT_SHARED)
            if found.outcome is not Outcome.NO_CONTACT:
                rows.append(_row(one.id, found, self._uow.at))
            if found.deal_id is not None:
                self._uow.touched(Module.DEAL, found.deal_id)
        await self._repository.predicted(rows)

    async def anew(self, account: MailAccount) -> None:
        """Predict for the messages of an account that could belong to no deal before."""
        held = await self._held(account)
        await self._repository.forget_predicted(held, Outcome.NOT_SHARED)
        await self.run(held, account)

    async def sent_from_here(self, message_id: str, account: MailAccount) -> None:
        """Predict for a message that was sent from the CRM.

        Its copy may have been fetched before that was known, from a mailbox whose mail belongs to no deal.
        """
        await self._repository.forget_predicted([message_id], Outcome.NOT_SHARED)
        await self.run([message_id], account)

    async def suspend(self, account: MailAccount) -> None:
        """Take the messages of an account that was switched off away from their deals."""
        await self.withdraw(await self._repository.held_by(account.id))

    async def withdraw(self, message_ids: Iterable[str]) -> None:
        """Take messages away from their deals unless a mailbox that is switched on holds them.

        What agents associated by hand is laid aside; what they removed by hand stays removed.
        """
        listed = list(message_ids)
        await self._repository.lock(listed)
        ids = await self._repository.without_source(listed)
        await self._repository.forget_predicted(ids)
        await self._repository.lay_aside(ids, self._uow.at)

    async def resume(self, account: MailAccount, *, restore_manual: bool) -> None:
        """Predict anew for the messages of an account that was switched on again.

        Args:
            restore_manual: What was laid aside when it was switched off counts again, as far as an agent
                could still decide so; for the rest it is predicted.
        """
        held = await self._held(account)
        if restore_manual:
            await self._repository.take_up(await self._restorable(held))
        await self.run(held, account)

    async def _restorable(self, message_ids: Sequence[str]) -> list[str]:
        """Return the messages whose decision that was laid aside can count again.

        Their source lets them belong to deals, and their deal is still one of their contacts.
        """
        rows = await self._repository.of(message_ids)
        aside = {one: row.deal_id for one, row in rows.items() if row.suspended_at is not None}
        facts = await self._repository.facts(await self._repository.associable(list(aside)))
        contacts = {one.id: {contact for of in one.contacts.values() for contact in of} for one in facts}
        deals = await self._repository.deals_of(set().union(*contacts.values()))
        return [
            one
            for one, people in contacts.items()
            if aside[one] in {deal.id for contact in people for deal in deals.get(contact, ())}
        ]

    async def _held(self, account: MailAccount) -> list[str]:
        """Return the messages of an account, about which nobody else decides meanwhile."""
        held = await self._repository.held_by(account.id)
        await self._repository.lock(held)
        return held


def _predicted(
    one: MailFacts,
    deals: Mapping[str, tuple[DealThen, ...]],
    threads: Mapping[str, Sequence[str]],
    connected_at: datetime,
) -> Prediction:
    by_role = {
        role: [ContactDeals(contact, deals.get(contact, ())) for contact in of]
        for role, of in one.contacts.items()
    }
    by_role["cc"] = [*by_role.get("cc", []), *by_role.pop("", [])]
    contacts = contacts_in_order(one.direction, by_role)
    # Dates of mail know no parts of a second.
    before = one.at < connected_at.replace(microsecond=0)
    return predict(ArrivedMail(one.at, before, contacts, tuple(threads.get(one.thread_id, ()))))


def _row(message_id: str, found: Prediction, at: datetime) -> dict[str, Any]:
    return {
        "message_id": message_id,
        "deal_id": found.deal_id,
        "reason": found.outcome.value,
        "number": found.number,
        "decided_at": at,
    }
