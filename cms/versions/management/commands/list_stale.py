from itertools import groupby
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone, translation

from cms.versions.care import stale_places


class Command(BaseCommand):
    """For a clock, each night: what the registers have overtaken, by document. Prints nothing if all is well."""

    help = "List every published text, unit, question and document that cites stale law or contacts."

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override(settings.LANGUAGE_CODE):
            for document, hits in groupby(stale_places(timezone.localdate()), key=lambda hit: hit.document):
                self.stdout.write(document)
                for hit in hits:
                    words = f" ({hit.words})" if hit.words else ""
                    self.stdout.write(f"  {hit.where}: {hit.token.kind}:{hit.token.key}: {hit.kind.label}{words}")
