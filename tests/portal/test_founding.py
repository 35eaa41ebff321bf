"""The first day: an empty registry is set up, people are invited, words are picked from the shelf."""

import io
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from accounts.models import Side, User
from accounts.sessions import SIGNED_IN_AT
from glossary import workflow
from glossary.checks import invitation_to_set_up
from glossary.exchange import starter
from glossary.ledger.verifying import verify
from glossary.models import Event, Message, Proposal, SignOff, State
from tests.portal.conftest import Browse, words
from tests.reading import counted
from tests.world import Desk, acting

pytestmark = pytest.mark.django_db

PASSWORD = "a long pass phrase"


def typed(**other: Any) -> dict[str, Any]:
    """What Ada, who signs for sales, sends; Mia is invited for marketing."""
    ada = {"first_name": "Ada", "last_name": "Byron", "email": "ada@example.com", "username": "ada"}
    mia = {"first_name": "Mia", "last_name": "Tanaka", "email": "mia@example.com", "username": "mia"}
    teams = {"sales_name": "Sales", "sales_owner": "me", "marketing_name": "Growth", "marketing_owner": "other"}
    secret = {"code": workflow.setup_code(), "password1": PASSWORD, "password2": PASSWORD}
    invited = {f"marketing_{name}": value for name, value in mia.items()}
    return ada | teams | secret | invited | {"time_zone": "Europe/London"} | other


def test_an_empty_registry_leads_to_its_set_up(client: Client) -> None:
    assert client.get("/").headers["Location"] == "/setup/"
    assert "Set Accord up" in words(client.get("/accounts/login/"))


def test_it_is_set_up_by_whoever_knows_the_code(client: Client) -> None:
    answer = client.post("/setup/", typed())
    assert answer.headers["Location"] == "/invitations/"
    ada, mia = User.objects.order_by("pk")
    assert (ada.is_staff, ada.time_zone, ada.side_id, ada.is_owner) == (True, "Europe/London", "sales", True)
    assert (mia.is_staff, mia.side_id, mia.is_owner, mia.has_usable_password()) == (False, "marketing", True, False)
    assert Side.objects.get(pk="marketing").name == "Growth"
    assert [event.kind for event in Event.objects.order_by("seq")] == [
        "side.named",
        "owner.installed",
        "owner.installed",
    ]
    assert list(verify()) == []
    assert client.get("/").status_code == 200, "the administrator is signed in"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"code": "AAAA-BBBB-CCCC"}, "The server has printed another code."),
        ({"password2": "another pass phrase"}, "The two passwords differ."),
        ({"password1": "short", "password2": "short"}, "too short"),
        ({"marketing_owner": "me"}, "Two teams, two people"),
        ({"marketing_username": ""}, "Say who it is that you invite."),
        ({"marketing_username": "ADA"}, "Somebody above has this already"),
        ({"marketing_email": "ADA@example.com"}, "Somebody above has this already"),
        ({"marketing_name": "sales"}, "There is already a team called “sales”."),
        ({"sales_name": "\u202etop"}, "a character that nobody can see"),
        ({"username": "a b"}, "Enter a valid username"),
        ({"time_zone": "Mars/Olympus"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_set_up_is_said_and_nothing_is_lost(client: Client, wrong: dict[str, str], said: str) -> None:
    answer = client.post("/setup/", typed(**wrong))
    assert answer.status_code in (409, 422)
    assert said in words(answer)
    page = answer.content.decode()
    assert 'value="Tanaka"' in page and 'value="Byron"' in page, "what was typed is kept"
    assert PASSWORD not in page
    assert not User.objects.exists() and not Event.objects.exists()


def test_once_anybody_has_an_account_the_page_is_gone(client: Client, people: SimpleNamespace) -> None:
    assert client.get("/setup/").status_code == 404
    assert client.post("/setup/", typed()).status_code == 404
    assert client.get("/").headers["Location"].startswith("/accounts/login/")
    assert "Set Accord up" not in words(client.get("/accounts/login/"))
    assert invitation_to_set_up() == ""


def test_the_server_says_the_code_and_the_command_prints_it_again() -> None:
    out = io.StringIO()
    call_command("setup", code=True, stdout=out)
    assert out.getvalue().strip() == workflow.setup_code()
    assert workflow.setup_code() in invitation_to_set_up()


def test_the_command_sets_up_as_the_page_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
    out, mia = io.StringIO(), "Mia,Tanaka,mia@example.com,mia"
    ada = "Ada,Byron,ada@example.com,ada"
    call_command("setup", administrator=ada, sales="me", marketing=mia, password_stdin=True, stdout=out)
    assert User.objects.get(username="ada").check_password(PASSWORD)
    assert "/accounts/password/reset/key/" in out.getvalue()
    with pytest.raises(CommandError, match="set up already"):
        call_command("setup", administrator=ada, sales="me", marketing=mia, password_stdin=True)


def test_the_command_says_what_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    asked = {"administrator": "Ada,Byron,ada@example.com,ada", "sales": "me", "password_stdin": True}
    with pytest.raises(CommandError, match="is not a person"):
        call_command("setup", marketing="Mia", **asked)
    with pytest.raises(CommandError, match=r"Password: .*too short"):
        call_command("setup", marketing="Mia,Tanaka,mia@example.com,mia", **asked)
    assert not User.objects.exists()


# Invitations


def test_an_invited_person_chooses_a_password_once(people: SimpleNamespace, at_browser: Browse, client: Client) -> None:
    form = {"first_name": "Pia", "last_name": "Berg", "email": "pia@example.com", "username": "Pia", "side": "sales"}
    answer = at_browser(people.ada).post("/invitations/", form | {"role": "member"})
    pia = User.objects.get(username="pia")
    link = dict(answer.context["invited"])[pia]
    said = words(client.get(link, follow=True))
    assert "Welcome, Pia" in said and "sign in as pia" in said
    client.post(client.get(link).headers["Location"], {"password1": PASSWORD, "password2": PASSWORD})
    pia.refresh_from_db()
    assert pia.check_password(PASSWORD) and pia.side_id == "sales" and not pia.is_owner
    assert "no longer works" in words(Client().get(link, follow=True))
    assert "Pia Berg" not in words(at_browser(people.ada).get("/invitations/"))


def test_whoever_is_invited_by_mail_gets_the_link_and_nobody_else_sees_it(
    people: SimpleNamespace, at_browser: Browse
) -> None:
    form = {"first_name": "Pia", "last_name": "Berg", "email": "pia@example.com", "username": "pia", "by_mail": "on"}
    page = at_browser(people.ada)
    assert page.post("/invitations/", form).headers["Location"] == "/invitations/"
    said = words(page.get("/invitations/"))
    assert "Pia Berg gets a mail with the link in a moment." in said and "/password/reset/key/" not in said
    assert Message.objects.get(kind="invitation").person == User.objects.get(username="pia")


def test_the_page_says_what_became_of_the_mail(people: SimpleNamespace, at_browser: Browse) -> None:
    pia = workflow.invite(workflow.Newcomer("Pia", "Berg", "pia@example.com", "pia"), by=acting(people.ada))
    workflow.invite_by_mail(pia.pk, by=acting(people.ada))
    page = at_browser(people.ada)
    assert "A mail with the link is on its way" in words(page.get("/invitations/"))
    call_command("worker", "--once")
    assert "The mail with the link went out" in words(page.get("/invitations/"))
    why = "The mail server does not take mail for this address (550)."
    Message.objects.filter(kind="invitation").update(state="given_up", error=why)
    assert f"The mail did not arrive. {why}" in words(page.get("/invitations/"))


def test_nobody_gets_a_link_for_somebody_who_has_a_password(people: SimpleNamespace, at_browser: Browse) -> None:
    answer = at_browser(people.ada).post("/invitations/", {"person": people.mia.pk})
    assert answer.status_code == 409 and "has chosen a password already" in words(answer)


def test_a_further_owner_waits_for_an_owner_of_the_team(people: SimpleNamespace, at_browser: Browse) -> None:
    form = {"first_name": "Pia", "last_name": "Berg", "email": "pia@example.com", "username": "pia"}
    answer = at_browser(people.ada).post("/invitations/", form | {"side": "sales", "role": "owner"})
    assert "waits to be confirmed as owner of Sales" in words(answer)
    assert not User.objects.get(username="pia").is_owner


def test_somebody_who_is_here_is_not_invited_again(people: SimpleNamespace, at_browser: Browse) -> None:
    form = {"first_name": "Mia", "last_name": "Two", "email": "new@example.com", "username": people.mia.username}
    answer = at_browser(people.ada).post("/invitations/", form)
    assert answer.status_code == 409 and "Somebody here already has" in words(answer)
    assert 'value="new@example.com"' in answer.content.decode()


def test_only_administrators_invite(people: SimpleNamespace, at_browser: Browse) -> None:
    assert at_browser(people.sam).get("/invitations/").status_code == 403
    assert at_browser(people.sam).post("/invitations/", {"person": people.mia.pk}).status_code == 403


def test_the_page_takes_as_many_queries_for_many_as_for_one(people: SimpleNamespace, at_browser: Browse) -> None:
    browser, counts = at_browser(people.ada), []
    for number in range(4):
        newcomer = workflow.Newcomer("Pia", str(number), f"p{number}@example.com", f"pia{number}")
        workflow.invite(newcomer, by=acting(people.ada), side="sales", role="owner")
        with counted() as statements:
            browser.get("/invitations/")
        counts.append(len(statements))
    assert len(set(counts[1:])) == 1


# Words on the shelf


def test_words_that_are_picked_become_drafts_that_nobody_has_signed(
    people: SimpleNamespace, at_browser: Browse, desk: Desk
) -> None:
    desk.publish("Campaign")
    keys = {entry.name: entry.key for entry in starter.entries() if entry.claim[0] == "word"}
    browser = at_browser(people.rep)
    assert "Campaign is here already" in words(browser.get("/starter/"))
    asked = [keys[name] for name in ("Campaign", "Pipeline", "Marketing Qualified Lead")]
    said = words(browser.post("/starter/", {"word": asked}, follow=True))
    assert "2 suggestions are in your drafts." in said
    opened = Proposal.objects.filter(state=State.DRAFT)
    assert {draft.term.name for draft in opened} == {"Pipeline", "Marketing Qualified Lead"}
    assert {draft.author for draft in opened} == {people.rep}
    assert not SignOff.objects.filter(revision__proposal__in=opened).exists()
    answer = browser.post("/starter/", {"word": asked})
    assert answer.status_code == 422 and "Tick at least one word" in words(answer)


def test_the_whole_shelf_can_be_taken_at_once(people: SimpleNamespace, at_browser: Browse) -> None:
    entries = starter.entries()
    at_browser(people.rep).post("/starter/", {"word": [entry.key for entry in entries]})
    assert Proposal.objects.count() == len(entries) >= 60
    assert "Every word of the shelf is here already." in words(at_browser(people.rep).get("/starter/"))


def test_an_invitation_is_made_after_a_fresh_sign_in_and_stands_in_the_ledger(
    people: SimpleNamespace, at_browser: Browse
) -> None:
    pia = workflow.invite(workflow.Newcomer("Pia", "Berg", "p@example.com", "pia"), by=acting(people.ada), side="sales")
    browser = at_browser(people.ada)
    browser.post("/invitations/", {"person": pia.pk})
    event = Event.objects.get(kind="person.invited")
    assert (event.actor, event.subject, event.side_id) == (people.ada, pia, "sales")
    assert "Pia Berg was invited by a link, for Sales (Ada)" in words(at_browser(people.mia).get("/accounts/profile/"))
    session = browser.session
    session[SIGNED_IN_AT] = (timezone.now() - timedelta(days=3)).isoformat()
    session.save()
    for answer in (browser.get("/invitations/"), browser.post("/invitations/", {"person": pia.pk})):
        assert answer.headers["Location"].startswith("/accounts/reauthenticate/")
    assert Event.objects.filter(kind="person.invited").count() == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"username": "ｓａｍ"}, "Somebody here already has “sam”."),
        ({"first_name": "Sam\u202e"}, "a character that nobody can see"),
        ({"last_name": "\u200bO"}, "a character that nobody can see"),
        ({"role": "owner"}, "Choose the team that this person signs for."),
    ],
)
def test_whoever_cannot_be_invited_is_told_why(
    wrong: dict[str, str], said: str, people: SimpleNamespace, at_browser: Browse
) -> None:
    form = {"first_name": "Pia", "last_name": "Berg", "email": "pia@example.com", "username": "pia"}
    answer = at_browser(people.ada).post("/invitations/", form | wrong)
    assert answer.status_code in (409, 422) and said in words(answer)
    assert not User.objects.filter(email="pia@example.com").exists()


def test_nobody_is_named_twice_in_other_letters(client: Client) -> None:
    answer = client.post("/setup/", typed(marketing_username="ａｄａ"))
    assert answer.status_code == 422 and "Somebody above has this already" in words(answer)


def test_what_was_typed_of_somebody_who_is_not_invited_after_all_is_no_mistake(client: Client) -> None:
    answer = client.post("/setup/", typed(sales_email="no address", sales_username="a b"))
    assert answer.status_code == 302
    assert set(User.objects.values_list("username", flat=True)) == {"ada", "mia"}
