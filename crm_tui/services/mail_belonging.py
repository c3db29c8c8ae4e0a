"""Whose mail it is follows from the addresses of leads and contacts, also from those they get later."""

from collections.abc import Sequence

from crm_tui.domain.records import Record
from crm_tui.store.repositories.mail_intake import MailIntakeRepository
from crm_tui.store.repositories.mail_people import MailPeopleRepository
from crm_tui.store.uow import UnitOfWork


async def follow_address(uow: UnitOfWork, before: Record | None, after: Record) -> None:
    """Give a lead or contact the mail of its address, and take away that of the one it had before.

    Mail that was added by hand or came from a merged record stays. No deal is predicted: that is done once,
    when mail arrives.
    """
    old = before.text("email").lower() if before is not None else ""
    new = after.text("email").lower()
    if before is not None and old == new:
        return
    if not old:
        await follow_addresses(uow, [after])
        return
    await MailIntakeRepository(uow.connection).alone(among_readers=True)
    people = MailPeopleRepository(uow.connection)
    person = (after.module, after.id)
    gained = await people.with_address(new)
    lost = set(await people.with_address(old)) - set(gained)
    await people.part(lost, person)
    await people.add([(message_id, person) for message_id in gained])


async def follow_addresses(uow: UnitOfWork, records: Sequence[Record]) -> None:
    """Give new leads or contacts the mail of their addresses."""
    wanted: dict[str, list[Record]] = {}
    for record in records:
        if record.text("email") and record.get("converted_at") is None:
            wanted.setdefault(record.text("email").lower(), []).append(record)
    if not wanted:
        return
    await MailIntakeRepository(uow.connection).alone(among_readers=True)
    people = MailPeopleRepository(uow.connection)
    found = await people.with_any_address(wanted)
    await people.add(
        [
            (message_id, (record.module, record.id))
            for email, message_ids in found.items()
            for message_id in message_ids
            for record in wanted[email]
        ]
    )
