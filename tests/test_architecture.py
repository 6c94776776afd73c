"""The house keeps its shape: what import-linter cannot see, and a twin for what it can."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.db import models
from django.db.models.deletion import CASCADE, DO_NOTHING

from cms.core.models import Record

ROOT = Path(__file__).resolve().parent.parent
OURS = ("cms.", "guidelines", "courses")
LAYERS = (
    {"cms.home", "cms.accounts"},
    {"guidelines", "courses", "cms.oversight", "cms.reminders"},
    {"cms.compliance"},
    {"cms.certificates", "cms.versions", "cms.references"},
    {"cms.people"},
    {"cms.core"},
)
LONGEST_FUNCTION, LONGEST_MODULE, LONGEST_TEMPLATE = 50, 400, 120
DRAWERS = {"utils", "helpers", "base", "misc", "common", "util", "helper"}


def our_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models(include_auto_created=True) if model.__module__.startswith(OURS)]


def app_of(model: type[models.Model]) -> str:
    return model._meta.app_config.name


def layer_of(app: str) -> int:
    """0 is the roof. Apps that are not ours are the ground under everything."""
    return next((number for number, layer in enumerate(LAYERS) if app in layer), len(LAYERS))


def relations(model: type[models.Model]) -> Iterator[models.ForeignKey]:
    """The foreign keys that a model itself declares, but not the link of a page to `wagtailcore.Page`."""
    for field in model._meta.local_fields:
        if field.is_relation and field.concrete and not getattr(field.remote_field, "parent_link", False):
            yield field


def python_files() -> list[Path]:
    listed = [
        file for folder in ("cms", "guidelines", "courses", "demo", "tools") for file in (ROOT / folder).rglob("*.py")
    ]
    return [file for file in listed if "migrations" not in file.parts]


def lines_of(file: Path) -> int:
    return len(file.read_text().splitlines())


# Foreign keys


def upward_keys(some: list[type[models.Model]]) -> list[str]:
    return [
        f"{field} points up or sideways to {field.related_model._meta.label}"
        for model in some
        for field in relations(model)
        if field.related_model._meta.label != settings.AUTH_USER_MODEL
        and app_of(field.related_model) != app_of(model)
        and layer_of(app_of(field.related_model)) <= layer_of(app_of(model))
    ]


def test_foreign_keys_point_down():
    assert upward_keys(our_models()) == []


def test_twin_an_upward_key_is_found():
    class Upward(models.Model):
        version = models.ForeignKey("guidelines.GuidelineVersion", on_delete=models.PROTECT, related_name="+")

        class Meta:
            app_label = "ledstang_people"

    try:
        assert len(upward_keys([Upward])) == 1
    finally:
        forget(Upward)


def forget(model: type[models.Model]) -> None:
    """Take a model that a test has declared out of the registry again."""
    del apps.all_models[model._meta.app_label][model._meta.model_name]
    apps.clear_cache()


def unsafe_deletes(some: list[type[models.Model]]) -> list[str]:
    """Foreign keys by which deleting something would take a record with it."""
    return [
        f"{field}: a record is not removed with what it names"
        for model in some
        if issubclass(model, Record)
        for field in relations(model)
        if field.remote_field.on_delete in (CASCADE, DO_NOTHING)
    ]


def test_nothing_takes_a_record_away():
    assert unsafe_deletes(our_models()) == []


def test_twin_a_cascade_to_a_record_is_found():
    class Fleeting(Record):
        unit = models.ForeignKey("ledstang_people.OrgUnit", on_delete=CASCADE, related_name="+")

        class Meta:
            app_label = "ledstang_people"

    try:
        assert len(unsafe_deletes([Fleeting])) == 1
    finally:
        forget(Fleeting)


def test_records_outlive_pages_and_accounts():
    """What an editor or an administrator can delete is named with SET_NULL: PROTECT would stop them with an error."""
    from wagtail.models import Page

    editable = (Page, apps.get_model(settings.AUTH_USER_MODEL))
    stopping = [
        str(field)
        for model in our_models()
        for field in relations(model)
        if issubclass(field.related_model, editable) and issubclass(model, Record)
        if field.remote_field.on_delete is not models.SET_NULL
    ]
    assert stopping == []


def test_no_generic_foreign_keys():
    found = [
        str(field)
        for model in our_models()
        for field in model._meta.private_fields
        if isinstance(field, GenericForeignKey) and field.model.__module__.startswith(OURS)
    ]
    assert found == []


def test_every_key_to_the_user_says_what_it_is_called_there():
    nameless = [
        str(field)
        for model in our_models()
        for field in relations(model)
        if field.related_model._meta.label == settings.AUTH_USER_MODEL and not field.remote_field.related_name
    ]
    assert nameless == []


def test_records_stay_out_of_wagtails_reference_index():
    """Otherwise each saved answer costs half a dozen statements more."""
    indexed = [model._meta.label for model in our_models() if issubclass(model, Record) and not ignored(model)]
    assert indexed == []


def ignored(model: type[models.Model]) -> bool:
    return getattr(model, "wagtail_reference_index_ignore", False)


# Sizes and names


def long_functions(file: Path) -> list[str]:
    tree = ast.parse(file.read_text())
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [
        f"{file.parent.name}/{file.name}: {node.name} has {node.end_lineno - node.lineno + 1} lines"
        for node in functions
        if node.end_lineno - node.lineno + 1 > LONGEST_FUNCTION
    ]


def test_functions_are_short():
    assert [fault for file in python_files() for fault in long_functions(file)] == []


def test_twin_a_long_function_is_found(tmp_path: Path):
    (tmp_path / "long.py").write_text("def endless():\n" + "    print()\n" * LONGEST_FUNCTION)
    assert len(long_functions(tmp_path / "long.py")) == 1


def test_modules_are_short():
    assert [str(file) for file in python_files() if lines_of(file) > LONGEST_MODULE] == []


def test_templates_are_short():
    templates = [file for file in (ROOT / "templates").rglob("*") if file.is_file()]
    assert [str(file) for file in templates if lines_of(file) > LONGEST_TEMPLATE] == []


def test_no_drawers():
    """A file is named after its subject."""
    assert [str(file) for file in python_files() if file.stem in DRAWERS and file.parent.name != "settings"] == []


SILENT = re.compile(r"import .*\b(require_POST|login_required)\b")  # leave one without a word, or with an empty page


def silent_doors(files: list[Path]) -> list[str]:
    """Lines that take Django's own doors to a view instead of the house's (`cms.core.views`)."""
    lines = [(file, line) for file in files for line in file.read_text().splitlines()]
    return [f"{file}: {line}" for file, line in lines if SILENT.search(line) and not line.startswith("from cms.core.")]


def test_no_view_turns_one_away_in_silence():
    assert silent_doors(python_files()) == []


def test_twin_a_silent_door_is_found(tmp_path: Path):
    file = tmp_path / "views.py"
    file.write_text(
        "from django.contrib.auth.decorators import login_required\nfrom cms.core.views import login_required\n"
    )
    assert len(silent_doors([file])) == 1


def test_complexity_stays_low():
    config = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["ruff"]["lint"]
    assert config["mccabe"]["max-complexity"] <= 8
    assert "C90" in config["select"]


# Addresses


REMOTE = re.compile(
    r"""(?:src|srcset|href|data|action|poster)\s*=\s*["'](?:https?:)?//|url\(\s*["']?(?:https?:)?//|@import\s+["'](?:https?:)?//"""
)
LINK = re.compile(r"""<a\s[^>]*?href\s*=\s*["']https?://[^"']*["']""")


def remote_addresses(content: str) -> list[str]:
    """What a browser would fetch from elsewhere. A link that the reader may follow is not fetched."""
    return REMOTE.findall(LINK.sub("", content))


def test_pages_fetch_nothing_from_elsewhere():
    files = [file for folder in ("templates", "static") for file in (ROOT / folder).rglob("*")]
    texts = [file for file in files if file.suffix in (".html", ".css", ".svg")]
    assert [str(file) for file in texts if remote_addresses(file.read_text())] == []


@pytest.mark.parametrize(
    "content",
    [
        '<script src="https://cdn.example.org/a.js"></script>',
        '<link href="//fonts.example.org/css">',
        "@import 'https://example.org/a.css'",
        "a { background: url(https://example.org/a.png) }",
    ],
)
def test_twin_a_remote_address_is_found(content: str):
    assert remote_addresses(content)
    assert not remote_addresses('<a class="x" href="https://www.example.se/">Läs mer</a>')


def committed_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


# Spelled so that this file does not name them itself.
INDEXES = re.compile(
    "|".join(("py" + r"pi\.org", "python" + r"hosted\.org", "extra-" + "index-url", "npm" + r"js\.org"))
)
MACHINE = re.compile("/" + r"work/(?:main|shared)|/" + r"root/|/" + r"opt/(?:wheels|pypi)")


def naming(pattern: re.Pattern[bytes] | re.Pattern[str], files: list[Path]) -> list[str]:
    return [str(file.relative_to(ROOT)) for file in files if pattern.search(file.read_bytes().decode(errors="replace"))]


def test_no_file_names_a_package_index():
    assert naming(INDEXES, committed_files()) == []


def test_no_file_names_a_machine():
    assert naming(MACHINE, committed_files()) == []


# Layers


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("lint-imports")
    return subprocess.run([program, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False)


def test_imports_point_down():
    done = lint_imports(ROOT)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("file", "line", "contract"),
    [
        ("courses/enums.py", "import guidelines.enums", "Plugins stand on cms, side by side"),
        ("cms/people/enums.py", "import cms.compliance.enums", "Inside cms, apps depend downwards only"),
        ("cms/core/enums.py", "import guidelines.enums", "The ground knows no plugin"),
        ("cms/versions/enums.py", "import cms.accounts.models", "Nothing needs the reference site"),
        ("guidelines/models.py", "import guidelines.views", "Inside an app"),
        ("guidelines/enums.py", "import weasyprint", "Only certificates renders and signs PDF"),
    ],
)
def test_twin_a_forbidden_import_is_found(file: str, line: str, contract: str, tmp_path: Path):
    copy_of_the_house(tmp_path)
    with (tmp_path / file).open("a") as module:
        module.write(f"\n{line}\n")
    done = lint_imports(tmp_path)
    broken = [row for row in done.stdout.splitlines() if row.endswith("BROKEN")]
    assert any(row.startswith(contract) for row in broken), done.stdout


def test_twin_a_drawer_inside_an_app_is_found(tmp_path: Path):
    copy_of_the_house(tmp_path)
    (tmp_path / "courses/utils.py").write_text("")
    assert "courses.utils" in lint_imports(tmp_path).stdout


def copy_of_the_house(folder: Path) -> None:
    for file in [*python_files(), ROOT / "pyproject.toml"]:
        copy = folder / file.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(file.read_text())
