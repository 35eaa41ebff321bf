"""The approval queue in the administration: what waits for which team, and the same actions as in the portal."""

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from glossary import workflow
from glossary.models import ImpactUpload, Proposal, SignOff, State, Version
from glossary.policy import Console
from tests import pipeline
from tests.portal.conftest import hidden, words
from tests.portal.test_impact_page import CSV
from tests.workflow.test_weighing import LEAD, criterion
from tests.world import Desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def sam(people: SimpleNamespace) -> Client:
    """An owner of sales who is also an administrator, at the browser."""
    return _administrator(people.sam)


def _administrator(user: User) -> Client:
    user.is_staff = True
    user.save()
    client = Client()
    client.force_login(user)
    return client


def _names(client: Client, **asked: object) -> list[str]:
    return [item.name for item in client.get("/admin/queue/", asked).context["waiting"]]


def test_the_queue_shows_what_waits_for_whom_oldest_first(people: SimpleNamespace, desk: Desk, sam: Client) -> None:
    half = desk.submit("Campaign")
    desk.submit("Lead", kind="metric", owner_side="sales")
    desk.sign(half, people.mia)
    desk.open("Draft")
    assert _names(sam) == ["Campaign", "Lead"]
    assert 'aria-label="Signed for Marketing. Missing: Sales"' in sam.get("/admin/queue/").content.decode()
    assert "Approval queue" in words(sam.get("/admin/"))


def test_the_queue_is_narrowed_by_team_kind_who_looks_after_it_and_age(
    people: SimpleNamespace, desk: Desk, sam: Client
) -> None:
    half = desk.submit("Campaign")
    desk.submit("Lead", kind="metric", owner_side="sales")
    desk.sign(half, people.mia)
    Proposal.objects.filter(pk=half.pk).update(submitted_at=timezone.now() - timedelta(days=4))
    assert _names(sam, side="marketing") == ["Lead"]
    assert _names(sam, kind="metric") == ["Lead"]
    assert _names(sam, owner_side="both") == ["Campaign"]
    assert _names(sam, days="3") == ["Campaign"]
    assert "Nothing like this is up for signing." in words(sam.get("/admin/queue/", {"days": "30"}))
    assert sam.get("/admin/queue/", {"days": "many"}).status_code == 404


def test_an_owner_signs_here_as_in_the_portal_and_the_last_signature_publishes(
    people: SimpleNamespace, desk: Desk, sam: Client
) -> None:
    text = desk.submit("Campaign", summary="a plan with a goal")
    desk.sign(text, people.mia)
    address = f"/admin/queue/{text.pk}/"
    assert "a plan with a goal" in words(sam.get(address))
    said = words(sam.post(address, {"action": "sign", "digest": text.text.digest}, follow=True))
    assert "Every team has signed." in said and "Your signature is kept." not in said
    assert [seat["name"] for seat in Version.objects.get().signatures] == ["Sam", "Mia"]


def test_sending_back_and_closing_take_a_reason(people: SimpleNamespace, desk: Desk, sam: Client) -> None:
    back, shut = desk.submit("Campaign"), desk.submit("Lead")
    refused = sam.post(f"/admin/queue/{back.pk}/", {"action": "send_back", "digest": back.text.digest, "reason": ""})
    assert refused.status_code == 422 and 'role="alert"' in refused.content.decode()
    for text, typed in ((back, {"action": "send_back", "digest": back.text.digest}), (shut, {"action": "close"})):
        sam.post(f"/admin/queue/{text.pk}/", typed | {"reason": "It says nothing about podcasts."})
    assert [Proposal.objects.get(pk=text.pk).state for text in (back, shut)] == [State.DRAFT, State.DECLINED]


def test_another_text_than_the_one_read_is_not_signed(desk: Desk, sam: Client) -> None:
    text = desk.submit("Campaign")
    answer = sam.post(f"/admin/queue/{text.pk}/", {"action": "sign", "digest": "0" * 64})
    assert answer.status_code == 409 and not SignOff.objects.exists()


def test_rank_alone_signs_nothing(people: SimpleNamespace, desk: Desk) -> None:
    text = desk.submit("Campaign")
    ada = _administrator(people.ada)
    page = ada.get(f"/admin/queue/{text.pk}/").content.decode()
    assert 'value="sign"' not in page and 'value="send_back"' not in page
    answer = ada.post(f"/admin/queue/{text.pk}/", {"action": "sign", "digest": text.text.digest})
    assert answer.status_code == 403 and not SignOff.objects.exists()
    assert "sign them together" not in words(ada.get("/admin/queue/"))


def test_whoever_is_no_administrator_does_not_get_in(people: SimpleNamespace, desk: Desk) -> None:
    text = desk.submit("Campaign")
    client = Client()
    client.force_login(people.mia)
    for address in ("/admin/queue/", f"/admin/queue/{text.pk}/"):
        assert client.get(address).status_code in (302, 403)
        assert "Campaign" not in words(client.get(address, follow=True))


def test_a_suggestion_that_is_not_there_is_said_so(sam: Client) -> None:
    assert sam.get("/admin/queue/999/").status_code == 404


def test_the_queue_takes_as_many_queries_for_many_as_for_one(desk: Desk, sam: Client) -> None:
    desk.submit("Campaign")
    with CaptureQueriesContext(connection) as one:
        sam.get("/admin/queue/")
    for name in ("Lead", "Churn", "Forecast"):
        desk.submit(name)
    with CaptureQueriesContext(connection) as four:
        sam.get("/admin/queue/")
    assert len(four) == len(one)


def test_the_queue_says_who_signs_and_who_can_confirm_a_further_owner(
    people: SimpleNamespace, desk: Desk, sam: Client
) -> None:
    workflow.appoint_owner(people.rep.pk, by=Console(people.ada), side="sales")
    said = words(sam.get("/admin/queue/"))
    assert "Sales Sam, Sue" in said
    assert "can confirm" in said


def test_what_would_change_is_read_here_as_on_the_page_of_the_portal(
    people: SimpleNamespace, desk: Desk, sam: Client
) -> None:
    desk.publish("Lead", **LEAD)
    desk.publish("Ready Lead", criteria=[criterion(60)])
    desk.publish("Hand-over", definition="From [[ready-lead]] to sales.")
    lower = desk.submit("Ready Lead", term="ready-lead", criteria=[criterion(50)])
    address = f"/admin/queue/{lower.pk}/"
    file = SimpleUploadedFile("leads.csv", CSV.encode())
    answer = sam.post(f"{address}impact/", {"action": "weigh", "record": "lead", "file": file}, follow=True)
    assert answer.redirect_chain[-1][0] == f"{address}#impact"
    here, there = answer.content.decode(), sam.get(f"/proposals/{lower.pk}/").content.decode()
    for shown in ("On 6 lead records", "meet it anew", "Where the tests answer differently", "/terms/hand-over/"):
        assert shown in here and shown in there, shown
    sam.post(address, {"action": "sign", "digest": lower.text.digest, "impact": hidden(answer, "impact")})
    assert SignOff.objects.get(revision=lower.text).impact == hidden(answer, "impact")
    sam.post(f"{address}impact/", {"action": "delete", "upload": str(ImpactUpload.objects.get().pk)})
    assert not ImpactUpload.objects.exists()


def test_whoever_is_refused_a_file_can_still_use_every_other_button(desk: Desk, sam: Client) -> None:
    desk.publish("Lead", **LEAD)
    suggestion = desk.submit("Ready Lead", criteria=[criterion(60)])
    for address in (f"/admin/queue/{suggestion.pk}/", f"/proposals/{suggestion.pk}/"):
        answer = sam.post(f"{address}impact/", {"action": "weigh", "record": "lead"})
        page = answer.content.decode()
        assert answer.status_code == 422 and "Choose the file with the records first." in words(answer)
        buttons = re.search(r'<section id="decide">.*?</section>', page, re.DOTALL)
        assert buttons and buttons[0].count("<form") == buttons[0].count(f'action="{address}"') > 1


def test_the_stages_are_drawn_here_too(desk: Desk, sam: Client) -> None:
    pipeline.agree_on_a_pipeline(desk)
    model = pipeline.model()
    model["stages"][0]["name"] = "Known anew"
    suggestion = desk.submit("Revenue pipeline", term="revenue-pipeline", kind="stage_model", stage_model=model)
    page = sam.get(f"/admin/queue/{suggestion.pk}/").content.decode()
    assert "What happens to the stages" in page and "<svg" in page and "pipeline.css" in page
