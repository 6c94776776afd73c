"""Where guidelines cite the registers: in their text as it is written now, and in what has been published."""

import json
from collections.abc import Collection, Mapping, Sequence

from django.db.models import F, TextField
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cms.core.registry import Use
from cms.core.tokens import Token
from cms.references.blocks import citations_in
from guidelines.models import GuidelinePage, GuidelineVersion
from guidelines.queries.documents import address, in_force_by_key


def uses(tokens: Collection[Token]) -> Mapping[Token, Sequence[Use]]:
    """Every guideline and every version of one that cites some entries, in three queries however many there are."""
    found: dict[Token, list[Use]] = {token: [] for token in tokens}
    pages = GuidelinePage.objects.filter(alias_of=None).annotate(written=Cast("body", TextField()))
    for pk, title, is_live, written in pages.values_list("pk", "title", "live", "written"):
        where = pgettext("page", "published") if is_live else pgettext("page", "draft")
        use = Use(title, where, reverse("wagtailadmin_pages:edit", args=[pk]), is_frozen=False, is_current=is_live)
        for token in citations_in(json.loads(written or "[]")) & set(found):
            found[token].append(use)
    for token, version, is_current in _versions(tokens):
        number = _("version %(number)s") % {"number": version.number}
        found[token].append(Use(version.title, number, address(version), is_frozen=True, is_current=is_current))
    return found


def _versions(tokens: Collection[Token]) -> list[tuple[Token, GuidelineVersion, bool]]:
    cited = GuidelineVersion.objects.filter(
        content__citations__kind__in={token.kind for token in tokens},
        content__citations__key__in={token.key for token in tokens},
    ).annotate(cited_kind=F("content__citations__kind"), cited_key=F("content__citations__key"))
    rows = [(Token(version.cited_kind, version.cited_key), version) for version in cited.order_by("-major", "-minor")]
    current = in_force_by_key({version.key for _token, version in rows}, timezone.localdate())
    wanted = set(tokens)
    return [(token, version, current.get(version.key) == version) for token, version in rows if token in wanted]
