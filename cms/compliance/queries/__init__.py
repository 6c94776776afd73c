from cms.compliance.queries.believed import end_of
from cms.compliance.queries.disposal import (
    Disposed,
    Retention,
    disposed_before,
    finding_of,
    refuse_disposed,
    retentions,
)
from cms.compliance.queries.facts import known_evidence, load_people, load_rules, major_asked_for
from cms.compliance.queries.figures import Counts, Figures, counts_by_org_unit, figures_of, rough_share, workplaces
from cms.compliance.queries.kept import kept_for
from cms.compliance.queries.lists import OverduePage, OverdueRow, overdue_page
from cms.compliance.queries.requirements import (
    RequirementRow,
    RuleRow,
    people_hit,
    requirement_rows,
    rule_rows,
    some_people_hit,
)
from cms.compliance.queries.standings import (
    each_standing,
    employed_in,
    employments_required,
    people_required,
    required_targets,
    standings,
)
from cms.compliance.queries.training import Training, TrainingItem, training_of

__all__ = [
    "Counts",
    "Disposed",
    "Figures",
    "OverduePage",
    "OverdueRow",
    "RequirementRow",
    "Retention",
    "RuleRow",
    "Training",
    "TrainingItem",
    "counts_by_org_unit",
    "disposed_before",
    "each_standing",
    "employed_in",
    "employments_required",
    "end_of",
    "figures_of",
    "finding_of",
    "kept_for",
    "known_evidence",
    "load_people",
    "load_rules",
    "major_asked_for",
    "overdue_page",
    "people_hit",
    "people_required",
    "refuse_disposed",
    "required_targets",
    "requirement_rows",
    "retentions",
    "rough_share",
    "rule_rows",
    "some_people_hit",
    "standings",
    "training_of",
    "workplaces",
]
