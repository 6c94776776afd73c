"""Fixtures for all tests: a migrated database in a second, a small city, and the cast that works there."""

import gc
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import pytest_django
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client, TransactionTestCase
from django.utils.translation import trans_real

from cms.people.models import District
from tests import database
from tests.campaigns import LINES, Campaign, is_proving
from tests.cast import Cast, City, Member, found_city, gather_cast
from tests.factories import ContactFactory, DistrictFactory, EmploymentFactory, PersonFactory, RoleFactory
from tools.catalogs import compile_all


def pytest_configure(config: pytest.Config) -> None:
    """Tests see the translations as they are written now."""
    if not hasattr(config, "workerinput"):
        compile_all()
    trans_real._translations.clear()  # whoever asked for a word before this has read the older ones
    trans_real._default = None
    trans_real.deactivate()


def pytest_collection_finish() -> None:
    """What is loaded by now stays; looking through it for waste again and again would be a tenth of the suite."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


LONG = (
    "packaging",
    "courses_histories",
    "oversight_random",
    "certificates_killed",
    "reminders_killed",
    "courses_storm",
    "summaries",
    "routes",
)


@pytest.hookimpl(tryfirst=True)
def pytest_itemcollected(item: pytest.Item) -> None:
    """What does not take a database cannot reach one, and runs once."""
    takes_it = item.get_closest_marker("django_db") or "django_db_setup" in getattr(item, "fixturenames", ())
    if not takes_it:
        item.add_marker("once")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that take long come first: at the end no process has one of them left while the others are done.

    The browser comes after them, so that one process lays out the demo city while the others are busy.
    """
    first = {f"test_{name}.py": at for at, name in enumerate(LONG)}
    in_browser, the_rest = len(first), len(first) + 1

    def place(item: pytest.Item) -> int:
        return first.get(item.path.name, in_browser if item.path.parent.name == "browser" else the_rest)

    items.sort(key=place)


# The database

FOLDERS = ("media", "private")  # what a database refers to


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    django_test_environment: None,
    django_db_blocker: pytest_django.DjangoDbBlocker,
    django_db_modify_db_settings_parallel_suffix: None,
) -> Iterator[database.Templates]:
    """Copy a migrated template instead of migrating in every process, and again after each test that commits.

    The database is shut while tests run: one that does not take it would write what nobody rolls back.
    """
    templates = database.templates(request.config.cache.mkdir("ledstang"))
    with pytest.MonkeyPatch.context() as patch:
        with django_db_blocker.unblock():
            templates.begin()
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: templates.put(database.MIGRATED))
        yield templates
        with django_db_blocker.unblock():
            templates.end()


@pytest.fixture
def demo_city(django_db_setup: database.Templates, transactional_db: None) -> None:
    """The whole demo city, freshly loaded, with its files. For live servers and other tests that commit."""
    django_db_setup.make(database.DEMO)
    django_db_setup.put(database.DEMO)
    files = django_db_setup.files(database.DEMO)
    for folder in FOLDERS:
        if (files / folder).exists():
            shutil.copytree(files / folder, Path(settings.DATA_DIR) / folder, dirs_exist_ok=True)


@pytest.fixture(autouse=True)
def clean_ground() -> Iterator[None]:
    """No file and no cache remembers the test before. Each test process has folders of its own."""
    from guidelines.views.remembered import memory

    cache.clear()
    memory.clear()
    yield
    for folder in FOLDERS:
        shutil.rmtree(Path(settings.DATA_DIR) / folder, ignore_errors=True)


@pytest.fixture
def within_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine is: limits count by the clock's minutes and hours."""
    monkeypatch.setattr("cms.core.throttle.time", SimpleNamespace(time=lambda: 1_800_000_000.0))


# The city and the cast


@pytest.fixture
def city(db: None) -> City:
    return found_city()


@pytest.fixture
def cast(city: City) -> Cast:
    return gather_cast(city)


@pytest.fixture
def learner(cast: Cast) -> Member:
    return cast.learner


@pytest.fixture
def second_learner(cast: Cast) -> Member:
    return cast.second_learner


@pytest.fixture
def head(cast: Cast) -> Member:
    return cast.head


@pytest.fixture
def hr(cast: Cast) -> Member:
    return cast.hr


@pytest.fixture
def editor(cast: Cast) -> Member:
    return cast.editor


@pytest.fixture
def approver(cast: Cast) -> Member:
    return cast.approver


@pytest.fixture
def outsider(cast: Cast) -> Member:
    return cast.outsider


@pytest.fixture
def former_employee(cast: Cast) -> Member:
    return cast.former_employee


@pytest.fixture
def visitor() -> Client:
    """A browser without an account."""
    return Client()


@pytest.fixture
def protected_colleague(city: City) -> Any:
    """A teacher at the head's school whose personal data are protected."""
    person = PersonFactory(given_name="Sara", family_name="Skyddad", protected=True)
    EmploymentFactory(person=person, org_unit=city.almskolan, role=city.roles["larare"])
    return person


@pytest.fixture
def oversight_open(hr: Member) -> None:
    """Person-level views are open: purpose, information and consultation have been entered."""
    from cms.people.actions import enter_oversight_terms

    enter_oversight_terms(
        purpose="Att se att alla har gått de utbildningar som krävs.",
        staff_informed_on=date(2025, 8, 15),
        consultation_ref="MBL 2025/17",
        actor=hr.person,
    )


# Long campaigns


@pytest.fixture
def campaign(request: pytest.FixtureRequest) -> Iterator[Campaign]:
    """How much a long test does; see `tests.campaigns`. What it tells is printed after the run."""
    campaign = Campaign(request.node.name)
    yield campaign
    request.node.user_properties.extend((LINES, line) for line in campaign.told or [f"{campaign.name}: done"])


@pytest.hookimpl(trylast=True)
def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when == "teardown":
        _told.extend(str(line) for name, line in report.user_properties if name == LINES)


_told: list[str] = []


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not _told:
        return
    terminalreporter.section("campaigns at full size" if is_proving() else "campaigns, a seeded tenth")
    for line in sorted(_told):
        terminalreporter.line(line)


@pytest.fixture
def contact_register(db: None) -> tuple[District, District]:
    """Two districts; contact routes for everybody, for some, and one that is not valid any more."""
    north, south = DistrictFactory(key="norr"), DistrictFactory(key="soder", name="Söder")
    ContactFactory(key="jour", name="Jouren", phone="070-174 06 05", hours="dygnet runt", open=True)
    ContactFactory(key="jour", name="Jouren", phone="070-174 06 06", district=north, open=True)
    ContactFactory(key="heder", kind="heder", name="Hederslinjen", phone="070-174 06 07", district=south, open=True)
    ContactFactory(name="Bara anställda", phone="070-174 06 08", visibility="signed_in")
    only = ContactFactory(name="Bara rektorer", phone="070-174 06 09", visibility="role", district=north)
    only.roles.add(RoleFactory())
    ContactFactory(name="Slut", phone="070-174 06 10", open=True, expired=True)
    connection.run_on_commit.clear()  # as if this had been committed
    return north, south
