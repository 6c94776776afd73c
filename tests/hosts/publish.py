"""Run inside a host's site by test_packaging: publish a guideline by code, as an adopter's script would."""

from datetime import date

from wagtail.models import Site

from cms.versions.enums import Change
from guidelines.actions import publish_guideline
from guidelines.models import GuidelineIndexPage, GuidelinePage

front = Site.objects.get(is_default_site=True).root_page
index = front.add_child(instance=GuidelineIndexPage(title="Riktlinjer", slug="riktlinjer"))
page = index.add_child(
    instance=GuidelinePage(
        title="Riktlinje om oro för barn",
        slug="oro",
        live=False,
        body=[("text", {"text": "<p>Du ska anmäla oro.</p>", "audiences": [], "review": []})],
        decided_by="Utbildningsnämnden",
        decided_on=date(2026, 1, 15),
    )
)
version = publish_guideline(page=page, change=Change.SUBSTANTIVE, note="", effective_on=date(2026, 2, 1))
print(f"/r/{version.key}/")
