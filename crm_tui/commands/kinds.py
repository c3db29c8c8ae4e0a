"""An option that takes some of several kinds of records, parted by commas."""

from collections.abc import Mapping
from typing import Any

import click

from crm_tui.i18n import _


class Kinds(click.ParamType[tuple[str, ...]]):
    """``contacts,tasks,events``, or some of these.

    Args:
        names: What many of a kind are called, by its code, in the usual order.
    """

    name = "kinds"

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        """Return the codes of kinds in their usual order."""
        if isinstance(value, tuple):
            return value
        given = {part.strip().casefold() for part in str(value).split(",") if part.strip()}
        known = {name: code for code, many in self._names.items() for name in (code, many)}
        if not given or given - known.keys():
            names = ",".join(self._names.values())
            self.fail(_("Give some of %(names)s, parted by commas.") % {"names": names}, param, ctx)
        chosen = {known[name] for name in given}
        return tuple(code for code in self._names if code in chosen)
