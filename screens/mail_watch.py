"""Looks after the agent's mail while the console is open: somebody fetches it, and what is wrong is told.

Nothing is asked for at intervals. The store tells of changes, the kernel of the end of a worker on this
machine, and only a worker on another machine is waited for by the time that its leases hold.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from crm_tui.clock import clock
from crm_tui.domain.mail import AccountState
from crm_tui.domain.modules import Module
from crm_tui.errors import CrmError
from crm_tui.i18n import N_, _
from crm_tui.mail.child import MailChild, mail_child
from crm_tui.mail.holder import is_gone, parse_holder
from crm_tui.process_end import when_gone
from crm_tui.wall_timer import WallTimer
from screens.background import in_background

if TYPE_CHECKING:
    from crm_tui.app import CrmApp
    from crm_tui.services.mail_status import AccountStatus
    from screens.base import RecordKey

MOST: Final = 100
"""Unread mail is counted no further: the bar has room for two digits."""

LONG: Final = timedelta(minutes=10)
"""After so long a server that can't be reached is told of."""

_LEASE: Final = timedelta(seconds=125)
"""A worker that isn't heard of holds its leases no longer than two minutes."""

_log = logging.getLogger(__name__)

_TOLD: Final = {
    AccountState.REFUSED: N_("Mail of %(address)s isn't fetched: %(why)s"),
    AccountState.WAITING: N_("Mail of %(address)s hasn't come for a while: %(why)s"),
}


class MailWatch:
    """Keeps a process for the agent's mail where nobody else does its work, and the number of unread mail.

    Args:
        app: Whose ``unread_mail`` is kept.
        fetches: Whether a process is started at all.
        config_path: The file of the configuration that was named instead of the user's own.

    Attributes:
        is_reading: The state of mail is being read now.
    """

    def __init__(self, app: "CrmApp", *, fetches: bool, config_path: Path | None) -> None:
        self._app = app
        self._fetches = fetches
        self._config_path = config_path
        self._child: MailChild | None = None
        self._timer: WallTimer | None = None
        self._stop_following: Callable[[], None] = lambda: None
        self._refused_tried: set[str] = set()
        self._waiting_since: dict[str, datetime] = {}
        self._told: dict[str, AccountState] = {}
        self.is_reading = False
        self._again = False

    @property
    def is_failing(self) -> bool:
        """Whether the process that this console starts ends again and again."""
        return self._child is not None and self._child.is_failing

    def begin(self) -> None:
        """Begin to look after the mail of who is signed in."""
        app = self._app
        self._timer = WallTimer(clock(), self.look)
        if self._fetches:
            self._child = mail_child(app.config, app.as_user, self._config_path, self.look)
        self.look()

    def end(self) -> None:
        """End the process, if this console has started it."""
        self._stop_following()
        if self._timer is not None:
            self._timer.close()
            self._timer = None
        if self._child is not None:
            self._child.end()

    def heard(self, keys: "frozenset[RecordKey]") -> None:
        """React to what was saved, here or elsewhere.

        Args:
            keys: What changed; empty when everything may have changed.
        """
        if not keys or (Module.USER, self._app.actor.id) in keys:
            self.look()

    def look(self) -> None:
        """Read how it goes, once more if that is being read."""
        self._again = self._timer is not None
        if not self.is_reading and self._again:
            self.is_reading = True
            in_background(self._app, "mail.watch", self._read_all)

    async def _read_all(self) -> None:
        try:
            while self._again and self._timer is not None:
                self._again = False
                await self._read()
        except CrmError as error:
            _log.warning("the state of mail can't be read for now: %s", type(error).__name__)
        finally:
            self.is_reading = False

    async def _read(self) -> None:
        app = self._app
        connections = await app.services.sync_accounts.list(app.actor)
        automatic = any(one.is_automatic for one in connections)
        if not app.actor.grant(Module.MAIL).view:
            app.unread_mail = 0
            self._follow((), False, automatic)
            return
        app.unread_mail = await app.services.mail_messages.unread(app.actor, MOST)
        found = await app.services.mail_accounts.own_status(app.actor)
        waits = await app.services.mail_sending.seconds_left(app.actor.id) is not None
        self._tell(found)
        self._follow([one for one in found if one.account.is_enabled], waits, automatic)

    def _follow(self, found: "Sequence[AccountStatus]", waits: bool, automatic: bool) -> None:
        """Start a process where there is work for it, else notice when another one ends.

        Args:
            waits: Mail of the agent is waiting to be sent; the worker of any account sends it.
            automatic: A connection with Outlook or Zoho CRM is synchronised by itself, by any such process.
        """
        self._stop_following()
        self._stop_following = lambda: None
        if self._child is None or self._timer is None:
            return
        others = [one.holder for one in found if one.holder and not is_gone(one.holder)]
        if any([self._lacks_worker(one) for one in found]) or (waits and not others) or automatic:
            self._child.start()
        if others and self._child.pid is None:
            self._watch_process(others[0], self._timer)

    def _lacks_worker(self, one: "AccountStatus") -> bool:
        """Return whether nobody works for an account; a refused one is tried once by each console."""
        account = one.account
        if (one.holder and not is_gone(one.holder)) or not account.has_credentials:
            return False
        if account.state is not AccountState.REFUSED:
            self._refused_tried.discard(account.id)
            return True
        is_new = account.id not in self._refused_tried
        self._refused_tried.add(account.id)
        return is_new and self._child is not None and self._child.pid is None

    def _watch_process(self, name: str, timer: WallTimer) -> None:
        holder = parse_holder(name)
        stop = when_gone(holder.pid, self.look) if holder is not None and holder.is_here else None
        if stop is not None:
            self._stop_following = stop
            return
        _set_earlier(timer, clock().now() + _LEASE)

    def _tell(self, found: "Sequence[AccountStatus]") -> None:
        """Say once that an account is refused, or that its server hasn't been reached for long."""
        now = clock().now()
        for one in found:
            account_id, state = one.account.id, one.account.state
            if state is not AccountState.WAITING:
                self._waiting_since.pop(account_id, None)
            elif now - self._waiting_since.setdefault(account_id, now) < LONG:
                if self._timer is not None:
                    _set_earlier(self._timer, self._waiting_since[account_id] + LONG)
                continue
            if state not in _TOLD or not one.account.has_credentials:
                self._told.pop(account_id, None)
            elif self._told.get(account_id) is not state:
                self._told[account_id] = state
                names = {"address": one.account.address, "why": one.error}
                self._app.notice(_(_TOLD[state]) % names)


def _set_earlier(timer: WallTimer, at: datetime) -> None:
    if timer.at is None or at < timer.at:
        timer.set(at)
