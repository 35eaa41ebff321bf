"""That people were reminded: one row for each occasion, so that none is used twice."""

from django.db import models
from django.db.models import Q

from glossary.models.proposal import Proposal
from glossary.models.version import Version

_OF_A_TEXT = Q(proposal__isnull=False, since__isnull=False, version__isnull=True, round__isnull=True)
_OF_A_REVIEW = Q(proposal__isnull=True, since__isnull=True, version__isnull=False, round__isnull=False)


class ReminderKind(models.TextChoices):
    TO_SIGN = "to_sign", "Whoever can sign was reminded"
    ESCALATED = "escalated", "The sponsor was told"
    REVIEW = "review", "Whoever can confirm was reminded"


class Reminder(models.Model):
    """An occasion that has come: the `number`-th time that a text waits since an instant, or a review since its round.

    Rows of one `at` were written together, with the messages that tell of them.
    """

    kind = models.CharField(max_length=10, choices=ReminderKind.choices)
    proposal = models.ForeignKey(Proposal, null=True, blank=True, on_delete=models.PROTECT, related_name="reminders")
    since = models.DateTimeField(null=True, blank=True)
    version = models.ForeignKey(Version, null=True, blank=True, on_delete=models.PROTECT, related_name="reminders")
    round = models.PositiveIntegerField(null=True, blank=True)
    number = models.PositiveIntegerField()
    at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "proposal", "since", "number"],
                condition=Q(proposal__isnull=False),
                name="one_reminder_per_text_and_time",
            ),
            models.UniqueConstraint(
                fields=["version", "round", "number"],
                condition=Q(version__isnull=False),
                name="one_reminder_per_review_and_time",
            ),
            models.CheckConstraint(
                name="a_reminder_is_about_a_text_or_a_review",
                condition=Q(proposal__isnull=False, since__isnull=False, version__isnull=True, round__isnull=True)
                & ~Q(kind="review")
                | Q(
                    proposal__isnull=True, since__isnull=True, version__isnull=False, round__isnull=False, kind="review"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.at:%Y-%m-%d}"
