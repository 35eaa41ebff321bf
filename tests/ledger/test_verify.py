"""A registry as people left it verifies clean; whatever somebody alters past its guards is noticed and named."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from io import StringIO
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest
import time_machine
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, models, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Appointment, Delegation, Side, Sponsorship, User
from glossary import ledger, workflow
from glossary.ledger.chain import event_hash
from glossary.ledger.verifying import Fault, head, verify
from glossary.models import (
    Comment,
    Concern,
    ConcernAnswer,
    CriterionInForce,
    Event,
    ImpactReport,
    InForce,
    Installation,
    LedgerHead,
    MappingInForce,
    Name,
    NameClaim,
    NameLikeness,
    Objection,
    Proposal,
    Reaffirmation,
    Renewal,
    Revision,
    Ruling,
    Salt,
    SearchEntry,
    SearchWord,
    SignOff,
    Term,
    Version,
    WordLikeness,
)
from tests.conftest import SOAKING
from tests.world import acting

pytestmark = pytest.mark.django_db

# Columns that nothing signed or decided rests on, and why verify leaves them to others.
NOT_COVERED = {
    "User": {
        "password": "the person's own; changes with every new password",
        "last_login": "moves with every sign-in",
        "date_joined": "decides nothing",
        "is_superuser": "rank never signs",
        "is_staff": "given by administrators, audited by simple-history; rank never signs",
        "username": "the person's own, audited by simple-history; versions keep the name as it was",
        "first_name": "as the user name",
        "last_name": "as the user name",
        "email": "as the user name",
        "time_zone": "decides nothing",
        "theme": "decides nothing",
        "away_until": "who is asked; decides nothing about who may sign",
    },
    "Side": {"position": "the order on the page"},
    "LedgerHead": {"id": "a constraint lets no other value in"},
    "Installation": {"id": "a constraint lets no other value in"},
    "Salt": {"id": "a number of our own that nothing points to"},
    "NameClaim": {"id": "a number of our own that nothing points to"},
    "InForce": {"id": "a number of our own that nothing points to"},
    "CriterionInForce": {"id": "a number of our own that nothing points to"},
    "ImpactReport": {"id": "a number of our own that nothing points to"},
    "Renewal": {"id": "a number of our own that nothing points to"},
    "Name": {"id": "a number of our own that nothing points to"},
    "MappingInForce": {"id": "a number of our own that nothing points to"},
    "NameLikeness": {"id": "a number of our own that nothing points to"},
    "WordLikeness": {"id": "a number of our own that nothing points to"},
    "SearchWord": {
        "id": "a number of our own that nothing points to",
        "in_name": "no word loses it; one that has it too early is offered more readily, and no answer is wrong",
    },
}
# Tables that say nothing about what was agreed.
NOT_LOOKED_AT = {
    "Holiday": "when nobody works; audited by simple-history, and nothing signed rests on it",
    "GroupPlace": "what groups gave last, which decides only whether they may take it",
    "IdempotencyKey": "answers kept for callers",
    "Announcement": "which versions a worker has said to take effect; the events tell it, and are compared themselves",
    "Attempt": "the log of deliveries; nothing that was signed rests on it",
    "Endpoint": "where tools are told; audited by simple-history",
    "Message": "who is to be told of what; nothing that was signed rests on it",
    "Reminder": "who was reminded when; nothing that was signed rests on it",
    "Notifications": "how a person is told; decides nothing",
    "LastLook": "what a person saw last; nothing that was signed rests on it",
    "LookupCount": "who uses what; nothing that was signed rests on it",
    "ImpactUpload": "records on trial, gone when their suggestion ends; what was signed rests on the report on them",
    "Watch": "who wants to be told of a word; decides nothing",
    "UnsentForm": "what somebody is typing; nobody has kept or signed it",
    "Token": "keys of tools; audited by simple-history",
    "WorkingCalendar": "as the holidays",
}


AnyField = "models.Field[Any, Any]"


class Row(NamedTuple):
    """How verify names a row of a model."""

    model: type[models.Model]
    name: Callable[[Any], str]


ROWS = [
    Row(Term, lambda row: "word"),
    Row(Proposal, lambda row: f"suggestion {row.pk}"),
    Row(Revision, lambda row: f"suggestion {row.proposal_id}"),
    Row(SignOff, lambda row: f"signature {row.pk}"),
    Row(ImpactReport, lambda row: f"suggestion {row.revision.proposal_id}"),
    Row(Objection, lambda row: f"objection {row.pk}"),
    Row(Version, lambda row: f"version {row.number}"),
    Row(Reaffirmation, lambda row: f"reaffirmation {row.pk}"),
    Row(Renewal, lambda row: f"version {row.version.number}"),
    Row(NameClaim, lambda row: "claimed names"),
    Row(InForce, lambda row: "in force"),
    Row(CriterionInForce, lambda row: "criteria"),
    Row(MappingInForce, lambda row: "mapping"),
    Row(Name, lambda row: "names"),
    Row(SearchEntry, lambda row: "search"),
    Row(SearchWord, lambda row: "search"),
    Row(NameLikeness, lambda row: "likeness"),
    Row(WordLikeness, lambda row: "likeness"),
    Row(Comment, lambda row: f"comment {row.pk}"),
    Row(Concern, lambda row: f"concern {row.pk}"),
    Row(ConcernAnswer, lambda row: f"answer {row.pk}"),
    Row(Ruling, lambda row: f"ruling {row.pk}"),
    Row(Event, lambda row: f"event {row.pk}"),
    Row(LedgerHead, lambda row: "head"),
    Row(Salt, lambda row: ""),
    Row(Installation, lambda row: "installation"),
    Row(Side, lambda row: f"side {row.pk}"),
    Row(User, lambda row: f"person {row.pk}"),
    Row(Appointment, lambda row: f"appointment {row.pk}"),
    Row(Delegation, lambda row: f"delegation {row.pk}"),
    Row(Sponsorship, lambda row: f"sponsorship {row.pk}"),
]

COLUMNS = [
    pytest.param(row, field, id=f"{row.model.__name__}.{field.attname}")
    for row in ROWS
    for field in row.model._meta.concrete_fields
    if field.attname not in NOT_COVERED.get(row.model.__name__, {})
]


def faults(**options: Any) -> list[Fault]:
    return list(verify(**options))


@contextmanager
def undone() -> Iterator[None]:
    """What happens meanwhile is undone."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def others(field: AnyField, value: Any) -> Iterator[Any]:
    """Other values for a column, plausible ones first."""
    if field.null:
        yield None
    if isinstance(field, models.ForeignKey):
        yield from field.related_model._base_manager.exclude(pk=value).order_by("-pk").values_list("pk", flat=True)
        yield from [987_654] if isinstance(value, int) else []  # where each of the others has its one row already
    elif isinstance(field, models.BooleanField):
        yield not value
    elif isinstance(field, models.DateTimeField):
        yield (value or datetime.fromisoformat("2030-01-02T03:04:05+00:00")) + timedelta(microseconds=1)
    elif isinstance(field, models.JSONField):
        yield ["another"]
    elif isinstance(field, models.CharField | models.TextField):
        yield from (choice for choice, _ in field.flatchoices if choice != value)
        yield f"{value}x"[-(field.max_length or 10_000) :]
    else:
        yield (value or 0) + 4711


def alter(row: models.Model, field: AnyField) -> bool:
    """Give the column another value, in plain SQL. False when constraints let none in."""
    for value in others(field, getattr(row, field.attname)):
        if value == getattr(row, field.attname):
            continue
        try:
            with transaction.atomic():
                models.QuerySet(type(row)).filter(pk=row.pk).update(**{field.attname: value})
            return True
        except IntegrityError:
            continue
    return False


def is_noticed(row: Row, it: Any, field: AnyField) -> bool:
    """Alter one column of one row and look until it is named. False when the column could not be altered."""
    with undone():
        if not alter(it, field):
            return False
        named = "" if field.primary_key else row.name(it)
        instead: list[str] = []
        for fault in verify():
            if fault.row.startswith(named):
                return True
            instead.append(str(fault))
    raise AssertionError(f"{it!r}: {instead}")


def test_what_people_did_verifies_clean(history: SimpleNamespace) -> None:
    assert [str(fault) for fault in faults()] == []


def test_every_word_verifies_clean_alone(history: SimpleNamespace) -> None:
    for slug in Term.objects.values_list("slug", flat=True):
        assert faults(term=slug) == []


def test_its_queries_do_not_grow_with_the_words(history: SimpleNamespace) -> None:
    more_is_said_of("Cohort", history)
    few = queries_of_verify()
    for name in ("Retention", "Lifetime", "Payback"):
        more_is_said_of(name, history)
    assert queries_of_verify() == few < 100


def more_is_said_of(name: str, history: SimpleNamespace) -> None:
    """A word that links to others is agreed, commented on, complained of, and to be changed."""
    desk, people = history.desk, history.people
    word = desk.publish(name, definition="Not a [[push]], nor [[warm-contact]].", aliases=[f"{name}s"]).term
    workflow.comment_on_term(word.slug, by=acting(people.rep), text="Count it.")
    workflow.raise_concern(word.slug, by=acting(people.mark), text="This hurts.")
    desk.sign(desk.submit(name, term=word.slug, why="Because."), people.mia)


def queries_of_verify() -> int:
    with CaptureQueriesContext(connection) as asked:
        assert faults() == []
    return len(asked)


@pytest.fixture
def few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """As few words are read together as in a registry that has many more."""
    monkeypatch.setattr("glossary.ledger.gathering.WORDS_AT_ONCE", 2)


def test_words_read_in_many_turns_are_all_looked_at(history: SimpleNamespace, few_at_once: None) -> None:
    heard: list[int] = []
    assert list(verify(tell=lambda part, done: heard.append(done) if part == "words" else None)) == []
    assert heard == list(range(1, Term.objects.count() + 1))
    models.QuerySet(Term).update(note="Altered.")
    named = [fault.term for fault in faults()]
    assert named == list(Term.objects.order_by("pk").values_list("slug", flat=True))


def test_a_row_moved_to_another_word_is_still_compared_with_its_event(
    history: SimpleNamespace, few_at_once: None
) -> None:
    said = Comment.objects.order_by("pk")[0]
    elsewhere = Term.objects.latest("pk")
    models.QuerySet(Comment).filter(pk=said.pk).update(term=elsewhere)
    assert [str(fault) for fault in faults()] == [
        f"{elsewhere.slug} · comment {said.pk}: word is not what its event says"
    ]


def test_an_event_that_tells_of_the_row_of_another_word_is_noticed_there(
    history: SimpleNamespace, few_at_once: None
) -> None:
    said = Comment.objects.filter(blanked_at=None).order_by("pk")[0]
    with ledger.locked() as end:
        by = acting(history.people.rep)
        end.record("comment.blanked", by=by, term=Term.objects.latest("pk"), comment=said.pk)
    assert [fault for fault in faults() if fault.row == f"comment {said.pk}"] == [
        Fault(said.term.slug, f"comment {said.pk}", "blanked at is not what its event says"),
        Fault(said.term.slug, f"comment {said.pk}", "has a text, though it was removed"),
    ]


def test_a_damaged_text_is_named_though_another_word_links_to_it(history: SimpleNamespace) -> None:
    """The projection of the other word holds the name that nobody can read any more."""
    history.desk.publish("Funnel", term="funnel", definition="Ends in a [[push]].")
    text = Revision.objects.filter(version__term__slug="push").latest("pk")
    models.QuerySet(Revision).filter(pk=text.pk).update(text="{")
    assert first() == (
        f"push · suggestion {text.proposal_id}, text {text.number}: the text is not the one its digest names"
    )


def test_every_table_is_covered_or_says_why_not() -> None:
    kept = [model for label in ("accounts", "glossary") for model in apps.get_app_config(label).get_models()]
    known = {row.model.__name__ for row in ROWS} | set(NOT_LOOKED_AT)
    assert {model.__name__ for model in kept if not model.__name__.startswith("Historical")} == known


@pytest.mark.any_engine
@pytest.mark.parametrize(("row", "field"), COLUMNS)
def test_a_column_altered_is_noticed_and_its_row_named(history: SimpleNamespace, row: Row, field: AnyField) -> None:
    assert any(is_noticed(row, it, field) for it in row.model._base_manager.order_by("pk"))


@pytest.mark.slow
@pytest.mark.any_engine
@pytest.mark.parametrize(("row", "field"), COLUMNS if SOAKING else COLUMNS[::5])
def test_it_is_noticed_on_early_and_late_rows_alike(history: SimpleNamespace, row: Row, field: AnyField) -> None:
    """The earliest one is altered above; here the latest, and at full size every one."""
    rows = list(row.model._base_manager.order_by("-pk"))
    for it in rows if SOAKING else rows[:1]:
        is_noticed(row, it, field)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.model.__name__)
def test_a_row_deleted_is_noticed(history: SimpleNamespace, row: Row) -> None:
    rows = list(row.model._base_manager.order_by("pk"))
    for it in {rows[0], rows[-1]}:
        with undone():
            gone = models.QuerySet(row.model).filter(pk=it.pk)
            gone._raw_delete(gone.db)  # type: ignore[attr-defined]
            assert next(verify(), None), f"{it!r}"


def first(**options: Any) -> str:
    return str(next(verify(**options)))


def test_an_event_more_is_noticed(history: SimpleNamespace) -> None:
    end = LedgerHead.objects.get()
    event = Event(
        seq=end.seq + 1, kind="comment.written", at=end.at, actor=history.people.rep, data="{}", previous=end.hash
    )
    event.hash = event_hash(event)
    event.save(force_insert=True)
    assert [str(fault) for fault in faults()][:2] == [
        f"registry · event {event.seq}: does not tell what its kind tells",
        "registry · head: is not the end of the chain",
    ]


def test_an_event_in_the_middle_taken_out_is_noticed(history: SimpleNamespace) -> None:
    with undone():  # with rows that still point to it
        rows = models.QuerySet(Event).filter(seq=20)
        rows._raw_delete(rows.db)  # type: ignore[attr-defined]
        assert first() == "registry · event 21: event 20 should stand here"


def cut_the_tail(events: int) -> None:
    """Take the last events away and move the end of the ledger back, as somebody would who knows how."""
    gone = models.QuerySet(Event).filter(seq__gt=Event.objects.count() - events)
    models.QuerySet(Salt).filter(event__in=gone).delete()
    gone._raw_delete(gone.db)  # type: ignore[attr-defined]
    last = Event.objects.latest("seq")
    models.QuerySet(LedgerHead).update(seq=last.seq, hash=last.hash, at=last.at)


def test_a_tail_cut_off_is_noticed_by_whoever_kept_a_head(history: SimpleNamespace) -> None:
    remark = workflow.comment_on_term("push", by=acting(history.people.rep), text="Soon gone.")
    kept = head()
    seq = kept.split(":")[0]
    cut_the_tail(1)
    models.QuerySet(Comment).filter(pk=remark.pk).delete()
    assert faults() == []
    assert [str(fault) for fault in faults(since=kept)] == [
        f"registry · event {seq}: is missing or another one than when this head was printed"
    ]


def test_a_chain_written_anew_is_noticed_by_whoever_kept_a_head(history: SimpleNamespace) -> None:
    kept = head()
    previous = ""
    for event in Event.objects.order_by("seq"):
        if event.kind == "comment.written":
            event.via = "Nobody"
        event.previous = previous or event.previous
        previous = event.hash = event_hash(event)
        values = {"via": event.via, "previous": event.previous, "hash": event.hash}
        models.QuerySet(Event).filter(pk=event.pk).update(**values)
    models.QuerySet(LedgerHead).update(hash=previous)
    assert not any("chain" in str(fault) or "hash" in str(fault) for fault in faults())
    assert "when this head was printed" in first(since=kept)


@pytest.mark.parametrize("since", ["0:nothing", "x", "99999:" + "0" * 64, "5"])
def test_a_head_that_never_was_is_noticed(history: SimpleNamespace, since: str) -> None:
    assert "is missing or another one than when this head was printed" in first(since=since)


def test_an_earlier_head_is_found_again_after_more_has_happened(history: SimpleNamespace) -> None:
    kept = head()
    workflow.raise_word("Later", by=acting(history.people.rep))
    assert faults(since=kept) == []


def test_a_version_put_in_by_hand_is_noticed(history: SimpleNamespace) -> None:
    """Somebody takes the guards down and publishes what only sales has signed."""
    proposal = Proposal.objects.get(term__slug="demo-request")
    models.QuerySet(Proposal).filter(pk=proposal.pk).update(state="published")
    at = proposal.opened_at
    values = {"revision": proposal.text, "digest": proposal.text.digest, "published_at": at, "in_force_from": at}
    Version.objects.create(term=proposal.term, number=1, proposal=proposal, seats="[]", **values)
    said = {(fault.term, fault.row, fault.sentence) for fault in faults()}
    assert ("demo-request", "version 1", "no event tells of it") in said


def test_a_version_put_in_with_an_event_of_its_own_is_noticed_too(history: SimpleNamespace) -> None:
    """Whoever can run Python can also write events; what they cannot write is the missing signature."""
    proposal = Proposal.objects.get(term__slug="demo-request")
    with ledger.locked() as end:
        facts = {"version": 1, "revision": 1, "digest": proposal.text.digest, "base": None, "seats_digest": ""}
        event = end.record("version.published", by=acting(history.people.mia), proposal=proposal, **facts)
    assert first() == (
        f"registry · event {event.seq}: was published while a seat was not filled by somebody who could then"
    )


def test_a_signature_by_somebody_who_could_not_is_noticed_though_its_event_was_written(
    history: SimpleNamespace,
) -> None:
    """Roles set by hand for a moment fool the write path, not the events."""
    proposal = history.desk.submit("Seminar")
    User.objects.filter(pk=history.people.mark.pk).update(role="owner")
    history.desk.sign(proposal, history.people.mark)
    User.objects.filter(pk=history.people.mark.pk).update(role="member")
    seq = Event.objects.latest("seq").seq
    assert first() == f"registry · event {seq}: by somebody who did not speak for that side then"


def test_an_owner_installed_beside_another_without_confirmation_is_noticed(history: SimpleNamespace) -> None:
    User.objects.filter(pk=history.people.sam.pk).update(role="member")  # past the seating actions, so nobody is asked
    appointment = workflow.appoint_owner(history.people.sue.pk, by=acting(history.people.ada), side="sales")
    assert appointment.state == "confirmed"
    assert first().endswith("made somebody an owner, though the side had one who would have had to confirm")


def test_a_ruling_by_somebody_who_was_not_the_sponsor_is_noticed(history: SimpleNamespace) -> None:
    """The sponsorship is changed by hand for a moment, and the row is put back."""
    disputed = history.desk.submit("Seminar")
    mine = Sponsorship.objects.standing()
    with time_machine.travel(timezone.now() + timedelta(days=40)):
        mine.update(user=history.people.mark)
        said = {"text": "So be it.", "reasons": "Because.", "expires_at": timezone.now() + timedelta(days=2)}
        workflow.record_ruling(disputed.pk, by=acting(history.people.mark), **said)
        mine.update(user=history.people.ada)
    assert first() == f"registry · event {Event.objects.latest('seq').seq}: by somebody who was not the sponsor then"


# The command


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("verify", *arguments, stdout=out, stderr=StringIO())
    return out.getvalue().strip()


def test_the_command_says_that_all_is_well_and_where_the_ledger_ends(history: SimpleNamespace) -> None:
    assert run().endswith(f"Everything is as it was signed. Head: {head()}")


def test_the_command_prints_the_head_alone(history: SimpleNamespace) -> None:
    assert run("--export-head") == head()


def test_the_command_takes_the_head_it_printed(history: SimpleNamespace) -> None:
    assert "as it was signed" in run("--since", run("--export-head"))


def test_the_command_names_the_first_fault_and_ends_with_one(history: SimpleNamespace) -> None:
    first = SignOff.objects.order_by("pk")[0].pk
    models.QuerySet(SignOff).filter(pk=first).update(reservation="Under protest.")
    with pytest.raises(CommandError, match=rf"funnel · signature {first}: reservation is not what its event") as caught:
        run()
    assert caught.value.returncode == 1


def test_the_command_looks_at_one_word_when_asked(history: SimpleNamespace) -> None:
    models.QuerySet(Term).filter(slug="ghosting").update(note="Nobody says it.")
    assert "as it was signed" in run("--term", "push")
    with pytest.raises(CommandError, match="ghosting · word: note"):
        run("--term", "ghosting")


def test_the_command_knows_when_there_is_no_such_word(history: SimpleNamespace) -> None:
    with pytest.raises(CommandError, match="nowhere · word: there is none with this address"):
        run("--term", "nowhere")


def test_projections_that_went_astray_are_named_and_rebuilt(history: SimpleNamespace) -> None:
    InForce.objects.filter(term__slug="push").update(name="Pull")
    Name.objects.filter(term__slug="push").delete()
    assert {fault.row for fault in faults()} == {"in force", "names"}
    call_command("rebuild", stdout=StringIO(), stderr=StringIO())
    assert faults() == []
