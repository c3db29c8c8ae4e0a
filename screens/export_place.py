"""Where an exported file goes, asked about until it can be made there, and the writing of it."""

import os
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crm_tui.domain.bulk import Report, go_on
from crm_tui.domain.exports import Export, Exported, outcome
from crm_tui.domain.fields import Field
from crm_tui.domain.records import Values
from crm_tui.i18n import N_, _
from screens.bulk_work import AT_ONCE
from screens.fields_modal import FieldsModal
from screens.progress_modal import ProgressModal

if TYPE_CHECKING:
    from screens.base import CrmScreen

_FILE = Field("file", N_("File"), max_length=1_000, required=True)


async def ask_file(screen: "CrmScreen[Any]", proposed: Path, title: str = "") -> Path | None:
    """Ask for a name until a file can be made there; None when the agent gives up."""
    path: Path | None = None

    async def check(values: Mapping[str, object]) -> None:
        nonlocal path
        path = screen.services.exports.place(str(values["file"] or ""), proposed.suffix)

    home = Path.home()
    short = Path("~") / proposed.relative_to(home) if proposed.is_relative_to(home) else proposed
    initial: Values = {"file": str(short)}
    detail = _("Only you can read the file.")
    modal = FieldsModal(title or _("Export"), detail, [_FILE], check, initial)
    return path if await screen.app.push_screen_wait(modal) is True else None


def free_path(screen: "CrmScreen[Any]", what: str, ending: str, beside: Path | None = None) -> Path:
    """Return a free name with the day in it.

    Args:
        what: How the name begins.
        ending: How it ends, with its dot.
        beside: A file in whose folder it is to be; else, or where none can be made there, it is in the
            agent's folder for such files.
    """
    folders = [Path.home() / "Downloads", Path.cwd()]
    if beside is not None:
        folders.insert(0, beside.parent)
    folder = next((one for one in folders if os.access(one, os.W_OK | os.X_OK)), folders[-1])
    day = screen.services.clock.now().astimezone(screen.zone).date()
    number = 1
    while True:
        extra = f"-{number}" if number > 1 else ""
        path = folder / f"{what}-{day.isoformat()}{extra}{ending}"
        if not os.path.lexists(path):
            return path
        number += 1


async def write_file(
    screen: "CrmScreen[Any]", export: Export, write: Callable[[Report], Awaitable[Exported]]
) -> bool:
    """Write few records at once, many behind a dialog that can stop it; return whether there is a file."""
    done = list[Exported]()

    async def job(report: Report) -> str:
        done.append(await write(report))
        return outcome(done[0])

    if 0 < len(export.ids) <= AT_ONCE:
        screen.app.notice(await job(go_on))
    else:
        await screen.app.push_screen_wait(ProgressModal(_("Export"), job, stays=False))
    return bool(done) and not done[0].stopped
