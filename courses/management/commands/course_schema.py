"""Print the JSON schema of a course as a file: `manage.py course_schema > docs/course.schema.json`."""

import json
from typing import Any

from django.core.management.base import BaseCommand

from courses.queries.parcels import schema


class Command(BaseCommand):
    help = "Print the JSON schema of a course as a file."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(json.dumps(schema(), ensure_ascii=False, indent=1, sort_keys=True))
