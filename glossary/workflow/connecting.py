"""Telling other tools: the addresses that webhooks and chat messages go to, and messages that are to be sent once more.

The history of endpoints says who did what; no secret is in it, nor the address of a channel, which is one.
"""

from collections.abc import Callable, Collection
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from glossary import outbox, policy
from glossary.domain.refusals import FieldError, Refusal
from glossary.models import Endpoint, EndpointFormat, Message
from glossary.policy import Actor
from glossary.workflow.discussing import checked_text

LONGEST_ENDPOINT_NAME = 80


def add_endpoint(*, by: Actor, name: str, url: str, kinds: Collection[str]) -> tuple[Endpoint, str]:
    """An address that is told of these kinds of events from now on; with the secret that its receiver checks with.

    Refusals: `not_permitted`, `reauthenticate`, `invalid` by field.
    """
    with transaction.atomic():
        by.refresh()
        policy.require(policy.may_connect(by))
        endpoint = Endpoint()
        _describe(endpoint, name, url, kinds)
        _keep(endpoint, by)
        return endpoint, outbox.secret_of(endpoint)


def add_channel(*, by: Actor, name: str, url: str, kinds: Collection[str]) -> Endpoint:
    """A chat channel that is told of these kinds of news from now on.

    `url` is the address of its incoming webhook, which nobody is shown again. Refusals: those of `add_endpoint`.
    """
    with transaction.atomic():
        by.refresh()
        policy.require(policy.may_connect(by))
        endpoint = Endpoint(format=EndpointFormat.SLACK)
        _describe(endpoint, name, url, kinds)
        _keep(endpoint, by)
        return endpoint


def change_endpoint(endpoint_id: UUID, *, by: Actor, name: str, url: str, kinds: Collection[str]) -> Endpoint:
    """Another name, address or choice of kinds; the secret stays. An empty address keeps that of a channel.

    Refusals: those of `add_endpoint`, `not_found`.
    """
    return _changed(endpoint_id, by, lambda endpoint: _describe(endpoint, name, url, kinds))


def rotate_secret(endpoint_id: UUID, *, by: Actor) -> tuple[Endpoint, str]:
    """A new secret; for a day the one before signs as well, so that the receiver can change without a gap.

    Refusals: `not_permitted`, `reauthenticate`, `not_found`, `wrong_state` while the last rotation still runs and for
    a chat channel.
    """

    def rotate(endpoint: Endpoint) -> None:
        at = timezone.now()
        if endpoint.format == EndpointFormat.SLACK:
            raise Refusal("wrong_state", "A chat channel has no secret but its address. Give it another address.")
        if endpoint.rotates_until is not None and endpoint.rotates_until > at:
            raise Refusal("wrong_state", "The secret was changed less than a day ago, and the one before still signs.")
        endpoint.generation += 1
        endpoint.rotates_until = at + outbox.OVERLAP

    endpoint = _changed(endpoint_id, by, rotate)
    return endpoint, outbox.secret_of(endpoint)


def pause_endpoint(endpoint_id: UUID, *, by: Actor) -> Endpoint:
    """Send nothing until it is resumed; what happens meanwhile waits. Refusals: those of `change_endpoint`."""

    def pause(endpoint: Endpoint) -> None:
        endpoint.paused_at = endpoint.paused_at or timezone.now()

    return _changed(endpoint_id, by, pause)


def resume_endpoint(endpoint_id: UUID, *, by: Actor) -> Endpoint:
    """Send again at once, what has waited first. Refusals: those of `change_endpoint`."""

    def resume(endpoint: Endpoint) -> None:
        endpoint.paused_at, endpoint.rests_until, endpoint.failures = None, None, 0
        outbox.is_open_again(endpoint)

    return _changed(endpoint_id, by, resume)


def remove_endpoint(endpoint_id: UUID, *, by: Actor) -> Endpoint:
    """Tell this address nothing any more; its row and its log stay. Refusals: those of `change_endpoint`."""

    def remove(endpoint: Endpoint) -> None:
        endpoint.is_removed = True

    return _changed(endpoint_id, by, remove)


def test_endpoint(endpoint_id: UUID, *, by: Actor) -> Message:
    """Send a message about nothing, also to an endpoint that is paused. Refusals: those of `change_endpoint`."""
    with transaction.atomic():
        by.refresh()
        policy.require(policy.may_connect(by))
        return outbox.test_message(_find(endpoint_id), timezone.now())


def redeliver(message_ids: Collection[UUID], *, by: Actor) -> int:
    """Deliver messages that are over once more, under their ids; how many. Refusals: `not_permitted`."""
    with transaction.atomic():
        by.refresh()
        policy.require(policy.may_administer(by))
        return outbox.deliver_again(Message.objects.filter(pk__in=message_ids), timezone.now())


def _changed(endpoint_id: UUID, by: Actor, change: Callable[[Endpoint], None]) -> Endpoint:
    with transaction.atomic():
        by.refresh()
        policy.require(policy.may_connect(by))
        endpoint = _find(endpoint_id)
        change(endpoint)
        _keep(endpoint, by)
        return endpoint


def _find(endpoint_id: UUID) -> Endpoint:
    endpoint = Endpoint.objects.active().select_for_update().filter(pk=endpoint_id).first()
    if endpoint is None:
        raise Refusal("not_found", "There is no such webhook or chat channel.")
    return endpoint


def _keep(endpoint: Endpoint, by: Actor) -> None:
    endpoint._history_user = by.user  # type: ignore[attr-defined]
    endpoint.save()


def _describe(endpoint: Endpoint, name: str, url: str, kinds: Collection[str]) -> None:
    """Name, address and kinds as they are kept. Where the address leads to is asked each time something is sent."""
    is_channel = endpoint.format == EndpointFormat.SLACK
    known = outbox.TO_CHAT if is_channel else outbox.TO_TOOLS
    is_kept = is_channel and not url and endpoint.sealed_url
    endpoint.name = _checked(name, kinds, known, "" if is_kept else outbox.problem_of_url(url))
    endpoint.kinds = [kind for kind in known if kind in kinds]
    if is_channel and not is_kept:
        endpoint.url, endpoint.sealed_url = outbox.as_shown(url), outbox.sealed(url)
    elif not is_channel:
        endpoint.url = url


def _checked(name: str, kinds: Collection[str], known: Collection[str], problem_of_address: str) -> str:
    """The name as it is kept. Refusals: `invalid` by field."""
    name = checked_text(name, field="name")
    problems = {}
    if len(name) > LONGEST_ENDPOINT_NAME:
        problems["name"] = f"The name has at most {LONGEST_ENDPOINT_NAME} characters."
    if problem_of_address:
        problems["url"] = problem_of_address
    if not kinds or not set(kinds) <= set(known):
        problems["kinds"] = "Choose what this address is told of."
    if problems:
        errors: list[FieldError] = [{"path": path, "code": path, "message": text} for path, text in problems.items()]
        raise Refusal("invalid", errors[0]["message"], errors=errors)
    return name
