"""What an action of this app says when it refuses."""


class PeopleError(ValueError):
    """A rule about people or org units would be broken. Its text names no person."""


class OwnRight(PeopleError):
    """Somebody would get a right over org units by their own hand."""
