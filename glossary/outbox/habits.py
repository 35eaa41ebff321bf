"""How a person wants a message of some kind: now, later, with others in a digest, or not at all."""

from datetime import datetime, timedelta

from accounts.models import Notifications, User
from accounts.preferences import NOWHERE, away_until, notifications_of, zone_of
from glossary.domain.hours import Hours
from glossary.models import Channel, Delivery, Message
from glossary.outbox.kinds import TO_PEOPLE

OFF, DIGEST = "off", "digest"
NO_MAIL = (OFF, NOWHERE)


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
        """`none`, `off`, `digest`, or empty for at once, as always what nobody can do without."""
        return str(self.chosen.modes.get(kind, "")) if TO_PEOPLE[kind].may_be_off else ""

    def moment(self, message: Message, at: datetime) -> datetime | None:
        """When to deliver the message, from `at` on; None for never. What asks for an act waits for their return."""
        if not TO_PEOPLE[message.kind].may_be_off:
            return at
        mode = self.mode(message.kind)
        if mode in NO_MAIL:
            return None
        back = self.back_at(at) if TO_PEOPLE[message.kind].asks else None
        if mode == DIGEST:
            return max(self.hours.next_digest(back or message.written_at), at)
        return self.hours.next_moment(back or at)

    def back_at(self, at: datetime) -> datetime | None:
        """The instant at which the absence under way at `at` is over; None for somebody who is here."""
        last_day = away_until(self.person, at)
        return self.hours.beginning_of(last_day + timedelta(days=1)) if last_day else None

    def others_of_the_digest(self, message: Message, at: datetime) -> list[Message]:
        """Everything else that waits for the same digest."""
        waiting = Message.objects.filter(person=self.person, channel=Channel.MAIL, state=Delivery.WAITING)
        return [
            other
            for other in waiting.exclude(pk=message.pk)
            if self.mode(other.kind) == DIGEST and self.moment(other, at) == at
        ]
