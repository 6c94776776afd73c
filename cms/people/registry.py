"""Kinds of mail: whoever owes a mail says here how it reads."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cms.core.registry import Registry

if TYPE_CHECKING:
    from django.db.models import Model

    from cms.people.models import OutboxMessage, Person


@dataclass(frozen=True)
class MailKind:
    """A mail that can be owed. `subject(payload)` says what and when.

    `template` ends in .txt; a template of the same name in .html is sent along.
    `context(person, payload)` reads what the template needs at the moment of sending, never earlier:
    a protection or a right may have changed since the mail was owed. `prepare(message)` gives the payload that is sent,
    in the transaction that hands the mail over; None: there is nothing to say any more. A kind that is not
    `is_repeatable` is never handed over a second time when a sender died in the middle of it.
    """

    name: str
    subject: Callable[[dict[str, Any]], Any]
    template: str
    context: Callable[["Person", dict[str, Any]], dict[str, Any]] = lambda person, payload: {}
    prepare: "Callable[[OutboxMessage], dict[str, Any] | None]" = lambda message: message.payload
    is_repeatable: bool = True


@dataclass(frozen=True)
class Job:
    """Work for the worker that ends in an action: tasks lie below actions, and are given an id only."""

    name: str
    run: Callable[[int], Any]


jobs: Registry[Job] = Registry("job")
mail_kinds: Registry[MailKind] = Registry("mail kind")


@dataclass(frozen=True)
class PersonalData:
    """Something that is kept about people: each app says what it keeps, so that "Mina uppgifter" is complete.

    `rows(person)` answers for the person's merged records too, as words and plain values under translated names, ready
    for a page and for JSON. `seen_by` tells who else may see it, `kept` how long it is kept.
    """

    name: str
    label: Any
    seen_by: Any
    kept: Any
    rows: Callable[["Person"], list[dict[str, Any]]]
    order: int = 100


personal_data: Registry[PersonalData] = Registry("kind of personal data")


@dataclass(frozen=True)
class PersonTrace:
    """Rows that tell of people without hanging on them by a key that holds: a disposal takes them along.

    `rows(people)` answers by model with the person of each row. What hangs on a person by PROTECT or CASCADE is found
    without being registered.
    """

    name: str
    rows: Callable[[frozenset[int]], "dict[type[Model], dict[int, int]]"]


person_traces: Registry[PersonTrace] = Registry("trace of a person")
