"""Is a file that somebody sends ours, and unaltered? The register's hashes answer first, the seals second."""

import threading
from dataclasses import dataclass

from django.db.models import TextChoices

from cms.certificates import kept
from cms.certificates.models import Certificate, CertificateFile, Seal
from cms.certificates.pdf import frames, inspector
from cms.certificates.pdf.child import Child

INSPECTOR = "cms.certificates.pdf.inspector"
SECONDS = 5.0
MEMORY_MIB = 768
AT_ONCE = threading.BoundedSemaphore(2)


class Outcome(TextChoices):
    GENUINE = "genuine"  # byte for byte a file that we keep
    SEALED = "sealed"  # sealed by us and intact, but not among our files
    ALTERED = "altered"  # sealed by us, and changed since
    FOREIGN = "foreign"  # nothing of ours
    UNREADABLE = "unreadable"  # not a PDF that can be read within the limits
    BUSY = "busy"  # too many at once


@dataclass(frozen=True)
class Finding:
    outcome: Outcome
    certificate: Certificate | None = None


def inspect(data: bytes) -> Finding:
    """Look at a file once. It is held in memory only, and parsed in a process of its own within five seconds."""
    file = CertificateFile.objects.filter(sha256=kept.digest(data)).select_related("certificate").first()
    if file is not None:
        return Finding(Outcome.GENUINE, file.certificate)
    if not data.startswith(b"%PDF-"):
        return Finding(Outcome.UNREADABLE)
    if not AT_ONCE.acquire(blocking=False):
        return Finding(Outcome.BUSY)
    try:
        return Finding(_ask_child(data, list(Seal.objects.values_list("chain", flat=True))))
    finally:
        AT_ONCE.release()


def _ask_child(data: bytes, chains: list[str]) -> Outcome:
    child = Child(INSPECTOR)
    try:
        job = frames.Frame({"chains": chains, "memory_mib": MEMORY_MIB}, {"pdf": data})
        answer = child.ask(job, SECONDS)
    except OSError:
        return Outcome.UNREADABLE
    finally:
        child.end()
    outcome = answer.header.get("outcome", inspector.UNREADABLE)
    return Outcome(outcome) if outcome in Outcome.values else Outcome.UNREADABLE
