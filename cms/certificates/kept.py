"""Files written once under their hash: PDFs, arms, embedded files. A torn write never stands under a hash."""

import hashlib

from django.core.files.storage import Storage

from cms.core.storage import write_whole


class FileDamaged(OSError):
    """The stored bytes are not those that were written."""


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def keep(storage: Storage, name: str, data: bytes) -> None:
    """Put bytes under a name made from their hash, whole or not at all. A second time changes nothing."""
    if not (storage.exists(name) and storage.size(name) == len(data)):
        write_whole(storage, name, data)


def fetch(storage: Storage, name: str, sha256: str) -> bytes:
    """The bytes under a name, if they are still those of the hash. Raises FileDamaged."""
    with storage.open(name, "rb") as file:
        data: bytes = file.read()
    if digest(data) != sha256:
        raise FileDamaged("a stored file has been changed")
    return data
