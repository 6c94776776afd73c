"""Make accounts and let their owners choose a password."""

from django.db import transaction

from cms.accounts.models import User
from cms.accounts.tasks import send_invitation, send_reset
from cms.people.models import Person


class AccountError(ValueError):
    """An account cannot be made or invited. Its text names nobody."""


class AlreadyInUse(AccountError):
    """The account has a password: its owner gets a new one by the login page."""


@transaction.atomic
def make_account(*, email: str, first_name: str = "", last_name: str = "") -> User:
    """An account without a password, tied to the one person in the roster who has its address.

    Where nobody or several have it, the person is made at the first visit. An existing account is returned.
    """
    found = User.objects.filter(email__iexact=email.strip()).first()
    if found is not None:
        return found
    user = User.objects.create_user(email.strip(), None, first_name=first_name, last_name=last_name)
    people = list(Person.objects.current().filter(email__iexact=user.email, user=None)[:2])
    if len(people) == 1:
        Person.objects.filter(pk=people[0].pk, user=None).update(user=user)
    return user


@transaction.atomic
def invite(*, user: User) -> None:
    """Send a link that lets the owner of the address choose a password, once, within 24 hours.

    Raises AlreadyInUse if somebody has.
    """
    if not user.awaits_password:
        raise AlreadyInUse("the account is in use already")
    send_invitation.enqueue(user.pk)


@transaction.atomic
def ask_for_reset(*, email: str) -> None:
    """Send a link to choose a new password, if there is such an account. Whoever asks is told the same.

    An account that nobody has used yet gets its invitation again.
    """
    user = User.objects.filter(email__iexact=email.strip(), is_active=True).first()
    if user is not None:
        (send_invitation if user.awaits_password else send_reset).enqueue(user.pk)


@transaction.atomic
def choose_password(*, user: User, password: str) -> None:
    """Set a password. Every link sent before is spent by it, and every other session ends."""
    user.set_password(password)
    user.save(update_fields=["password"])
