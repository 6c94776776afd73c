from datetime import date

from django.db import transaction

from cms.certificates.actions import issue_certificate
from cms.certificates.facts import as_json, sha256
from cms.certificates.models import Certificate
from cms.oversight.queries.transcripts import transcript_facts
from cms.people.models import Person


@transaction.atomic
def issue_transcript(*, person: Person, on: date) -> Certificate:
    """A transcript of everything that somebody holds on a day: one a day, or another if more has been done since."""
    facts = transcript_facts(person, on)
    source_key = f"transcript:{person.key}:{sha256(as_json(facts))[:32]}"
    issued, _is_new = issue_certificate(facts, source_key=source_key, person=person)
    return issued
