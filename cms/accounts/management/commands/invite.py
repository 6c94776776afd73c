from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cms.accounts.actions import AccountError, invite, make_account


class Command(BaseCommand):
    help = "Invite somebody by e-mail: makes the account where there is none and sends a link for 24 hours."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", nargs="+")

    def handle(self, *args: Any, **options: Any) -> None:
        for email in options["email"]:
            try:
                invite(user=make_account(email=email))
            except AccountError as error:
                raise CommandError(f"{email}: {error}") from error
            self.stdout.write(f"invited {email}")
