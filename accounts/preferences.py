"""What people choose for themselves."""

from accounts.models import Theme, User


def keep_time_zone(user: User, name: str) -> None:
    """Show this person all times for the zone with this IANA name."""
    user.time_zone = name
    user.save(update_fields=["time_zone"])


def keep_theme(user: User, theme: Theme) -> None:
    """Show this person all pages light, dark or as the device asks. Nobody's audit, so past their history."""
    User.objects.filter(pk=user.pk).update(theme=theme)
