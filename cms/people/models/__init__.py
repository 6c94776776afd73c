from cms.people.models.employment import Employment, KnownQuerySet, Leave, Role, RoleMapping
from cms.people.models.log import AuditEntry, OutboxMessage
from cms.people.models.organisation import District, OrgUnit, OrgUnitPlacement
from cms.people.models.person import Identity, OversightTerms, Person, Scope
from cms.people.models.roster import KindMapping, OrgUnitIdentity, RosterImport

__all__ = [
    "AuditEntry",
    "District",
    "Employment",
    "Identity",
    "KindMapping",
    "KnownQuerySet",
    "Leave",
    "OrgUnit",
    "OrgUnitIdentity",
    "OrgUnitPlacement",
    "OutboxMessage",
    "OversightTerms",
    "Person",
    "Role",
    "RoleMapping",
    "RosterImport",
    "Scope",
]
