"""The sponsor: a person above the teams, to whom is brought what they cannot settle, and who signs for none of them."""

from accounts.models import Delegation, Role, Sponsorship, User
from glossary import ledger, outbox, policy
from glossary.domain.refusals import Refusal
from glossary.ledger import Head
from glossary.policy import Actor
from glossary.workflow.finding import find_user


def name_sponsor(user_id: int, *, by: Actor) -> Sponsorship:
    """Name a person the sponsor, in place of whoever was; naming the same again changes nothing.

    Refusals: `not_permitted`, `wrong_state` for somebody who signs for a team or is no longer active, `not_found`.
    """
    with ledger.locked(by) as head:
        policy.require(policy.may_administer(by))
        user = find_user(user_id)
        standing = Sponsorship.objects.standing().select_related("user").first()
        if standing is not None and standing.user_id == user.pk:
            return standing
        _check_is_apart(user, head)
        if standing is not None:
            _end(standing, by, head)
        row: Sponsorship = Sponsorship.objects.create(user=user, named_by=by.user, named_at=head.at)
        outbox.roles_changed(head.record("sponsor.named", by=by, subject=user, sponsorship=row.pk))
        return row


def _check_is_apart(user: User, head: Head) -> None:
    if not user.is_active:
        raise Refusal("wrong_state", f"{user.display_name} is no longer active.")
    if user.role == Role.OWNER or Delegation.objects.standing(head.at).filter(delegate=user).exists():
        raise Refusal(
            "wrong_state", f"{user.display_name} signs for a team. Name somebody as sponsor who signs for none."
        )


def end_sponsorship(user_id: int, *, by: Actor) -> Sponsorship:
    """This person is the sponsor no longer, and nobody is. Refusals: `not_permitted`, `not_found`, `wrong_state` for
    somebody who is not the sponsor.
    """
    with ledger.locked(by) as head:
        policy.require(policy.may_administer(by))
        user = find_user(user_id)
        standing = Sponsorship.objects.standing().filter(user=user).select_related("user").first()
        if standing is None:
            raise Refusal("wrong_state", f"{user.display_name} is not the sponsor.")
        _end(standing, by, head)
        return standing


def end_sponsorship_of(user: User, *, by: Actor, head: Head) -> None:
    """Within another action: whoever leaves, or signs for a team from now on, is the sponsor no longer."""
    for standing in Sponsorship.objects.standing().filter(user=user).select_related("user"):
        _end(standing, by, head)


def _end(row: Sponsorship, by: Actor, head: Head) -> None:
    row.ended_by, row.ended_at = by.user, head.at
    row.save(update_fields=["ended_by", "ended_at"])
    outbox.roles_changed(head.record("sponsor.ended", by=by, subject=row.user, sponsorship=row.pk))
