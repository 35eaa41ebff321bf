"""What the registry keeps about somebody is handed to them whole, and opens nothing."""

import json
from io import StringIO
from types import SimpleNamespace

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from glossary import lookup, outbox, workflow
from glossary.models import Message
from glossary.policy import Console
from tests.world import Desk, acting


def _exported(name: str) -> str:
    out = StringIO()
    call_command("export_person", name, stdout=out)
    return out.getvalue()


def test_everything_that_names_a_person_is_exported_without_what_opens_something(
    desk: Desk, people: SimpleNamespace
) -> None:
    desk.publish("Campaign")
    workflow.comment_on_term("campaign", by=acting(people.sam), text="Said by Sam.")
    workflow.comment_on_term("campaign", by=acting(people.mia), text="Said by Mia.")
    _, key = workflow.make_token(people.sam.pk, by=Console(people.ada), name="CRM", scopes=["read"], days=9)
    TOTP.activate(people.sam, "JBSWY3DPEHPK3PXP")
    text = _exported("sam")
    told = json.loads(text)
    assert told["accounts.User"][0]["email"] == "sam@example.com"
    assert {"glossary.SignOff", "glossary.Comment", "glossary.Event", "accounts.Token", "accounts.Appointment"} <= set(
        told
    )
    assert [row["text"] for row in told["glossary.Comment"]] == ["Said by Sam."]
    assert "Said by Mia" not in text
    secrets = [people.sam.password, key, people.sam.auth_token_set.get().digest, "JBSWY3DPEHPK3PXP"]
    secrets += [row.data["secret"] for row in people.sam.authenticator_set.filter(type="totp")]
    assert not [secret for secret in secrets if secret in text]


def test_nobody_of_that_name_is_said_so(people: SimpleNamespace) -> None:
    with pytest.raises(CommandError, match="nobody called eve"):
        _exported("eve")


def test_what_somebody_watches_is_in_their_own_export_and_hinted_at_in_no_other(
    desk: Desk, people: SimpleNamespace
) -> None:
    desk.publish("Campaign")
    workflow.watch("campaign", by=acting(people.mark), at=timezone.now())
    desk.publish("Campaign", term="campaign", why="Better.")
    assert Message.objects.filter(person=people.mark, kind__in=outbox.TO_WATCHERS).count() == 4
    told = {own: dict(lookup.told_about(people.mark, to_themself=own)) for own in (True, False)}
    kinds = {own: {row["kind"] for row in told[own].get("glossary.Message", [])} for own in told}
    assert kinds[True] - kinds[False] == {"watched_suggestion", "watched_change"}
    assert kinds[False] == {"roles"} and "glossary.Watch" in told[True] and "glossary.Watch" not in told[False]
    about_mia = dict(lookup.told_about(people.mia, to_themself=False))
    assert "to_sign" in {row["kind"] for row in about_mia["glossary.Message"]}, "other messages are all there"


def test_the_log_of_deliveries_does_not_tell_who_watches_a_word(desk: Desk, people: SimpleNamespace) -> None:
    desk.publish("Campaign")
    workflow.watch("campaign", by=acting(people.mark), at=timezone.now())
    desk.publish("Campaign", term="campaign", why="Better.")
    browser = Client()
    browser.force_login(people.ada)
    log = browser.get("/admin/glossary/message/")
    assert {row.kind for row in log.context["cl"].queryset} == {"to_sign", "agreed", "roles"}
    watched = Message.objects.filter(kind="watched_change")[0]
    assert browser.get(f"/admin/glossary/message/{watched.pk}/change/").status_code == 302
