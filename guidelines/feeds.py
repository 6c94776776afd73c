from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cms.core.models import CitySettings
from guidelines.models import GuidelineVersion
from guidelines.queries.documents import address
from guidelines.queries.history import open_news


@dataclass(frozen=True)
class News:
    """What a feed tells of: one guideline's versions, or those of all."""

    versions: list[GuidelineVersion]
    is_of_one: bool


class VersionFeed(Feed):  # type: ignore[type-arg]
    """New versions of guidelines as Atom: of all of them, or of one. Only what anybody may read."""

    feed_type = Atom1Feed
    language = settings.LANGUAGE_CODE

    def get_object(self, request: HttpRequest, key: UUID | None = None) -> News:
        versions = list(open_news(key))
        if key is not None and not versions:
            raise Http404
        return News(versions, is_of_one=key is not None)

    def title(self, news: News) -> str:
        if news.is_of_one:
            return news.versions[0].title
        return _("Guidelines in %(city)s") % {"city": CitySettings.current().city_name}

    def link(self, news: News) -> str:
        return reverse("guidelines:guideline", args=[news.versions[0].key]) if news.is_of_one else "/"

    def items(self, news: News) -> list[GuidelineVersion]:
        return news.versions

    def item_title(self, item: GuidelineVersion) -> str:
        return _("%(title)s, version %(number)s") % {"title": item.title, "number": item.number}

    def item_description(self, item: GuidelineVersion) -> str:
        applies = _("Applies from %(day)s.") % {"day": item.effective_on.isoformat()}
        return f"{item.change_note or item.summary} {applies}".strip()

    def item_link(self, item: GuidelineVersion) -> str:
        return address(item)

    def item_guid(self, item: GuidelineVersion) -> str:
        return f"urn:uuid:{item.public_id}"

    def item_pubdate(self, item: GuidelineVersion) -> datetime:
        return item.published_at

    item_updateddate = item_pubdate


news = require_safe(VersionFeed())
