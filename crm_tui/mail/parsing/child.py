"""A process that parses mail for the worker: whatever a message does to it, the worker lives on.

It ends by itself: with the worker, whose end closes its input; when a message takes too long; when nothing is
asked for a while; and after a large message, to give the memory back. It imports nothing but the parser.
"""

import os
import resource
import select
import signal
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from crm_tui.mail.parsing.exchange import HEAD, Sort, answer, read_piece
from crm_tui.mail.parsing.message import ParsedMail, parse, parse_header

_SECONDS: Final = 60.0
_IDLE_SECONDS: Final = 60.0
_MEMORY: Final = 1024 * 1024 * 1024
_LARGE: Final = 4 * 1024 * 1024


def run(cpu_seconds: str) -> None:
    """Be such a process.

    Args:
        cpu_seconds: Processor time that a message may take.
    """
    with suppress(EOFError, BrokenPipeError):
        _answer_all(float(cpu_seconds))


def _answer_all(cpu_seconds: float) -> None:
    os.nice(5)
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Without handlers both end the process, in the middle of whatever it does.
    for number in (signal.SIGPROF, signal.SIGALRM):
        signal.signal(number, signal.SIG_DFL)
    # The worker is told by the keys of a terminal; this process by the worker.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while select.select([0], [], [], _IDLE_SECONDS)[0]:
        size = _answer(cpu_seconds)
        if size > _LARGE:
            return


def _answer(cpu_seconds: float) -> int:
    """Answer one question and return how many bytes its largest message had."""
    sort, number = HEAD.unpack(_read(HEAD.size))
    if sort == Sort.PIECES:
        whole = bytearray()
        while piece := read_piece(_read):
            whole += piece
        raws = [bytes(whole)]
        del whole
    else:
        raws = [read_piece(_read) for _each in range(number)]
    parser = parse_header if sort == Sort.HEADER else parse
    mails = [_limited(parser, raw, cpu_seconds) for raw in raws]
    _write(answer(mails))
    return max(map(len, raws), default=0)


def _limited(parser: Callable[[bytes], ParsedMail], raw: bytes, cpu_seconds: float) -> ParsedMail:
    signal.setitimer(signal.ITIMER_PROF, cpu_seconds)
    signal.setitimer(signal.ITIMER_REAL, _SECONDS)
    try:
        return parser(raw)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)


def _read(size: int) -> bytes:
    taken = bytearray()
    while len(taken) < size:
        piece = os.read(0, min(size - len(taken), 1024 * 1024))
        if not piece:
            raise EOFError
        taken += piece
    return bytes(taken)


def _write(data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(1, left) :]
