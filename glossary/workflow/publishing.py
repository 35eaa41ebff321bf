"""Publication: what happens in the transaction of the last missing signature, and nowhere else."""

from collections.abc import Sequence
from typing import Any

from accounts.models import Side
from glossary import outbox, policy
from glossary.domain.content import digest_of
from glossary.domain.names import FOLD_VERSION, fold
from glossary.ledger import Head
from glossary.ledger.chain import canonical
from glossary.models import NameClaim, Proposal, SignOff, Version
from glossary.policy import SignedIn
from glossary.rendering.instants import iso
from glossary.workflow.projecting import project
from glossary.workflow.weighing import forget_all_records


def publish_if_complete(proposal: Proposal, counting: Sequence[SignOff], *, by: SignedIn, head: Head) -> Version | None:
    """Make the newest text a version when every seat counts on it, each by a different person; else None.

    The text starts from the latest version, and `counting` are the signatures that count on it, all as found under
    the lock. Raises `Refusal("duplicate_name")` when another term has claimed the name, and `Refusal("not_ready")` when
    what was agreed meanwhile keeps the definition from running; nothing of the signature is then kept.
    """
    seats = policy.sides_with_a_seat()
    given = {sign_off.side_id: sign_off for sign_off in counting}
    if not _every_seat_by_another_person(seats, given):
        return None
    policy.check_names_are_free(proposal)
    policy.check_still_runs(proposal, head.at)
    sign_offs = [given[side.key] for side in seats]
    version = _publish(proposal, sign_offs, head)
    policy.move(proposal, "publish")
    forget_all_records(proposal, by=by, head=head)
    proposal.ended_at, proposal.ended_by = head.at, by.user
    proposal.save(update_fields=["state", "ended_at", "ended_by"])
    _claim_name(version)
    project(version)
    _record(version, sign_offs, by, head)
    return version


def _every_seat_by_another_person(seats: Sequence[Side], given: dict[str, SignOff]) -> bool:
    signers = {given[side.key].signer_id for side in seats if side.key in given}
    return len(signers) == len(seats) >= 2


def _publish(proposal: Proposal, sign_offs: list[SignOff], head: Head) -> Version:
    revision = proposal.text
    return Version.objects.create(
        term=proposal.term,
        number=revision.base.number + 1 if revision.base else 1,
        proposal=proposal,
        revision=revision,
        digest=revision.digest,
        seats=canonical_seats(sign_offs),
        published_at=head.at,
        in_force_from=max(revision.effective_from or head.at, head.at),
    )


def canonical_seats(sign_offs: Sequence[SignOff]) -> str:
    """The signatures as they are at publication, as canonical JSON text: kept whatever becomes of the people."""
    return canonical([_seat(sign_off) for sign_off in sign_offs])


def _seat(sign_off: SignOff) -> dict[str, Any]:
    signer, acting_for = sign_off.signer, sign_off.acting_for
    seat = {
        "side": sign_off.side_id,
        "sign_off": sign_off.pk,
        "person": signer.pk,
        "name": signer.display_name,
        "role": signer.role,
        "at": iso(sign_off.at),
        "acting_for": acting_for.display_name if acting_for else "",
        "reservation": sign_off.reservation,
        "impact": sign_off.impact,
    }
    return {key: value for key, value in seat.items() if value != ""}


def _claim_name(version: Version) -> None:
    """The preferred name belongs to this term from now on, also of a version not yet in force.

    It is free, or an earlier version had it.
    """
    content = version.content
    namespace, folded = policy.namespace_of(content), fold(content.name)
    if version.number == 1 or not NameClaim.objects.filter(namespace=namespace, folded=folded).exists():
        NameClaim.objects.create(
            namespace=namespace, folded=folded, fold_version=FOLD_VERSION, term=version.term, version=version
        )


def _record(version: Version, sign_offs: Sequence[SignOff], by: SignedIn, head: Head) -> None:
    event = head.record(
        "version.published",
        by=by,
        proposal=version.proposal,
        version=version.number,
        digest=version.digest,
        revision=version.revision.number,
        base=version.revision.base.number if version.revision.base else None,
        in_force_from=iso(version.in_force_from),
        published_at=iso(version.published_at),
        seats_digest=digest_of(version.seats),
    )
    outbox.published(version, event, [sign_off.signer for sign_off in sign_offs])
