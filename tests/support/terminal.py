"""A program in a real pseudo-terminal, its screen kept by pyte and every byte it sent counted.

Waits are for conditions, never for a time; only ``quiet`` waits for silence, to count bytes.
"""

import codecs
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Protocol

import pyte
from wcwidth import wcwidth

KEYS: Mapping[str, str] = {
    "enter": "\r",
    "escape": "\x1b",
    "tab": "\t",
    "shift+tab": "\x1b[Z",
    "space": " ",
    "backspace": "\x7f",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "insert": "\x1b[2~",
    "delete": "\x1b[3~",
    "pageup": "\x1b[5~",
    "pagedown": "\x1b[6~",
    **{f"f{number}": code for number, code in enumerate(("\x1bOP", "\x1bOQ", "\x1bOR", "\x1bOS"), 1)},
    **{f"f{number}": f"\x1b[{code}~" for number, code in enumerate((15, 17, 18, 19, 20, 21, 23, 24), 5)},
    **{f"ctrl+{letter}": chr(ord(letter) & 0x1F) for letter in "abcdefghijklmnopqrstuvwxyz"},
}
"""What a terminal sends for keys that have no character of their own."""

_ASKS_SYNCHRONIZED = b"\x1b[?2026$p"
_HAS_SYNCHRONIZED = b"\x1b[?2026;2$y"
_FRAME_BEGINS, _FRAME_ENDS = b"\x1b[?2026h", b"\x1b[?2026l"


class Process(Protocol):
    """What is needed of the program's process; `subprocess.Popen` has it."""

    pid: int

    @property
    def returncode(self) -> int | None:
        """The exit status, once it is known."""

    def poll(self) -> int | None:
        """Return the exit status, or None while the process runs."""

    def wait(self, timeout: float | None = None) -> int:
        """Wait until the process has ended."""

    def send_signal(self, number: int, /) -> None:
        """Send a signal, if the process still runs."""

    def kill(self) -> None:
        """End the process."""


class TerminalTimeout(AssertionError):
    """The screen never came to show what a test waited for; the message has its last state."""


class Terminal:
    """Runs ``command`` in a pseudo-terminal of its own session.

    Args:
        command: Program and arguments.
        columns: Width in cells.
        rows: Height in lines.
        env: The whole environment of the program; ``TERM`` is added if it lacks one.
        cwd: Folder it starts in.
        synchronized: Answer, as most terminals of today do, that updates can be bracketed.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        columns: int = 120,
        rows: int = 40,
        env: Mapping[str, str] | None = None,
        cwd: str | os.PathLike[str] | None = None,
        synchronized: bool = True,
    ) -> None:
        self.raw = bytearray()
        """Every byte that the program sent."""
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.Stream(self.screen)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._synchronized = synchronized
        self._asked_from = 0
        self._mark = 0
        self._master, slave = pty.openpty()
        self._open = True
        self._set_size(columns, rows)
        try:
            whole = {"TERM": "xterm-256color", **(os.environ if env is None else env)}
            self.process = self._start(command, slave, whole, cwd)
        finally:
            os.close(slave)

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # The program's side.

    def _start(
        self,
        command: Sequence[str],
        slave: int,
        env: Mapping[str, str],
        cwd: str | os.PathLike[str] | None,
    ) -> Process:
        return subprocess.Popen(
            command,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            cwd=cwd,
            env=env,
            preexec_fn=lambda: os.login_tty(slave),
            pass_fds=(slave,),
        )

    def type(self, *keys: str) -> None:
        """Type keys: a name of ``KEYS``, or text that is typed as it is."""
        for key in keys:
            self.send(KEYS.get(key, key).encode())

    def send(self, data: bytes, *, reading: bool = True) -> None:
        """Send bytes as the terminal would.

        Args:
            data: What is typed.
            reading: Read meanwhile, so that neither side blocks; a line that stands still doesn't.
        """
        while data:
            sources = [self._master] if reading else []
            readable, writable, _ = select.select(sources, [self._master], [], 10)
            if readable:
                self._read()
            if writable:
                data = data[os.write(self._master, data[:512]) :]
            if not self._open or not (readable or writable):
                raise TerminalTimeout("The program takes no keys.\n" + self.text())

    def resize(self, columns: int, rows: int) -> None:
        """Change the size of the window; the program gets SIGWINCH."""
        self.screen.resize(rows, columns)
        self._set_size(columns, rows)

    def kill(self, signum: int = signal.SIGKILL) -> None:
        """Send a signal to the program."""
        self.process.send_signal(signum)

    def hang_up(self) -> None:
        """Close the terminal, as a dropped line does."""
        if self._open:
            self._open = False
            os.close(self._master)

    def wait(self, timeout: float = 60.0) -> int:
        """Read until the program has ended and return its exit status (negative: the signal)."""
        deadline = time.monotonic() + timeout
        while self.process.poll() is None:
            if time.monotonic() > deadline:
                raise TerminalTimeout("The program didn't end.\n" + self.text())
            self._pump(0.05)
        while self._pump(0):
            pass
        return self.process.wait()

    def close(self) -> None:
        """End the program, if it still runs, and the terminal."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.hang_up()

    # What an agent sees.

    def text(self) -> str:
        """Return the screen, one line per row, without trailing blanks."""
        return "\n".join(self.line(y) for y in range(self.screen.lines))

    def line(self, y: int) -> str:
        """Return one line of the screen without trailing blanks; -1 is the last."""
        row, cells, x = self.screen.buffer[range(self.screen.lines)[y]], [], 0
        while x < self.screen.columns:
            # A wide character that is half overwritten, in the middle of a frame, leaves an empty cell.
            cells.append(row[x].data or " ")
            x += 2 if wcwidth(cells[-1][0]) == 2 else 1
        return "".join(cells).rstrip()

    def reversed_cells(self) -> set[tuple[int, int]]:
        """Return the cells (column, line) that are painted in reverse."""
        buffer = self.screen.buffer
        return {
            (x, y)
            for y in range(self.screen.lines)
            for x in range(self.screen.columns)
            if buffer[y][x].reverse
        }

    def wait_for(self, expected: str | Callable[["Terminal"], bool], timeout: float = 60.0) -> None:
        """Read until the screen has a text or fulfils a condition.

        What was there before the keys that were typed last proves nothing about them: wait for what only
        they bring. A frame that has begun to come is looked at when it is whole, as terminals do.

        Args:
            expected: What is waited for.
            timeout: Seconds; only a failure takes them, and a busy machine is slow.

        Raises:
            TerminalTimeout: It didn't within ``timeout`` seconds, or the program ended before.
        """
        deadline = time.monotonic() + timeout
        while self._is_mid_frame() or not self._shows(expected):
            if time.monotonic() > deadline:
                raise TerminalTimeout(f"Waited for {expected!r}; the screen shows:\n{self.text()}")
            if not self._pump(0.2) and self.process.poll() is not None:
                raise TerminalTimeout(f"The program ended ({self.process.returncode}):\n{self.text()}")

    def _shows(self, expected: str | Callable[["Terminal"], bool]) -> bool:
        return expected in self.text() if isinstance(expected, str) else expected(self)

    def _is_mid_frame(self) -> bool:
        return self._open and self.raw.rfind(_FRAME_BEGINS) > self.raw.rfind(_FRAME_ENDS)

    # Counting.

    def quiet(self, seconds: float = 0.3, timeout: float = 60.0) -> None:
        """Read until nothing has come for ``seconds``; to count bytes: a busy machine is silent too."""
        deadline = time.monotonic() + timeout
        while self._pump(seconds):
            if time.monotonic() > deadline:
                raise TerminalTimeout("The program never stops painting.\n" + self.text())

    def mark(self) -> None:
        """Begin to count bytes here."""
        self._mark = len(self.raw)

    def bytes_since_mark(self) -> int:
        """Return how many bytes came since ``mark``, or since the start."""
        return len(self.raw) - self._mark

    def _pump(self, timeout: float) -> bool:
        """Take in what came within ``timeout`` seconds; return whether anything did."""
        if not self._open:
            time.sleep(timeout)
            return False
        readable, _, _ = select.select([self._master], [], [], timeout)
        return bool(readable) and self._read()

    def _read(self) -> bool:
        try:
            data = os.read(self._master, 65536)
        except OSError:
            # Linux says EIO when the last program has closed its side.
            data = b""
        if not data:
            self.hang_up()
            return False
        self.raw += data
        self._stream.feed(self._decoder.decode(data))
        self._answer()
        return True

    def _answer(self) -> None:
        asked = self.raw.find(_ASKS_SYNCHRONIZED, self._asked_from)
        if asked >= 0:
            self._asked_from = asked + 1
            if self._synchronized:
                os.write(self._master, _HAS_SYNCHRONIZED)

    def _set_size(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
