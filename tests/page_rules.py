"""What holds of every page, told from its HTML alone: its head, its outline, its weight, and what it waits for."""

import gzip
import re
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from django.contrib.staticfiles import finders

LIGHT = 100_000  # bytes on the way, before images
MOST_SHEETS_AND_SCRIPTS = 3
SHEET = re.compile(r'<link[^>]*rel="stylesheet"[^>]*href="([^"]+)"')
SCRIPT = re.compile(r"<script\b([^>]*)>")
SOURCE = re.compile(r'src="([^"]+)"')


def is_page(response: Any) -> bool:
    """A whole page: neither a file nor a piece of one."""
    html = response.headers.get("Content-Type", "").startswith("text/html")
    return html and not response.streaming and b"<html" in response.content[:2000]


def faults_of_head(html: str) -> list[str]:
    found = []
    if not re.search(r'<html[^>]*\slang="[a-z]{2}', html):
        found.append("says no language")
    if not re.search(r"<title>\s*[^\s<]", html):
        found.append("has no title")
    if html.count("<h1") != 1:
        found.append(f"has {html.count('<h1')} h1")
    return found


def faults_of_weight(html: str) -> list[str]:
    """For what readers and staff load; Wagtail's admin has its own weight."""
    sheets, scripts = SHEET.findall(html), SCRIPT.findall(html)
    found = [f"waits for <script{script}>" for script in scripts if "defer" not in script or "src=" not in script]
    if len(sheets) + len(scripts) > MOST_SHEETS_AND_SCRIPTS:
        found.append(f"asks for {len(sheets)} style sheets and {len(scripts)} scripts")
    files = [*sheets, *(source for script in scripts for source in SOURCE.findall(script))]
    weight = len(html.encode()) + sum(packed_size(urlsplit(file).path) for file in files)
    if weight > LIGHT:
        found.append(f"weighs {weight} bytes")
    return found


@cache
def packed_size(path: str) -> int:
    """Of a static file as WhiteNoise sends it."""
    return len(gzip.compress(static_file(path)))


@cache
def static_file(path: str) -> bytes:
    found = finders.find(path.removeprefix("/static/"))
    assert found is not None, path
    with open(found, "rb") as file:
        return file.read()
