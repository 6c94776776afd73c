from cms.compliance.models.disposal import (
    DisposalRun,
    Tombstone,
)
from cms.compliance.models.ledger import (
    Evidence,
    EvidenceVoid,
    Exemption,
    ExemptionEnd,
    Requirement,
    RequirementRule,
    RuleOrgUnit,
    RuleRole,
    RuleTarget,
    Target,
    TargetRelease,
    kind_list,
)
from cms.compliance.models.summaries import (
    EVERYTHING,
    StandingStep,
    SummaryRow,
    SummaryState,
)

__all__ = [
    "EVERYTHING",
    "DisposalRun",
    "Evidence",
    "EvidenceVoid",
    "Exemption",
    "ExemptionEnd",
    "Requirement",
    "RequirementRule",
    "RuleOrgUnit",
    "RuleRole",
    "RuleTarget",
    "StandingStep",
    "SummaryRow",
    "SummaryState",
    "Target",
    "TargetRelease",
    "Tombstone",
    "kind_list",
]
