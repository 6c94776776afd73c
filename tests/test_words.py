"""Words: what finds one in the wrong language, and no words outside the catalogues."""

import ast
import re

import pytest

from tests.words import mixed_in
from tools.catalogs import ROOT, sources

pytestmark = pytest.mark.once

PAGE = '<html lang="{}"><title>{}</title><p>{}</p><article lang="{}">{}</article></html>'


def test_twin_a_planted_word_is_found():
    """A whole label, a sentence with its place filled, an attribute, and the same in what is marked as the other."""
    assert mixed_in(PAGE.format("sv", "Kontaktvägar", "Läs mer", "en", "Contact routes")) == []
    for planted in (
        PAGE.format("sv", "Contact routes", "Läs mer", "en", "Contact routes"),
        PAGE.format("sv", "Kontaktvägar", "You completed Kurs 1 on <time>2026-11-23</time>.", "sv", "Läs"),
        PAGE.format("sv", "Kontaktvägar", '<a href="/" title="To the home page">1</a>', "sv", "Läs"),
        PAGE.format("en", "Contact routes", "Till startsidan", "sv", "Läs"),
        PAGE.format("en", "Contact routes", "Read", "sv", "To the home page"),
    ):
        assert len(mixed_in(planted)) == 1, planted


# Words that no catalogue knows

TAGS_OF_DJANGO = re.compile(
    r"{#.*?#}|{% comment %}.*?{% endcomment %}|{% blocktranslate\b.*?{% endblocktranslate %}|{%.*?%}|{{.*?}}", re.DOTALL
)
UNSEEN = re.compile(r"<(script|style|svg|code)\b.*?</\1>|<!--.*?-->|&\w+;", re.DOTALL)
SAID = re.compile(r'\s(?:aria-label|title|alt|placeholder)="([^"]*)"')
WORD = re.compile(r"[^\W\d_]{2,}")
TOLD = ("messages.", "ValidationError", "forms.ValidationError")
SHOWN = {"label", "help_text", "verbose_name", "verbose_name_plural", "heading", "menu_label", "description", "caption"}
SENTENCE = re.compile(r"""["'`]([^"'`\n\[\]>#.=$]*[^\W\d_]{2,} [^\W\d_]{2,}[^"'`\n\[\]>#=$]*)["'`]""")


def loose_in_template(source: str) -> list[str]:
    """Texts of a template that stand outside its translation tags."""
    html = UNSEEN.sub(" ", TAGS_OF_DJANGO.sub("", source))
    return [text.strip() for text in [*SAID.findall(html), *re.split("<[^>]*>", html)] if WORD.search(text)]


def loose_in_python(source: str) -> list[str]:
    """Sentences that are told or shown without a catalogue's help."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    given = [
        value
        for call in calls
        for value in (
            *(call.args if ast.unparse(call.func).startswith(TOLD) else ()),
            *(keyword.value for keyword in call.keywords if keyword.arg in SHOWN),
        )
    ]
    return [ast.unparse(one) for one in given if _is_words(one)]


def _is_words(node: ast.expr) -> bool:
    if isinstance(node, ast.JoinedStr):
        return any(_is_words(part) for part in node.values)
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and bool(WORD.search(node.value))


def test_every_word_of_a_template_is_in_a_catalogue():
    templates = [*ROOT.glob("templates/**/*.html"), *ROOT.glob("templates/**/*.txt")]
    loose = {str(path.relative_to(ROOT)): loose_in_template(path.read_text()) for path in templates}
    loose.pop("templates/ledstang_home/robots.txt")
    assert {name: texts for name, texts in loose.items() if texts} == {}
    assert len(templates) > 250


def test_every_sentence_in_python_and_script_is_in_a_catalogue():
    python = {path for folder in sources().values() for path in folder.rglob("*.py") if "migrations" not in path.parts}
    python.remove(ROOT / "cms/certificates/pdf/samples.py")  # documents to try the layout with
    loose = {str(path.relative_to(ROOT)): loose_in_python(path.read_text()) for path in python}
    loose |= {str(path.relative_to(ROOT)): SENTENCE.findall(path.read_text()) for path in ROOT.glob("static/*/*.js")}
    assert {name: texts for name, texts in loose.items() if texts} == {}


def test_twin_words_outside_the_catalogues_are_found():
    template = """{% load i18n %}<p>{% translate "Hello" %} {{ name }}, you</p><a title="To the start">{# no #}1</a>"""
    assert loose_in_template(template) == ["To the start", ", you"]
    assert loose_in_python('messages.success(request, f"Saved {n} rows")\nraise ValidationError("Not so")') != []
    assert loose_in_python('messages.success(request, _("Saved"))\nCharField(label=_("Name"))') == []
    assert loose_in_python('CharField(label="Name")') == ["'Name'"]
    assert SENTENCE.findall('line.textContent = "No connection";') == ["No connection"]
    assert SENTENCE.findall('document.querySelector(".ls-menu [hidden]")') == []
