from django_tasks import task

from cms.certificates.models import Certificate, CertificateBundle
from cms.certificates.pdf.making import try_to_make


@task()
def prepare_bundle(bundle_id: int) -> None:
    """Make the files that a bundle still waits for. Starting again goes on where it stopped."""
    bundle = CertificateBundle.objects.filter(pk=bundle_id).first()
    if bundle is None:
        return
    waiting = Certificate.objects.filter(pk__in=bundle.certificate_ids, file=None).values_list("pk", flat=True)
    for certificate_id in list(waiting):
        try_to_make(certificate_id)
