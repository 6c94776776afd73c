"""Files written once under their hash: PDFs, arms, embedded files. A torn write never stands under a hash."""

import hashlib
import os
import tempfile
from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.storage import Storage


class FileDamaged(OSError):
    """The stored bytes are not those that were written."""


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def keep(storage: Storage, name: str, data: bytes) -> None:
    """Put bytes under a name made from their hash, whole or not at all. A second time changes nothing."""
    try:
        path = Path(storage.path(name))
    except NotImplementedError:
        # An object store writes whole objects, and the name says what is in them.
        if not storage.exists(name):
            storage.save(name, ContentFile(data))
        return
    if path.exists() and path.stat().st_size == len(data):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(file.name, path)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def fetch(storage: Storage, name: str, sha256: str) -> bytes:
    """The bytes under a name, if they are still those of the hash. Raises FileDamaged."""
    with storage.open(name, "rb") as file:
        data: bytes = file.read()
    if digest(data) != sha256:
        raise FileDamaged("a stored file has been changed")
    return data
