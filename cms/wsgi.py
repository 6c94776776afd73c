import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings.production")

application = get_wsgi_application()

import cms.certificates.pdf.signing  # noqa: E402, F401  so that whoever finishes first does not wait for it to load
