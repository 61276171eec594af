"""The WSGI application of the site (served by granian or any WSGI server)."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trihelix.site.settings")
application = get_wsgi_application()
