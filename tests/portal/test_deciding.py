"""People sign, send back, close and talk on the page of a suggestion."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.sessions import SIGNED_IN_AT
from glossary import workflow
from glossary.models import Comment, Event, Proposal, SignOff, State, Version
from glossary.policy import Console
from tests.portal.conftest import Browse, hidden, words
from tests.world import PASSWORD, Desk, acting

Publish = Callable[..., Version]


def state_of(proposal: Proposal) -> str:
    return Proposal.objects.get(pk=proposal.pk).state


def act(browser: Client, proposal: Proposal, action: str, **typed: object) -> object:
    """Press a button on the page of the suggestion; the digest is the one the page shows."""
    path = f"/proposals/{proposal.pk}/"
    if action in ("sign", "send_back") and "digest" not in typed:
        typed["digest"] = hidden(browser.get(path), "digest")
    return browser.post(path, {"action": action, **typed}, follow=True)


def test_two_owners_sign_and_the_word_is_agreed(people: SimpleNamespace, desk: Desk, at_browser: Browse) -> None:
    proposal = desk.open("Campaign")
    act(at_browser(people.rep), proposal, "submit")
    said = words(act(at_browser(people.sam), proposal, "sign", reservation="Until the new CRM."))
    assert "Your signature is kept." in said
    assert "With this reservation: Until the new CRM." in said
    assert "Waits for Mia or Max" in said
    said = words(act(at_browser(people.mia), proposal, "sign"))
    assert "Every team has signed." in said and "Your signature is kept." not in said
    term = words(at_browser(people.rep).get("/terms/campaign/"))
    assert "definition v1" in term and "With this reservation: Until the new CRM." in term


def test_the_page_tells_what_a_signature_means(people: SimpleNamespace, desk: Desk, at_browser: Browse) -> None:
    proposal = desk.submit("Campaign")
    said = words(at_browser(people.sam).get(f"/proposals/{proposal.pk}/"))
    assert "You sign exactly the text above for Sales." in said
    assert "Your name, Sam , and the time stay beside it and are shown to every reader and tool." in said


def test_signing_twice_keeps_one_signature(people: SimpleNamespace, desk: Desk, at_browser: Browse) -> None:
    proposal = desk.submit("Campaign")
    sam = at_browser(people.sam)
    digest = hidden(sam.get(f"/proposals/{proposal.pk}/"), "digest")
    for _ in range(2):
        assert act(sam, proposal, "sign", digest=digest).status_code == 200
    assert SignOff.objects.count() == 1


def test_a_text_changed_since_it_was_read_is_not_signed(
    people: SimpleNamespace, desk: Desk, at_browser: Browse
) -> None:
    proposal = desk.submit("Campaign")
    sam = at_browser(people.sam)
    digest = hidden(sam.get(f"/proposals/{proposal.pk}/"), "digest")
    changed = proposal.text.content.as_data() | {"summary": "another meaning"}
    workflow.revise(proposal.pk, by=acting(people.rep), content=changed)
    answer = act(sam, proposal, "sign", digest=digest, reservation="my long reservation")
    assert answer.status_code == 409
    assert "The text has changed since you read it." in words(answer)
    assert "my long reservation" in words(answer) and "another meaning" in words(answer)
    assert not SignOff.objects.exists()


def test_who_cannot_act_is_told_who_can(people: SimpleNamespace, desk: Desk, at_browser: Browse) -> None:
    proposal = desk.submit("Campaign")
    answer = at_browser(people.mark).get(f"/proposals/{proposal.pk}/")
    said, page = words(answer), answer.content.decode()
    can, _, cannot = said.partition("What you cannot do now, and why")
    assert "Sign, Send back: Only a team owner, or a delegate of one, can do this." in cannot
    assert "Close without change:" in cannot and "Close without change" not in can.partition("What you can do")[2]
    assert "Nothing at the moment." in can
    assert "Nothing at the moment." not in words(at_browser(people.sam).get(f"/proposals/{proposal.pk}/"))
    assert "Waits for Sam or Sue" in said
    for action in ("sign", "send_back", "close", "cancel"):
        assert f'name="action" value="{action}"' not in page


@pytest.mark.parametrize(
    ("action", "typed"), [("sign", {}), ("send_back", {"reason": "no"}), ("close", {"reason": "no"}), ("cancel", {})]
)
def test_a_button_that_was_not_offered_changes_nothing(
    action: str, typed: dict[str, str], people: SimpleNamespace, desk: Desk, at_browser: Browse
) -> None:
    proposal = desk.submit("Campaign")
    before = Event.objects.count()
    answer = act(at_browser(people.mark), proposal, action, digest=proposal.text.digest, **typed)
    assert answer.status_code == 403
    assert (state_of(proposal), Event.objects.count()) == (State.IN_REVIEW, before)


def test_an_owner_sends_back_with_a_reason(people: SimpleNamespace, desk: Desk, at_browser: Browse) -> None:
    proposal = desk.submit("Campaign")
    desk.sign(proposal, people.sam)
    mia = at_browser(people.mia)
    refused = act(mia, proposal, "send_back", reason="  ")
    assert (refused.status_code, state_of(proposal)) == (422, State.IN_REVIEW)
    said = words(act(mia, proposal, "send_back", reason="By amount, please."))
    assert "Mia sent this back for Marketing" in said and "By amount, please." in said
    assert state_of(proposal) == State.DRAFT
    page = at_browser(people.rep).get(f"/proposals/{proposal.pk}/")
    assert "the objection still stands" in words(page) and 'value="submit"' not in page.content.decode()
    again = act(at_browser(people.rep), proposal, "submit")
    assert (again.status_code, "the objection still stands" in words(again)) == (409, True)
    act(mia, proposal, "no_longer_object")
    act(at_browser(people.rep), proposal, "submit")
    assert state_of(proposal) == State.IN_REVIEW


def test_a_signer_takes_the_signature_back(people: SimpleNamespace, desk: Desk, at_browser: Browse) -> None:
    proposal = desk.submit("Campaign")
    desk.sign(proposal, people.sam)
    said = words(act(at_browser(people.sam), proposal, "take_back"))
    assert "Your signature is taken back." in said and "Sales signature Missing." in said


def test_an_owner_closes_without_change(people: SimpleNamespace, desk: Desk, at_browser: Browse) -> None:
    proposal = desk.submit("Campaign")
    said = words(act(at_browser(people.sam), proposal, "close", reason="We settled it elsewhere."))
    assert "Closed without change by Sam" in said and "We settled it elsewhere." in said
    assert state_of(proposal) == State.DECLINED
    assert act(at_browser(people.mia), proposal, "sign", digest=proposal.text.digest).status_code == 409


def test_one_that_has_ended_keeps_no_empty_place_for_where_it_stands(desk: Desk, at_browser: Browse) -> None:
    sam, closed = at_browser(desk.people.sam), desk.submit("Campaign")
    assert 'aria-label="Where it stands"' in sam.get(f"/proposals/{closed.pk}/").content.decode()
    workflow.decline(closed.pk, by=acting(desk.people.sam), reason="It is the same as Lead.")
    assert "<aside" not in sam.get(f"/proposals/{closed.pk}/").content.decode()


def test_the_author_cancels(people: SimpleNamespace, desk: Desk, at_browser: Browse) -> None:
    proposal = desk.open("Campaign")
    assert "Cancelled" in words(act(at_browser(people.rep), proposal, "cancel"))
    assert state_of(proposal) == State.WITHDRAWN


def test_what_is_not_ready_says_how_to_mend_it(people: SimpleNamespace, desk: Desk, at_browser: Browse) -> None:
    proposal = desk.open("Campaign", summary="", definition="See [[Nowhere]].")
    answer = act(at_browser(people.rep), proposal, "submit")
    assert answer.status_code == 422
    detail = answer.context["detail"]
    assert len(detail.readiness.errors) == 2
    for finding in detail.readiness.errors:
        assert finding.message in words(answer) and finding.mend in words(answer)


def test_the_difference_is_told_in_words(
    people: SimpleNamespace, publish: Publish, desk: Desk, at_browser: Browse
) -> None:
    publish("Campaign", summary="a plan with a goal", aliases=["push"])
    proposal = desk.submit("Campaign", term="campaign", summary="a plan with a clear goal", aliases=["drive"])
    said = words(at_browser(people.sam).get(f"/proposals/{proposal.pk}/"))
    assert "a plan with a [added: clear ] goal" in said
    assert "− taken out push" in said and "+ added drive" in said


def test_the_page_says_how_long_it_waits_and_whom_to_write_to(
    people: SimpleNamespace, desk: Desk, at_browser: Browse, time_machine: Any
) -> None:
    User.objects.filter(pk=people.mia.pk).update(email="mia@example.com")
    thursday = datetime(2027, 6, 3, 10, tzinfo=UTC)
    time_machine.move_to(thursday)
    proposal = desk.submit("Campaign & Co")
    time_machine.move_to(thursday + timedelta(days=6))
    page = at_browser(people.sam).get(f"/proposals/{proposal.pk}/")
    assert "waits since 3 June 2027 (4 working days)" in words(page)
    letter = "mailto:mia@example.com?subject=Your%20signature%20on%20%E2%80%9CCampaign%20%26%20Co%E2%80%9D&amp;body="
    assert letter in page.content.decode()
    assert f"proposals%2F{proposal.pk}%2F" in page.content.decode()
    assert "mailto:mia@" not in at_browser(people.mia).get(f"/proposals/{proposal.pk}/").content.decode()


def test_the_last_signature_is_answered_with_the_names_of_both(
    people: SimpleNamespace, desk: Desk, at_browser: Browse
) -> None:
    proposal = desk.submit("Campaign")
    desk.sign(proposal, people.sam, people.mia)
    said = words(at_browser(people.rep).get(f"/proposals/{proposal.pk}/"))
    assert "Every team has signed." in said and "Sam and Mia now mean the same by “Campaign”." in said


def test_what_changes_has_changed_once_it_is_agreed(
    people: SimpleNamespace, publish: Publish, desk: Desk, at_browser: Browse
) -> None:
    publish("Campaign")
    proposal = desk.submit("Campaign", term="campaign", why="Because.")
    page, rep = f"/proposals/{proposal.pk}/", at_browser(people.rep)
    assert "What changes, compared with definition v1" in words(rep.get(page))
    desk.sign(proposal, people.sam, people.mia)
    said = words(rep.get(page))
    assert "What changed, compared with definition v1" in said and "What changes" not in said


def test_the_difference_says_no_codes(
    people: SimpleNamespace, publish: Publish, desk: Desk, at_browser: Browse
) -> None:
    publish("Pipeline")
    publish("Campaign", kind="concept", owner_side="both")
    related = [{"relation": "feeds", "term": "pipeline"}]
    proposal = desk.submit("Campaign", term="campaign", kind="metric", owner_side="sales", related=related)
    said = words(at_browser(people.sam).get(f"/proposals/{proposal.pk}/"))
    told = ["[taken out: Idea ]", "[added: Measure ]", "[taken out: All teams ]", "[added: Sales ]", "Leads to: "]
    for piece in told:
        assert piece in said
    assert "concept" not in said and "feeds:" not in said


def test_an_old_sign_in_is_renewed_before_signing_and_nothing_is_lost(
    people: SimpleNamespace, desk: Desk, at_browser: Browse, settings: LazySettings
) -> None:
    proposal = desk.submit("Campaign")
    sam = at_browser(people.sam)
    digest = hidden(sam.get(f"/proposals/{proposal.pk}/"), "digest")
    session = sam.session
    session[SIGNED_IN_AT] = (timezone.now() - timedelta(hours=13)).isoformat()
    session.save()
    assert "Confirm that it is me" in words(sam.get(f"/proposals/{proposal.pk}/"))
    path = f"/proposals/{proposal.pk}/"
    answer = sam.post(path, {"action": "sign", "digest": digest, "reservation": "my long reservation"})
    assert answer.headers["Location"] == f"/accounts/reauthenticate/?next={path}"
    back = sam.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": path}, follow=True)
    assert back.redirect_chain[-1] == (path, 302)
    assert "my long reservation" in words(back)
    act(sam, proposal, "sign")
    assert SignOff.objects.count() == 1


def test_a_wrong_password_renews_nothing(people: SimpleNamespace, desk: Desk, at_browser: Browse) -> None:
    proposal = desk.submit("Campaign")
    sam = at_browser(people.sam)
    session = sam.session
    session[SIGNED_IN_AT] = (timezone.now() - timedelta(hours=13)).isoformat()
    session.save()
    sam.post("/accounts/reauthenticate/", {"password": "guess", "next": "/"})
    sam.post(f"/proposals/{proposal.pk}/", {"action": "sign", "digest": proposal.text.digest})
    assert not SignOff.objects.exists()


def test_people_talk_about_a_suggestion(people: SimpleNamespace, desk: Desk, at_browser: Browse) -> None:
    proposal = desk.submit("Campaign")
    rep = at_browser(people.rep)
    key = hidden(rep.get(f"/proposals/{proposal.pk}/"), "form_key")
    for _ in range(2):
        said = words(act(rep, proposal, "comment", text="And search ads?", form_key=key))
    assert "And search ads?" in said
    said = words(act(rep, proposal, "remove_comment", comment=Comment.objects.get().pk))
    assert "removed by its writer" in said and "And search ads?" not in said


def test_everybody_signed_in_reads_every_suggestion(people: SimpleNamespace, desk: Desk, at_browser: Browse) -> None:
    proposal = desk.open("Campaign")
    for user in vars(people).values():
        assert at_browser(user).get(f"/proposals/{proposal.pk}/").status_code == 200


def test_while_a_team_has_no_owner_home_and_suggestion_say_what_that_means_and_who_can_help(
    people: SimpleNamespace, desk: Desk, at_browser: Browse
) -> None:
    proposal = desk.submit("Campaign")
    pages = ("/", f"/proposals/{proposal.pk}/")
    mark, ada = at_browser(people.mark), at_browser(people.ada)
    assert not any("has no owner" in words(mark.get(page)) for page in pages)
    for owner in (people.sam, people.sue):
        workflow.remove_owner(owner.pk, by=Console(people.ada))
    for page in pages:
        said = words(mark.get(page))
        assert "Sales has no owner Nobody can sign for this team" in said
        assert "Ada , Max or Sue can appoint one." in said
        assert "You can appoint one" in words(ada.get(page))


def test_a_suggestion_says_which_agreed_words_refer_to_it(people: SimpleNamespace, desk: Desk, client: Client) -> None:
    desk.publish("Campaign")
    desk.publish("Lead", definition="What a [[campaign]] brings.")
    change = desk.submit("Campaign", term="campaign", summary="Another sentence about it.")
    client.force_login(people.mia)
    said = words(client.get(f"/proposals/{change.pk}/"))
    assert "Referred to by Lead" in said
