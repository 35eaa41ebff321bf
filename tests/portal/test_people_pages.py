"""Who is who, and what administrators and the person themself change about it, told before it is done."""

import json
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Role, User
from glossary import policy, workflow
from glossary.ledger.verifying import verify
from glossary.models import Event, LastLook, Proposal
from glossary.policy import Console
from tests.portal.conftest import Browse, words
from tests.unchanged import nothing_changes
from tests.world import Desk, acting, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(people: SimpleNamespace, at_browser: Browse) -> Client:
    return at_browser(people.ada)


def of(user: User) -> str:
    return f"/people/{user.pk}/"


def act(browser: Client, user: User, action: str, **typed: object) -> str:
    answer = browser.post(of(user), {"action": action, **typed}, follow=True)
    user.refresh_from_db()
    return words(answer)


def between(page: str, start: str, end: str) -> str:
    return page.split(start, 1)[1].split(end, 1)[0]


# Who is who


def test_everybody_sees_who_is_who(desk: Desk, people: SimpleNamespace, at_browser: Browse) -> None:
    now = timezone.now()
    workflow.delegate(people.rep.pk, by=acting(people.sam), starts_at=now, ends_at=now + timedelta(days=3))
    console = Console(people.ada)
    for name, place in (("guest", None), ("ivy", "sales"), ("gone", None)):
        user = person(name)
        if place:
            user.set_unusable_password()
            user.save()
            workflow.place_member(user.pk, by=console, side=place)
    workflow.deactivate(User.objects.get(username="gone").pk, by=console)
    workflow.appoint_owner(people.mark.pk, by=console, side="marketing")
    workflow.name_sponsor(people.ada.pk, by=console)
    workflow.go_away(by=acting(people.sue), last_day=(now + timedelta(days=9)).date())
    desk.sign(desk.submit("Campaign"), people.sam)
    desk.open("Funnel")
    page = words(at_browser(people.mark).get("/people/"))
    sales, marketing = between(page, "Sales", "Marketing"), between(page, "Marketing", "Without a team")
    assert "Sam owner" in sales and "Rep member Signs for Sam" in sales and "2 open suggestions" in sales
    assert "Mia owner" in marketing and "1 text waits for its signature" in marketing
    assert "Mark named as a further owner by Ada" in marketing
    assert "Guest" in between(page, "Without a team", "Invited")
    assert "Ivy member of Sales" in between(page, "Invited, and not here yet", "Have left")
    assert "Gone" in between(page, "Have left", "Sponsor")
    assert "Ada . Rules on what holds meanwhile" in page.split("Sponsor", 1)[1]
    assert "Sue owner: signs for the team · away until" in sales
    assert "Confirm or not" not in page
    assert "Confirm or not" in words(at_browser(people.mia).get("/people/"))


def test_no_visitor_sees_people(client: Client, people: SimpleNamespace, settings: object) -> None:
    settings.GLOSSARY_OPEN_READING = True  # type: ignore[attr-defined]
    for address in ("/people/", of(people.sam), f"{of(people.sam)}export/"):
        assert client.get(address).status_code == 302


def test_the_pages_ask_the_same_number_of_queries_however_many_people_there_are(
    desk: Desk, people: SimpleNamespace, ada: Client
) -> None:
    def queries(address: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert ada.get(address).status_code == 200
        return len(asked)

    desk.sign(desk.submit("Campaign"), people.sam)
    addresses = ("/people/", of(people.rep))
    for address in addresses:
        queries(address)
    before = [queries(address) for address in addresses]
    for number in range(5):
        user = person(f"colleague{number}")
        workflow.place_member(user.pk, by=Console(people.ada), side="sales")
        desk.sign(desk.submit(f"Word {number}", by=user), people.sam)
        desk.open(f"Draft {number}")
    assert [queries(address) for address in addresses] == before
    assert before[0] <= 17 and before[1] <= 25


def test_a_team_with_one_owner_is_warned_of_where_its_people_look(people: SimpleNamespace, at_browser: Browse) -> None:
    said = "Mia is the only owner of Marketing."
    mia = at_browser(people.mia)
    for address in ("/people/", "/queue/", "/accounts/profile/"):
        assert said not in words(mia.get(address))
    workflow.remove_owner(people.max.pk, by=Console(people.ada))
    for browser in (mia, at_browser(people.sam)):
        for address in ("/people/", "/queue/", "/accounts/profile/"):
            assert said in words(browser.get(address)), address
    workflow.remove_owner(people.mia.pk, by=Console(people.ada))
    assert "Marketing has no owner." in words(mia.get("/people/"))


def test_an_owner_who_has_not_been_here_yet_is_the_owner_on_every_page(people: SimpleNamespace, ada: Client) -> None:
    console, ivy = Console(people.ada), person("ivy")
    ivy.set_unusable_password()
    ivy.save()
    for owner in (people.sue, people.sam):
        workflow.remove_owner(owner.pk, by=console)
    workflow.appoint_owner(ivy.pk, by=console, side="sales")
    page = words(ada.get("/people/"))
    assert "Ivy is the only owner of Sales." in page
    assert "Sales has no owner" not in page
    assert "Ivy owner: signs for the team · invited, not here yet" in page
    assert "Ivy owner of Sales" in between(page, "Invited, and not here yet", "Sponsor")
    assert "Sales: Ivy has to confirm first." in words(ada.get(of(people.rep)))


# What follows, before it is done


def test_what_follows_from_leaving_is_said_before(desk: Desk, people: SimpleNamespace, ada: Client) -> None:
    first, second = desk.submit("Campaign"), desk.submit("Funnel")
    for proposal in (first, second):
        desk.sign(proposal, people.mia)
    sent_back = desk.submit("Lead")
    workflow.send_back(sent_back.pk, by=acting(people.mia), digest=sent_back.text.digest, reason="No.")
    page = words(ada.get(of(people.mia)))
    assert "2 signatures that Mia gave, or that were given in their name, will no longer count." in page
    assert "Marketing will have one owner left, Max." in page
    assert "Mia’s objection to “Lead” stays; an owner of Marketing can end it." in page
    workflow.remove_owner(people.max.pk, by=Console(people.ada))
    assert "Marketing will have no owner left" in words(ada.get(of(people.mia)))
    said = act(ada, people.mia, "close")
    assert "The account of Mia is closed." in said and not people.mia.is_active
    assert not first.text.sign_offs.live().exists()


def test_braces_in_a_name_are_part_of_it(desk: Desk, people: SimpleNamespace, ada: Client) -> None:
    User.objects.filter(pk=people.mia.pk).update(first_name="Mia {n} {x} {")
    people.mia.refresh_from_db()
    for name in ("Campaign", "Funnel"):
        desk.sign(desk.submit(name), people.mia)
    page = words(ada.get(of(people.mia)))
    assert "2 signatures that Mia {n} {x} { gave, or that were given in their name, will no longer count." in page


def test_only_administrators_are_shown_the_forms_and_nobody_else_gets_by(
    desk: Desk, people: SimpleNamespace, at_browser: Browse
) -> None:
    desk.open("Campaign", by=people.mark)
    tries: list[dict[str, object]] = [
        {"action": "place", "side": "marketing"},
        {"action": "name_owner", "side": "sales"},
        {"action": "remove_owner"},
        {"action": "name_sponsor"},
        {"action": "end_sponsorship"},
        {"action": "close"},
        {"action": "hand_over", "suggestion": [Proposal.objects.get().pk], "to": people.sam.pk},
    ]
    for who in (people.rep, people.sam):
        browser = at_browser(who)
        page = words(browser.get(of(people.mark)))
        assert "Change team or role" not in page and "Hand over" not in page and "Export this person" not in page
        for typed in tries:
            with nothing_changes():
                assert browser.post(of(people.mark), typed).status_code == 403, typed


def test_the_own_account_is_not_closed_here(people: SimpleNamespace, ada: Client) -> None:
    assert "Close the account" not in words(ada.get(of(people.ada)))
    with nothing_changes():
        assert "Nobody closes their own account." in act(ada, people.ada, "close")


@pytest.mark.parametrize(
    ("typed", "status", "said"),
    [
        ({"action": "fly"}, 422, "no such button"),
        ({"action": "place", "side": "moon"}, 404, ""),
        ({"action": "place", "side": "\x00"}, 404, ""),
        ({"action": "name_owner", "side": "sales\x00"}, 404, ""),
        ({"action": "withdraw", "appointment": "x"}, 404, ""),
        ({"action": "remove_owner"}, 409, "Mark is not an owner."),
        ({"action": "close", "hand_to": ""}, 422, "Choose who looks after"),
        ({"action": "close", "hand_to": "987654"}, 404, ""),
        ({"action": "hand_over", "to": "", "suggestion": ["1"]}, 422, "Choose who looks after"),
        ({"action": "hand_over", "suggestion": []}, 422, "Choose who looks after"),
    ],
)
def test_what_cannot_be_done_is_said_in_words(
    desk: Desk, people: SimpleNamespace, ada: Client, typed: dict[str, object], status: int, said: str
) -> None:
    desk.open("Campaign", by=people.mark)
    with nothing_changes():
        answer = ada.post(of(people.mark), typed)
    assert answer.status_code == status
    assert said in words(answer)
    assert ada.get("/people/987654/").status_code == 404


def test_places_change_through_the_seating_actions(people: SimpleNamespace, ada: Client) -> None:
    assert "Sales: Sam or Sue has to confirm first." in words(ada.get(of(people.mark)))
    assert "Mark is a member of Sales now." in act(ada, people.mark, "place", side="sales")
    assert "once an owner of it has confirmed" in act(ada, people.mark, "name_owner", side="sales")
    waiting = people.mark.appointments.get()
    assert "no longer waits" in act(ada, people.mark, "withdraw", appointment=waiting.pk)
    assert "Max is an owner no longer" in act(ada, people.max, "remove_owner")
    act(ada, people.mia, "remove_owner")
    assert "Marketing has no owner: Max becomes one at once." in words(ada.get(of(people.max)))
    assert "Max is an owner of Marketing now." in act(ada, people.max, "name_owner", side="marketing")
    assert people.max.role == Role.OWNER
    assert "Rep is the sponsor now." in act(ada, people.rep, "name_sponsor")
    assert "Rep is the sponsor no longer." in act(ada, people.rep, "end_sponsorship")
    assert "Rep is in no team now." in act(ada, people.rep, "place", side="")
    assert list(verify()) == []


def test_removing_an_owner_empties_the_seat_at_once(people: SimpleNamespace, desk: Desk, ada: Client) -> None:
    proposal = desk.submit("Campaign")
    desk.sign(proposal, people.sam)
    act(ada, people.sam, "remove_owner")
    assert people.sam.role == Role.MEMBER
    assert not proposal.text.sign_offs.live().exists()
    assert list(verify()) == []


def test_a_page_read_before_another_sponsor_was_named_ends_nothing(people: SimpleNamespace, ada: Client) -> None:
    for sponsor in (people.mark, people.rep):
        workflow.name_sponsor(sponsor.pk, by=Console(people.ada))
    assert "Mark is not the sponsor." in act(ada, people.mark, "end_sponsorship")
    assert policy.sponsor() == people.rep


def test_an_administrator_gives_a_link_again_from_the_page(people: SimpleNamespace, ada: Client) -> None:
    ivy = person("ivy")
    ivy.set_unusable_password()
    ivy.save()
    assert "Give an invitation link again" in words(ada.get(of(ivy)))
    assert "Give an invitation link again" not in words(ada.get(of(people.rep)))
    page = ada.post("/invitations/", {"person": ivy.pk})
    assert "/accounts/password/reset/key/" in page.content.decode()


# Handing over


def test_a_person_hands_over_several_at_once(desk: Desk, people: SimpleNamespace, at_browser: Browse) -> None:
    ids = [desk.open(name).pk for name in ("Campaign", "Funnel", "Lead")]
    rep = at_browser(people.rep)
    page = rep.get(f"{of(people.rep)}?suggestion={ids[1]}").content.decode()
    ticked = [pk for pk in ids if f'value="{pk}" checked' in page]
    assert ticked == [ids[1]]
    said = act(rep, people.rep, "hand_over", suggestion=ids[:2], to=people.mark.pk)
    assert "Mark looks after 2 suggestions now, and is told so." in said
    said = act(rep, people.rep, "hand_over", suggestion=ids[2:], to=people.mark.pk)
    assert "Mark looks after “Lead” now" in said
    assert "looked after by Mark" in words(rep.get(f"/proposals/{ids[0]}/"))
    mark = at_browser(people.mark)
    assert "Hand over to a colleague" in words(mark.get(f"/proposals/{ids[0]}/"))
    assert "looked after by Mark" in words(mark.get("/queue/"))
    assert "Hand over to a colleague" not in words(at_browser(people.sam).get(f"/proposals/{ids[0]}/"))
    assert "No open suggestion." in words(rep.get(of(people.rep)))


def test_each_is_offered_to_hand_over_to_whoever_may_and_only_those(
    desk: Desk, people: SimpleNamespace, ada: Client, at_browser: Browse
) -> None:
    other, mine = desk.open("Other", by=people.sue), desk.open("Mine", by=people.rep)
    User.objects.filter(pk=people.sue.pk).update(is_staff=False)
    for proposal in (other, mine):
        workflow.hand_over([proposal.pk], to=people.mark.pk, by=acting(proposal.author))
    for author, theirs, not_theirs in ((people.rep, mine, other), (people.sue, other, mine)):
        browser = at_browser(author)
        assert "Hand over to a colleague" in words(browser.get(f"/proposals/{theirs.pk}/"))
        answer = browser.get(of(people.mark))
        page = answer.content.decode()
        assert f'value="{theirs.pk}" checked' in page and f'id="suggestion-{not_theirs.pk}"' not in page
        assert not_theirs.text.content.name in words(answer), "listed all the same"
    everything = ada.get(of(people.mark)).content.decode()
    assert all(f'value="{pk}" checked' in everything for pk in (mine.pk, other.pk))
    said = act(at_browser(people.rep), people.mark, "hand_over", suggestion=[mine.pk], to=people.sam.pk)
    assert "Sam looks after “Mine” now" in said


def test_closing_an_account_asks_who_looks_after_what_is_open_and_hands_it_over(
    desk: Desk, people: SimpleNamespace, ada: Client, at_browser: Browse
) -> None:
    proposal = desk.submit("Campaign")
    assert "Who looks after 1 open suggestion from now on?" in words(ada.get(of(people.rep)))
    act(ada, people.rep, "close", hand_to=people.mark.pk)
    assert not people.rep.is_active
    proposal.refresh_from_db()
    assert proposal.keeper == people.mark
    kinds = Event.objects.order_by("-seq").values_list("kind", flat=True)[:2]
    assert list(kinds) == ["person.deactivated", "proposal.handed_over"]


def test_what_somebody_left_behind_is_pointed_at_and_handed_over_later(
    desk: Desk, people: SimpleNamespace, ada: Client
) -> None:
    proposal = desk.open("Campaign")
    act(ada, people.rep, "close", hand_to="stays")
    assert "1 open suggestion is looked after by somebody who has left." in words(ada.get("/people/"))
    assert "Mark looks after “Campaign” now" in act(
        ada, people.rep, "hand_over", suggestion=[proposal.pk], to=people.mark.pk
    )
    assert "somebody who has left" not in words(ada.get("/people/"))


def test_an_owner_ends_the_objection_of_somebody_who_is_gone(
    desk: Desk, people: SimpleNamespace, at_browser: Browse
) -> None:
    proposal = desk.submit("Campaign")
    workflow.send_back(proposal.pk, by=acting(people.max), digest=proposal.text.digest, reason="Whose budget?")
    mia, here = at_browser(people.mia), f"/proposals/{proposal.pk}/"
    assert "Marketing no longer objects" not in words(mia.get(here))
    workflow.deactivate(people.max.pk, by=Console(people.ada))
    page = words(at_browser(people.rep).get(here))
    assert "Max no longer speaks for Marketing. An owner of Marketing can end this objection." in page
    assert "Marketing no longer objects" in words(mia.get(here))
    mia.post(here, {"action": "no_longer_object"})
    assert "Whose budget?" not in words(mia.get(here))


# Data


def test_a_person_takes_their_data_along_and_an_administrator_too(
    desk: Desk, people: SimpleNamespace, ada: Client, at_browser: Browse
) -> None:
    kept = desk.open("Campaign")
    workflow.hand_over([kept.pk], to=people.mark.pk, by=acting(people.rep))
    desk.open("Funnel", by=people.mia)
    address = f"{of(people.mark)}export/"
    for browser in (ada, at_browser(people.mark)):
        answer = browser.get(address)
        assert (answer.status_code, answer.streaming) == (200, True)
        assert answer["Content-Disposition"] == f'attachment; filename="accord-person-{people.mark.pk}.json"'
        assert "no-store" in answer["Cache-Control"]
        told = json.loads(b"".join(answer.streaming_content))  # type: ignore[arg-type]
        assert [row["id"] for row in told["glossary.Proposal"]] == [kept.pk]
        assert "proposal.handed_over" in {row["kind"] for row in told["glossary.Event"]}
        assert people.mark.password not in json.dumps(told)
    assert "Export my data" in words(at_browser(people.mark).get(of(people.mark)))
    for other in (people.rep, people.sam):
        assert at_browser(other).get(address).status_code == 403
    assert ada.get("/people/987654/export/").status_code == 404
    assert ada.post(address).status_code == 405


def test_what_somebody_read_and_watches_is_exported_to_them_alone(
    desk: Desk, people: SimpleNamespace, ada: Client, at_browser: Browse
) -> None:
    now, sam = timezone.now(), acting(people.sam)
    term = desk.publish("Campaign").term
    workflow.watch("campaign", by=sam, at=now)
    LastLook.objects.keep([(people.sam.pk, term.pk, 1, now)])
    workflow.mark_all_read(by=sam, at=now, upto=now)

    def exported(browser: Client) -> dict[str, list[dict[str, object]]]:
        answer = browser.get(f"{of(people.sam)}export/")
        found: dict[str, list[dict[str, object]]] = json.loads(b"".join(answer.streaming_content))  # type: ignore[arg-type]
        return found

    own, to_ada = exported(at_browser(people.sam)), exported(ada)
    assert own.keys() - to_ada.keys() == {"glossary.Watch", "glossary.LastLook"}
    assert any(row["read_at"] for row in own["glossary.Message"])
    assert len(own["glossary.Message"]) == len(to_ada["glossary.Message"])
    assert not any("read_at" in row for row in to_ada["glossary.Message"])


def test_names_are_text(people: SimpleNamespace, ada: Client) -> None:
    User.objects.filter(pk=people.rep.pk).update(first_name="<script>alert(1)</script>" + "x" * 80)
    for address in ("/people/", of(people.rep), of(people.sam)):
        assert "<script>alert" not in ada.get(address).content.decode()
