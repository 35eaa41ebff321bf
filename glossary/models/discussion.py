"""What people say about a word or a suggestion: one thread each, seen by both sides."""

from django.conf import settings
from django.db import models

from glossary.models.final import Final
from glossary.models.proposal import Proposal
from glossary.models.term import Term


class Comment(Final):
    """One remark on a term, or on a proposal of it. Its writer may blank it; the row stays."""

    changes_once = frozenset({"text", "blanked_at"})

    term = models.ForeignKey(Term, verbose_name="word", on_delete=models.PROTECT, related_name="comments")
    proposal = models.ForeignKey(
        Proposal, verbose_name="suggestion", null=True, on_delete=models.PROTECT, related_name="comments"
    )
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="comments")
    via = models.CharField(max_length=80, blank=True)
    text = models.TextField()
    at = models.DateTimeField()
    blanked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"comment {self.pk}"
