"""What is in the mail, to whom it goes, and that nothing anybody writes can be more than text in it."""

import base64
import re
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from email.message import EmailMessage
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import LazySettings
from django.core import mail
from django.core.management import call_command
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.preferences import keep_notifications
from glossary import outbox, workflow
from glossary.models import Delivery, Event, Message, Proposal
from glossary.outbox.letters import Letter, Shown
from glossary.outbox.mailing import subject_of, unsubscribe_link
from glossary.policy import Console
from tests.outbox.receiving import Mailbox, mail_server
from tests.world import Desk, acting, draft_content

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """The people at work; what was said while they were seated is out of the way."""
    Message.objects.all().delete()
    return desk


def delivered() -> list[Any]:
    """Everything that is due, delivered; the mails that came of it."""
    mail.outbox.clear()
    call_command("worker", "--once")
    return list(mail.outbox)


def by_mail() -> QuerySet[Message]:
    """The messages that are mails, delivered or not."""
    return Message.objects.filter(channel="mail")


def to(person: User, mails: list[Any]) -> Any:
    """The one mail to this person."""
    found = [each for each in mails if each.to == [person.email]]
    assert len(found) == 1, [each.subject for each in mails]
    return found[0]


def html_of(sent: Any) -> str:
    return str(sent.alternatives[0][0])


def test_yours_to_sign_shows_the_difference_and_leads_to_the_suggestion(desk: Desk, people: SimpleNamespace) -> None:
    desk.publish("Campaign")
    delivered()
    proposal = desk.submit("Campaign", term="campaign", why="It decides the budget.", reason="We argue about money.")
    sent = to(people.sam, delivered())
    assert sent.subject == "Yours to sign: Campaign"
    for layout in (sent.body, html_of(sent)):
        assert f"http://testserver/proposals/{proposal.pk}/" in layout
        assert "It decides the budget." in layout and "We argue about money." in layout
        assert "Rep suggests a change" in layout and "What changes against version 1" in layout
    assert "  + It decides the budget." in sent.body
    assert "<ins>It decides the budget.</ins>" in html_of(sent)


def test_a_signature_that_no_longer_counts_says_what_changed(desk: Desk, people: SimpleNamespace) -> None:
    proposal = desk.submit("Campaign")
    desk.sign(proposal, people.sam)
    delivered()
    content = draft_content("Campaign", definition="Both teams mean another thing by it.")
    workflow.revise(proposal.pk, by=acting(people.rep), content=content)
    sent = to(people.sam, delivered())
    assert sent.subject == "Your signature no longer counts: Campaign"
    assert "<del>the same</del>" in html_of(sent) and "<ins>another thing</ins>" in html_of(sent)
    assert "  - Both teams mean the same by it.\n  + Both teams mean another thing by it." in sent.body


def test_a_mail_without_html_shows_line_by_line_what_changed(desk: Desk, people: SimpleNamespace) -> None:
    first, second = "Both teams mean the same by it.", "It has an owner."
    desk.publish("Campaign", definition=f"{first}\n\n{second}")
    delivered()
    desk.submit("Campaign", term="campaign", definition=f"{first}\n\n{second}\n\nAnd an end.")
    sent = to(people.sam, delivered())
    assert f"Definition\n    {first}\n\n    {second}\n  +\n  + And an end." in sent.body


def test_of_a_long_text_a_mail_shows_what_is_around_the_change(desk: Desk, people: SimpleNamespace) -> None:
    before, after = (
        "\n\n".join(f"Sentence {n} of many." for n in range(50)),
        "\n\n".join(f"Also {n}." for n in range(90)),
    )
    desk.publish("Campaign", definition=f"{before}\n\nIt ends soon.\n\n{after}")
    delivered()
    desk.submit("Campaign", term="campaign", definition=f"{before}\n\nIt ends late.\n\n{after}")
    sent = to(people.sam, delivered())
    html = html_of(sent)
    assert "It ends <del>soon</del><ins>late</ins>.\n\nAlso 0." in html
    assert html.count("…") == 2 and "Sentence 0 " not in html and "Also 89" not in html
    assert "  - It ends soon.\n  + It ends late.\n" in sent.body and len(sent.body) < 1_500


def test_who_it_is_about_is_spoken_to(desk: Desk, people: SimpleNamespace) -> None:
    now = timezone.now()
    workflow.delegate(people.rep.pk, by=acting(people.sam), starts_at=now, ends_at=now + timedelta(days=1))
    mails = delivered()
    assert "Sam lent you the own seat: you may sign for Sales from " in to(people.rep, mails).body
    assert "Sam lent the own seat to Rep, who may sign for Sales from " in to(people.mia, mails).body
    workflow.remove_owner(people.sue.pk, by=Console(people.ada))
    mails = delivered()
    assert "Ada removed you as owner of Sales. Open signatures of yours are void." in to(people.sue, mails).body


def test_a_link_in_a_text_is_shown_as_the_page_shows_it(desk: Desk, people: SimpleNamespace) -> None:
    desk.publish("Sales Accepted Lead")
    workflow.raise_word("Sales Velocity", by=acting(people.rep))
    desk.publish("Campaign", definition="Ends with a [[Sales Accepted Lead]].")
    workflow.watch("campaign", by=acting(people.mark), at=timezone.now())
    delivered()
    changed = {
        "definition": "Ends with a [[Sales Accepted Lead|lead of sales]], which adds to [[Sales Velocity]].",
        "related": [{"relation": "feeds", "term": "Sales Accepted Lead"}],
        "includes": ["what is no [[Sales Accepted Lead]]"],
    }
    desk.submit("Campaign", term="campaign", **changed)
    mails = delivered()
    for sent in (to(people.sam, mails), to(people.mark, mails)):
        assert "- Ends with a Sales Accepted Lead.\n" in sent.body
        assert "+ Ends with a lead of sales, which adds to Sales Velocity.\n" in sent.body
        assert "+ feeds: Sales Accepted Lead\n" in sent.body and "+ what is no Sales Accepted Lead\n" in sent.body
        assert "<ins>lead of sales" in html_of(sent) and "[[" not in html_of(sent) + sent.body


def test_a_link_that_leads_elsewhere_under_the_same_words_is_shown_as_written(
    desk: Desk, people: SimpleNamespace
) -> None:
    """Otherwise the mail would say that something differs, and show the same twice."""
    desk.publish("Lead")
    desk.publish("Deal")
    desk.publish("Campaign", definition="Ends with [[Lead|it]].")
    delivered()
    desk.submit("Campaign", term="campaign", definition="Ends with [[Deal|it]].")
    sent = to(people.sam, delivered())
    assert "<del>[[lead|it]]</del><ins>[[deal|it]]</ins>" in html_of(sent)


def test_sent_back_says_who_and_why(desk: Desk, people: SimpleNamespace) -> None:
    proposal = desk.submit("Campaign")
    workflow.send_back(proposal.pk, by=acting(people.mia), digest=proposal.text.digest, reason="Whose budget?\nOurs?")
    sent = to(people.rep, delivered())
    assert "Mia sent “Campaign” back for Marketing" in sent.body
    assert "> Whose budget?\n> Ours?" in sent.body
    assert "<blockquote>Whose budget?\nOurs?</blockquote>" in html_of(sent)


def test_whoever_has_signed_the_new_text_is_not_asked_to_sign_it_again(desk: Desk, people: SimpleNamespace) -> None:
    proposal = desk.submit("Campaign")
    desk.sign(proposal, people.sam)
    delivered()
    workflow.revise(proposal.pk, by=acting(people.rep), content=draft_content("Campaign", why="The budget."))
    proposal.refresh_from_db()
    desk.sign(proposal, people.sam)
    assert [sent.subject for sent in delivered() if sent.to == [people.sam.email]] == []


def test_agreed_names_both_signers_and_the_head_of_the_ledger(desk: Desk, people: SimpleNamespace) -> None:
    version = desk.publish("Campaign")
    event = Event.objects.get(kind="version.published")
    sent = to(people.rep, delivered())
    assert sent.subject == "Agreed: Campaign"
    for layout in (sent.body, html_of(sent)):
        for part in ("Sam", "Mia", version.digest, f"{event.seq}:{event.hash}", "/terms/campaign/?version=1"):
            assert part in layout


def test_it_takes_effect_in_the_readers_zone(desk: Desk, people: SimpleNamespace, time_machine: Any) -> None:
    start = datetime(2027, 7, 1, 12, 0, tzinfo=UTC)
    User.objects.filter(pk=people.rep.pk).update(time_zone="Europe/Berlin")
    desk.publish("Campaign", effective_from=start)
    delivered()
    time_machine.move_to(start + timedelta(minutes=1))
    assert "version 1, took effect on 1 July 2027, 14:00 CEST." in to(people.rep, delivered()).body


def test_whether_it_is_in_force_is_said_as_it_is_when_it_is_delivered(
    desk: Desk, people: SimpleNamespace, time_machine: Any
) -> None:
    desk.publish("Campaign")
    desk.publish("Campaign", term="campaign", why="Since then.")
    first, second = (sent.body for sent in delivered() if sent.to == [people.rep.email] and "Agreed" in sent.subject)
    assert "version 1. A newer version has taken its place since." in first
    assert "version 2. It is in force now." in second
    start = timezone.now() + timedelta(days=2)
    desk.publish("Lead", effective_from=start)
    time_machine.move_to(start + timedelta(days=1))
    agreed = to(people.rep, [sent for sent in delivered() if "Agreed" in sent.subject])
    assert "version 1. It is in force now." in agreed.body


def test_both_sides_read_who_became_an_owner(desk: Desk, people: SimpleNamespace) -> None:
    workflow.appoint_owner(people.rep.pk, by=Console(people.ada), side="sales")
    mails = delivered()
    assert "Ada named you as a further owner of Sales." in to(people.rep, mails).body
    assert "http://testserver/queue/" in to(people.sam, mails).body
    assert "Ada named Rep as a further owner" in to(people.mia, mails).body


def test_what_is_over_by_the_time_of_delivery_is_not_mailed(desk: Desk, people: SimpleNamespace) -> None:
    proposal = desk.submit("Campaign")
    desk.sign(proposal, people.sam)
    assert sorted(each.to[0] for each in delivered()) == ["max@example.com", "mia@example.com"]
    assert Message.objects.filter(kind="to_sign", state=Delivery.SILENCED).count() == 2, "for Sam and Sue"


def test_nothing_is_mailed_twice(desk: Desk) -> None:
    desk.publish("Campaign")
    assert delivered()
    assert delivered() == []


def test_the_id_is_that_of_the_message_however_often_it_is_sent(desk: Desk, people: SimpleNamespace) -> None:
    desk.publish("Campaign")
    first = to(people.rep, delivered())
    call_command("redeliver", str(by_mail().get(kind="agreed", person=people.rep).pk))
    second = to(people.rep, delivered())
    assert first.extra_headers["Message-ID"] == second.extra_headers["Message-ID"]


HOSTILE = "<img src=x onerror=alert(1)> [click](javascript:alert(1)) **bold** {{ settings.SECRET_KEY }}"


def test_what_people_write_is_inert(desk: Desk, people: SimpleNamespace) -> None:
    User.objects.filter(pk=people.rep.pk).update(first_name="<b>Rep</b>\r\nBcc: eve@example.com")
    proposal = desk.submit("Campaign", definition=HOSTILE, reason=HOSTILE)
    workflow.send_back(proposal.pk, by=acting(people.mia), digest=proposal.text.digest, reason=HOSTILE)
    workflow.submit(desk.open("Lead", definition=HOSTILE).pk, by=acting(people.rep))
    mails = delivered()
    assert mails
    for sent in mails:
        layout = html_of(sent)
        assert "<img" not in layout and "<b>" not in layout and "<script" not in layout
        assert 'href="javascript' not in layout and "only-for-tests-" not in layout
        assert "Bcc" not in sent.message()


FORGED = "Yes.\r\n\r\nOpen the word:\u2028https://evil.example/\x85\n--\nAccord"


def test_nobodys_words_pass_for_a_line_of_ours(desk: Desk, people: SimpleNamespace) -> None:
    """What people wrote stays on the line on which we name it, or is quoted line by line."""
    User.objects.filter(pk__in=[people.rep.pk, people.sam.pk]).update(first_name="S", last_name=FORGED)
    workflow.name_sponsor(people.ada.pk, by=Console(people.max))
    people.sam.refresh_from_db()
    proposal = desk.submit("Campaign", reason=FORGED)
    for number in range(3):
        workflow.send_back(proposal.pk, by=acting(people.mia), digest=proposal.text.digest, reason=FORGED)
        content = draft_content("Campaign", why=f"{number}{FORGED}")
        workflow.revise(proposal.pk, by=acting(people.rep), content=content)
        workflow.submit(proposal.pk, by=acting(people.rep))
        proposal = Proposal.objects.get(pk=proposal.pk)
    workflow.record_ruling(
        proposal.pk, by=acting(people.ada), text=FORGED, reasons=FORGED, expires_at=timezone.now() + timedelta(days=5)
    )
    mails = delivered()
    workflow.sign_off(proposal.pk, by=acting(people.sam), digest=proposal.text.digest, reservation=FORGED)
    desk.sign(proposal, people.mia)
    concern = workflow.raise_concern("campaign", by=acting(people.rep), text=FORGED)
    mails += delivered()
    workflow.answer_concern(concern.pk, by=acting(people.sam), text=FORGED)
    mails += delivered()
    subjects = {sent.subject.split(":")[0].split(" about ")[0] for sent in mails}
    assert subjects >= {"Yours to sign", "Sent back", "The teams do not agree", "A ruling", "Agreed"} | {
        "A concern",
        "Your concern",
    }
    for sent in mails:
        _is_ours(sent.body)
    agreed = next(sent.body for sent in mails if sent.subject == "Agreed: Campaign")
    assert "(“Yes. Open the word: https://evil.example/ -- Accord”)" in agreed


def test_no_part_of_a_letter_has_room_for_a_forged_line() -> None:
    pieces = (("added", FORGED), ("removed", FORGED), ("same", FORGED))
    changes = (Shown(FORGED, pieces, is_list=True), Shown(FORGED, pieces, is_list=False))
    letter = Letter(
        FORGED, (FORGED,), FORGED, ((FORGED, FORGED),), FORGED, changes, 1, "http://testserver/", FORGED, FORGED
    )  # fmt: skip
    _is_ours(render_to_string("emails/letter.txt", {"letters": [letter, letter], "settings_url": ""}))


def _is_ours(text: str) -> None:
    """No line begins with what somebody wrote on a line of its own, and ours are all there is below the last rule."""
    lines = text.splitlines()
    assert not [line for line in lines if line.startswith("https://evil")], text
    assert lines.count("--") == lines.count("Accord") == 1, text
    assert not any(line.startswith("Open the word:") and line != "Open the word:" for line in lines), text


def test_no_header_can_be_added_by_a_name() -> None:
    assert subject_of("Lead\r\nBcc: eve@example.com\x00") == "Lead Bcc: eve@example.com"
    assert len(subject_of("x" * 1_000)) < 200


@pytest.fixture
def mailbox(settings: LazySettings) -> Iterator[Mailbox]:
    """A mail server on this machine that mail really goes to."""
    with mail_server() as box:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", box.port
        yield box


def test_it_really_arrives_as_text_and_html_with_a_way_to_get_no_more(
    desk: Desk, people: SimpleNamespace, mailbox: Mailbox
) -> None:
    desk.submit("Campaign")
    call_command("worker", "--once")
    arrived: EmailMessage = next(each for each in mailbox.mails if each["To"] == "mia@example.com")
    assert len(mailbox.mails) == 4
    kept = by_mail().get(person=people.mia)
    assert str(kept.pk) in arrived["Message-ID"]
    assert arrived["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert arrived["List-Unsubscribe"].strip().startswith("<http://testserver/accounts/notifications/off/")
    text, html = arrived.get_body(("plain",)), arrived.get_body(("html",))
    assert text is not None and html is not None
    assert "Read and sign:" in text.get_content() and "<h1>Yours to sign: Campaign</h1>" in html.get_content()


def test_a_mail_server_that_says_no_is_told_in_our_own_words(desk: Desk, mailbox: Mailbox) -> None:
    desk.submit("Campaign")
    mailbox.to_recipient = "451 later"
    call_command("worker", "--once")
    assert set(by_mail().values_list("state", "attempts")) == {("waiting", 1)}
    mailbox.to_recipient = "550 nobody here"
    by_mail().update(next_at=timezone.now())
    call_command("worker", "--once")
    assert set(by_mail().values_list("state", "error")) == {
        ("given_up", "The mail server does not take mail for this address (550).")
    }
    assert mailbox.mails == []


def test_a_mail_server_that_is_away_loses_nothing(desk: Desk, settings: LazySettings) -> None:
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = "django.core.mail.backends.smtp.EmailBackend", "127.0.0.1"
    settings.EMAIL_PORT = 1
    desk.submit("Campaign")
    call_command("worker", "--once")
    assert set(by_mail().values_list("state", "error")) == {("waiting", "The mail server cannot be reached.")}


# What each person chose


def chose(person: User, **choices: Any) -> None:
    kept = {"modes": {}, "weekdays_only": False, "quiet": None, "digest_at": time(8)}
    keep_notifications(person, **kept | choices)


def test_whoever_has_left_is_mailed_nothing_and_that_is_no_failure(desk: Desk, people: SimpleNamespace) -> None:
    desk.open("Lead", by=people.sue)
    desk.submit("Campaign", by=people.sam)
    before = set(Message.objects.filter(person=people.sue).values_list("pk", flat=True))
    assert before
    workflow.deactivate(people.sue.pk, by=Console(people.ada), hand_to=people.sam.pk)
    after = Message.objects.filter(person=people.sue).exclude(pk__in=before)
    assert not after.exists(), "nobody is told who cannot come and read it"
    assert people.sue.email not in [address for sent in delivered() for address in sent.to]
    assert set(by_mail().filter(person=people.sue).values_list("state", flat=True)) == {Delivery.SILENCED}
    assert outbox.lag(timezone.now()).given_up == 0


def test_an_address_that_is_missing_is_a_failure(desk: Desk, people: SimpleNamespace) -> None:
    desk.submit("Campaign")
    User.objects.filter(pk=people.mia.pk).update(email="")
    delivered()
    kept = by_mail().get(person=people.mia)
    assert (kept.state, kept.error) == (Delivery.GIVEN_UP, "This person has no address.")


def test_a_kind_that_is_off_is_not_sent(desk: Desk, people: SimpleNamespace) -> None:
    chose(people.sam, modes={"to_sign": "off"})
    desk.submit("Campaign")
    assert "sam@example.com" not in [each.to[0] for each in delivered()]
    assert by_mail().get(person=people.sam).state == Delivery.SILENCED


def test_a_digest_is_one_mail_in_the_morning(desk: Desk, people: SimpleNamespace, time_machine: Any) -> None:
    time_machine.move_to(datetime(2027, 6, 1, 12, 0, tzinfo=UTC))
    User.objects.filter(pk=people.sam.pk).update(time_zone="Europe/Berlin")
    chose(people.sam, modes={"to_sign": "digest"})
    desk.submit("Campaign")
    desk.submit("Lead")
    assert "sam@example.com" not in [each.to[0] for each in delivered()]
    time_machine.move_to(datetime(2027, 6, 2, 5, 59, tzinfo=UTC))
    assert delivered() == []
    time_machine.move_to(datetime(2027, 6, 2, 6, 0, 5, tzinfo=UTC))
    sent = to(people.sam, delivered())
    assert sent.subject == "Yours to sign: Campaign, and 1 more"
    assert "Yours to sign: Lead" in sent.body and html_of(sent).count("<h1>") == 2
    assert delivered() == []
    assert set(by_mail().filter(person=people.sam).values_list("state", flat=True)) == {"sent"}


def test_quiet_hours_and_weekends_wait(desk: Desk, people: SimpleNamespace, time_machine: Any) -> None:
    time_machine.move_to(datetime(2027, 6, 4, 20, 0, tzinfo=UTC))  # a Friday evening
    chose(people.sam, weekdays_only=True, quiet=(time(19), time(7)))
    desk.submit("Campaign")
    assert "sam@example.com" not in [each.to[0] for each in delivered()]
    kept = by_mail().get(person=people.sam)
    assert kept.next_at == datetime(2027, 6, 7, 7, 0, tzinfo=UTC), "Monday, when the night is over"
    assert kept.attempts == 0


@pytest.mark.parametrize(
    ("with_passwords", "way", "label", "path"),
    [
        (
            True,
            "Sign in with Example Login, or choose a password and sign in as pia.",
            "Come in",
            "password/reset/key/",
        ),
        (False, "Sign in with Example Login. You need no password here.", "Sign in with Example Login", "login/"),
    ],
)
def test_an_invitation_says_how_one_comes_in_here(
    desk: Desk,
    people: SimpleNamespace,
    settings: LazySettings,
    with_passwords: bool,
    way: str,
    label: str,
    path: str,
) -> None:
    settings.GLOSSARY_OIDC_ISSUER, settings.GLOSSARY_OIDC_NAME = "https://login.example.com", "Example Login"
    settings.GLOSSARY_PASSWORD_SIGN_IN = with_passwords
    pia = workflow.invite(workflow.Newcomer("Pia", "Berg", "pia@example.com", "pia"), by=acting(people.ada))
    workflow.invite_by_mail(pia.pk, by=acting(people.ada))
    sent = to(pia, delivered())
    assert way in sent.body and f"{label}:\nhttp://testserver/accounts/{path}" in sent.body
    assert ("works once" in sent.body) is with_passwords


def test_whoever_came_in_meanwhile_is_not_invited(desk: Desk, people: SimpleNamespace) -> None:
    pia = workflow.invite(workflow.Newcomer("Pia", "Berg", "pia@example.com", "pia"), by=acting(people.ada))
    workflow.invite_by_mail(pia.pk, by=acting(people.ada))
    User.objects.filter(pk=pia.pk).update(last_login=timezone.now())
    assert delivered() == []


def test_an_invitation_comes_at_once_whatever_was_chosen(desk: Desk, people: SimpleNamespace) -> None:
    pia = workflow.invite(workflow.Newcomer("Pia", "Berg", "pia@example.com", "pia"), by=acting(people.ada))
    chose(pia, modes={"invitation": "off"}, weekdays_only=True)
    workflow.invite_by_mail(pia.pk, by=acting(people.ada))
    assert Event.objects.filter(kind="person.invited", subject=pia).count() == 1
    assert "reset/key" not in str(list(Message.objects.values_list())), "the link is kept nowhere"
    sent = to(pia, delivered())
    assert "Ada invites you to Accord" in sent.body
    assert "List-Unsubscribe" not in sent.extra_headers
    link = re.search(r"http://testserver(/accounts/password/reset/key/\S+)", sent.body)
    assert link
    browser = Client()
    page = browser.get(link[1], follow=True)
    password = {"password1": "a-long-one-of-mine", "password2": "a-long-one-of-mine"}
    browser.post(page.request["PATH_INFO"], password)
    pia.refresh_from_db()
    assert pia.check_password("a-long-one-of-mine")
    again = Client().get(link[1], follow=True)
    assert "password1" not in again.content.decode(), "it works once"


# The page, and the address in the head of a mail


def test_one_click_switches_one_kind_off_without_signing_in(desk: Desk, people: SimpleNamespace) -> None:
    address = unsubscribe_link(people.sam, "to_sign").removeprefix("http://testserver")
    strict = Client(enforce_csrf_checks=True)
    asked = strict.get(address)
    assert asked.status_code == 200 and "Yours to sign" in asked.content.decode()
    people.sam.refresh_from_db()
    desk.submit("Lead")
    assert "sam@example.com" in [each.to[0] for each in delivered()], "looking at it changes nothing"
    assert strict.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    desk.submit("Campaign")
    assert "sam@example.com" not in [each.to[0] for each in delivered()]


def test_an_address_that_somebody_made_up_switches_nothing_off(people: SimpleNamespace) -> None:
    made_up = base64.urlsafe_b64encode(f"[{people.sam.pk}, 'to_sign']".encode()).decode()
    assert Client().post(f"/accounts/notifications/off/{made_up}:x:y/").status_code == 404


def test_a_person_chooses_on_the_page(client: Client, people: SimpleNamespace) -> None:
    client.force_login(people.sam)
    page = client.get("/accounts/notifications/").content.decode()
    assert "Yours to sign" in page and "Invitation" not in page
    typed = {
        "mode_to_sign": "digest",
        "mode_roles": "off",
        "weekdays_only": "on",
        "quiet_from": "19:00",
        "quiet_until": "07:00",
        "digest_at": "09:30",
    }
    answer = client.post("/accounts/notifications/", typed, follow=True)
    assert "What you chose is kept." in answer.content.decode()
    people.sam.refresh_from_db()
    kept = people.sam.notifications
    assert (kept.modes, kept.weekdays_only, str(kept.quiet_from), str(kept.digest_at)) == (
        {"to_sign": "digest", "roles": "off"},
        True,
        "19:00:00",
        "09:30:00",
    )


@pytest.mark.parametrize("wrong", [{"quiet_from": "19:00"}, {"digest_at": "noon"}, {"mode_to_sign": "hourly"}])
def test_what_cannot_be_is_refused_in_words(client: Client, people: SimpleNamespace, wrong: dict[str, str]) -> None:
    client.force_login(people.sam)
    answer = client.post("/accounts/notifications/", {"digest_at": "08:00", **wrong})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert outbox.lag(timezone.now()).given_up == 0
