"""What waits for whom, on one page; several texts signed in one act; owners confirmed."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Appointment, User
from accounts.sessions import SIGNED_IN_AT
from glossary import workflow
from glossary.models import Proposal, SignOff
from glossary.policy import Console
from tests.portal.conftest import Browse, words
from tests.world import Desk, acting


def test_the_queue_shows_what_waits_for_me_and_for_others(
    people: SimpleNamespace, desk: Desk, at_browser: Browse
) -> None:
    half, bare = desk.submit("Campaign"), desk.submit("Lead")
    desk.sign(half, people.sam)
    sent_back = desk.submit("Churn")
    workflow.send_back(sent_back.pk, by=acting(people.mia), digest=sent_back.text.digest, reason="no")
    desk.open("Dark Funnel")
    queue = at_browser(people.sam).get("/queue/").context["queue"]
    assert [item.proposal for item in queue.for_me] == [bare]
    assert [item.proposal for item in queue.for_others] == [half]
    said = words(at_browser(people.rep).get("/queue/"))
    for text in ("Nothing waits for you.", "My suggestions", "Sent back", "Churn", "Drafts", "Dark Funnel"):
        assert text in said


def test_several_texts_are_read_on_one_page_and_signed_in_one_act(
    people: SimpleNamespace, desk: Desk, at_browser: Browse
) -> None:
    texts = [desk.submit("Campaign", summary="a first plan"), desk.submit("Lead", summary="a second plan")]
    sam = at_browser(people.sam)
    page = sam.get("/queue/sign/", {"proposal": [text.pk for text in texts]})
    assert "a first plan" in words(page) and "a second plan" in words(page)
    sent = {"proposal": [text.pk for text in texts]} | {f"digest_{text.pk}": text.text.digest for text in texts}
    answer = sam.post("/queue/sign/", sent, follow=True)
    assert words(answer).count("signed. It now waits for Marketing.") == 2
    assert SignOff.objects.count() == 2


def test_whoever_ticks_too_many_is_told_which_are_left(
    people: SimpleNamespace, desk: Desk, at_browser: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("glossary.portal.queue.MOST_AT_ONCE", 2)
    texts = [desk.submit(name) for name in ("Campaign", "Lead", "Churn")]
    sam, ids = at_browser(people.sam), [text.pk for text in texts]
    page = sam.get("/queue/sign/", {"proposal": ids})
    assert [text.proposal for text, _, _ in page.context["items"]] == texts[:2]
    assert "These are the first 2 of those you ticked. The other 1 stays in your queue" in words(page)
    sent = {"proposal": ids} | {f"digest_{text.pk}": text.text.digest for text in texts}
    answer = sam.post("/queue/sign/", sent)
    assert answer.status_code == 422 and "at most 2 texts at a time; nothing is signed yet" in words(answer)
    assert not SignOff.objects.exists()


def test_drafts_are_listed_oldest_first(people: SimpleNamespace, desk: Desk, at_browser: Browse) -> None:
    drafts = [desk.open(name) for name in ("Campaign", "Lead", "Churn")]
    queue = at_browser(people.rep).get("/queue/").context["queue"]
    assert [item.proposal for item in queue.drafts] == drafts


def test_of_several_the_refused_ones_are_shown_with_the_reason(
    people: SimpleNamespace, desk: Desk, at_browser: Browse
) -> None:
    texts = [desk.submit("Campaign"), desk.submit("Lead")]
    sent = {"proposal": [text.pk for text in texts], f"digest_{texts[0].pk}": texts[0].text.digest}
    answer = at_browser(people.sam).post("/queue/sign/", sent)
    assert answer.status_code == 409
    assert words(answer).count("signed. It now waits for Marketing.") == 1
    assert "The text has changed since you read it." in words(answer)
    assert SignOff.objects.count() == 1


def test_several_are_signed_only_after_a_fresh_sign_in(people: SimpleNamespace, desk: Desk, at_browser: Browse) -> None:
    proposal = desk.submit("Campaign")
    sam = at_browser(people.sam)
    session = sam.session
    session[SIGNED_IN_AT] = (timezone.now() - timedelta(hours=13)).isoformat()
    session.save()
    sent = {"proposal": proposal.pk, f"digest_{proposal.pk}": proposal.text.digest}
    answer = sam.post(f"/queue/sign/?proposal={proposal.pk}", sent)
    assert answer.headers["Location"].startswith("/accounts/reauthenticate/?next=/queue/sign/")
    assert not SignOff.objects.exists()


def test_ticking_nothing_is_told(people: SimpleNamespace, at_browser: Browse) -> None:
    answer = at_browser(people.sam).post("/queue/sign/", {})
    assert (answer.status_code, "Tick at least one text" in words(answer)) == (422, True)


def _appointed(people: SimpleNamespace) -> Appointment:
    return workflow.appoint_owner(people.rep.pk, by=Console(people.ada), side="sales")


def test_an_owner_confirms_a_further_owner(people: SimpleNamespace, at_browser: Browse) -> None:
    appointment = _appointed(people)
    sam = at_browser(people.sam)
    assert "Rep is to become an owner for Sales" in words(sam.get("/queue/"))
    said = words(sam.post("/queue/", {"appointment": appointment.pk, "action": "confirm"}, follow=True))
    assert "Rep now owns for Sales." in said
    assert User.objects.get(username="rep").is_owner


def test_the_other_side_neither_sees_nor_decides_it(people: SimpleNamespace, at_browser: Browse) -> None:
    appointment = _appointed(people)
    mia = at_browser(people.mia)
    assert "is to become an owner" not in words(mia.get("/queue/"))
    answer = mia.post("/queue/", {"appointment": appointment.pk, "action": "confirm"})
    assert answer.status_code == 403
    assert not User.objects.get(username="rep").is_owner


def test_an_owner_may_say_no(people: SimpleNamespace, at_browser: Browse) -> None:
    appointment = _appointed(people)
    at_browser(people.sam).post("/queue/", {"appointment": appointment.pk, "action": "decline"})
    appointment.refresh_from_db()
    assert appointment.state == "declined"


def test_a_text_that_is_not_there_keeps_no_other_from_being_signed(
    people: SimpleNamespace, desk: Desk, at_browser: Browse
) -> None:
    text = desk.submit("Campaign")
    sent = {"proposal": [text.pk, 999_999], f"digest_{text.pk}": text.text.digest}
    answer = at_browser(people.sam).post("/queue/sign/", sent, follow=True)
    assert answer.status_code == 200 and "Campaign : signed. It now waits for Marketing." in words(answer)
    assert "There is no such suggestion." in words(answer)


def test_a_button_that_is_not_there_decides_over_nobody(people: SimpleNamespace, at_browser: Browse) -> None:
    appointment = _appointed(people)
    answer = at_browser(people.sam).post("/queue/", {"appointment": appointment.pk})
    appointment.refresh_from_db()
    assert (answer.status_code, appointment.state) == (422, "pending")


def test_however_many_are_ticked_the_page_asks_as_often(
    people: SimpleNamespace, desk: Desk, at_browser: Browse, settings: Any
) -> None:
    settings.GLOSSARY_AUTHOR_MAY_SIGN = False
    desk.publish("Lead", kind="record_type", key="lead", fields={"score": {"type": "int", "source": "CRM"}})
    desk.publish("Churn")
    ids = [
        text.pk for number in range(4) for text in _submitted(desk, number, by=[people.rep, people.mark][number % 2])
    ]
    workflow.decline(ids[-1], by=acting(people.mia), reason="no")
    sam = at_browser(people.sam)
    sam.get("/queue/sign/", {"proposal": ids})
    asks = []
    for few in (ids[:4], ids[:8], ids):
        with CaptureQueriesContext(connection) as captured:
            page = sam.get("/queue/sign/", {"proposal": few})
        assert len(page.context["items"]) == len(few)
        asks.append(len(captured))
    assert asks[0] == asks[1] <= asks[2] <= asks[0] + 1, "one more for those that have ended"


def _submitted(desk: Desk, number: int, *, by: User) -> list[Proposal]:
    """One text of each sort: a dated one with a link and an abbreviation, a change, one that runs, one over a record
    type that is only suggested."""
    running = {"id": f"is_warm_{number}", "label": "Warm", "record": "lead", "expr": "score >= 60", "samples": []}
    linking = {"definition": "Not [[churn]].", "abbreviations": [f"CP{number}"]}
    return [
        desk.submit(f"Campaign {number}", effective_from=timezone.now() + timedelta(days=9 + number), by=by, **linking),
        desk.submit("Churn", term="churn", summary=f"leaving for the reason {number}", by=by),
        desk.submit(f"Warm {number}", criteria=[running], by=by),
        desk.submit(f"Deal {number}", kind="record_type", key=f"deal_{number}", by=by),
    ]
