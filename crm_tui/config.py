"""The configuration: read once at start, checked whole, immutable afterwards.

An option is taken from the first of: flags, ``CRM_TUI_*`` variables, what was chosen in the console, the
user's file, the site's file, the default. The site may fix options by naming them in ``locked``.
"""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from platformdirs import PlatformDirs

from crm_tui.config_checks import Refused, key_names
from crm_tui.config_layers import (
    Layer,
    Problem,
    file_layer,
    flags_layer,
    preferences_layer,
    variables_layer,
)
from crm_tui.config_options import BY_KEY, FILE_ONLY, KEYS_SECTION, OPTIONS, SECRETS
from crm_tui.domain.mail import Provider
from crm_tui.domain.mail_sign_ins import Flow, SignIn, google, microsoft
from crm_tui.domain.sync.servers import OutlookServer, ZohoServer
from crm_tui.errors import Misconfigured
from crm_tui.i18n import N_, _

SITE_FILE = Path("/etc/xdg/crm-tui/config.toml")
"""Not looked up through XDG_CONFIG_DIRS: a variable must not lead around a lock."""


@dataclass(frozen=True, slots=True)
class UiConfig:
    """What the console looks like and how it is used. ``language`` is empty for that of the system."""

    language: str
    theme: str
    borders: str
    bell: bool
    mouse: bool


@dataclass(frozen=True, slots=True)
class StoreConfig:
    """Where the records are."""

    url: str


@dataclass(frozen=True, slots=True)
class LocaleConfig:
    """``region``: ISO 3166-1 country of phone numbers; ``time_zone``: empty for that of the system.

    ``week_start``: English name of a weekday; ``first_hour``: 0 to 23, as text.
    """

    region: str
    time_zone: str
    week_start: str
    first_hour: str


@dataclass(frozen=True, slots=True)
class MailConfig:
    """``allow_hosts``: private addresses that mail and synchronisation may connect to.

    ``key_file``: the keys of sealed passwords; empty for a file beside the store. The others say how the
    program is registered with providers that give tokens; see `crm_tui.domain.mail_sign_ins`.
    """

    allow_hosts: tuple[str, ...]
    key_file: str = ""
    microsoft_client_id: str = ""
    microsoft_tenant: str = "common"
    microsoft_flow: str = "device"
    google_client_id: str = ""
    google_client_secret: str = ""
    oauth_client_id: str = ""
    oauth_client_secret: str = ""
    oauth_device_url: str = ""
    oauth_authorization_url: str = ""
    oauth_token_url: str = ""
    oauth_scopes: str = ""

    @property
    def sign_ins(self) -> dict[Provider, SignIn]:
        """How one signs in with each provider; some may not be set up."""
        other = SignIn(
            Provider.OTHER,
            Flow.DEVICE if self.oauth_device_url else Flow.BROWSER,
            self.oauth_client_id,
            self.oauth_token_url,
            self.oauth_device_url,
            self.oauth_authorization_url,
            self.oauth_scopes,
            self.oauth_client_secret,
        )
        return {
            Provider.MICROSOFT: microsoft(
                self.microsoft_client_id, self.microsoft_tenant, Flow(self.microsoft_flow)
            ),
            Provider.GOOGLE: google(self.google_client_id, self.google_client_secret),
            Provider.OTHER: other,
        }


@dataclass(frozen=True, slots=True)
class DialConfig:
    """How numbers are dialled.

    Attributes:
        command: Template of a program and its arguments, see `crm_tui.dialling`; "" for none.
        copy: Whether a call that starts copies its number where no command dials it.
    """

    command: str
    copy: bool


@dataclass(frozen=True, slots=True)
class LogConfig:
    """``level``: debug, info, warning or error."""

    level: str


@dataclass(frozen=True, slots=True)
class Config:
    """Every option with its value.

    Attributes:
        keys: Keys of the console per binding id, as ``"n,f5"``.
        sources: For each option and binding that somebody set, who: a file's path, a variable, a flag.
        locked: Options that only the site may set.
    """

    ui: UiConfig
    store: StoreConfig
    locale: LocaleConfig
    mail: MailConfig
    outlook: OutlookServer
    zoho: ZohoServer
    dial: DialConfig
    log: LogConfig
    keys: Mapping[str, str]
    sources: Mapping[str, str]
    locked: frozenset[str]

    def rows(self) -> list[tuple[str, str, str]]:
        """Return option, value and source of each option, fit to be shown: no passwords."""
        shown = []
        for option in OPTIONS:
            section, name = option.key.split(".")
            value = getattr(getattr(self, section), name)
            text = "***" if value and option.is_secret else _shown(value)
            shown.append((option.key, text, self.sources.get(option.key, _("default"))))
        for binding, keys in self.keys.items():
            key = f"{KEYS_SECTION}.{binding}"
            shown.append((key, keys, self.sources[key]))
        return shown


@dataclass(frozen=True, slots=True)
class ConfigPaths:
    """Where the two files of the configuration are looked for."""

    user: Path
    site: Path


def _directories() -> PlatformDirs:
    return PlatformDirs("crm-tui", appauthor=False)


def config_paths() -> ConfigPaths:
    """Return where the user's and the site's file are looked for."""
    return ConfigPaths(_directories().user_config_path / "config.toml", SITE_FILE)


def data_dir() -> Path:
    """Return the folder of the user's own store (``$XDG_DATA_HOME/crm-tui``)."""
    return _directories().user_data_path


def state_dir() -> Path:
    """Return the folder of logs, drafts and preferences (``$XDG_STATE_HOME/crm-tui``)."""
    return _directories().user_state_path


def preferences_path() -> Path:
    """Return the file of what was chosen in the console."""
    return state_dir() / "preferences.json"


def default_store_url() -> str:
    """Return the address of the user's own SQLite file."""
    return f"sqlite:///{data_dir().absolute() / 'crm.db'}"


def load_config(
    *,
    path: Path | None = None,
    environ: Mapping[str, str] = os.environ,
    overrides: Mapping[str, Any] | None = None,
    site: Path | None = None,
) -> Config:
    """Read, check and merge everything that configures the program.

    Args:
        path: A file instead of the user's own; it must exist.
        environ: The environment.
        overrides: Values from flags per option key, such as ``{"ui.language": "ja"}``; None: not given.
        site: A file instead of the site's own.

    Raises:
        Misconfigured: The first thing that is wrong, in one sentence.
    """
    config, problems = _read(path, environ, overrides or {}, site)
    if config is None:
        more = len(problems) - 1
        hint = _("crm-tui config validate shows %(count)s more.") % {"count": more} if more else ""
        raise Misconfigured(str(problems[0]), hint)
    return config


def validate(
    *,
    path: Path | None = None,
    environ: Mapping[str, str] = os.environ,
    site: Path | None = None,
) -> list[Problem]:
    """Return everything that is wrong with the files and variables; empty when nothing is."""
    return _read(path, environ, {}, site)[1]


def _read(
    path: Path | None, environ: Mapping[str, str], overrides: Mapping[str, Any], site: Path | None
) -> tuple[Config | None, list[Problem]]:
    if path is None and environ.get("CRM_TUI_CONFIG"):
        path = Path(environ["CRM_TUI_CONFIG"])
    paths = config_paths()
    site_layer = file_layer(site or paths.site, required=False, may_lock=True)
    layers = [
        site_layer,
        file_layer(path or paths.user, required=path is not None),
        preferences_layer(preferences_path(), site_layer.locked),
        variables_layer(environ),
        flags_layer(overrides),
    ]
    values: dict[str, Any] = {option.key: option.default for option in OPTIONS}
    sources: dict[str, str] = {}
    problems: list[Problem] = []
    for layer in layers:
        problems += layer.problems
        fixed = frozenset() if layer is site_layer else site_layer.locked
        problems += _merge(layer, fixed, values, sources)
    return (None, problems) if problems else (_build(values, sources, site_layer.locked), [])


def _merge(
    layer: Layer, fixed: frozenset[str], values: dict[str, Any], sources: dict[str, str]
) -> Iterator[Problem]:
    """Lay the values of ``layer`` over ``values``; yield what is wrong with them."""
    for key, raw in layer.values.items():
        try:
            value = key_names(raw) if key.startswith(f"{KEYS_SECTION}.") else BY_KEY[key].check(raw)
        except Refused as refused:
            yield Problem(layer.place, key, _reason(refused, "***" if key in SECRETS else raw))
            continue
        if value and key in FILE_ONLY and not layer.is_private:
            yield Problem(layer.place, key, _("only taken from a file that nobody else can write"))
            continue
        if key in fixed and value != values[key]:
            yield Problem(layer.place, key, _("the site's configuration fixes this option"))
            continue
        values[key], sources[key] = value, layer.source


def _build(values: dict[str, Any], sources: dict[str, str], locked: frozenset[str]) -> Config:
    prefix = f"{KEYS_SECTION}."
    keys = {key.removeprefix(prefix): value for key, value in values.items() if key.startswith(prefix)}
    return Config(
        ui=UiConfig(
            language=values["ui.language"],
            theme=values["ui.theme"],
            borders=values["ui.borders"],
            bell=values["ui.bell"],
            mouse=values["ui.mouse"],
        ),
        store=StoreConfig(values["store.url"] or default_store_url()),
        locale=LocaleConfig(
            values["locale.region"],
            values["locale.time_zone"],
            values["locale.week_start"],
            values["locale.first_hour"],
        ),
        mail=MailConfig(**_section(values, "mail")),
        outlook=OutlookServer(**_section(values, "outlook")),
        zoho=ZohoServer(**_section(values, "zoho")),
        dial=DialConfig(values["dial.command"], values["dial.copy"]),
        log=LogConfig(values["log.level"]),
        keys=MappingProxyType(keys),
        sources=MappingProxyType(sources),
        locked=locked,
    )


def _section(values: Mapping[str, Any], name: str) -> dict[str, Any]:
    prefix = f"{name}."
    return {key.removeprefix(prefix): value for key, value in values.items() if key.startswith(prefix)}


def _reason(refused: Refused, raw: object) -> str:
    got = redact_url(raw) if isinstance(raw, str) else raw
    return _("expected %(expected)s, got %(got)s") % {"expected": refused.expected, "got": repr(got)}


def redact_url(url: str) -> str:
    """Return ``url`` without the password it may carry, fit to be shown and logged."""
    hidden = re.sub(r"(://[^:/@]*:).*@", r"\1***@", url, flags=re.DOTALL)
    return re.sub(r"([?&][^=&]*pass[^=&]*=)[^&]*", r"\1***", hidden, flags=re.IGNORECASE)


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return ", ".join(value)
    return redact_url(str(value))


TEMPLATE_INTRODUCTION = N_("Configuration of crm-tui. A line that starts with # states the default.")


def config_template() -> str:
    """Return a configuration file that says what can be set and sets nothing."""
    lines = [f"# {_(TEMPLATE_INTRODUCTION)}"]
    section = ""
    for option in OPTIONS:
        table, name = option.key.split(".")
        if table != section:
            lines += ["", f"[{table}]"]
            section = table
        lines += [f"# {_(option.summary)}", f"#{name} = {_toml(option.default)}"]
    lines += [
        "",
        f"[{KEYS_SECTION}]",
        "# " + _("Keys of the console; the help (F1) names them."),
        '#list.new = "n,f5"',
    ]
    return "\n".join(lines) + "\n"


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "[]" if value == () else f'"{value}"'
