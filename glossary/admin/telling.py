"""Webhooks, chat channels and messages: where other tools are told, what was delivered to whom, and what was not."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe

from glossary import outbox, workflow
from glossary.admin.acting import Audited, Readable, attempt, is_administrator
from glossary.domain.refusals import Refusal
from glossary.models import Attempt, Endpoint, EndpointFormat, Message
from glossary.policy import signed_in
from glossary.portal.pages import refused

WIDE = {"class": "vTextField", "autocomplete": "off", "spellcheck": "false"}


class EndpointForm(forms.Form):
    """What a webhook is told, and where."""

    name = forms.CharField(
        max_length=80, label="Tool", help_text="As people will read it: CRM", widget=forms.TextInput(WIDE)
    )
    url = forms.CharField(
        max_length=500,
        label="Address",
        help_text="https://… Signed messages are sent there by POST.",
        widget=forms.TextInput(WIDE),
    )
    kinds = forms.MultipleChoiceField(
        choices=[(kind, f"{kind}: {words}") for kind, words in outbox.TO_TOOLS.items()],
        label="Told of",
        widget=forms.CheckboxSelectMultiple,
    )


class ChannelForm(EndpointForm):
    """What a chat channel is told, and the address that lets us write there."""

    name = forms.CharField(
        max_length=80, label="Channel", help_text="As people will read it: #revenue", widget=forms.TextInput(WIDE)
    )
    url = forms.CharField(
        max_length=500,
        label="Address of its incoming webhook",
        help_text="https://hooks.slack.com/services/… or one of Mattermost or Rocket.Chat. "
        "Whoever has it can write into the channel, so it is kept encrypted and not shown again.",
        widget=forms.TextInput(WIDE),
    )
    kinds = forms.MultipleChoiceField(
        choices=list(outbox.TO_CHAT.items()), label="Told of", widget=forms.CheckboxSelectMultiple
    )


class KeptChannelForm(ChannelForm):
    """The same for a channel that has an address already."""

    url = forms.CharField(
        max_length=500,
        required=False,
        label="Another address",
        help_text="Leave this empty to keep the one there is.",
        widget=forms.TextInput(WIDE),
    )


class EndpointActForm(forms.Form):
    """What an administrator can do about an endpoint as it is."""

    ACTS = {
        "test": "Send a test message",
        "pause": "Pause: what happens meanwhile waits",
        "resume": "Resume: send what has waited",
        "rotate": "New secret: for a day the old one signs as well",
        "remove": "Remove for good; its log stays",
    }
    act = forms.ChoiceField(widget=forms.RadioSelect, label="What should happen?")

    def __init__(self, endpoint: Endpoint, *args: Any) -> None:
        super().__init__(*args)
        left_out = {"pause"} if endpoint.paused_at else set() if endpoint.rests_until else {"resume"}
        if endpoint.format == EndpointFormat.SLACK:
            left_out |= {"rotate"}  # its secret is its address
        choices = [(act, words) for act, words in self.ACTS.items() if act not in left_out]
        self.fields["act"].choices = choices  # type: ignore[attr-defined]


DONE = {
    "test": "A test message is on its way; its row among the messages tells what came of it.",
    "pause": "Nothing is sent there until it is resumed.",
    "resume": "It is told again, what has waited first.",
    "remove": "Nothing is sent there any more.",
}


class InUse(admin.SimpleListFilter):
    title = "use"
    parameter_name = "use"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "In use"), ("no", "Removed")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Endpoint]) -> QuerySet[Endpoint]:
        removed = {"yes": False, "no": True}.get(self.value() or "")
        return queryset if removed is None else queryset.filter(is_removed=removed)


@admin.register(Endpoint)
class EndpointAdmin(Audited):
    """Addresses of other tools. A secret is shown when it is made, and kept nowhere; a channel's address is masked."""

    change_form_template = "admin/endpoint.html"
    change_list_template = "admin/endpoint_list.html"
    list_display = ["name", "format", "state", "address"]
    list_filter = ["format", InUse]
    readonly_fields = ("name", "format", "address", "told_of", "state", "failures")
    fields = readonly_fields

    @admin.display(description="Address", ordering="url")
    def address(self, endpoint: Endpoint) -> str:
        return endpoint.url

    @admin.display(description="Told of")
    def told_of(self, endpoint: Endpoint) -> str:
        known = outbox.TO_TOOLS | outbox.TO_CHAT
        return format_html_join(mark_safe("<br>"), "{}", [(known[kind],) for kind in endpoint.kinds])

    @admin.display(description="State")
    def state(self, endpoint: Endpoint) -> str:
        """In words, the strongest first."""
        if endpoint.is_removed:
            return "Removed"
        if endpoint.paused_at:
            return f"Paused since {_moment(endpoint.paused_at)}"
        if endpoint.rests_until and endpoint.rests_until > timezone.now():
            return f"Rests until {_moment(endpoint.rests_until)}"
        return "Tried again after a failure" if endpoint.failures else "In order"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return is_administrator(request)

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("add-channel/", view(self.add_channel), name="glossary_endpoint_add_channel"),
            path("<uuid:endpoint_id>/act/", view(self.act), name="glossary_endpoint_act"),
            path("<uuid:endpoint_id>/edit/", view(self.edit), name="glossary_endpoint_edit"),
            *super().get_urls(),
        ]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """A webhook; the answer shows its secret, once."""
        form = EndpointForm(request.POST or None, initial={"kinds": list(outbox.TO_TOOLS)})
        add = partial(workflow.add_endpoint, by=signed_in(request))
        return self._asked(request, "Add a webhook", form, add, self._shown_once(request, "The secret of"))

    def add_channel(self, request: HttpRequest) -> HttpResponse:
        """A chat channel, whose address is shown in part from now on."""
        form = ChannelForm(request.POST or None, initial={"kinds": list(outbox.TO_CHAT)})

        def added(endpoint: Endpoint) -> HttpResponse:
            messages.success(request, "Saved. Send a test message to see whether it arrives.")
            return redirect(reverse("admin:glossary_endpoint_act", args=[endpoint.pk]))

        add = partial(workflow.add_channel, by=signed_in(request))
        return self._asked(request, "Add a chat channel", form, add, added)

    def act(self, request: HttpRequest, endpoint_id: UUID) -> HttpResponse:
        """Test, pause, resume, rotate, remove."""
        endpoint = get_object_or_404(Endpoint.objects.active(), pk=endpoint_id)
        form = EndpointActForm(endpoint, request.POST or None)

        def do(act: str) -> object:
            return ACTIONS[act](endpoint_id, by=signed_in(request))

        def done(result: Any) -> HttpResponse:
            chosen = form.cleaned_data["act"]
            if chosen == "rotate":
                return self._shown_once(request, "The new secret of")(result)
            return self._back_to(request, endpoint_id, DONE[chosen])

        return self._asked(
            request, f"Test, pause or remove {endpoint}", form, do, done, endpoint=endpoint, label="Do it"
        )

    def edit(self, request: HttpRequest, endpoint_id: UUID) -> HttpResponse:
        """Name, address and what it is told of."""
        endpoint = get_object_or_404(Endpoint.objects.active(), pk=endpoint_id)
        is_channel = endpoint.format == EndpointFormat.SLACK
        kept = {"name": endpoint.name, "url": "" if is_channel else endpoint.url, "kinds": endpoint.kinds}
        form = (KeptChannelForm if is_channel else EndpointForm)(request.POST or None, initial=kept)
        change = partial(workflow.change_endpoint, endpoint_id, by=signed_in(request))

        def done(_: Endpoint) -> HttpResponse:
            return self._back_to(request, endpoint_id, "Saved.")

        return self._asked(request, f"Edit {endpoint}", form, change, done, endpoint=endpoint)

    def _back_to(self, request: HttpRequest, endpoint_id: UUID, done: str) -> HttpResponse:
        messages.success(request, done)
        return redirect(reverse("admin:glossary_endpoint_change", args=[endpoint_id]))

    def _asked(
        self,
        request: HttpRequest,
        title: str,
        form: forms.Form,
        do: Callable[..., Any],
        done: Callable[[Any], HttpResponse],
        **more: Any,
    ) -> HttpResponse:
        """The form, and once it is filled in what it asks for; what is wrong is said beside its field."""
        if request.method == "POST" and form.is_valid():
            try:
                return done(do(**form.cleaned_data))
            except Refusal as refusal:
                if refusal.code in ("unauthenticated", "reauthenticate"):
                    return refused(request, refusal)
                _say(form, refusal)
        return self._page(request, title, form=form, **more)

    def _shown_once(self, request: HttpRequest, what: str) -> Callable[[tuple[Endpoint, str]], HttpResponse]:
        """The page that shows a secret."""
        return lambda made: self._page(request, f"{what} {made[0]}", key=made[1], endpoint=made[0])

    def _page(self, request: HttpRequest, title: str, **more: Any) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "title": title, **more}
        return render(request, "admin/endpoint_form.html", context)


ACTIONS: dict[str, Callable[..., object]] = {
    "test": workflow.test_endpoint,
    "pause": workflow.pause_endpoint,
    "resume": workflow.resume_endpoint,
    "rotate": workflow.rotate_secret,
    "remove": workflow.remove_endpoint,
}


def _say(form: forms.Form, refusal: Refusal) -> None:
    """Beside the fields that are wrong, or above all of them."""
    for error in refusal.errors:
        form.add_error(error["path"], error["message"])
    if not refusal.errors:
        form.add_error(None, refusal.sentence)


def _moment(at: datetime) -> str:
    return f"{date_format(timezone.localtime(at), 'j F Y, H:i')} UTC"


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
    """The log of deliveries: what was to be told to whom, and what came of each try; not who watches a word."""

    list_display = ["written_at", "state", "kind", "recipient", "error", "attempts", "next_at", "channel", "term"]
    list_filter = ["state", "channel", "kind", "endpoint"]
    list_select_related = ["person", "endpoint", "term"]
    ordering = ["-written_at", "-sequence"]
    exclude = ["read_at"]  # when somebody reads is nobody else's business
    inlines = [AttemptInline]
    actions = ["deliver_again"]

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Message]":
        return super().get_queryset(request).exclude(kind__in=outbox.TO_WATCHERS)

    @admin.display(description="To")
    def recipient(self, message: Message) -> str:
        return str(message.person or message.endpoint)

    @admin.action(description="Deliver again, under the same ids", permissions=["view"])
    def deliver_again(self, request: HttpRequest, rows: "QuerySet[Message]") -> None:
        ids = list(rows.values_list("pk", flat=True))
        again = partial(workflow.redeliver, ids, by=signed_in(request))
        attempt(request, again, "A worker delivers them again; those under way are left alone.")
