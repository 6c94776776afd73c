"""How a page that is being written asks those above it in the house to show itself."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cms.core.registry import Registry


@dataclass(frozen=True)
class Preview:
    """`render(request, page, mode)` answers with the draft as it would be met. `name` is the page's model."""

    name: str
    render: Callable[[Any, Any, str], Any]


previews: Registry[Preview] = Registry("preview")
