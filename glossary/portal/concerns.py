"""“This hurts because …”: the concerns about a word, raised and answered on one page."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from glossary import lookup, policy, workflow
from glossary.domain.criteria import WORDS
from glossary.domain.refusals import Refusal
from glossary.domain.shapes import Criterion
from glossary.models import Concern, InForce
from glossary.policy import SignedIn
from glossary.portal.pages import new_form_key, page, row_id, side_names, without_nul
from glossary.portal.repeating import once
from glossary.portal.trying import LONGEST_TYPED, Entry, entries_of

RECORD = "record."  # before the names of the fields of an example
EXPECTED_WORDS = {"true": "yes", "false": "no", "unknown": "unknown: somebody has to find out"}


@dataclass(frozen=True)
class Example:
    """The form for an example: the test it is for, the other ones there are, and a field for all it looks at."""

    criterion: Criterion
    others: list[Criterion]
    entries: list[Entry]

    @property
    def is_open(self) -> bool:
        return any(entry.typed for entry in self.entries)


@page("GET", "POST")
def concerns(request: HttpRequest, slug: str) -> HttpResponse:
    """The concerns about a word, and the form to raise one.

    Sent with `action=start` it fills the form in and keeps nothing: with a record tried elsewhere, or another test.
    """
    by = policy.signed_in(request)
    if request.method != "POST":
        return _concerns_page(request, slug, by, {"test": request.GET.get("test", "")})
    typed = request.POST.dict()
    if typed.get("action") == "start" or "choose" in typed:
        return _concerns_page(request, slug, by, typed)
    try:
        once(request, lambda: str(_raise(slug, by, typed).pk))
    except Refusal as refusal:
        return _concerns_page(request, slug, by, typed, refusal)
    messages.success(request, "Your concern is kept. It shows on the word until every team has answered.")
    return redirect("concerns", slug=slug)


def _raise(slug: str, by: SignedIn, typed: Mapping[str, str]) -> Concern:
    record = {name: value for name, value in _record(typed).items() if value}
    has_example = bool(record or typed.get("expected"))
    return workflow.raise_concern(
        slug,
        by=by,
        text=typed.get("text", ""),
        criterion=typed.get("criterion", "") if has_example else "",
        record=record or None,
        expected=typed.get("expected", ""),
    )


def _record(typed: Mapping[str, str]) -> dict[str, str]:
    """What was typed into the fields of the example."""
    return {
        name.removeprefix(RECORD): value.strip()[: LONGEST_TYPED + 1]
        for name, value in typed.items()
        if name.startswith(RECORD)
    }


def _concerns_page(
    request: HttpRequest, slug: str, by: SignedIn, typed: Mapping[str, str], refusal: Refusal | None = None
) -> HttpResponse:
    asked = typed.get("answer_to") or request.GET.get("concern")
    found = lookup.concerns(slug, by=by, at=timezone.now(), asked=row_id(asked) if asked else None)
    context = {
        "found": found,
        "example": _example(slug, found.in_force, typed),
        "expected": [(word, EXPECTED_WORDS[word]) for word in WORDS.values()],
        "typed": typed,
        "refusal": refusal,
        "sides": side_names(),
        "form_key": new_form_key(),
        "record_prefix": RECORD,
    }
    return render(request, "portal/workflow/concerns.html", context, status=refusal.status if refusal else 200)


def _example(slug: str, in_force: InForce | None, typed: Mapping[str, str]) -> Example | None:
    """None where the text in force has no test that runs."""
    criteria = in_force.version.content.criteria if in_force else ()
    wanted = typed.get("choose") or typed.get("criterion") or typed.get("test")
    chosen = next((item for item in criteria if item.id == wanted), next(iter(criteria), None))
    if chosen is None:
        return None
    now = timezone.now()
    try:
        found = lookup.criterion_of(slug, chosen.id, at=now, now=now)
    except Refusal:
        return None
    entries = entries_of(found.node, found.view, {name: without_nul(value) for name, value in _record(typed).items()})
    return Example(chosen, [item for item in criteria if item != chosen], entries)


@page("GET", "POST")
def concern(request: HttpRequest, concern_id: int) -> HttpResponse:
    """Answer a concern, withdraw it, or remove what it says; shown among those of its word."""
    by, found = policy.signed_in(request), lookup.concern_of(concern_id)
    if found is None:
        raise Refusal("not_found", "There is no such concern.")
    if request.method == "POST":
        try:
            messages.success(request, _done(by, found, request.POST.get("action", ""), request.POST.get("text", "")))
        except Refusal as refusal:
            typed = {"answer_to": str(found.pk), "answer": request.POST.get("text", "")}
            return _concerns_page(request, found.term.slug, by, typed, refusal)
    return redirect(found)


def _done(by: SignedIn, concern: Concern, action: str, text: str) -> str:
    if action == "answer":
        workflow.answer_concern(concern.pk, by=by, text=text)
        return "Your answer is kept."
    if action == "withdraw":
        workflow.withdraw_concern(concern.pk, by=by)
        return "The concern is withdrawn."
    if action == "remove":
        workflow.blank_concern(concern.pk, by=by)
        return "What the concern said is removed."
    raise Refusal("invalid", "This page has no such button. Please load it again.")


def start_from(typed: str, slug: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """What a suggestion starts from when it takes a concern up: the reason, and the example as a sample of its test.

    `content` is the text to change, as data; `typed` the concern's id. Raises `Refusal("not_found")`.
    """
    concern = lookup.concern_of(row_id(typed))
    if concern is None or concern.term.slug != slug or concern.blanked_at is not None:
        raise Refusal("not_found", "There is no such concern about this word.")
    said = " ".join(concern.text.split())
    reason = f"Takes up the concern that {concern.raised_by.display_name} raised: “{_cut(said, 500)}”"
    criteria = [_with_sample(item, concern, said) for item in content.get("criteria", ())]
    return {"reason": reason, "content": {**content, "criteria": criteria} if criteria else dict(content)}


def _with_sample(criterion: Mapping[str, Any], concern: Concern, said: str) -> Mapping[str, Any]:
    if criterion["id"] != concern.criterion or not concern.record:
        return criterion
    samples = criterion.get("samples", [])
    record = json.loads(concern.record)
    if any(sample.get("record") == record for sample in samples):
        return criterion
    expect = concern.expected or lookup.verdict_on(concern, at=timezone.now())
    return {**criterion, "samples": [*samples, {"note": _cut(said, 100), "record": record, "expect": expect}]}


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 2]} …"
