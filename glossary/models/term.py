"""The word itself: what it is called first and for ever addressed by. What it means is in its versions."""

from django.conf import settings
from django.db import models
from simple_history.models import HistoricalRecords


class Namespace(models.TextChoices):
    WORD = "word", "Word"
    RECORD_TYPE = "record_type", "Record type"


class Term(models.Model):
    """The identity of a word, from the first suggestion on or when it is raised. The slug is fixed and never reused.

    `name` is the first name and stays; what a term is called now is said by its version in force. `folded` is the
    first name's key, so that no second row starts under the same name. Category, tags and the tick "required word"
    are not signed; simple-history audits them.
    """

    slug = models.SlugField(max_length=140, unique=True)
    namespace = models.CharField(max_length=12, choices=Namespace.choices, default=Namespace.WORD)
    name = models.CharField(max_length=120)
    folded = models.CharField(max_length=240)
    note = models.TextField(blank=True)
    raised_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()
    category = models.CharField(max_length=60, blank=True)
    tags = models.JSONField(default=list, blank=True)
    is_required = models.BooleanField(default=False)
    history = HistoricalRecords(
        excluded_fields=["slug", "namespace", "name", "folded", "note", "raised_by", "raised_at"]
    )

    class Meta:
        verbose_name, verbose_name_plural = "word", "words"
        constraints = [
            models.UniqueConstraint(fields=["namespace", "folded"], name="one_term_per_first_name"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"/terms/{self.slug}/"
