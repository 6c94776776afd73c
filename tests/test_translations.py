"""`make check` says that Swedish is complete; here the tool that says so shows that it can tell when it is not."""

from pathlib import Path

import pytest
from django.utils import translation

from tools import catalogs

TEMPLATE = """{% load i18n %}
<p>{% translate "Hello" context "greeting" %}</p>
{% blocktranslate trimmed count n=n %}
  {{ n }} unit is left.
{% plural %}
  {{ n }} units are left.
{% endblocktranslate %}
"""
PYTHON = 'from django.utils.translation import gettext_lazy as _\nlabel = _("%(name)s has finished")\n'


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A house with one app, whose catalogue has just been made."""
    monkeypatch.setattr(catalogs, "ROOT", tmp_path)
    for file, content in {
        "cms/people/apps.py": "",
        "cms/people/models.py": PYTHON,
        "templates/ledstang_people/hello.html": TEMPLATE,
    }.items():
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text(content)
    catalogs.update("ledstang_people")
    return tmp_path


def translate(**words: str) -> None:
    """Fill in translations by the first words of the message."""
    path = catalogs.po_path("ledstang_people")
    content = path.read_text()
    for start, swedish in words.items():
        head, _, tail = content.partition(f'msgid "{start}')
        content = head + f'msgid "{start}' + tail.replace('msgstr ""', f'msgstr "{swedish}"', 1)
    content = content.replace('msgstr[0] ""', 'msgstr[0] "%(n)s del är kvar."')
    path.write_text(content.replace('msgstr[1] ""', 'msgstr[1] "%(n)s delar är kvar."'))


def test_python_and_templates_are_read(app: Path):
    found = {(message.context, message.id) for message in catalogs.messages(catalogs.extract("ledstang_people"))}
    assert found == {
        ("greeting", "Hello"),
        (None, ("%(n)s unit is left.", "%(n)s units are left.")),
        (None, "%(name)s has finished"),
    }


def test_untranslated_is_found(app: Path):
    assert len(catalogs.check("ledstang_people")) == 3


def test_complete_catalogue_passes_and_survives_an_update(app: Path):
    translate(Hello="Hej", **{"%(name)s": "%(name)s är klar"})
    before = catalogs.po_path("ledstang_people").read_text()
    assert catalogs.check("ledstang_people") == []
    catalogs.update("ledstang_people")
    assert catalogs.po_path("ledstang_people").read_text() == before


def test_lost_placeholder_is_found(app: Path):
    translate(Hello="Hej", **{"%(name)s": "Någon är klar"})
    assert catalogs.check("ledstang_people") == [
        "ledstang_people: '%(name)s has finished' has other placeholders in its translation"
    ]


def test_fuzzy_is_found(app: Path):
    translate(Hello="Hej", **{"%(name)s": "%(name)s är klar"})
    path = catalogs.po_path("ledstang_people")
    path.write_text(path.read_text().replace('msgctxt "greeting"', '#, fuzzy\nmsgctxt "greeting"'))
    assert catalogs.check("ledstang_people") == ["ledstang_people: 'Hello' (greeting) is fuzzy"]


def test_message_that_nobody_uses_is_found(app: Path):
    translate(Hello="Hej", **{"%(name)s": "%(name)s är klar"})
    (app / "cms/people/models.py").write_text("")
    assert catalogs.check("ledstang_people") == ["ledstang_people: '%(name)s has finished' is no longer used"]


def test_compiled_catalogue_is_what_django_reads(app: Path, settings):
    translate(Hello="Hej", **{"%(name)s": "%(name)s är klar"})
    catalogs.compile_all()
    settings.LOCALE_PATHS = [str(app / "locale" / "ledstang_people")]
    translation.trans_real._translations.clear()
    try:
        with translation.override("sv"):
            assert translation.pgettext("greeting", "Hello") == "Hej"
            assert translation.ngettext("%(n)s unit is left.", "%(n)s units are left.", 2) == "%(n)s delar är kvar."
    finally:
        translation.trans_real._translations.clear()


def test_twin_two_apps_that_disagree_are_found(app: Path):
    (app / "cms/versions").mkdir()
    (app / "cms/versions/apps.py").write_text('from django.utils.translation import gettext as _\n_("Hello")\n')
    (app / "cms/people/models.py").write_text('from django.utils.translation import gettext as _\n_("Hello")\n')
    for label, swedish in {"ledstang_people": "Hej", "ledstang_versions": "Hallå"}.items():
        catalogs.update(label)
        path = catalogs.po_path(label)
        path.write_text(path.read_text().replace('\nmsgid "Hello"\nmsgstr ""', f'\nmsgid "Hello"\nmsgstr "{swedish}"'))
    assert len(catalogs.conflicts()) == 1
