"""Says in passing what became of mail that the agent sent. It takes no keys."""

from typing import TYPE_CHECKING

from crm_tui.domain.actor import Verb
from crm_tui.domain.mail_outgoing import Outgoing, OutgoingState
from crm_tui.domain.modules import Module
from crm_tui.errors import CrmError, NotFound
from crm_tui.i18n import _, ngettext
from crm_tui.policies.records import can
from crm_tui.text import safe
from screens.background import in_background

if TYPE_CHECKING:
    from crm_tui.app import CrmApp
    from screens.base import RecordKey

_STATES = tuple[OutgoingState, str]


class OutboxWatch:
    """Knows how each mail in the outbox stood, and tells what is new when the store says that it changed.

    Args:
        app: The console.
    """

    def __init__(self, app: "CrmApp") -> None:
        self._app = app
        self._known: dict[str, _STATES] | None = None
        self._waits: dict[str, str] = {}
        self._edited: set[str] = set()

    def begin(self) -> None:
        """Look at the outbox for the first time, and say what needs the agent there."""
        self._look()

    def heard(self, keys: "frozenset[RecordKey]") -> None:
        """React to records that were saved; none named means that everything may have changed."""
        if self._known is not None and (not keys or (Module.USER, self._app.actor.id) in keys):
            self._look()

    def expect(self, one: Outgoing) -> None:
        """Take note of a mail that was just put there, so that its fate is told however soon it is known."""
        self._edited.discard(one.id)
        if self._known is not None:
            # It may have been sent before it was read, and a look that began before would forget it.
            self._known[one.id] = (OutgoingState.QUEUED, "")
            self._look()

    def edit(self, outgoing_id: str) -> None:
        """Take note that the agent edits a mail: that it isn't sent meanwhile is no news to them."""
        self._edited.add(outgoing_id)

    def _look(self) -> None:
        if can(self._app.actor, Verb.VIEW, Module.MAIL) is True:
            in_background(self._app, "outbox.watch", self._read, exclusive=True)

    async def _read(self) -> None:
        app = self._app
        known = self._known
        found = {one.id: one for one in await app.services.mail_outbox.list(app.actor, open_only=True)}
        for gone in () if known is None else known.keys() - found.keys():
            try:
                found[gone] = await app.services.mail_outbox.get(app.actor, gone)
            except NotFound:
                continue  # It was taken back.
        self._known = {one.id: (one.state, one.reason) for one in found.values() if one.is_open}
        if known is None:
            self._tell_first(list(found.values()))
            return
        for one in found.values():
            if known.get(one.id) != (one.state, one.reason):
                self._tell(one)

    def _tell_first(self, found: list[Outgoing]) -> None:
        """At the start only a number is told: the outbox has the reasons."""
        stuck = [one for one in found if one.state in (OutgoingState.FAILED, OutgoingState.UNKNOWN)]
        if stuck:
            text = ngettext(
                "%(number)d mail wasn't sent, or perhaps wasn't. The outbox says why.",
                "%(number)d mails weren't sent, or perhaps weren't. The outbox says why.",
                len(stuck),
            )
            self._app.notice(text % {"number": len(stuck)})

    def _tell(self, one: Outgoing) -> None:
        names = {"subject": safe(one.draft.subject, limit=60) or "–"}
        hint = _("It is in the outbox: edit it there or send it again.")
        if one.state is OutgoingState.SENT and one.refused:
            left = ", ".join(refusal.email for refusal in one.refused)
            message = _("“%(subject)s” was sent, but not to %(left)s.") % {**names, "left": left}
            self._app.show_error(CrmError(message, _("The outbox says why.")))
        elif one.state is OutgoingState.SENT:
            self._app.notice(_("Sent: %(subject)s") % names)
        elif one.state is OutgoingState.FAILED and one.id not in self._edited:
            message = _("“%(subject)s” wasn't sent.") % names
            self._app.show_error(CrmError(f"{message}\n{one.reason}".strip(), hint))
        elif one.state is OutgoingState.UNKNOWN:
            message = _("“%(subject)s” may have been sent, or not.") % names
            self._app.show_error(CrmError(message, _("Say in the outbox what happened.")))
        elif one.state is OutgoingState.QUEUED and one.reason not in ("", self._waits.get(one.id)):
            # Each try in vain says the same again; once is enough.
            self._waits[one.id] = one.reason
            text = _("“%(subject)s” waits: %(reason)s It is sent later by itself.")
            self._app.notice(text % {**names, "reason": one.reason})
