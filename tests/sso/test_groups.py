"""What groups give, groups take; owners are confirmed by owners; what an administrator gave by hand stays."""

import json
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import Appointment, GroupPlace, User
from glossary import workflow
from glossary.checks import groups_lead_to_teams
from glossary.domain.refusals import Refusal
from glossary.ledger.verifying import verify
from glossary.models import Event
from glossary.policy import Console, Directory
from tests.sso.conftest import Dance
from tests.world import Desk, acting, person

GROUPS = {
    "sales-owners": ("sales", "owner"),
    "sales": ("sales", "member"),
    "marketing": ("marketing", "member"),
    "marketing-owners": ("marketing", "owner"),
}


@pytest.fixture(autouse=True)
def _groups_are_mapped(settings: Any) -> None:
    settings.GLOSSARY_OIDC_GROUPS = GROUPS


@pytest.fixture
def pia(people: SimpleNamespace) -> User:
    """Somebody with an account and no place."""
    return person("pia")


def place(user: User) -> tuple[str | None, str]:
    user.refresh_from_db()
    return user.side_id, user.role


def follow(user: User, *groups: str) -> list[str]:
    user.refresh_from_db()
    return workflow.follow_groups(user.pk, frozenset(groups), by=Directory(user))


def test_a_group_makes_a_member_at_sign_in_and_leaving_it_takes_the_place(pia: User, come: Dance) -> None:
    come(Client(), pia, groups=["marketing", "cooks"])
    assert place(pia) == ("marketing", "member")
    told = Event.objects.filter(subject=pia, kind="person.placed").get()
    assert (told.actor, told.via) == (pia, "company account")
    come(Client(), pia, groups=["marketing"])
    assert Event.objects.filter(subject=pia, kind="person.placed").count() == 1
    come(Client(), pia, groups=[])
    assert place(pia) == (None, "")
    assert not GroupPlace.objects.exists()
    assert list(verify()) == []


def test_a_further_owner_waits_until_an_owner_confirms(pia: User, people: SimpleNamespace, come: Dance) -> None:
    come(Client(), pia, groups=["sales-owners"])
    assert place(pia) == ("sales", "member")
    waiting = Appointment.objects.get(user=pia)
    assert waiting.state == "pending"
    with pytest.raises(Refusal, match="Only an owner of Sales"):
        workflow.confirm_appointment(waiting.pk, by=acting(pia))
    come(Client(), pia, groups=["sales-owners"])
    workflow.confirm_appointment(waiting.pk, by=acting(people.sam))
    assert place(pia) == ("sales", "owner")
    come(Client(), pia, groups=["sales-owners"])
    assert place(pia) == ("sales", "owner")
    assert list(verify()) == []


def test_whoever_leaves_the_owners_loses_the_seat_and_the_open_signatures(
    pia: User, desk: Desk, people: SimpleNamespace, come: Dance
) -> None:
    follow(pia, "sales-owners")
    workflow.confirm_appointment(Appointment.objects.get(user=pia).pk, by=acting(people.sam))
    proposal = desk.submit("Campaign")
    desk.sign(proposal, pia)
    come(Client(), pia, groups=["sales"])
    assert place(pia) == ("sales", "member")
    assert not proposal.text.sign_offs.live().exists()
    assert list(verify()) == []


def test_whoever_leaves_before_the_confirmation_no_longer_waits(pia: User) -> None:
    follow(pia, "sales-owners")
    told = follow(pia, "marketing")
    assert Appointment.objects.get(user=pia).state == "ended"
    assert place(pia) == ("marketing", "member")
    assert told == ["no longer waits to become an owner of sales", "left sales", "became a member of marketing"]
    assert list(verify()) == []


def test_an_owner_who_said_no_is_not_asked_again(pia: User, people: SimpleNamespace) -> None:
    follow(pia, "sales-owners")
    workflow.decline_appointment(Appointment.objects.get(user=pia).pk, by=acting(people.sam))
    assert follow(pia, "sales-owners") == []
    assert Appointment.objects.filter(user=pia).count() == 1


def test_a_group_makes_the_first_owner_only_where_that_is_allowed(
    pia: User, people: SimpleNamespace, settings: Any
) -> None:
    for owner in (people.sam, people.sue):
        workflow.remove_owner(owner.pk, by=Console(people.ada))
    assert "cannot become the first owner" in follow(pia, "sales-owners")[-1]
    assert place(pia) == ("sales", "member")
    assert follow(pia, "sales-owners") == []
    settings.GLOSSARY_OIDC_FIRST_OWNER = True
    follow(pia, "sales-owners")
    assert place(pia) == ("sales", "owner")
    assert list(verify()) == []


def test_what_an_administrator_gave_by_hand_stays(people: SimpleNamespace, come: Dance) -> None:
    come(Client(), people.sam, groups=[])
    assert place(people.sam) == ("sales", "owner")
    assert "an administrator placed them" in follow(people.sam, "marketing-owners")[0]
    assert place(people.sam) == ("sales", "owner")
    follow(people.sam, "sales")
    assert place(people.sam) == ("sales", "owner")


def test_groups_do_not_undo_what_an_administrator_did_since(pia: User, people: SimpleNamespace) -> None:
    follow(pia, "marketing")
    workflow.place_member(pia.pk, by=Console(people.ada), side=None)
    assert follow(pia, "marketing") == []
    assert place(pia) == (None, "")


def test_two_sides_are_never_given_at_once(pia: User) -> None:
    follow(pia, "marketing")
    assert follow(pia, "marketing", "sales") == []
    assert place(pia) == ("marketing", "member")


def test_too_many_groups_to_tell_change_nothing(pia: User, come: Dance) -> None:
    follow(pia, "marketing")
    come(Client(), pia, _claim_names={"groups": "src1"})
    assert place(pia) == ("marketing", "member")
    come(Client(), pia)
    assert place(pia) == (None, ""), "no claim at all is no group"


def test_the_directory_acts_on_its_own_person_only(pia: User, people: SimpleNamespace) -> None:
    directory = Directory(pia)
    for act in (
        lambda: workflow.place_member(people.rep.pk, by=directory, side=None),
        lambda: workflow.remove_owner(people.sam.pk, by=directory),
        lambda: workflow.appoint_owner(people.rep.pk, by=directory, side="sales"),
        lambda: workflow.deactivate(people.sam.pk, by=directory),
        lambda: workflow.add_side("product", by=Directory(people.ada), name="Product"),
    ):
        with pytest.raises(Refusal, match="Only an administrator"):
            act()


def _sync(file: Path, *options: str) -> str:
    out = StringIO()
    call_command("sync_groups", str(file), *options, stdout=out, stderr=out)
    return out.getvalue()


def test_a_command_follows_the_groups_of_a_list(pia: User, people: SimpleNamespace, tmp_path: Path) -> None:
    file = tmp_path / "groups.json"
    file.write_text(json.dumps([{"email": "PIA@example.com", "groups": ["sales"]}]))
    said = _sync(file, "--dry-run")
    assert "PIA@example.com became a member of sales." in said and "Nothing was changed" in said
    assert place(pia) == (None, "")
    assert not GroupPlace.objects.exists()
    _sync(file)
    assert place(pia) == ("sales", "member")
    assert "member" not in _sync(file)


def test_somebody_unknown_in_the_list_keeps_nobody_else_out(pia: User, tmp_path: Path) -> None:
    file = tmp_path / "groups.json"
    file.write_text(
        json.dumps([{"email": email, "groups": ["sales"]} for email in ("no@x.example", "pia@example.com")])
    )
    with pytest.raises(CommandError, match="1 could not be placed"):
        _sync(file)
    assert place(pia) == ("sales", "member")


@pytest.mark.parametrize("text", ["", "{}x", "[1]", '[{"email": "a"}]', '[{"email": "a", "groups": "sales"}]', "{}1"])
def test_a_list_that_cannot_be_read_is_refused_in_words(text: str, people: SimpleNamespace, tmp_path: Path) -> None:
    file = tmp_path / "groups.json"
    file.write_text(text)
    with pytest.raises(CommandError):
        _sync(file)


def test_a_team_that_there_is_not_is_named_before_the_server_starts(db: None, settings: Any) -> None:
    assert groups_lead_to_teams(databases=["default"]) == []
    settings.GLOSSARY_OIDC_GROUPS = GROUPS | {"sales-owners": ("salez", "owner")}
    (warning,) = groups_lead_to_teams(databases=["default"])
    assert "the group “sales-owners” a place in the team “salez”" in warning.msg
