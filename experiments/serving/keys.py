"""API keys with roles. The file holds hashes only; a key itself is shown once, when it is made."""

import hashlib
import hmac
import json
import os
import secrets
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from esc_skills.signatures.frozen import Frozen

from ..errors import UserError, first_problem

KeyRole = Literal["talk", "read", "publish", "admin"]
"""talk: conversations; read: the bank and the metrics; publish: the registry; admin: everything."""


class Key(Frozen):
    """One key."""

    name: str
    role: KeyRole
    sha256: str
    """Of the key, which is random and long, so that a slow hash would protect no better."""

    def may(self, role: KeyRole) -> bool:
        """Whether it opens what a role may do."""
        return self.role in (role, "admin")


class _KeyFile(Frozen):
    keys: tuple[Key, ...] = ()


class KeyRing:
    """The keys of a file; a change of the file counts at once.

    Args:
        path: The file.

    Raises:
        UserError: It is no file of keys.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._state: tuple[int, int] | None = None
        self._keys: tuple[Key, ...] = ()
        self._refresh()

    @property
    def keys(self) -> tuple[Key, ...]:
        """All keys."""
        return self._keys

    def find(self, secret: str) -> Key | None:
        """The key of a secret, compared in constant time; None if there is none."""
        self._refresh()
        digest, found = _digest(secret), None
        for key in self._keys:
            if hmac.compare_digest(key.sha256, digest):
                found = key
        return found

    def _refresh(self) -> None:
        try:
            status = self._path.stat()
            if self._state != (status.st_mtime_ns, status.st_size):
                self._keys = _read(self._path)
                self._state = status.st_mtime_ns, status.st_size
        except OSError as error:
            raise UserError(f"{self._path} must be readable, but: {error.strerror}.") from error


def add_key(path: Path, name: str, role: KeyRole) -> str:
    """Make a key; returns its secret, which is stored nowhere.

    Raises:
        UserError: There is a key of that name, or the file cannot be used.
    """
    keys = _read(path) if path.exists() else ()
    if any(key.name == name for key in keys):
        raise UserError(f"{path} has a key named {name} already: remove it, or choose a name.")
    secret = f"esc_{secrets.token_urlsafe(32)}"
    _write(path, (*keys, Key(name=name, role=role, sha256=_digest(secret))))
    return secret


def remove_key(path: Path, name: str) -> None:
    """Remove a key; servers that use the file refuse it from now on.

    Raises:
        UserError: There is none of that name.
    """
    keys = _read(path) if path.exists() else ()
    kept = tuple(key for key in keys if key.name != name)
    if len(kept) == len(keys):
        raise UserError(f"{path} must have a key named {name}, but has none.")
    _write(path, kept)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _read(path: Path) -> tuple[Key, ...]:
    try:
        return _KeyFile.model_validate_json(path.read_bytes()).keys
    except ValidationError as error:
        raise UserError(f"{path} must be a file of keys, but: {first_problem(error)}.") from error


def _write(path: Path, keys: tuple[Key, ...]) -> None:
    text = json.dumps(_KeyFile(keys=keys).model_dump(mode="json"), indent=1)
    trial = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        trial.touch(mode=0o600)
        trial.write_text(text + "\n", encoding="utf-8")
        trial.replace(path)
    except OSError as error:
        raise UserError(f"{path} must be writable, but: {error.strerror}.") from error
