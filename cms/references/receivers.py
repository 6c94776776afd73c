"""A changed contact route, district or city name shows on the pages that stand when the rest is down."""

from typing import Any

from django.db.models.signals import post_delete, post_save

from cms.core.models import CitySettings
from cms.people.models import District
from cms.references.actions import refresh_standby_pages
from cms.references.models import Contact


def refresh(sender: Any, raw: bool = False, **kwargs: Any) -> None:
    if not raw:
        refresh_standby_pages()


for model in (Contact, District, CitySettings):
    post_save.connect(refresh, sender=model, dispatch_uid=f"ledstang_standby_{model.__name__}")
    post_delete.connect(refresh, sender=model, dispatch_uid=f"ledstang_standby_{model.__name__}")
