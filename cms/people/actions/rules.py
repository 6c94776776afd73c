"""What an action of this app says when it refuses."""


class PeopleError(ValueError):
    """A rule about people or org units would be broken. Its text names no person."""
