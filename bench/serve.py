#!/usr/bin/env python
"""What a guideline costs to serve: `python bench/serve.py [--quick]`. The last line is JSON.

One gunicorn, started as `make run` starts it, answers three addresses by turns, a moment each: a bare Django view
(an `HttpResponse` through the same middleware, without template or database), the demo city's guideline in force, and
its old version. Two connections that are kept alive see to it that the server always has something to do. Requests a
second of one moment are compared with those of the same moment, so that the machine and what else it does cancel out.

  guideline_vs_bare   requests a second of the version in force over those of the bare view   ≥ 0.25
  old_version_vs_bare the same of an old version                                              ≥ 0.4
  guideline_queries   statements of the version in force, for a visitor                       ≤ 12
  queries_constant    the same with five times as many links, images, blocks and versions
"""

import argparse
import json
import os
import selectors
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
AT_LEAST = {"guideline_vs_bare": 0.25, "old_version_vs_bare": 0.4}
MOST_QUERIES = 12
CONNECTIONS = 2
LARGER = 5
SECONDS_TO_START = 30


def set_up(folder: str) -> None:
    """Django on a database in a temporary folder."""
    sys.path.insert(0, str(ROOT))
    os.environ["LEDSTANG_DATA_DIR"] = folder
    os.environ["DJANGO_SETTINGS_MODULE"] = "cms.settings.test"
    import django
    from django.conf import settings

    from cms.settings.base import SQLITE

    settings.DATABASES["default"] |= {"NAME": f"{folder}/bench.sqlite3", "CONN_MAX_AGE": SQLITE["CONN_MAX_AGE"]}
    django.setup()


def application() -> Any:
    """The site with the bare view beside it; gunicorn calls this in the server's process."""
    set_up(os.environ["LEDSTANG_DATA_DIR"])
    from django.core.wsgi import get_wsgi_application
    from django.http import HttpRequest, HttpResponse  # noqa: TID251 the bare view is one
    from django.urls import path

    from cms import urls

    def bare(request: HttpRequest) -> HttpResponse:
        return HttpResponse("bare")

    urls.urlpatterns.insert(0, path("bare/", bare))
    return get_wsgi_application()


# What is served


def lay_out() -> dict[str, str]:
    """The demo city's guideline in two versions; and a small and a large one to count with. Addresses by name."""
    from tools import catalogs
    from tools.tables import make_tables

    catalogs.compile_all()
    make_tables()
    from django.utils import timezone

    from cms.people.models import District, Role
    from demo.ground import lay_ground
    from demo.registers import write_contacts, write_laws
    from demo.site import make_guideline, make_plain_pages, make_site, rewrite_guideline
    from demo.texts import table
    from guidelines.actions import publish_guideline

    today = timezone.localdate()
    write_laws()
    roles = {key for row in table("kontakter").values() for key in row.get("roles", ())}
    districts = [
        District.objects.create(key=key, name=key.capitalize()) for key in ("norr", "soder", "oster", "vaster")
    ]
    write_contacts(today, districts, {key: Role.objects.create(key=key, name=key) for key in roles})
    home = make_site(lay_ground())
    make_plain_pages(home, today)
    page = make_guideline(home, today, None)
    publish_guideline(page=page)
    publish_guideline(page=rewrite_guideline(page, today, None), change="substantive", note="Nytt")
    small, large = _sized(page.get_parent(), 1), _sized(page.get_parent(), LARGER)
    return {"guideline": f"/r/{page.key}/", "old": f"/r/{page.key}/v/1.0/", "small": small, "large": large}


def _sized(index: Any, size: int) -> str:
    """A guideline with so many times two blocks of each kind, three links and an image, in so many versions."""
    from guidelines.actions import publish_guideline
    from guidelines.models import GuidelinePage

    page = GuidelinePage(title=f"Storlek {size}", kind="support", live=False)
    index.add_child(instance=page)
    for number in range(size):
        page = GuidelinePage.objects.get(pk=page.pk)
        body = GuidelinePage._meta.get_field("body").stream_block.to_python(_blocks(size, number))
        page.body = body
        page.save_revision()
        publish_guideline(page=page, note="Nytt")
    return f"/r/{page.key}/"


def _blocks(size: int, version: int) -> list[dict[str, Any]]:
    import uuid

    blocks: list[tuple[str, dict[str, Any]]] = []
    for number in range(size):
        links = "".join(f'<p><a linktype="page" id="{pk}">Sidan {pk}</a></p>' for pk in (1, 2, 3))
        words = f"<p>Stycke {number} i {version}: {{{{lag:orosanmalan}}}} {{{{kontakt:socialjour}}}}</p>"
        blocks += [
            ("heading", {"text": f"Avsnitt {number}", "level": "2"}),
            ("text", {"text": words + links, "audiences": ["preschool"] if number % 2 else [], "review": ["J"]}),
            ("checklist", {"title": "Innan", "items": [f"Punkt {number}", "Och en till"]}),
            ("legal_reference", {"key": "orosanmalan"}),
            ("contacts", {"title": "Hjälp", "kind": "heder"}),
            ("picture", {"image": _image(number), "alt": "En bild"}),
        ]
    return [{"id": str(uuid.uuid4()), "type": kind, "value": value} for kind, value in blocks]


def _image(number: int) -> int:
    from wagtail.images import get_image_model
    from wagtail.images.tests.utils import get_test_image_file

    model = get_image_model()
    title = f"Bild {number}"
    image = model.objects.filter(title=title).first()
    if image is None:
        image = model.objects.create(title=title, file=get_test_image_file(f"bild{number}.png", size=(64, 48 + number)))
    return int(image.pk)


def count_queries(address: str) -> int:
    """Statements that a visitor's request makes, once it has been asked for before."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client()
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(address)
    assert answer.status_code == 200, f"{address} answered {answer.status_code}"
    return len(captured)


# The server, and those who ask


@contextmanager
def server(folder: str) -> Iterator[int]:
    """A gunicorn like that of `make run`, on a free port. Gives the port."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "bench.serve:application()", "--bind", f"{HOST}:{port}"]
    command += ["--worker-class", "gthread", "--threads", "8", "--log-level", "warning", "--no-control-socket"]
    environment = {**os.environ, "LEDSTANG_DATA_DIR": folder}
    running = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        _wait_for(port, running)
        yield port
    finally:
        running.terminate()
        running.wait(timeout=20)


def _wait_for(port: int, running: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and running.poll() is None:
        try:
            socket.create_connection((HOST, port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("The server did not start; its message stands above.")


class Asker:
    """Connections that ask for one address again as soon as they are answered."""

    def __init__(self, port: int) -> None:
        self.sockets = [socket.create_connection((HOST, port), timeout=30) for _number in range(CONNECTIONS)]

    def close(self) -> None:
        for one in self.sockets:
            one.close()

    def rate(self, address: str, seconds: float) -> float:
        """Requests a second. Every answer must be a 200."""
        request = f"GET {address} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
        done, start = 0, time.perf_counter()
        with selectors.DefaultSelector() as waiting:
            for one in self.sockets:
                waiting.register(one, selectors.EVENT_READ)
                one.sendall(request)
            open_requests = len(self.sockets)
            while open_requests:
                for key, _events in waiting.select():
                    one: Any = key.fileobj
                    _read_answer(one, address)
                    done += 1
                    if time.perf_counter() - start < seconds:
                        one.sendall(request)
                    else:
                        open_requests -= 1
        return done / (time.perf_counter() - start)


def _read_answer(one: socket.socket, address: str) -> None:
    data = one.recv(65536)
    while b"\r\n\r\n" not in data:
        data += one.recv(65536)
    head, body = data.split(b"\r\n\r\n", 1)
    if b" 200 " not in head.split(b"\r\n", 1)[0]:
        raise SystemExit(f"{address}: {head.decode(errors='replace').splitlines()[0]}")
    length = next(int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if b"content-length:" in line)
    missing = length - len(body)
    while missing > 0:
        missing -= len(one.recv(65536))


def measure(addresses: dict[str, str], port: int, moments: int, seconds: float) -> dict[str, Any]:
    asker = Asker(port)
    asked = {"bare": "/bare/", "guideline": addresses["guideline"], "old": addresses["old"]}
    for address in asked.values():
        asker.rate(address, 0.5)  # to warm up
    rates: dict[str, list[float]] = {name: [] for name in asked}
    for moment in range(moments):
        names = list(asked)
        turn = moment % len(names)  # nobody is always the first after another
        for name in names[turn:] + names[:turn]:
            rates[name].append(asker.rate(asked[name], seconds))
    asker.close()

    def over(name: str) -> float:
        return round(statistics.median(a / b for a, b in zip(rates[name], rates["bare"], strict=True)), 3)

    return {
        "guideline_vs_bare": over("guideline"),
        "old_version_vs_bare": over("old"),
        **{f"{name}_per_second": round(statistics.median(found)) for name, found in rates.items()},
        "moments": moments,
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="within a minute")
    quick = parser.parse_args().quick
    with tempfile.TemporaryDirectory(prefix="ledstang-bench-") as folder:
        set_up(folder)
        addresses = lay_out()
        counts = {name: count_queries(address) for name, address in addresses.items()}
        with server(folder) as port:
            figures = measure(addresses, port, moments=9 if quick else 40, seconds=0.4 if quick else 1)
    figures["guideline_queries"] = counts["guideline"]
    figures["queries_constant"] = counts["small"] == counts["large"]
    within = all(figures[name] >= bound for name, bound in AT_LEAST.items())
    within = within and figures["guideline_queries"] <= MOST_QUERIES and figures["queries_constant"]
    for name, value in figures.items():
        print(f"{name:24} {value}" + (f"  (at least {AT_LEAST[name]})" if name in AT_LEAST else ""))
    print(f"statements: {counts}")
    print(json.dumps({"bench": "serve", **figures, "within_bounds": within}))
    return 0 if within else 1


if __name__ == "__main__":
    sys.exit(main())
