"""A command line of its own for every test: own folders, own store, no variables of the machine."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from crm_tui.bootstrap import set_up
from crm_tui.commands.runner import run
from crm_tui.config import load_config
from crm_tui.i18n import set_language


@dataclass(frozen=True)
class Result:
    """What a run printed and ended with."""

    code: int
    out: str
    err: str

    @property
    def envelope(self) -> Any:
        """Standard output as one JSON object."""
        return json.loads(self.out)

    @property
    def data(self) -> Any:
        """The data of a run that went well."""
        assert self.code == 0, (self.code, self.out, self.err)
        assert self.envelope["ok"] is True
        return self.envelope["data"]

    @property
    def error(self) -> Any:
        """The error of a run that failed."""
        assert self.code != 0, self.out
        assert self.envelope["ok"] is False
        assert self.err, "a sentence for people belongs on standard error"
        return self.envelope["error"]


@dataclass
class Cli:
    """Runs commands in this process.

    Attributes:
        folder: Home of the run: configuration, store and log are under it.
        options: Put in front of every command line.
    """

    folder: Path
    capture: pytest.CaptureFixture[str]
    options: list[str] = field(default_factory=list)

    def __call__(self, *args: str) -> Result:
        """Run one command line."""
        self.capture.readouterr()
        code = run([*self.options, *args])
        printed = self.capture.readouterr()
        return Result(code, printed.out, printed.err)

    @property
    def store(self) -> Path:
        """The file of the user's own store."""
        return self.folder / "data" / "crm-tui" / "crm.db"

    @property
    def configuration(self) -> Path:
        """The user's own configuration file."""
        return self.folder / "config" / "crm-tui" / "config.toml"


@pytest.fixture
def cli(home: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Cli]:
    """A command line with an empty home."""
    yield Cli(home, capsys)
    set_language("en")


@pytest.fixture(scope="session")
def new_store(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The file of a store as it is after its first start; a copy costs less than making it anew."""
    folder = tmp_path_factory.mktemp("store")
    nothing = folder / "config.toml"
    nothing.touch()
    url = f"sqlite:///{folder / 'crm.db'}"
    config = load_config(path=nothing, environ={}, overrides={"store.url": url}, site=nothing)
    asyncio.run(set_up(config))
    return (folder / "crm.db").read_bytes()


def put_store(cli: Cli, store: bytes) -> Cli:
    """Give the command line a store of its own, so that nothing has to make it."""
    cli.store.parent.mkdir(parents=True, mode=0o700)
    cli.store.touch(mode=0o600)
    cli.store.write_bytes(store)
    return cli
