"""What the registry keeps about somebody is handed to them whole, and opens nothing."""

import json
from io import StringIO
from types import SimpleNamespace

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.core.management import CommandError, call_command

from glossary import workflow
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
