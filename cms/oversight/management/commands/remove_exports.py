from typing import Any

from django.core.management.base import BaseCommand

from cms.oversight.actions import remove_old_exports, resume_exports


class Command(BaseCommand):
    help = "Removes exported files after a week, and takes up those whose worker has died. Safe to run at any time."

    def handle(self, *args: Any, **options: Any) -> None:
        removed, resumed = remove_old_exports(), resume_exports()
        if removed or resumed:
            self.stdout.write(f"exports: {removed} removed, {resumed} taken up again")
