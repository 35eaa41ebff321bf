"""What tools and people read: words, versions, differences, the feed, everything published."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.http import StreamingHttpResponse
from django.utils import timezone
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response

from glossary import lookup
from glossary.api import outputs, paging
from glossary.api.conditional import Revalidated, answered
from glossary.api.describing import answers
from glossary.api.inputs import LARGEST_ID, Parameters
from glossary.api.paging import page
from glossary.api.tokens import MayRead, reads_published_only
from glossary.exchange.formats import FORMATS
from glossary.models import Term
from glossary.rendering.instants import iso
from glossary.rendering.served import etag

FILTERS = ("q", "kind", "status", "state", "owner_side")
USUAL_EVENTS, MOST_EVENTS = 100, 1000


class Reading(Revalidated):
    """Reads what is published; a signed-in person also what is under way."""

    permission_classes = [MayRead]


def list_of_terms(request: Request) -> Response:
    """Words by id, one page; narrowed by the filters, or as they were at an instant."""
    given = Parameters(request, (*FILTERS, "updated_since", "as_of", *paging.PARAMETERS))
    as_of, published_only = given.instant("as_of"), reads_published_only(request)
    at = as_of or timezone.now()
    terms = lookup.list_terms(
        at=at,
        updated_since=given.instant("updated_since"),
        published_only=published_only,
        in_force_only=as_of is not None,
        **{name: given.text(name) for name in FILTERS},
    )

    def lines(rows: Sequence[Term]) -> list[dict[str, Any]]:
        summaries = lookup.term_summaries(rows, at)
        return [outputs.term_line(summary, published_only=published_only) for summary in summaries]

    found = page(request, given, terms, lines)
    return Response(found | _as_of(as_of, timezone.now()) if as_of else found)


def _as_of(at: datetime, now: datetime) -> dict[str, Any]:
    return {"as_of": iso(at), "provisional": at > now}


class OneTerm(Reading):
    @answers("TermThen", summary="One word, now or at an instant", parameters=["as_of"], is_conditional=True)
    def get(self, request: Request, slug: str) -> Response:
        """The version in force, and what lives: state, review, what is upcoming. With `as_of` that of then alone."""
        given = Parameters(request, ("as_of",))
        as_of, now = given.instant("as_of"), timezone.now()
        header = request.META.get("HTTP_IF_NONE_MATCH")
        if as_of:
            found = lookup.term_as_of(slug, at=as_of, now=now)
            tag = f'{found.row.etag[:-1]}-p"' if found.provisional else found.row.etag
            return answered(lookup.served_version(found.row.version) | _as_of(as_of, now), tag, header)
        published_only = reads_published_only(request)
        detail = lookup.term_detail(slug, at=now, published_only=published_only)
        return answered(outputs.term(detail, published_only=published_only), detail.etag, header)


class Versions(Reading):
    @answers("VersionOut", summary="All versions of a word, newest first", is_list=True)
    def get(self, request: Request, slug: str) -> Response:
        """Each version with its text and who signed it."""
        given = Parameters(request, paging.PARAMETERS)
        versions = lookup.versions_of(slug, published_only=reads_published_only(request))

        def lines(rows: Sequence[Any]) -> list[dict[str, Any]]:
            return [outputs.version(row) for row in rows]

        return Response(page(request, given, versions, lines, key="number", newest_first=True))


class OneVersion(Reading):
    @answers("VersionOut", summary="One version of a word", is_conditional=True)
    def get(self, request: Request, slug: str, number: int) -> Response:
        """Its text, as both sides signed it, whether or not it is in force. It never changes."""
        Parameters(request, ())
        version = lookup.version_of(slug, number)
        return answered(outputs.version(version), etag(version), request.META.get("HTTP_IF_NONE_MATCH"))


class Difference(Reading):
    @answers("DifferenceOut", summary="What changed between two versions", parameters=["from", "to"])
    def get(self, request: Request, slug: str) -> Response:
        """Field by field: texts by word, lists by entry."""
        given = Parameters(request, ("from", "to"))
        first, second = given.version("from"), given.version("to")
        changes = lookup.difference_of(slug, first, second)
        said = {"slug": slug, "from_version": first, "to_version": second, "changes": outputs.changes_out(changes)}
        return Response(said)


class Changes(Reading):
    @answers("EventsOut", summary="The ledger as a feed, in order, exactly once", parameters=["after", "limit"])
    def get(self, request: Request) -> StreamingHttpResponse:
        """The events after the cursor `after`. Keep `next` and send it the next time; an empty answer repeats it."""
        given = Parameters(request, ("after", "limit"))
        after = given.number("after", 0, most=LARGEST_ID)
        limit = given.number("limit", USUAL_EVENTS, least=1, most=MOST_EVENTS)
        published_only = reads_published_only(request)
        entries = lookup.changes(after=after, limit=limit, published_only=published_only)
        cursor = entries[-1].seq if entries else after
        return _streamed(outputs.events(entries, cursor, published_only=published_only), "application/json")


class AsNamed(DefaultContentNegotiation):
    """What the address names is what is sent, whatever the header Accept says."""

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        """The only renderer, which is for refusals alone."""
        return renderers[0], renderers[0].media_type


class Export(Reading):
    content_negotiation_class = AsNamed

    @answers("ExportOut", summary="Everything published in one of the formats, streamed", parameters=["format"])
    def get(self, request: Request) -> StreamingHttpResponse:
        """Everything in force, or every version, as a file named in Content-Disposition."""
        given = Parameters(request, ("format",))
        form = FORMATS[given.choice("format", tuple(FORMATS))]
        answer = StreamingHttpResponse(lookup.exported(form, at=timezone.now()), content_type=form.content_type)
        answer.headers["Content-Disposition"] = f'attachment; filename="{form.file_name}"'
        return answer


def _streamed(parts: Iterator[str], content_type: str) -> StreamingHttpResponse:
    return StreamingHttpResponse((part.encode() for part in parts), content_type=content_type)
