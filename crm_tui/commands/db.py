"""``crm-tui db``: upgrade, check, back up and restore a store."""

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from crm_tui.commands.answer import Answer, Json
from crm_tui.commands.framework import CrmCommand, CrmGroup
from crm_tui.commands.invocation import Invocation
from crm_tui.errors import Conflict, StoreUnavailable
from crm_tui.i18n import N_, _

if TYPE_CHECKING:
    from crm_tui.store.url import StoreUrl

T = TypeVar("T")


class StoreProblems(StoreUnavailable):
    """What a check of the store found.

    Args:
        problems: One sentence each.
    """

    exit_code = 1

    def __init__(self, problems: list[str]) -> None:
        super().__init__(problems[0], _("Restore a backup with “crm-tui db restore FILE”."))
        self.data = {"problems": problems}


@click.group(cls=CrmGroup, help=N_("Upgrade, check, back up and restore the store."))
def db() -> None:
    """Group of the commands about the store as a whole."""


@db.command(
    "upgrade", cls=CrmCommand, help=N_("Bring the store to the version of this program, or make a new one.")
)
@click.pass_obj
def upgrade(invocation: Invocation) -> Answer:
    """Migrate the store."""
    from crm_tui import bootstrap

    config = invocation.load_config()
    before, after = _run(bootstrap.set_up(config))
    store = bootstrap.store_url(config)
    return Answer({"before": before, "after": after, "store": store.shown()})


@db.command("current", cls=CrmCommand, help=N_("Show the version of the store and the one that is needed."))
@click.pass_obj
def current(invocation: Invocation) -> Answer:
    """Tell both versions."""
    from crm_tui.store import maintenance

    store = _store(invocation)
    found, needed = _run(maintenance.current(store))
    return Answer({"current": found, "needed": needed, "up_to_date": found == needed, "store": store.shown()})


@db.command(
    "check", cls=CrmCommand, help=N_("Look for damage, broken references and gaps in the search index.")
)
@click.pass_obj
def check(invocation: Invocation) -> Answer:
    """Name everything that is wrong; the exit code is 1 when something is."""
    from crm_tui.store import maintenance

    store = _store(invocation)
    problems = _run(maintenance.check(store))
    if problems:
        raise StoreProblems(problems)
    return Answer({"problems": [], "store": store.shown()}, notes=(_("The store is sound."),))


@db.command("backup", cls=CrmCommand, help=N_("Copy the store into a new file while others work."))
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_obj
def backup(invocation: Invocation, file: Path) -> Answer:
    """Write a backup."""
    from crm_tui.store import maintenance
    from crm_tui.store.kept_mail import folder_of

    target = file.absolute()
    if not target.parent.is_dir():
        raise StoreUnavailable(_("There is no folder %(path)s.") % {"path": target.parent})
    if target.exists() or target.is_symlink() or folder_of(target).exists():
        raise Conflict(_("The backup file already exists. Nothing was written."), _("Choose another name."))
    store = _store(invocation)
    mails = _run(maintenance.backup(store, target))
    key_file = invocation.load_config().mail.key_file or f"{store.path}.key"
    notes = [
        _(
            "The key of mail passwords (%(path)s) is not in the backup; without it "
            "they have to be typed again."
        )
        % {"path": key_file}
    ]
    if mails:
        notes.append(_("Kept mail lies beside it in %(path)s.") % {"path": folder_of(target)})
    data: dict[str, Json] = {"file": str(target), "bytes": target.stat().st_size}
    data |= {"mail_folder": str(folder_of(target)) if mails else None, "left_out": [str(key_file)]}
    return Answer(data, notes=tuple(notes))


@db.command(
    "restore",
    cls=CrmCommand,
    help=N_("Put a backup in the place of the store. The store it replaces is kept beside it."),
)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_obj
def restore(invocation: Invocation, file: Path) -> Answer:
    """Restore a backup after it was checked."""
    from crm_tui.store import maintenance

    source = file.absolute()
    store = _store(invocation)
    _run(maintenance.restore(store, source))
    return Answer({"file": str(source), "store": store.shown()})


def _store(invocation: Invocation) -> "StoreUrl":
    from crm_tui.bootstrap import store_url

    return store_url(invocation.load_config())


def _run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)
