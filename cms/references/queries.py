"""Reads over the registers: who a text is served to, and what a citation is worth today."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy

from cms.core.enums import Visibility
from cms.core.registry import Care, Doubt, FrozenToken
from cms.core.tokens import Token, slot
from cms.people.models import Employment, Person
from cms.people.queries import employments_on
from cms.references.enums import ContactCare, LawCare, LegalStatus
from cms.references.glossary import Term
from cms.references.models import Contact, GlossaryTerm, LegalReference
from cms.references.slots import CONTACT, CONTACT_LIST, LAW, Reader, fill, law_html, law_value, load_contacts

MOST_NAMED = 4


def reader_of(
    person: Person | None,
    on: date,
    district: str | None = None,
    employments: Sequence[Employment] | None = None,
) -> Reader:
    """The reader behind a request. `district` (chosen in the address) comes before the employment's.

    `employments` are those that `employments_on` gives, where a caller has them already.
    """
    if person is None:
        return Reader(district=district)
    employments = list(employments_on(person, on)) if employments is None else employments
    own = next((e.org_unit.district.key for e in employments if e.org_unit.district), None)
    return Reader(
        is_signed_in=True,
        district=district or own,
        roles=frozenset(e.role.key for e in employments if e.role),
    )


def freeze_law(key: str) -> FrozenToken | None:
    """A legal reference as it is cited today. None for an unknown key."""
    law = LegalReference.objects.filter(key=key).first()
    if law is None:
        return None
    value = law_value(law)
    html = law_html(value, law.status_on(timezone.localdate()))
    return FrozenToken(value=value, html=slot(Token(LAW, key), html), text=law.citation)


def _freeze_contacts(token: Token) -> FrozenToken | None:
    contacts = load_contacts([token])
    if not contacts:
        return None
    contacts.sort(key=lambda c: (c.key, c.district or ""))
    # The plain text is compared, searched and fed: it names only what everybody may see.
    is_open = token.kind == CONTACT and all(contact.visibility == Visibility.OPEN for contact in contacts)
    name = contacts[0].name if is_open else _("contact route")
    return FrozenToken(value=[_as_json(c) for c in contacts], html=slot(token), text=f"[{name}]")


def _as_json(contact: object) -> dict[str, object]:
    data = asdict(contact)  # type: ignore[call-overload]
    return {**data, "ages": list(data["ages"]), "roles": list(data["roles"])}


def freeze_contact(key: str) -> FrozenToken | None:
    """A contact route, of each district it exists for. None for an unknown key."""
    return _freeze_contacts(Token(CONTACT, key))


def freeze_contact_list(kind: str) -> FrozenToken | None:
    """All contact routes of a kind. None for an unknown or empty list."""
    return _freeze_contacts(Token(CONTACT_LIST, kind))


def filled_contact(key: str) -> str:
    """What a document for everybody would get in a contact's place today."""
    return fill(slot(Token(CONTACT, key)))


def filled_contact_list(kind: str) -> str:
    return fill(slot(Token(CONTACT_LIST, kind)))


def contacts_of(person: Person | None, on: date, district: str | None = None) -> list[Contact]:
    """The contact routes one reader may see on a day, for the page that lists them."""
    reader = reader_of(person, on, district)
    contacts = Contact.objects.select_related("district").prefetch_related("roles")
    return [
        c
        for c in contacts
        if c.is_valid(on)
        and reader.may_see(c.visibility, [role.key for role in c.roles.all()])
        and (reader.district is None or c.district is None or c.district.key == reader.district)
    ]


def open_contacts(on: date) -> list[Contact]:
    """The contact routes that anybody may see on a day, in the register's order."""
    rows = Contact.objects.filter(visibility=Visibility.OPEN).select_related("district")
    return [contact for contact in rows if contact.is_valid(on)]


def contacts_named(words: str, on: date) -> list[Contact]:
    """The contact routes for everybody whose name has all the words at its words' beginnings, or whose number it is.

    None when there are more than a few: then it was no name that was asked for.
    """
    sought, number = words.casefold().split(), re.sub(r"\D", "", words)
    found = [
        contact
        for contact in open_contacts(on)
        if (number and number == re.sub(r"\D", "", contact.phone))
        or all(any(part.startswith(word) for part in contact.name.casefold().split()) for word in sought)
    ]
    return found if len(found) <= MOST_NAMED else []


def glossary() -> list[Term]:
    """The words that are explained where a text first uses them, in one query."""
    return [Term.of(*row) for row in GlossaryTerm.objects.values_list("term", "explanation")]


# What an editor should know about what is cited

UNFIT = {
    LegalStatus.REPEALED: "law_repealed",
    LegalStatus.ADOPTED: "law_coming",
    LegalStatus.PROPOSED: "law_coming",
}


def doubts_about_law(keys: Collection[str], on: date) -> dict[str, list[Doubt]]:
    """Law that does not apply on a day, or that nobody has reviewed for a year, by key."""
    found: dict[str, list[Doubt]] = {}
    for law in LegalReference.objects.filter(key__in=keys):
        unfit = UNFIT.get(law.status_on(on))
        codes = [code for code in (unfit, "law_stale" if law.is_stale(on) else None) if code]
        found[law.key] = [Doubt(code, str(law)) for code in codes]
    return found


def doubts_about_contacts(keys: Collection[str], on: date) -> dict[str, list[Doubt]]:
    """Contact routes that some reader would not get on a day, or that nobody has verified lately, by key."""
    return _doubts(Contact.objects.filter(key__in=keys), "key", on)


def doubts_about_contact_lists(kinds: Collection[str], on: date) -> dict[str, list[Doubt]]:
    """The same of whole lists, by the list's kind."""
    return _doubts(Contact.objects.filter(kind__in=kinds), "kind", on)


def _doubts(contacts: QuerySet[Contact], by: str, on: date) -> dict[str, list[Doubt]]:
    found: dict[str, list[Doubt]] = {}
    for contact in contacts.select_related("district"):
        doubts = found.setdefault(getattr(contact, by), [])
        if not contact.is_valid(on):
            doubts.append(Doubt("contact_expired", str(contact)))
        elif contact.is_unverified(on):
            doubts.append(Doubt("contact_unverified", str(contact)))
    return found


# Where the admin keeps what is cited


def law_kept_at(key: str) -> str:
    return reverse("legalreference:index", query={"q": key})


def contact_kept_at(key: str) -> str:
    return reverse("contact:index", query={"q": key})


def contact_list_kept_at(kind: str) -> str:
    return reverse("contact:index", query={"kind": kind})


# What somebody has to look at today


@dataclass(frozen=True)
class Line:
    """What is said of the entries of a register that need one kind of care."""

    model: type[Contact] | type[LegalReference]
    care: ContactCare | LawCare
    words: Any  # a lazy plural, by count
    is_late: bool = False


LINES = (
    Line(
        Contact,
        ContactCare.EXPIRED,
        ngettext_lazy(
            "%(count)s contact route has expired, and readers get 112 and 114 14 instead",
            "%(count)s contact routes have expired, and readers get 112 and 114 14 instead",
            "count",
        ),
        is_late=True,
    ),
    Line(
        Contact,
        ContactCare.UNVERIFIED,
        ngettext_lazy(
            "%(count)s contact route must be verified: call or look",
            "%(count)s contact routes must be verified: call or look",
            "count",
        ),
    ),
    Line(
        LegalReference,
        LawCare.REPEALED,
        ngettext_lazy(
            "%(count)s legal reference does not apply any more",
            "%(count)s legal references do not apply any more",
            "count",
        ),
        is_late=True,
    ),
    Line(
        LegalReference,
        LawCare.STALE,
        ngettext_lazy(
            "%(count)s legal reference has not been reviewed for a year",
            "%(count)s legal references have not been reviewed for a year",
            "count",
        ),
    ),
)


def registers_waiting(user: Any, on: date) -> Iterator[Care]:
    """Entries that are out of date, or that nobody has looked at for long, in the registers that an account keeps."""
    for model in (Contact, LegalReference):
        name = str(model._meta.model_name)
        if not user.has_perm(f"ledstang_references.change_{name}"):
            continue
        counts, address = _counted(model.objects.with_care(on)), reverse(f"{name}:index")
        for line in LINES:
            count = counts.get(line.care) if line.model is model else None
            if count:
                yield Care(line.words % {"count": count}, f"{address}?care={line.care}", is_late=line.is_late)


def _counted(entries: QuerySet[Any]) -> dict[str, int]:
    """How many entries of a register need each kind of care."""
    return dict(entries.order_by().values_list("care").annotate(count=Count("pk")))
