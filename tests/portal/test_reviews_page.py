"""Looking again at what was agreed: shown wherever it is due, confirmed on the word or several at once."""

from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.test import Client

from glossary.models import Reaffirmation, Renewal, Version
from tests.portal.conftest import Browse, words
from tests.world import Desk


@pytest.fixture
def due(desk: Desk) -> Iterator[list[Version]]:
    """Two words, the day after their review fell due."""
    versions = [desk.publish(name, review_months=1) for name in ("Campaign", "Funnel")]
    with time_machine.travel(versions[1].in_force_from + timedelta(days=40)):
        yield versions


def ticked(*versions: Version) -> dict[str, object]:
    digests: dict[str, object] = {f"digest_{each.term.slug}": each.digest for each in versions}
    return {"word": [each.term.slug for each in versions]} | digests


def test_what_is_overdue_is_shown_everywhere(due: list[Version], people: SimpleNamespace, at_browser: Browse) -> None:
    rep = at_browser(people.rep)
    for address in ("/", "/agenda/", "/reviews/", "/terms/campaign/"):
        assert "overdue since" in words(rep.get(address)), address
    assert "It still holds" not in words(rep.get("/terms/campaign/"))


def test_owners_confirm_several_in_one_act(due: list[Version], people: SimpleNamespace, at_browser: Browse) -> None:
    for person in (people.sam, people.mia):
        browser = at_browser(person)
        assert "2 words to look at again" in words(browser.get("/queue/"))
        said = words(browser.get("/reviews/"))
        assert "Both teams mean the same by it." in said
        assert said.count(" Campaign ") == 1, "the name stands over the text, and is read once"
        answer = browser.post("/reviews/", ticked(*due), follow=True)
        assert "You confirmed 2 words." in words(answer)
    assert Renewal.objects.count() == 2
    assert "Confirmed again by Sam and Mia" in words(at_browser(people.rep).get("/terms/campaign/"))


def test_the_page_asks_the_same_number_of_queries_however_many_wait(
    due: list[Version], people: SimpleNamespace, at_browser: Browse, django_assert_max_num_queries: object
) -> None:
    browser = at_browser(people.sam)
    browser.get("/reviews/")
    with django_assert_max_num_queries(20):  # type: ignore[operator]
        browser.get("/reviews/")


def test_a_word_is_confirmed_on_its_own_page(due: list[Version], people: SimpleNamespace, at_browser: Browse) -> None:
    sam = at_browser(people.sam)
    assert "It still holds" in words(sam.get("/terms/campaign/"))
    answer = sam.post("/terms/campaign/reaffirm/", {"digest": due[0].digest}, follow=True)
    assert "You confirmed that this still holds." in words(answer)
    assert "Confirmed by Sam for Sales" in words(answer)
    assert "It still holds" not in words(answer)


def test_what_cannot_be_confirmed_is_said_and_the_rest_is_kept(
    due: list[Version], people: SimpleNamespace, at_browser: Browse
) -> None:
    sam = at_browser(people.sam)
    answer = sam.post("/reviews/", ticked(*due) | {"digest_funnel": "0" * 64})
    assert answer.status_code == 409
    assert "The text has changed since you read it" in words(answer)
    assert [row.version for row in Reaffirmation.objects.all()] == [due[0]]
    assert "at most 12" in words(sam.post("/reviews/", {}))
    assert sam.post("/reviews/", {"word": "<b>"}).status_code == 404
    assert sam.post("/terms/campaign/reaffirm/", {"digest": "x"}).status_code == 409
    assert sam.get("/terms/campaign/reaffirm/").status_code == 302


def test_members_and_visitors_confirm_nothing(
    due: list[Version], people: SimpleNamespace, at_browser: Browse, client: Client
) -> None:
    answer = at_browser(people.rep).post("/terms/campaign/reaffirm/", {"digest": due[0].digest})
    assert (answer.status_code, "Only a team owner" in words(answer)) == (403, True)
    assert client.get("/reviews/").status_code == 302
