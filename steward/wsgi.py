import os

from django.core.wsgi import get_wsgi_application

from steward import tracing

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "steward.settings")
tracing.start("web")
application = get_wsgi_application()
