from cms.oversight.queries.filters import (
    STATE_WORDS,
    Filters,
    districts_chosen_from,
    kinds_chosen_from,
    name_of,
    overseen_unit,
    roles_chosen_from,
)
from cms.oversight.queries.overview import Overview, figures_shown, named_controllers, overview_of, path_to
from cms.oversight.queries.person import (
    PersonPage,
    evidence_of,
    exemption_of,
    is_hr_for,
    may_void,
    person_page,
    recorded_on,
)
from cms.oversight.queries.staff import StaffList, StaffRow

__all__ = [
    "STATE_WORDS",
    "Filters",
    "Overview",
    "PersonPage",
    "StaffList",
    "StaffRow",
    "districts_chosen_from",
    "evidence_of",
    "exemption_of",
    "figures_shown",
    "is_hr_for",
    "kinds_chosen_from",
    "may_void",
    "name_of",
    "named_controllers",
    "overseen_unit",
    "overview_of",
    "path_to",
    "person_page",
    "recorded_on",
    "roles_chosen_from",
]
