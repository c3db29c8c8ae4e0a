"""Composition root: settings, then engine, then services. The only file that knows them all."""

import os
import pwd
from pathlib import Path

from crm_tui.clock import Clock
from crm_tui.clock import clock as process_clock
from crm_tui.config import Config, default_store_url
from crm_tui.domain.actor import Actor
from crm_tui.errors import StoreUnavailable
from crm_tui.i18n import _
from crm_tui.services.container import Services
from crm_tui.services.core import Core
from crm_tui.store import maintenance
from crm_tui.store.store import Store
from crm_tui.store.url import StoreUrl, parse_store_url
from crm_tui.store.version import check_version, stored_version


def store_url(config: Config) -> StoreUrl:
    """Return where the store is.

    Raises:
        Misconfigured: The address can't be read.
    """
    return parse_store_url(config.store.url or default_store_url())


def store_exists(config: Config) -> bool:
    """Return whether there is a store file; a PostgreSQL store is taken to exist."""
    url = store_url(config)
    return url.path is None or url.path.exists()


async def open_services(config: Config, *, create: bool = False, clock: Clock | None = None) -> Services:
    """Open the store and return its services.

    Args:
        create: Make the store if there is none; the default store is always made.
        clock: The source of time, that of the process unless given.

    Raises:
        StoreUnavailable: The store is missing, or of another version, or can't be reached.
    """
    url = store_url(config)
    if url.path is not None:
        maintenance.refuse_network_file(url.path)
    clock = clock or process_clock()
    if url.path is not None and not url.path.exists():
        await _make(config, url, clock, create=create or not config.store.url)
    store = Store(url, clock)
    try:
        async with store.read() as connection:
            check_version(await stored_version(connection))
        key_file = Path(config.mail.key_file) if config.mail.key_file else None
        services = Services.on(
            Core(
                store,
                store.clock,
                region=config.locale.region,
                key_file=key_file,
                allow_hosts=config.mail.allow_hosts,
                sign_ins=config.mail.sign_ins,
                outlook=config.outlook.registered(config.mail.microsoft_client_id),
                zoho=config.zoho,
            )
        )
        await services.settings.load()
    except BaseException:
        await store.close()
        raise
    return services


async def set_up(config: Config) -> tuple[str | None, str]:
    """Make or upgrade a store; return the version it had and the one it has."""
    url = store_url(config)
    if url.path is not None and not url.path.exists():
        await _make(config, url, process_clock(), create=True)
        return None, (await maintenance.current(url))[1]
    before = await _fill(config, url, process_clock())
    return before, (await maintenance.current(url))[1]


async def sign_in(services: Services, config: Config, as_user: str | None = None) -> Actor:
    """Return who acts: the operating-system account, or the user that its owner asked for.

    Raises:
        NotSignedIn: The account is no enabled user, or may not act as another.
    """
    return await services.users.sign_in(os_login(), as_user, owns_store=owns_store(config))


def owns_store(config: Config) -> bool:
    """Return whether the account owns the store: a private file, or a server it has the address of."""
    path = store_url(config).path
    if path is None:
        return True
    try:
        found = path.stat()
    except OSError:
        return False
    return found.st_uid == os.geteuid()


def os_login() -> str:
    """Return the name of the operating-system account, by the kernel's answer, not the environment's."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid{os.getuid()}"


async def _make(config: Config, url: StoreUrl, clock: Clock, *, create: bool) -> None:
    _make_room(url, create=create)
    async with maintenance.new_file(url) as fresh:
        await _fill(config, fresh, clock)


async def _fill(config: Config, url: StoreUrl, clock: Clock) -> str | None:
    """Bring a store to the present schema, with an administrator; return the version it had."""
    before = await maintenance.upgrade(url)
    store = Store(url, clock)
    try:
        services = Services.on(Core(store, clock, region=config.locale.region))
        await services.users.set_up(os_login())
    finally:
        await store.close()
    return before


def _make_room(url: StoreUrl, *, create: bool) -> None:
    path = url.path
    if path is None:
        return
    if not create:
        raise StoreUnavailable(
            _("There is no store at %(path)s.") % {"path": path},
            _("Check the address, or make one with “crm-tui db upgrade”."),
        )
    if path.parent == Path(parse_store_url(default_store_url()).path or path).parent:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.parent.is_dir():
        raise StoreUnavailable(
            _("The folder %(path)s doesn't exist.") % {"path": path.parent},
            _("Make it first, or give another address."),
        )
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise StoreUnavailable(
            _("No store can be made in %(path)s.") % {"path": path.parent},
            _("Ask for the right to write there, or give another address."),
        )
