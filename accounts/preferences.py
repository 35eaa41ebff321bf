"""What people choose for themselves."""

from accounts.models import User


def keep_time_zone(user: User, name: str) -> None:
    """Show this person all times for the zone with this IANA name."""
    user.time_zone = name
    user.save(update_fields=["time_zone"])
