"""People, teams, seats on loan and tokens. Roles change only through the seating actions.

An administrator sets nobody's password, and changes no mail address once the person has chosen one: either would be a
way to sign in somebody else's name.
"""

from functools import partial
from typing import Any

from allauth.account import admin as _account  # noqa: F401  registers further mail addresses, likewise
from allauth.account.models import EmailAddress
from allauth.mfa import admin as _second_factors  # noqa: F401  registers secrets, which nobody reads
from allauth.mfa.models import Authenticator
from allauth.socialaccount import admin as _company  # noqa: F401  registers issuers, which the settings name
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django import forms
from django.contrib import admin
from django.contrib.auth import admin as _stock  # noqa: F401  registers groups, which are not used here
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.models import Appointment, Delegation, Role, Side, Sponsorship, Token, User
from glossary import workflow
from glossary.admin.acting import Audited, Readable, attempt, is_administrator
from glossary.domain.refusals import Refusal
from glossary.policy import signed_in
from glossary.portal.pages import refused

for not_ours in (Group, EmailAddress, Authenticator, SocialAccount, SocialApp, SocialToken):
    admin.site.unregister(not_ours)


@admin.register(User)
class UserAdmin(Audited):
    """People. Somebody new is invited on the page for that; team and role change on the page of the person."""

    change_form_template = "admin/person.html"
    change_list_template = "admin/people_list.html"
    list_display = ["username", "display_name", "email", "side", "role", "is_staff", "is_active"]
    list_filter = ["side", "role", "is_staff", "is_active"]
    list_select_related = ["side"]
    search_fields = ["username", "first_name", "last_name", "email"]
    fields = ["username", "first_name", "last_name", "email", "is_staff", "time_zone", "side", "role", "is_active"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return is_administrator(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_administrator(request)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        fixed = ["side", "role", "is_active"]
        is_theirs = obj is not None and (obj.role == Role.OWNER or obj.has_joined)
        return [*fixed, "email", "username"] if is_theirs else fixed

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """What was typed and nothing else: a role may have been lost since the form was read."""
        obj.refresh_from_db(fields=["side", "role", "is_active"])
        obj._history_user = request.user  # type: ignore[attr-defined]
        obj.save(update_fields=form.changed_data)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """There is one way in for somebody new, with one check of addresses and one kind of link."""
        return redirect("invitations")


@admin.register(Side)
class SideAdmin(Audited):
    """Teams. A new one signs from now on; sales and marketing always do."""

    list_display = ["name", "key", "has_seat", "position"]
    fields = ["key", "name", "has_seat"]
    readonly_fields = ["has_seat"]
    actions = ["take_seat_away"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return is_administrator(request)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """The stock form, saved by the seating action."""
        form = SideForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            key, name = form.cleaned_data["key"], form.cleaned_data["name"]
            done = f"{name} signs from now on, also every open suggestion."
            if attempt(request, lambda: workflow.add_side(key, by=signed_in(request), name=name), done):
                return redirect(reverse("admin:accounts_side_changelist"))
        context = {**self.admin_site.each_context(request), "title": "Add a team", "form": form}
        return render(request, "admin/form.html", context)

    @admin.action(description="Take the seat away: these teams sign no longer", permissions=["view"])
    def take_seat_away(self, request: HttpRequest, rows: "QuerySet[Side]") -> None:
        by = signed_in(request)
        for side in rows:
            attempt(request, partial(workflow.remove_seat, side.key, by=by), f"{side.name} signs no longer.")


class SideForm(forms.Form):
    key = forms.SlugField(max_length=40, help_text="Small letters, for the API: product")
    name = forms.CharField(max_length=60, help_text="As people read it: Product")


@admin.register(Appointment)
class AppointmentAdmin(Readable):
    list_display = ["user", "side", "state", "appointed_by", "appointed_at", "decided_by", "decided_at"]
    list_filter = ["state", "side"]
    list_select_related = ["user", "side", "appointed_by", "decided_by"]


@admin.register(Delegation)
class DelegationAdmin(Readable):
    list_display = ["owner", "delegate", "side", "starts_at", "ends_at", "revoked_at"]
    list_filter = ["side"]
    list_select_related = ["owner", "delegate", "side"]


@admin.register(Sponsorship)
class SponsorshipAdmin(Readable):
    list_display = ["user", "named_by", "named_at", "ended_by", "ended_at"]
    list_select_related = ["user", "named_by", "ended_by"]


class TokenForm(forms.Form):
    user = forms.ModelChoiceField(
        User.objects.active(), label="Person", help_text="The tool acts in this person's name."
    )
    name = forms.CharField(max_length=80, label="Tool", help_text="As people will read it: CRM sync")
    scopes = forms.MultipleChoiceField(
        choices=[("read", "Read what is agreed"), ("propose", "Suggest changes")],
        initial=["read"],
        widget=forms.CheckboxSelectMultiple,
    )
    days = forms.IntegerField(min_value=1, max_value=3650, initial=90, label="Valid for days")


@admin.register(Token)
class TokenAdmin(Readable):
    """Keys of other tools. A key is shown once, when it is made; afterwards only its digest is kept."""

    list_display = ["name", "user", "scopes", "created", "expiry", "last_used_at", "revoked_at"]
    list_select_related = ["user"]
    exclude = ["digest", "token_key"]
    actions = ["revoke"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return is_administrator(request)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        form = TokenForm(request.POST or None)
        key = ""
        if request.method == "POST" and form.is_valid():
            chosen = {field: form.cleaned_data[field] for field in ("name", "scopes", "days")}
            try:
                _, key = workflow.make_token(form.cleaned_data["user"].pk, by=signed_in(request), **chosen)
            except Refusal as refusal:
                return refused(request, refusal)
        context = {**self.admin_site.each_context(request), "title": "Make a token", "form": form, "key": key}
        return render(request, "admin/form.html", context)

    @admin.action(description="Revoke: these keys open nothing from now on", permissions=["view"])
    def revoke(self, request: HttpRequest, rows: "QuerySet[Token]") -> None:
        by = signed_in(request)
        for token in rows.filter(revoked_at=None):
            attempt(request, partial(workflow.revoke_token, token.pk, by=by), f"{token.name} is revoked.")
