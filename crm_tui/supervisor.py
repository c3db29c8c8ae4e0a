"""A small process above the console that puts the terminal back when the console could not.

It costs one fork before anything heavy is imported, sleeps until something happens, and shares the
console's process group, so that the terminal's own signals reach the console by themselves.
"""

import ctypes
import os
import select
import signal
import sys
import time
from collections.abc import Callable

from crm_tui import terminal

GRACE = 4.0
"""Seconds a console has to save and leave after its terminal is gone or it was told to end."""

PARENT_DEATH_SIGNAL = 1
"""PR_SET_PDEATHSIG of prctl(2)."""

FORWARDED = (signal.SIGHUP, signal.SIGTERM)
HELD = (*FORWARDED, signal.SIGCHLD)
IGNORED = (signal.SIGINT, signal.SIGQUIT, signal.SIGTSTP, signal.SIGTTOU, signal.SIGTTIN)


def supervise(last_words: Callable[[int], str]) -> None:
    """Fork; return in the child, which becomes the console. The parent ends as the child does.

    Args:
        last_words: Makes the line that the agent reads when a signal ended the console. It is called in the
            parent, with the signal's number.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    before = terminal.saved_attributes()
    parent = os.getpid()
    held = signal.pthread_sigmask(signal.SIG_BLOCK, HELD)
    child = os.fork()
    if child == 0:
        _end_with(parent)
        signal.pthread_sigmask(signal.SIG_SETMASK, held)
        return
    status = _Watch(child).until_it_ends(held)
    restored = terminal.restore_terminal(before)
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        if restored or number not in FORWARDED:
            terminal.say(last_words(number))
        os._exit(128 + number)
    os._exit(os.WEXITSTATUS(status))


def _end_with(parent: int) -> None:
    """Have this process hung up when the parent dies, however it dies."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PARENT_DEATH_SIGNAL, signal.SIGHUP, 0, 0, 0)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGHUP)


class _Watch:
    """Waits for the child, for signals and for the end of the terminal, without ever waking in vain."""

    def __init__(self, child: int) -> None:
        self.child = child
        self.deadline: float | None = None
        self.wake, self.waker = os.pipe()
        os.set_blocking(self.wake, False)
        os.set_blocking(self.waker, False)
        self.poller = select.poll()
        self.poller.register(self.wake, select.POLLIN)
        # No events asked for: a terminal reports its hang-up unasked, and typing wakes nobody here.
        if os.isatty(0):
            self.poller.register(0, 0)

    def until_it_ends(self, mask: set[signal.Signals] | set[int]) -> int:
        """Return the child's wait status."""
        for number in IGNORED:
            signal.signal(number, signal.SIG_IGN)
        for number in HELD:
            signal.signal(number, lambda *_: None)
        signal.set_wakeup_fd(self.waker, warn_on_full_buffer=False)
        signal.pthread_sigmask(signal.SIG_SETMASK, set(mask) - set(HELD))
        while (status := self._ended()) is None:
            self._wait()
        return status

    def _ended(self) -> int | None:
        found, status = os.waitpid(self.child, os.WNOHANG | os.WUNTRACED)
        if found == 0:
            return None
        if os.WIFSTOPPED(status):
            os.kill(os.getpid(), signal.SIGSTOP)
            self._send(signal.SIGCONT)
            return None
        return status

    def _wait(self) -> None:
        for descriptor, _events in self.poller.poll(self._patience()):
            if descriptor == self.wake:
                for number in os.read(self.wake, 512):
                    if number in FORWARDED:
                        self._end(number)
            else:
                self.poller.unregister(0)
                self._end(signal.SIGHUP)
        if self.deadline is not None and time.monotonic() >= self.deadline:
            self._send(signal.SIGKILL)

    def _patience(self) -> float | None:
        """Return how long to sleep, in milliseconds; None: until something happens."""
        if self.deadline is None:
            return None
        return max(self.deadline - time.monotonic(), 0.0) * 1000

    def _end(self, number: int) -> None:
        """Pass on the wish that the console end, and give it time to save."""
        self._send(number)
        if self.deadline is None:
            self.deadline = time.monotonic() + GRACE

    def _send(self, number: int) -> None:
        try:
            os.kill(self.child, number)
        except ProcessLookupError:
            return
