"""What the production server serves; it does not start on a database that is another kind of installation."""

import os
import sys

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "glossary.settings")

application = get_wsgi_application()

from glossary.checks import demo_disagreement  # noqa: E402  needs the models, which are loaded now

if refusal := demo_disagreement():
    sys.exit(refusal)
