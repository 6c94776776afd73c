from typing import Any

from django.contrib.auth.hashers import is_password_usable
from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager["User"]):
    use_in_migrations = True

    def get_by_natural_key(self, username: str | None) -> "User":
        """E-mail addresses are compared without regard to case."""
        return self.get(email__iexact=username)

    def _make(self, email: str, password: str | None, **fields: Any) -> "User":
        if not email:
            raise ValueError("an account needs an e-mail address")
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self._make(email, password, **fields)

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self._make(email, password, **{"is_staff": True, "is_superuser": True, **fields})


class User(AbstractUser):
    """An account of the reference site: an e-mail address and a password. What people do hangs on Person."""

    username = None  # type: ignore[assignment]
    email = models.EmailField(_("e-mail"), unique=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = []

    objects = UserManager()  # type: ignore[assignment,misc]

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints = [models.UniqueConstraint(Lower("email"), name="ledstang_accounts_email_once")]

    def __str__(self) -> str:
        return self.email

    @property
    def awaits_password(self) -> bool:
        """Whether nobody has chosen a password yet: the account was made and at most invited."""
        return not self.password or not is_password_usable(self.password)


class Attempt(models.Model):
    """A knock at a door that is throttled, such as a wrong password. Kept only as long as it counts.

    `key` is a keyed digest of who or where, so the row alone names nobody.
    """

    wagtail_reference_index_ignore = True

    door = models.CharField(max_length=20)
    key = models.CharField(max_length=64)
    expires_at = models.DateTimeField()

    class Meta:
        # The throttle counts what has not expired, and removes what has.
        indexes = [
            models.Index(fields=["key", "expires_at"], name="ledstang_attempt_of_key"),
            models.Index(fields=["expires_at"], name="ledstang_attempt_expired"),
        ]

    def __str__(self) -> str:
        return f"{self.door} {self.key[:8]}"


class LoginCode(models.Model):
    """A code that a head has printed for somebody without a work address, to connect their first login with them.

    Only a keyed digest is kept. One use, and one living code for each person.
    """

    wagtail_reference_index_ignore = True

    person = models.ForeignKey("ledstang_people.Person", on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(_("created at"))
    created_by = models.ForeignKey("ledstang_people.Person", null=True, on_delete=models.SET_NULL, related_name="+")
    expires_at = models.DateTimeField(_("expires at"))
    used_at = models.DateTimeField(_("used at"), null=True)

    class Meta:
        verbose_name = _("login code")
        verbose_name_plural = _("login codes")
        constraints = [
            # A new code replaces the old one.
            models.UniqueConstraint(
                fields=["person"], condition=models.Q(used_at=None), name="ledstang_login_code_living_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d}"
