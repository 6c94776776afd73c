"""The columns of the two tables that can be imported, under the names that HR systems give them."""

import re
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cms.core.tables import plain


@dataclass(frozen=True)
class Column:
    """`header` is written in the template file; `also` are other spellings that are understood."""

    name: str
    header: str
    also: tuple[str, ...]
    help: str | Promise
    example: str
    is_required: bool = False
    longest: int = 200


UNITS = (
    Column("code", "Enhetskod", ("enhetsid", "orgkod", "kod"), _("The employer's own code of the org unit."), "SK01",
           is_required=True, longest=40),
    Column("name", "Enhetsnamn", ("enhet", "namn"), _("Its name."), "Exempelskolan", is_required=True),
    Column("kind", "Enhetstyp", ("typ", "skolform", "verksamhet"),
           _("What kind it is. Several with a comma between. Unknown words are mapped under “Map the words”."),
           "Grundskola"),
    Column("parent", "Överordnad enhet", ("överordnad", "tillhör", "överordnad enhetskod"),
           _("The code of the unit above. Empty: the top."), "UTB", longest=40),
    Column("school_unit_code", "Skolenhetskod", (), _("Eight digits. Preschools have none."), "99000001", longest=8),
    Column("controller", "Personuppgiftsansvarig", ("nämnd", "ansvarig nämnd"),
           _("The answerable board. Empty: the same as the unit above."), "Utbildningsnämnden"),
    Column("district", "Stadsdelsområde", ("stadsdel", "område"), _("Decides contact routes."), ""),
    Column("opens_on", "Öppnar", ("startdatum", "gäller från"), _("The first day. Empty: as old as its employments."),
           ""),
    Column("closes_on", "Stänger", ("slutdatum", "gäller till", "upphör"), _("The last day."), ""),
)  # fmt: skip
STAFF = (
    Column("person", "Anställningsnummer", ("anstnr", "anst.nr", "personid", "anställd", "medarbetarid"),
           _("The employer's own number of the person. Never a personal identity number."), "E10001", is_required=True),
    Column("given_name", "Förnamn", ("tilltalsnamn",), _("Given name."), "Exempel", is_required=True, longest=300),
    Column("family_name", "Efternamn", (), _("Family name."), "Exempelsson", is_required=True, longest=300),
    Column("email", "E-post", ("e-postadress", "epost", "mejl", "mail"), _("Work e-mail."), "exempel@example.se",
           longest=254),
    Column("eppn", "EPPN", ("edupersonprincipalname", "användarnamn"),
           _("The name that the login knows the person by."), "exempel@skola.example.se"),
    Column("protection", "Skyddade uppgifter", ("skydd", "sekretess", "securitymarking", "sekretessmarkering"),
           _("Ingen, Sekretessmarkering or Skyddad folkbokföring. Any other word protects."), "Ingen"),
    Column("unit", "Enhetskod", ("enhetsid", "orgkod", "arbetsplats", "enhet", "skolenhetskod"),
           _("The code of the org unit, or its school unit code."), "SK01", is_required=True, longest=40),
    Column("role", "Befattning", ("roll", "yrke", "tjänst", "befattningsbenämning"), _("What the person works as."),
           "Lärare"),
    Column("starts_on", "Från", ("startdatum", "anställd från", "from", "fr.o.m.", "fom"), _("The first day."),
           "2024-08-12", is_required=True),
    Column("ends_on", "Till", ("slutdatum", "anställd till", "tom", "t.o.m."),
           _("The last day. Empty: until further notice."), ""),
    Column("leave_from", "Tjänstledig från", ("ledig från", "frånvaro från", "tjänstledighet från"),
           _("The first day away from all work here. Dates only: a cause must not be imported. A row for each leave."),
           ""),
    Column("leave_to", "Tjänstledig till", ("ledig till", "frånvaro till", "tjänstledighet till"),
           _("The last day away. Empty: until further notice."), ""),
    Column("source_id", "Anställnings-id", ("anställningsid", "tjänst-id"),
           _("The system's key for this very employment, if it has one."), ""),
)  # fmt: skip

FORBIDDEN = {"personnummer", "personnr", "pnr", "födelsedatum", "samordningsnummer", "civicno", "fodelsedatum"}


def by_header(columns: tuple[Column, ...]) -> dict[str, Column]:
    found: dict[str, Column] = {}
    for column in columns:
        for words in (column.header, column.name, *column.also):
            found.setdefault(plain(words), column)
    return found


UNIT_HEADERS, STAFF_HEADERS = by_header(UNITS), by_header(STAFF)


OF_STAFF = {plain(words) for words in ("Anställningsnummer", "anstnr", "personid", "Förnamn", "Efternamn")}
OF_UNITS = {plain(words) for words in ("Enhetskod", "Enhetsnamn", "Enhetstyp", "orgkod")}


def is_staff(header: tuple[str, ...]) -> bool | None:
    """Whether a table is of staff or of org units. None: neither."""
    known = {plain(words) for words in header}
    if known & OF_STAFF:
        return True
    return False if known & OF_UNITS else None


def looks_like_personal_number(value: str) -> bool:
    """Ten or twelve digits with a date in front. Ten bare ones need the right check digit too."""
    digits = re.sub(r"[-+ ]", "", value)
    if not re.fullmatch(r"(?:19|20)?\d{10}", digits):
        return False
    is_written_so = len(digits) == 12 or re.fullmatch(r"\d{6}[-+]\d{4}", value.strip()) is not None
    ten = digits[-10:]
    month, day = int(ten[2:4]), int(ten[4:6]) % 60
    doubled = [int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(ten)]
    checks = sum(sum(divmod(number, 10)) for number in doubled) % 10 == 0
    return 1 <= month <= 12 and 1 <= day <= 31 and (checks or is_written_so)
