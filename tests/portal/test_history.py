"""What a word meant before: its versions in a row, any two of them compared, and one of them brought back."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

from django.conf import LazySettings
from django.test import Client
from django.utils import timezone

from glossary.models import Version
from tests.portal.conftest import Browse, filled, words
from tests.reading import counted
from tests.world import Desk

Publish = Callable[..., Version]


def test_the_timeline_says_when_by_whom_why_and_what_changed(
    people: SimpleNamespace, publish: Publish, at_browser: Browse
) -> None:
    publish("Campaign", why="Budgets are argued over.")
    publish("Campaign", term="campaign", why="To plan together.", includes=["a fair"], reason="Nobody agreed.")
    second, first = words(at_browser(people.rep).get("/terms/campaign/history/")).split("Definition v1")
    assert "In force since" in second and "Changed: Why it matters and Includes." in second
    assert "“Nobody agreed.” Rep" in second and "Sam signed for Sales , Mia signed for Marketing" in second
    assert "In force from" in first and "until" in first and "The first definition." in first


def test_the_timeline_marks_what_is_coming_and_what_never_came(
    people: SimpleNamespace, publish: Publish, at_browser: Browse
) -> None:
    later = timezone.now() + timedelta(days=30)
    publish("Campaign")
    publish("Campaign", term="campaign", why="because", effective_from=later)
    publish("Campaign", term="campaign", why="at once")
    publish("Campaign", term="campaign", why="at last", effective_from=later)
    said = words(at_browser(people.rep).get("/terms/campaign/history/"))
    states = ("v4 Upcoming", "v3 In force", "v2 Never in force", "v1 Earlier")
    assert [f"Definition {state}" in said for state in states] == [True] * 4


def test_a_visitor_reads_the_history_without_what_was_said_on_the_way(
    client: Client, publish: Publish, settings: LazySettings
) -> None:
    settings.GLOSSARY_OPEN_READING = True
    publish("Campaign", reason="Sam kept forgetting it.")
    publish("Campaign", term="campaign", why="because")
    for page in ("history/", "compare/"):
        said = words(client.get(f"/terms/campaign/{page}"))
        assert "Sam kept forgetting it." not in said and "Bring version" not in said


def test_the_history_asks_the_database_the_same_however_long_it_is(
    people: SimpleNamespace, publish: Publish, at_browser: Browse
) -> None:
    publish("Campaign")
    publish("Campaign", term="campaign", why="2")
    rep = at_browser(people.rep)
    for page in ("history/", "compare/?from=1&to=2"):
        rep.get(f"/terms/campaign/{page}")
    with counted() as few:
        rep.get("/terms/campaign/history/")
        rep.get("/terms/campaign/compare/?from=1&to=2")
    for number in range(3, 7):
        publish("Campaign", term="campaign", why=str(number))
    with counted() as many:
        rep.get("/terms/campaign/history/")
        rep.get("/terms/campaign/compare/?from=1&to=6")
    assert len(many) == len(few)


def test_two_versions_stand_side_by_side_and_what_stayed_is_folded_away(
    people: SimpleNamespace, publish: Publish, at_browser: Browse
) -> None:
    publish("Campaign", summary="a plan with a goal", includes=["a fair"])
    publish("Campaign", term="campaign", summary="a plan with a clear goal", includes=["a fair", "a stand"])
    rep = at_browser(people.rep)
    said = words(rep.get("/terms/campaign/compare/?from=1&to=2&view=beside"))
    assert "In v1 a plan with a goal In v2 a plan with a [added: clear ] goal" in said
    assert "In v1 Nothing else. In v2 + added a stand 1 line that stays = stays a fair" in said
    kept = said.split("What stayed")[1]
    assert "Name Campaign" in kept and "Kind Idea" in kept and "plan with" not in kept
    back = words(rep.get("/terms/campaign/compare/?from=2&to=1"))
    assert "a plan with a [taken out: clear ] goal" in back and "Bring version" not in back


def test_any_two_versions_are_chosen_and_texts_that_are_alike_are_called_so(
    people: SimpleNamespace, publish: Publish, at_browser: Browse
) -> None:
    publish("Campaign")
    publish("Campaign", term="campaign", why="because")
    rep = at_browser(people.rep)
    assert "The texts do not differ." in words(rep.get("/terms/campaign/compare/?from=1&to=1"))
    assert 'value="2" selected' in rep.get("/terms/campaign/compare/").content.decode()


def test_a_day_is_answered_with_the_word_as_it_was_and_today_with_this_very_moment(
    people: SimpleNamespace, publish: Publish, at_browser: Browse
) -> None:
    publish("Campaign", summary="the first meaning")
    rep = at_browser(people.rep)
    today = words(rep.get("/terms/campaign/", {"as_of": timezone.localdate().isoformat()}))
    assert "the first meaning" in today and "As it was on" in today
    tomorrow = timezone.localdate() + timedelta(days=1)
    assert "As it will be" in words(rep.get("/terms/campaign/", {"as_of": tomorrow.isoformat()}))


def test_a_day_before_everything_leads_to_the_history(
    people: SimpleNamespace, publish: Publish, at_browser: Browse
) -> None:
    publish("Campaign")
    rep = at_browser(people.rep)
    for day, status, sentence in (
        ("2000-01-01", 404, "At that time nothing had been agreed about this word."),
        ("yesterday", 422, "Write the day as YYYY-MM-DD"),
        ("0001-01-01", 404, "nothing had been agreed"),
    ):
        answer = rep.get("/terms/campaign/", {"as_of": day})
        assert answer.status_code == status and sentence in words(answer)
        assert "every definition so far" in words(answer) and f'value="{day}"' in answer.content.decode()


def test_an_old_version_is_brought_back_as_a_suggestion(
    people: SimpleNamespace, publish: Publish, desk: Desk, at_browser: Browse
) -> None:
    publish("Campaign", summary="the first meaning", includes=["a fair"])
    publish("Campaign", term="campaign", summary="the second meaning")
    rep = at_browser(people.rep)
    link = "/propose/?term=campaign&amp;from_version=1"
    for page in ("history/", "compare/?from=1&to=2", "?version=1"):
        assert link in rep.get(f"/terms/campaign/{page}").content.decode(), page
    form = rep.get("/propose/?term=campaign&from_version=1")
    sent = rep.post("/propose/?term=campaign&from_version=1", filled(form), follow=True)
    assert "Brings back version 1." in words(sent)
    proposal = people.rep.proposals.latest("pk")
    assert (proposal.text.content.summary, proposal.text.content.includes) == ("the first meaning", ("a fair",))
    assert proposal.text.base.number == 2


def test_a_version_that_is_not_there_cannot_be_brought_back(
    people: SimpleNamespace, publish: Publish, at_browser: Browse
) -> None:
    publish("Campaign")
    for number in ("9", "x", "-1"):
        assert at_browser(people.rep).get(f"/propose/?term=campaign&from_version={number}").status_code == 404
