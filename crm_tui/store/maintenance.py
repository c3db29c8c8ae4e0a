"""What an administrator does to a whole store: upgrade, check, back up, restore."""

import asyncio
import fcntl
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing, suppress
from pathlib import Path
from typing import TypeVar

from sqlalchemy import URL, Connection
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_tui.errors import Misconfigured, StoreUnavailable
from crm_tui.i18n import _
from crm_tui.store import engine as engines
from crm_tui.store.failures import translated
from crm_tui.store.kept_mail import copy_kept
from crm_tui.store.sqlite_driver import sqlite
from crm_tui.store.url import StoreUrl
from crm_tui.store.version import CURRENT, check_version, stored_version

NETWORK_FILE_SYSTEMS = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "9p", "afs"})
"""File systems on which SQLite's locks don't hold."""

MOUNTS = Path("/proc/mounts")
"""Where the kernel tells which file systems there are."""

_BEGIN_POSTGRESQL = "SELECT pg_advisory_xact_lock(6017412290381)"
"""Two programs that upgrade the same database do so one after the other."""

_COMPANIONS = ("-wal", "-shm", "-journal")
"""Files that SQLite keeps beside a store."""

Result = TypeVar("Result")


async def upgrade(store: StoreUrl) -> str | None:
    """Bring a store to the schema of this program, making it when it doesn't exist.

    Foreign keys are off meanwhile, since SQLite rebuilds parent tables and would empty every
    column that refers to them; afterwards all references are checked before anything is kept.

    Returns:
        The version it had, None for a new one.

    Raises:
        StoreUnavailable: The store can't be reached, or this program knows nothing of its version.
    """
    if store.path is not None:
        refuse_network_file(store.path)
    engine = engines.make_engine(store, foreign_keys=False)
    try:
        with translated():
            async with engine.connect() as connection:
                await connection.exec_driver_sql("BEGIN IMMEDIATE" if store.is_sqlite else _BEGIN_POSTGRESQL)
                before = await stored_version(connection) if await _has_schema(connection) else None
                if before is None:
                    await _refuse_foreign(connection)
                if before is not None and before != CURRENT:
                    _refuse_unknown(before)
                if before != CURRENT:
                    await connection.run_sync(_run_steps)
                    await _check_references(connection)
                await connection.commit()
    finally:
        await engines.dispose(engine)
    engines.secure_file(store)
    return before


@asynccontextmanager
async def new_file(store: StoreUrl) -> AsyncIterator[StoreUrl]:
    """Give the address of an empty file that becomes the SQLite store once it is filled.

    It gets the store's name when it is whole, so that neither a kill nor a second program that
    starts at the same moment ever meets half a store. Where another was faster, its store stays.
    """
    target = _file_of(store, missing_ok=True)
    with translated():
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        os.close(handle)
        fresh = Path(name)
        try:
            yield _at(fresh)
            _name_unless_taken(fresh, target)
        finally:
            _remove(fresh)


async def current(store: StoreUrl) -> tuple[str | None, str]:
    """Return the version of a store and the one this program needs."""
    return await _on(store, stored_version), CURRENT


async def check(store: StoreUrl) -> list[str]:
    """Return what is wrong with a store, an empty list when nothing is.

    Damaged pages, broken references and entries of the lookup that don't fit their records.
    """
    return await _on(store, _problems)


async def backup(store: StoreUrl, target: Path) -> int:
    """Copy an SQLite store and the mail that is kept beside it while others write; return how many mails.

    Raises:
        Misconfigured: The store is not a file, or ``target`` already exists.
        StoreUnavailable: It can't be read or the copy can't be written.
    """
    source = _file_of(store)
    await asyncio.to_thread(_copy_fresh, source, target)
    return await asyncio.to_thread(copy_kept, source, target)


async def restore(store: StoreUrl, source: Path) -> None:
    """Put a backup in the place of an SQLite store; the store it replaces is kept beside it.

    Raises:
        StoreUnavailable: ``source`` is no sound store of this program's version or older.
    """
    target = _file_of(store, missing_ok=True)
    _file_of(_at(source))
    fresh = target.with_name(f".{target.name}.restoring")
    try:
        try:
            # The copy is checked, so that the backup may lie where nothing can be written.
            await asyncio.to_thread(_copy_over, source, fresh)
            problems = await _on(_at(fresh), _problems)
        except StoreUnavailable as error:
            raise StoreUnavailable(
                _("The backup can't be used. Nothing was restored."), str(error)
            ) from error
        if problems:
            raise StoreUnavailable(_("The backup is damaged. Nothing was restored."), problems[0])
        await asyncio.to_thread(_put_in_place, fresh, target)
        await asyncio.to_thread(copy_kept, source, target)
    finally:
        _remove(fresh)


def refuse_network_file(path: Path, mounts: Path = MOUNTS) -> None:
    """Refuse a store file on a network file system, where several writers would destroy it.

    Args:
        path: The file, which need not exist.
        mounts: The table of mounted file systems.

    Raises:
        StoreUnavailable: SQLite's locks don't hold there.
    """
    kind = file_system_of(path.parent, mounts)
    if kind in NETWORK_FILE_SYSTEMS:
        raise StoreUnavailable(
            _("The store would be on a network file system (%(kind)s), where it can be damaged.")
            % {"kind": kind},
            _("Put it on a local disk, or use PostgreSQL."),
        )


def file_system_of(folder: Path, mounts: Path = MOUNTS) -> str:
    """Return the type of the file system that holds ``folder``, "" where it can't be told."""
    best, kind = "", ""
    with suppress(OSError):
        place = str(folder.resolve())
        for line in mounts.read_text(encoding="utf-8", errors="replace").splitlines():
            fields = line.split()
            if len(fields) < 3:
                continue
            mount = fields[1].replace("\\040", " ")
            if (place == mount or place.startswith(mount.rstrip("/") + "/")) and len(mount) >= len(best):
                best, kind = mount, fields[2]
    return kind


# Parts


def _run_steps(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "crm_tui:store/migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


async def _has_schema(connection: AsyncConnection) -> bool:
    query = (
        "SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'"
        if connection.dialect.name == "sqlite"
        else "SELECT 1 FROM information_schema.tables WHERE table_name = 'alembic_version'"
        " AND table_schema = current_schema()"
    )
    return (await connection.exec_driver_sql(query)).first() is not None


async def _refuse_foreign(connection: AsyncConnection) -> None:
    """A file that already has other tables belongs to another program."""
    if connection.dialect.name != "sqlite":
        return
    tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    if (await connection.exec_driver_sql(tables)).first() is not None:
        raise StoreUnavailable(
            _("This file belongs to another program. Nothing was changed."), _("Give another address.")
        )


def _refuse_unknown(found: str) -> None:
    from crm_tui.store.version import STEPS

    if found not in STEPS:
        check_version(found)


async def _check_references(connection: AsyncConnection) -> None:
    if connection.dialect.name != "sqlite":
        return
    broken = (await connection.exec_driver_sql("PRAGMA foreign_key_check")).first()
    if broken is not None:
        raise StoreUnavailable(
            _("The upgrade would break references in table %(table)s. Nothing was changed.")
            % {"table": broken[0]},
            _("Keep the store as it is and report this."),
        )


async def _problems(connection: AsyncConnection) -> list[str]:
    check_version(await stored_version(connection))
    found: list[str] = []
    if connection.dialect.name == "sqlite":
        for row in await connection.exec_driver_sql("PRAGMA integrity_check(20)"):
            if row[0] != "ok":
                found.append(str(row[0]))
        for row in await connection.exec_driver_sql("PRAGMA foreign_key_check"):
            found.append(_("Broken reference in table %(table)s.") % {"table": row[0]})
    from crm_tui.store.repositories.consistency import lookup_problems

    return found + await lookup_problems(connection)


async def _on(store: StoreUrl, work: Callable[[AsyncConnection], Awaitable[Result]]) -> Result:
    if store.path is not None:
        _file_of(store)
    engine = engines.make_engine(store)
    try:
        with translated():
            async with engine.connect() as connection:
                return await work(connection)
    finally:
        await engines.dispose(engine)


def _file_of(store: StoreUrl, *, missing_ok: bool = False) -> Path:
    if store.path is None:
        raise Misconfigured(
            _("This works on an SQLite store only."), _("Use pg_dump and pg_restore for PostgreSQL.")
        )
    if not missing_ok and not store.path.is_file():
        raise StoreUnavailable(
            _("There is no store at %(path)s.") % {"path": store.path},
            _("Check the address, or make one with “crm-tui db upgrade”."),
        )
    return store.path


def _name_unless_taken(fresh: Path, target: Path) -> None:
    """Give a file its name; one at a time, as a log that an old store left behind has to go before."""
    folder = os.open(target.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        if not target.exists():
            _remove_companions(target)
            os.link(fresh, target)
    finally:
        os.close(folder)


def _copy_fresh(source: Path, target: Path) -> None:
    if target.exists() or target.is_symlink():
        raise Misconfigured(
            _("The backup file already exists. Nothing was written."), _("Choose another name.")
        )
    _copy(source, target)


def _copy(source: Path, target: Path) -> None:
    """Copy by SQLite's own backup, into a private file that gets its name when it is complete."""
    with translated():
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        os.close(handle)
        try:
            with closing(sqlite.connect(f"{source.as_uri()}?mode=ro", uri=True)) as reader:
                with closing(sqlite.connect(name)) as writer:
                    reader.backup(writer)
                    writer.execute("PRAGMA journal_mode = DELETE")
            os.link(name, target)
        except sqlite.Error as error:
            raise StoreUnavailable(_("The backup could not be made."), str(error)) from error
        finally:
            with suppress(FileNotFoundError):
                os.unlink(name)


def _copy_over(source: Path, target: Path) -> None:
    _remove(target)
    _copy(source, target)


def _put_in_place(fresh: Path, target: Path) -> None:
    with translated():
        if target.exists():
            _keep(target)
            if _written_into(target, fresh):
                return
        _remove_companions(target)
        os.replace(fresh, target)


def _written_into(target: Path, fresh: Path) -> bool:
    """Write a copy into a store, in one transaction; return whether the store was sound enough for it.

    A console that has the store open goes on with what was restored. If the file were replaced, it
    would save into one that has no name any more.
    """
    try:
        with closing(sqlite.connect(fresh)) as reader, closing(sqlite.connect(target)) as writer:
            reader.backup(writer)
    except sqlite.DatabaseError:
        return False
    target.chmod(0o600)
    return True


def _keep(store: Path) -> None:
    """Copy the store that is about to be replaced; one too damaged for SQLite as the bytes it is."""
    kept = store.with_name(f"{store.name}.before-restore")
    try:
        _copy_over(store, kept)
    except StoreUnavailable:
        for suffix in ("", "-wal"):
            if (part := _beside(store, suffix)).exists():
                _beside(kept, suffix).touch(mode=0o600)
                shutil.copyfile(part, _beside(kept, suffix))


def _remove(store: Path) -> None:
    """Remove a store file with what SQLite keeps beside it."""
    store.unlink(missing_ok=True)
    _remove_companions(store)


def _remove_companions(store: Path) -> None:
    for suffix in _COMPANIONS:
        _beside(store, suffix).unlink(missing_ok=True)


def _beside(store: Path, suffix: str) -> Path:
    return store.with_name(store.name + suffix)


def _at(path: Path) -> StoreUrl:
    return StoreUrl(URL.create("sqlite+aiosqlite", database=str(path)), path)
