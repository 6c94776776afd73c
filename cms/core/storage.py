"""Where frozen files lie: never under MEDIA_URL, always served through a view that checks."""

from pathlib import Path

from django.conf import settings
from django.core.files.storage import FileSystemStorage, Storage, storages

ALIAS = "ledstang"


def private_storage() -> Storage:
    """The storage called "ledstang" in STORAGES; without one, a folder beside MEDIA_ROOT."""
    if ALIAS in settings.STORAGES:
        return storages[ALIAS]
    return FileSystemStorage(location=Path(settings.MEDIA_ROOT).parent / "ledstang-private", base_url=None)
