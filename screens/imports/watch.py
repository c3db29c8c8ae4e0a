"""Starts the processes that take in files, and tells when an import has ended.

A process that was started goes on without the console. Nothing is asked for at intervals: the store tells of
changes, the kernel of the end of a process.
"""

import asyncio
import logging
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from crm_tui.child_command import child_command
from crm_tui.domain.imports.batches import Batch, BatchState
from crm_tui.domain.modules import Module
from crm_tui.errors import CrmError
from crm_tui.i18n import _
from crm_tui.mail.holder import is_gone, parse_holder
from crm_tui.process_end import ended, when_gone
from crm_tui.text import safe
from screens.background import in_background
from screens.store_changes import spread_changes

if TYPE_CHECKING:
    from crm_tui.app import CrmApp
    from screens.base import RecordKey
    from screens.imports.plan import TablePlan

_LATEST: Final = 30
"""Imports that are looked at: those that run are among the latest."""

_WITH_REJECTS: Final = 6
"""Exit code of a process that has taken in all but rejected rows."""

_TOLD_BYTES: Final = 4_096
"""Of what a process said before it ended."""

_UNDER_WAY: Final = (BatchState.READY, BatchState.RUNNING)

_log = logging.getLogger(__name__)


class ImportWatch:
    """Knows which imports of the agent are under way.

    Args:
        app: The console.
        config_path: The file of the configuration that was named instead of the user's own.

    Attributes:
        typed: What was typed last where a file is chosen; "" for nothing yet.
        kept: What was chosen for a file and not used yet, by its path.
    """

    def __init__(self, app: "CrmApp", *, config_path: Path | None) -> None:
        self._app = app
        self._config_path = config_path
        self._open: dict[str, Batch] = {}
        self._is_begun = False
        self._children: dict[str, tuple[asyncio.Task[None], int]] = {}
        self._followed: dict[tuple[str, str], Callable[[], None]] = {}
        self._told_still: set[str] = set()
        self._refusals: dict[str, tuple[int, str]] = {}
        self._old: set[str] = set()
        self._has_read = False
        self.typed = ""
        self.kept: dict[Path, TablePlan] = {}

    def begin(self) -> None:
        """Look at the imports for the first time, and tell of those that stand still."""
        self._is_begun = True
        self._look()

    def end(self) -> None:
        """Stop watching; what runs goes on."""
        self._is_begun = False
        for stop in self._followed.values():
            stop()
        self._followed.clear()
        for task, _version in self._children.values():
            task.cancel()

    def heard(self, keys: "frozenset[RecordKey]") -> None:
        """React to what was saved; no key means that everything may have changed."""
        if self._is_begun and (not keys or (Module.USER, self._app.actor.id) in keys):
            self._look()

    def works_on(self, batch: Batch) -> bool:
        """Return whether a process is at work on an import, as far as that can be known."""
        _task, version = self._children.get(batch.id, (None, -1))
        if batch.state in _UNDER_WAY:
            return version >= 0 or (bool(batch.holder) and not is_gone(batch.holder))
        # One that is gone on with stands as it was until its process is ready.
        return batch.version == version

    def start(self, batch: Batch) -> None:
        """Let a process work on an import, unless one of this console does."""
        if batch.id not in self._children:
            self._open[batch.id] = batch
            self._told_still.discard(batch.id)
            self._refusals.pop(batch.id, None)
            task = asyncio.create_task(self._run(batch), name="import-process")
            self._children[batch.id] = task, batch.version

    async def _run(self, batch: Batch) -> None:
        code: int | None = None
        said = ""
        try:
            # A file, not a pipe: nobody has to read it once the console is closed.
            with tempfile.TemporaryFile() as errors:
                process = await asyncio.to_thread(self._started, batch.id, errors)
                code = await ended(process)
                said = _last_said(errors)
        except OSError as error:
            _log.warning("the process of an import can't be started: %s", error.strerror)
            message = _("The import of “%(name)s” can't be started: %(reason)s. Nothing was changed.")
            self._app.show_error(CrmError(message % {"name": batch.name, "reason": error.strerror}))
        finally:
            self._children.pop(batch.id, None)
            self._old.add(batch.id)
        if code not in (None, 0, _WITH_REJECTS):
            _log.warning("the process of an import ended with code %d", code)
            if said:
                self._refusals[batch.id] = batch.version, said
        self._process_gone()

    def _process_gone(self) -> None:
        """Look at what an import is like without its process, which can't tell any more."""
        if self._is_begun:
            self._look()
            spread_changes(self._app, frozenset({(Module.USER, self._app.actor.id)}))

    def _started(self, batch_id: str, errors: IO[bytes]) -> "subprocess.Popen[bytes]":
        app = self._app
        argv, environ = child_command(app.config, app.as_user, self._config_path, "import", "run", batch_id)
        return subprocess.Popen(
            argv,
            env={**environ, "PYTHONIOENCODING": "utf-8"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            # The terminal's signals, and its end, are meant for the console.
            start_new_session=True,
        )

    def _look(self) -> None:
        in_background(self._app, "imports.watch", self._read, exclusive=True)

    async def _read(self) -> None:
        app = self._app
        found = await app.services.import_batches.list(app.actor, _LATEST)
        if not self._has_read:
            self._has_read = True
            self._old.update(one.id for one in found)
        for batch in found:
            if batch.id in self._open and batch.state not in _UNDER_WAY and not self.works_on(batch):
                del self._open[batch.id]
                self._tell_end(batch)
        running = [one for one in found if one.state in _UNDER_WAY or self.works_on(one)]
        # Those of accounts are told of where these are synchronised.
        self._open = {one.id: one for one in running if not one.origin.is_account}
        self._follow(running)
        still = [one for one in self._open.values() if self._stands_still(one)]
        still = [one for one in still if one.id not in self._told_still]
        self._told_still.update(one.id for one in still)
        if still:
            self._tell_still(still[0])

    def _tell_still(self, batch: Batch) -> None:
        _version, reason = self._refusals.pop(batch.id, (-1, ""))
        if reason:
            message = _("The import of “%(name)s” stands still: %(reason)s")
            hint = _("The list of imports goes on with it.")
            self._app.show_error(CrmError(message % {"name": batch.name, "reason": reason}, hint))
            return
        message = _("The import of “%(name)s” stands still. The list of imports goes on with it.")
        self._app.notice(message % {"name": batch.name})

    def _stands_still(self, batch: Batch) -> bool:
        """Return whether nothing works on an import; one just opened will have its process."""
        is_new = batch.state is BatchState.READY and batch.id not in self._old
        return not is_new and not self.works_on(batch)

    def _follow(self, running: Sequence[Batch]) -> None:
        """Hear of the end of processes that others have started."""
        for key in self._followed.keys() - {(one.id, one.holder) for one in running}:
            self._followed.pop(key)()
        for one in running:
            key, holder = (one.id, one.holder), parse_holder(one.holder)
            if key in self._followed or one.id in self._children or holder is None or not holder.is_here:
                continue
            if (stop := when_gone(holder.pid, self._process_gone)) is not None:
                self._followed[key] = stop

    def _tell_end(self, batch: Batch) -> None:
        # What is needed only now isn't read when the console starts.
        from screens.imports.report_screen import ImportReportScreen
        from screens.imports.texts import counts_text

        version, refusal = self._refusals.pop(batch.id, (-1, ""))
        if refusal and version == batch.version:
            # Its process didn't get as far as the import, which stands as it was.
            message = _("The import of “%(name)s” can't go on: %(reason)s")
            self._app.show_error(CrmError(message % {"name": batch.name, "reason": refusal}))
            return
        screen = self._app.screen
        if isinstance(screen, ImportReportScreen) and screen.batch_in_focus().id == batch.id:
            return  # It stands there.
        names = {"name": batch.name, "counts": counts_text(batch.counts), "reason": batch.problem}
        if batch.state is BatchState.DONE:
            self._app.notice(_("Imported “%(name)s”: %(counts)s") % names)
        elif batch.state is BatchState.CANCELLED:
            self._app.notice(_("The import of “%(name)s” was stopped: %(counts)s") % names)
        elif batch.state is BatchState.FAILED:
            message = _("The import of “%(name)s” can't go on: %(reason)s") % names
            hint = _("What was taken in stays. The list of imports goes on with it or undoes it.")
            self._app.show_error(CrmError(message, hint))


def _last_said(errors: IO[bytes]) -> str:
    """Return why a process refused: the last line that it wrote, but for those that belong to another."""
    errors.seek(0, 2)
    errors.seek(max(0, errors.tell() - _TOLD_BYTES))
    lines = errors.read().decode("utf-8", "replace").splitlines()
    return next((safe(one, limit=300) for one in reversed(lines) if one.strip() and not one[0].isspace()), "")
