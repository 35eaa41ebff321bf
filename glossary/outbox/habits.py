"""How a person wants a message of some kind: now, later, with others in a digest, or not at all."""

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from accounts.models import Notifications, User
from accounts.preferences import notifications_of
from glossary.domain.hours import Hours
from glossary.models import Channel, Delivery, Message
from glossary.outbox.kinds import TO_PEOPLE

OFF, DIGEST = "off", "digest"


class Habits:
    """What one person chose about mail, read once for one delivery."""

    def __init__(self, person: User) -> None:
        self.person = person
        self.chosen: Notifications = notifications_of(person)
        self.hours = Hours(
            zone_of(person),
            self.chosen.weekdays_only,
            self.chosen.quiet_from,
            self.chosen.quiet_until,
            self.chosen.digest_at,
        )

    def mode(self, kind: str) -> str:
        """`off`, `digest`, or empty for at once; what nobody can do without comes at once whatever was chosen."""
        return str(self.chosen.modes.get(kind, "")) if TO_PEOPLE[kind].may_be_off else ""

    def moment(self, message: Message, at: datetime) -> datetime | None:
        """When to deliver the message, from `at` on; None for never."""
        if not TO_PEOPLE[message.kind].may_be_off:
            return at
        mode = self.mode(message.kind)
        if mode == OFF:
            return None
        return max(self.hours.next_digest(message.written_at), at) if mode == DIGEST else self.hours.next_moment(at)

    def others_of_the_digest(self, message: Message, at: datetime) -> list[Message]:
        """Everything else that waits for the same digest."""
        waiting = Message.objects.filter(person=self.person, channel=Channel.MAIL, state=Delivery.WAITING)
        return [
            other
            for other in waiting.exclude(pk=message.pk)
            if self.mode(other.kind) == DIGEST and self.moment(other, at) == at
        ]


def zone_of(person: User) -> ZoneInfo:
    """The zone in which this person reads times."""
    try:
        return ZoneInfo(person.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
