"""Mail servers for the tests."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.mail.dovecot import Dovecot, Mailbox, require_dovecot, running_dovecot


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """A Dovecot of this session."""
    require_dovecot()
    # Not tmp_path: the names of its sockets would be too long, and other accounts couldn't read it.
    base = Path(tempfile.mkdtemp(prefix="crm-dovecot-", dir="/tmp"))
    base.chmod(0o755)
    try:
        with running_dovecot(base) as server:
            yield server
    finally:
        shutil.rmtree(base, ignore_errors=True)


@pytest.fixture
def mailbox(dovecot: Dovecot) -> Mailbox:
    """An empty mailbox."""
    return dovecot.new_mailbox()
