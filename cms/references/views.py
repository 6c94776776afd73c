from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from cms.core.views import render_page
from cms.people.models import District
from cms.people.views import acting_person
from cms.references.enums import ContactKind
from cms.references.queries import contacts_of, reader_of


@require_safe
def contacts(request: HttpRequest) -> HttpResponse:
    """Every contact route that the reader may see, for a district chosen in the address or their own."""
    person, today = acting_person(request), timezone.localdate()
    districts = list(District.objects.all())
    chosen = next((d.key for d in districts if d.key == request.GET.get("omrade")), None)
    district = reader_of(person, today, chosen).district
    shown = contacts_of(person, today, chosen)
    nearest = {c.key for c in shown if district and c.district}
    shown = [c for c in shown if c.district or c.key not in nearest]
    lists = [(kind, [c for c in shown if c.kind == kind]) for kind in ContactKind]
    context = {
        "lists": [(kind, found) for kind, found in lists if found],
        "districts": districts,
        "district": district,
        "person": person,
    }
    return render_page(request, "ledstang_references/contacts.html", context)
