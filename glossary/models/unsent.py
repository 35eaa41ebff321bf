"""What somebody is typing and has not kept yet: private, beside the ledger, and gone once it is kept."""

from django.conf import settings
from django.db import models


class UnsentForm(models.Model):
    """The fields of one form as typed so far, as JSON text. `place` says which form: one row per person and form."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    place = models.CharField(max_length=160)
    typed = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "place"], name="one_unsent_form_per_person_and_place"),
        ]

    def __str__(self) -> str:
        return self.place
