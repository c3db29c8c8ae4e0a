"""What all services share: the open store, the clock, the settings, the rights of the actor."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from crm_tui.clock import Clock, local_zone
from crm_tui.domain.actor import Actor
from crm_tui.domain.modules import Module
from crm_tui.domain.picklists import Picklists
from crm_tui.domain.validation import Context
from crm_tui.errors import NotAllowed, NotFound, NotSignedIn
from crm_tui.i18n import _
from crm_tui.policies.verdict import Reason, Verdict
from crm_tui.store.repositories.users import UserRepository
from crm_tui.store.store import Store
from crm_tui.store.uow import AuditEntry


@dataclass(slots=True)
class Core:
    """Shared by all services of one open store.

    Attributes:
        picklists: As read when the store was opened or when one was changed here.
        region: Two-letter country of telephone numbers that have no country code.
        options: Settings of the organisation by name.
    """

    store: Store
    clock: Clock
    picklists: Picklists = field(default_factory=lambda: Picklists({}))
    region: str = "JP"
    options: dict[str, Any] = field(default_factory=dict)

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
