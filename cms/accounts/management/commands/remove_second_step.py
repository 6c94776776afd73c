from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cms.accounts.models import User
from cms.accounts.second_step import take_away


class Command(BaseCommand):
    help = "For somebody who has lost both app and recovery codes: they connect a new app at their next login."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(email__iexact=options["email"]).first()
        if user is None or not take_away(user=user):
            raise CommandError("no account with that address has a second step")
        self.stdout.write("removed")
