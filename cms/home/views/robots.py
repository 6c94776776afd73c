from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from cms.core.views import render_page


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    response = render_page(request, "ledstang_home/robots.txt")
    response["Content-Type"] = "text/plain; charset=utf-8"
    return response
