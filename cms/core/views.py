"""How every view of the house answers with a page."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def base_template() -> str:
    return getattr(settings, "LEDSTANG_BASE_TEMPLATE", "ledstang_core/base.html")


def render_page(
    request: HttpRequest, template: str, context: dict[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """Render a template that extends `ledstang_core/layout.html`, in the host's base template."""
    return render(request, template, {"base_template": base_template(), **(context or {})}, status=status)
