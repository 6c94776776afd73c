from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cms.compliance.actions import check_summaries, roll_summaries
from cms.compliance.models import Target
from cms.people.models import OrgUnit


class Command(BaseCommand):
    help = "Every night: move the summaries on to today and compare what is kept with the ledger. Names nobody."

    def handle(self, **options: Any) -> None:
        roll_summaries()
        differences = check_summaries()
        if not differences:
            self.stdout.write("What is kept is what the ledger says.")
            return
        units = OrgUnit.objects.in_bulk([one.org_unit for one in differences])
        targets = Target.objects.in_bulk([one.target for one in differences])
        for one in differences:
            self.stdout.write(
                f"{units.get(one.org_unit, one.org_unit)}, {targets.get(one.target, 'everything')}: {one.rows} rows"
            )
        raise CommandError("What is kept differs from the ledger. Mend it with: manage.py rebuild_summaries")
