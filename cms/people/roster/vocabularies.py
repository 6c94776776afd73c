"""The words of the sources for kinds of org units and for protection, as they come with Ledstång.

A city's own words, and the roles, are mapped in tables (`RoleMapping`, `KindMapping`), which go before these.
"""

from collections.abc import Iterable, Mapping

from cms.people.enums import OrgUnitKind, Protection

SIS, SKOLVERKET = "ss12000-sis", "ss12000-skolverket"
NAMES = {SIS: "SS 12000 (SIS)", SKOLVERKET: "SS 12000 (Skolverket)"}

_PRE, _COMPULSORY, _UPPER = OrgUnitKind.PRESCHOOL, OrgUnitKind.COMPULSORY_SCHOOL, OrgUnitKind.UPPER_SECONDARY

# School forms as SS 12000 and the register of school units write them. The same form has two codes in places.
SCHOOL_FORMS = {
    "FS": _PRE,
    "OPPFS": _PRE,
    "PEDOMS": _PRE,
    "FSK": _COMPULSORY,
    "FKLASS": _COMPULSORY,
    "FTH": _COMPULSORY,
    "OPPFTH": _COMPULSORY,
    "GR": _COMPULSORY,
    "GRS": _COMPULSORY,
    "GRAN": _COMPULSORY,
    "TR": _COMPULSORY,
    "SP": _COMPULSORY,
    "SAM": _COMPULSORY,
    "GY": _UPPER,
    "GYS": _UPPER,
    "GYAN": _UPPER,
}
ORGANISATION_TYPES = {
    "Huvudman": OrgUnitKind.CITY,
    "Förvaltning": OrgUnitKind.DEPARTMENT,
    "Verksamhetsområde": OrgUnitKind.DEPARTMENT,
    "Rektorsområde": OrgUnitKind.OFFICE,
}
PLAIN_WORDS = {
    "Kommun": OrgUnitKind.CITY,
    "Stad": OrgUnitKind.CITY,
    "Stadsdelsförvaltning": OrgUnitKind.DEPARTMENT,
    "Avdelning": OrgUnitKind.OFFICE,
    "Enhet": OrgUnitKind.OFFICE,
    "Kontor": OrgUnitKind.OFFICE,
    "Förskola": _PRE,
    "Grundskola": _COMPULSORY,
    "Anpassad grundskola": _COMPULSORY,
    "Gymnasieskola": _UPPER,
    "Gymnasium": _UPPER,
    "Anpassad gymnasieskola": _UPPER,
    "Socialtjänst": OrgUnitKind.SOCIAL_SERVICES,
    "Socialkontor": OrgUnitKind.SOCIAL_SERVICES,
    "Övrigt": OrgUnitKind.OTHER,
}
# An org unit with several school forms is of the kind that comes first here.
PRECEDENCE = [_UPPER, _COMPULSORY, _PRE, *OrgUnitKind]

PROTECTION = {
    "": Protection.NONE,
    "ingen": Protection.NONE,
    "nej": Protection.NONE,
    "sekretessmarkering": Protection.CONFIDENTIAL,
    "sekretessmarkerad": Protection.CONFIDENTIAL,
    "ja": Protection.CONFIDENTIAL,
    "skyddad folkbokföring": Protection.PROTECTED_REGISTRATION,
}
GRAVITY = [Protection.NONE, Protection.UNKNOWN, Protection.CONFIDENTIAL, Protection.PROTECTED_REGISTRATION]


def folded(word: str) -> str:
    """A word as it is compared: without regard to case and spaces around it."""
    return " ".join(word.split()).casefold()


BUILT_IN_KINDS: Mapping[str, OrgUnitKind] = {
    folded(word): kind
    for words in (
        {kind.value: kind for kind in OrgUnitKind}, ORGANISATION_TYPES, PLAIN_WORDS, SCHOOL_FORMS,
    )
    for word, kind in words.items()
}  # fmt: skip


def kind_of(words: Iterable[str], mapped: Mapping[str, str | None]) -> OrgUnitKind | None:
    """The kind that a source's words amount to: the city's mapping first, then ours. None if none is known."""
    found = []
    for word in map(folded, words):
        kind = mapped.get(word) or BUILT_IN_KINDS.get(word)
        if kind:
            found.append(OrgUnitKind(kind))
    return min(found, key=PRECEDENCE.index, default=None)


def protection_of(word: str | None) -> Protection:
    """What a source's mark means. An unknown word protects."""
    return PROTECTION.get(folded(word or ""), Protection.UNKNOWN)
