"""Which messages in the inbox ask for something that nobody has to do any more: the letters' own answer, for many."""

from django.db.models import Exists, F, OuterRef, Q

from glossary.models import (
    OPEN_STATES,
    Concern,
    ConcernAnswer,
    Event,
    Reaffirmation,
    Reminder,
    ReminderKind,
    Renewal,
    SignOff,
    State,
)

UNTIL_DECIDED = ("to_sign", "lapsed", "watched_suggestion")  # over once their suggestion is no longer being signed
UNTIL_REPLACED = ("to_sign", "lapsed")  # over once the suggestion has got another text, of which people are told anew
UNTIL_ENDED = ("stuck",)  # over once the suggestion has ended, whatever came of it
UNTIL_SIGNED = ("to_sign",)  # over once somebody has signed for the person's team


def is_over() -> Q:
    """The condition on a message that its letter would have nothing left to ask for, asked in one query for all."""
    decided = Q(kind__in=UNTIL_DECIDED) & ~Q(proposal__state=State.IN_REVIEW)
    replaced = Q(kind__in=UNTIL_REPLACED, written_at__lt=F("proposal__newest__at"))
    given = SignOff.objects.live().filter(revision=OuterRef("proposal__newest"), side=OuterRef("person__side"))
    resumed = Q(kind="endpoint_paused") & (Q(about__paused_at=None) | Q(about__is_removed=True))
    signed = Q(Exists(given), kind__in=UNTIL_SIGNED)
    ended = Q(kind__in=UNTIL_ENDED) & ~Q(proposal__state__in=OPEN_STATES)
    return decided | replaced | signed | resumed | ended | _is_answered() | _is_past_reminding() | _is_out_of_hand()


def _is_out_of_hand() -> Q:
    """Of what was handed over to the person in one act nothing is theirs to look after any more."""
    acts = Event.objects.filter(kind="proposal.handed_over", at=OuterRef("event__at"), subject=OuterRef("person"))
    held = acts.filter(proposal__state__in=OPEN_STATES, proposal__keeper=F("subject"))
    return Q(~Exists(held), kind="handed_over", event__subject=F("person"))


def _is_answered() -> Q:
    """The person's team has answered the concern, or nobody has to any more; it was raised at the message's instant."""
    answer = ConcernAnswer.objects.filter(concern=OuterRef("pk"), side=OuterRef(OuterRef("person__side")))
    raised = Concern.objects.filter(term=OuterRef("term"), at=OuterRef("written_at"))
    waiting = raised.filter(~Exists(answer), settled_at=None, withdrawn_at=None, blanked_at=None)
    return Q(~Exists(waiting), kind="concern")


def _is_past_reminding() -> Q:
    """Nothing of what a reminder told of waits any more as it did."""
    side = OuterRef(OuterRef("person__side"))
    signed = SignOff.objects.live().filter(revision=OuterRef("proposal__newest"), side=side)
    held = Reaffirmation.objects.live().filter(version=OuterRef("version"), round=OuterRef("round"), side=side)
    renewed = Renewal.objects.filter(version=OuterRef("version"), round=OuterRef("round"))
    together = Reminder.objects.filter(at=OuterRef("reminder__at"))
    texts = together.filter(proposal__state=State.IN_REVIEW, proposal__newest__at__lte=F("at"))
    reviews = together.filter(~Exists(held), ~Exists(renewed), kind=ReminderKind.REVIEW)
    return (
        Q(~Exists(texts.filter(~Exists(signed))), kind="reminder")
        | Q(~Exists(texts.filter(kind=ReminderKind.ESCALATED)), kind="escalated")
        | Q(~Exists(reviews), kind="review_due")
    )
