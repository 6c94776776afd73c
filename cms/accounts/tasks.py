"""Mails are sent after the answer, so that an answer takes as long for unknown addresses as for known ones."""

from django_tasks import task

from cms.accounts import emails
from cms.accounts.models import User


@task()
def send_reset(user_id: int) -> None:
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is not None:
        emails.reset(user).send()


@task()
def send_invitation(user_id: int) -> None:
    """Nothing is sent to an account that has got a password meanwhile."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is not None and user.awaits_password:
        emails.invitation(user).send()
