"""Whose a login is: by issuer and subject, by a verified address, or by a code that a head has printed. Never by name.

Nothing that a login says gives a right. Rights are scopes and groups, which somebody here has given.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac

from cms.accounts.models import LoginCode, User
from cms.people.actions import write_audit
from cms.people.enums import AuditAction
from cms.people.models import Identity, Person

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # nothing that looks like something else on paper
CODE_LENGTH, CODE_LASTS = 10, timedelta(days=14)
EPPN = "eppn"


@dataclass(frozen=True)
class Login:
    """What a provider says of somebody who has logged in. `email` is empty unless the provider has verified it."""

    issuer: str
    subject: str
    email: str = ""
    eppn: str = ""


class LinkingError(ValueError):
    """A login cannot be used. Its text names nobody."""


class Unlinked(LinkingError):
    """Nobody here is known by this login: a code from the head connects it."""


class AccountClosed(LinkingError):
    """The account has been closed."""


class WrongCode(LinkingError):
    """No such code, or it has been used, replaced or is too old."""


@transaction.atomic
def account_of_login(*, login: Login) -> User:
    """The account behind a login; a first login is connected for good. Raises Unlinked or AccountClosed."""
    known = _person_by(login.issuer, login.subject)
    if known is not None:
        return account_of(person=known)
    found = (_person_by(EPPN, login.eppn.casefold()) if login.eppn else None) or _person_by_email(login)
    if found is None:
        raise Unlinked("nobody is known by this login")
    return _connect(login, found, how="eppn" if login.eppn else "email")


@transaction.atomic
def connect_by_code(*, login: Login, code: str) -> User:
    """Connect a login with the person whose code it is, once. Raises WrongCode."""
    now = timezone.now()
    found = (
        LoginCode.objects.select_for_update(of=("self",))
        .filter(digest=digest_of(code), used_at=None, expires_at__gt=now)
        .select_related("person__merged_into")
        .first()
    )
    if found is None or not LoginCode.objects.filter(pk=found.pk, used_at=None).update(used_at=now):
        raise WrongCode("no such code")
    return _connect(login, found.person.merged_into or found.person, how="code")


@transaction.atomic
def make_login_code(*, person: Person, actor: Person | None, at: datetime | None = None) -> str:
    """A code for somebody, shown once. Only its digest is kept, and one made earlier no longer holds."""
    now = at or timezone.now()
    LoginCode.objects.filter(person=person, used_at=None).delete()
    code = "".join(secrets.choice(ALPHABET) for _letter in range(CODE_LENGTH))
    LoginCode.objects.create(
        person=person, digest=digest_of(code), created_at=now, created_by=actor, expires_at=now + CODE_LASTS
    )
    write_audit(action=AuditAction.LOGIN_CODE_MADE, actor=actor, subject=person)
    return f"{code[:5]}-{code[5:]}"


def digest_of(code: str) -> str:
    """Spaces, hyphens and small letters make no difference. Keyed, so that a copy of the table opens nothing."""
    plain = "".join(letter for letter in code.upper() if letter in ALPHABET)
    return salted_hmac("ledstang.login_code", plain, algorithm="sha256").hexdigest()


def account_of(*, person: Person) -> User:
    """Somebody's account, made without a password where there is none. Raises AccountClosed."""
    if person.user is None:
        free = person.email and not User.objects.filter(email__iexact=person.email).exists()
        address = person.email if free else f"{person.key}@konto.invalid"
        person.user = User.objects.create_user(
            address, None, first_name=person.given_name[:150], last_name=person.family_name[:150]
        )
        person.save(update_fields=["user"])
    user: User = person.user
    if not user.is_active:
        raise AccountClosed("the account is closed")
    return user


def _person_by(issuer: str, subject: str) -> Person | None:
    identity = Identity.objects.filter(issuer=issuer, subject=subject).select_related("person__merged_into").first()
    return None if identity is None else identity.person.merged_into or identity.person


def _person_by_email(login: Login) -> Person | None:
    """The one current person with a verified address.

    Not whoever has logged in by the same provider as somebody else before: addresses are given to new people. And not
    an account that can reach the admin: for that a code is needed.
    """
    if not login.email:
        return None
    has_address = Q(email__iexact=login.email) | Q(user__email__iexact=login.email)
    found = list(Person.objects.current().filter(has_address).select_related("user")[:2])
    if len(found) != 1 or found[0].identities.filter(issuer=login.issuer).exists():
        return None
    user = found[0].user
    is_trusted = user is not None and (user.is_superuser or user.has_perm("wagtailadmin.access_admin"))
    return None if is_trusted else found[0]


def _connect(login: Login, person: Person, *, how: str) -> User:
    """Tie a login to a person. Whoever has been quicker with the same login keeps it."""
    made = Identity(person=person, issuer=login.issuer, subject=login.subject)
    Identity.objects.bulk_create([made], ignore_conflicts=True)
    owner = _person_by(login.issuer, login.subject) or person
    if owner == person:
        write_audit(action=AuditAction.LOGIN_LINKED, actor=person, subject=person, details={"how": how})
    return account_of(person=owner)
