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


def replace_file(storage: Storage, name: str, content: ContentFile) -> None:  # type: ignore[type-arg]
    """Put a file in place of another of the same name. On a disk there is always the old one or the new one, whole."""
    try:
        path = Path(storage.path(name))
    except NotImplementedError:
        storage.delete(name)
        storage.save(name, content)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as file:
        file.write(content.read())
    os.chmod(file.name, 0o644)
    os.replace(file.name, path)
