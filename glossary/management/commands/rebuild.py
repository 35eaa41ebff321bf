from typing import Any

from django.core.management.base import BaseCommand

from glossary import workflow


class Command(BaseCommand):
    help = (
        "Remakes the projections (which version is in force when, names, bodies as served, what search keeps) from the "
        "versions. Changes nothing that was signed; readers are served throughout."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        count = workflow.rebuild(tell=self._progress)
        self.stdout.write(self.style.SUCCESS(f"Projections of {count} words are rebuilt."))

    def _progress(self, done: int, total: int) -> None:
        if done % 100 == 0 or done == total:
            self.stderr.write(f"{done} of {total} words")
