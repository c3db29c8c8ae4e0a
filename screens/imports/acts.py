"""What can be done with an import that was begun, and how it is going in words."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from textual import work
from textual.binding import Binding, BindingType

from crm_tui.domain.bulk import Report
from crm_tui.domain.exports import FileKind
from crm_tui.domain.imports.batches import STATE_LABELS, Batch, BatchState, Origin, Undone
from crm_tui.domain.modules import PLURAL
from crm_tui.formats import format_number
from crm_tui.i18n import N_, _, ngettext
from crm_tui.mail.holder import is_gone
from crm_tui.text import safe
from screens.export_place import ask_file, free_path
from screens.key_names import with_keys
from screens.progress_modal import ProgressModal

if TYPE_CHECKING:
    from screens.base import CrmScreen

    _Base = CrmScreen[None]
else:
    _Base = object

STOP: Final = "stop"
GO_ON: Final = "go_on"
UNDO: Final = "undo"
REJECTS: Final = "rejects"

IMPORT_BINDINGS: Final[list[BindingType]] = [
    Binding(
        "x",
        f"act('{STOP}')",
        N_("Stop"),
        id="imports.stop",
        tooltip=N_("Stop the import after the rows that it is taking in; what was taken in stays."),
    ),
    Binding(
        "r",
        f"act('{GO_ON}')",
        N_("Go on"),
        id="imports.go_on",
        tooltip=N_("Go on with the import where it stands."),
    ),
    Binding(
        "w",
        f"act('{REJECTS}')",
        N_("Rejected rows"),
        id="imports.rejects",
        tooltip=N_("Write the rejected rows, with the reasons, to a file that can be mended and imported."),
    ),
    Binding(
        "u",
        f"act('{UNDO}')",
        N_("Undo import"),
        id="imports.undo",
        tooltip=N_("Put what the import made into the bin, and give what it changed its old values. Asks."),
    ),
]

_ORIGINS: Final[Mapping[Origin, str]] = {
    Origin.TABLE: N_("Table"),
    Origin.ASSOCIATIONS: N_("Contacts of accounts"),
    Origin.OUTLOOK_FILE: "Outlook",
    Origin.OUTLOOK: "Outlook",
    Origin.ZOHO_FILE: "Zoho CRM",
    Origin.ZOHO: "Zoho CRM",
}

_FORMATS: Final[Mapping[str, str]] = {"vcf": "vCard", "ics": "iCalendar"}
"""Names of what needn't come from Outlook."""


def acts_of(batch: Batch, *, is_worked_on: bool) -> tuple[str, ...]:
    """Return codes of what can be done with an import."""
    if is_worked_on:
        return () if batch.wants_cancel else (STOP,)
    acts = []
    if (
        batch.state not in (BatchState.DONE, BatchState.UNDOING, BatchState.UNDONE)
        and not batch.origin.is_account
    ):
        acts.append(GO_ON)
    if batch.counts.rejected:
        acts.append(REJECTS)
    is_there = batch.state not in (BatchState.READY, BatchState.RUNNING, BatchState.UNDONE)
    if is_there and batch.counts.created + batch.counts.updated:
        acts.append(UNDO)
    return tuple(acts)


def state_text(batch: Batch, *, is_worked_on: bool) -> str:
    """Return how an import is going."""
    if batch.state in (BatchState.READY, BatchState.RUNNING):
        if not is_worked_on:
            return _("Stands still")
        if batch.wants_cancel:
            return _("Stopping")
    return _(STATE_LABELS[batch.state])


def what_text(batch: Batch) -> str:
    """Return what an import takes in."""
    if batch.module is not None and batch.origin is Origin.TABLE:
        return _(PLURAL[batch.module])
    if batch.origin is Origin.OUTLOOK_FILE:
        return _FORMATS.get(str(batch.settings.get("file", "")), "Outlook")
    return _(_ORIGINS[batch.origin])


def progress_text(batch: Batch) -> str:
    """Return how far an import is: rows of all rows, where their number is known."""
    done, total = batch.position, batch.total
    if not total:
        text = ngettext("%(done)s row", "%(done)s rows", done)
        return text % {"done": format_number(done)}
    return _("%(done)s of %(total)s rows · %(percent)d %%") % {
        "done": format_number(min(done, total)),
        "total": format_number(total),
        "percent": min(done * 100 // total, 100),
    }


class ImportActions(_Base):
    """A screen on which an import is in focus.

    ``batch_in_focus`` says which; ``batch_changed`` is called when something was done with it.
    """

    def batch_in_focus(self) -> Batch | None:
        """Return the import that the keys mean."""
        raise NotImplementedError

    def batch_changed(self) -> None:
        """Show it as it is now."""
        raise NotImplementedError

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Take keys away that mean nothing for the import in focus."""
        if action == "act" and self.is_mounted:
            batch = self.batch_in_focus()
            return batch is not None and parameters[0] in self.acts_of(batch)
        return super().check_action(action, parameters)

    def acts_of(self, batch: Batch) -> tuple[str, ...]:
        """Return codes of what can be done with an import."""
        return acts_of(batch, is_worked_on=self.app.imports.works_on(batch))

    @work(group="imports.act", exit_on_error=False)
    async def action_act(self, act: str) -> None:
        """Do one thing with the import in focus."""
        batch = self.batch_in_focus()
        if batch is None or act not in self.acts_of(batch):
            return
        if act == STOP:
            await self.services.import_batches.cancel(self.actor, batch.id, is_gone)
            self.app.notice(_("Stopping. What was done so far stays."))
        elif act == GO_ON:
            self.app.imports.start(batch)
        elif act == UNDO:
            await self._undo(batch)
        else:
            await ask_and_write_rejects(self, batch)
        self.batch_changed()

    async def _undo(self, batch: Batch) -> None:
        created, updated = await self.services.imports.undoable(self.actor, batch.id)
        detail = "\n".join(undo_lines(batch.origin, created, updated))
        question = _("Undo the import of “%(name)s”?") % {"name": safe(batch.name, limit=60)}
        if await self.app.confirm(question, _("Undo import"), detail):
            job = partial(_take_back, self, batch.id)
            await self.app.push_screen_wait(ProgressModal(_("Undoing the import"), job))


async def _take_back(screen: "CrmScreen[Any]", batch_id: str, report: Report) -> str:
    is_stopped = False

    def go_on(done: int, total: int) -> bool:
        nonlocal is_stopped
        is_stopped = not report(done, total)
        return not is_stopped

    text = undone_text(await screen.services.imports.undo(screen.actor, batch_id, go_on))
    if is_stopped:
        rest = with_keys(screen.app, _("Stopped. u takes back the rest."), u="imports.undo")
        text = f"{text}\n{rest}"
    return text


def undo_lines(origin: Origin, created: int, updated: int) -> list[str]:
    """Return what taking an import back would do, as sentences.

    Args:
        created: New records or associations.
        updated: Records that the import changed.
    """
    lines = []
    if origin is Origin.ASSOCIATIONS:
        text = ngettext(
            "%(number)s new association is removed.",
            "%(number)s new associations are removed.",
            created,
        )
    else:
        text = ngettext(
            "%(number)s new record goes into the bin.",
            "%(number)s new records go into the bin.",
            created,
        )
    if created:
        lines.append(text % {"number": format_number(created)})
    if updated:
        text = ngettext(
            "%(number)s changed record gets its old values again.",
            "%(number)s changed records get their old values again.",
            updated,
        )
        lines.append(text % {"number": format_number(updated)})
    return [*lines, _("What somebody changed or used since stays as it is.")]


def undone_text(undone: Undone) -> str:
    """Return what taking an import back has done, as sentences."""
    said = [
        (
            undone.removed,
            ngettext("%(number)s was taken away.", "%(number)s were taken away.", undone.removed),
        ),
        (
            undone.restored,
            ngettext(
                "%(number)s has its old values again.",
                "%(number)s have their old values again.",
                undone.restored,
            ),
        ),
        (
            undone.left_out,
            ngettext(
                "%(number)s was changed or used by somebody since and stays as it is.",
                "%(number)s were changed or used by somebody since and stay as they are.",
                undone.left_out,
            ),
        ),
    ]
    lines = [text % {"number": format_number(number)} for number, text in said if number]
    return "\n".join(lines or [_("Nothing was left to be taken back.")])


async def ask_and_write_rejects(screen: "CrmScreen[Any]", batch: Batch) -> None:
    """Ask for a file and write the rejected rows to it."""
    from crm_tui.sync.rejects import write_rejects

    stem = Path(batch.name).stem or _("Import")
    name = _("%(file)s rejected") % {"file": safe(stem, limit=80).replace("/", "_")}
    beside = Path(batch.path) if batch.path else None
    path = await ask_file(screen, free_path(screen, name, FileKind.CSV.value, beside), _("Rejected rows"))
    if path is None:
        return
    number = await write_rejects(screen.services, screen.actor, batch, path)
    text = ngettext(
        "%(number)s rejected row is in %(file)s.", "%(number)s rejected rows are in %(file)s.", number
    )
    screen.app.notice(text % {"number": format_number(number), "file": path}, stays=True)
