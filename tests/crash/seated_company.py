"""Makes the database of `DATABASE_URL` ready for the small company: migrated, and everybody seated."""

import django
from django.core.management import call_command

if __name__ == "__main__":
    django.setup()

    from tests.world import company

    call_command("migrate", verbosity=0)
    company()
