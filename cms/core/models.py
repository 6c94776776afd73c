"""Abstract models that the whole house stands on, and the gate of disposal."""

from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from wagtail.models import Page


class ImmutableRecordError(TypeError):
    """Something tried to change or remove a record of what happened."""


class RecordQuerySet(models.QuerySet[Any]):
    def update(self, **kwargs: Any) -> NoReturn:
        raise ImmutableRecordError(f"{self.model.__name__} rows are never changed")

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise ImmutableRecordError(f"{self.model.__name__} rows are never changed")

    def delete(self) -> NoReturn:
        raise ImmutableRecordError(f"{self.model.__name__} rows are never removed")

    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]


class Record(models.Model):
    """A row that is written once: guarded here in Python and by a trigger in the database.

    What passes the trigger is a nullable foreign key becoming NULL, and rows named in `DisposalGate`.
    """

    wagtail_reference_index_ignore = True

    objects = RecordQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise ImmutableRecordError(f"{type(self).__name__} rows are never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise ImmutableRecordError(f"{type(self).__name__} rows are never removed")


class DisposalGate(models.Model):
    """A row that the running transaction may change or remove: the key to the triggers.

    Written and removed inside the transaction of a disposal or a redaction, so no other sees it.
    """

    wagtail_reference_index_ignore = True

    table_name = models.CharField(max_length=63)
    row_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["table_name", "row_id"], name="ledstang_gate_row")]

    def __str__(self) -> str:
        return f"{self.table_name} {self.row_id}"


class BasePage(Page):
    """A page in the house's layout. A host gives its own with `LEDSTANG_BASE_TEMPLATE`."""

    class Meta:
        abstract = True

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        context["base_template"] = getattr(settings, "LEDSTANG_BASE_TEMPLATE", "ledstang_core/base.html")
        return context
