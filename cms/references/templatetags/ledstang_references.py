from django import template

from cms.references.models import LegalReference

register = template.Library()


@register.simple_tag
def law(key: str) -> LegalReference | None:
    """The legal reference under a key, while a text is being frozen. None for an unknown key."""
    found: LegalReference | None = LegalReference.objects.filter(key=key).first() if key else None
    return found
