"""Writing messages down, in the transaction of the change they tell of. Nothing is sent here."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from accounts.models import User
from accounts.preferences import who_does_without
from glossary.models import Channel, Delivery, Endpoint, EndpointFormat, Event, Message, Reminder
from glossary.outbox.kinds import TEST, TO_CHAT, TO_PEOPLE, TO_TOOLS

CHANNELS = {EndpointFormat.WEBHOOK: Channel.WEBHOOK, EndpointFormat.SLACK: Channel.CHAT}


def to_people(kind: str, people: Iterable[User], event: Event) -> set[int]:
    """Tell each of these people of the event, once per person: in the inbox, and by mail whom mail reaches. Their ids.

    Whoever is no longer active is left out, and whoever does without this kind finds nothing in the inbox either.
    """
    assert kind in TO_PEOPLE, kind
    told = {person.pk: person for person in people if person.is_active}
    messages = Message.objects.bulk_create(_about(event, message) for message in _messages(kind, told, event.at))
    return {message.person_id for message in messages if message.person_id}


def to_reminded(kind: str, people: Iterable[tuple[User, Reminder]], sequence: int) -> None:
    """Tell each of these people of occasions that have come, likewise and once per person: about no event, since
    nothing changed. `sequence` is the number of the newest event."""
    assert kind in TO_PEOPLE, kind
    told, first = {}, {}
    for person, reminder in people:
        if person.is_active and person.pk not in told:
            told[person.pk], first[person.pk] = person, reminder
    if told:
        at = min(reminder.at for reminder in first.values())
        Message.objects.bulk_create(
            _about_reminder(first[message.person_id or 0], sequence, message) for message in _messages(kind, told, at)
        )


def _messages(kind: str, told: Mapping[int, User], at: datetime) -> list[Message]:
    doing_without = who_does_without(kind, told) if TO_PEOPLE[kind].may_be_off else set()
    by_mail = [_mail(kind, person) for person in told.values() if is_reachable(person)]
    return by_mail + [_in_the_inbox(kind, person, at) for key, person in told.items() if key not in doing_without]


def _mail(kind: str, person: User) -> Message:
    return Message(kind=kind, channel=Channel.MAIL, person=person)


def _in_the_inbox(kind: str, person: User, at: datetime) -> Message:
    """A message that is where it belongs as soon as the change is committed: no worker delivers it."""
    return Message(kind=kind, channel=Channel.IN_APP, person=person, state=Delivery.SENT, done_at=at)


def is_reachable(person: User) -> bool:
    """Whether mail to this person makes sense: active, with an address, and has been here or could come."""
    return person.is_active and bool(person.email) and person.has_joined


def to_endpoints(event: Event, *, in_chat: str = "") -> None:
    """A webhook to every endpoint that subscribed to this kind of event, which is about something published; and of
    the kind of news `in_chat` a text to every channel that is told of it."""
    assert event.kind in TO_TOOLS, event.kind
    _to_subscribed(event, {EndpointFormat.WEBHOOK: event.kind, EndpointFormat.SLACK: in_chat})


def to_channels(kind: str, event: Event) -> None:
    """A text to every chat channel that is told of this kind of news."""
    _to_subscribed(event, {EndpointFormat.SLACK: kind})


def _to_subscribed(event: Event, kinds: Mapping[EndpointFormat, str]) -> None:
    assert kinds.get(EndpointFormat.SLACK, "") in ("", *TO_CHAT), kinds
    messages = [
        Message(kind=kinds[format], channel=CHANNELS[format], endpoint=endpoint)
        for endpoint in Endpoint.objects.active().filter(format__in=kinds)
        if kinds[format := EndpointFormat(endpoint.format)] in endpoint.kinds
    ]
    Message.objects.bulk_create(_about(event, message) for message in messages)


def invitation(person: User, event: Event) -> Message:
    """The mail with which somebody who has no password yet is invited."""
    message = _about(event, _mail("invitation", person))
    message.save(force_insert=True)
    return message


def test_message(endpoint: Endpoint, at: datetime) -> Message:
    """What the test button sends: nothing about any word."""
    channel = CHANNELS[EndpointFormat(endpoint.format)]
    return _unbound(Message(kind=TEST, channel=channel, endpoint=endpoint), at)


def endpoint_paused(endpoint: Endpoint, at: datetime) -> None:
    """To every administrator: this address no longer takes our messages."""
    for person in User.objects.active().filter(is_staff=True):
        messages = [_in_the_inbox("endpoint_paused", person, at)]
        messages += [_mail("endpoint_paused", person)] if is_reachable(person) else []
        for message in messages:
            message.about = endpoint
            _unbound(message, at)


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
