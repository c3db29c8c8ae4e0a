"""Where configuration comes from: files, what was chosen in the console, variables, flags."""

import difflib
import os
import stat
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crm_tui.config_options import BY_KEY, KEYS_SECTION, OPTIONS
from crm_tui.i18n import _
from crm_tui.preferences import load_preferences

LOCKED = "locked"
"""The key of the site's file that names the options which nobody else may set."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: where, which option, and what is expected there."""

    place: str
    key: str
    reason: str

    def __str__(self) -> str:
        return ": ".join(part for part in (self.place, self.key, self.reason) if part)


@dataclass(frozen=True, slots=True)
class Layer:
    """What one source says.

    Attributes:
        place: The source as a problem names it, such as ``config.toml``.
        source: The source as ``config show`` names it, such as the file's whole path.
        values: Unchecked values per option.
        locked: Options that only this layer may set.
        problems: Why it, or a part of it, can't be used.
        is_private: It is a file of the user's own or of root's, and nobody else can write it.
    """

    place: str
    source: str
    values: Mapping[str, object]
    locked: frozenset[str] = frozenset()
    problems: tuple[Problem, ...] = ()
    is_private: bool = False


def file_layer(path: Path, *, required: bool, may_lock: bool = False) -> Layer:
    """Return what a file says. Unknown keys are problems: a slip must not silently change nothing.

    Args:
        path: The file.
        required: Whether it is a problem that it isn't there.
        may_lock: Whether it may fix options.
    """
    try:
        with path.open("rb") as file:
            is_private = _is_private(os.fstat(file.fileno()))
            table = tomllib.load(file)
    except FileNotFoundError:
        return _unreadable(path, _("there is no such file")) if required else Layer(path.name, str(path), {})
    except OSError as error:
        return _unreadable(path, error.strerror or str(error))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        return _unreadable(path, _("not valid TOML: %(reason)s") % {"reason": error})
    problems = []
    locked = table.pop(LOCKED, []) if may_lock else []
    if not isinstance(locked, list) or not all(isinstance(key, str) for key in locked):
        problems.append(Problem(path.name, LOCKED, _("expected a list of options")))
        locked = []
    values = dict(_flat(table))
    problems += [Problem(path.name, _quoted(key), _unknown(key)) for key in values if not _known(key)]
    problems += [Problem(path.name, LOCKED, _unknown(key)) for key in locked if key not in BY_KEY]
    known = {key: value for key, value in values.items() if _known(key)}
    return Layer(path.name, str(path), known, frozenset(locked), tuple(problems), is_private)


def _is_private(status: os.stat_result) -> bool:
    return status.st_uid in (0, os.geteuid()) and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _unreadable(path: Path, reason: str) -> Layer:
    return Layer(path.name, str(path), {}, problems=(Problem(str(path), "", reason),))


def _flat(table: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, object]]:
    for name, value in table.items():
        key = f"{prefix}{name}"
        if isinstance(value, dict) and (not prefix or key.startswith(f"{KEYS_SECTION}.")):
            yield from _flat(value, f"{key}.")
        else:
            yield key, value


def _known(key: str) -> bool:
    return key in BY_KEY or key.startswith(f"{KEYS_SECTION}.")


def _unknown(key: str) -> str:
    near = difflib.get_close_matches(key, BY_KEY, n=1, cutoff=0.5)
    if near:
        return _("no such option; did you mean %(near)s?") % {"near": near[0]}
    return _("no such option")


def _quoted(key: str) -> str:
    """Return a key as it stands in the file, or its escaped form if it holds signs that don't print."""
    return key if key.isprintable() else repr(key)


def preferences_layer(path: Path, locked: frozenset[str]) -> Layer:
    """Return what was chosen in the console, without what the site has fixed since."""
    chosen = load_preferences(path)
    return Layer(path.name, str(path), {key: value for key, value in chosen.items() if key not in locked})


def variables_layer(environ: Mapping[str, str]) -> Layer:
    """Return what ``CRM_TUI_*`` variables say; an empty one says nothing."""
    values = {option.key: environ[option.variable] for option in OPTIONS if environ.get(option.variable)}
    return Layer(_("environment"), _("environment"), values)


def flags_layer(overrides: Mapping[str, Any]) -> Layer:
    """Return what flags of the command line say; None says nothing."""
    values = {key: value for key, value in overrides.items() if value is not None}
    return Layer(_("command line"), _("command line"), values)
