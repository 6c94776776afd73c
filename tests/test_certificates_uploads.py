"""Somebody sends a PDF and learns whether it is ours: within limits, in a process of its own, and nothing is kept."""

import os
import re
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files import uploadhandler
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from cms.certificates.actions import issue_certificate, make_whole
from cms.certificates.forms import MAX_UPLOAD
from cms.certificates.models import Certificate
from cms.certificates.pdf import inspection
from cms.certificates.pdf.inspection import Outcome, inspect
from cms.certificates.pdf.renderer import renderer
from cms.certificates.pdf.signing import sign
from tests.certificates.keys import rsa_seal
from tests.certificates.samples import course, job

pytestmark = [pytest.mark.django_db, pytest.mark.once]
ADDRESS = "/intyg/kontrollera/"


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    cache.clear()


@pytest.fixture
def ours() -> bytes:
    certificate, _created = issue_certificate(course(), source_key="courses:1", person=None)
    return make_whole(certificate=certificate).read()


def send(client: Client, data: bytes, **extra: Any) -> Any:
    return client.post(ADDRESS, {"file": SimpleUploadedFile("intyg.pdf", data, "application/pdf")}, **extra)


def test_our_own_file_is_ours_and_unaltered(visitor: Client, ours: bytes) -> None:
    page = send(visitor, ours).content.decode()
    assert "Filen är vår och oförändrad" in page
    assert f"/intyg/{Certificate.objects.get().public_id}/" in page
    assert page.count("<h1") == 1


def test_changed_file_is_altered(visitor: Client, ours: bytes) -> None:
    middle = len(ours) // 2
    changed = ours[:middle] + bytes([ours[middle] ^ 1]) + ours[middle + 1 :]
    assert "Filen har ändrats" in send(visitor, changed).content.decode()
    assert "Filen har ändrats" in send(visitor, ours + b"\n").content.decode()


def test_foreign_and_unreadable_files(visitor: Client, ours: bytes) -> None:
    unsigned = renderer.render(job(course()))
    assert inspect(unsigned).outcome == Outcome.FOREIGN
    assert inspect(sign(unsigned, rsa_seal(1), issuer="x", reason="y")).outcome == Outcome.FOREIGN
    assert "kommer inte härifrån" in send(visitor, unsigned).content.decode()
    for data in (b"hello", b"%PDF-1.7\nnonsense", b"\x00" * 1000):
        assert "går inte att läsa" in send(visitor, data).content.decode()


def test_file_with_our_seal_that_we_do_not_keep_is_said_to_be_so(visitor: Client, ours: bytes) -> None:
    from cms.certificates.pdf.seal import current_seal

    other = sign(renderer.render(job(course(title="Annat"))), current_seal(), issuer="x", reason="y")
    assert inspect(other).outcome == Outcome.SEALED
    assert "vi känner inte till den" in send(visitor, other).content.decode()


def test_empty_and_missing_files_are_said_to_be_so(visitor: Client) -> None:
    assert send(visitor, b"").status_code == 400
    response = visitor.post(ADDRESS, {})
    assert response.status_code == 400
    assert "ds-error-summary" in response.content.decode()


def test_large_file_is_refused_before_it_is_read(visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploadhandler.MemoryFileUploadHandler, "receive_data_chunk", lambda *a: pytest.fail("read"))
    response = send(visitor, b"%PDF-" + b"x" * (MAX_UPLOAD + (1 << 20)))
    assert response.status_code == 413
    assert "för stor" in response.content.decode()


def test_file_just_above_the_limit_is_refused(visitor: Client) -> None:
    response = send(visitor, b"%PDF-" + b"x" * MAX_UPLOAD)
    assert response.status_code == 400
    assert "större än 10 MB" in response.content.decode()


def test_file_is_never_on_a_disk(visitor: Client, ours: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Larger than what Django would spool to a temporary file, and Django's own spooling does not happen."""
    monkeypatch.setattr(uploadhandler, "TemporaryUploadedFile", lambda *a, **k: pytest.fail("on a disk"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    send(visitor, ours + b" " * (4 << 20))
    assert os.listdir(tmp_path / "temporary") == []


def test_no_transaction_is_open_while_a_file_is_looked_at(
    visitor: Client, ours: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On SQLite nobody else could write for five seconds."""
    seen = []
    before = len(connection.savepoint_ids)
    real = inspection._ask_child
    monkeypatch.setattr(
        inspection, "_ask_child", lambda *args: seen.append(len(connection.savepoint_ids)) or real(*args)
    )
    send(visitor, ours + b"x")
    assert seen == [before]


def test_token_is_asked_for(ours: bytes) -> None:
    assert send(Client(enforce_csrf_checks=True), ours).status_code == 403


@pytest.mark.parametrize("page", ["/intyg/", "/intyg/kontrollera/"])
def test_form_on_every_page_carries_its_token(page: str, ours: bytes) -> None:
    client = Client(enforce_csrf_checks=True)
    html = client.get("/intyg/").content.decode()
    for _round in range(2 if page == ADDRESS else 1):  # the second time from the page that answers
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', html.split('enctype="multipart/form-data"')[1])
        assert token is not None
        file = SimpleUploadedFile("intyg.pdf", ours, "application/pdf")
        response = client.post(ADDRESS, {"file": file, "csrfmiddlewaretoken": token[1]})
        html = response.content.decode()
        assert "Filen är vår och oförändrad" in html


def test_browser_is_told_to_send_its_origin(visitor: Client) -> None:
    """Without any, Django refuses the token."""
    assert visitor.get("/intyg/")["Referrer-Policy"] == "same-origin"


def test_uploads_are_limited(visitor: Client, within_a_minute: None) -> None:
    answers = [send(visitor, b"hello").status_code for _each in range(14)]
    assert answers == [200] * 12 + [429] * 2


def test_only_so_many_are_looked_at_at_once(visitor: Client, ours: bytes) -> None:
    taken = [inspection.AT_ONCE.acquire(blocking=False) for _each in range(2)]
    try:
        assert all(taken)
        assert send(visitor, ours + b"x").status_code == 429
    finally:
        for _each in taken:
            inspection.AT_ONCE.release()


def endless_pages() -> bytes:
    """A page tree that leads back to itself, and a name tree as deep as the file is long."""
    kids = b"".join(b"%d 0 obj<</Kids[%d 0 R]/Fields[%d 0 R]>>endobj\n" % (n, n + 1, n + 1) for n in range(3, 90_000))
    return (
        b"%PDF-1.7\n1 0 obj<</Pages 1 0 R/Kids[1 0 R]/AcroForm 3 0 R>>endobj\n"
        + kids
        + (b"trailer<</Root 1 0 R/Size 90001>>\nstartxref\n9\n%%EOF\n")
    )


def unpacking_bomb() -> bytes:
    """An object stream that unpacks to a thousand times its size."""
    import zlib

    packer = zlib.compressobj(1)
    packed = (
        packer.compress(b"1 0 ") + b"".join(packer.compress(bytes(1 << 20)) for _each in range(700)) + packer.flush()
    )
    head = b"%%PDF-1.7\n1 0 obj<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>stream\n" % len(packed)
    table = b"\nendstream endobj\n2 0 obj<</Type/XRef/Size 3/W[1 4 2]/Root 3 0 R/Length 21>>stream\n"
    rows = b"".join(bytes([kind]) + at.to_bytes(4, "big") + b"\0\0" for kind, at in ((0, 0), (1, 9), (2, 1)))
    body = head + packed + table
    return body + rows + b"\nendstream endobj\nstartxref\n%d\n%%%%EOF\n" % (len(head + packed) + 18)


@pytest.mark.parametrize("bomb", [endless_pages, unpacking_bomb])
def test_bomb_is_unreadable_within_five_seconds_and_the_next_file_is_read(bomb: Any, ours: bytes) -> None:
    data = bomb()
    started = time.monotonic()
    assert inspect(data).outcome in (Outcome.UNREADABLE, Outcome.FOREIGN)
    assert time.monotonic() - started < 6.5
    assert inspect(ours + b"\n").outcome == Outcome.ALTERED


def test_process_that_does_not_answer_is_ended(ours: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inspection, "SECONDS", 0.001)
    children = []
    real = inspection.Child
    monkeypatch.setattr(inspection, "Child", lambda name: children.append(real(name)) or children[-1])
    assert inspect(ours + b"x").outcome == Outcome.UNREADABLE
    assert not children[0].is_alive
