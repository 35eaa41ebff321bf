"""Which words a person follows, and what they have seen of them: beside the ledger, and nothing signed rests on it."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db import connection, models

from glossary.models.term import Term


class Watch(models.Model):
    """A person wants to be told when a change of this word is suggested or agreed."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="watches", db_index=False
    )
    term = models.ForeignKey(Term, on_delete=models.PROTECT, related_name="watches")
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "term"], name="nobody_watches_a_word_twice"),
        ]

    def __str__(self) -> str:
        return f"{self.person} watches {self.term}"


# A look that is written late never takes the place of one at a newer version.
_KEEP = """
INSERT INTO glossary_lastlook (person_id, term_id, number, at) VALUES (%s, %s, %s, %s)
ON CONFLICT (person_id, term_id) DO UPDATE SET number = excluded.number, at = excluded.at
WHERE glossary_lastlook.number <= excluded.number
"""


class LastLookQuerySet(models.QuerySet["LastLook"]):
    def keep(self, looks: Iterable[tuple[int, int, int, datetime]]) -> None:
        """Keep of each (person, term, number of a version, instant) that the person had that version before them."""
        rows = [(*ids, connection.ops.adapt_datetimefield_value(at)) for *ids, at in sorted(looks)]
        if rows:
            with connection.cursor() as cursor:
                cursor.executemany(_KEEP, rows)


class LastLook(models.Model):
    """The newest version of a word that a person has had before them, and when they looked at the word last."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    term = models.ForeignKey(Term, on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.PositiveIntegerField()
    at = models.DateTimeField()

    objects = LastLookQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "term"], name="one_last_look_per_person_and_word"),
        ]

    def __str__(self) -> str:
        return f"{self.person} saw version {self.number} of {self.term}"
