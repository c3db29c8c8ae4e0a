"""The program without the second that starting it takes: one that is started already is forked for each run.

For the commands around what a test is about; what a test is about is started whole.
"""

import json
import os
import subprocess
import sys
import time
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory


@dataclass(frozen=True)
class Ran:
    """What a run ended with and printed."""

    returncode: int
    stdout: str
    stderr: str


class WarmProgram:
    """Runs ``crm-tui`` in processes of its own; use it as a context."""

    def __enter__(self) -> "WarmProgram":
        self._folder = TemporaryDirectory()
        command = [sys.executable, "-m", __name__, self._folder.name]
        self._parent = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._parent.stdin is not None
        assert self._parent.stdout is not None
        self._requests, self._answers = self._parent.stdin, self._parent.stdout
        return self

    def __exit__(self, *error: object) -> None:
        self._requests.close()
        self._parent.wait()
        self._answers.close()
        self._folder.cleanup()

    def run(self, args: Sequence[str], env: Mapping[str, str]) -> Ran:
        """Run one command line with ``env`` as its whole environment."""
        self._requests.write(json.dumps([list(args), dict(env)]) + "\n")
        self._requests.flush()
        code = int(self._answers.readline())
        return Ran(code, *(Path(self._folder.name, name).read_text("utf-8") for name in ("out", "err")))


def _serve(folder: str) -> None:
    import crm_tui.bootstrap
    import crm_tui.commands.root  # noqa: F401 - what most of the second goes to

    for line in sys.stdin:
        args, env = json.loads(line)
        child = os.fork()
        if child == 0:
            _redirect(folder)
            become(args, env)
        _pid, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def _redirect(folder: str) -> None:
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    for descriptor, name in ((1, "out"), (2, "err")):
        file = os.open(Path(folder, name), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(file, descriptor)


def become(args: list[str], env: dict[str, str]) -> None:
    """Be the program from its first line on, on the standard descriptors of this process; never come back."""
    from crm_tui.cli import main

    os.environ.clear()
    os.environ.update(env)
    time.tzset()
    sys.stdin = open(0, encoding="utf-8", closefd=False)
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = open(2, "w", encoding="utf-8", closefd=False)
    # Textual paints on the last of these.
    vars(sys).update(__stdin__=sys.stdin, __stdout__=sys.stdout, __stderr__=sys.stderr)
    sys.argv = ["crm-tui", *args]
    code = 1
    try:
        main()
    except SystemExit as end:
        code = int(end.code or 0)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    _serve(sys.argv[1])
