"""What happens while somebody types into the form of a text: it is checked, previewed and kept, and nothing is sent."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.forms import BoundField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.http import urlencode

from glossary import lookup, policy, workflow
from glossary.domain.content import Content
from glossary.domain.lint import Finding
from glossary.domain.refusals import Refusal
from glossary.lookup import Unsent
from glossary.policy import SignedIn
from glossary.portal.forms import LONGEST_NAME, TextForm
from glossary.portal.pages import page, side_names, without_nul
from glossary.portal.repeating import caller_of, form_key, once
from glossary.rendering.served import names_for_people

A_PLACE = re.compile(r"proposal:[0-9]{1,18}|term:[a-z0-9-]{1,140}|new:[^\x00]{0,120}")
BESIDE_THE_TEXT = ("base_version", "seen")  # what the form started from


@dataclass(frozen=True)
class Place:
    """Which form somebody types into: `kind` is “proposal” (id), “term” (slug) or “new” (the name asked for)."""

    kind: str
    key: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.key}"

    @property
    def address(self) -> str:
        """The page of the form."""
        if self.kind == "proposal":
            return resolve_url("edit", proposal_id=int(self.key))
        asked = {"term": self.key} if self.kind == "term" else {"name": self.key} if self.key else {}
        return resolve_url("propose") + (f"?{urlencode(asked)}" if asked else "")

    @property
    def proposal_id(self) -> int | None:
        return int(self.key) if self.kind == "proposal" else None

    @property
    def term(self) -> str | None:
        return self.key if self.kind == "term" else None


def place_of_new(slug: str, name: str) -> Place:
    """The form of a new suggestion: for the word with this slug, or for a new one asked for under this name."""
    return Place("term", slug) if slug else Place("new", without_nul(name).strip()[:LONGEST_NAME])


def place_in(request: HttpRequest) -> Place:
    """The form that is sent, by its hidden field.

    Raises `Refusal("invalid")` for what no form of ours sends.
    """
    place = request.POST.get("place", "")
    if not A_PLACE.fullmatch(place):
        raise Refusal("invalid", "This form is incomplete. Please load it again.")
    kind, _, key = place.partition(":")
    return Place(kind, key)


@dataclass(frozen=True)
class Found:
    """One finding at the field it is about; None where it is about no single field."""

    field: BoundField | None
    message: str
    mend: str


@dataclass(frozen=True)
class Checked:
    """What a text would be if it were kept. While it can't be read, there is no `content` and `wrong` says why."""

    content: Content | None
    names: Mapping[str, str]
    wrong: list[BoundField]
    errors: list[Found]
    warnings: list[Found]

    @property
    def to_mend(self) -> int:
        return sum(len(field.errors) for field in self.wrong) + len(self.errors)


def checked(form: TextForm, place: Place, *, by: SignedIn) -> Checked:
    """Read what is typed, say what keeps it from being signed, and write nothing.

    Raises what `workflow.try_out` refuses, except `invalid`, which is shown at the fields.
    """
    at = timezone.now()
    try:
        tried = workflow.try_out(
            by=by,
            content=form.content(),
            at=at,
            term=place.term,
            proposal_id=place.proposal_id,
            effective_from=form.effective_from(kept=_kept_day(place, by)),
        )
    except Refusal as refusal:
        if refusal.code != "invalid":
            raise
        form.show(refusal)
        return Checked(None, {}, form.wrong_fields(), [], [])
    names = names_for_people(tried.content.references(), at)
    errors, warnings = ([_found(form, finding) for finding in findings] for findings in tried.readiness)
    return Checked(tried.content, names, [], errors, warnings)


def _kept_day(place: Place, by: SignedIn) -> Any:
    if place.proposal_id is None:
        return None
    return lookup.readable_proposal(place.proposal_id, by=by).text.effective_from


def _found(form: TextForm, finding: Finding) -> Found:
    if not finding.path:
        return Found(None, finding.message, finding.mend)
    name, message = form.placed(finding.path, finding.message)
    return Found(form[name], message, finding.mend)


@page("POST")
def check(request: HttpRequest) -> HttpResponse:
    """The findings and the preview of what is typed so far: a part of a page."""
    by = policy.signed_in(request)
    sides = side_names()
    context = {"checked": checked(TextForm(request.POST, sides=sides), place_in(request), by=by), "sides": sides}
    return render(request, "portal/parts/checked.html", context)


@page("POST")
def unsent(request: HttpRequest) -> HttpResponse:
    """Keep what is typed so far for its owner alone, or throw it away; the answer to a script is a sentence."""
    by, place = policy.signed_in(request), place_in(request)
    if request.POST.get("action") == "throw_away":
        once(request, lambda: _thrown_away(place, by))
        return redirect(place.address)
    at = timezone.now()
    names = (*TextForm(sides=side_names()).fields, *BESIDE_THE_TEXT)
    typed = {name: request.POST.get(name, "").replace("\r\n", "\n") for name in names}
    try:
        key = form_key(request)
        workflow.keep_unsent(str(place), by=by, caller=caller_of(request), key=key, typed=typed, at=at)
    except Refusal as refusal:
        return HttpResponse(refusal.sentence, status=refusal.status, content_type="text/plain; charset=utf-8")
    sentence = f"Kept for you at {timezone.localtime(at):%H:%M}. Nobody else sees it yet."
    return HttpResponse(sentence, content_type="text/plain; charset=utf-8")


def _thrown_away(place: Place, by: SignedIn) -> str:
    workflow.forget_unsent(str(place), by=by)
    return str(place)


def left_unsent(place: Place, initial: Mapping[str, str], *, by: SignedIn) -> Unsent | None:
    """What this person typed into the form and did not keep, where it says anything else than the form does."""
    kept = lookup.unsent_of(str(place), by=by)
    if kept is None:
        return None
    names = set(kept.typed) - set(BESIDE_THE_TEXT)
    return kept if any(kept.typed[name] != initial.get(name, "") for name in names) else None
