from typing import Any

from cms.core.immutability import install_triggers


def put_triggers_back(*, using: str, **kwargs: Any) -> None:
    install_triggers(using)
