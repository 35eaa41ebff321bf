"""People, the sides whose signatures are needed, who may stand in for whom, and the tokens of other tools.

Rows only. Who becomes an owner, who delegates and which side has a seat is decided in the glossary's write path;
nothing here may be changed past it.
"""

from datetime import datetime, time
from typing import Any

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.lookups import IsNull
from django.utils import timezone
from knox.models import AbstractAuthToken
from simple_history.models import HistoricalRecords


class Side(models.Model):
    """A party whose signature is needed. `sales` and `marketing` are installed and keep their seat for ever."""

    key = models.SlugField(max_length=40, primary_key=True)
    name = models.CharField(max_length=60, unique=True)
    position = models.PositiveSmallIntegerField(default=0)
    has_seat = models.BooleanField("signs", default=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name, verbose_name_plural = "team", "teams"
        ordering = ["position", "key"]

    def __str__(self) -> str:
        return self.name


INSTALLED_SIDES = {"sales": "Sales", "marketing": "Marketing"}


class Role(models.TextChoices):
    MEMBER = "member", "Member"
    OWNER = "owner", "Owner"


class Theme(models.TextChoices):
    """How pages look to a person."""

    DEVICE = "", "As my device"
    LIGHT = "light", "Light"
    DARK = "dark", "Dark"


class UserQuerySet(models.QuerySet["User"]):
    def active(self) -> "UserQuerySet":
        return self.filter(is_active=True)

    def joined(self) -> "UserQuerySet":
        """Those who have chosen a password or been here, as `User.has_joined` says of one."""
        return self.exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX, last_login=None)

    def not_yet_joined(self) -> "UserQuerySet":
        return self.filter(password__startswith=UNUSABLE_PASSWORD_PREFIX, last_login=None)

    def owners_of(self, side_key: str) -> "UserQuerySet":
        return self.active().filter(side_id=side_key, role=Role.OWNER)


class People(UserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Finds people; `create_user` is inherited."""

    use_in_migrations = False


class User(AbstractUser):  # type: ignore[django-manager-missing]
    """A person; at most one side; member or owner of it. Never deleted, only deactivated."""

    side = models.ForeignKey(
        Side, verbose_name="team", null=True, blank=True, on_delete=models.PROTECT, related_name="people"
    )
    role = models.CharField(max_length=10, choices=Role.choices, blank=True, default="")
    is_staff = models.BooleanField(
        "administrator", default=False, help_text="Sees the administration. Rank signs for no team."
    )
    is_active = models.BooleanField(
        "active", default=True, help_text="An account is closed on its person’s page, which says what follows from it."
    )
    time_zone = models.CharField(max_length=60, default="UTC")
    theme = models.CharField(max_length=5, choices=Theme.choices, blank=True, default=Theme.DEVICE)
    away_until = models.DateField(null=True, blank=True)  # the last day, on the calendar of the own zone
    history = HistoricalRecords(excluded_fields=["password", "last_login", "theme", "away_until"])

    objects = People()  # type: ignore[misc]

    class Meta(AbstractUser.Meta):
        verbose_name, verbose_name_plural = "person", "people"
        constraints = [
            models.CheckConstraint(
                name="a_role_belongs_to_a_side",
                condition=Q(side__isnull=True, role="") | Q(side__isnull=False, role__in=Role.values),
            ),
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        """The name shown beside a signature and to every reader."""
        return self.get_full_name() or self.username

    @property
    def has_joined(self) -> bool:
        """Whether the person has chosen a password or been here; from then on nobody else opens the account."""
        return self.has_usable_password() or self.last_login is not None

    @property
    def is_owner(self) -> bool:
        return self.is_active and self.role == Role.OWNER


class Notifications(models.Model):
    """How a person is told. `modes` says of a kind of message "digest", "off" (no mail, the inbox alone) or "none" (not
    even there); all others come by mail at once, and to the inbox.

    Times of day are those of the person's own zone; quiet hours may go over midnight.
    """

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="notifications")
    modes = models.JSONField(default=dict)
    weekdays_only = models.BooleanField(default=False)
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)
    digest_at = models.TimeField(default=time(8))

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="quiet_hours_begin_and_end",
                condition=Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.modes}"


class AppointmentState(models.TextChoices):
    PENDING = "pending", "Waits for an owner's confirmation"
    CONFIRMED = "confirmed", "Confirmed"
    DECLINED = "declined", "Not confirmed"
    ENDED = "ended", "Ended"


class Appointment(models.Model):
    """A person named as owner of a side; counts once an owner of it confirms, or at once where it has none."""

    user = models.ForeignKey(User, verbose_name="person", on_delete=models.PROTECT, related_name="appointments")
    side = models.ForeignKey(Side, verbose_name="team", on_delete=models.PROTECT, related_name="appointments")
    state = models.CharField(max_length=10, choices=AppointmentState.choices, default=AppointmentState.PENDING)
    appointed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    appointed_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name, verbose_name_plural = "naming as owner", "namings as owner"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "side"],
                condition=Q(state=AppointmentState.PENDING),
                name="one_pending_appointment_per_person_and_side",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} as owner of {self.side} ({self.get_state_display()})"


class SponsorshipQuerySet(models.QuerySet["Sponsorship"]):
    def standing(self) -> "SponsorshipQuerySet":
        """The one that has not ended, if there is one."""
        return self.filter(ended_at__isnull=True)


class Sponsorship(models.Model):
    """A person above the teams to whom is brought what they cannot settle. The sponsor signs for no team."""

    user = models.ForeignKey(User, verbose_name="person", on_delete=models.PROTECT, related_name="sponsorships")
    named_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    named_at = models.DateTimeField()
    ended_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    history = HistoricalRecords()

    objects = SponsorshipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                IsNull(F("ended_at"), True), condition=Q(ended_at__isnull=True), name="one_sponsor_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} as sponsor"


class GroupPlace(models.Model):
    """The place that the company's groups gave a person last; what an administrator gave has no row here."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="group_place")
    side = models.ForeignKey(Side, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=10, choices=Role.choices)
    given_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.user} as {self.role} of {self.side}"


class DelegationQuerySet(models.QuerySet["Delegation"]):
    def live(self, at: datetime) -> "DelegationQuerySet":
        """Those that count at the instant `at`; nobody has to end one whose dates are over."""
        return self.filter(starts_at__lte=at, ends_at__gt=at, revoked_at__isnull=True)

    def standing(self, at: datetime) -> "DelegationQuerySet":
        """Those that count now or will: not revoked and not over."""
        return self.filter(ends_at__gt=at, revoked_at__isnull=True)


class Delegation(models.Model):
    """An owner lends the own seat to a person of the same side, between two instants."""

    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="delegations_given")
    delegate = models.ForeignKey(User, on_delete=models.PROTECT, related_name="delegations_held")
    side = models.ForeignKey(Side, verbose_name="team", on_delete=models.PROTECT, related_name="delegations")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    given_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    history = HistoricalRecords()

    objects = DelegationQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = "seat on loan", "seats on loan"
        constraints = [
            models.CheckConstraint(name="a_delegation_ends_after_it_starts", condition=Q(ends_at__gt=F("starts_at"))),
            models.CheckConstraint(name="nobody_delegates_to_themselves", condition=~Q(owner=F("delegate"))),
        ]

    def __str__(self) -> str:
        return f"{self.delegate} for {self.owner}"


class Token(AbstractAuthToken):  # type: ignore[misc]
    """A tool's key to the API: stored as a digest, expiring, named after the tool. It never signs.

    `scopes` holds "read" and, for tools that suggest changes, "propose". Revoking keeps the row, so that the
    history can still say which tool did what.
    """

    id = models.BigAutoField(primary_key=True)
    digest = models.CharField(max_length=128, unique=True)
    name = models.CharField(max_length=80)
    scopes = models.JSONField(default=list)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    history = HistoricalRecords(excluded_fields=["digest", "last_used_at"])

    def __str__(self) -> str:
        return self.name

    def is_live(self, at: datetime | None = None) -> bool:
        """Whether the token opens anything at `at` (now when left out): not revoked, not expired, person active."""
        at = at or timezone.now()
        return self.revoked_at is None and (self.expiry is None or self.expiry > at) and self.user.is_active

    def may(self, scope: str) -> bool:
        return scope in self.scopes


def install_sides(**kwargs: Any) -> None:
    """Write the two sides every registry has; called after each migration, changes nothing when they are there."""
    for position, (key, name) in enumerate(INSTALLED_SIDES.items()):
        Side.objects.get_or_create(key=key, defaults={"name": name, "position": position})
