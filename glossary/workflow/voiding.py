"""A signature that no longer counts: voided once, with who, when and why."""

from django.db.models import Q

from accounts.models import User
from glossary import outbox
from glossary.ledger import Head
from glossary.models import OPEN_STATES, Event, Reaffirmation, SignOff, VoidReason
from glossary.policy import Actor


def void(sign_off: SignOff, reason: VoidReason, *, by: Actor, head: Head) -> Event:
    """Void one live signature and record it."""
    sign_off.voided_at, sign_off.voided_by, sign_off.void_reason = head.at, by.user, reason
    sign_off.save(update_fields=["voided_at", "voided_by", "void_reason"])
    taken_back = reason is VoidReason.TAKEN_BACK
    return head.record(
        "sign_off.taken_back" if taken_back else "sign_off.voided",
        by=by,
        proposal=sign_off.revision.proposal,
        subject=sign_off.signer,
        side=sign_off.side,
        sign_off=sign_off.pk,
        revision=sign_off.revision.number,
        digest=sign_off.digest,
        reason=str(reason),
    )


def void_reaffirmation(row: Reaffirmation, *, by: Actor, head: Head) -> None:
    """Void one live reaffirmation whose giver no longer speaks for the side, and record it."""
    row.voided_at, row.voided_by = head.at, by.user
    row.save(update_fields=["voided_at", "voided_by"])
    head.record(
        "reaffirmation.voided",
        by=by,
        term=row.version.term,
        subject=row.signer,
        side=row.side,
        reaffirmation=row.pk,
        version=row.version.number,
        round=row.round,
        digest=row.digest,
    )


def void_all_given_as(user: User, *, by: Actor, head: Head) -> int:
    """Void the person's live signatures on open proposals and reaffirmations in open rounds, and those given in the
    person's name; how many signatures.
    """
    _void_reaffirmations(Q(signer=user) | Q(acting_for=user), by, head)
    standing = (
        SignOff.objects.live()
        .filter(Q(signer=user) | Q(acting_for=user), revision__proposal__state__in=OPEN_STATES)
        .select_related("revision__proposal__term", "side", "signer")
        .order_by("pk")
    )
    return _void_each(list(standing), by, head)


def void_given_for(delegate: User, owner: User, *, by: Actor, head: Head) -> int:
    """Void what the delegate signed in this owner's name on open proposals and said in open rounds; how many signed."""
    _void_reaffirmations(Q(signer=delegate, acting_for=owner), by, head)
    standing = (
        SignOff.objects.live()
        .filter(signer=delegate, acting_for=owner, revision__proposal__state__in=OPEN_STATES)
        .select_related("revision__proposal__term", "side", "signer")
        .order_by("pk")
    )
    return _void_each(list(standing), by, head)


def _void_reaffirmations(given: Q, by: Actor, head: Head) -> None:
    rows = Reaffirmation.objects.live().in_open_rounds().filter(given)
    for row in rows.select_related("version__term", "side", "signer").order_by("pk"):
        void_reaffirmation(row, by=by, head=head)


def _void_each(standing: list[SignOff], by: Actor, head: Head) -> int:
    for sign_off in standing:
        outbox.seat_emptied(sign_off, void(sign_off, VoidReason.LOST_ROLE, by=by, head=head))
    return len(standing)
