"""Which messages in the inbox ask for something that nobody has to do any more: the letters' own answer, for many."""

from collections.abc import Callable, Collection
from datetime import datetime
from functools import reduce
from operator import or_

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest
from django.db.models.lookups import Exact

from accounts.models import Appointment, AppointmentState, Role, Sponsorship
from glossary import policy
from glossary.models import (
    OPEN_STATES,
    Concern,
    ConcernAnswer,
    Event,
    Reaffirmation,
    Reminder,
    ReminderKind,
    Renewal,
    Ruling,
    State,
    Version,
)
from glossary.outbox.reminded import OF_TEXTS, newer

OF_WHO_SIGNS = ("to_sign", "lapsed", "reminder", "review_due")  # over once their team has no seat any more
OF_WHO_SPEAKS = (*OF_WHO_SIGNS, "concern")  # over once the person speaks for no team any more


def is_over(kinds: Collection[str], at: datetime) -> Q:
    """The condition on a message of one of these kinds that its letter would have nothing left to say at `at`, in one
    query for all. Other kinds are left out of it, since Django takes longer to write it down than a database to answer.
    """
    asked = [condition(at) for about, condition in _CONDITIONS if not set(about).isdisjoint(kinds)]
    return reduce(or_, asked, Q(pk__in=()))


def _is_no_longer_signed(at: datetime) -> Q:
    """The suggestion is not being signed any more."""
    return Q(kind__in=("to_sign", "lapsed", "watched_suggestion")) & ~Q(proposal__state=State.IN_REVIEW)


def _is_replaced(at: datetime) -> Q:
    """The suggestion has got another text, of which people are told anew."""
    return Q(kind__in=("to_sign", "lapsed"), written_at__lt=F("proposal__newest__at"))


def _is_signed(at: datetime) -> Q:
    """Somebody has signed for the person's team, or the person may no more."""
    given = policy.counting_sign_offs(at).filter(revision=OuterRef("proposal__newest"), side=OuterRef("person__side"))
    return Q(kind__in=("to_sign", "lapsed")) & (Q(Exists(given)) | _is_barred(F("person"), _lender(at)))


def _is_resumed(at: datetime) -> Q:
    """That pause, which began when the message was written, is over."""
    is_another = Q(about__paused_at=None) | ~Q(about__paused_at=F("written_at"))
    return Q(kind="endpoint_paused") & (is_another | Q(about__is_removed=True))


def _is_somebody_elses(at: datetime) -> Q:
    """The person speaks for no team any more, or for one that signs no longer; or is no longer the sponsor."""
    lent = policy.lent_seats(at).filter(delegate=OuterRef("person"), side=OuterRef("person__side"))
    sponsored = Sponsorship.objects.standing().filter(user=OuterRef("person"))
    return (
        (Q(kind__in=OF_WHO_SPEAKS) & ~Q(person__role=Role.OWNER) & ~Q(Exists(lent)))
        | Q(kind__in=OF_WHO_SIGNS, person__side__has_seat=False)
        | (Q(kind="stuck") & ~Q(Exists(sponsored)))
    )


def _is_barred(*people: F | OuterRef | Coalesce) -> Q:
    """The text is one of these people's own, where authors may not sign: what it asks for is no longer asked of whoever
    they are, or act for: `policy.is_barred_as_author` as a condition.
    """
    if settings.GLOSSARY_AUTHOR_MAY_SIGN:
        return Q(pk__in=())
    theirs = (Q(proposal__author=one) | Q(proposal__newest__author=one) | Q(proposal__keeper=one) for one in people)
    return reduce(or_, theirs)


def _lender(at: datetime, message: Callable[[str], OuterRef] = OuterRef) -> Coalesce:
    """The owner whose seat the message's person may fill: `policy.seat_of` in a query. An id that nobody has for an
    owner, who fills the own seat, since a condition on nobody's id would be neither true nor false.
    """
    loans = policy.lent_seats(at).filter(delegate=message("person"), side=message("person__side"))
    owners = loans.exclude(delegate__role=Role.OWNER).order_by("pk").values("owner")
    return Coalesce(Subquery(owners[:1]), 0)


def _is_out_of_hand(at: datetime) -> Q:
    """Of what was handed over to the person in one act nothing is theirs to look after any more."""
    acts = Event.objects.filter(kind="proposal.handed_over", at=OuterRef("event__at"), subject=OuterRef("person"))
    held = acts.filter(proposal__state__in=OPEN_STATES, proposal__keeper=F("subject"))
    return Q(kind="handed_over", event__subject=F("person")) & ~Q(Exists(held))


def _is_answered(at: datetime) -> Q:
    """The person's team has answered the concern, or nobody has to any more; of an answer, that the concern was
    removed. Each was written down at the instant of the message's event."""
    answer = ConcernAnswer.objects.filter(concern=OuterRef("pk"), side=OuterRef(OuterRef("person__side")))
    waiting = Concern.objects.open().filter(~Exists(answer), term=OuterRef("term"), at=OuterRef("event__at"))
    removed = ConcernAnswer.objects.filter(at=OuterRef("event__at"), concern__term=OuterRef("term"))
    removed = removed.filter(concern__blanked_at__isnull=False)
    return (Q(kind="concern") & ~Q(Exists(waiting))) | (Q(kind="concern_answered") & Q(Exists(removed)))


def _is_settled(at: datetime) -> Q:
    """What it was about has come to its end: an appointment was decided, a suggestion that was stuck has ended, or a
    ruling no longer stands."""
    pending = Appointment.objects.filter(state=AppointmentState.PENDING, appointed_at=OuterRef("event__at"))
    pending = pending.filter(user=OuterRef("event__subject"), side=OuterRef("event__side"))
    standing = Ruling.objects.standing(at).filter(proposal=OuterRef("proposal"), at=OuterRef("event__at"))
    return (
        (Q(kind="roles", event__kind="owner.appointed") & ~Q(Exists(pending)))
        | (Q(kind="stuck") & ~Q(proposal__state__in=OPEN_STATES))
        | (Q(kind="ruling", event__kind="ruling.recorded") & ~Q(Exists(standing)))
    )


def _is_past_reminding(at: datetime) -> Q:
    """Nothing of what a reminder told of waits any more as it did, or a newer reminder tells of all that does."""
    together = Reminder.objects.filter(at=OuterRef("reminder__at"))
    side = OuterRef(OuterRef("person__side"))
    given = policy.counting_sign_offs(at).filter(revision=OuterRef("proposal__newest"), side=side)
    again = newer("proposal", "since", OF_TEXTS)
    theirs = Q(~Exists(given), ~Exists(again)) & ~_is_barred(OuterRef("person"), _lender(at, _from_within))
    to_those_above = Q(Exact(OuterRef("kind"), "escalated"), kind=ReminderKind.ESCALATED)
    texts = _as_then(together.filter(to_those_above | (Q(Exact(OuterRef("kind"), "reminder")) & theirs)), at)
    said = policy.in_their_right(Reaffirmation.objects.live(), at)
    held = said.filter(version=OuterRef("version"), round=OuterRef("round"), side=side)
    renewed = Renewal.objects.filter(version=OuterRef("version"), round=OuterRef("round"))
    replaced = Version.objects.filter(term=OuterRef("version__term"), number__gt=OuterRef("version__number"))
    later = newer("version", "round", [ReminderKind.REVIEW])
    reviews = together.filter(~Exists(held), ~Exists(renewed), ~Exists(replaced), ~Exists(later))
    return (Q(kind__in=("reminder", "escalated")) & ~Q(Exists(texts))) | (
        Q(kind="review_due") & ~Q(Exists(reviews.filter(kind=ReminderKind.REVIEW)))
    )


def _from_within(field: str) -> OuterRef:
    """A field of the message, two queries further in."""
    return OuterRef(OuterRef(field))


def _as_then(rows: QuerySet[Reminder], at: datetime) -> QuerySet[Reminder]:
    """Those of texts that wait since the same instant still: `policy.waits` as a condition."""
    given = policy.counting_sign_offs(at).filter(revision=OuterRef("revision"), side=OuterRef("side"))
    lost = policy.lost_sign_offs(at).filter(~Exists(given), revision=OuterRef("proposal__newest"), side__has_seat=True)
    begun = Coalesce("proposal__submitted_at", "proposal__opened_at")
    lost_at = Coalesce(Subquery(lost.order_by("-lost_at").values("lost_at")[:1]), begun)
    base = Coalesce(OuterRef("proposal__newest__base__number"), 0)
    overtaken = Version.objects.filter(term=OuterRef("proposal__term"), number__gt=base)
    since = Greatest(begun, "proposal__newest__at", lost_at)
    return rows.filter(~Exists(overtaken), proposal__state=State.IN_REVIEW, since=since)


_CONDITIONS: tuple[tuple[tuple[str, ...], Callable[[datetime], Q]], ...] = (
    (("to_sign", "lapsed", "watched_suggestion"), _is_no_longer_signed),
    (("to_sign", "lapsed"), _is_replaced),
    (("to_sign", "lapsed"), _is_signed),
    (("endpoint_paused",), _is_resumed),
    ((*OF_WHO_SPEAKS, "stuck"), _is_somebody_elses),
    (("handed_over",), _is_out_of_hand),
    (("concern", "concern_answered"), _is_answered),
    (("roles", "stuck", "ruling"), _is_settled),
    (("reminder", "escalated", "review_due"), _is_past_reminding),
)
