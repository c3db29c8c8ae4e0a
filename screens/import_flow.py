"""The way of a file into the store: choose it, see what it is, choose what its columns become, dry run."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from crm_tui.domain.import_associations import KIND as ASSOCIATIONS
from crm_tui.errors import NotAllowed
from crm_tui.i18n import _
from screens.action_hold import held
from screens.import_choices import ask_encoding
from screens.import_dry_run_screen import ImportDryRunScreen
from screens.import_file_modal import Chosen, ImportFileModal
from screens.import_files import shown_folder
from screens.import_items_screen import ImportItemsScreen
from screens.import_options_screen import ImportOptionsScreen
from screens.import_plan import TablePlan, likeliest_kind, plan_of

if TYPE_CHECKING:
    from crm_tui.app import CrmApp

_RECENT = 50
"""Imports whose files are offered again."""

Closed = Callable[[bool | None], None]
"""Called when a screen is closed; True: the agent goes back to the choice of the file."""


async def import_file(app: "CrmApp", kind: str = "", path: Path | None = None) -> None:
    """Let the agent choose a file and go on as it needs; to be awaited in a worker.

    Args:
        kind: The code of a module, or ``associations``; it counts unless a table clearly is another one.
        path: The file; asked for unless given.
    """
    chosen = await _chosen(app, path)
    if chosen is not None:
        await _go_on(app, kind, chosen)


async def _chosen(app: "CrmApp", path: Path | None) -> Chosen | None:
    """Return a file that was looked at; None when the agent gives up."""
    if path is not None:
        from crm_tui.sync.files import reading

        return Chosen(path, await reading.inspect(path))
    recent = await app.services.import_batches.list(app.actor, _RECENT)
    imported: dict[Path, datetime] = {}
    for batch in recent:
        if batch.path:
            imported.setdefault(Path(batch.path), batch.created_at)
    modal = ImportFileModal(app.imports.typed or _first_folder(imported), imported)
    chosen: Chosen | None = await app.push_screen_wait(modal)
    app.imports.typed = modal.typed
    return chosen


async def _go_on(app: "CrmApp", kind: str, chosen: Chosen) -> None:
    """Show a file in the way that fits what it is; from there Esc leads back to the choice of the file."""

    def closed(goes_back: bool | None) -> None:
        if goes_back:
            app.open_import(kind)

    facts = chosen.facts
    if facts.kind.has_items or (facts.outlook is not None and kind != ASSOCIATIONS):
        await _show_items(app, kind, chosen, closed)
    elif facts.kind.is_table:
        await _show_table(app, kind, chosen, closed)
    else:
        from crm_tui.sync.zoho.files import ZohoFileJob

        job = await ZohoFileJob.of_file(app.services, app.actor, chosen.path)
        await app.push_screen(ImportDryRunScreen(job), closed)


async def _show_items(app: "CrmApp", kind: str, chosen: Chosen, closed: Closed) -> None:
    from crm_tui.sync.files import reading
    from crm_tui.sync.files.facts import GUESS

    options, facts = GUESS, chosen.facts
    if facts.is_ambiguous:
        known = await ask_encoding(app, facts, options)
        if known is None:
            app.open_import(kind)
            return
        options, facts = known, await reading.inspect(chosen.path, known)

    def as_table() -> None:
        again = partial(_show_table, app, kind, Chosen(chosen.path, facts), closed)
        app.run_worker(held(app.keys, again), group="import.choose", exit_on_error=False)

    other = as_table if facts.kind.is_table else None
    screen = ImportItemsScreen(app.services, app.actor, chosen.path, facts, options, other)
    await app.push_screen(screen, closed)


async def _show_table(app: "CrmApp", kind: str, chosen: Chosen, closed: Closed) -> None:
    plan = app.imports.kept.get(chosen.path)
    if plan is None or plan.facts.fingerprint != chosen.facts.fingerprint:
        plan = await _proposed(app, kind, chosen)
    await app.push_screen(ImportOptionsScreen(plan), closed)


async def _proposed(app: "CrmApp", kind: str, chosen: Chosen) -> TablePlan:
    from crm_tui.sync.files.facts import GUESS

    headings = chosen.facts.headings
    kind = await likeliest_kind(app.services, app.actor, headings, kind)
    if not kind:
        raise NotAllowed(_("Your profile lets you import nothing."), _("Ask your administrator."))
    return await plan_of(app.services, app.actor, chosen.path, chosen.facts, GUESS, kind)


def _first_folder(imported: dict[Path, datetime]) -> str:
    """Return the folder in which the next file most likely is."""
    folders = [path.parent for path in imported if path.parent.is_dir()]
    downloads = Path.home() / "Downloads"
    return shown_folder(next(iter(folders), downloads if downloads.is_dir() else Path.home()))
