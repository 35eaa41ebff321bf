"""Keys of other tools: made once, shown once, taken away at once. The history of tokens says who did it."""

from collections.abc import Collection
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import Token
from glossary import policy
from glossary.domain.refusals import FieldError, Refusal
from glossary.policy import Actor
from glossary.workflow.discussing import checked_text
from glossary.workflow.finding import find_token, find_user

SCOPES = ("read", "propose")
LONGEST_TOKEN_NAME = 80
MOST_DAYS = 3650


def make_token(user_id: int, *, by: Actor, name: str, scopes: Collection[str], days: int) -> tuple[Token, str]:
    """A key to the API in this person's name, named after the tool, valid for so many days; with the key itself.

    Only its digest is kept. Refusals: `not_permitted`, `reauthenticate`, `invalid` by field, `wrong_state`,
    `not_found`.
    """
    with transaction.atomic():
        by.refresh()
        user = find_user(user_id)
        policy.require(policy.may_make_token(by))
        if not user.is_active:
            raise Refusal("wrong_state", f"{user.display_name} is no longer active.")
        name = checked_text(name, field="name")
        _check(name, scopes, days)
        ordered = [scope for scope in SCOPES if scope in scopes]
        token, key = Token.objects.create(user=user, expiry=timedelta(days=days), name=name, scopes=ordered)
        return token, str(key)


def _check(name: str, scopes: Collection[str], days: int) -> None:
    problems = {}
    if len(name) > LONGEST_TOKEN_NAME:
        problems["name"] = f"The name of the tool has 1 to {LONGEST_TOKEN_NAME} characters."
    if not scopes or not set(scopes) <= set(SCOPES):
        problems["scopes"] = "Say what the tool may do: read, or read and propose."
    if not 0 < days <= MOST_DAYS:
        problems["days"] = f"A token is valid for 1 to {MOST_DAYS} days."
    if problems:
        errors: list[FieldError] = [{"path": path, "code": path, "message": text} for path, text in problems.items()]
        raise Refusal("invalid", errors[0]["message"], errors=errors)


def revoke_token(token_id: int, *, by: Actor) -> Token:
    """The key opens nothing from this instant on; its row stays. Revoking again changes nothing.

    Refusals: `not_permitted`, `not_found`.
    """
    with transaction.atomic():
        by.refresh()
        token = find_token(token_id)
        policy.require(policy.may_revoke_token(by, token))
        if token.revoked_at is None:
            token.revoked_at = timezone.now()
            token.save(update_fields=["revoked_at"])
        return token
