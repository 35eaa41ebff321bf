"""The same yes once more: when it is time to look again, every side says that the text in force still holds."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from glossary import ledger, policy
from glossary.domain.content import digest_of
from glossary.domain.refusals import Refusal
from glossary.ledger import Head
from glossary.ledger.chain import canonical
from glossary.models import Reaffirmation, Renewal, Version
from glossary.policy import Review, Seat, SignedIn
from glossary.rendering.instants import iso
from glossary.workflow.finding import find_term
from glossary.workflow.leaving import end_absence
from glossary.workflow.voiding import void_reaffirmation


class Held(NamedTuple):
    """What became of one of several words in one act: None, or the refusal."""

    slug: str
    refusal: Refusal | None


def reaffirm(slug: str, *, by: SignedIn, digest: str) -> Reaffirmation:
    """Say for one's side that the text in force, with this digest, still holds. The same again changes nothing.

    The last missing one renews the version: it keeps its number, and the next review counts from then. Refusals:
    `digest_changed` when another text is in force, `wrong_state` when nobody is asked, `seat_taken`,
    `reauthenticate`, `not_permitted`, `not_found`.
    """
    with ledger.locked(by) as head:
        term = find_term(slug)
        in_force = policy.in_force_at(term, head.at)
        review = policy.review_of(in_force, head.at)
        if in_force is None or review is None:
            raise Refusal("wrong_state", "Nothing of this word is in force, so there is nothing to confirm.")
        version = in_force.version
        given = _given_already(version, review, by, digest, head)
        if given is not None:
            return given
        policy.require(policy.may_reaffirm(by, head.at))
        _check_is_asked(version, review, digest)
        seat = policy.seat_of(by.user, head.at)
        assert seat is not None
        policy.require(policy.may_hold_to(seat, by, version))
        _clear_seat(version, review, seat, by, head)
        row = _give(version, review, seat, by, head)
        end_absence(by.user)
        _renew_if_complete(version, review, by, head)
        return row


def _given_already(version: Version, review: Review, by: SignedIn, digest: str, head: Head) -> Reaffirmation | None:
    """The person's own standing one of the open round, or, until it is time again, of the round that is complete."""
    if not isinstance(by, SignedIn) or digest != version.digest:
        return None
    own = Reaffirmation.objects.live().filter(version=version, signer=by.user).select_related("side", "signer")
    if review.state == "ok":
        return own.filter(round=review.round - 1).first()
    return policy.in_their_right(own.filter(round=review.round), head.at).first()


def _check_is_asked(version: Version, review: Review, digest: object) -> None:
    if digest != version.digest:
        raise Refusal(
            "digest_changed",
            "The text has changed since you read it. Please read the newest text first.",
            digest=version.digest,
        )
    if not policy.is_newest(version):
        raise Refusal("wrong_state", "A newer text of this word is signed already and will take the place of this one.")
    if review.state == "ok":
        raise Refusal("wrong_state", f"It is not time to look again yet: that is on {review.review_by.isoformat()}.")


def _clear_seat(version: Version, review: Review, seat: Seat, by: SignedIn, head: Head) -> None:
    """What somebody gave who no longer speaks for the side gives way; any other holds the seat."""
    rows = Reaffirmation.objects.live().filter(version=version, round=review.round)
    counting = {row.pk for row in policy.in_their_right(rows, head.at)}
    for row in rows.select_related("version__term", "side", "signer").order_by("pk"):
        if row.side_id != seat.side.key and row.signer_id != by.user.pk:
            continue
        if row.pk in counting:
            raise Refusal("seat_taken", f"{row.signer.display_name} has already confirmed it for {seat.side.name}.")
        void_reaffirmation(row, by=by, head=head)


def _give(version: Version, review: Review, seat: Seat, by: SignedIn, head: Head) -> Reaffirmation:
    row = Reaffirmation.objects.create(
        version=version,
        round=review.round,
        side=seat.side,
        signer=by.user,
        acting_for=seat.acting_for,
        digest=version.digest,
        at=head.at,
    )
    head.record(
        "reaffirmation.given",
        by=by,
        term=version.term,
        side=seat.side,
        reaffirmation=row.pk,
        version=version.number,
        round=row.round,
        digest=row.digest,
        acting_for=seat.acting_for.pk if seat.acting_for else None,
    )
    return row


def _renew_if_complete(version: Version, review: Review, by: SignedIn, head: Head) -> None:
    """Renew the version when every side has confirmed it, each by a different person."""
    given = policy.reaffirmations([(version.pk, review.round)], head.at).get(version.pk, [])
    seats = policy.sides_with_a_seat()
    by_side = {row.side_id: row for row in given}
    rows = [by_side[side.key] for side in seats if side.key in by_side]
    if not len({row.signer_id for row in rows}) == len(seats) >= 2:
        return
    renewal = Renewal.objects.create(
        version=version, round=review.round, seats=canonical([_seat(row) for row in rows]), at=head.at
    )
    head.record(
        "version.reaffirmed",
        by=by,
        term=version.term,
        version=version.number,
        round=renewal.round,
        digest=version.digest,
        reaffirmed_at=iso(head.at),
        seats_digest=digest_of(renewal.seats),
    )


def _seat(row: Reaffirmation) -> dict[str, Any]:
    seat = {
        "side": row.side_id,
        "reaffirmation": row.pk,
        "person": row.signer_id,
        "name": row.signer.display_name,
        "at": iso(row.at),
    }
    return seat | ({"acting_for": row.acting_for.display_name} if row.acting_for else {})


def reaffirm_several(wishes: Sequence[tuple[str, str]], *, by: SignedIn) -> list[Held]:
    """Confirm several words, given as (slug, digest read), in one act: each in its own transaction."""
    return [Held(slug, _refusal_of(slug, digest, by)) for slug, digest in wishes]


def _refusal_of(slug: str, digest: str, by: SignedIn) -> Refusal | None:
    try:
        reaffirm(slug, by=by, digest=digest)
    except Refusal as refusal:
        return refusal
    return None
