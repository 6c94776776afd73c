"""All tables with their constraints and triggers, straight from the models: for benches and tests of their own."""


class NoHistory(dict[str, None]):
    """Says of every app that it has no migrations. Running them would take longer than the rest."""

    def __contains__(self, label: object) -> bool:
        return True

    def __getitem__(self, label: str) -> None:
        return None


def make_tables() -> None:
    """In the database that Django is connected to; tables that are there stay."""
    from django.conf import settings
    from django.core.management import call_command

    settings.MIGRATION_MODULES = NoHistory()
    call_command("migrate", run_syncdb=True, verbosity=0, interactive=False)
