"""Kinds of mail: whoever owes a mail says here how it reads."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cms.core.registry import Registry

if TYPE_CHECKING:
    from cms.people.models import Person


@dataclass(frozen=True)
class MailKind:
    """A mail that can be owed. `subject(payload)` says what and when.

    `template` ends in .txt; a template of the same name in .html is sent along.
    `context(person, payload)` reads what the template needs at the moment of sending, never earlier:
    a protection or a right may have changed since the mail was owed.
    """

    name: str
    subject: Callable[[dict[str, Any]], Any]
    template: str
    context: Callable[["Person", dict[str, Any]], dict[str, Any]] = lambda person, payload: {}


mail_kinds: Registry[MailKind] = Registry("mail kind")
