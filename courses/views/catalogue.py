from uuid import UUID

from django.http import HttpRequest, HttpResponse


def index(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def course(request: HttpRequest, key: UUID) -> HttpResponse:
    return HttpResponse()
