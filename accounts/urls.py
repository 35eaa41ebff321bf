"""Signing in and out, passwords and second factors. Names are allauth's: its views look each other up by them."""

from allauth.account import views
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as keys
from django.urls import path, re_path

from accounts.doors import AddPasskey, NewCodes, SetUpApp, confirm, lately_proved, with_password

urlpatterns = [
    path("login/", with_password(views.login), name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("signup/", views.signup, name="account_signup"),  # says that it is closed
    path("reauthenticate/", confirm, name="account_reauthenticate"),
    path("password/change/", with_password(views.password_change), name="account_change_password"),
    path("password/set/", with_password(views.password_set), name="account_set_password"),
    path("password/reset/", with_password(views.password_reset), name="account_reset_password"),
    path("password/reset/done/", views.password_reset_done, name="account_reset_password_done"),
    path("password/reset/key/done/", views.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        with_password(views.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path("second-factor/", mfa.index, name="mfa_index"),
    path("second-factor/sign-in/", mfa.authenticate, name="mfa_authenticate"),
    path("second-factor/confirm/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("second-factor/app/", lately_proved(SetUpApp.as_view()), name="mfa_activate_totp"),
    path("second-factor/app/remove/", lately_proved(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("second-factor/codes/", lately_proved(NewCodes.as_view()), name="mfa_view_recovery_codes"),
    path("second-factor/codes/new/", lately_proved(codes.generate_recovery_codes), name="mfa_generate_recovery_codes"),
    path(
        "second-factor/codes/download/",
        lately_proved(codes.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
    path("second-factor/passkeys/", keys.list_webauthn, name="mfa_list_webauthn"),
    path("second-factor/passkeys/add/", lately_proved(AddPasskey.as_view()), name="mfa_add_webauthn"),
    path("second-factor/passkeys/confirm/", keys.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("second-factor/passkeys/<int:pk>/remove/", lately_proved(keys.remove_webauthn), name="mfa_remove_webauthn"),
    path("second-factor/passkeys/<int:pk>/edit/", lately_proved(keys.edit_webauthn), name="mfa_edit_webauthn"),
    path("passkey/", with_password(keys.login_webauthn), name="mfa_login_webauthn"),
]
