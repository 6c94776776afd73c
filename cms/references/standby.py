"""The page of contact routes that stands when the rest is down: one file for each district, without script or links in.

Only what anybody may see is ever in it. It says which day it was made, since nobody can tell it that a number changed.
"""

from datetime import date

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from cms.core.addresses import site_address
from cms.core.models import CitySettings
from cms.people.models import District
from cms.references.enums import ContactKind
from cms.references.models import Contact
from cms.references.queries import open_contacts

FOLDER = "kontakter"
WHOLE_CITY = "index"
TEMPLATE = "ledstang_references/standby.html"


def page_name(district: District | None) -> str:
    """Where a district's page lies in the open storage; that of the whole city leads to the others."""
    return f"{FOLDER}/{district.key if district else WHOLE_CITY}.html"


def pages(on: date) -> dict[str, str]:
    """Every page by its name, as it reads on a day. In three queries, whatever the registers hold."""
    districts = list(District.objects.all())
    contacts = open_contacts(on)
    city = CitySettings.current().city_name
    with translation.override(settings.LANGUAGE_CODE):
        return {page_name(one): _page(one, districts, contacts, city, on) for one in (None, *districts)}


def _page(one: District | None, districts: list[District], contacts: list[Contact], city: str, on: date) -> str:
    shown = nearest(contacts, one)
    lists = [(kind, [contact for contact in shown if contact.kind == kind]) for kind in ContactKind]
    context = {
        "district": one,
        "districts": districts,
        "lists": [(kind.label, found) for kind, found in lists if found],
        "city": city,
        "on": on,
        "base_url": site_address(),
        "is_demo": getattr(settings, "LEDSTANG_DEMO", False),
    }
    return render_to_string(TEMPLATE, context)


def nearest(contacts: list[Contact], district: District | None) -> list[Contact]:
    """A district's own routes before those of the whole city; for the whole city only what has no district."""
    if district is None:
        return [contact for contact in contacts if contact.district_id is None]
    own = [contact for contact in contacts if contact.district_id == district.pk]
    has = {contact.key for contact in own}
    return own + [contact for contact in contacts if contact.district_id is None and contact.key not in has]
