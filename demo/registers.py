"""The registers that the texts cite, from `content/lagrum.toml` and `content/kontakter.toml`, and what search knows."""

from datetime import date, timedelta
from typing import Any

from cms.people.models import District, Role
from cms.references.models import Contact, GlossaryTerm, LegalReference
from demo.texts import table
from guidelines.models import Synonyms

LAW_SOURCE = "https://rkrattsbaser.gov.se/sfst?bet={sfs}"
PLAIN_FIELDS: tuple[str, ...] = ("kind", "name", "phone", "url", "hours", "age_from", "age_to")
READ_BY = "Redaktionen, som har läst lagtexten. Inte granskat av jurist."


def write_laws() -> None:
    LegalReference.objects.bulk_create(
        LegalReference(
            key=key,
            title=row["title"],
            citation=row["citation"],
            summary=row["summary"],
            source_url=LAW_SOURCE.format(sfs=row["sfs"]) if "sfs" in row else "",
            in_force_from=row.get("in_force_from"),
            status=row.get("status", "in_force"),
            reviewed_on=row.get("reviewed_on"),
            reviewed_by=READ_BY if "reviewed_on" in row else "",
        )
        for key, row in table("lagrum").items()
    )


def district_phone(phone: str, number: int) -> str:
    """The number after another in the series for fiction: `070-174 06 05` and 3 give `070-174 06 08`."""
    start, last = phone.rsplit(" ", 1)
    return f"{start} {int(last) + number:02}"


def write_contacts(today: date, districts: list[District], roles: dict[str, Role]) -> None:
    """Each contact route for the whole city, and where the table says so for each district."""
    for key, row in table("kontakter").items():
        for number, district in enumerate([None, *(districts if row.get("each_district") else [])]):
            contact = Contact.objects.create(**_values(key, row, today), district=district)
            if district is not None:
                contact.phone = district_phone(row["phone"], number)
                contact.save()
            contact.roles.set(roles[role] for role in row.get("roles", ()))


def _values(key: str, row: dict[str, Any], today: date) -> dict[str, Any]:
    values: dict[str, Any] = {name: row[name] for name in PLAIN_FIELDS if name in row}
    days = row.get("valid_days")
    return {
        **values,
        "key": key,
        "visibility": row["visibility"],
        "verified_on": today + timedelta(days=row["verified_days"]),
        "valid_to": None if days is None else today + timedelta(days=days),
    }


def write_glossary() -> None:
    GlossaryTerm.objects.bulk_create(
        GlossaryTerm(term=row["term"], explanation=row["explanation"]) for row in table("ordlista").values()
    )


def write_synonyms() -> None:
    Synonyms.objects.bulk_create(Synonyms(words=row["words"]) for row in table("synonymer").values())
