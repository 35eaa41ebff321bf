"""What people choose for themselves."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from accounts.models import Notifications, Theme, User

NOWHERE = "none"


def keep_time_zone(user: User, name: str) -> None:
    """Show this person all times for the zone with this IANA name."""
    user.time_zone = name
    user.save(update_fields=["time_zone"])


def keep_theme(user: User, theme: Theme) -> None:
    """Show this person all pages light, dark or as the device asks. Nobody's audit, so past their history."""
    User.objects.filter(pk=user.pk).update(theme=theme)


def zone_of(user: User) -> ZoneInfo:
    """The zone in which this person reads times, and by whose clock the own days begin and end."""
    try:
        return ZoneInfo(user.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def keep_away(user: User, last_day: date | None) -> None:
    """The last day on which this person is away, or None for being here. Nobody's audit, so past their history:
    when people were away is nothing to keep."""
    User.objects.filter(pk=user.pk).update(away_until=last_day)
    user.away_until = last_day


def away_until(user: User, at: datetime) -> date | None:
    """The last day of the absence that is under way at `at`; None for somebody who is here."""
    last_day = user.away_until
    return last_day if last_day is not None and at.astimezone(zone_of(user)).date() <= last_day else None


def notifications_of(user: User) -> Notifications:
    """What this person chose, or what holds for whoever has not chosen anything; not kept by asking."""
    return Notifications.objects.filter(user=user).first() or Notifications(user=user)


def who_does_without(kind: str, people: Collection[int]) -> set[int]:
    """Those of the people, by their ids, who want a kind of message neither by mail nor in the inbox. One query."""
    rows = Notifications.objects.filter(user__in=people).values_list("user", "modes")
    return {user for user, modes in rows if modes.get(kind) == NOWHERE}


def keep_notifications(
    user: User,
    *,
    modes: Mapping[str, str],
    weekdays_only: bool,
    quiet: tuple[time, time] | None,
    digest_at: time,
) -> None:
    """Keep how and when this person is told."""
    quiet_from, quiet_until = quiet or (None, None)
    Notifications.objects.update_or_create(
        user=user,
        defaults={
            "modes": dict(modes),
            "weekdays_only": weekdays_only,
            "quiet_from": quiet_from,
            "quiet_until": quiet_until,
            "digest_at": digest_at,
        },
    )


def switch_off(user: User, kind: str) -> None:
    """No more mail of this kind, which still comes to the inbox; of the kind "digest" none of what it brings."""
    chosen = notifications_of(user)
    if chosen.modes.get(kind) == NOWHERE:
        return
    if kind == "digest":
        chosen.modes = {name: "off" if mode == "digest" else mode for name, mode in chosen.modes.items()}
    else:
        chosen.modes = chosen.modes | {kind: "off"}
    chosen.save()
