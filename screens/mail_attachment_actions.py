"""Saving attachments: which, where, how far it is."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from crm_tui.domain.fields import Field
from crm_tui.domain.mail import MailAttachment
from crm_tui.domain.records import Values
from crm_tui.errors import Invalid, NotFound
from crm_tui.formats import format_size
from crm_tui.i18n import N_, _, ngettext
from screens.choice_modal import ChoiceModal
from screens.fields_modal import FieldsModal
from screens.progress_modal import ProgressModal
from screens.widgets.field_files import expanded

if TYPE_CHECKING:
    from crm_tui.app import CrmApp

_ALL: Final = "all"
_FOLDER: Final = Field("folder", N_("Folder"), max_length=1_000, required=True)
_DOWNLOADS: Final = ("Downloads", "ダウンロード")


async def save_attachments(app: "CrmApp", mail_id: str) -> None:
    """Ask which attachments of a mail and where to, and save them; to be awaited in a worker."""
    sources = await app.services.mail_attachments.sources(app.actor, mail_id)
    message = sources.message
    if message.attachments and sources.raw is None and not sources.places:
        raise sources.missing()
    chosen = await _ask_which(app, message.attachments)
    if not chosen:
        return
    folder = await _ask_folder(app)
    if folder is None:
        return
    saved: list[Path] = []

    async def job(report: Callable[[int, int], bool]) -> str:
        from crm_tui.mail.attachments import save

        ids = [one.id for one in chosen]
        allowed = app.config.mail.allow_hosts
        saved.extend(
            await save(app.services, app.actor, mail_id, ids, folder, allowed=allowed, progress=report)
        )
        return ""

    modal = ProgressModal(_("Saving attachments"), job, closes_itself=True, stays=False)
    if await app.push_screen_wait(modal) and saved:
        app.notice(_told(saved), stays=True)


async def _ask_which(app: "CrmApp", attachments: tuple[MailAttachment, ...]) -> tuple[MailAttachment, ...]:
    if not attachments:
        raise NotFound(_("This mail has no attachments."))
    if len(attachments) == 1:
        return attachments
    total = format_size(sum(one.file_size for one in attachments))
    everything = _("All %(number)s (%(size)s)") % {"number": len(attachments), "size": total}
    options = [(_ALL, everything)]
    for one in attachments:
        options.append((one.id, f"{one.name or _('(no name)')}  {format_size(one.file_size)}"))
    chosen = await app.push_screen_wait(ChoiceModal(_("Save which attachment?"), options))
    return attachments if chosen == _ALL else tuple(one for one in attachments if one.id == chosen)


async def _ask_folder(app: "CrmApp") -> Path | None:
    folder = Path()

    async def check(values: Mapping[str, object]) -> None:
        nonlocal folder
        folder = _existing(str(values["folder"] or ""))

    initial: Values = {"folder": str(usual_folder())}
    detail = _("Only you can read the files. Nothing that is there is overwritten.")
    modal = FieldsModal(_("Save attachments"), detail, [_FOLDER], check, initial)
    return folder if await app.push_screen_wait(modal) is True else None


def _existing(typed: str) -> Path:
    folder = expanded(typed)
    if not folder.is_dir():
        reason = _("There is no such folder.")
        raise Invalid(reason, fields={"folder": reason})
    return folder


def usual_folder() -> Path:
    """Return the agent's folder of downloads, else their home folder."""
    home = Path.home()
    return next((home / name for name in _DOWNLOADS if (home / name).is_dir()), home)


def _told(saved: list[Path]) -> str:
    if len(saved) == 1:
        return _("Saved as %(path)s.") % {"path": saved[0]}
    text = ngettext("%(number)s file saved in %(path)s.", "%(number)s files saved in %(path)s.", len(saved))
    return text % {"number": len(saved), "path": saved[0].parent}
