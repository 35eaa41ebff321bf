"""The kept rows, to read: nothing signed is edited or deleted anywhere."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from glossary import workflow
from glossary.admin.acting import Audited, Readable, attempt, is_administrator
from glossary.models import (
    Comment,
    Concern,
    ConcernAnswer,
    Event,
    Objection,
    Proposal,
    Reaffirmation,
    Renewal,
    Revision,
    Ruling,
    SignOff,
    Term,
    Version,
)
from glossary.policy import signed_in


@admin.register(Term)
class TermAdmin(Audited):
    """A word's identity. Category, tags and “required word” are not signed and can be changed here."""

    list_display = ["name", "address", "namespace", "category", "is_required", "raised_at"]
    list_filter = ["namespace", "is_required", "category"]
    search_fields = ["name", "slug"]
    fields = ["address", "name", "namespace", "note", "raised_by", "raised_at", "category", "tags", "is_required"]
    readonly_fields = ["address", "name", "namespace", "note", "raised_by", "raised_at"]

    @admin.display(description="address", ordering="slug")
    def address(self, term: Term) -> str:
        return term.slug

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_administrator(request)

    def save_model(self, request: HttpRequest, obj: Term, form: Any, change: bool) -> None:
        labels = {"category": obj.category, "tags": obj.tags, "is_required": obj.is_required}
        attempt(request, lambda: workflow.label_term(obj.slug, by=signed_in(request), **labels), "Saved.")


@admin.register(Proposal)
class ProposalAdmin(Readable):
    list_display = ["id", "term", "state", "author", "keeper", "opened_at", "submitted_at", "ended_at"]
    list_filter = ["state"]
    list_select_related = ["term", "author", "keeper"]
    search_fields = ["term__name", "reason"]


@admin.register(Revision)
class RevisionAdmin(Readable):
    list_display = ["proposal", "number", "author", "at", "digest"]
    list_select_related = ["proposal", "author"]
    search_fields = ["digest"]


@admin.register(SignOff)
class SignOffAdmin(Readable):
    list_display = ["word", "side", "signer", "at", "voided_at", "void_reason"]
    list_filter = ["side", "void_reason"]
    list_select_related = ["signer", "side", "revision__proposal__term"]

    @admin.display(description="word")
    def word(self, row: SignOff) -> str:
        return row.revision.proposal.term.name


@admin.register(Objection)
class ObjectionAdmin(Readable):
    list_display = ["term", "objector", "side", "at", "withdrawn_at"]
    list_select_related = ["term", "objector", "side"]


@admin.register(Version)
class VersionAdmin(Readable):
    list_display = ["term", "number", "published_at", "in_force_from", "digest"]
    list_select_related = ["term"]
    search_fields = ["term__name", "digest"]


@admin.register(Reaffirmation)
class ReaffirmationAdmin(Readable):
    list_display = ["version", "round", "side", "signer", "at", "voided_at"]
    list_filter = ["side"]
    list_select_related = ["version", "side", "signer"]


@admin.register(Renewal)
class RenewalAdmin(Readable):
    list_display = ["version", "round", "at"]
    list_select_related = ["version"]


@admin.register(Comment)
class CommentAdmin(Readable):
    list_display = ["term", "proposal", "author", "at", "blanked_at"]
    list_select_related = ["term", "proposal", "author"]


@admin.register(Concern)
class ConcernAdmin(Readable):
    list_display = ["term", "raised_by", "at", "settled_at", "withdrawn_at", "blanked_at"]
    list_select_related = ["term", "raised_by"]


@admin.register(ConcernAnswer)
class ConcernAnswerAdmin(Readable):
    list_display = ["concern", "side", "author", "at"]
    list_filter = ["side"]
    list_select_related = ["concern", "side", "author"]


@admin.register(Ruling)
class RulingAdmin(Readable):
    list_display = ["proposal", "sponsor", "at", "expires_at", "ended_at"]
    list_select_related = ["proposal", "sponsor"]


@admin.register(Event)
class EventAdmin(Readable):
    list_display = ["seq", "kind", "at", "actor", "via", "term", "proposal", "subject", "side"]
    list_filter = ["kind"]
    list_select_related = ["actor", "term", "proposal", "subject", "side"]

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Event]":
        rows: QuerySet[Event] = super().get_queryset(request)
        return rows.order_by("-seq")
