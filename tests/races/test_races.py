"""People who act at the same instant: one winner, and a clear refusal for everybody else."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from glossary import workflow
from glossary.ledger.verifying import verify
from glossary.models import Concern, Event, InForce, NameClaim, Objection, Proposal, SignOff, State, Version
from glossary.policy import Console, SignedIn
from tests import world
from tests.races.racing import ROUNDS, Racers, again, codes, done, each, racers

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def runners() -> Iterator[Racers]:
    with racers() as running:
        yield running


@pytest.fixture
def seated(desk: world.Desk) -> SimpleNamespace:
    """Everybody in a session of their own that lasts for the whole test."""
    return SimpleNamespace(**{name: world.acting(user) for name, user in vars(desk.people).items()})


class Table:
    """Where suggestions are laid down for one round after the other, without signing in anew for each."""

    def __init__(self, seated: SimpleNamespace) -> None:
        self.seated = seated

    def lay(self, name: str, *, term: str | None = None, **extra: Any) -> Proposal:
        """A suggestion by Rep that is being signed, as read from the database."""
        rep = again(self.seated.rep)
        proposal = workflow.open_proposal(by=rep, content=world.draft_content(name, **extra), term=term)
        workflow.submit(proposal.pk, by=rep)
        return Proposal.objects.select_related("newest", "term").get(pk=proposal.pk)

    def sign(self, proposal: Proposal, *signers: SignedIn) -> None:
        for signer in signers:
            workflow.sign_off(proposal.pk, by=again(signer), digest=proposal.text.digest)

    def publish(self, name: str, **more: Any) -> Version:
        proposal = self.lay(name, **more)
        self.sign(proposal, self.seated.sam, self.seated.mia)
        return Version.objects.get(proposal=proposal)


@pytest.fixture
def table(seated: SimpleNamespace) -> Table:
    return Table(seated)


def signing(proposal: Proposal, *signers: SignedIn) -> list[Callable[[], Any]]:
    return each(workflow.sign_off, proposal.pk, by=signers, digest=proposal.text.digest)


def state_of(proposal: Proposal) -> str:
    return Proposal.objects.get(pk=proposal.pk).state


def live(proposal: Proposal) -> set[tuple[str, str]]:
    """The sides and people of the signatures that stand on the newest text."""
    newest = Proposal.objects.get(pk=proposal.pk).newest
    return set(SignOff.objects.live().filter(revision=newest).values_list("side", "signer__username"))


def events(proposal: Proposal, kind: str) -> int:
    return Event.objects.filter(proposal=proposal, kind=kind).count()


def assert_sound(number: int, *proposals: Proposal) -> None:
    """What must hold after every round: one version at most for each suggestion, and nothing the ledger denies.

    What the ledger denies it denies for good, so after the first rounds it is asked after every tenth, and in the end.
    """
    for proposal in proposals:
        is_published = state_of(proposal) == State.PUBLISHED
        assert Version.objects.filter(proposal=proposal).count() == is_published
        assert events(proposal, "version.published") == is_published
        if is_published:
            assert {side for side, _ in live(proposal)} == {"sales", "marketing"}
    if number < 5 or number % 10 == 0:
        assert list(verify()) == []


@pytest.fixture(autouse=True)
def _all_is_sound_in_the_end(runners: Racers) -> Iterator[None]:
    yield
    assert list(verify()) == []


def test_both_owners_at_once_make_one_version(table: Table, seated: SimpleNamespace, runners: Racers) -> None:
    everybody = (seated.sam, seated.mia, seated.sue, seated.max)
    for number in range(ROUNDS):
        proposal = table.lay(f"Campaign {number}")
        outcomes = runners.race(*signing(proposal, *everybody, *everybody))
        assert codes(outcomes) <= {"seat_taken", "wrong_state"}
        assert state_of(proposal) == State.PUBLISHED
        assert len(live(proposal)) == 2
        assert events(proposal, "sign_off.given") == 2
        assert_sound(number, proposal)


def test_a_signature_counts_for_the_text_it_was_given_on_or_for_none(
    table: Table, seated: SimpleNamespace, runners: Racers
) -> None:
    for number in range(ROUNDS):
        proposal = table.lay(f"Campaign {number}")
        table.sign(proposal, seated.sam)
        edits = [
            partial(
                workflow.revise,
                proposal.pk,
                by=again(seated.rep),
                content=world.draft_content(f"Campaign {number}", why=f"reason {place}"),
            )
            for place in range(4)
        ]
        outcomes = runners.race(*edits, *signing(proposal, seated.mia, seated.mia, seated.mia, seated.mia))
        edited, signed = outcomes[:4], outcomes[4:]
        is_published = state_of(proposal) == State.PUBLISHED
        assert bool(done(signed)) is is_published is not bool(done(edited))
        assert codes(edited) <= {"wrong_state"}
        assert codes(signed) <= {"digest_changed"}
        assert proposal.revisions.count() == 1 + len(done(edited))
        if is_published:
            assert Version.objects.get(proposal=proposal).digest == proposal.text.digest
        else:
            assert live(proposal) == set()
        assert_sound(number, proposal)


def test_of_two_suggestions_for_one_word_one_becomes_the_next_version(
    table: Table, seated: SimpleNamespace, runners: Racers
) -> None:
    term = table.publish("Campaign").term
    for number in range(ROUNDS):
        pair = [table.lay("Campaign", term=term.slug, why=f"{word} {number}") for word in ("because", "since")]
        for proposal in pair:
            table.sign(proposal, seated.sam)
        owners = (seated.mia, seated.max, seated.mia, seated.max)
        outcomes = runners.race(*signing(pair[0], *owners), *signing(pair[1], *owners))
        assert sorted(map(state_of, pair)) == [State.IN_REVIEW, State.PUBLISHED]
        loser = outcomes[:4] if state_of(pair[0]) == State.IN_REVIEW else outcomes[4:]
        assert done(loser) == []
        assert codes(loser) == {"base_moved"}
        assert codes(outcomes) <= {"base_moved", "wrong_state"}
        numbers = list(Version.objects.of(term.slug).order_by("published_at").values_list("number", flat=True))
        assert numbers == list(range(1, number + 3))
        assert InForce.objects.filter(term=term, until_at=None).count() == 1
        assert_sound(number, *pair)


def test_a_double_click_does_nothing_twice(table: Table, seated: SimpleNamespace, runners: Racers) -> None:
    for number in range(ROUNDS):
        name = f"Campaign {number}"
        opening = each(workflow.open_proposal, by=[seated.rep] * 8, content=world.draft_content(name))
        outcomes = runners.race(*opening)
        assert len(done(outcomes)) == 1
        assert codes(outcomes) == {"duplicate_name"}

        (proposal,) = done(outcomes)
        outcomes = runners.race(*each(workflow.submit, proposal.pk, by=[seated.rep] * 8))
        assert len(done(outcomes)) == 1
        assert codes(outcomes) == {"wrong_state"}

        table.sign(proposal, seated.sam)
        outcomes = runners.race(*signing(proposal, *[seated.mia] * 8))
        assert len({signature.pk for signature in done(outcomes)}) == 1
        assert codes(outcomes) == set()
        assert events(proposal, "sign_off.given") == 2
        assert state_of(proposal) == State.PUBLISHED
        assert_sound(number, proposal)


def test_sending_back_and_the_last_signature_are_never_both_accepted(
    table: Table, seated: SimpleNamespace, runners: Racers
) -> None:
    for number in range(ROUNDS):
        proposal = table.lay(f"Campaign {number}")
        table.sign(proposal, seated.sam)
        objectors = (seated.sue, seated.max, seated.sue, seated.max)
        objecting = each(
            workflow.send_back, proposal.pk, by=objectors, digest=proposal.text.digest, reason="this hurts"
        )
        outcomes = runners.race(*objecting, *signing(proposal, *[seated.mia] * 4))
        objected, signed = done(outcomes[:4]), done(outcomes[4:])
        assert codes(outcomes) <= {"wrong_state"}
        assert (len(objected), len(signed)) in {(1, 0), (0, 4)}
        assert Objection.objects.filter(revision__proposal=proposal).count() == len(objected)
        assert state_of(proposal) == (State.PUBLISHED if signed else State.DRAFT)
        assert signed or live(proposal) == set()
        assert_sound(number, proposal)


@pytest.mark.parametrize("removed", ["sam", "mia"], ids=["who signed before", "who is signing"])
def test_an_owner_removed_in_the_same_instant_has_signed_in_time_or_not_at_all(
    table: Table, seated: SimpleNamespace, runners: Racers, removed: str
) -> None:
    owner, colleague = getattr(seated, removed), {"sam": seated.sue, "mia": seated.max}[removed]
    ada, side = Console(seated.ada.user), owner.user.side_id
    for number in range(ROUNDS):
        proposal = table.lay(f"Campaign {number}")
        table.sign(proposal, seated.sam)
        removing = [partial(workflow.remove_owner, owner.user.pk, by=again(seated.ada)) for _ in range(4)]
        outcomes = runners.race(*removing, *signing(proposal, *[seated.mia] * 4))
        assert len(done(outcomes[:4])) == 1
        assert codes(outcomes[:4]) == {"wrong_state"}
        assert codes(outcomes[4:]) <= {"not_permitted"}
        if state_of(proposal) == State.PUBLISHED:
            assert live(proposal) == {("sales", "sam"), ("marketing", "mia")}
        else:
            assert state_of(proposal) == State.IN_REVIEW
            assert removed not in {signer for _, signer in live(proposal)}
        assert_sound(number, proposal)
        appointment = workflow.appoint_owner(owner.user.pk, by=ada, side=side)
        workflow.confirm_appointment(appointment.pk, by=again(colleague))


def test_of_two_words_that_take_one_name_one_gets_it(table: Table, seated: SimpleNamespace, runners: Racers) -> None:
    terms = [table.publish(name).term for name in ("Campaign", "Initiative")]
    for number in range(ROUNDS):
        names = [f"Push {number}", f"push-{number}"]
        pair = [table.lay(name, term=term.slug) for name, term in zip(names, terms, strict=True)]
        for proposal in pair:
            table.sign(proposal, seated.sam)
        outcomes = runners.race(*signing(pair[0], *[seated.mia] * 4), *signing(pair[1], *[seated.mia] * 4))
        assert sorted(map(state_of, pair)) == [State.IN_REVIEW, State.PUBLISHED]
        loser = pair[0] if state_of(pair[0]) == State.IN_REVIEW else pair[1]
        assert codes(outcomes) == {"duplicate_name"}
        assert len(done(outcomes)) == 4
        assert live(loser) == {("sales", "sam")}, "the completing signature is not kept"
        assert NameClaim.objects.filter(folded=f"push{number}").count() == 1
        workflow.withdraw(loser.pk, by=again(seated.rep))
        assert_sound(number, *pair)


def test_a_side_added_in_the_same_instant_signs_too_or_comes_too_late(
    table: Table, seated: SimpleNamespace, runners: Racers
) -> None:
    for number in range(min(ROUNDS, 20)):
        proposal = table.lay(f"Campaign {number}")
        table.sign(proposal, seated.sam)
        adding = [
            partial(workflow.add_side, f"side-{number}", by=again(seated.ada), name=f"Side {number}") for _ in range(4)
        ]
        outcomes = runners.race(*adding, *signing(proposal, *[seated.mia] * 4))
        assert len(done(outcomes)) == 5
        assert codes(outcomes[:4]) == {"conflict"}
        (side,) = done(outcomes[:4])
        if state_of(proposal) == State.PUBLISHED:
            added = Event.objects.get(kind="side.added", side=side)
            assert Event.objects.get(kind="version.published", proposal=proposal).seq < added.seq
        else:
            workflow.withdraw(proposal.pk, by=again(seated.rep))
        workflow.remove_seat(side.key, by=again(seated.ada))
        assert_sound(number, proposal)


def test_a_free_for_all_leaves_everything_in_order(table: Table, seated: SimpleNamespace, runners: Racers) -> None:
    allowed = {"wrong_state", "digest_changed", "base_moved", "seat_taken", "objection_stands", "not_permitted"}
    term = table.publish("Campaign").term
    for number in range(ROUNDS):
        proposal = table.lay("Campaign", term=term.slug, why=f"reason {number}")
        digest, pk = proposal.text.digest, proposal.pk
        outcomes = runners.race(
            *signing(proposal, seated.sam, seated.mia, seated.max),
            partial(workflow.take_back, pk, by=again(seated.sam)),
            partial(workflow.send_back, pk, by=again(seated.sue), digest=digest, reason="this hurts"),
            partial(workflow.decline, pk, by=again(seated.max), reason="not now"),
            partial(workflow.withdraw, pk, by=again(seated.rep)),
            partial(workflow.comment_on_proposal, pk, by=again(seated.mark), text="well"),
        )
        assert codes(outcomes) <= allowed
        ends = events(proposal, "proposal.declined") + events(proposal, "proposal.withdrawn")
        assert ends + Version.objects.filter(proposal=proposal).count() <= 1
        assert_sound(number, proposal)


def test_of_all_owners_who_answer_a_concern_one_of_each_side_does(
    table: Table, seated: SimpleNamespace, runners: Racers
) -> None:
    slug = table.publish("Campaign").term.slug
    everybody = (seated.sam, seated.mia, seated.sue, seated.max)
    for _ in range(ROUNDS):
        concern = workflow.raise_concern(slug, by=again(seated.rep), text="It hurts.")
        outcomes = runners.race(*each(workflow.answer_concern, concern.pk, by=everybody * 2, text="We see it too."))
        assert codes(outcomes) <= {"seat_taken", "wrong_state"}
        assert {answer.side_id for answer in done(outcomes)} == {"marketing", "sales"}
        assert concern.answers.count() == 2, "whoever sent it twice gave it once"
        assert Concern.objects.get(pk=concern.pk).settled_at is not None
    assert list(verify()) == []


def test_a_sponsor_who_sends_a_ruling_twice_records_one(table: Table, seated: SimpleNamespace, runners: Racers) -> None:
    workflow.name_sponsor(seated.ada.user.pk, by=Console(seated.ada.user))
    ruling = {"text": "Count both.", "reasons": "One number.", "expires_at": timezone.now() + timedelta(days=9)}
    for number in range(ROUNDS):
        proposal = table.lay(f"Campaign {number}")
        for why in ("Once.", "Twice."):
            workflow.send_back(proposal.pk, by=again(seated.mia), digest=proposal.text.digest, reason=why)
            workflow.withdraw_objection(proposal.pk, by=again(seated.mia))
            workflow.submit(proposal.pk, by=again(seated.rep))
        outcomes = runners.race(*each(workflow.record_ruling, proposal.pk, by=[seated.ada] * 8, **ruling))
        assert codes(outcomes) == {"wrong_state"} and len(done(outcomes)) == 1
    assert list(verify()) == []


def test_an_empty_registry_is_set_up_by_one(runners: Racers) -> None:
    def found(number: int) -> object:
        people = [workflow.Newcomer("Ada", str(n), f"{n}@example.com", f"ada{n}") for n in (number, number + 100)]
        return workflow.found(
            people[0],
            code=workflow.setup_code(),
            password="a long pass phrase",
            time_zone="UTC",
            sides={"sales": "Sales", "marketing": "Marketing"},
            owners={"sales": None, "marketing": people[1]},
        )

    outcomes = runners.race(*[partial(found, number) for number in range(8)])
    assert codes(outcomes) == {"wrong_state"} and len(done(outcomes)) == 1
    assert User.objects.filter(is_staff=True).count() == 1 and User.objects.count() == 2
    assert list(verify()) == []
