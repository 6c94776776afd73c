"""Where files lie. Frozen ones never under MEDIA_URL, always served through a view that checks; open ones anywhere."""

import os
import tempfile
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, Storage, default_storage, storages

ALIAS, OPEN = "ledstang", "ledstang_open"


def private_storage() -> Storage:
    """The storage called "ledstang" in STORAGES; without one, a folder beside MEDIA_ROOT."""
    if ALIAS in settings.STORAGES:
        return storages[ALIAS]
    return FileSystemStorage(location=Path(settings.MEDIA_ROOT).parent / "ledstang-private", base_url=None)


def open_storage() -> Storage:
    """The storage called "ledstang_open" in STORAGES, for what a web server may show to anybody; without one, MEDIA."""
    return storages[OPEN] if OPEN in settings.STORAGES else default_storage


PRIVATE, READABLE = 0o600, 0o644


def write_whole(storage: Storage, name: str, data: bytes, mode: int = PRIVATE) -> None:
    """Put bytes under a name, in place of what is there. On a disk that is the old or the new file, never a part."""
    try:
        path = Path(storage.path(name))
    except NotImplementedError:  # an object store, which writes whole objects anyway
        storage.delete(name)
        storage.save(name, ContentFile(data))
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.chmod(file.name, mode)
    os.replace(file.name, path)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
