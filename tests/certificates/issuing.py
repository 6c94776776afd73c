"""A program that issues certificates until it is killed, for the campaigns that kill it.

`prepare` makes the database of the environment, `serve` forks a child for each line it reads, `tell` says what is
kept. A child tells `issued <source key>` and `filed <source key> <sha256>` when it has been promised. Each begins
with the last things that the one before was at, as somebody does who presses the button again.
"""

import itertools
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

AGAIN = 3  # how many of the last keys are asked for again


def set_up() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings.test")
    import django

    django.setup()


def prepare() -> None:
    """All tables with their constraints and triggers, without the history of migrations."""
    from tools.tables import make_tables

    make_tables()
    from cms.people.models import Person

    Person.objects.create(given_name="Åsa", family_name="Berg")


def issue_in_two(facts: Any, *, source_key: str, person: Any) -> Any:
    """The twin: the certificate in one transaction, what belongs to it in another."""
    from django.utils import timezone

    from cms.certificates import actions
    from cms.certificates.facts import as_json, sha256
    from cms.certificates.models import Certificate, CertificateEvent
    from cms.people.actions import write_audit
    from cms.people.enums import AuditAction

    data = as_json(facts, actions.current_letterhead())
    at = timezone.now()
    certificate, created = Certificate.objects.get_or_create(
        source_key=source_key,
        defaults={"kind": facts.kind, "person": person, "facts": data, "facts_sha256": sha256(data), "issued_at": at},
    )
    if created:
        time.sleep(0.03)
        CertificateEvent.objects.create(certificate=certificate, kind="issued", at=at)
        write_audit(action=AuditAction.CERTIFICATE_ISSUED, actor=person, object_key=certificate.public_id, at=at)
    return certificate, created


class Canned:
    """A renderer that has its PDF ready: what is tried here is what is kept, not how it is drawn."""

    def __init__(self, pdf: bytes) -> None:
        self.pdf = pdf

    def render(self, job: Any) -> bytes:
        return self.pdf


def work(first: int, *, twin: bool, pdf: bytes) -> None:
    """Issue and file, one after the other, for ever."""
    from cms.certificates.actions import files_later, issue_certificate, make_whole
    from cms.certificates.pdf import making
    from cms.people.models import Person
    from tests.certificates.samples import course

    making.renderer = Canned(pdf)  # type: ignore[assignment]
    person = Person.objects.get()
    issue = issue_in_two if twin else issue_certificate
    with files_later():
        for number in itertools.count(max(first - AGAIN, 0)):
            key = f"courses:{number}"
            certificate, _created = issue(course(), source_key=key, person=person)
            say(f"issued {key}")
            file = make_whole(certificate=certificate)
            if file is not None:
                say(f"filed {key} {file.sha256}")


def say(line: str) -> None:
    os.write(1, f"{line}\n".encode())


def serve(*, twin: bool) -> None:
    from django.db import connections

    from cms.certificates.pdf.seal import current_seal
    from cms.certificates.pdf.signing import sign
    from tests.certificates.samples import course, job

    # Whatever is slow the first time is done before the fork, so that children are at their work when they are killed.
    pdf = Path(os.environ["LEDSTANG_CANNED_PDF"]).read_bytes()
    job(course())
    sign(pdf, current_seal(), issuer="x", reason="y")
    for line in sys.stdin:
        connections.close_all()
        child = os.fork()
        if child == 0:
            try:
                say(f"child {os.getpid()}")  # by itself, so that nothing it promises comes before
                work(int(line), twin=twin, pdf=pdf)
            finally:
                os._exit(1)
        _pid, status = os.waitpid(child, 0)
        say(f"ended {os.waitstatus_to_exitcode(status)}")


def tell() -> None:
    """What is kept, as one line of JSON."""
    from cms.certificates.kept import FileDamaged
    from cms.certificates.models import Certificate
    from cms.people.models import AuditEntry

    rows = []
    for certificate in Certificate.objects.select_related("file").prefetch_related("events"):
        file = getattr(certificate, "file", None)
        try:
            sha256 = file.sha256 if file is not None and file.read() else None
        except (FileDamaged, FileNotFoundError):
            sha256 = "damaged"
        rows.append(
            {
                "key": certificate.source_key,
                "events": certificate.events.count(),
                "audits": AuditEntry.objects.filter(object_key=certificate.public_id).count(),
                "file": sha256,
            }
        )
    say(json.dumps(rows))


if __name__ == "__main__":
    set_up()
    verb = sys.argv[1]
    if verb == "serve":
        serve(twin="--twin" in sys.argv)
    else:
        {"prepare": prepare, "tell": tell}[verb]()
