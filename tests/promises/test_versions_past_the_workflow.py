"""A version inserted past the workflow is looked at by the database itself: each guard alone refuses its own lie."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import Delegation, Role, Side, User
from glossary.models import Proposal, Revision, SignOff, State, Term, Version
from glossary.models.final import GUARDS
from glossary.policy import Console
from glossary.workflow import raise_word
from tests.unchanged import everything

pytestmark = pytest.mark.django_db

Values = dict[str, Any]


class Scene:
    """A text in review on the word Push, signed for both sides by rows put in by hand, and the version it would be."""

    def __init__(self, history: SimpleNamespace) -> None:
        self.people, self.desk = history.people, history.desk
        self.term = Term.objects.get(slug="push")
        self.proposal = self.desk.submit("Marketing Campaign", term="push", why="A third reason.")
        self.signatures = {side: self.signed(signer, side) for side, signer in self._owners().items()}

    def _owners(self) -> dict[str, User]:
        return {"sales": self.people.sam, "marketing": self.people.mia}

    def signed(self, signer: User, side: str, **other: Any) -> SignOff:
        text = Proposal.objects.get(pk=self.proposal.pk).text
        values = {"revision": text, "side_id": side, "signer": signer, "digest": text.digest, "at": timezone.now()}
        row: SignOff = SignOff.objects.create(**values | other)
        return row

    def without(self, side: str) -> None:
        """The signature as if it had never been given: voided, which the guards allow once."""
        row = self.signatures[side]
        row.voided_at, row.voided_by, row.void_reason = timezone.now(), row.signer, "taken_back"
        row.save(update_fields=["voided_at", "voided_by", "void_reason"])

    def version(self) -> Values:
        proposal = Proposal.objects.get(pk=self.proposal.pk)
        now = timezone.now()
        return {
            "term_id": self.term.pk,
            "number": 1 + Version.objects.filter(term=self.term).count(),
            "proposal_id": proposal.pk,
            "revision_id": proposal.text.pk,
            "digest": proposal.text.digest,
            "seats": "[]",
            "published_at": now,
            "in_force_from": now,
        }


def by_model(values: Values) -> None:
    Version.objects.create(**values)


def in_bulk(values: Values) -> None:
    Version.objects.bulk_create([Version(**values)])


def by_sql(values: Values) -> None:
    row = Version(**values)
    fields = [field for field in Version._meta.concrete_fields if not field.primary_key]
    names = ", ".join(field.column for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO glossary_version ({names}) VALUES ({marks})",
            [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields],
        )


DOORS = {"the model": by_model, "a bulk insert": in_bulk, "plain SQL": by_sql}
ON_INSERT = [
    guard for guard in GUARDS if guard.table == "glossary_version" and guard.act == "insert" and not guard.only_on
]


def leave_only(name: str) -> None:
    """Take the other guards of the insert away, so that this one has to hold alone."""
    connection.check_constraints()  # PostgreSQL drops no trigger of a table with deferred checks outstanding
    on = "" if connection.vendor == "sqlite" else " ON glossary_version"
    with connection.cursor() as cursor:
        for guard in ON_INSERT:
            if guard.name != name:
                cursor.execute(f"DROP TRIGGER {guard.name}{on}")


# What is wrong in each story. A story may change the scene, and returns the columns to lie about.

Story = Callable[[Scene], Values]
STORIES: dict[str, tuple[str, Story]] = {}


def refused_by(guard: str) -> Callable[[Story], Story]:
    def note(story: Story) -> Story:
        STORIES[story.__name__] = (guard, story)
        return story

    return note


def _person(user: User, **values: Any) -> Values:
    User.objects.filter(pk=user.pk).update(**values)
    return {}


def _lent_to_rep(scene: Scene, **loan: Any) -> Values:
    """Sam's signature gives way to one by Rep on a loan of other dates or people."""
    Delegation.objects.all().delete()
    scene.without("sales")
    now = timezone.now()
    dates = {
        "given_at": now - timedelta(days=2),
        "starts_at": now - timedelta(days=2),
        "ends_at": now + timedelta(days=2),
    }
    people = {"owner": scene.people.sam, "delegate": scene.people.rep, "side_id": "sales"}
    Delegation.objects.create(**dates | people | loan)
    scene.signed(scene.people.rep, "sales", acting_for=loan.get("owner", scene.people.sam))
    return {}


@refused_by("every_seat_is_filled")
def nobody_signed(scene: Scene) -> Values:
    scene.without("sales")
    scene.without("marketing")
    return {}


@refused_by("every_seat_is_filled")
def marketing_did_not_sign(scene: Scene) -> Values:
    scene.without("marketing")
    return {}


@refused_by("every_seat_is_filled")
def sales_signed_another_digest(scene: Scene) -> Values:
    scene.without("sales")
    scene.signed(scene.people.sam, "sales", digest="0" * 64)
    return {}


@refused_by("every_seat_is_filled")
def sales_signed_the_text_before(scene: Scene) -> Values:
    old = scene.signatures["sales"]
    _newer_text(scene)
    scene.signed(scene.people.mia, "marketing")
    assert old.voided_at is None
    return {}


@refused_by("every_seat_is_filled")
def the_signer_was_demoted(scene: Scene) -> Values:
    return _person(scene.people.sam, role=Role.MEMBER)


@refused_by("every_seat_is_filled")
def the_signer_was_deactivated(scene: Scene) -> Values:
    return _person(scene.people.mia, is_active=False)


@refused_by("every_seat_is_filled")
def the_signer_went_to_the_other_side(scene: Scene) -> Values:
    return _person(scene.people.sam, side_id="marketing")


@refused_by("every_seat_is_filled")
def a_member_signed(scene: Scene) -> Values:
    scene.without("marketing")
    scene.signed(scene.people.mark, "marketing")
    return {}


@refused_by("every_seat_is_filled")
def an_administrator_signed(scene: Scene) -> Values:
    scene.without("sales")
    scene.signed(scene.people.ada, "sales")
    return {}


@refused_by("every_seat_is_filled")
def the_loan_was_over(scene: Scene) -> Values:
    return _lent_to_rep(scene, ends_at=timezone.now() - timedelta(seconds=1))


@refused_by("every_seat_is_filled")
def the_loan_began_after_the_signature(scene: Scene) -> Values:
    now = timezone.now()
    _lent_to_rep(scene, starts_at=now + timedelta(hours=1))
    return {"published_at": now + timedelta(hours=2), "in_force_from": now + timedelta(hours=2)}


@refused_by("every_seat_is_filled")
def the_loan_was_taken_back(scene: Scene) -> Values:
    return _lent_to_rep(scene, revoked_at=timezone.now())


@refused_by("every_seat_is_filled")
def the_lender_is_no_owner(scene: Scene) -> Values:
    _lent_to_rep(scene)
    return _person(scene.people.sam, role=Role.MEMBER)


@refused_by("every_seat_is_filled")
def the_lender_is_of_the_other_side(scene: Scene) -> Values:
    return _lent_to_rep(scene, owner=scene.people.mia)


@refused_by("every_seat_is_filled")
def a_third_side_was_added(scene: Scene) -> Values:
    Side.objects.filter(key="product").update(has_seat=True)
    return {}


@refused_by("one_person_one_seat")
def the_same_person_signed_twice(scene: Scene) -> Values:
    scene.without("marketing")
    connection.check_constraints()
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX one_live_sign_off_per_person_and_revision")
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER no_replace_glossary_signoff")
    scene.signed(scene.people.sam, "marketing")
    return {}


@refused_by("only_the_newest_text")
def the_digest_is_another(scene: Scene) -> Values:
    return {"digest": "0" * 64}


@refused_by("only_the_newest_text")
def the_text_has_a_newer_one(scene: Scene) -> Values:
    old = scene.version()
    _newer_text(scene)
    return {"revision_id": old["revision_id"], "digest": old["digest"]}


@refused_by("only_the_newest_text")
def the_text_is_of_another_suggestion(scene: Scene) -> Values:
    other = scene.desk.submit("Marketing Campaign", term="push", why="A fourth reason.")
    return {"proposal_id": other.pk}


@refused_by("only_the_newest_text")
def the_word_is_another(scene: Scene) -> Values:
    raised = raise_word("Seminar", by=Console(scene.people.ada))
    return {"term_id": raised.pk, "number": 1}


@refused_by("only_the_newest_text")
def the_suggestion_is_a_draft(scene: Scene) -> Values:
    return _stands(scene, State.DRAFT)


@refused_by("only_the_newest_text")
def the_suggestion_was_declined(scene: Scene) -> Values:
    return _stands(scene, State.DECLINED)


@refused_by("only_the_newest_text")
def the_suggestion_was_withdrawn(scene: Scene) -> Values:
    return _stands(scene, State.WITHDRAWN)


@refused_by("onto_the_latest_version")
def the_number_leaves_a_gap(scene: Scene) -> Values:
    return {"number": scene.version()["number"] + 1}


@refused_by("onto_the_latest_version")
def the_number_is_one_again(scene: Scene) -> Values:
    return {"number": 1}


@refused_by("onto_the_latest_version")
def another_version_came_in_between(scene: Scene) -> Values:
    scene.desk.publish("Marketing Campaign", term="push", why="A fifth reason.")
    return {}


@refused_by("time_goes_forward")
def it_was_published_before_the_last_one(scene: Scene) -> Values:
    earlier = timezone.now() - timedelta(days=1)
    return {"published_at": earlier, "in_force_from": timezone.now()}


@refused_by("time_goes_forward")
def it_was_in_force_before_it_was_published(scene: Scene) -> Values:
    return {"in_force_from": timezone.now() - timedelta(days=1)}


def _stands(scene: Scene, state: State) -> Values:
    Proposal.objects.filter(pk=scene.proposal.pk).update(state=state)
    return {}


def _newer_text(scene: Scene) -> None:
    old = Revision.objects.get(proposal=scene.proposal)
    newer = Revision(
        proposal=scene.proposal, number=2, text=old.text, digest="1" * 64, base=old.base, author=old.author, at=old.at
    )
    newer.save(force_insert=True)
    Proposal.objects.filter(pk=scene.proposal.pk).update(newest=newer)


@pytest.mark.parametrize("door", ["the model", "plain SQL"])
@pytest.mark.parametrize("story", STORIES)
def test_each_guard_refuses_its_own_lie_alone(history: SimpleNamespace, story: str, door: str) -> None:
    guard, tell = STORIES[story]
    scene = Scene(history)
    values = scene.version()
    leave_only(guard)
    wrong = tell(scene)
    values = scene.version() | {"number": values["number"]} | wrong
    before = everything()
    with pytest.raises(IntegrityError, match=guard), transaction.atomic():
        DOORS[door](values)
    assert everything() == before


@pytest.mark.parametrize("door", DOORS)
def test_what_both_sides_signed_is_let_in(history: SimpleNamespace, door: str) -> None:
    values = Scene(history).version()
    DOORS[door](values)
    assert Version.objects.filter(term__slug="push").latest("number").number == values["number"]


def test_a_loan_that_covers_signature_and_publication_is_let_in(history: SimpleNamespace) -> None:
    scene = Scene(history)
    _lent_to_rep(scene)
    by_sql(scene.version())


def test_every_guard_of_the_insert_has_its_lie() -> None:
    assert {guard for guard, _ in STORIES.values()} == {guard.name for guard in ON_INSERT}
