"""Keeping what somebody is typing: private, overwritten at each pause, no event, no text of a suggestion.

What is kept at a pause may arrive after its form was sent. Both wait for the row of their person, so that whichever
comes second knows of the first, and nothing that was sent comes back as unsent.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from accounts.models import User
from glossary import policy
from glossary.domain.refusals import Refusal
from glossary.models import UnsentForm
from glossary.policy import Actor
from glossary.workflow.repeating import was_done

LONGEST_UNSENT = 500_000  # characters of JSON
MOST_UNSENT = 30  # forms of one person; of more the oldest are let go
AT_ONCE = 200  # forms taken away in one transaction


@transaction.atomic
def keep_unsent(place: str, *, by: Actor, caller: str, key: str, typed: Mapping[str, str], at: datetime) -> None:
    """Keep the fields of a form as typed so far, in the place of what was kept before.

    `caller` and `key` are those with which the form is sent by `once`. Refusals: `too_large`, `not_permitted`, and
    `wrong_state` when that has happened.
    """
    policy.require(policy.may_suggest(by))
    text = json.dumps(typed)
    if len(text) > LONGEST_UNSENT:
        raise Refusal("too_large", "This is too long to be kept while you type. Shorten it, or keep it as a draft now.")
    _alone(by)
    if was_done(caller=caller, key=key):
        raise Refusal("wrong_state", "This form was sent already. Load it again to write more.")
    UnsentForm.objects.bulk_create(
        [UnsentForm(owner=by.user, place=place, typed=text, at=at)],
        update_conflicts=True,
        unique_fields=["owner", "place"],
        update_fields=["typed", "at"],
    )
    own = UnsentForm.objects.filter(owner=by.user)
    own.exclude(pk__in=list(own.order_by("-at").values_list("pk", flat=True)[:MOST_UNSENT])).delete()


@transaction.atomic
def forget_unsent(place: str, *, by: Actor) -> None:
    """Throw away what this person typed there. Nothing there is no mistake."""
    _alone(by)
    UnsentForm.objects.filter(owner=by.user, place=place).delete()


def forget_old_forms(*, at: datetime) -> int:
    """Delete some unsent forms that nobody has typed into for `GLOSSARY_KEEP_UNSENT_DAYS` before `at`; how many."""
    days = settings.GLOSSARY_KEEP_UNSENT_DAYS
    if days <= 0:
        return 0
    with transaction.atomic():
        old = UnsentForm.objects.filter(at__lt=at - timedelta(days=days)).order_by("at")
        keys = list(old.select_for_update(skip_locked=True).values_list("pk", flat=True)[:AT_ONCE])
        UnsentForm.objects.filter(pk__in=keys).delete()
    return len(keys)


def _alone(by: Actor) -> None:
    User.objects.select_for_update(no_key=True).filter(pk=by.user.pk).values("pk").first()
