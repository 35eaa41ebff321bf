"""Keeping what somebody is typing: private, overwritten at each pause, no event, no text of a suggestion."""

import json
from collections.abc import Mapping
from datetime import datetime

from glossary import policy
from glossary.domain.refusals import Refusal
from glossary.models import UnsentForm
from glossary.policy import Actor

LONGEST_UNSENT = 500_000  # characters of JSON
MOST_UNSENT = 30  # forms of one person; of more the oldest are let go


def keep_unsent(place: str, *, by: Actor, typed: Mapping[str, str], at: datetime) -> None:
    """Keep the fields of a form as typed so far, in the place of what was kept before.

    Refusals: `too_large`, `not_permitted`.
    """
    policy.require(policy.may_suggest(by))
    text = json.dumps(typed)
    if len(text) > LONGEST_UNSENT:
        raise Refusal("too_large", "This is too long to be kept while you type. Shorten it, or keep it as a draft now.")
    UnsentForm.objects.bulk_create(
        [UnsentForm(owner=by.user, place=place, typed=text, at=at)],
        update_conflicts=True,
        unique_fields=["owner", "place"],
        update_fields=["typed", "at"],
    )
    own = UnsentForm.objects.filter(owner=by.user)
    own.exclude(pk__in=list(own.order_by("-at").values_list("pk", flat=True)[:MOST_UNSENT])).delete()


def forget_unsent(place: str, *, by: Actor) -> None:
    """Throw away what this person typed there. Nothing there is no mistake."""
    UnsentForm.objects.filter(owner=by.user, place=place).delete()
