"""What hurts about a word as it is agreed, and what each side answers."""

import json
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef

from accounts.models import Side
from glossary.domain.criteria import WORDS
from glossary.models.final import Final, FinalQuerySet
from glossary.models.term import Term
from glossary.models.version import Version


class ConcernQuerySet(FinalQuerySet):
    def unsettled(self) -> "ConcernQuerySet":
        """Those neither settled nor withdrawn nor removed."""
        return self.filter(settled_at=None, withdrawn_at=None, blanked_at=None)

    def open(self) -> "ConcernQuerySet":
        """Those unsettled that wait for a side: one that signs has not answered."""
        answered = ConcernAnswer.objects.filter(concern=OuterRef(OuterRef("pk")), side=OuterRef("pk"))
        waiting = Side.objects.filter(~Exists(answered), has_seat=True)
        return self.unsettled().filter(Exists(waiting))

    def unanswered_by(self, side: Side) -> "ConcernQuerySet":
        return self.open().filter(~Exists(ConcernAnswer.objects.filter(concern=OuterRef("pk"), side=side)))


class Concern(Final):
    """Somebody says that a version in force hurts, perhaps with a record on which a test of it goes wrong.

    It stays on the word until every side that signs has answered. Whoever raised it may withdraw it; text and record
    may be removed, and the row stays.
    """

    changes_once = frozenset({"settled_at", "withdrawn_at", "blanked_at", "text", "record"})

    term = models.ForeignKey(Term, verbose_name="word", on_delete=models.PROTECT, related_name="concerns")
    version = models.ForeignKey(Version, verbose_name="definition", on_delete=models.PROTECT, related_name="concerns")
    raised_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="concerns")
    via = models.CharField(max_length=80, blank=True)  # the tool that raised it in their name
    via_token_id = models.BigIntegerField(null=True, blank=True)
    text = models.TextField()
    criterion = models.CharField(max_length=63, blank=True)
    expected = models.CharField(max_length=7, choices=[(word, word) for word in WORDS.values()], blank=True)
    record = models.TextField(blank=True)  # canonical JSON; empty for none
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    blanked_at = models.DateTimeField(null=True, blank=True)

    objects = ConcernQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        indexes = [models.Index(fields=["term", "settled_at"], name="concerns_by_term")]

    def __str__(self) -> str:
        return f"concern {self.pk}"

    def get_absolute_url(self) -> str:
        return f"/terms/{self.term.slug}/concerns/?concern={self.pk}#concern-{self.pk}"

    @property
    def values(self) -> dict[str, Any]:
        """The fields of the example record; none where there is no record."""
        values: dict[str, Any] = json.loads(self.record) if self.record else {}
        return values

    @property
    def is_over(self) -> bool:
        """Whether it was answered, withdrawn or removed."""
        return any((self.settled_at, self.withdrawn_at, self.blanked_at))


class ConcernAnswer(Final):
    """What one person says to a concern for one side."""

    concern = models.ForeignKey(Concern, on_delete=models.PROTECT, related_name="answers")
    side = models.ForeignKey(Side, verbose_name="team", on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="concern_answers")
    acting_for = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    text = models.TextField()
    at = models.DateTimeField()

    class Meta:
        verbose_name, verbose_name_plural = "answer to a concern", "answers to concerns"
        constraints = [
            models.UniqueConstraint(fields=["concern", "side"], name="one_answer_per_side_and_concern"),
            models.UniqueConstraint(fields=["concern", "author"], name="one_answer_per_person_and_concern"),
        ]

    def __str__(self) -> str:
        return f"{self.author} for {self.side}"
