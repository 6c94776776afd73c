"""How the words of the sources are read: what is mapped holds at once for those who are known by the word."""

from collections.abc import Iterable, Mapping
from itertools import count

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from cms.people.actions.logs import write_audit
from cms.people.actions.telling import tell_roster_changed
from cms.people.enums import AuditAction
from cms.people.models import Employment, KindMapping, Person, Role, RoleMapping
from cms.people.roster.sources import named_sources
from cms.people.roster.vocabularies import folded


@transaction.atomic
def map_words(
    *, roles: Mapping[int, int | None], kinds: Mapping[int, str], actor: Person | None, new_roles: Iterable[int] = ()
) -> int:
    """Say what role or kind each word means, by the mappings' ids. Returns how many employments read otherwise now.

    Words in `new_roles` become roles of our own, or the one that is called the same. A kind holds from the next
    import, since an org unit does not keep the source's word.
    """
    changed: set[int] = set()
    mappings = RoleMapping.objects.in_bulk(new_roles)
    roles = {**roles, **{pk: _role_called(mapping.value).pk for pk, mapping in mappings.items()}}
    for pk, role in roles.items():
        mapping = RoleMapping.objects.select_for_update().get(pk=pk)
        mapping.role_id = role
        mapping.save(update_fields=["role"])
        changed |= _reread(mapping)
    for pk, kind in kinds.items():
        KindMapping.objects.filter(pk=pk).update(kind=kind)
    if roles or kinds:
        details = {"roles": len(roles), "kinds": len(kinds), "employments": len(changed)}
        write_audit(action=AuditAction.MAPPING_CHANGED, actor=actor, details=details)
    tell_roster_changed(people=changed)
    return len(changed)


def _role_called(name: str) -> Role:
    """The role of that name, made if there is none."""
    found = next((role for role in Role.objects.all() if folded(role.name) == folded(name)), None)
    if found is not None:
        return found
    key = slugify(name)[:40] or "befattning"
    taken = set(Role.objects.filter(key__startswith=key).values_list("key", flat=True))
    numbered = (f"{key}-{number}" for number in count(2))
    free = key if key not in taken else next(one for one in numbered if one not in taken)
    return Role.objects.create(key=free, name=name[:120])


def _reread(mapping: RoleMapping) -> set[int]:
    """Current employments with the word get the role by new rows; what was known before stays known."""
    sources = [one.name for one in named_sources().values() if one.vocabulary == mapping.source]
    rows = Employment.objects.known_at().filter(source__in=[*sources, mapping.source]).exclude(source_role="")
    words = rows.order_by().values_list("source_role", flat=True).distinct()
    same = [word for word in words if folded(word) == folded(mapping.value)]
    found = [row for row in rows.filter(source_role__in=same) if row.role_id != mapping.role_id]
    at = timezone.now()
    Employment.objects.filter(pk__in=[row.pk for row in found]).update(retracted_at=at)
    Employment.objects.bulk_create((row.rewritten(at, role_id=mapping.role_id) for row in found), batch_size=1000)
    return {row.person_id for row in found}
