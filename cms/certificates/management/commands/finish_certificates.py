from typing import Any

from django.core.management.base import BaseCommand

from cms.certificates.actions import finish_certificates, remove_old_bundles


class Command(BaseCommand):
    help = "Make the files of certificates that still have none, and forget old bundles. Safe to run twice or late."

    def handle(self, **options: Any) -> None:
        made, waiting = finish_certificates()
        remove_old_bundles()
        if made or waiting:
            self.stdout.write(f"made: {made}, still in preparation: {waiting}")
