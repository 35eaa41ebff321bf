"""The inbox on the pages: what one was told and has not read, words one watches, and what changed since one looked."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import pytest
from django.conf import LazySettings
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from accounts.models import User
from glossary import lookup, outbox, usage, workflow
from glossary.lookup import Told
from glossary.models import LastLook, Message, Watch
from glossary.outbox.letters import _ROLES
from glossary.policy import Console
from glossary.portal.inbox import EVENT_WORDS, line_of
from glossary.portal.notifications import GROUPS
from glossary.portal.profile import SEAT_WORDS
from tests.house.test_docs import everything_happens
from tests.portal.conftest import Browse, hidden, words
from tests.reading import counted, reading_only
from tests.world import Desk, acting, person

HOSTILE = "<img src=x onerror=alert(1)> [click](javascript:alert(1)) **bold**"


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """The people at work; what was said while they were seated is out of the way."""
    Message.objects.all().delete()
    return desk


@pytest.fixture
def reading_is_noted(settings: LazySettings) -> Iterator[None]:
    """Noted, and written only where a test says so."""
    settings.GLOSSARY_USAGE_SECONDS = 3_600
    with patch.object(usage, "SECONDS_OF_A_LOOK", 3_600):
        usage._noted = usage.Noted()
        yield
        usage._noted = usage.Noted()


def message_of(person: User, kind: str) -> Message:
    return Message.objects.in_the_inbox_of(person).get(kind=kind)


def unread(browser: Client) -> str:
    """What the head of a page says of the inbox."""
    said = words(browser.get("/queue/"))
    return said.partition("Inbox")[2].partition(" unread")[0].strip() if " unread" in said else ""


# Messages


def test_the_head_of_each_page_counts_what_is_unread_with_two_queries(
    desk: Desk, people: SimpleNamespace, at_browser: Browse
) -> None:
    desk.submit("Campaign")
    mia = at_browser(people.mia)
    for address in ("/", "/queue/", "/words/", "/inbox/", "/nowhere/"):
        assert "Inbox 1 unread" in words(mia.get(address)), address
    with counted() as said:
        mia.get("/words/")
    assert len([statement for statement in said if "glossary_message" in statement]) == 2
    assert unread(at_browser(people.rep)) == ""


def test_what_somebody_else_has_done_is_shown_as_over_and_counts_no_more(
    desk: Desk, people: SimpleNamespace, at_browser: Browse
) -> None:
    proposal = desk.submit("Campaign")
    sam, message = at_browser(people.sam), message_of(people.sam, "to_sign")
    assert "Yours to sign: Campaign New Rep put it up for signing" in words(sam.get("/inbox/"))
    desk.sign(proposal, people.sue)
    assert unread(sam) == ""
    assert "No longer needed: Yours to sign: Campaign" in words(sam.get("/inbox/"))
    assert "You have read everything" in words(sam.get("/inbox/?unread=1"))
    opened = words(sam.get(f"/inbox/{message.pk}/"))
    assert "nothing left to do for you here" in opened and "See how it went" in opened
    mine = at_browser(people.sue).get(f"/inbox/{message_of(people.sue, 'to_sign').pk}/")
    assert "It is done, or it has moved on since" in words(mine) and "somebody else" not in words(mine)


@pytest.mark.usefixtures("reading_is_noted")
def test_opening_a_message_shows_its_letter_and_is_reading_it_without_a_write_in_the_request(
    desk: Desk, people: SimpleNamespace, at_browser: Browse
) -> None:
    desk.publish("Campaign")
    proposal = desk.submit("Campaign", term="campaign", why="It decides the budget.", reason="We argue about money.")
    mia = at_browser(people.mia)
    message = Message.objects.in_the_inbox_of(people.mia).get(kind="to_sign", proposal=proposal)
    before = int(unread(mia))
    assert mia.head(f"/inbox/{message.pk}/").status_code == 200 and int(unread(mia)) == before
    with reading_only():
        answer = mia.get(f"/inbox/{message.pk}/")
    said = words(answer)
    assert not said.partition("Inbox")[2].startswith(f" {before} unread"), "it is before them"
    usage.flush()
    for text in ("We argue about money.", "It decides the budget.", "What changes against version 1"):
        assert text in said, text
    assert f'href="/proposals/{proposal.pk}/"' in answer.content.decode()
    assert int(unread(mia) or 0) == before - 1


@pytest.mark.usefixtures("reading_is_noted")
def test_that_a_message_was_read_is_written_once_the_database_is_no_longer_busy(
    desk: Desk, people: SimpleNamespace, at_browser: Browse, time_machine: Any
) -> None:
    time_machine.move_to("2027-05-03T12:00:00Z", tick=False)
    desk.submit("Campaign")
    mia, message = at_browser(people.mia), message_of(people.mia, "to_sign")

    def busy(execute: Any, *rest: Any) -> Any:
        raise OperationalError("database is locked")

    mia.get(f"/inbox/{message.pk}/")
    opened = timezone.now()
    with connection.execute_wrapper(busy):
        usage.flush()
    assert unread(mia) == "1"
    time_machine.shift(60)
    mia.get(f"/inbox/{message.pk}/")
    for _ in range(2):
        usage.flush()
    message.refresh_from_db()
    assert message.read_at == opened and unread(mia) == ""


def test_messages_are_marked_one_by_one_or_all_that_were_on_the_page(
    desk: Desk, people: SimpleNamespace, at_browser: Browse
) -> None:
    desk.submit("Campaign")
    mia, message = at_browser(people.mia), message_of(people.mia, "to_sign")
    assert mia.post("/inbox/?unread=1", {"action": "read", "message": message.pk}).url == "/inbox/?unread=1"  # type: ignore[attr-defined]
    assert unread(mia) == ""
    mia.post("/inbox/", {"action": "unread", "message": message.pk})
    assert unread(mia) == "1"
    upto = hidden(mia.get("/inbox/"), "upto")
    desk.submit("Lead")
    assert "marked as read" in words(mia.post("/inbox/", {"action": "read_all", "upto": upto}, follow=True))
    assert unread(mia) == "1", "what came after the page was made stays unread"


def test_nobody_reads_or_marks_what_others_were_told(
    desk: Desk, people: SimpleNamespace, at_browser: Browse, client: Client
) -> None:
    desk.submit("Campaign")
    message, rep = message_of(people.mia, "to_sign"), at_browser(people.rep)
    assert rep.get(f"/inbox/{message.pk}/").status_code == 404
    for action in ("read", "unread"):
        assert rep.post("/inbox/", {"action": action, "message": message.pk}).status_code == 404
    mail = Message.objects.get(channel="mail", person=people.mia)
    assert at_browser(people.mia).get(f"/inbox/{mail.pk}/").status_code == 404
    assert client.get("/inbox/").status_code == client.get(f"/inbox/{message.pk}/").status_code == 302
    for upto in ("2026-13-45T00:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-01-01T00:00:00"):
        for action in ("read_all", "seen_all"):
            assert rep.post("/inbox/", {"action": action, "upto": upto}).status_code == 422, upto
    for typed in ({"action": "read"}, {"action": "read_all"}, {}):
        assert rep.post("/inbox/", typed).status_code in (404, 422), typed
    assert unread(at_browser(people.mia)) == "1"
    read = at_browser(people.ada).get(f"/admin/glossary/message/{message.pk}/change/")
    assert read.status_code == 200 and "Read at" not in words(read)


def test_a_long_inbox_comes_in_pages_and_asks_no_more_queries(
    desk: Desk, people: SimpleNamespace, at_browser: Browse
) -> None:
    desk.publish("Campaign")
    desk.submit("Lead")
    mia = at_browser(people.mia)
    mia.get("/inbox/")
    with counted() as few:
        mia.get("/inbox/")
    for number in range(11):
        desk.publish(f"Word {number}")
    with counted() as many:
        answer = mia.get("/inbox/")
    assert len(many) == len(few) <= 14
    assert "Agreed: Word 10" in words(answer) and "Agreed: Campaign" not in words(answer)
    assert "Agreed: Campaign" in words(mia.get("/inbox/?page=2"))
    for odd in ("0", "-1", "x", "99999999999999", "²"):
        assert mia.get(f"/inbox/?page={odd}").status_code == 200, odd


def test_the_inbox_of_somebody_new_says_what_it_is_for(people: SimpleNamespace, at_browser: Browse) -> None:
    Message.objects.all().delete()
    said = words(at_browser(people.ada).get("/inbox/"))
    for text in ("Nothing here yet. You are told here when", "choose “Watch this word”", "What I am told, and how"):
        assert text in said


def test_what_people_write_is_inert_here(desk: Desk, people: SimpleNamespace, at_browser: Browse) -> None:
    User.objects.filter(pk=people.rep.pk).update(first_name="<b>Rep</b>")
    desk.submit("Campaign", definition=HOSTILE, reason=HOSTILE)
    mia, message = at_browser(people.mia), message_of(people.mia, "to_sign")
    for address in ("/inbox/", f"/inbox/{message.pk}/"):
        page = mia.get(address).content.decode()
        assert "<img" not in page and "<b>" not in page and 'href="javascript' not in page
    assert "**bold**" in page


def test_the_page_of_settings_offers_the_inbox_alone(people: SimpleNamespace, at_browser: Browse) -> None:
    sam = at_browser(people.sam)
    typed = {"mode_to_sign": "off", "mode_roles": "none", "mode_watched_change": "digest", "digest_at": "08:00"}
    said = words(sam.post("/accounts/notifications/", typed, follow=True))
    for choice in ("By mail at once", "By mail once a day", "Only in the inbox", "Not at all", "Change agreed"):
        assert choice in said
    people.sam.refresh_from_db()
    assert people.sam.notifications.modes == {"to_sign": "off", "roles": "none", "watched_change": "digest"}


def test_every_kind_that_one_can_do_without_stands_in_one_group() -> None:
    grouped = sorted(name for names in GROUPS.values() for name in names)
    assert grouped == sorted(name for name, kind in outbox.TO_PEOPLE.items() if kind.may_be_off)


def test_what_only_a_role_is_told_of_is_offered_to_that_role(people: SimpleNamespace, at_browser: Browse) -> None:
    workflow.name_sponsor(people.rep.pk, by=acting(people.ada))
    offered = {
        name: [kind for kind in ("escalated", "stuck") if f'name="mode_{kind}"' in _settings(at_browser, name, people)]
        for name in ("mark", "ada", "rep")
    }
    assert offered == {"mark": [], "ada": ["escalated"], "rep": ["escalated", "stuck"]}


def _settings(at_browser: Browse, name: str, people: SimpleNamespace) -> str:
    return at_browser(getattr(people, name)).get("/accounts/notifications/").content.decode()


def test_what_a_sponsor_chose_is_kept_while_somebody_else_is_sponsor(
    people: SimpleNamespace, at_browser: Browse
) -> None:
    workflow.name_sponsor(people.rep.pk, by=acting(people.ada))
    rep = at_browser(people.rep)
    rep.post("/accounts/notifications/", {"mode_stuck": "digest"})
    workflow.end_sponsorship(people.rep.pk, by=acting(people.ada))
    rep.post("/accounts/notifications/", {"mode_stuck": "none", "mode_agreed": "off"})
    people.rep.refresh_from_db()
    assert people.rep.notifications.modes == {"stuck": "digest", "agreed": "off"}


# Watching


def test_a_word_is_watched_from_its_page_and_let_go_again(
    desk: Desk, people: SimpleNamespace, at_browser: Browse
) -> None:
    desk.publish("Campaign")
    desk.open("Lead")
    mark = at_browser(people.mark)
    for slug, name in (("campaign", "Campaign"), ("lead", "Lead")):
        assert "Watch this word" in words(mark.get(f"/terms/{slug}/"))
        assert "You watch this word" in words(mark.post(f"/terms/{slug}/watch/", {"action": "watch"}, follow=True))
        assert f"{name} Stop watching {name}" in words(mark.get("/inbox/"))
    mark.post("/inbox/", {"action": "stop", "word": "lead"})
    mark.post("/terms/campaign/watch/", {"action": "stop"})
    assert not Watch.objects.exists()
    assert mark.post("/terms/nowhere/watch/", {"action": "watch"}).status_code == 404
    assert mark.get("/terms/lead/watch/").url == "/terms/lead/", "where a sign-in in between leads back to"  # type: ignore[attr-defined]


def test_a_visitor_sees_no_button_and_watches_nothing(desk: Desk, client: Client, settings: LazySettings) -> None:
    settings.GLOSSARY_OPEN_READING = True
    desk.publish("Campaign")
    page = words(client.get("/terms/campaign/"))
    assert "Campaign" in page and "Watch this word" not in page and "Inbox" not in page
    assert client.post("/terms/campaign/watch/", {"action": "watch"}).status_code == 302
    assert not Watch.objects.exists() and not usage._noted.looks


# Changed since one looked


@pytest.mark.usefixtures("reading_is_noted")
def test_a_word_says_what_changed_since_one_looked_and_looking_writes_nothing_by_itself(
    desk: Desk, people: SimpleNamespace, at_browser: Browse, time_machine: Any
) -> None:
    time_machine.move_to("2027-05-03T12:00:00Z")
    desk.publish("Campaign", summary="a plan with a goal")
    mark, sam = at_browser(people.mark), at_browser(people.sam)
    for reader in (mark, sam):
        reader.get("/terms/campaign/")
        with reading_only():
            assert "Changed since" not in words(reader.get("/terms/campaign/"))
    usage.flush()
    usage.flush()
    assert LastLook.objects.count() == 2
    time_machine.move_to("2027-05-10T12:00:00Z")
    desk.publish("Campaign", term="campaign", summary="a plan with a clear goal")
    assert "Campaign v1 → v2, 10 May 2027" in words(mark.get("/inbox/"))
    said = mark.get("/terms/campaign/")
    assert "Changed since you last looked , on 3 May 2027 : v1 → v2. See what changed" in words(said)
    assert 'href="/terms/campaign/compare/?from=1&amp;to=2"' in said.content.decode()
    usage.flush()
    assert "Changed since" not in words(mark.get("/terms/campaign/"))
    assert "Every word that you have looked at still says what you read" in words(mark.get("/inbox/"))
    for address in ("/terms/campaign/", "/inbox/"):
        assert "v1 → v2" not in words(sam.get(address)), "who signed it knows it"


@pytest.mark.usefixtures("reading_is_noted")
def test_a_look_is_written_once_a_day_and_never_goes_back(
    desk: Desk, people: SimpleNamespace, at_browser: Browse, time_machine: Any
) -> None:
    time_machine.move_to("2027-05-03T12:00:00Z")
    term = desk.publish("Campaign").term
    mark = at_browser(people.mark)
    mark.get("/terms/campaign/")
    usage.flush()
    mark.get("/terms/campaign/")
    assert not usage._noted.looks, "nothing new"
    time_machine.move_to("2027-05-04T12:00:00Z")
    mark.get("/terms/campaign/")
    assert usage._noted.looks
    LastLook.objects.keep([(people.mark.pk, term.pk, 2, timezone.now())])
    usage.flush()
    assert LastLook.objects.get().number == 2


def test_only_words_that_one_looked_at_or_watches_are_listed_until_marked_as_seen(
    desk: Desk, people: SimpleNamespace, at_browser: Browse
) -> None:
    terms = {name: desk.publish(name).term for name in ("Campaign", "Lead", "Push")}
    LastLook.objects.keep([(people.mark.pk, terms["Campaign"].pk, 1, timezone.now())])
    workflow.watch("lead", by=acting(people.mark), at=timezone.now())
    for name in ("Campaign", "Push"):
        desk.publish(name, term=name.lower(), why="Because.")
    mark = at_browser(people.mark)
    page = mark.get("/inbox/")
    assert "See what changed in Campaign" in words(page)
    assert "Lead v1" in words(page) and "which you have not opened yet" in words(page) and "Push" not in words(page)
    desk.publish("Lead", term="lead", why="Because.")
    mark.post("/inbox/", {"action": "seen_all", "upto": hidden(page, "upto")})
    assert [(each.name, each.seen) for each in lookup.changed_since_seen(people.mark, at=timezone.now())] == [
        ("Lead", 1)
    ], "version 2 came after the page was made"


def test_what_the_inbox_keeps_is_in_the_export_of_a_person(desk: Desk, people: SimpleNamespace) -> None:
    version = desk.publish("Campaign")
    workflow.watch("campaign", by=acting(people.mark), at=timezone.now())
    LastLook.objects.keep([(people.mark.pk, version.term.pk, 1, timezone.now() - timedelta(days=1))])
    told = {table: list(rows) for table, rows in lookup.told_about(people.mark, to_themself=True)}
    assert [row["term_id"] for row in told["glossary.Watch"] + told["glossary.LastLook"]] == [version.term.pk] * 2
    desk.submit("Campaign", term="campaign", why="Because.")
    kept = {table: list(rows) for table, rows in lookup.told_about(people.mark, to_themself=True)}["glossary.Message"]
    assert {row["channel"] for row in kept if row["kind"] == "watched_suggestion"} == {"mail", "in_app"}


def test_a_concern_says_who_is_hurt_by_which_word(desk: Desk, people: SimpleNamespace, at_browser: Browse) -> None:
    desk.publish("Campaign")
    workflow.raise_concern("campaign", by=acting(people.rep), text="This hurts because we lose good ones.")
    assert "A concern: Campaign New Rep says that it hurts" in words(at_browser(people.mia).get("/inbox/"))


# What happened, in words


def test_a_message_says_its_day_as_one_speaks_and_the_team_that_answered(
    desk: Desk, people: SimpleNamespace, at_browser: Browse, time_machine: Any
) -> None:
    version = desk.publish("Campaign")
    Message.objects.all().delete()
    time_machine.move_to(datetime(2027, 3, 1, 10, tzinfo=UTC))
    concern = workflow.raise_concern(version.term.slug, by=acting(people.rep), text="It hurts.")
    workflow.answer_concern(concern.pk, by=acting(people.mia), text="We know.")
    said = []
    for days in (0, 1, 40, 400):
        time_machine.move_to(datetime(2027, 3, 1, 11, tzinfo=UTC) + timedelta(days=days))
        page = at_browser(people.rep).get("/inbox/")
        said.append(words(page).partition("Mia answered for Marketing ")[2].split(" Mark as")[0])
        assert 'title="1 March 2027, 10:00 UTC"' in page.content.decode()
    assert said == ["today", "yesterday", "1 Mar", "1 Mar 2027"]


def test_what_was_read_is_marked_as_unread_from_the_message_too(
    desk: Desk, people: SimpleNamespace, at_browser: Browse
) -> None:
    desk.submit("Campaign")
    mia, message = at_browser(people.mia), message_of(people.mia, "to_sign")
    mia.post("/inbox/", {"action": "read", "message": message.pk})
    opened = mia.get(f"/inbox/{message.pk}/")
    assert "Mark as unread" in words(opened)
    mia.post("/inbox/", {"action": "unread", "message": hidden(opened, "message")})
    assert unread(mia) == "1"


@pytest.mark.slow
def test_every_kind_of_event_that_somebody_is_told_of_has_words(desk: Desk, people: SimpleNamespace) -> None:
    everything_happens(desk, people)
    desk.sign(desk.submit("Push"), people.sam)
    workflow.remove_owner(people.sam.pk, by=Console(people.ada))
    rows = Message.objects.filter(channel="in_app", event__isnull=False).select_related("event__actor", "event__side")
    kinds = set(rows.values_list("event__kind", flat=True))
    assert kinds >= EVENT_WORDS.keys() - {"proposal.rebased"}
    for message in rows:
        assert message.event is not None
        actor = message.event.actor.display_name if message.event.actor else "Accord"
        assert line_of(Told(message, "", "", False)).removeprefix(actor).strip(), message.event.kind
    assert _ROLES.keys() <= SEAT_WORDS.keys(), "also those of which nobody was told in this story"


def test_a_lost_signature_says_how_and_an_account_that_closes_names_no_team_where_there_was_none(
    desk: Desk, people: SimpleNamespace, at_browser: Browse
) -> None:
    desk.sign(desk.submit("Campaign"), people.sam)
    Message.objects.all().delete()
    workflow.remove_owner(people.sam.pk, by=Console(people.ada))
    said = words(at_browser(people.sue).get("/inbox/"))
    assert "Yours to sign: Campaign New Ada took a role away, and a signature with it" in said
    workflow.deactivate(people.ada.pk, by=Console(people.max))
    sue = at_browser(people.sue)
    for address in ("/inbox/", "/accounts/profile/", f"/people/{people.ada.pk}/"):
        said = words(sue.get(address))
        assert "is no longer active" in said and "active for no team" not in said, address


def test_a_reminder_says_of_which_word_or_of_how_many(
    desk: Desk, people: SimpleNamespace, at_browser: Browse, time_machine: Any
) -> None:
    time_machine.move_to("2027-03-01T10:00:00Z")
    workflow.name_sponsor(person("vera").pk, by=Console(people.ada))
    desk.sign(desk.submit("Campaign"), people.sam)
    desk.submit("Lead")
    desk.publish("Funnel", review_months=1)
    desk.publish("Churn", review_months=1)
    time_machine.move_to("2027-03-04T10:00:00Z")
    workflow.remind(at=timezone.now())
    said = words(at_browser(people.sam).get("/inbox/"))
    assert "Still yours to sign: Lead New today" in said, "their team has signed the other one"
    assert "Still yours to sign: 2 suggestions New" in words(at_browser(people.mia).get("/inbox/"))
    time_machine.move_to("2027-04-02T10:00:00Z")
    workflow.remind(at=timezone.now())
    assert "Waits for long: 2 suggestions New" in words(at_browser(User.objects.get(username="vera")).get("/inbox/"))
    mia = at_browser(people.mia)
    assert "Time to look again: 2 words New" in words(mia.get("/inbox/"))
    with counted() as said_to_the_database:
        mia.get("/inbox/")
    assert len([each for each in said_to_the_database if each.startswith('SELECT "glossary_reminder"')]) == 1
