"""A wanted change to one term, and the texts it went through."""

from functools import cached_property
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from glossary.domain.content import Content, Signed, read
from glossary.models.final import Final
from glossary.models.term import Term


class State(models.TextChoices):
    DRAFT = "draft", "Draft"
    IN_REVIEW = "in_review", "In review"
    PUBLISHED = "published", "Agreed"
    DECLINED = "declined", "Closed without change"
    WITHDRAWN = "withdrawn", "Cancelled"


OPEN_STATES = (State.DRAFT, State.IN_REVIEW)


class ProposalQuerySet(models.QuerySet["Proposal"]):
    def open(self) -> "ProposalQuerySet":
        return self.filter(state__in=OPEN_STATES)

    def in_review(self) -> "ProposalQuerySet":
        return self.filter(state=State.IN_REVIEW)

    def of(self, slug: str) -> "ProposalQuerySet":
        return self.filter(term__slug=slug)

    def looked_after_by(self, person: int) -> "ProposalQuerySet":
        """Those handed over to this person last, and those this person wrote and never handed over."""
        return self.filter(Q(keeper=person) | Q(keeper=None, author=person))


class Proposal(models.Model):
    """A suggested change to one term. `newest` is the only text that signatures count on. It ends once.

    `author` is who wrote it, for good; `keeper` whoever it was handed over to last, who may do what the author may.
    """

    term = models.ForeignKey(Term, verbose_name="word", on_delete=models.PROTECT, related_name="proposals")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="proposals")
    keeper = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="looked after by",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="kept_proposals",
    )
    via = models.CharField(max_length=80, blank=True)  # the tool that opened it in the author's name
    via_token_id = models.BigIntegerField(null=True, blank=True)
    reason = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    newest = models.ForeignKey("Revision", null=True, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    end_reason = models.TextField(blank=True)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = "suggested change", "suggested changes"
        indexes = [models.Index(fields=["state", "submitted_at"]), models.Index(fields=["term", "state"])]

    def __str__(self) -> str:
        return f"Suggestion {self.pk}"

    def get_absolute_url(self) -> str:
        return f"/proposals/{self.pk}/"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def in_charge(self) -> Any:
        """The person to turn to about it: whoever it was handed over to last, else the author."""
        return self.keeper or self.author

    @property
    def in_charge_id(self) -> int:
        return self.keeper_id or self.author_id

    @property
    def answerable(self) -> set[int]:
        """Ids of the people who may do what an author may: the author, and whoever it was handed over to last."""
        return {self.author_id, self.in_charge_id}

    @property
    def text(self) -> "Revision":
        """The newest revision; every saved proposal has one."""
        assert self.newest is not None
        return self.newest


class Revision(Final):
    """One text of a proposal, numbered from 1, never changed: the canonical text and its SHA-256 digest."""

    proposal = models.ForeignKey(
        Proposal, verbose_name="suggestion", on_delete=models.PROTECT, related_name="revisions"
    )
    number = models.PositiveIntegerField()
    text = models.TextField()
    digest = models.CharField("fingerprint", max_length=64, db_index=True)
    base = models.ForeignKey("Version", null=True, on_delete=models.PROTECT, related_name="+")
    effective_from = models.DateTimeField(null=True, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    via = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name, verbose_name_plural = "text", "texts"
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["proposal", "number"], name="one_revision_per_number"),
        ]

    def __str__(self) -> str:
        return f"text {self.number}"

    @cached_property
    def signed(self) -> Signed:
        return read(self.text)

    @property
    def content(self) -> Content:
        """What the sides are asked to agree on."""
        return self.signed.content
