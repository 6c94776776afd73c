"""Rights over org units, for somebody who may give them."""

from datetime import date

from django.db.models import Q, QuerySet

from cms.people.models import Person, Scope
from cms.people.queries.merging import mergeable_people


def scopes_from(actor: Person | None, words: str, on: date) -> QuerySet[Scope]:
    """Rights that hold on a day or later, of those whom the actor may see. Narrowed by the beginning of names."""
    lasting = Scope.objects.filter(Q(ends_on=None) | Q(ends_on__gte=on))
    found = lasting.filter(person__in=mergeable_people(actor, on).order_by().values("pk"))
    for word in words.split()[:5]:
        found = found.filter(
            Q(person__given_name__istartswith=word)
            | Q(person__family_name__istartswith=word)
            | Q(org_unit__name__icontains=word)
        )
    return found.select_related("person", "org_unit").order_by("org_unit__name", "right", "person__family_name", "pk")
