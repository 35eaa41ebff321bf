"""Who may do what: one question per action, answered with None for yes or with the refusal to raise or show.

Actions ask under the lock; pages ask the same question to show a button or to say who can.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from accounts.models import Appointment, AppointmentState, Side, Token, User
from glossary.domain.refusals import Refusal
from glossary.models import Comment, Concern, ImpactUpload, Objection, Proposal, Revision, SignOff, State, Version
from glossary.policy.actors import Actor, Console, Directory, SignedIn, Tool, authenticated_at, proved_second_factor
from glossary.policy.disputes import stuck
from glossary.policy.moves import OPEN, wrong_state
from glossary.policy.seats import Seat, is_barred_as_author, seat_of, sponsor

Answer = Refusal | None


def require(answer: Answer) -> None:
    """Raise the refusal, if there is one."""
    if answer is not None:
        raise answer


_IN_PERSON = "Only a signed-in person can do this. Tokens and commands never sign."


def _no(sentence: str) -> Refusal:
    return Refusal("not_permitted", sentence)


def _came_through(by: Tool, row: Proposal | Concern) -> bool:
    """Whether this very token opened or raised it; another one may have its name."""
    return by.token is not None and row.via_token_id == by.token.pk


def _is_author(by: Actor, proposal: Proposal) -> bool:
    """Whether somebody may do what authors may: whoever wrote it, and whoever it was handed over to."""
    if isinstance(by, Tool):
        return _came_through(by, proposal)
    return by.user.pk in proposal.answerable


def _is_owner(by: Actor) -> bool:
    return not isinstance(by, Tool) and by.user.is_owner


def may_read_proposal(by: Actor, proposal: Proposal) -> Answer:
    """Every signed-in person reads every proposal; a tool reads those it opened."""
    if isinstance(by, Tool) and not _came_through(by, proposal):
        return Refusal("not_found", "There is no such suggestion.")
    return None


def may_suggest(by: Actor) -> Answer:
    """Anyone signed in, of any side or none, and a tool with the scope `propose`."""
    if not by.user.is_active:
        return _no("This account is no longer active.")
    if isinstance(by, Tool) and not (by.token and by.token.may("propose")):
        return _no("This token may only read. Ask an administrator for one that may also suggest changes.")
    return None


def may_revise(by: Actor, proposal: Proposal) -> Answer:
    """A draft anyone signed in; a text being signed only its author, whoever it was handed over to, or an owner."""
    if refusal := may_read_proposal(by, proposal):
        return refusal
    if proposal.state not in OPEN:
        return wrong_state(proposal, "edited")
    if proposal.state == State.IN_REVIEW and not (_is_author(by, proposal) or _is_owner(by)):
        return _no("While a suggestion is being signed, only its author or an owner can edit it. You can comment.")
    return may_suggest(by)


def may_weigh(by: Actor, proposal: Proposal) -> Answer:
    """Whoever may read the suggestion tries it on records, while it is open."""
    if refusal := may_read_proposal(by, proposal):
        return refusal
    if proposal.state not in OPEN:
        return wrong_state(proposal, "tried on records")
    return may_suggest(by)


def may_forget_records(by: Actor, upload: ImpactUpload) -> Answer:
    """Whoever uploaded the records, and administrators; a tool those that it uploaded itself."""
    if refusal := may_read_proposal(by, upload.proposal):
        return refusal
    is_own = upload.uploaded_by_id == by.user.pk and (isinstance(by, SignedIn) or upload.via == by.via)
    if is_own or may_administer(by) is None:
        return None
    return _no("Only whoever uploaded these records, or an administrator, can delete them.")


def may_submit(by: Actor, proposal: Proposal) -> Answer:
    """The author, whoever it was handed over to, any owner, an administrator."""
    if refusal := may_read_proposal(by, proposal):
        return refusal
    if proposal.state != State.DRAFT:
        return wrong_state(proposal, "put up for signing")
    is_administrator = by.user.is_staff and not isinstance(by, Tool)
    if not (_is_author(by, proposal) or _is_owner(by) or is_administrator):
        return _no("The author, a team owner or an administrator can put this up for signing.")
    return may_suggest(by)


def may_rebase(by: Actor, proposal: Proposal) -> Answer:
    """The author, whoever it was handed over to, any owner."""
    if refusal := may_read_proposal(by, proposal):
        return refusal
    if proposal.state not in OPEN:
        return wrong_state(proposal, "updated")
    if not (_is_author(by, proposal) or _is_owner(by)):
        return _no("The author or a team owner can update this to the newest text.")
    return may_suggest(by)


def may_withdraw(by: Actor, proposal: Proposal) -> Answer:
    """The author, also through the tool that opened it, and whoever it was handed over to."""
    if refusal := may_read_proposal(by, proposal):
        return refusal
    if proposal.state not in OPEN:
        return wrong_state(proposal, "cancelled")
    if not _is_author(by, proposal):
        return _no(_only_those_in_charge(proposal, "cancel this suggestion") + _if_left(proposal.in_charge))
    return may_suggest(by)


def _if_left(keeper: User) -> str:
    return "" if keeper.is_active else f" {keeper.display_name} has left; an administrator can hand it over."


def _only_those_in_charge(proposal: Proposal, act: str) -> str:
    author = proposal.author.display_name
    if proposal.in_charge == proposal.author:
        return f"Only its author, {author}, can {act}."
    return f"Only {proposal.in_charge.display_name}, who looks after it, and its author, {author}, can {act}."


def may_hand_over(by: Actor, proposal: Proposal) -> Answer:
    """The author, whoever it was handed over to, and administrators; no tool and no directory."""
    if refusal := may_read_proposal(by, proposal):
        return refusal
    if isinstance(by, Tool | Directory):
        return _no("Only a person hands a suggestion over.")
    if proposal.state not in OPEN:
        return wrong_state(proposal, "handed over")
    if not _is_author(by, proposal) and may_administer(by) is not None:
        return _no(_only_those_in_charge(proposal, "hand this suggestion over") + " Or an administrator.")
    return None


def may_take_over(person: User, proposal: Proposal) -> Answer:
    """Somebody who is active and has been here, does not look after it yet, and has not signed it where whoever looks
    after a text does not sign it.
    """
    if not (person.is_active and person.has_joined):
        return Refusal("wrong_state", f"{person.display_name} cannot look after it: choose somebody who is here.")
    if proposal.in_charge == person:
        return Refusal("wrong_state", f"{person.display_name} looks after this suggestion already.")
    if not settings.GLOSSARY_AUTHOR_MAY_SIGN and _stands_on(proposal.text, person):
        said = f"{person.display_name} has signed this text, and here whoever looks after a text does not sign it."
        return Refusal("wrong_state", said)
    return None


def _stands_on(text: Revision, person: User) -> bool:
    return text.sign_offs.live().filter(Q(signer=person) | Q(acting_for=person)).exists()


def _is_recent(by: SignedIn) -> bool:
    """Whether the person proved who they are not longer ago than signing allows."""
    since = authenticated_at(by)
    # By the clock that stamped the sign-in: the ledger's instant may be ahead of a clock that was set back.
    return since is not None and timezone.now() - since <= settings.GLOSSARY_SIGNING_MAX_AGE


class Voice(NamedTuple):
    """The seat on which somebody signs and objects at an instant, and what keeps them from it, if anything."""

    seat: Seat | None
    refusal: Answer


def voice_of(by: Actor, at: datetime) -> Voice:
    """What signing and objecting share: a person of a side that signs, recently authenticated. The same for all texts;
    whoever signs asks under the lock.
    """
    if not isinstance(by, SignedIn):
        return Voice(None, _no(_IN_PERSON))
    seat = seat_of(by.user, at)
    return Voice(seat, _may_speak(by, seat))


def _may_speak(by: SignedIn, seat: Seat | None) -> Answer:
    if seat is None:
        return _no("Only a team owner, or a delegate of one, can do this.")
    if not seat.side.has_seat:
        return _no(f"{seat.side.name} does not sign here.")
    if not _is_recent(by):
        return Refusal("reauthenticate", "Please confirm that it is you: your sign-in is too long ago for signing.")
    if settings.GLOSSARY_OWNERS_NEED_MFA and not proved_second_factor(by):
        return Refusal("reauthenticate", "Here, whoever signs for a team confirms it with a second factor.")
    return None


def may_sign(by: Actor, proposal: Proposal, voice: Voice) -> Answer:
    """An owner of a side or that side's delegate, in person, recently authenticated; the proposal is in review."""
    if not isinstance(by, SignedIn):
        return _no(_IN_PERSON)
    if proposal.state != State.IN_REVIEW:
        return wrong_state(proposal, "signed")
    if voice.refusal:
        return voice.refusal
    assert voice.seat is not None
    if is_barred_as_author(voice.seat, by.user, proposal):
        return _no("Here, whoever wrote a text does not sign it. Another owner of your team can.")
    return None


def may_object(by: Actor, proposal: Proposal, voice: Voice) -> Answer:
    """The same people who may sign."""
    if not isinstance(by, SignedIn):
        return _no(_IN_PERSON)
    if proposal.state != State.IN_REVIEW:
        return wrong_state(proposal, "sent back")
    return voice.refusal


def may_reaffirm(by: Actor, at: datetime) -> Answer:
    """The people who may sign, in person and recently authenticated."""
    return voice_of(by, at).refusal


def may_hold_to(seat: Seat, by: Actor, version: Version) -> Answer:
    """Not for the own text, where authors do not sign."""
    if is_barred_as_author(seat, by.user, version.proposal):
        return _no("Here, whoever wrote a text does not sign it. Another owner of your team can.")
    return None


def objection_stands() -> Refusal:
    """What is said of a text that somebody objects to: in no suggestion is it put up for signing or signed."""
    return Refusal(
        "objection_stands",
        "This exact text was sent back, and the objection still stands. Change the text, or ask the objector, or, "
        "where the objector no longer speaks for that team, one of its owners.",
    )


def to_withdraw(by: Actor, objections: Iterable[Objection], at: datetime) -> list[Objection]:
    """Of these standing objections the person's own, and, for an owner, those of their side whose objector is gone.

    Gone is whoever is no longer active or speaks for another side or none by `at`: nobody else could end it any more.
    """
    return [objection for objection in objections if _is_to_withdraw(by.user, objection, at)]


def _is_to_withdraw(user: User, objection: Objection, at: datetime) -> bool:
    if objection.objector_id == user.pk:
        return True
    return user.is_owner and user.side_id == objection.side_id and not still_speaks(objection, at)


def still_speaks(objection: Objection, at: datetime) -> bool:
    """Whether the objector speaks at `at` for the side objected for."""
    seat = seat_of(objection.objector, at)
    return seat is not None and seat.side.pk == objection.side_id


def may_withdraw_objection(by: Actor, objection: Objection | None) -> Answer:
    if not isinstance(by, SignedIn):
        return _no(_IN_PERSON)
    if objection is None:
        return Refusal("wrong_state", "You have no objection standing against this suggestion.")
    return None


def may_take_back(by: Actor, proposal: Proposal, sign_off: SignOff | None) -> Answer:
    """The signer, while the proposal is in review."""
    if not isinstance(by, SignedIn):
        return _no(_IN_PERSON)
    if proposal.state != State.IN_REVIEW:
        return wrong_state(proposal, "unsigned")
    if sign_off is None:
        return Refusal("wrong_state", "There is no signature of yours on the newest text.")
    return None


def may_decline(by: Actor, proposal: Proposal) -> Answer:
    """An owner of any side."""
    if not isinstance(by, SignedIn):
        return _no(_IN_PERSON)
    if proposal.state not in OPEN:
        return wrong_state(proposal, "closed")
    if not _is_owner(by):
        return _no("Only a team owner can close a suggestion.")
    return None


def may_blank(by: Actor, comment: Comment) -> Answer:
    """Whoever wrote the comment."""
    if comment.author_id != by.user.pk:
        return _no("Only the person who wrote a comment can remove it.")
    return None


def may_answer(by: Actor, concern: Concern, at: datetime) -> Answer:
    """An owner of a side that signs, or that side's delegate, in person; once for each side, each by another person."""
    if not isinstance(by, SignedIn):
        return _no(_IN_PERSON)
    if concern.is_over:
        return Refusal("wrong_state", "This concern is closed.")
    seat = seat_of(by.user, at)
    if seat is None:
        return _no("Only a team owner, or a delegate of one, can answer for a team.")
    if not seat.side.has_seat:
        return _no(f"{seat.side.name} does not sign here.")
    for given in concern.answers.all():
        if given.side_id == seat.side.key:
            return Refusal("seat_taken", f"{given.author.display_name} has already answered for {seat.side.name}.")
        if given.author_id == by.user.pk:
            return _no("You have already answered for another team. Somebody else answers for this one.")
    return None


def may_withdraw_concern(by: Actor, concern: Concern) -> Answer:
    """Whoever raised it, while it is open, also through the token that raised it in their name and knows no other."""
    if isinstance(by, Tool) and not _came_through(by, concern):
        return Refusal("not_found", "There is no such concern.")
    if concern.raised_by_id != by.user.pk:
        return _no(f"Only {concern.raised_by.display_name}, who raised this concern, can withdraw it.")
    if concern.is_over:
        return Refusal("wrong_state", "This concern is closed.")
    return may_suggest(by)


def may_blank_concern(by: Actor, concern: Concern) -> Answer:
    """Whoever raised it, in person; and administrators, since an example may say too much about somebody."""
    if isinstance(by, SignedIn) and concern.raised_by_id == by.user.pk:
        return None
    if may_administer(by) is None:
        return None
    return _no("Only the person who raised a concern, or an administrator, can remove its text.")


def may_rule(by: Actor, proposal: Proposal, at: datetime) -> Answer:
    """The sponsor, in person and recently authenticated, on a suggestion that is stuck."""
    if refusal := may_end_ruling(by):
        return refusal
    if proposal.state not in OPEN:
        return wrong_state(proposal, "ruled on")
    if not stuck(Proposal.objects.filter(pk=proposal.pk), at):
        return Refusal("wrong_state", "The teams are still at it: a ruling is for a suggestion that is stuck.")
    return None


def may_end_ruling(by: Actor) -> Answer:
    """The sponsor of now, also of a ruling by somebody who was it before."""
    if not isinstance(by, SignedIn):
        return _no(_IN_PERSON)
    named = sponsor()
    if named is None:
        return _no("Nobody is named as sponsor. An administrator can name one.")
    if named.pk != by.user.pk:
        return _no(f"Only the sponsor, {named.display_name}, can do this.")
    if not _is_recent(by):
        return Refusal("reauthenticate", "Please confirm that it is you: your sign-in is too long ago for a ruling.")
    return None


def may_administer(by: Actor) -> Answer:
    """Administrators, in person or at the console; rank never signs."""
    if isinstance(by, Tool | Directory) or not (by.user.is_active and by.user.is_staff):
        return _no("Only an administrator can do this.")
    return None


def may_close(by: Actor, user_id: int) -> Answer:
    """Administrators, and never the own account: so there is always an administrator left."""
    if refusal := may_administer(by):
        return refusal
    if by.user.pk == user_id:
        return _no(
            "Nobody closes their own account. Another administrator can; if you are the only one, name one first."
        )
    return None


def may_export_person(by: Actor, user_id: int) -> Answer:
    """The person, for themself, and administrators; no tool."""
    if isinstance(by, SignedIn) and by.user.pk == user_id:
        return None
    return may_administer(by)


def may_seat(by: Actor, user_id: int) -> Answer:
    """Administrators; and the company's directory, for the one person whose groups it tells."""
    if isinstance(by, Directory) and by.user.pk == user_id:
        return None
    return may_administer(by)


def may_make_token(by: Actor) -> Answer:
    """Administrators, recently authenticated, since a key outlives the session; and whoever runs commands."""
    if isinstance(by, Console):
        return None
    if refusal := may_administer(by):
        return refusal
    if not (isinstance(by, SignedIn) and _is_recent(by)):
        return Refusal(
            "reauthenticate", "Please confirm that it is you: your sign-in is too long ago for making a key."
        )
    return None


def may_connect(by: Actor) -> Answer:
    """Administrators, recently authenticated: an endpoint carries what happens here to another machine."""
    if isinstance(by, Console):
        return may_administer(by)
    if refusal := may_administer(by):
        return refusal
    if not (isinstance(by, SignedIn) and _is_recent(by)):
        return Refusal(
            "reauthenticate", "Please confirm that it is you: your sign-in is too long ago to connect a tool."
        )
    return None


def may_invite(by: Actor) -> Answer:
    """The same people: whoever has an invitation has the account until its person has chosen a password."""
    if isinstance(by, Console):
        return may_administer(by)
    if refusal := may_administer(by):
        return refusal
    if not (isinstance(by, SignedIn) and _is_recent(by)):
        return Refusal(
            "reauthenticate", "Please confirm that it is you: your sign-in is too long ago for inviting people."
        )
    return None


def may_revoke_token(by: Actor, token: Token) -> Answer:
    """The person in whose name the tool acts, and administrators."""
    if isinstance(by, Tool) or token.user_id != by.user.pk:
        return may_administer(by)
    return None


def may_decide_appointment(by: Actor, appointment: Appointment) -> Answer:
    """An existing owner of the side."""
    if appointment.state != AppointmentState.PENDING:
        return Refusal("wrong_state", "This appointment has already been decided.")
    if not isinstance(by, SignedIn) or not _is_owner(by) or by.user.side_id != appointment.side_id:
        return _no(f"Only an owner of {appointment.side.name} can confirm a further owner of it.")
    return None


def may_delegate(by: Actor) -> Answer:
    """An owner, for the own seat."""
    if not isinstance(by, SignedIn) or not _is_owner(by):
        return _no("Only a team owner can lend their seat.")
    return None


def may_lose_seat(side: Side) -> Answer:
    """Any side but the two installed ones, while nothing is being signed."""
    if side.key in ("sales", "marketing"):
        return _no(f"{side.name} always keeps its seat.")
    if Proposal.objects.in_review().exists():
        return Refusal("wrong_state", "A seat can only be taken away while nothing is being signed.")
    return None
