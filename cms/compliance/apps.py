from functools import partial
from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ComplianceConfig(AppConfig):
    name = "cms.compliance"
    label = "ledstang_compliance"
    verbose_name = _("Requirements and evidence")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from cms.compliance.receivers import recount_after_roster
        from cms.people.signals import roster_changed

        roster_changed.connect(recount_after_roster, dispatch_uid="ledstang_compliance.recount")
        self._register_disposal()

    def _register_disposal(self) -> None:
        from cms.certificates.models import Certificate
        from cms.compliance.queries.disposal import former_staff
        from cms.compliance.registry import DisposalKind, disposal_kinds
        from cms.people.models import AuditEntry
        from cms.people.registry import PersonTrace, person_traces

        disposal_kinds.register(
            DisposalKind(
                "former_staff",
                _("Former staff, with all that is kept about them"),
                _("from the last day of employment"),
                former_staff,
                is_ledger=True,
            )
        )
        for name, model, field in (("certificates", Certificate, "person"), ("audit", AuditEntry, "subject")):
            person_traces.register(PersonTrace(name, partial(_rows_about, model, field)))


def _rows_about(model: Any, field: str, people: frozenset[int]) -> dict[Any, dict[int, int]]:
    """Rows whose key to a person may be empty: they name the person all the same."""
    rows = model.objects.filter(**{f"{field}__in": people})
    return {model: dict(rows.values_list("pk", f"{field}_id"))}
