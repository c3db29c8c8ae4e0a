"""Secrets at rest: what opens them, what doesn't, and what is left when a change of keys is interrupted."""

import os
from pathlib import Path

import pytest

from crm_tui.errors import Misconfigured
from crm_tui.sealing import KeyFile, Unsealable


@pytest.fixture
def file(tmp_path: Path) -> KeyFile:
    return KeyFile(tmp_path / "folder" / "mail.key")


def test_what_was_sealed_is_opened_by_a_later_reader(file: KeyFile) -> None:
    sealed = file.read().seal("合言葉 s3cret", "account 1")
    assert "s3cret" not in sealed
    assert KeyFile(file.path).read().open(sealed, "account 1") == "合言葉 s3cret"


def test_the_same_secret_never_looks_the_same(file: KeyFile) -> None:
    ring = file.read()
    assert ring.seal("a", "x") != ring.seal("a", "x")


def test_a_secret_moved_to_another_account_or_changed_does_not_open(file: KeyFile) -> None:
    ring = file.read()
    sealed = ring.seal("a", "account 1")
    body = sealed[:-6] + ("A" if sealed[-6] != "A" else "B") + sealed[-5:]
    for text, purpose in ((sealed, "account 2"), (body, "account 1"), ("", "account 1"), ("v1:x:y", "x")):
        with pytest.raises(Unsealable):
            ring.open(text, purpose)


def test_only_the_owner_may_read_the_keys(file: KeyFile) -> None:
    file.read()
    assert file.path.stat().st_mode & 0o777 == 0o600
    assert file.path.parent.stat().st_mode & 0o777 == 0o700
    os.chmod(file.path, 0o644)
    file.read()
    assert file.path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("content", [b"", b"{}", b'{"current": "a", "keys": {}}', b"[1]", b"\xff\xfe"])
def test_a_damaged_file_is_said_and_not_replaced(file: KeyFile, content: bytes) -> None:
    file.read()
    file.path.write_bytes(content)
    with pytest.raises(Misconfigured):
        file.read()
    assert file.path.read_bytes() == content


def test_a_link_is_not_followed(file: KeyFile, tmp_path: Path) -> None:
    file.read()
    moved = tmp_path / "elsewhere"
    file.path.rename(moved)
    file.path.symlink_to(moved)
    with pytest.raises(Misconfigured):
        file.read()


def test_a_new_key_seals_and_the_old_one_still_opens(file: KeyFile) -> None:
    old = file.read().seal("a", "x")
    ring = file.renew()
    assert ring.open(old, "x") == "a"
    assert not ring.is_current(old)
    assert ring.is_current(ring.seal("a", "x"))
    gone = [key_id for key_id in ring.keys if key_id != ring.current]
    kept = file.forget([*gone, ring.current])
    assert list(kept.keys) == [ring.current]
    with pytest.raises(Unsealable):
        file.read().open(old, "x")
