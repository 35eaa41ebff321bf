"""The forms of the first day: who somebody is, the first administrator, the two teams and their first owners."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from accounts.models import INSTALLED_SIDES, Role, Side, User
from glossary.domain.names import name_problem
from glossary.workflow import Newcomer

NAMES = ("first_name", "last_name", "email", "username")
AUTOCOMPLETE = {"first_name": "given-name", "last_name": "family-name", "email": "email", "username": "username"}
HELP = {
    "first_name": "",
    "last_name": "The full name stands beside every signature.",
    "email": "",
    "username": "To sign in with: letters, digits and . _ - @ +",
}


def person_fields(prefix: str = "", *, required: bool = True) -> dict[str, forms.Field]:
    """The fields that describe one person."""
    fields: dict[str, forms.Field] = {
        "first_name": forms.CharField(label="First name", max_length=120, required=required, validators=[_can_be_read]),
        "last_name": forms.CharField(label="Last name", max_length=120, required=required, validators=[_can_be_read]),
        "email": forms.EmailField(label="E-mail address", max_length=254, required=required),
        "username": forms.CharField(
            label="User name",
            max_length=150,
            required=required,
            validators=User._meta.get_field("username").validators,
        ),
    }
    for name, field in fields.items():
        field.help_text = HELP[name]
        field.widget.attrs["autocomplete"] = "off" if prefix else AUTOCOMPLETE[name]
    return {f"{prefix}{name}": field for name, field in fields.items()}


def newcomer(data: Mapping[str, Any], prefix: str = "") -> Newcomer:
    """The person that cleaned data describes."""
    said = {name: data[f"{prefix}{name}"].strip() for name in NAMES}
    return Newcomer(**said | {"username": User.normalize_username(said["username"]).lower()})


def _can_be_read(name: str) -> None:
    """It stands beside signatures: no character that nobody can see, no letters that pass for others."""
    if problem := name_problem(name):
        raise ValidationError(problem)


def _new_password() -> forms.PasswordInput:
    return forms.PasswordInput(attrs={"autocomplete": "new-password"})


class InvitationForm(forms.Form):
    """One person to invite, and the place they get."""

    side = forms.ModelChoiceField(Side.objects.all(), required=False, label="Team", empty_label="No team")
    role = forms.ChoiceField(choices=Role.choices, initial=Role.MEMBER, label="Role", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields = {**person_fields(), **self.fields}


def _compared(value: str | None) -> str:
    return User.normalize_username(value or "").lower()


class FoundingForm(forms.Form):
    """Everything that sets an empty registry up. `sales_owner` and `marketing_owner` say who the first owners are."""

    WHO = [("me", "I sign for this team"), ("other", "Somebody else, whom I invite")]

    code = forms.CharField(
        label="Set-up code",
        max_length=40,
        help_text="The server printed it when it started, such as ABCD-EFGH-IJKL; “manage.py setup --code” prints it.",
    )
    time_zone = forms.ChoiceField(label="Time zone", initial="UTC", help_text="In which you read times.")
    password1 = forms.CharField(
        label="Password", widget=_new_password(), strip=False, help_text="At least 10 characters."
    )
    password2 = forms.CharField(label="The same again", widget=_new_password(), strip=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time_zone"].choices = [(zone, zone) for zone in sorted(available_timezones())]  # type: ignore[attr-defined]
        self.fields |= person_fields()
        for key, name in INSTALLED_SIDES.items():
            self.fields[f"{key}_name"] = forms.CharField(label="What the team is called", initial=name, max_length=60)
            self.fields[f"{key}_owner"] = forms.ChoiceField(
                label="Who signs for it first?", choices=self.WHO, widget=forms.RadioSelect, initial="other"
            )
            self.fields |= person_fields(f"{key}_", required=False)

    def of(self, *names: str) -> list[forms.BoundField]:
        return [self[name] for name in names]

    @property
    def administrator(self) -> list[forms.BoundField]:
        return self.of(*NAMES, "password1", "password2", "time_zone")

    @property
    def teams(self) -> list[dict[str, Any]]:
        """Of each installed side its key, its fields, and those of the person who is invited as its owner."""
        return [
            {
                "key": key,
                "name": self[f"{key}_name"],
                "owner": self[f"{key}_owner"],
                "person": self.of(*(f"{key}_{name}" for name in NAMES)),
            }
            for key in INSTALLED_SIDES
        ]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        self._leave_out_whoever_is_not_invited(data)
        self._check_password(data)
        if all(data.get(f"{key}_owner") == "me" for key in INSTALLED_SIDES):
            self.add_error("marketing_owner", "Two teams, two people: you can sign for one of them only.")
        for key in self._invited(data):
            for name in NAMES:
                if not data.get(f"{key}_{name}") and f"{key}_{name}" not in self.errors:
                    self.add_error(f"{key}_{name}", "Say who it is that you invite.")
        self._check_apart(data)
        return data

    def _invited(self, data: Mapping[str, Any]) -> list[str]:
        return [key for key in INSTALLED_SIDES if data.get(f"{key}_owner") == "other"]

    def _leave_out_whoever_is_not_invited(self, data: Mapping[str, Any]) -> None:
        """What was typed about a person before another choice was made is hidden, and asks for nothing."""
        for key in INSTALLED_SIDES.keys() - self._invited(data):
            for name in NAMES:
                self.errors.pop(f"{key}_{name}", None)

    def _check_password(self, data: Mapping[str, Any]) -> None:
        first, second = data.get("password1"), data.get("password2")
        if first and second and first != second:
            self.add_error("password2", "The two passwords differ.")
        elif first:
            user = User(**{name: data.get(name) or "" for name in NAMES})
            try:
                validate_password(first, user)
            except ValidationError as error:
                self.add_error("password1", error)

    def _check_apart(self, data: Mapping[str, Any]) -> None:
        """Nobody is named twice."""
        for name in ("email", "username"):
            taken = {_compared(data.get(name))}
            for key in self._invited(data):
                value = _compared(data.get(f"{key}_{name}"))
                if value and value in taken:
                    self.add_error(f"{key}_{name}", "Somebody above has this already; everybody needs their own.")
                taken.add(value)

    def wishes(self) -> dict[str, Any]:
        """What `workflow.found` takes, of a form that is valid."""
        data = self.cleaned_data
        invited = self._invited(data)
        return {
            "code": data["code"],
            "password": data["password1"],
            "time_zone": data["time_zone"],
            "sides": {key: data[f"{key}_name"].strip() for key in INSTALLED_SIDES},
            "owners": {key: newcomer(data, f"{key}_") if key in invited else None for key in INSTALLED_SIDES},
        }
