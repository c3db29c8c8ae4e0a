"""The options of commands that write a CSV file or a workbook."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from crm_tui.commands.encodings import EncodingChoice
from crm_tui.commands.framework import option
from crm_tui.domain.exports import Encoding, Headings
from crm_tui.i18n import N_

F = TypeVar("F", bound=Callable[..., Any])


def sheet_options(command: F) -> F:
    """Give a command ``--headers``, as ``headings``, ``--encoding`` and ``--force``."""
    for add in (
        option("--force", is_flag=True, help=N_("Replace the file if it is there already.")),
        option(
            "--encoding",
            type=EncodingChoice([one.value for one in Encoding]),
            default=Encoding.UTF8.value,
            show_default=True,
            help=N_("Of CSV: UTF-8 with a byte order mark, or CP932, the Shift JIS of Windows."),
        ),
        option(
            "--headers",
            "headings",
            type=click.Choice([one.value for one in Headings]),
            default=Headings.CODES.value,
            show_default=True,
            help=N_("Field names and codes, for programs and imports, or labels in your language."),
        ),
    ):
        command = add(command)
    return command
