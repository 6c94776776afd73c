"""Pages travel packed, for those who can unpack; files do not."""

import gzip

import pytest
from django.test import Client

pytestmark = pytest.mark.once


def test_a_page_is_packed_and_a_file_is_not(client: Client, db):
    plain = client.get("/kontakter/")
    packed = client.get("/kontakter/", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in plain
    assert packed["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed["Vary"]
    assert "Kontaktvägar" in gzip.decompress(packed.content).decode()
    assert len(packed.content) < len(plain.content) / 2
    sizes = {len(client.get("/kontakter/", headers={"Accept-Encoding": "gzip"}).content) for _time in range(9)}
    assert len(sizes) > 1  # padded by chance, so that lengths tell nothing
    for address in ("/robots.txt", "/kontakter/affisch.pdf", "/r/flode.atom"):
        assert "Content-Encoding" not in client.get(address, headers={"Accept-Encoding": "gzip"}), address
