"""What people choose for themselves."""

from collections.abc import Mapping
from datetime import time

from accounts.models import Notifications, Theme, User


def keep_time_zone(user: User, name: str) -> None:
    """Show this person all times for the zone with this IANA name."""
    user.time_zone = name
    user.save(update_fields=["time_zone"])


def keep_theme(user: User, theme: Theme) -> None:
    """Show this person all pages light, dark or as the device asks. Nobody's audit, so past their history."""
    User.objects.filter(pk=user.pk).update(theme=theme)


def notifications_of(user: User) -> Notifications:
    """What this person chose, or what holds for whoever has not chosen anything; not kept by asking."""
    return Notifications.objects.filter(user=user).first() or Notifications(user=user)


def keep_notifications(
    user: User,
    *,
    modes: Mapping[str, str],
    weekdays_only: bool,
    quiet: tuple[time, time] | None,
    digest_at: time,
) -> None:
    """Keep how and when this person wants mail."""
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
    """No more mail of this kind; of the kind "digest" none of what the daily digest brings."""
    chosen = notifications_of(user)
    if kind == "digest":
        chosen.modes = {name: "off" if mode == "digest" else mode for name, mode in chosen.modes.items()}
    else:
        chosen.modes = chosen.modes | {kind: "off"}
    chosen.save()
