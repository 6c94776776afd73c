"""Our own check of a PDF against a subset of ISO 14289-1 (PDF/UA-1) and ISO 19005-2 and -3 (PDF/A-2a, -3a).

It is a subset: what our documents contain. `docs/certificates.md` says how to run a full validator.
"""

from cms.certificates.pdf.conformance import (
    annotations,
    attachments,
    files,
    fonts,
    graphics,
    metadata,
    structure,
)
from cms.certificates.pdf.conformance.reading import Fault, Reading, Rule

RULES: tuple[Rule, ...] = (
    *files.RULES,
    *metadata.RULES,
    *structure.RULES,
    *graphics.RULES,
    *fonts.RULES,
    *annotations.RULES,
    *attachments.RULES,
)


def check(data: bytes) -> list[Fault]:
    """Everything that is wrong with a PDF, rule by rule; empty if nothing is. Raises ValueError if it is no PDF."""
    reading = Reading.of(data)
    return [Fault(rule.name, text) for rule in RULES for text in rule.check(reading)]
