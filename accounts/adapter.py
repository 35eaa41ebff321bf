"""How signing in works here: people are added by administrators, nobody signs up."""

from base64 import b32encode, urlsafe_b64encode
from secrets import token_bytes
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from cryptography.fernet import Fernet, InvalidToken
from django.utils.crypto import salted_hmac

from accounts.oidc import company_app, is_configured
from accounts.sessions import proved_lately


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    error_messages = DefaultAccountAdapter.error_messages | dict.fromkeys(
        ("username_password_mismatch", "email_password_mismatch"),
        "This name and this password do not go together. One of the two is not correct.",
    )

    def is_open_for_signup(self, request: Any) -> bool:
        return False

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whether allauth looks for a confirmation beside the sign-in: one just now, by our own stamp, is enough."""
        return super().is_reauthentication_required(app=app, **kwargs) and not proved_lately(self.request.session)

    def set_password(self, user: Any, password: str) -> None:
        """Keep the password and nothing else: whoever lost a role since the request began would get it back."""
        user.set_password(password)
        user.save(update_fields=["password"])


class CompanyAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """The one issuer is that of the settings, whatever rows there may be."""

    def list_apps(self, request: Any, provider: Any = None, client_id: Any = None) -> list[Any]:
        return [company_app()] if is_configured() else []

    def is_open_for_signup(self, request: Any, sociallogin: Any) -> bool:
        return False


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Keeps the secrets of authenticator apps encrypted, so that a copy of the database opens nothing."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "This is not the code of now. Apps show a new one every half minute: type the one that it "
        "shows at this moment.",
    }

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The secret; one that nobody has where `SECRET_KEY` is no longer that which it was kept under."""
        try:
            return _cipher().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            return b32encode(token_bytes(20)).decode()

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        return "My passkey"

    def get_totp_issuer(self) -> str:
        return "Accord"


def _cipher() -> Fernet:
    return Fernet(urlsafe_b64encode(salted_hmac("accounts.second_factor", "key", algorithm="sha256").digest()))
