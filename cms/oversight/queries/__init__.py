from cms.oversight.queries.overview import Filters, Overview, name_of, overseen_unit, overview_of, path_to
from cms.oversight.queries.staff import PersonPage, StaffRow, person_page, staff_rows

__all__ = [
    "Filters",
    "Overview",
    "PersonPage",
    "StaffRow",
    "name_of",
    "overseen_unit",
    "overview_of",
    "path_to",
    "person_page",
    "staff_rows",
]
