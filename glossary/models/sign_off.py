"""Yes and no: signatures given and objections standing, each bound to one exact text."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Side
from glossary.models.final import Final, FinalQuerySet
from glossary.models.proposal import Proposal, Revision
from glossary.models.term import Term


class VoidReason(models.TextChoices):
    OBJECTION = "objection", "The suggestion was sent back"
    TAKEN_BACK = "taken_back", "Taken back by the signer"
    LOST_ROLE = "lost_role", "The signer no longer speaks for the team"


class SignOffQuerySet(FinalQuerySet):
    def live(self) -> "SignOffQuerySet":
        """Those not voided. They count while their revision is the newest and the signer is eligible."""
        return self.filter(voided_at__isnull=True)


class SignOff(Final):
    """One person's act for one side on one revision. It may be voided once, with who, when and why."""

    changes_once = frozenset({"voided_at", "voided_by", "void_reason"})

    revision = models.ForeignKey(Revision, verbose_name="text", on_delete=models.PROTECT, related_name="sign_offs")
    side = models.ForeignKey(Side, verbose_name="team", on_delete=models.PROTECT, related_name="+")
    signer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="sign_offs")
    acting_for = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    digest = models.CharField("fingerprint", max_length=64)
    reservation = models.TextField(blank=True)
    impact = models.CharField(max_length=64, blank=True)  # digest of the report in whose view it was given
    at = models.DateTimeField()
    voided_at = models.DateTimeField(null=True, blank=True)
    voided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    void_reason = models.CharField(max_length=12, choices=VoidReason.choices, blank=True)

    objects = SignOffQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name, verbose_name_plural = "signature", "signatures"
        constraints = [
            models.UniqueConstraint(
                fields=["revision", "side"],
                condition=Q(voided_at__isnull=True),
                name="one_live_sign_off_per_side_and_revision",
            ),
            models.UniqueConstraint(
                fields=["revision", "signer"],
                condition=Q(voided_at__isnull=True),
                name="one_live_sign_off_per_person_and_revision",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.signer} for {self.side}"


class ObjectionQuerySet(FinalQuerySet):
    def standing(self) -> "ObjectionQuerySet":
        return self.filter(withdrawn_at__isnull=True)

    def against(self, proposal: Proposal) -> "ObjectionQuerySet":
        """Those to exactly the proposal's newest text, in whichever suggestion of the word it stood."""
        return self.filter(term=proposal.term_id, digest=proposal.text.digest)

    def about(self, proposal: Proposal) -> "ObjectionQuerySet":
        """Those to any text of the proposal, and to its newest one in another suggestion."""
        return self.filter(revision__proposal=proposal) | self.against(proposal)


class Objection(Final):
    """A no to one exact text on one term. While it stands, no proposal with that text is submitted or signed."""

    changes_once = frozenset({"withdrawn_at"})

    revision = models.ForeignKey(Revision, verbose_name="text", on_delete=models.PROTECT, related_name="objections")
    term = models.ForeignKey(Term, verbose_name="word", on_delete=models.PROTECT, related_name="objections")
    digest = models.CharField("fingerprint", max_length=64)
    side = models.ForeignKey(Side, verbose_name="team", on_delete=models.PROTECT, related_name="+")
    objector = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="objections")
    acting_for = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.TextField()
    at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = ObjectionQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        indexes = [models.Index(fields=["term", "digest"])]

    def __str__(self) -> str:
        return f"sent back by {self.objector}"
