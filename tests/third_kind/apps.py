from django.apps import AppConfig


class DrillsConfig(AppConfig):
    name = "tests.third_kind"
    label = "drills"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from cms.compliance.registry import TargetKind, target_kinds
        from tests.third_kind.queries import progress

        target_kinds.register(TargetKind("drill", "Övning", "har deltagit i", progress))
