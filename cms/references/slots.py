"""Fill the slots of a frozen text when it is served: today's contacts, and marks on law that has changed.

A frozen fragment holds a contact's key only; its value that day stands in the version's canonical content.
So a number can be changed everywhere at once, and one that the reader may not see is never in the HTML.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Q, prefetch_related_objects
from django.utils import timezone, translation
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from cms.core.enums import Visibility
from cms.core.tokens import Token, find_slots, replace_slots, replace_tokens, slot
from cms.references.enums import LegalStatus
from cms.references.models import Contact, LegalReference, ages_in_words

LAW, CONTACT, CONTACT_LIST = "lag", "kontakt", "kontaktlista"
EMERGENCY = "112"
POLICE = "11414"
SHOWN_STATUS = re.compile(r"\blegal--([a-z_]+)")


@dataclass(frozen=True)
class Reader:
    """Who a text is served to, as far as contacts care. The default is an anonymous visitor."""

    is_signed_in: bool = False
    district: str | None = None
    roles: frozenset[str] = field(default_factory=frozenset)

    def may_see(self, visibility: str, roles: Iterable[str]) -> bool:
        if visibility == Visibility.OPEN:
            return True
        if visibility == Visibility.SIGNED_IN:
            return self.is_signed_in
        return visibility == Visibility.ROLE and self.is_signed_in and bool(self.roles.intersection(roles))


ANONYMOUS = Reader()


@dataclass(frozen=True)
class ContactValue:
    """A contact route as a value: what is frozen, and what is shown."""

    key: str
    kind: str
    name: str
    district: str | None
    district_name: str | None
    ages: tuple[int | None, int | None]
    phone: str
    url: str
    hours: str
    visibility: str
    roles: tuple[str, ...]
    valid_to: str | None

    @classmethod
    def of(cls, contact: Contact, *, with_roles: bool = True) -> "ContactValue":
        return cls(
            key=contact.key,
            kind=contact.kind,
            name=contact.name,
            district=contact.district.key if contact.district else None,
            district_name=contact.district.name if contact.district else None,
            ages=(contact.age_from, contact.age_to),
            phone=contact.phone,
            url=contact.url,
            hours=contact.hours,
            visibility=contact.visibility,
            roles=_roles(contact) if with_roles else (),
            valid_to=contact.valid_to.isoformat() if contact.valid_to else None,
        )

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "ContactValue":
        return cls(**{**data, "ages": tuple(data["ages"]), "roles": tuple(data["roles"])})

    def is_valid(self, on: date) -> bool:
        return self.valid_to is None or on.isoformat() <= self.valid_to


def _roles(contact: Contact) -> tuple[str, ...]:
    """Who sees it, where only some roles do. Roles left over from then are of no consequence."""
    if contact.visibility != Visibility.ROLE:
        return ()
    return tuple(sorted(role.key for role in contact.roles.all()))


def load_contacts(tokens: Iterable[Token], *, with_roles: bool = True) -> list[ContactValue]:
    """Today's contacts for the cited keys and lists, in one query and one for the roles of those that have some.

    For somebody without an account roles are nothing to ask about: what is for some is not for them.
    """
    keys = [token.key for token in tokens if token.kind == CONTACT]
    kinds = [token.key for token in tokens if token.kind == CONTACT_LIST]
    if not keys and not kinds:
        return []
    cited = Contact.objects.filter(Q(key__in=keys) | Q(kind__in=kinds)).select_related("district")
    contacts = list(cited)
    if with_roles:
        prefetch_related_objects([c for c in contacts if c.visibility == Visibility.ROLE], "roles")
    return [ContactValue.of(c, with_roles=with_roles) for c in contacts]


def choose(contacts: Iterable[ContactValue], reader: Reader, on: date) -> list[ContactValue]:
    """What one reader is shown: valid and visible, the reader's own district before the whole city.

    A reader without a district gets the city's route, or every district's where the city has none.
    """
    seen = [c for c in contacts if c.is_valid(on) and reader.may_see(c.visibility, c.roles)]
    chosen: list[ContactValue] = []
    for key in dict.fromkeys(c.key for c in seen):
        same = [c for c in seen if c.key == key]
        own = [c for c in same if c.district is not None and c.district == reader.district]
        city = [c for c in same if c.district is None]
        chosen += own or city or ([] if reader.district else same)
    return chosen


def _dial(phone: str) -> str:
    return "".join(ch for ch in phone if ch.isdigit() or ch == "+")


def contact_html(contact: ContactValue, *, linked: bool = True) -> SafeString:
    """One contact in running text. `linked=False` for an older version: never a link to call."""
    name = contact.name if contact.district_name is None else f"{contact.name}, {contact.district_name}"
    parts = [format_html("<strong>{}</strong>", name)]
    if contact.phone and linked:
        parts.append(format_html('<a href="tel:{}">{}</a>', _dial(contact.phone), contact.phone))
    elif contact.phone:
        parts.append(conditional_escape(contact.phone))
    if contact.url and linked:
        # Several stand on a page: out of their text, each says whose it is.
        words = (contact.url, _("website"), name, _("website"))
        parts.append(format_html('<a href="{}" rel="noopener" aria-label="{}, {}">{}</a>', *words))
    elif contact.url:
        parts.append(conditional_escape(contact.url))
    parts += [conditional_escape(extra) for extra in (contact.hours, ages_in_words(*contact.ages)) if extra]
    return format_html('<span class="contact">{}</span>', mark_safe(", ".join(parts)))


def law_value(law: LegalReference) -> dict[str, Any]:
    """A legal reference as it is frozen."""
    return {
        "title": law.title,
        "citation": law.citation,
        "summary": law.summary,
        "source_url": law.source_url,
        "status": law.status,
        "in_force_from": law.in_force_from.isoformat() if law.in_force_from else None,
        "in_force_to": law.in_force_to.isoformat() if law.in_force_to else None,
    }


def law_stamp(value: Mapping[str, Any]) -> str:
    """What a reader would notice of a legal reference, in eight letters: another stamp means that it has changed."""
    names = ("title", "citation", "summary", "status", "in_force_from", "in_force_to")
    return hashlib.sha256("\n".join(str(value[name]) for name in names).encode()).hexdigest()[:8]


def law_html(value: Mapping[str, Any], status: str | None = None) -> SafeString:
    """A legal reference as it was cited, from its frozen value. `status` is what its dates say, if that was asked."""
    status, stamp = status or value["status"], law_stamp(value)
    css = "legal" if status == LegalStatus.IN_FORCE else f"legal legal--{status}"
    if value["source_url"]:
        link = '<a class="{}" data-law="{}" href="{}">{}</a>'
        html = format_html(link, css, stamp, value["source_url"], value["citation"])
    else:
        html = format_html('<span class="{}" data-law="{}">{}</span>', css, stamp, value["citation"])
    if status != LegalStatus.IN_FORCE:
        html = format_html('{} <em class="legal-status">({})</em>', html, str(LegalStatus(status).label).lower())
    return html


def words_html(text: str, cites: Mapping[str, Any]) -> SafeString:
    """Plain words that cite registers, such as a frozen question, as HTML with slots to fill."""
    laws = cites.get(LAW, {})

    def slot_of(token: Token) -> str:
        return slot(token, law_html(laws[token.key]) if token.kind == LAW and token.key in laws else "")

    with translation.override(settings.LANGUAGE_CODE):
        return mark_safe(replace_tokens(str(conditional_escape(text)), slot_of))


def fallback_html(*, linked: bool = True) -> SafeString:
    """Where a contact has expired or is not for the reader: what always works. Never a link in an older version."""
    if not linked:
        words = (_("In danger:"), _("the police otherwise:"), _("The contact route here must be checked."))
        return format_html('<span class="contact contact--missing">{} 112, {} 114 14. {}</span>', *words)
    return format_html(
        '<span class="contact contact--missing">{} <a href="tel:{}">112</a>, {} <a href="tel:{}">114 14</a>. {}</span>',
        _("In danger:"),
        EMERGENCY,
        _("the police otherwise:"),
        POLICE,
        _("The contact route here must be checked."),
    )


@dataclass(frozen=True)
class Filler:
    """Fills any number of fragments of one page with one look into the registers."""

    reader: Reader
    on: date
    contacts: list[ContactValue]
    laws: dict[str, LegalReference]
    is_history: bool = False

    @classmethod
    def load(cls, html: str, reader: Reader, on: date, frozen: Mapping[str, Any] | None = None) -> "Filler":
        """`frozen` is the `cites` part of an older version's content: then that day's contacts are shown."""
        tokens = find_slots(html)
        contacts = (
            load_contacts(tokens, with_roles=reader.is_signed_in) if frozen is None else _that_day(frozen, tokens)
        )
        keys = [token.key for token in tokens if token.kind == LAW]
        laws = {law.key: law for law in LegalReference.objects.filter(key__in=keys)} if keys else {}
        return cls(reader=reader, on=on, contacts=contacts, laws=laws, is_history=frozen is not None)

    @property
    def districts(self) -> tuple[tuple[str, str], ...]:
        """The districts that contacts which the reader may see stand for, as key and name, by name."""
        seen = (c for c in self.contacts if self.reader.may_see(c.visibility, c.roles))
        found = {(c.district, c.district_name or "") for c in seen if c.district is not None}
        return tuple(sorted(found, key=lambda district: district[1]))

    def fill(self, html: str) -> SafeString:
        """In the site's language, as the text that it stands in."""
        with translation.override(settings.LANGUAGE_CODE):
            return mark_safe(replace_slots(html, self._replace))

    def _replace(self, token: Token, frozen: str) -> str:
        if token.kind == CONTACT:
            return self._contact(token.key)
        if token.kind == CONTACT_LIST:
            return self._contact_list(token.key)
        return frozen + self._law_mark(token.key, frozen) if token.kind == LAW else frozen

    def _chosen(self, contacts: list[ContactValue]) -> list[ContactValue]:
        if not self.is_history:
            return choose(contacts, self.reader, self.on)
        seen = [c for c in contacts if self.reader.may_see(c.visibility, c.roles)]
        own = [c for c in seen if c.district in (None, self.reader.district)]
        return own or seen

    def _contact(self, key: str) -> str:
        chosen = self._chosen([c for c in self.contacts if c.key == key])
        if not chosen:
            return fallback_html(linked=not self.is_history)
        shown = mark_safe("; ".join(contact_html(c, linked=not self.is_history) for c in chosen))
        return format_html("{}{}", shown, self._that_day_mark())

    def _contact_list(self, kind: str) -> str:
        chosen = self._chosen([c for c in self.contacts if c.kind == kind])
        if not chosen:
            return format_html("<p>{}</p>", fallback_html(linked=not self.is_history))
        items = format_html_join("", "<li>{}</li>", ((contact_html(c, linked=not self.is_history),) for c in chosen))
        return format_html('<ul class="contact-list">{}</ul>{}', items, self._that_day_mark())

    def _that_day_mark(self) -> SafeString:
        if not self.is_history:
            return SafeString("")
        return format_html(' <em class="contact-then">({})</em>', _("as published then, do not use without checking"))

    def _law_mark(self, key: str, frozen: str) -> str:
        """A mark where the register says something else today than what stands in the text."""
        law = self.laws.get(key)
        shown = SHOWN_STATUS.search(frozen)
        shown_status = shown[1] if shown else LegalStatus.IN_FORCE
        if law is not None and law_stamp(law_value(law)) in frozen and law.status_on(self.on) == shown_status:
            return ""
        return format_html(
            ' <em class="legal-changed">({})</em>', _("has changed since this was published, check the law")
        )


# Older versions


def _that_day(frozen: Mapping[str, Any], tokens: Iterable[Token]) -> list[ContactValue]:
    """The contacts that a text was published with, each hidden from everyone who may not see it today."""
    then = {
        (value.key, value.district): value
        for token in tokens
        if token.kind in (CONTACT, CONTACT_LIST)
        for value in map(ContactValue.from_json, frozen.get(token.kind, {}).get(token.key) or [])
    }
    today: dict[str, list[ContactValue]] = {}
    for contact in load_contacts(Token(CONTACT, value.key) for value in then.values()):
        today.setdefault(contact.key, []).append(contact)
    return [_hidden_as_today(value, today.get(value.key, [])) for value in then.values()]


def _hidden_as_today(then: ContactValue, today: list[ContactValue]) -> ContactValue:
    """The contact with the strictest visibility of then and now.

    Where its row is gone or stands for another district, all that still carry its key speak for it, and nobody
    sees it without signing in: it may have been removed because it was dangerous to show.
    """
    same = [contact for contact in today if contact.district == then.district]
    witnesses = [then, *(same or today)]
    strictest = max(witnesses, key=lambda contact: STRICTNESS.index(Visibility(contact.visibility))).visibility
    if not same and strictest == Visibility.OPEN:
        strictest = Visibility.SIGNED_IN
    limited = [set(contact.roles) for contact in witnesses if contact.visibility == Visibility.ROLE]
    roles = sorted(set.intersection(*limited)) if limited else []
    return replace(then, visibility=str(strictest), roles=tuple(roles))


STRICTNESS = [Visibility.OPEN, Visibility.SIGNED_IN, Visibility.ROLE]


def fill(
    html: str, reader: Reader = ANONYMOUS, on: date | None = None, frozen: Mapping[str, Any] | None = None
) -> SafeString:
    """Fill one piece of frozen HTML for one reader on one day (default: today)."""
    return Filler.load(html, reader, on or timezone.localdate(), frozen).fill(html)
