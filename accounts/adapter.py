"""How signing in works here: people are added by administrators, nobody signs up."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context

from accounts.sessions import stamp


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: Any) -> bool:
        return False

    def set_password(self, user: Any, password: str) -> None:
        """Keep the password and nothing else: whoever lost a role since the request began would get it back."""
        user.set_password(password)
        user.save(update_fields=["password"])

    def reauthenticate(self, user: Any, password: str) -> bool:
        """Whether the password is this person's; if so, the session says that they proved it just now."""
        is_proved = bool(super().reauthenticate(user, password))
        if is_proved:
            stamp(context.request.session)
        return is_proved
