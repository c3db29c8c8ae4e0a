"""What a driver's error means to an agent: one sentence, and whether anything was saved."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from crm_tui.errors import Conflict, CrmError, StoreUnavailable
from crm_tui.i18n import N_, _

_SIGNS: tuple[tuple[tuple[str, ...], str, str, bool], ...] = (
    (
        ("database is locked", "database table is locked", "lock timeout", "deadlock"),
        N_("The store is busy with other work. Nothing was saved."),
        N_("Try again; what you typed is kept."),
        True,
    ),
    (
        ("disk is full", "no space left", "disk full"),
        N_("The disk of the store is full. Nothing was saved."),
        N_("Free some space, then save again; what you typed is kept."),
        True,
    ),
    (
        ("readonly", "read-only", "permission denied", "unable to open database"),
        N_("The store can't be written to. Nothing was saved."),
        N_("Ask the administrator to check the rights on the store; what you typed is kept."),
        True,
    ),
    (
        ("disk i/o error",),
        N_("The disk of the store doesn't take or give data. Nothing was saved."),
        N_("Ask the administrator to look at the disk and its quota; what you typed is kept."),
        True,
    ),
    (
        ("malformed", "not a database", "checksum"),
        N_("The store is damaged. Nothing was saved."),
        N_("Stop working and restore a backup with “crm-tui db restore FILE”."),
        False,
    ),
    (
        ("no such table", "no such column", "undefinedtable", "does not exist"),
        N_("The store has another version than this program. Nothing was saved."),
        N_("Run “crm-tui db upgrade”."),
        False,
    ),
)


@contextmanager
def translated() -> Iterator[None]:
    """Turn errors of the driver into `CrmError`; errors of the program pass through.

    Raises:
        StoreUnavailable: The store is locked, full, read-only, damaged, of another version or away.
        Conflict: A rule of the store refused the write.
    """
    try:
        yield
    except CrmError:
        raise
    except IntegrityError as error:
        raise Conflict(
            _("The store refused the change because it contradicts another record. Nothing was saved."),
            _("Look at the record again, then repeat the change."),
        ) from error
    except (OperationalError, InterfaceError, PoolTimeout, DBAPIError, OSError) as error:
        raise _unavailable(error) from error
    except SQLAlchemyError as error:
        raise StoreUnavailable(_("The store could not do this. Nothing was saved."), "") from error


def _unavailable(error: Exception) -> StoreUnavailable:
    # Not the whole error: that quotes the statement's values, which are what somebody typed.
    cause = getattr(error, "orig", None) or error
    text = f"{type(cause).__name__} {cause}".lower()
    for signs, message, hint, can_repeat in _SIGNS:
        if any(sign in text for sign in signs):
            return StoreUnavailable(_(message), _(hint), can_repeat=can_repeat)
    return StoreUnavailable(
        _("The store can't be reached. Nothing was saved."),
        _("Check that it runs, then try again; what you typed is kept."),
        can_repeat=True,
    )
