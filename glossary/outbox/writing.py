"""Writing messages down, in the transaction of the change they tell of. Nothing is sent here."""

from collections.abc import Iterable
from datetime import datetime

from accounts.models import User
from glossary.models import Channel, Endpoint, EndpointFormat, Event, Message, Reminder
from glossary.outbox.kinds import TEST, TO_CHAT, TO_PEOPLE, TO_TOOLS

CHANNELS = {EndpointFormat.WEBHOOK: Channel.WEBHOOK, EndpointFormat.SLACK: Channel.CHAT}
NO_PASSWORD = "!"  # how Django marks that none was chosen


def to_people(kind: str, people: Iterable[User], event: Event) -> None:
    """A mail to each of these people about the event, once per person; whoever cannot be reached is left out."""
    assert kind in TO_PEOPLE, kind
    reached = {person.pk: person for person in people if is_reachable(person)}
    Message.objects.bulk_create(
        _about(event, Message(kind=kind, channel=Channel.MAIL, person=person)) for person in reached.values()
    )


def to_reminded(kind: str, people: Iterable[tuple[User, Reminder]], sequence: int) -> None:
    """A mail to each of these people about occasions that have come, once per person: about no event, since nothing
    changed. `sequence` is the number of the newest event."""
    assert kind in TO_PEOPLE, kind
    first: dict[int, tuple[User, Reminder]] = {}
    for person, reminder in people:
        if is_reachable(person):
            first.setdefault(person.pk, (person, reminder))
    Message.objects.bulk_create(
        _about_reminder(reminder, sequence, Message(kind=kind, channel=Channel.MAIL, person=person))
        for person, reminder in first.values()
    )


def is_reachable(person: User) -> bool:
    """Whether mail to this person makes sense: active, with an address, and has been here or could come."""
    has_a_way_in = person.last_login is not None or not person.password.startswith(NO_PASSWORD)
    return person.is_active and bool(person.email) and has_a_way_in


def to_endpoints(event: Event) -> None:
    """A webhook to every endpoint that subscribed to this kind of event, which is about something published."""
    assert event.kind in TO_TOOLS, event.kind
    _to_subscribed(EndpointFormat.WEBHOOK, event.kind, event)


def to_channels(kind: str, event: Event) -> None:
    """A text to every chat channel that is told of this kind of news."""
    assert kind in TO_CHAT, kind
    _to_subscribed(EndpointFormat.SLACK, kind, event)


def _to_subscribed(format: EndpointFormat, kind: str, event: Event) -> None:
    subscribed = [each for each in Endpoint.objects.active().filter(format=format) if kind in each.kinds]
    Message.objects.bulk_create(
        _about(event, Message(kind=kind, channel=CHANNELS[format], endpoint=endpoint)) for endpoint in subscribed
    )


def invitation(person: User, event: Event) -> Message:
    """The mail with which somebody who has no password yet is invited."""
    message = _about(event, Message(kind="invitation", channel=Channel.MAIL, person=person))
    message.save(force_insert=True)
    return message


def test_message(endpoint: Endpoint, at: datetime) -> Message:
    """What the test button sends: nothing about any word."""
    channel = CHANNELS[EndpointFormat(endpoint.format)]
    return _unbound(Message(kind=TEST, channel=channel, endpoint=endpoint), at)


def endpoint_paused(endpoint: Endpoint, at: datetime) -> None:
    """A mail to every administrator: this address no longer takes our messages."""
    for person in User.objects.active().filter(is_staff=True):
        if is_reachable(person):
            _unbound(Message(kind="endpoint_paused", channel=Channel.MAIL, person=person, about=endpoint), at)


def _unbound(message: Message, at: datetime) -> Message:
    """A message about no event: it waits for no other one."""
    message.written_at = message.next_at = at
    message.stream = f"{message.channel}:{message.id}"
    message.save(force_insert=True)
    return message


def _about_reminder(reminder: Reminder, sequence: int, message: Message) -> Message:
    message.reminder, message.sequence = reminder, sequence
    message.written_at = message.next_at = reminder.at
    message.stream = f"{message.channel}:{message.person_id}:"
    return message


def _about(event: Event, message: Message) -> Message:
    message.event, message.term_id, message.proposal_id = event, event.term_id, event.proposal_id
    message.sequence = event.seq
    message.written_at = message.next_at = event.at
    message.stream = f"{message.channel}:{message.person_id or message.endpoint_id}:{event.term_id or ''}"
    return message
