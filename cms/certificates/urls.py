from django.urls import path, re_path

from cms.certificates.views import bundles, files, uploads, verification

app_name = "ledstang_certificates"

urlpatterns = [
    path("intyg/", verification.start, name="start"),
    path("intyg/kontrollera/", uploads.upload, name="upload"),
    path("intyg/mina/", bundles.mine, name="mine"),
    path("intyg/samling/<uuid:key>/", bundles.bundle, name="bundle"),
    path("intyg/samling/<uuid:key>/intyg.zip", bundles.archive, name="archive"),
    path("intyg/stamplar/", verification.seals, name="seals"),
    path("intyg/stamplar/<str:fingerprint>.pem", verification.seal_pem, name="seal_pem"),
    # Whatever stands in the place of an id gets the same answer.
    re_path(r"^intyg/(?P<public_id>[^/]+)/$", verification.verify, name="verify"),
    re_path(r"^intyg/(?P<public_id>[^/]+)/intyg\.pdf$", files.pdf, name="pdf"),
]
