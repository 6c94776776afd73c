from django_tasks import task

from cms.people.registry import jobs


@task()
def work_on_import(import_id: int) -> None:
    """Read or write an import of the roster; what it does is an action, which registers itself."""
    jobs.get("roster_import").run(import_id)
