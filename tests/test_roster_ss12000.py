"""SS 12000 against a server of our own on loopback: paging, deltas, removals, and whatever a server may do wrong."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from cms.people.actions import confirm_import, start_import, work_through
from cms.people.enums import ImportState, OrgUnitKind, Protection
from cms.people.models import Employment, Identity, OrgUnit, Person, RoleMapping, RosterImport
from tests.factories import RoleFactory

NAME = "ss12000"


class School(ThreadingHTTPServer):
    """A server that holds a roster in memory and remembers what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.rows: dict[str, list[dict[str, Any]]] = {"organisations": [], "persons": [], "duties": []}
        self.deleted: dict[str, list[str]] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.failures: list[int] = []
        self.tokens = 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Answers(BaseHTTPRequestHandler):
    server: School

    def log_message(self, *args: Any) -> None:
        pass

    def _send(self, status: int, content: Any) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        is_right = self.headers["Authorization"] == "Basic a29tbXVuOmhlbWxpZ3Q=" and "client_credentials" in str(form)
        self.server.tokens += is_right
        self._send(200 if is_right else 401, {"access_token": f"token{self.server.tokens}"} if is_right else {})

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        kind = parts.path.rpartition("/")[2]
        self.server.asked.append((kind, asked))
        if self.headers["Authorization"] != f"Bearer token{self.server.tokens}":
            return self._send(401, {})
        if self.server.failures:
            return self._send(self.server.failures.pop(0), {})
        if "pageToken" in asked and len(asked) > 2:
            return self._send(400, {"message": "filters cannot be joined with a page token"})
        if kind == "deletedEntities":
            return self._send(200, {"data": self.server.deleted, "pageToken": None})
        rows, start, limit = self.server.rows[kind], int(asked.get("pageToken", 0)), int(asked["limit"])
        after = asked.get("meta.modified.after")
        rows = [row for row in rows if not after or row.get("changed")]
        more = str(start + limit) if start + limit < len(rows) else None
        return self._send(200, {"data": rows[start : start + limit], "pageToken": more})


@pytest.fixture
def school(settings, db) -> Iterator[School]:
    server = School()
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    settings.LEDSTANG_ROSTER_SOURCES = {
        NAME: {
            "kind": "ss12000",
            "vocabulary": "ss12000-sis",
            "base_url": f"{server.address}/v2.0",
            "token_url": f"{server.address}/token",
            "client_id": "kommun",
            "client_secret": "hemligt",
            "page_size": 2,
            "pause": 0,
        }
    }
    server.rows = {
        "organisations": [
            {"id": "o1", "displayName": "Staden", "organisationType": "Huvudman"},
            {"id": "o2", "displayName": "Ekskolan", "schoolTypes": ["GR", "FTH"], "schoolUnitCode": "99000001",
             "parentOrganisation": {"id": "o1"}, "organisationType": "Skolenhet"},
            {"id": "o3", "displayName": "Ålen", "schoolTypes": ["FS"], "parentOrganisation": {"id": "o1"}},
            {"id": "o4", "displayName": "Tornet", "organisationType": "Rymdstation",
             "parentOrganisation": {"id": "o1"}},
            {"displayName": "Utan nyckel"},
        ],
        "persons": [
            person("p1", "Åsa", securityMarking="Ingen", eduPersonPrincipalNames=["ASA@skola.example.se"],
                   emails=[{"value": "hem@example.se", "type": "Privat"}, {"value": "asa@example.se", "type": "Skola"}],
                   civicNo={"value": "198112189876"}),
            person("p2", "Bo", securityMarking="Fingerad"),
            person("p3", "Cia"),
        ],
        "duties": [
            duty("d1", "p1", "o2", "Lärare"),
            duty("d2", "p2", "o2", "Trollkarl"),
            duty("d3", "p3", "o3", "Förskollärare"),
            duty("d4", "ingen", "o3", "Lärare"),
            duty("d5", "p3", "o3", "Lärare", startDate="i våras"),
            {"id": "d6", "person": None},
        ],
    }  # fmt: skip
    yield server
    server.shutdown()
    server.server_close()


def person(key: str, name: str, **more: Any) -> dict[str, Any]:
    return {"id": key, "givenName": name, "familyName": "Ek", **more}


def duty(key: str, who: str, where: str, role: str, **more: Any) -> dict[str, Any]:
    return {"id": key, "person": {"id": who}, "dutyAt": {"id": where}, "dutyRole": role,
            "startDate": "2020-08-01", **more}  # fmt: skip


def pull(*, is_whole: bool = True) -> RosterImport:
    run = start_import(source=NAME, files=[], is_whole=is_whole, actor=None, in_worker=False)
    work_through(run.pk)
    run.refresh_from_db()
    if run.state == ImportState.READ:
        confirm_import(run=run, digest=run.digest, in_worker=False)
        work_through(run.pk)
        run.refresh_from_db()
    return run


def test_a_city_is_pulled_page_by_page(school):
    RoleFactory(key="larare", name="Lärare")
    run = pull()
    assert run.state == ImportState.DONE
    kinds = dict(OrgUnit.objects.values_list("name", "kind"))
    assert kinds == {
        "Staden": OrgUnitKind.CITY, "Ekskolan": OrgUnitKind.COMPULSORY_SCHOOL, "Ålen": OrgUnitKind.PRESCHOOL,
        "Tornet": OrgUnitKind.OTHER,
    }  # fmt: skip
    asa, bo = Person.objects.get(given_name="Åsa"), Person.objects.get(given_name="Bo")
    assert (asa.email, bo.protection) == ("asa@example.se", Protection.UNKNOWN)
    assert asa.identities.get(issuer="eppn").subject == "asa@skola.example.se"
    assert not Identity.objects.filter(subject__contains="19811218").exists()
    assert Employment.objects.count() == 3
    unmapped = RoleMapping.objects.filter(source="ss12000-sis", role=None).values_list("value", flat=True)
    assert set(unmapped) == {"Trollkarl", "Förskollärare"}
    codes = {problem["code"] for problem in run.problems}
    assert codes == {"bad_row", "bad_date", "unknown_person", "unknown_kind", "unknown_protection", "unknown_role"}
    assert "198112189876" not in json.dumps([run.report, run.problems])
    assert school.tokens == 2  # one for reading, one for writing
    assert {len(asked) for kind, asked in school.asked if "pageToken" in asked} == {2}


def test_what_has_changed_since_is_pulled_and_the_rest_stands(school):
    pull()
    school.asked.clear()
    school.rows["persons"][2] |= {"familyName": "Al", "changed": True}
    school.rows["duties"].append(duty("d7", "p1", "o3", "Rektor", startDate="2026-01-01", changed=True))
    school.deleted = {"duties": ["d2"], "persons": [{"id": "p3"}], "groups": ["g1"], "organisations": ["o4"]}
    run = pull(is_whole=False)
    assert run.state == ImportState.DONE
    assert all("meta.modified.after" in asked or "after" in asked for _kind, asked in school.asked)
    live = Employment.objects.known_at().on(timezone.localdate()).values_list("source_id", flat=True)
    assert sorted(live) == ["d1", "d7"]
    assert Person.objects.get(given_name="Cia").family_name == "Al"
    assert list(OrgUnit.objects.exclude(closes_on=None).values_list("name", flat=True)) == ["Tornet"]
    again = pull(is_whole=False)
    assert (again.state, again.counts["duties_ended"], again.counts["duties_begun"]) == (ImportState.DONE, 0, 0)


@pytest.mark.parametrize("status", [500, 429, 401])
def test_a_server_that_stumbles_is_asked_again(school, status):
    school.failures = [status]
    assert pull().state == ImportState.DONE


@pytest.mark.parametrize("failures", [[500] * 9, [403], [302]])
def test_a_server_that_refuses_writes_nothing(school, failures):
    school.failures = failures
    run = pull()
    assert run.state == ImportState.FAILED
    assert not Person.objects.exists()
    assert "hemligt" not in json.dumps(run.problems)


def test_wrong_credentials_are_told_without_the_secret(school, settings):
    settings.LEDSTANG_ROSTER_SOURCES[NAME]["client_secret"] = "fel"
    run = pull()
    assert (run.state, run.problems[0]["value"]) == (ImportState.FAILED, "no token: 401")


def test_only_https_is_asked(school, settings):
    settings.LEDSTANG_ROSTER_SOURCES[NAME]["token_url"] = "http://ss12000.example.se/token"
    assert "only https" in pull().problems[0]["value"]
