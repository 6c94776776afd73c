import uuid

from django.db import models

from cms.core.models import Record
from cms.people.models import OrgUnit


class Drill(Record):
    """A drill that was held at an org unit on a day. Who took part is evidence."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    org_unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="+")
    held_on = models.DateField()

    def __str__(self) -> str:
        return f"{self.org_unit} {self.held_on}"
