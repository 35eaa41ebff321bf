"""People look a word up, and raise one that is missing."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.conf import LazySettings
from django.test import Client

from glossary import workflow
from glossary.models import Term, Version
from glossary.policy import Console
from tests.portal.conftest import Browse, words
from tests.world import Desk

Publish = Callable[..., Version]


def test_a_stranger_is_asked_to_sign_in_and_comes_back(client: Client, publish: Publish) -> None:
    publish("Campaign")
    for path in ("/", "/terms/campaign/", "/propose/", "/queue/", "/accounts/profile/"):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["Location"]) == (302, f"/accounts/login/?next={path}")


def test_under_open_reading_a_stranger_reads_what_is_published_and_no_more(
    client: Client, publish: Publish, desk: Desk, settings: LazySettings
) -> None:
    settings.GLOSSARY_OPEN_READING = True
    publish("Campaign")
    desk.submit("Hot Lead")
    assert "Campaign" in words(client.get("/"))
    assert "Hot Lead" not in words(client.get("/"))
    for page in ("", "history/", "compare/"):
        assert client.get(f"/terms/campaign/{page}").status_code == 200
        assert client.get(f"/terms/hot-lead/{page}").status_code == 404
    assert client.get("/queue/").status_code == 302


def test_home_says_what_was_newly_agreed_and_by_whom(
    people: SimpleNamespace, publish: Publish, at_browser: Browse
) -> None:
    publish("Campaign")
    said = words(at_browser(people.rep).get("/"))
    assert "Campaign" in said
    assert "an audience and an owner on each side" in said and "Sam and Mia v1, in force from" in said


def test_home_says_how_much_waits_for_an_owner(people: SimpleNamespace, desk: Desk, at_browser: Browse) -> None:
    suggestion = desk.submit("Campaign")
    page = at_browser(people.sam).get("/")
    assert "1 suggestion waits for your signature: Campaign . Open my queue" in words(page)
    assert f'href="/proposals/{suggestion.pk}/">Campaign</a>' in page.content.decode()
    for name in ("Lead", "Churn", "Forecast", "Story"):
        desk.submit(name)
    said = words(at_browser(people.sam).get("/"))
    assert "5 suggestions wait for your signature: Campaign , Lead , Churn and 2 more" in said
    assert "for your signature" not in words(at_browser(people.rep).get("/"))


def test_the_one_word_that_a_name_means_opens(people: SimpleNamespace, publish: Publish, at_browser: Browse) -> None:
    publish("Marketing Qualified Lead", abbreviations=["MQL"])
    browser = at_browser(people.rep)
    answer = browser.get("/search/", {"q": " mql "})
    assert answer.headers["Location"] == "/terms/marketing-qualified-lead/?asked=mql"
    assert "You looked up “mql”" in words(browser.get(answer.headers["Location"]))


def test_a_shared_abbreviation_lets_the_reader_choose(
    people: SimpleNamespace, publish: Publish, at_browser: Browse
) -> None:
    publish("Service Level Agreement", abbreviations=["SLA"])
    publish("Sales Lead Area", abbreviations=["SLA"])
    said = words(at_browser(people.rep).get("/search/", {"q": "SLA"}))
    assert "Service Level Agreement" in said and "Sales Lead Area" in said


def test_a_slip_of_the_pen_is_answered_with_what_was_meant(
    people: SimpleNamespace, publish: Publish, at_browser: Browse
) -> None:
    publish("Campaign")
    said = words(at_browser(people.rep).get("/search/", {"q": "Campagin"}))
    assert "Nothing agreed says “Campagin”. This is what is found for campaign : Campaign" in said
    assert "Raise this word" in said


def test_where_nothing_is_found_the_nearest_names_are_offered(
    people: SimpleNamespace, publish: Publish, at_browser: Browse
) -> None:
    publish("Go-to-Market")
    answer = at_browser(people.rep).get("/search/", {"q": "gotomarkt"})
    assert answer.status_code == 404
    assert "Did you mean Go-to-Market" in words(answer)


def test_a_word_from_a_text_is_found_and_marked_there(
    people: SimpleNamespace, publish: Publish, at_browser: Browse
) -> None:
    publish("Campaign", examples=["the <i>spring</i> Newsletters & a fair"])
    answer = at_browser(people.rep).get("/search/", {"q": "newsletter"})
    assert "the &lt;i&gt;spring&lt;/i&gt; <mark>Newsletters</mark> &amp; a fair" in answer.content.decode()
    assert "Examples: the" in words(answer)


def test_the_page_of_a_word_leads_to_all_that_mention_it(
    people: SimpleNamespace, publish: Publish, at_browser: Browse
) -> None:
    publish("Campaign")
    publish("Fair", examples=["a stand of one campaign"])
    browser = at_browser(people.rep)
    opened = browser.get("/search/", {"q": "campaign"}, follow=True)
    assert "/search/?all=1&amp;q=campaign" in opened.content.decode()
    said = words(browser.get("/search/?all=1&q=campaign"))
    assert said.index("Campaign Idea") < said.index("Fair Idea")


def test_search_is_narrowed_by_what_the_reader_chooses(
    people: SimpleNamespace, publish: Publish, at_browser: Browse
) -> None:
    publish("Reply Rate", kind="metric")
    publish("Reply")
    publish("Blast Reply", status="retired", status_reason="Nobody says it.")
    browser = at_browser(people.rep)
    said = words(browser.get("/search/?all=1&q=reply&kind=metric"))
    assert "Reply Rate" in said and "1 word found" in said
    assert "Blast Reply Retired" in words(browser.get("/search/?all=1&q=reply"))
    retired = words(browser.get("/search/?all=1&q=reply&state=retired"))
    assert "1 word found" in retired and "Blast Reply" in retired
    for wrong in ("kind=animal", "state=lost"):
        assert browser.get(f"/search/?all=1&q=reply&{wrong}").status_code == 422
    assert "among those asked for" in words(browser.get("/search/?all=1&q=reply&owner_side=sales"))


def test_the_search_page_opens_without_a_question(people: SimpleNamespace, at_browser: Browse) -> None:
    for query in ("", "?q=", "?q=+", "?q=%00", "?all=1&q="):
        assert at_browser(people.rep).get(f"/search/{query}").status_code == 200


def test_a_missing_word_is_raised_and_gets_a_page(people: SimpleNamespace, at_browser: Browse) -> None:
    browser = at_browser(people.rep)
    assert "Raise this word" in words(browser.get("/search/", {"q": "Dark Funnel"}))
    answer = browser.post("/raise/", {"name": "Dark Funnel", "note": "Comes up in every call."}, follow=True)
    assert answer.redirect_chain[-1] == ("/terms/dark-funnel/", 302)
    assert "Comes up in every call." in words(answer)
    assert Term.objects.get(slug="dark-funnel").raised_by == people.rep


def test_a_word_that_is_written_down_already_is_offered(
    people: SimpleNamespace, desk: Desk, at_browser: Browse
) -> None:
    desk.open("Dark Funnel")
    answer = at_browser(people.mark).get("/search/", {"q": "dark funnel"})
    assert "Somebody has written it down already Dark Funnel Wanted" in words(answer)


def test_home_says_whether_the_words_everyone_should_know_are_agreed(
    people: SimpleNamespace, desk: Desk, publish: Publish, at_browser: Browse
) -> None:
    publish("Campaign")
    publish("Campaign", kind="record_type", key="campaign", fields={"starts_on": {"type": "date", "source": "CRM"}})
    desk.open("Qualified Lead")
    publish("Funnel")
    assert "Words everyone should know" not in words(at_browser(people.rep).get("/"))
    for slug in ("campaign", "record-campaign", "qualified-lead"):
        workflow.label_term(slug, by=Console(people.ada), is_required=True)
    said = words(at_browser(people.rep).get("/"))
    assert "Words everyone should know Campaign ✓ agreed Qualified Lead Wanted" in said


def test_a_search_says_in_words_where_it_met_them(
    people: SimpleNamespace, publish: Publish, at_browser: Browse
) -> None:
    publish("Campaign", aliases=["marketing push"], counter_examples=["a lone newsletter"])
    browser = at_browser(people.rep)
    assert "Not an example: a lone newsletter" in words(browser.get("/search/?q=newsletter"))
    assert "Alias: marketing push" in words(browser.get("/search/?q=pushes&all=1"))


def test_record_types_are_found_from_home(people: SimpleNamespace, publish: Publish, at_browser: Browse) -> None:
    publish("Contact", kind="record_type", key="contact", fields={"email": {"type": "string", "source": "CRM"}})
    rep = at_browser(people.rep)
    assert "/words/?kind=record_type" in rep.get("/").content.decode()
    assert "/terms/record-contact/" in rep.get("/words/?kind=record_type").content.decode()
    assert "/terms/record-contact/" not in rep.get("/words/").content.decode()
    assert "email" in words(rep.get("/terms/record-contact/"))


def test_raising_a_word_that_is_there_points_to_it(
    people: SimpleNamespace, publish: Publish, at_browser: Browse
) -> None:
    publish("Campaign")
    answer = at_browser(people.rep).post("/raise/", {"name": "CAM-PAIGN", "note": "my note"})
    assert answer.status_code == 409
    assert 'href="/terms/campaign/"' in answer.content.decode()
    assert "my note" in words(answer)


@pytest.mark.parametrize("name", ["", "a\u202eb", "zero\u200bwidth", "x" * 121, "a\x00b"])
def test_a_name_that_breaks_the_rules_is_refused_in_words(
    name: str, people: SimpleNamespace, at_browser: Browse
) -> None:
    answer = at_browser(people.rep).post("/raise/", {"name": name})
    assert answer.status_code == 422
    assert answer.context["refusal"].sentence in words(answer)
    assert not Term.objects.exists()
