"""Leads: person and company in one record, until they are converted."""

from collections.abc import Sequence

from crm_tui.domain.actor import Actor
from crm_tui.domain.modules import Module
from crm_tui.domain.records import Record, Value
from crm_tui.errors import Immutable
from crm_tui.i18n import _
from crm_tui.services.mail_belonging import follow_address, follow_addresses
from crm_tui.services.records import RecordService
from crm_tui.store.uow import UnitOfWork

BECAME = ("converted_contact", "converted_account", "converted_deal")
"""Fields of a converted lead that point to what it became."""


class LeadService(RecordService):
    """Leads."""

    module = Module.LEAD
    dependents = (
        (Module.NOTE, "parent"),
        (Module.TASK, "who"),
        (Module.EVENT, "who"),
        (Module.CALL, "who"),
    )

    def defaults(self, actor: Actor) -> dict[str, Value]:
        """A new lead hasn't been contacted."""
        return {"status": "not_contacted"}

    def refuse_locked(self, record: Record) -> None:
        """A converted lead stays as it was; the error names what it became, as far as it may be seen."""
        if record.get("converted_at") is None:
            return
        names = [ref.name for name in BECAME if (ref := record.ref_to(name)) is not None]
        hint = _("Change the contact, account or deal it became.")
        if names:
            hint = _("Change what it became: %(names)s.") % {"names": ", ".join(dict.fromkeys(names))}
        raise Immutable(_("This lead has been converted and can't be changed. Nothing was saved."), hint)

    async def after_write(self, uow: UnitOfWork, before: Record | None, after: Record) -> None:
        """The mail of an address belongs to whoever has it."""
        await follow_address(uow, before, after)

    async def after_insert(self, uow: UnitOfWork, records: Sequence[Record]) -> None:
        """Find the mail of many new leads at once."""
        await follow_addresses(uow, records)

    async def come_back(self, uow: UnitOfWork, record: Record) -> None:
        """The mail that came while it lay in the bin is found as well."""
        await super().come_back(uow, record)
        await follow_addresses(uow, [record])
