from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from cms.people.views import acting_person
from cms.versions.models import VersionAsset
from cms.versions.queries import contents_citing
from cms.versions.registry import version_kinds


@require_safe
def asset(request: HttpRequest, sha256: str) -> FileResponse:
    """A frozen file, to whoever may read any text that cites it; 404 to everyone else."""
    row = get_object_or_404(VersionAsset, sha256=sha256)
    contents = contents_citing("asset", sha256)
    person = acting_person(request)
    if not any(kind.may_read(contents, person) for kind in version_kinds):
        raise Http404
    response = FileResponse(
        row.file.open("rb"), content_type=row.media_type, as_attachment=bool(row.filename), filename=row.filename
    )
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    response["X-Content-Type-Options"] = "nosniff"
    return response
