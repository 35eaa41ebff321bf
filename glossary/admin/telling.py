"""Webhooks and messages: where other tools are told, what was delivered to whom, and what was not and why."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse

from glossary import outbox, workflow
from glossary.admin.acting import Audited, Readable, attempt, is_administrator
from glossary.domain.refusals import Refusal
from glossary.models import Attempt, Endpoint, Message
from glossary.policy import SignedIn, signed_in
from glossary.portal.pages import refused


class EndpointForm(forms.Form):
    """What an endpoint is told, and where."""

    name = forms.CharField(max_length=80, label="Tool", help_text="As people will read it: CRM")
    url = forms.CharField(
        max_length=500, label="Address", help_text="https://… Signed messages are sent there by POST."
    )
    kinds = forms.MultipleChoiceField(
        choices=[(kind, f"{kind}: {words}") for kind, words in outbox.TO_TOOLS.items()],
        label="Told of",
        widget=forms.CheckboxSelectMultiple,
    )


class EndpointActForm(forms.Form):
    """What an administrator can do about an endpoint."""

    ACTS = [
        ("test", "Send a test message"),
        ("pause", "Pause: what happens meanwhile waits"),
        ("resume", "Resume: send what has waited"),
        ("rotate", "New secret: for a day the old one signs as well"),
        ("remove", "Remove for good; its log stays"),
    ]
    act = forms.ChoiceField(choices=ACTS, widget=forms.RadioSelect, label="What should happen?")


DONE = {
    "test": "A test message is on its way; its row among the messages tells what came of it.",
    "pause": "Nothing is sent there until it is resumed.",
    "resume": "It is told again, what has waited first.",
    "remove": "Nothing is sent there any more.",
}


@admin.register(Endpoint)
class EndpointAdmin(Audited):
    """Addresses of other tools. A secret is shown when it is made, and kept nowhere."""

    change_form_template = "admin/endpoint.html"
    list_display = ["name", "url", "kinds", "failures", "rests_until", "paused_at", "is_removed"]
    list_filter = ["is_removed"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return is_administrator(request)

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("<uuid:endpoint_id>/act/", view(self.act), name="glossary_endpoint_act"),
            path("<uuid:endpoint_id>/edit/", view(self.edit), name="glossary_endpoint_edit"),
            *super().get_urls(),
        ]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        form = EndpointForm(request.POST or None, initial={"kinds": list(outbox.TO_TOOLS)})
        return self._made(request, "Add a webhook", form, partial(workflow.add_endpoint, by=signed_in(request)))

    def act(self, request: HttpRequest, endpoint_id: UUID) -> HttpResponse:
        """Test, pause, resume, rotate, remove."""
        endpoint = get_object_or_404(Endpoint, pk=endpoint_id)
        form = EndpointActForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            chosen, by = form.cleaned_data["act"], signed_in(request)
            if chosen == "rotate":
                rotate = partial(workflow.rotate_secret, endpoint_id, by=by)
                return self._secret(request, f"New secret of {endpoint}", rotate)
            if attempt(request, self._action(chosen, endpoint_id, by), DONE[chosen]):
                return redirect(reverse("admin:glossary_endpoint_change", args=[endpoint_id]))
        return self._page(request, endpoint.name, form)

    def _action(self, chosen: str, endpoint_id: UUID, by: SignedIn) -> Callable[[], object]:
        acts: dict[str, Callable[..., object]] = {
            "test": workflow.test_endpoint,
            "pause": workflow.pause_endpoint,
            "resume": workflow.resume_endpoint,
            "remove": workflow.remove_endpoint,
        }
        return partial(acts[chosen], endpoint_id, by=by)

    def edit(self, request: HttpRequest, endpoint_id: UUID) -> HttpResponse:
        """Name, address and what it is told of."""
        endpoint = get_object_or_404(Endpoint, pk=endpoint_id)
        kept = {field: getattr(endpoint, field) for field in EndpointForm.base_fields}
        form = EndpointForm(request.POST or None, initial=kept)
        if request.method == "POST" and form.is_valid():
            change = partial(workflow.change_endpoint, endpoint_id, by=signed_in(request), **form.cleaned_data)
            if attempt(request, change, "Saved."):
                return redirect(reverse("admin:glossary_endpoint_change", args=[endpoint_id]))
        return self._page(request, endpoint.name, form)

    def _made(self, request: HttpRequest, title: str, form: forms.Form, make: Callable[..., Any]) -> HttpResponse:
        if request.method == "POST" and form.is_valid():
            return self._secret(request, title, partial(make, **form.cleaned_data), form)
        return self._page(request, title, form)

    def _secret(
        self, request: HttpRequest, title: str, make: Callable[[], Any], form: forms.Form | None = None
    ) -> HttpResponse:
        """The page that shows a secret; a field that is wrong is marked instead."""
        try:
            _, secret = make()
        except Refusal as refusal:
            if form is None or refusal.code != "invalid":
                return refused(request, refusal)
            messages.error(request, refusal.sentence)
            return self._page(request, title, form)
        return self._page(request, title, form, key=secret)

    def _page(self, request: HttpRequest, title: str, form: forms.Form | None, key: str = "") -> HttpResponse:
        context = {**self.admin_site.each_context(request), "title": title, "form": form, "key": key}
        return render(request, "admin/form.html", context)


class AttemptInline(admin.TabularInline):  # type: ignore[type-arg]
    """Every try to deliver a message."""

    model = Attempt
    fields = ["at", "outcome", "answer", "took_ms"]
    readonly_fields = ["at", "outcome", "answer", "took_ms"]
    can_delete = False
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_administrator(request)


@admin.register(Message)
class MessageAdmin(Readable):
    """The log of deliveries: what was to be told to whom, and what came of each try."""

    list_display = ["written_at", "kind", "channel", "recipient", "term", "state", "attempts", "next_at", "error"]
    list_filter = ["state", "channel", "kind", "endpoint"]
    list_select_related = ["person", "endpoint", "term"]
    ordering = ["-written_at", "-sequence"]
    inlines = [AttemptInline]
    actions = ["deliver_again"]

    @admin.display(description="To")
    def recipient(self, message: Message) -> str:
        return str(message.person or message.endpoint)

    @admin.action(description="Deliver again, under the same ids", permissions=["view"])
    def deliver_again(self, request: HttpRequest, rows: "QuerySet[Message]") -> None:
        ids = list(rows.values_list("pk", flat=True))
        again = partial(workflow.redeliver, ids, by=signed_in(request))
        attempt(request, again, "A worker delivers them again; those under way are left alone.")
