"""Where courses cite the registers: in units and questions as they are written now, and in what has been published."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from django.db.models import F, Q, TextField
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cms.core.registry import Use
from cms.core.tokens import Token, find_tokens
from cms.references.blocks import citations_in
from courses.models import (
    Choice,
    CoursePage,
    CourseVersion,
    Question,
    ScenarioChoice,
    ScenarioStep,
    UnitPage,
)
from courses.queries.catalogue import versions_in_force


def uses(tokens: Collection[Token]) -> Mapping[Token, Sequence[Use]]:
    """Every course and unit, and every version of one, that cites some entries; as many queries however many."""
    found: dict[Token, list[Use]] = {token: [] for token in tokens}
    for cited, use in _pages():
        for token in cited & set(found):
            found[token].append(use)
    for token, use in _versions(tokens):
        if token in found and use not in found[token]:
            found[token].append(use)
    return found


def _pages() -> Iterator[tuple[set[Token], Use]]:
    asked = _questions()
    for model in (CoursePage, UnitPage):
        pages = model.objects.filter(alias_of=None).annotate(written=Cast("body", TextField()))
        for pk, title, is_live, written in pages.values_list("pk", "title", "live", "written"):
            cited = citations_in(json.loads(written or "[]"))
            if model is UnitPage:
                cited |= asked.get(pk, set())
            where = pgettext("page", "published") if is_live else pgettext("page", "draft")
            address = reverse("wagtailadmin_pages:edit", args=[pk])
            yield cited, Use(title, where, address, is_frozen=False, is_current=is_live)


def _questions() -> dict[int, set[Token]]:
    """What the questions and the scenario of each unit cite."""
    words = [
        *Question.objects.values_list("page_id", "text", "feedback"),
        *Choice.objects.values_list("question__page_id", "text", "feedback"),
        *ScenarioStep.objects.values_list("page_id", "text"),
        *ScenarioChoice.objects.values_list("step__page_id", "text", "feedback"),
    ]
    cited: dict[int, set[Token]] = {}
    for page, *texts in words:
        cited.setdefault(page, set()).update(token for text in texts for token in find_tokens(text or ""))
    return cited


def _versions(tokens: Collection[Token]) -> Iterator[tuple[Token, Use]]:
    def citing(content: str) -> Q:
        return Q(
            **{
                f"{content}__citations__kind__in": {token.kind for token in tokens},
                f"{content}__citations__key__in": {token.key for token in tokens},
            }
        )

    def cited(content: str) -> dict[str, Any]:
        return {"cited_kind": F(f"{content}__citations__kind"), "cited_key": F(f"{content}__citations__key")}

    current = set(versions_in_force(timezone.localdate()).values_list("pk", flat=True))
    for content, title in (("content", F("title")), ("units__content", F("units__title"))):
        rows = CourseVersion.objects.filter(citing(content)).annotate(**cited(content), cited_in=title)
        for row in rows.order_by("-major", "-minor"):
            number = _("version %(number)s") % {"number": row.number}
            where = number if row.cited_in == row.title else f"{row.title}, {number}"
            address = reverse("courses:course", args=[row.key])
            use = Use(row.cited_in, where, address, is_frozen=True, is_current=row.pk in current)
            yield Token(row.cited_kind, row.cited_key), use
