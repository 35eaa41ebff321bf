"""The same over HTTP, against several server processes: whoever loses is told so, and nobody is answered 500."""

from collections.abc import Iterator
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
import requests

from glossary.ledger.verifying import verify
from glossary.models import Event, Proposal, Revision, State, Term, Version
from tests.crash.serving import Server, Visitor, database_in_use
from tests.races.racing import ROUNDS, Act, Racers, racers
from tests.world import draft_content

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

PEOPLE = ("sam", "sue", "mia", "max", "rep", "mark", "ada")


@pytest.fixture(scope="module")
def server(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(database_in_use(), tmp_path_factory.mktemp("server") / "log", workers=3)
    try:
        yield running.start()
    finally:
        running.kill()


@pytest.fixture
def visitors(server: Server, people: SimpleNamespace) -> SimpleNamespace:
    return SimpleNamespace(**{name: Visitor(server, name) for name in PEOPLE})


@pytest.fixture
def runners() -> Iterator[Racers]:
    with racers() as running:
        yield running


def lay(visitors: SimpleNamespace, name: str, **more: Any) -> dict[str, Any]:
    """A suggestion by Rep that is being signed, as the API answers it."""
    opened = visitors.rep.post("proposals/", content=draft_content(name), **more)
    assert opened.status_code == 201, opened.text
    submitted = visitors.rep.post(f"proposals/{opened.json()['id']}/submit")
    assert submitted.status_code == 200, submitted.text
    made: dict[str, Any] = submitted.json() | {"etag": submitted.headers["ETag"]}
    return made


def signing(proposal: dict[str, Any], *signers: Visitor) -> list[Act]:
    path = f"proposals/{proposal['id']}/sign-off"
    return [partial(signer.post, path, digest=proposal["digest"]) for signer in signers]


def refused(answers: list[requests.Response]) -> set[str]:
    """The codes of the answers that refuse; any other answer than a success or a refusal in words is a failure."""
    said = {answer.json()["code"] for answer in answers if answer.status_code in (403, 409, 412, 422, 503)}
    rest = [answer for answer in answers if answer.status_code not in (200, 201, 403, 409, 412, 422, 503)]
    assert rest == [], rest[0].text[:2000]
    return said - {"busy"}


def test_both_owners_at_once_over_http_make_one_version(visitors: SimpleNamespace, runners: Racers) -> None:
    owners = (visitors.sam, visitors.mia, visitors.sue, visitors.max)
    for number in range(ROUNDS):
        proposal = lay(visitors, f"Campaign {number}")
        assert refused(runners.race(*signing(proposal, *owners, *owners))) <= {"seat_taken", "wrong_state"}
        assert Version.objects.get(proposal=proposal["id"]).number == 1
        assert Event.objects.filter(proposal=proposal["id"], kind="sign_off.given").count() == 2
    assert list(verify()) == []


def test_signing_editing_and_sending_back_at_once_over_http(visitors: SimpleNamespace, runners: Racers) -> None:
    for number in range(ROUNDS):
        proposal = lay(visitors, f"Campaign {number}")
        path, digest = f"proposals/{proposal['id']}", proposal["digest"]
        edited = partial(visitors.rep.send, "PATCH", f"{path}/", headers={"If-Match": proposal["etag"]})
        content = draft_content(f"Campaign {number}", why="because")
        answers = runners.race(
            *signing(proposal, visitors.sam, visitors.mia, visitors.max),
            partial(visitors.sue.post, f"{path}/object", digest=digest, reason="this hurts"),
            partial(visitors.sam.post, f"{path}/withdraw-sign-off"),
            partial(edited, content=content),
            partial(edited, content=content),
            partial(visitors.mark.post, f"{path}/comments/", text="well"),
        )
        codes = refused(answers)
        assert codes <= {"digest_changed", "wrong_state", "seat_taken", "precondition_failed"}
        kept = Proposal.objects.get(pk=proposal["id"])
        if kept.state == State.PUBLISHED:
            assert Version.objects.get(proposal=kept).digest == kept.text.digest
        assert Revision.objects.filter(proposal=kept).count() <= 2
    assert list(verify()) == []


def test_one_new_word_written_down_by_many_at_once_over_http(visitors: SimpleNamespace, runners: Racers) -> None:
    everybody = [getattr(visitors, name) for name in (*PEOPLE, "rep")]
    for number in range(ROUNDS):
        content = draft_content(f"Campaign {number}")
        answers = runners.race(*[partial(visitor.post, "proposals/", content=content) for visitor in everybody])
        assert refused(answers) == {"duplicate_name"}
        assert [answer.status_code for answer in answers].count(201) == 1
        assert Term.objects.filter(name=content["name"]).count() == 1
    assert list(verify()) == []


def test_one_request_sent_many_times_at_once_has_one_effect(visitors: SimpleNamespace, runners: Racers) -> None:
    for number in range(ROUNDS):
        key = {"Idempotency-Key": f"round-{number}"}
        content = draft_content(f"Campaign {number}")
        asking = partial(visitors.rep.post, "proposals/", headers=key, content=content)
        answers = runners.race(*[asking] * 8)
        assert refused(answers) == set()
        assert len({answer.json()["id"] for answer in answers if answer.ok}) == 1
        assert Proposal.objects.filter(term__name=content["name"]).count() == 1
    assert list(verify()) == []
