import logging
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone
from wagtail.models import DraftStateMixin, Page, Revision

logger = logging.getLogger(__name__)

Work = tuple[str, Callable[[], Any]]


class Command(BaseCommand):
    """Wagtail's `publish_scheduled`, one transaction for each page: a page that fails is reported, the rest go on.

    Ends with an error when something failed, so that whoever runs it on a clock is told.
    """

    help = "Publish what is scheduled and take down what has expired, each page in a transaction of its own."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dryrun", action="store_true", help="Say what would be done, and do nothing.")

    def handle(self, *args: Any, dryrun: bool = False, **options: Any) -> None:
        failed = 0
        for what, do in [*self.expired(), *self.due()]:
            if dryrun:
                self.stdout.write(f"would {what}")
            else:
                failed += not self.done(what, do)
        if failed:
            raise CommandError(f"{failed} of what was scheduled could not be done, see above.")

    def done(self, what: str, do: Callable[[], Any]) -> bool:
        try:
            with transaction.atomic():
                do()
        except Exception as error:
            logger.exception("could not %s", what)
            self.stderr.write(self.style.ERROR(f"could not {what}: {error}"))
            return False
        self.stdout.write(what)
        return True

    def expired(self) -> Iterator[Work]:
        for model in [Page, *self.other_models()]:
            for thing in model.objects.filter(live=True, expire_at__lt=timezone.now()).order_by("expire_at"):
                what = f"unpublish {model._meta.model_name} {thing.pk}"
                yield what, partial(thing.unpublish, set_expired=True, log_action="wagtail.unpublish.scheduled")

    def other_models(self) -> list[Any]:
        return [m for m in apps.get_models() if issubclass(m, DraftStateMixin) and not issubclass(m, Page)]

    def due(self) -> Iterator[Work]:
        for revision in Revision.objects.filter(approved_go_live_at__lt=timezone.now()).order_by("approved_go_live_at"):
            what = f"publish {revision.content_type.model} {revision.object_id}"
            yield what, partial(revision.publish, log_action="wagtail.publish.scheduled")
