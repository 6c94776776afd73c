#!/usr/bin/env python
"""Swedish catalogues, one for each app: `catalogs.py update | check | compile [label …]`.

`update` brings a catalogue in line with the app's strings and keeps its translations, `check` fails on a
missing, unused, fuzzy or untranslated message or a lost placeholder, `compile` writes the .mo files that
Django reads. Needs Babel only: no gettext programs.
"""

import io
import os
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
LANGUAGE = "sv"
TEMPLATES = ("*.html", "*.txt", "*.xml")
KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop")),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|(?<!\{)\{\w*\}(?!\})")
VOLATILE = ("POT-Creation-Date", "PO-Revision-Date", "Last-Translator", "Language-Team", "Generated-By", "Report-Msgid")


def sources() -> dict[str, Path]:
    """The folder of each app's Python, by app label."""
    own = {f"ledstang_{app.parent.name}": app.parent for app in sorted(ROOT.glob("cms/*/apps.py"))}
    return {**own, "guidelines": ROOT / "guidelines", "courses": ROOT / "courses"}


def po_path(label: str) -> Path:
    return ROOT / "locale" / label / LANGUAGE / "LC_MESSAGES" / "django.po"


# Extraction


def _python_of(file: Path) -> io.BytesIO:
    """Python source as it is; a template as the gettext calls that its tags amount to."""
    source = file.read_text()
    if file.suffix != ".py":
        from django.utils.translation.template import templatize

        source = "\n".join(line.strip() for line in templatize(source, origin=str(file)).splitlines())
    return io.BytesIO(source.encode())


def _files(label: str) -> Iterator[Path]:
    python = sources()[label].rglob("*.py")
    yield from sorted(file for file in python if "migrations" not in file.parts)
    for pattern in TEMPLATES:
        yield from sorted((ROOT / "templates" / label).rglob(pattern))


def _messages_in(file: Path) -> Iterator[tuple[str | None, str | tuple[str, ...]]]:
    """Pairs of context and message; a plural message is a tuple."""
    for _line, function, found, _comments in extract_python(_python_of(file), list(KEYWORDS), [], {}):
        words = [word for word in (found if isinstance(found, tuple) else (found,)) if word]
        shape = KEYWORDS[function]
        context = words.pop(0) if shape and isinstance(shape[0], tuple) else None
        if not words:
            continue
        plural = function.replace("_lazy", "") in ("ngettext", "npgettext")
        yield context, tuple(words[:2]) if plural else words[0]


def extract(label: str) -> Catalog:
    """Every message of an app, with the files that hold it."""
    catalog = Catalog(locale=LANGUAGE, domain="django", project=label, charset="utf-8", fuzzy=False)
    for file in _files(label):
        for context, message in _messages_in(file):
            catalog.add(message, context=context, locations=[(str(file.relative_to(ROOT)), 1)])
    return catalog


def read(label: str) -> Catalog:
    path = po_path(label)
    if not path.exists():
        return Catalog(locale=LANGUAGE, domain="django", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=LANGUAGE, domain="django")


# The three verbs


def update(label: str) -> list[str]:
    """Write the catalogue anew: translations kept, new messages empty, unused ones gone."""
    wanted, known = extract(label), read(label)
    for message in messages(wanted):
        translated = _translation(known, message)
        if translated is not None:
            message.string = translated.string
            message.flags |= translated.flags & {"fuzzy"}
            message.user_comments = translated.user_comments
    if not messages(wanted):
        return []
    written = io.BytesIO()
    write_po(written, wanted, width=110, sort_by_file=True, include_lineno=False, ignore_obsolete=True)
    lines = written.getvalue().decode().splitlines()
    path = po_path(label)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(line for line in lines if not line.startswith(_volatile())) + "\n")
    open_messages = sum(1 for message in messages(wanted) if not _is_translated(message))
    print(f"{label}: {len(messages(wanted))} messages, {open_messages} to translate")
    return []


def check(label: str) -> list[str]:
    """What is wrong with a catalogue, one line for each problem."""
    wanted, known = extract(label), read(label)
    problems = []
    for message in messages(wanted):
        translated = _translation(known, message)
        problem = "is missing" if translated is None else _fault(translated)
        if problem:
            problems.append(f"{label}: {_name(message)} {problem}")
    for message in messages(known):
        if _translation(wanted, message) is None:
            problems.append(f"{label}: {_name(message)} is no longer used")
    return problems


def conflicts() -> list[str]:
    """Messages that two apps translate differently: Django merges catalogues, so one would get the other's words."""
    said: dict[tuple[str | None, str], dict[tuple[str, ...], str]] = {}
    for label in sources():
        for message in messages(read(label)):
            if _is_translated(message):
                said.setdefault((message.context, _id(message)), {}).setdefault(_strings(message), label)
    return [
        f"{' and '.join(ways.values())}: {message!r} has several translations; give it a context or make them equal"
        for (_context, message), ways in said.items()
        if len(ways) > 1
    ]


def compile_catalog(label: str) -> list[str]:
    """Write the .mo beside each .po: there is one of the words of scripts too, where Wagtail's need some."""
    for path in po_path(label).parent.glob("*.po"):
        compiled = io.BytesIO()
        with path.open("rb") as file:
            write_mo(compiled, read_po(file, locale=LANGUAGE, domain=path.stem))
        target = path.with_suffix(".mo")
        if not target.exists() or target.read_bytes() != compiled.getvalue():
            whole = target.with_suffix(f".{os.getpid()}")  # nobody reads half of it
            whole.write_bytes(compiled.getvalue())
            whole.replace(target)
    return []


def compile_all() -> None:
    for label in sources():
        compile_catalog(label)


# Small questions about messages


def messages(catalog: Catalog) -> list[Message]:
    return [message for message in catalog if message.id]


def _id(message: Message) -> str:
    return message.id[0] if isinstance(message.id, tuple) else message.id


def _translation(catalog: Catalog, message: Message) -> Message | None:
    """The same message in another catalogue: equal words, context and number of forms."""
    found = catalog.get(_id(message), context=message.context)
    return found if found is not None and found.id == message.id else None


def _name(message: Message) -> str:
    return f"{_id(message)!r}" + (f" ({message.context})" if message.context else "")


def _strings(message: Message) -> tuple[str, ...]:
    return tuple(message.string) if isinstance(message.string, (tuple, list)) else (message.string,)


def _is_translated(message: Message) -> bool:
    return all(_strings(message)) and not message.fuzzy


def _fault(message: Message) -> str:
    """What is wrong with a translation, or nothing."""
    if message.fuzzy:
        return "is fuzzy"
    if not all(_strings(message)):
        return "is not translated"
    originals = message.id if isinstance(message.id, tuple) else (message.id,)
    wanted = Counter(PLACEHOLDER.findall(originals[-1]))
    if Counter(PLACEHOLDER.findall(_strings(message)[-1])) != wanted:
        return "has other placeholders in its translation"
    return ""


def _volatile() -> tuple[str, ...]:
    return tuple(f'"{name}' for name in VOLATILE)


VERBS = {"update": update, "check": check, "compile": compile_catalog}


def main(arguments: list[str]) -> int:
    if not arguments or arguments[0] not in VERBS:
        print(__doc__)
        return 2
    labels = arguments[1:] or list(sources())
    unknown = sorted(set(labels) - set(sources()))
    if unknown:
        print(f"no such app: {', '.join(unknown)}. There are {', '.join(sources())}.")
        return 2
    problems = [problem for label in labels for problem in VERBS[arguments[0]](label)]
    if arguments == ["check"]:
        problems += conflicts()
    print("\n".join(problems), end="\n" if problems else "")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
