"""What stands in a PDF, as a reader of it would see it."""

import subprocess


def words_in(pdf: bytes) -> str:
    """Its text in the order in which it is drawn, with single spaces."""
    said = subprocess.run(["pdftotext", "-raw", "-", "-"], input=pdf, capture_output=True, check=True).stdout
    return " ".join(said.decode().split())
