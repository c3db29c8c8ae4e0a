"""The way of a file into the store: choose it, see what it is, choose what its columns become, dry run."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from crm_tui.domain.imports.associations import KIND as ASSOCIATIONS
from crm_tui.errors import NotAllowed
from crm_tui.i18n import _
from screens.action_hold import held
from screens.background import in_background
from screens.base import CrmScreen
from screens.imports.choices import ask_encoding
from screens.imports.dry_run_screen import ImportDryRunScreen
from screens.imports.file_modal import ImportFileModal
from screens.imports.files import begun_anew, shown_folder
from screens.imports.items_screen import ImportItemsScreen
from screens.imports.options_screen import ImportOptionsScreen
from screens.imports.plan import likeliest_kind, plan_of

if TYPE_CHECKING:
    from crm_tui.app import CrmApp
    from crm_tui.sync.files.facts import FileFacts

_RECENT = 50
"""Imports whose files are offered again."""


async def import_file(app: "CrmApp", kind: str = "", path: Path | None = None) -> None:
    """Let the agent choose a file and show it as it needs; to be awaited in a worker.

    Args:
        kind: The code of a module, or ``associations``; it counts unless a table clearly is another one.
        path: The file; asked for unless given.
    """
    prepare = partial(_screen_for, app, kind)
    if path is not None:
        screen = await prepare(path)
    else:
        screen = await _ask(app, ImportFileModal(*await _start(app), prepare))
    if screen is not None:
        await _show(app, kind, screen)


async def _ask(app: "CrmApp", modal: ImportFileModal) -> CrmScreen[bool] | None:
    screen: CrmScreen[bool] | None = await app.push_screen_wait(modal)
    app.imports.typed = begun_anew(modal.typed)
    return screen


async def _show(app: "CrmApp", kind: str, screen: CrmScreen[bool]) -> None:
    """Show the next screen; from there Esc leads back to the choice."""

    def closed(goes_back: bool | None) -> None:
        if goes_back:
            app.open_import(kind)

    await app.push_screen(screen, closed)


async def _start(app: "CrmApp") -> tuple[str, dict[Path, datetime]]:
    """Return what the line of the choice starts with, and when which file was imported last."""
    imported: dict[Path, datetime] = {}
    for batch in await app.services.import_batches.list(app.actor, _RECENT):
        if batch.path:
            imported.setdefault(Path(batch.path), batch.created_at)
    return app.imports.typed or _first_folder(imported), imported


async def _screen_for(app: "CrmApp", kind: str, path: Path) -> CrmScreen[bool] | None:
    """Look at a file and return the screen that fits what it is; None when the agent gives up."""
    from crm_tui.sync.files import reading

    facts = await reading.inspect(path)
    if facts.kind.has_items or (facts.outlook is not None and kind != ASSOCIATIONS):
        return await _items_screen(app, kind, path, facts)
    if facts.kind.is_table and (kind == ASSOCIATIONS or not _is_of_zoho(path, facts)):
        return await _table_screen(app, kind, path, facts)
    from crm_tui.sync.zoho.files import ZohoFileJob

    job = await ZohoFileJob.of_file(app.services, app.actor, path)
    return ImportDryRunScreen(job, as_table=_as_table(app, kind, path, facts))


def _is_of_zoho(path: Path, facts: "FileFacts") -> bool:
    """Return whether a table is one of Zoho CRM's own: it has the ids that its records have there."""
    from crm_tui.sync.zoho.backup import PLACES, is_zoho, module_of_file

    if tuple(facts.headings[:2]) in PLACES:
        return True
    return is_zoho(facts.headings) and module_of_file(path.name, facts.headings) is not None


def _as_table(app: "CrmApp", kind: str, path: Path, facts: "FileFacts") -> Callable[[], None] | None:
    """Return what lets the agent choose the columns of a file that is known; None where it has none."""
    if not facts.kind.is_table:
        return None

    async def choose_columns() -> None:
        await _show(app, kind, await _table_screen(app, kind, path, facts))

    def as_table() -> None:
        in_background(app, "import.choose", held(app.keys, choose_columns))

    return as_table


async def _items_screen(app: "CrmApp", kind: str, path: Path, facts: "FileFacts") -> ImportItemsScreen | None:
    from crm_tui.sync.files import reading
    from crm_tui.sync.files.facts import GUESS

    options = GUESS
    if facts.is_ambiguous:
        known = await ask_encoding(app, facts, options)
        if known is None:
            return None
        options, facts = known, await reading.inspect(path, known)

    as_table = _as_table(app, kind, path, facts)
    return ImportItemsScreen(app.services, app.actor, path, facts, options, as_table)


async def _table_screen(app: "CrmApp", kind: str, path: Path, facts: "FileFacts") -> ImportOptionsScreen:
    plan = app.imports.kept.get(path)
    if plan is not None and plan.facts.fingerprint == facts.fingerprint:
        return ImportOptionsScreen(plan)
    from crm_tui.sync.files.facts import GUESS

    likeliest = await likeliest_kind(app.services, app.actor, facts.headings, kind)
    if not likeliest:
        raise NotAllowed(_("Your profile lets you import nothing."), _("Ask your administrator."))
    return ImportOptionsScreen(await plan_of(app.services, app.actor, path, facts, GUESS, likeliest))


def _first_folder(imported: dict[Path, datetime]) -> str:
    """Return the folder in which the next file most likely is."""
    folders = [path.parent for path in imported if path.parent.is_dir()]
    downloads = Path.home() / "Downloads"
    return shown_folder(next(iter(folders), downloads if downloads.is_dir() else Path.home()))
