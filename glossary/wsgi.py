"""What the production server serves; it does not start on a database that is another kind of installation."""

import os
import sys

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "glossary.settings")

django = get_wsgi_application()

from glossary.answered_first import AnsweredFirst  # noqa: E402  needs the settings and models, which are loaded now
from glossary.checks import demo_disagreement, invitation_to_set_up  # noqa: E402

if refusal := demo_disagreement():
    sys.exit(refusal)

if said := invitation_to_set_up():
    sys.stderr.write(f"{said}\n")

application = AnsweredFirst(django)
