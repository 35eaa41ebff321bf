"""Who uses the words: counts beside the ledger, which nobody signs and nothing rests on."""

from django.db import models

from accounts.models import Token
from glossary.models.term import Term


class LookupCount(models.Model):
    """How often a tool looked a term up on one day (UTC)."""

    token = models.ForeignKey(Token, on_delete=models.PROTECT, related_name="+", db_index=False)
    term = models.ForeignKey(Term, on_delete=models.PROTECT, related_name="+", db_index=False)
    day = models.DateField()
    count = models.PositiveBigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["term", "day", "token"], name="one_count_per_term_day_and_tool"),
        ]

    def __str__(self) -> str:
        return f"{self.count} on {self.day}"
