"""A look-up asks for token and answer at once; it must refuse and admit exactly as every other view does, at once."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Token
from tests.api.callers import Caller, code, token_of
from tests.world import Desk

pytestmark = pytest.mark.django_db

PATHS = ("lookup?name=campaign", "terms/")


def _revoked(token: Token) -> None:
    token.revoked_at = timezone.now()


def _expired(token: Token) -> None:
    token.expiry = timezone.now() - timedelta(seconds=1)


def _without_its_person(token: Token) -> None:
    token.user.is_active = False
    token.user.save()


def _without_the_scope(token: Token) -> None:
    token.scopes = ["propose"]


@pytest.mark.parametrize(
    ("changed", "refused"),
    [
        (_revoked, (401, "unauthenticated")),
        (_expired, (401, "unauthenticated")),
        (_without_its_person, (401, "unauthenticated")),
        (_without_the_scope, (403, "not_permitted")),
    ],
)
def test_a_token_that_counts_no_more_is_refused_from_the_next_question_on(
    desk: Desk, changed: Callable[[Token], None], refused: tuple[int, str]
) -> None:
    desk.publish("Campaign")
    token, key = token_of(desk.people.ada, "read")
    crm = Caller(Authorization=f"Bearer {key}")
    assert [crm.get(path).status_code for path in PATHS] == [200, 200]
    changed(token)
    token.save()
    assert [code(crm.get(path)) for path in PATHS] == [refused, refused]
    assert code(crm.post("lookup", {"names": ["campaign"]})) == refused


def test_a_new_token_opens_at_once_and_one_without_an_end_stays(desk: Desk) -> None:
    desk.publish("Campaign")
    for days in (1, 3650):
        token, key = token_of(desk.people.ada, "read", days=days)
        Token.objects.filter(pk=token.pk).update(expiry=token.expiry if days == 1 else None)
        crm = Caller(Authorization=f"Bearer {key}")
        assert [crm.get(path).status_code for path in PATHS] == [200, 200]


def test_whoever_may_not_ask_is_told_that_before_what_is_wrong_with_the_question() -> None:
    for query in ("lookup", "lookup?nmae=x", "lookup?name=x&as_of=yesterday"):
        assert code(Caller(Authorization="Bearer acc_nobody").get(query)) == (401, "unauthenticated")


def test_a_name_without_letters_is_nobodys_and_opens_nothing(desk: Desk) -> None:
    desk.publish("Campaign")
    for name in ("-", "%20-%20", "_", "%00", "x" * 300):
        assert code(Caller(Authorization="Bearer acc_nobody").get(f"lookup?name={name}")) == (401, "unauthenticated")
