from cms.people.views.acting import acting_person

__all__ = ["acting_person"]
