"""Secrets at rest: sealed with AES-GCM under a key that lies in a file of its own, outside of the store.

A sealed text names its key, so that a key can be replaced while secrets under the old one still exist: the
file holds both until the last secret was sealed anew.
"""

import base64
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from crm_tui.errors import Misconfigured
from crm_tui.i18n import _
from crm_tui.private_files import ensure_private_directory, read_private, write_private

_VERSION: Final = "v1"
_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_ID_BYTES: Final = 6
_LIMIT: Final = 64 * 1024


class Unsealable(Exception):
    """A secret was sealed with a key that isn't here, or isn't what was sealed."""


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Keys by their ids.

    Attributes:
        current: Id of the key that seals; the others only open.
    """

    current: str
    keys: Mapping[str, bytes]

    def seal(self, secret: str, purpose: str) -> str:
        """Return a secret as text that only the key opens.

        Args:
            purpose: What it belongs to; opened for anything else it counts as damaged.
        """
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = os.urandom(_NONCE_BYTES)
        sealed = AESGCM(self.keys[self.current]).encrypt(nonce, secret.encode(), _bound(purpose))
        return f"{_VERSION}:{self.current}:{_text(nonce + sealed)}"

    def open(self, sealed: str, purpose: str) -> str:
        """Return the secret.

        Raises:
            Unsealable: The key isn't here, or the text was changed or belongs to something else.
        """
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        version, _colon, rest = sealed.partition(":")
        key_id, _colon, body = rest.partition(":")
        key = self.keys.get(key_id)
        if version != _VERSION or key is None:
            raise Unsealable(key_id)
        try:
            data = base64.b64decode(body, validate=True)
            nonce, body_bytes = data[:_NONCE_BYTES], data[_NONCE_BYTES:]
            return AESGCM(key).decrypt(nonce, body_bytes, _bound(purpose)).decode()
        except (InvalidTag, ValueError) as error:
            raise Unsealable(key_id) from error

    def is_current(self, sealed: str) -> bool:
        """Return whether a text was sealed with the key that seals now."""
        return sealed.startswith(f"{_VERSION}:{self.current}:")


class KeyFile:
    """The file with the keys: for its owner alone, made when it is first needed.

    Args:
        path: Where it is; folders that are missing are made.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> KeyRing:
        """Return the keys; a first one is made where there is none.

        Raises:
            Misconfigured: The file belongs to somebody else, is damaged or can't be read.
        """
        try:
            return _decoded(read_private(self.path, _LIMIT))
        except FileNotFoundError:
            return self._begin()
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise _unusable(self.path, error) from error

    def renew(self) -> KeyRing:
        """Add a new key, which seals from now on; the others stay until `forget`."""
        ring = self.read()
        key_id, key = _new_key()
        return self._write(KeyRing(key_id, {**ring.keys, key_id: key}))

    def forget(self, unused: Sequence[str]) -> KeyRing:
        """Take keys out that no secret needs any more; never the one that seals."""
        ring = self.read()
        kept = {key_id: key for key_id, key in ring.keys.items() if key_id not in unused}
        return self._write(KeyRing(ring.current, {**kept, ring.current: ring.keys[ring.current]}))

    def _begin(self) -> KeyRing:
        """Make the file with a first key; of two processes at once, both take the key of the first."""
        ensure_private_directory(self.path.parent)
        key_id, key = _new_key()
        fresh = self.path.with_name(f".{self.path.name}.{os.urandom(8).hex()}")
        try:
            write_private(fresh, _encoded(KeyRing(key_id, {key_id: key})))
            try:
                os.link(fresh, self.path)
            except FileExistsError:
                pass
            return _decoded(read_private(self.path, _LIMIT))
        except (OSError, ValueError) as error:
            raise _unusable(self.path, error) from error
        finally:
            fresh.unlink(missing_ok=True)

    def _write(self, ring: KeyRing) -> KeyRing:
        try:
            write_private(self.path, _encoded(ring))
        except OSError as error:
            raise _unusable(self.path, error) from error
        return ring


def _new_key() -> tuple[str, bytes]:
    return os.urandom(_ID_BYTES).hex(), os.urandom(_KEY_BYTES)


def _encoded(ring: KeyRing) -> bytes:
    keys = {key_id: _text(key) for key_id, key in ring.keys.items()}
    return json.dumps({"current": ring.current, "keys": keys}, indent=2).encode() + b"\n"


def _decoded(data: bytes) -> KeyRing:
    found = json.loads(data)
    keys = {str(key_id): base64.b64decode(key, validate=True) for key_id, key in found["keys"].items()}
    current = str(found["current"])
    if current not in keys or any(len(key) != _KEY_BYTES for key in keys.values()):
        raise ValueError("a key is missing or has another length")
    return KeyRing(current, keys)


def _bound(purpose: str) -> bytes:
    return f"crm-tui {purpose}".encode()


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _unusable(path: Path, error: Exception) -> Misconfigured:
    reason = error.strerror if isinstance(error, OSError) else _("it is damaged")
    return Misconfigured(
        _("The file of keys %(path)s can't be used: %(reason)s.") % {"path": path, "reason": reason},
        _("Without it, passwords of mail accounts have to be typed again."),
    )
