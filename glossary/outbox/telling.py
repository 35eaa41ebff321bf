"""Who is told of what: called by the write path right after the event is recorded, in the same transaction."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import cache

from django.db.models import Q

from accounts.models import Role, Side, User
from accounts.preferences import away_until
from glossary import policy
from glossary.ledger import Head
from glossary.models import Concern, Event, Proposal, Reminder, ReminderKind, Revision, SignOff, State, Version
from glossary.outbox.writing import is_reachable, to_channels, to_endpoints, to_people, to_reminded
from glossary.policy import Asked, Wait


def up_for_signing(proposal: Proposal, event: Event) -> None:
    """Put up for signing: to everybody who can fill an empty seat, to whoever watches the word, to chat channels."""
    told = _yours_to_sign(proposal, event)
    _to_watchers("watched_suggestion", event, told)


def _yours_to_sign(
    proposal: Proposal, event: Event, *, filled: Collection[str] = (), without: Iterable[User] = ()
) -> set[int]:
    """To everybody who can fill a seat on the newest text that is empty: all but those of the sides `filled`; and to
    chat channels. The ids of the people."""
    able = policy.who_can_sign_for_any(event.at, policy.authors_barred(proposal))
    left_out = {person.pk for person in without}
    people = [person for person in able if person.side_id not in filled and person.pk not in left_out]
    to_channels("to_sign", event)
    return to_people("to_sign", people, event)


def text_changed(proposal: Proposal, event: Event) -> None:
    """While in review: to whoever signed the text before, what changed since; to everybody else who can sign, that."""
    if proposal.state != State.IN_REVIEW:
        return
    before = Revision.objects.filter(proposal=proposal, number=proposal.text.number - 1).first()
    signers = signers_of(before) if before and event.facts["revision"] == proposal.text.number else []
    to_people("lapsed", _but_the_actor(signers, event), event)
    _yours_to_sign(proposal, event, without=signers)


def seat_emptied(sign_off: SignOff, event: Event) -> None:
    """A signature was lost with the role of its signer: to whoever can sign in its place."""
    proposal = sign_off.revision.proposal
    if proposal.state == State.IN_REVIEW and proposal.newest_id == sign_off.revision_id:
        filled = policy.counting([sign_off.revision_id], event.at).get(sign_off.revision_id, {})
        _yours_to_sign(proposal, event, filled=filled, without=[sign_off.signer])


def sent_back(proposal: Proposal, event: Event, signers: Iterable[User]) -> None:
    """To the author, whoever looks after it, and whoever had signed."""
    to_people("sent_back", _but_the_actor([*_in_charge(proposal), *signers], event), event)


def published(version: Version, event: Event, signers: Iterable[User]) -> None:
    """To the author, whoever looked after it and everybody who signed, also last; to whoever watches the word, to
    tools and to chat channels."""
    told = to_people("agreed", [*_in_charge(version.proposal), *signers], event)
    _to_watchers("watched_change", event, told)
    to_endpoints(event, in_chat="agreed")


def took_effect(version: Version, event: Event) -> None:
    """To tools; and to the same people, where that was not the moment at which it was agreed."""
    if version.in_force_from > version.published_at:
        told = to_people("took_effect", [*_in_charge(version.proposal), *signers_of(version.revision)], event)
        _to_watchers("watched_change", event, told)
    to_endpoints(event)


def labelled(event: Event) -> None:
    """To tools, when the word has been published."""
    if Version.objects.filter(term=event.term_id).exists():
        to_endpoints(event)


def roles_changed(event: Event) -> None:
    """To the owners of every side and to the person it is about: who is owner is everybody's business.

    A new member of a side is the business of that person alone. Where a side has no more than one owner left,
    administrators are told as well: it is they who name another.
    """
    told = Q(pk=event.subject_id)
    if event.kind != "person.placed":
        told |= Q(role=Role.OWNER)
    if event.kind == "owner.removed" and _owners_left(event) <= 1:
        told |= Q(is_staff=True)
    to_people("roles", _but_the_actor(User.objects.active().filter(told).order_by("pk"), event), event)


def _owners_left(event: Event) -> int:
    """How many own for the side after somebody was removed, who may still be in the row as it was."""
    return User.objects.owners_of(event.side_id or "").exclude(pk=event.subject_id).count()


def handed_over(events: Sequence[Event]) -> None:
    """To the person who looks after these suggestions from now on, in one message; and to whoever did before.

    The events are those of one act, all at one instant, by which the message finds them again.
    """
    if not events:
        return
    last = events[-1]
    before = {event.facts["before"] for event in events}
    people = User.objects.active().filter(Q(pk=last.subject_id) | Q(pk__in=before)).order_by("pk")
    to_people("handed_over", _but_the_actor(people, last), last)


def _in_charge(proposal: Proposal) -> list[User]:
    """The author, and whoever it was handed over to."""
    return [proposal.author, proposal.in_charge]


def still_to_sign(waiting: Sequence[tuple[Reminder, Wait]], head: Head) -> None:
    """To everybody who can give a signature that has been missing for long; and, of those for which the time has come,
    to the sponsor, or also to administrators where there is none who is here."""

    @cache  # asked once for all texts that the same people can sign
    def who_can_sign(side: Side, barred: frozenset[int]) -> list[User]:
        return policy.who_can_sign(side, head.at, barred)

    asked = [
        (person, row)
        for row, wait in waiting
        for side in wait.missing
        for person in who_can_sign(side, frozenset(policy.authors_barred(wait.proposal)))
    ]
    to_reminded("reminder", asked, head.seq)
    escalated = [row for row, _ in waiting if row.kind == ReminderKind.ESCALATED]
    above = _above_the_teams({person.pk for person, _ in asked}, head.at)
    to_reminded("escalated", [(person, row) for row in escalated for person in above], head.seq)


def _above_the_teams(asked: set[int], at: datetime) -> list[User]:
    """The sponsor; where there is none who is here also administrators, those first who are not waited for."""
    sponsor = policy.sponsor()
    if sponsor is not None and is_reachable(sponsor) and away_until(sponsor, at) is None:
        return [sponsor]
    staff = list(User.objects.active().filter(is_staff=True).order_by("pk"))
    apart = [person for person in staff if person.pk not in asked]
    return [*([sponsor] if sponsor else []), *(apart or staff)]


def reviews_due(due: Sequence[tuple[Reminder, Asked]], head: Head) -> None:
    """To everybody who can say, for a side that has not, whether a text still holds."""
    sides = {side.key: side for _, asked in due for side in asked.missing}
    people = {key: policy.who_can_sign(side, head.at) for key, side in sides.items()}
    to_reminded(
        "review_due",
        [(person, row) for row, asked in due for side in asked.missing for person in people[side.key]],
        head.seq,
    )


def _to_watchers(kind: str, event: Event, told: Collection[int]) -> None:
    """To whoever watches the word and is not told of this event already, as signer, as author, or by doing it."""
    watchers = User.objects.active().filter(watches__term=event.term_id).exclude(pk__in=told).order_by("pk")
    to_people(kind, _but_the_actor(watchers, event), event)


def concern_raised(event: Event) -> None:
    """To everybody who can answer it for a side."""
    to_people("concern", _but_the_actor(_who_speak(event), event), event)


def concern_answered(concern: Concern, event: Event) -> None:
    """To whoever raised it."""
    to_people("concern_answered", _but_the_actor([concern.raised_by], event), event)


def got_stuck(event: Event) -> None:
    """To the sponsor: the sides do not come to agree on this suggestion."""
    named = policy.sponsor()
    to_people("stuck", _but_the_actor([named] if named else [], event), event)


def ruled(proposal: Proposal, event: Event) -> None:
    """To the author, whoever looks after it, and everybody who speaks for a side."""
    to_people("ruling", _but_the_actor([*_in_charge(proposal), *_who_speak(event)], event), event)


def _who_speak(event: Event) -> list[User]:
    return policy.who_can_sign_for_any(event.at)


def signers_of(revision: Revision) -> list[User]:
    """Everybody whose signature on this text nobody has voided."""
    return [sign_off.signer for sign_off in policy.live_sign_offs(revision)]


def _but_the_actor(people: Iterable[User], event: Event) -> list[User]:
    return [person for person in people if person.pk != event.actor_id]
