"""Consoles in terminals, without the second that importing takes: each is forked from a program that has.

What a start itself does is for `Terminal`, which runs the installed program from its first line on.
"""

import atexit
import gc
import json
import os
import pkgutil
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path

from tests.support.terminal import Terminal
from tests.support.warm_program import become

_LARGEST = 1 << 17
"""Bytes of a request, most of them environment."""


class WarmTerminal(Terminal):
    """Runs ``crm-tui`` with the arguments that follow the first of ``command``."""

    def _start(
        self,
        command: Sequence[str],
        slave: int,
        env: Mapping[str, str],
        cwd: str | os.PathLike[str] | None,
    ) -> "ForkedProcess":
        assert Path(command[0]).name == "crm-tui"
        return _server().fork(command[1:], slave, env, os.fspath(cwd or "."))


class ForkedProcess:
    """A process whose parent tells how it ends; what `subprocess.Popen` has, as far as terminals need it."""

    def __init__(self, told: int) -> None:
        self._told = os.fdopen(told, encoding="ascii")
        self.pid = int(self._told.readline())
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Return the exit status (negative: the signal), or None while it runs."""
        return self.wait(0) if self._ends_within(0) else self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait until the process has ended."""
        if self.returncode is None:
            if not self._ends_within(timeout):
                raise subprocess.TimeoutExpired("crm-tui", timeout or 0)
            self.returncode = int(self._told.readline())
            self._told.close()
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal to the process, if it still runs."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End the process."""
        self.send_signal(signal.SIGKILL)

    def _ends_within(self, timeout: float | None) -> bool:
        return self.returncode is None and bool(select.select([self._told], [], [], timeout)[0])


class _Server:
    def __init__(self) -> None:
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            command = [sys.executable, "-m", __name__, str(theirs.fileno())]
            self._process = subprocess.Popen(command, pass_fds=[theirs.fileno()], env=_environment())

    def fork(self, args: Sequence[str], slave: int, env: Mapping[str, str], folder: str) -> ForkedProcess:
        told, tell = os.pipe()
        request = json.dumps([list(args), dict(env), os.path.abspath(folder)]).encode()
        assert len(request) < _LARGEST
        socket.send_fds(self._socket, [request], [slave, tell])
        os.close(tell)
        return ForkedProcess(told)

    def close(self) -> None:
        self._socket.close()
        self._process.wait()


@cache
def _server() -> _Server:
    server = _Server()
    atexit.register(server.close)
    return server


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("CRM_TUI_")}


def _serve(requests: socket.socket) -> None:
    from crm_tui import environment

    environment.prepare()
    import screens

    for name in ("crm_tui.app", "crm_tui.commands.root"):
        import_module(name)
    for module in pkgutil.walk_packages(screens.__path__, "screens."):
        import_module(module.name)
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        request, descriptors, _flags, _address = socket.recv_fds(requests, _LARGEST, 2)
        if not request:
            return
        if os.fork() == 0:
            requests.close()
            slave, tell = descriptors
            _keep(slave, tell, *json.loads(request))
        for descriptor in descriptors:
            os.close(descriptor)


def _keep(slave: int, tell: int, args: list[str], env: dict[str, str], folder: str) -> None:
    """Fork the console, and tell its number and, when it has ended, how; never come back."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    child = os.fork()
    if child == 0:
        os.close(tell)
        os.login_tty(slave)
        os.chdir(folder)
        become(args, env)
    os.close(slave)
    os.write(tell, f"{child}\n".encode())
    _pid, status = os.waitpid(child, 0)
    os.write(tell, f"{os.waitstatus_to_exitcode(status)}\n".encode())
    os._exit(0)


if __name__ == "__main__":
    _serve(socket.socket(fileno=int(sys.argv[1])))
