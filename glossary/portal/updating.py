"""The page that updates a suggestion to the newest text, and asks where both texts changed the same field."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.forms import BoundField
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone

from glossary import lookup, policy, workflow
from glossary.domain.content import Content
from glossary.domain.diff import Op, word_difference
from glossary.domain.merge import Conflict
from glossary.domain.refusals import Refusal
from glossary.lookup import ProposalDetail
from glossary.policy import SignedIn
from glossary.portal.deciding import answer_refused_act, in_the_portal
from glossary.portal.forms import TextForm, field_of_part, part_of, shown
from glossary.portal.pages import page, side_names
from glossary.rendering.served import names_for_people
from glossary.templatetags.registry import readable

Words = list[tuple[Op, str]]
CHOICES = ("mine", "theirs", "own")
MENDED_ON_THE_PAGE = ("conflict", "invalid", "not_ready", "duplicate_name")


@page("GET", "POST")
def update(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Three-way merge with the newest version: at once where the texts agree, else the choice for each field."""
    by = policy.signed_in(request)
    if request.method != "POST":
        return redirect("proposal", proposal_id=proposal_id)
    chosen = _chosen(request.POST)
    own = TextForm(request.POST if chosen else None, sides=side_names(), prefix="own")
    try:
        workflow.rebase(proposal_id, by=by, resolutions=_resolutions(chosen, own))
    except Refusal as refusal:
        return _update_page(request, by, proposal_id, chosen, own, refusal)
    messages.success(request, "The suggestion now starts from the newest text.")
    return redirect("proposal", proposal_id=proposal_id)


def _chosen(typed: QueryDict) -> dict[str, str]:
    return {
        name.removeprefix("choice:"): choice
        for name, choice in typed.items()
        if name.startswith("choice:") and choice in CHOICES
    }


def _resolutions(chosen: Mapping[str, str], own: TextForm) -> dict[str, object]:
    """The choices as the write path takes them; a part without a field of its own cannot be worded here."""
    written = own.content() if "own" in chosen.values() else {}
    return {
        part: {"value": part_of(written, part)} if choice == "own" else choice
        for part, choice in chosen.items()
        if choice != "own" or field_of_part(own, part)
    }


@dataclass(frozen=True)
class Clash:
    """One field that both changed: what it was, what each made of it, and the field for other words."""

    part: str
    base: str
    mine: Words
    theirs: Words
    chosen: str
    own: BoundField | None


def _update_page(
    request: HttpRequest,
    by: SignedIn,
    proposal_id: int,
    chosen: Mapping[str, str],
    own: TextForm,
    refusal: Refusal,
) -> HttpResponse:
    if refusal.code not in MENDED_ON_THE_PAGE:
        return answer_refused_act(request, by, proposal_id, in_the_portal(proposal_id), refusal)
    detail = lookup.proposal_detail(proposal_id, by=by, at=timezone.now())
    if not detail.conflicts:
        return answer_refused_act(request, by, proposal_id, in_the_portal(proposal_id), refusal)
    context = {
        "detail": detail,
        "proposal": detail.proposal,
        "clashes": _clashes(detail, chosen, own, refusal),
        "own": own,
        "refusal": refusal,
        "sides": own.sides,
    }
    return render(request, "portal/workflow/update.html", context, status=refusal.status)


def _clashes(detail: ProposalDetail, chosen: Mapping[str, str], own: TextForm, refusal: Refusal) -> list[Clash]:
    texts = [detail.base.content if detail.base else None, detail.content, detail.latest.content]  # type: ignore[union-attr]
    names = names_for_people(frozenset().union(*(text.references() for text in texts if text)), timezone.now())
    base, mine, theirs = (_as_typed(text, names) for text in texts)
    if own.is_bound:
        own.show(refusal)
    else:
        own.initial = mine
    return [_clash(conflict, own, base, mine, theirs, chosen) for conflict in detail.conflicts]


def _as_typed(text: Content | None, names: Mapping[str, str]) -> dict[str, str]:
    return shown(text.as_data(), names) if text else {}


def _clash(
    conflict: Conflict,
    own: TextForm,
    base: Mapping[str, str],
    mine: Mapping[str, str],
    theirs: Mapping[str, str],
    chosen: Mapping[str, str],
) -> Clash:
    name = field_of_part(own, conflict.field)
    if name:
        old, ours, other = (_said(own, name, typed.get(name, "")) for typed in (base, mine, theirs))
    else:
        values = (conflict.base, conflict.mine, conflict.theirs)
        old, ours, other = ("" if value is None else readable(value) for value in values)
    return Clash(
        part=conflict.field,
        base=old,
        mine=_new_in(old, ours),
        theirs=_new_in(old, other),
        chosen=chosen.get(conflict.field, ""),
        own=own[name] if name else None,
    )


def _new_in(old: str, text: str) -> Words:
    """The text as it reads, with what is new in it."""
    return [(op, words) for op, words in word_difference(old, text) if op != "removed"]


def _said(form: TextForm, name: str, value: str) -> str:
    """A value as the screen says it: a choice by its words."""
    words: dict[Any, Any] = dict(getattr(form.fields[name].widget, "choices", ()))
    return str(words.get(value, value))
