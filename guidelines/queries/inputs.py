"""Everything that decides what a guideline's page says to somebody without an account, read in one statement.

A page is a function of these rows, the day, the address and the settings. So what it said can be said again while they
are the same, and a changed number, a hidden contact, a signature, a notice or a stop shows at the next request.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from django.db import connections, models, router
from wagtail.models import Page, PageViewRestriction

from cms.compliance.models import Target
from cms.core.models import CitySettings
from cms.people.models import District
from cms.references.models import Contact, GlossaryTerm, LegalReference
from cms.references.slots import LAW
from cms.versions.models import Citation, Fragment, Notice, NoticeEnd, Redaction, ReviewSignature, Withdrawal
from guidelines.models import GuidelineVersion

KEY, CONTENT = "key", "content"


@dataclass(frozen=True)
class Part:
    """Rows of a table: which columns decide, where they are taken from, and what fills the places in that.

    Records never change, so that their ids tell enough; what is taken out of a fragment is a record too.
    """

    model: type[models.Model]
    columns: Sequence[str] = ()  # none: all
    rest: str = ""
    filled: Sequence[str] = ()


CITED = f"SELECT b.key FROM {{citation}} b WHERE b.content_id = %s AND b.kind = '{LAW}'"
PARTS = (
    Part(
        GuidelineVersion,
        ("a.id", "a.page_id", "b.path"),
        "LEFT JOIN {page} b ON b.id = a.page_id WHERE a.key = %s",
        [KEY],
    ),
    Part(Withdrawal, ["a.id"], "WHERE a.key = %s", [KEY]),
    Part(Notice, ("a.id", "b.id"), "LEFT JOIN {notice_end} b ON b.notice_id = a.id WHERE a.key = %s", [KEY]),
    Part(Target, (), "WHERE a.key = %s", [KEY]),
    Part(Redaction, ["a.id"], "JOIN {fragment} b ON b.sha256 = a.fragment_sha256 WHERE b.content_id = %s", [CONTENT]),
    Part(
        ReviewSignature,
        ["a.id"],
        "JOIN {fragment} b ON b.sha256 = a.fragment_sha256 WHERE b.content_id = %s",
        [CONTENT],
    ),
    Part(LegalReference, (), f"WHERE a.key IN ({CITED})", [CONTENT]),
    Part(PageViewRestriction),
    Part(Contact),
    Part(District),
    Part(GlossaryTerm),
    Part(CitySettings),
)


def inputs_of(key: UUID, content: int) -> str:
    """A hash of all that the page of a guideline shows to a visitor, when it shows this content."""
    connection = connections[router.db_for_read(GuidelineVersion)]
    sql, names = _statement(connection.vendor)
    filled = {KEY: GuidelineVersion._meta.get_field("key").get_db_prep_value(key, connection), CONTENT: content}
    with connection.cursor() as cursor:
        cursor.execute(sql, [filled[name] for name in names])
        rows = sorted(row for (row,) in cursor.fetchall())
    return hashlib.blake2b("\n".join(rows).encode(), digest_size=20).hexdigest()


@cache
def _statement(vendor: str) -> tuple[str, Sequence[str]]:
    tables = {
        "page": Page._meta.db_table,
        "notice_end": NoticeEnd._meta.db_table,
        "fragment": Fragment._meta.db_table,
        "citation": Citation._meta.db_table,
    }
    selects: list[str] = []
    names: list[str] = []
    for number, part in enumerate(PARTS):
        table, rest = part.model._meta.db_table, part.rest.format(**tables)
        selects.append(f"SELECT '{number}:' || {_row(part, vendor)} FROM {table} a {rest}")
        names += part.filled
    return " UNION ALL ".join(selects), names


def _row(part: Part, vendor: str) -> str:
    """A row as text, in the words of the database."""
    columns = part.columns or [f"a.{field.column}" for field in part.model._meta.local_concrete_fields]
    return f"json_array({', '.join(columns)})" if vendor == "sqlite" else f"ROW({', '.join(columns)})::text"
