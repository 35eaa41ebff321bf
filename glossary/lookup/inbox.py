"""What somebody was told, what they have not read yet, which words they watch, and which changed since they looked."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import BooleanField, Case, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When

from accounts.models import User
from glossary import outbox
from glossary.domain.refusals import Refusal
from glossary.lookup.detail import TermDetail
from glossary.models import (
    InForce,
    LastLook,
    Message,
    Reaffirmation,
    Reminder,
    ReminderKind,
    SignOff,
    Term,
    Watch,
)

ON_A_PAGE = 20


@dataclass(frozen=True)
class Told:
    """One message in the inbox. `about` is the word, the team or the address it is about, if there is one; when it
    `is_over`, there is nothing left to do about it.
    """

    message: Message
    label: str
    about: str
    is_over: bool

    @property
    def is_unread(self) -> bool:
        return self.message.read_at is None and not self.is_over


@dataclass(frozen=True)
class Inbox:
    """A page of what somebody was told, newest first."""

    told: list[Told]
    page: int
    pages: int


def unread_count(user: User, *, at: datetime, besides: UUID | None = None) -> int:
    """How many messages in the inbox somebody has not read, without those that are over; `besides` is one that they
    have before them. Two queries, or one.
    """
    unread = _unread(user, at)
    return (unread.exclude(pk=besides) if besides else unread).count()


def inbox(user: User, *, at: datetime, page: int = 1, unread_only: bool = False) -> Inbox:
    """A page of the inbox; a page that is not there is the nearest one. A fixed number of queries."""
    rows = _unread(user, at) if unread_only else Message.objects.in_the_inbox_of(user)
    found = Paginator(rows.order_by("-written_at", "-sequence", "-id"), ON_A_PAGE).get_page(page)
    messages = list(_with_all_that_is_told(found.object_list, at))  # type: ignore[arg-type]
    return Inbox(_all_told(user, messages, at), found.number, found.paginator.num_pages)


def message_to(user: User, message_id: UUID, *, at: datetime) -> Told:
    """One message in somebody's own inbox. Raises `Refusal("not_found")`."""
    message = _with_all_that_is_told(Message.objects.in_the_inbox_of(user), at).filter(pk=message_id).first()
    if message is None:
        raise Refusal("not_found", "There is no such message in your inbox.")
    return _all_told(user, [message], at)[0]


def _unread(user: User, at: datetime) -> QuerySet[Message]:
    unread = Message.objects.in_the_inbox_of(user).filter(read_at=None)
    kinds = set(unread.order_by().values_list("kind", flat=True).distinct())
    return unread.exclude(outbox.is_over(kinds, at)) if kinds else unread.none()


def _with_all_that_is_told(rows: QuerySet[Message], at: datetime) -> QuerySet[Message]:
    over = Case(
        When(outbox.is_over(outbox.TO_PEOPLE, at), then=Value(True)), default=Value(False), output_field=BooleanField()
    )
    rows = rows.annotate(is_over=over)
    related = ("event__actor", "event__side", "event__subject", "term", "proposal__newest", "about", "reminder")
    return rows.select_related(*related)


def _names_at(at: datetime, terms: set[int]) -> dict[int, str]:
    return dict(InForce.objects.at(at).filter(term__in=terms).values_list("term_id", "name"))


def _all_told(user: User, messages: list[Message], at: datetime) -> list[Told]:
    names = _names_at(at, {message.term_id for message in messages if message.term_id and not message.proposal_id})
    reminded = _reminded_of(user, messages)
    return [_told(message, _about(message, names, reminded)) for message in messages]


def _told(message: Message, about: str) -> Told:
    label = outbox.TO_PEOPLE[message.kind].label
    return Told(message, label, about, message.is_over)  # type: ignore[attr-defined]


OCCASIONS = {
    "reminder": (ReminderKind.TO_SIGN, ReminderKind.ESCALATED),
    "escalated": (ReminderKind.ESCALATED,),
    "review_due": (ReminderKind.REVIEW,),
}


def _reminded_of(user: User, messages: list[Message]) -> dict[datetime, list[Reminder]]:
    """By instant, what people were reminded of then; `is_given` says that the person's team had given it. One query."""
    instants = {message.reminder.at for message in messages if message.reminder}
    if not instants:
        return {}
    mine = {"side": user.side_id, "at__lte": OuterRef("at")}
    signed = SignOff.objects.live().filter(revision=OuterRef("proposal__newest"), **mine)
    held = Reaffirmation.objects.live().filter(version=OuterRef("version"), round=OuterRef("round"), **mine)
    rows = Reminder.objects.filter(at__in=instants).annotate(is_given=Exists(signed) | Exists(held))
    found: defaultdict[datetime, list[Reminder]] = defaultdict(list)
    for row in rows.select_related("proposal__newest", "version__revision"):
        found[row.at].append(row)
    return found


def _about_reminder(message: Message, reminded: dict[datetime, list[Reminder]]) -> str:
    """The word, or how many; the sponsor is told of all, whoever can sign of what their team has not given."""
    assert message.reminder is not None
    together = [row for row in reminded[message.reminder.at] if row.kind in OCCASIONS[message.kind]]
    if message.kind != "escalated":
        together = [row for row in together if row.pk == message.reminder_id or not row.is_given]  # type: ignore[attr-defined]
    if len(together) > 1:
        return f"{len(together)} {'words' if message.kind == 'review_due' else 'suggestions'}"
    (row,) = together
    return row.proposal.text.content.name if row.proposal else row.version.content.name if row.version else ""


def _about(message: Message, names: dict[int, str], reminded: dict[datetime, list[Reminder]]) -> str:
    if message.reminder:
        return _about_reminder(message, reminded)
    if message.proposal:
        return message.proposal.text.content.name
    if message.term:
        return names.get(message.term.pk, message.term.name)
    if message.about:
        return message.about.name
    return message.event.side.name if message.event and message.event.side else ""


class Watched(NamedTuple):
    """A word that somebody watches, as it is called now."""

    slug: str
    name: str


def watched_by(user: User, *, at: datetime) -> list[Watched]:
    """The words somebody watches, from A to Z. One query."""
    now = InForce.objects.at(at).filter(term=OuterRef("term"))
    rows = Watch.objects.filter(person=user).annotate(now=Subquery(now.values("name")[:1]))
    found = [Watched(slug, now or first) for slug, now, first in rows.values_list("term__slug", "now", "term__name")]
    return sorted(found, key=lambda word: word.name.casefold())


class Changed(NamedTuple):
    """A word that says something new since somebody looked: the version in force, since when, and the one seen last."""

    slug: str
    name: str
    number: int
    since: datetime
    seen: int | None
    seen_at: datetime | None


def changed_since_seen(user: User, *, at: datetime) -> list[Changed]:
    """The words that somebody has looked at, or watches, and that say something new since, newest first. One query.

    Whoever suggested or signed the new text knows it.
    """
    looks = LastLook.objects.filter(person=user)
    look = looks.filter(term=OuterRef("term"))
    followed = Q(term__in=looks.values("term")) | Q(term__in=Watch.objects.filter(person=user).values("term"))
    signed = SignOff.objects.live().filter(revision=OuterRef("version__revision"), signer=user)
    rows = InForce.objects.at(at).filter(followed).exclude(Exists(signed)).exclude(version__proposal__author=user)
    compared = rows.annotate(seen=Subquery(look.values("number")[:1]), seen_at=Subquery(look.values("at")[:1]))
    news = compared.filter(Q(seen=None) | Q(seen__lt=F("version__number"))).order_by("-from_at", "-pk")
    return [Changed(*row) for row in news.values_list("slug", "name", "version__number", "from_at", "seen", "seen_at")]


def last_look(term: Term, user: User) -> LastLook | None:
    """When somebody saw which version of a word last; None where they never did. One query."""
    return LastLook.objects.filter(person=user, term=term).first()


@dataclass(frozen=True)
class Reader:
    """What the page of a word says to one person: whether they watch it, and when they saw what of it last."""

    is_watching: bool
    look: LastLook | None
    is_new: bool


def reader_of(detail: TermDetail, user: User) -> Reader:
    """How one person stands to a word. `is_new` says that the version in force is another one than they know."""
    look = last_look(detail.term, user)
    is_watching = Watch.objects.filter(person=user, term=detail.term).exists()
    return Reader(is_watching, look, _is_new(detail, look, user))


def _is_new(detail: TermDetail, look: LastLook | None, user: User) -> bool:
    version = detail.version
    if version is None or look is None or look.number >= version.number:
        return False
    signers = {seat["person"] for seat in version.signatures}
    return user.pk not in signers | {version.proposal.author_id}
