from cms.people.models.employment import Employment, KnownQuerySet, Leave, Role, RoleMapping
from cms.people.models.log import AuditEntry, OutboxMessage
from cms.people.models.organisation import District, OrgUnit, OrgUnitPlacement
from cms.people.models.person import Identity, OversightTerms, Person, Scope

__all__ = [
    "AuditEntry",
    "District",
    "Employment",
    "Identity",
    "KnownQuerySet",
    "Leave",
    "OrgUnit",
    "OrgUnitPlacement",
    "OutboxMessage",
    "OversightTerms",
    "Person",
    "Role",
    "RoleMapping",
    "Scope",
]
