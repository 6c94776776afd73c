from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.core.management.commands.flush import Command as FlushCommand

from cms.core.immutability import drop_triggers, install_triggers, record_models


class Command(FlushCommand):
    """Django's `flush`, which the guards would refuse: allowed where only demo or test data can be lost."""

    def handle(self, **options: Any) -> None:
        demo = getattr(settings, "LEDSTANG_DEMO", False)
        if not demo and any(model.objects.exists() for model in record_models()):
            raise CommandError("flush would remove evidence; it is only possible with LEDSTANG_DEMO=True.")
        drop_triggers(options["database"])
        try:
            super().handle(**options)
        finally:
            install_triggers(options["database"])
