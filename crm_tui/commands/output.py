"""The only place of the command line that writes: data to standard output, all else to standard error."""

import os
import shutil
import sys
from collections.abc import Mapping
from typing import TextIO

from crm_tui.commands import table
from crm_tui.commands.answer import Answer, Json
from crm_tui.commands.delimited import write_csv
from crm_tui.commands.json import dumps
from crm_tui.errors import Conflict, CrmError, Invalid
from crm_tui.i18n import _
from crm_tui.text import safe

UTF8_FORMATS = ("json", "jsonl", "csv")


class OutputFailed(CrmError):
    """Standard output took nothing any more, as when a disk is full."""

    code = "output_failed"


def print_answer(answer: Answer, chosen: str) -> None:
    """Print ``answer`` in a format; its notes go to standard error."""
    for note in answer.notes:
        print_note(note)
    _write(answer.text or _render(answer, chosen), chosen)
    if answer.more and chosen != "json":
        print_note(answer.more)


def print_error(error: CrmError, chosen: str, *, data: Json = None) -> None:
    """Print what went wrong: a sentence to standard error, and in JSON the envelope to standard output.

    Args:
        error: What went wrong.
        chosen: The format.
        data: What the command found out nevertheless.
    """
    print_note(str(error))
    fields = dict(error.fields) if isinstance(error, Invalid | Conflict) else {}
    for name, reason in fields.items():
        print_note(f"  {name}: {reason}")
    if chosen == "json":
        detail: dict[str, Json] = {
            "code": error.code,
            "message": error.message,
            "fields": fields,
            "hint": error.hint,
        }
        envelope: dict[str, Json] = {"ok": False, "error": detail}
        if data is not None:
            envelope["data"] = data
        _write(dumps(envelope, indent=_indent()) + "\n", chosen)


def print_note(text: str) -> None:
    """Print one line to standard error; a reader that has gone away doesn't matter."""
    try:
        _printable(sys.stderr, "table")
        sys.stderr.write(safe(text) + "\n")
        sys.stderr.flush()
    except (OSError, ValueError, AttributeError):
        return


def print_progress(done: int, total: int) -> None:
    """Show on standard error how far a long piece of work is, if a person sits there."""
    try:
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{done:,} / {total:,}" + ("\n" if done >= total else ""))
            sys.stderr.flush()
    except (OSError, ValueError, AttributeError):
        return


def is_terminal() -> bool:
    """Return whether a person reads standard output."""
    try:
        return sys.stdout.isatty()
    except (AttributeError, ValueError):
        return False


def _render(answer: Answer, chosen: str) -> str:
    if chosen == "json":
        envelope: Mapping[str, Json] = {"ok": True, "data": answer.data, **answer.beside}
        return dumps(envelope, indent=_indent()) + "\n"
    if chosen == "table":
        width = shutil.get_terminal_size().columns if is_terminal() else None
        shown = table.table_text(answer.table or table.generic_table(answer.data), width)
        return shown + "".join(f"{line}\n" for line in ("", *map(safe, answer.below)) if answer.below)
    if answer.records is not None:
        records = answer.records
    else:
        records = [answer.data if isinstance(answer.data, Mapping) else {"value": answer.data}]
    if chosen == "csv":
        return write_csv(records)
    return "".join(dumps(record) + "\n" for record in records)


def _indent() -> int | None:
    return 2 if is_terminal() else None


def _write(text: str, chosen: str) -> None:
    try:
        _printable(sys.stdout, chosen)
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        _discard_rest()
    except OSError as error:
        _discard_rest()
        raise OutputFailed(
            _("The answer could not be written: %(reason)s.") % {"reason": error.strerror or error},
            _("What the command did is done."),
        ) from error


def _printable(stream: TextIO, chosen: str) -> None:
    """Let ``stream`` take any text: data is UTF-8 everywhere, prose is what the terminal understands."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is None:
        return
    if chosen in UTF8_FORMATS:
        reconfigure(encoding="utf-8", errors="backslashreplace")
    else:
        reconfigure(errors="replace")


def _discard_rest() -> None:
    """Keep the interpreter from complaining at its end about a pipe that nobody reads."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
