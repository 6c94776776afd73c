"""What is written in a server's log: where something went wrong, never whom it was about."""

import logging
from typing import Any

QUOTES = ("DETAIL:", "CONTEXT:")  # where PostgreSQL repeats the row that it refused


class NamelessFormatter(logging.Formatter):
    """Tracebacks without what the database quotes of a row, such as somebody's address."""

    def formatException(self, ei: Any) -> str:  # noqa: N802 (logging's name)
        lines = super().formatException(ei).splitlines()
        return "\n".join(line for line in lines if not line.lstrip().startswith(QUOTES))
