"""What all services share: the open store, the clock, the settings, the rights of the actor."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from crm_tui.clock import Clock, local_zone
from crm_tui.domain.actor import Actor
from crm_tui.domain.custom_fields import CustomFields
from crm_tui.domain.mail import Provider
from crm_tui.domain.mail_sign_ins import SignIn
from crm_tui.domain.modules import Module
from crm_tui.domain.picklists import Picklists
from crm_tui.domain.sync.servers import OutlookServer, ZohoServer
from crm_tui.domain.validation import Context
from crm_tui.errors import NotAllowed, NotFound, NotSignedIn
from crm_tui.i18n import _
from crm_tui.policies.verdict import Reason, Verdict
from crm_tui.store.repositories.custom_fields import CustomFieldRepository
from crm_tui.store.repositories.users import UserRepository
from crm_tui.store.store import Connection, Store
from crm_tui.store.uow import AuditEntry


@dataclass(slots=True)
class Core:
    """Shared by all services of one open store.

    Attributes:
        picklists: As read when the store was opened or when one was changed here.
        custom_fields: As read when a service last looked whether they changed; every write does.
        region: Two-letter country of telephone numbers that have no country code.
        options: Settings of the organisation by name.
        key_file: Where the keys of sealed secrets are; None beside the store.
        allow_hosts: Private addresses that mail and synchronisation may connect to.
        sign_ins: How one signs in with providers of mail that take no passwords.
        outlook: Where Outlook's items come from.
        zoho: Where records of Zoho CRM come from.
    """

    store: Store
    clock: Clock
    picklists: Picklists = field(default_factory=lambda: Picklists({}))
    custom_fields: CustomFields = field(default_factory=CustomFields)
    region: str = "JP"
    options: dict[str, Any] = field(default_factory=dict)
    key_file: Path | None = None
    allow_hosts: tuple[str, ...] = ()
    sign_ins: Mapping[Provider, SignIn] = field(default_factory=dict)
    outlook: OutlookServer = field(default_factory=OutlookServer)
    zoho: ZohoServer = field(default_factory=ZohoServer)

    def now_for(self, actor: Actor) -> datetime:
        """Return the present moment in the actor's time zone."""
        return self.clock.now().astimezone(local_zone(actor.zone))

    def context(self, actor: Actor, *, past: bool = False, timed: bool = False) -> Context:
        """Return what typing the actor's input needs."""
        return Context(self.now_for(actor), self.picklists, past, timed)

    async def current(self, actor: Actor) -> Actor:
        """Return the actor with the rights of this moment; a profile may have changed meanwhile.

        Raises:
            NotSignedIn: The user has been disabled.
        """
        async with self.store.read() as connection:
            await self.refresh_fields(connection)
            users = UserRepository(connection)
            revision = await users.revision(actor.id)
            if revision and revision == actor.revision:
                return actor
            fresh = await users.actor(actor.id) if revision else None
        if fresh is None:
            raise NotSignedIn(
                _("Your user has been disabled. Nothing was saved."), _("Ask the administrator.")
            )
        return fresh

    async def refresh_fields(self, connection: Connection) -> None:
        """Take over custom fields that were added or changed since, here or in another process."""
        repository = CustomFieldRepository(connection)
        if await repository.revision() != self.custom_fields.revision:
            self.take_fields(await repository.all())

    def take_fields(self, fields: CustomFields) -> None:
        """Make ``fields`` what all services know, with the values of their pick-lists."""
        self.custom_fields = fields
        self.take_picklists(self.picklists)

    def take_picklists(self, picklists: Picklists) -> None:
        """Make ``picklists`` what all services know, beside those of custom fields."""
        self.picklists = replace(picklists, custom=self.custom_fields.picklists())

    async def require(
        self,
        actor: Actor,
        verdict: Verdict,
        action: str,
        module: Module | None = None,
        record_id: str | None = None,
    ) -> None:
        """Stop here unless a policy said yes; a refusal is written to the audit trail.

        Raises:
            NotFound: The actor may not even know that the record exists.
            NotAllowed: The profile doesn't allow it.
        """
        if not isinstance(verdict, Reason):
            return
        async with self.store.write(actor) as uow:
            uow.record(AuditEntry("denied", module, record_id, "", {"action": action}, verdict.message))
            await uow.commit()
        if verdict.hidden:
            raise NotFound(verdict.message)
        raise NotAllowed(verdict.message, _("Nothing was changed. Ask your supervisor."))
