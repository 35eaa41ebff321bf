"""Who is who, one person, and what an administrator or that person changes about it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers

from accounts.models import Side, User
from glossary import lookup, policy, workflow
from glossary.domain.refusals import Refusal
from glossary.exchange import one_person
from glossary.lookup import PersonDetail
from glossary.policy import SignedIn
from glossary.portal import consequences
from glossary.portal.pages import page, row_id, side_names
from glossary.portal.profile import what_became

STAYS = "stays"  # what somebody chooses who hands nothing over when an account is closed


@page()
def people(request: HttpRequest) -> HttpResponse:
    """Everybody by team: owners, delegates and members, who has not come yet, who has left."""
    by = policy.signed_in(request)
    context = {
        "roster": lookup.roster(at=timezone.now()),
        "lone": lookup.lone_owners(),
        "may_administer": policy.may_administer(by) is None,
        "sides": side_names(),
    }
    return render(request, "portal/people/people.html", context)


@page("GET", "POST")
def person(request: HttpRequest, user_id: int) -> HttpResponse:
    """One person: their place, what they look after, and for whoever may, the forms that change it."""
    by = policy.signed_in(request)
    if request.method != "POST":
        return _person_page(request, by, user_id)
    try:
        said = _act(by, user_id, request.POST)
    except Refusal as refusal:
        if refusal.code in ("unauthenticated", "reauthenticate", "not_found"):
            raise
        return _person_page(request, by, user_id, refusal)
    messages.success(request, said)
    return redirect("person", user_id=user_id)


def _act(by: SignedIn, user_id: int, typed: QueryDict) -> str:
    action = typed.get("action", "")
    if action not in _ACTIONS:
        raise Refusal("invalid", "This page has no such button. Please load it again.")
    return _ACTIONS[action](by, user_id, typed)


def _place(by: SignedIn, user_id: int, typed: QueryDict) -> str:
    user = workflow.place_member(user_id, by=by, side=typed.get("side") or None)
    return f"{user.display_name} is a member of {user.side.name} now." if user.side else f"{user} is in no team now."


def _name_owner(by: SignedIn, user_id: int, typed: QueryDict) -> str:
    appointment = workflow.appoint_owner(user_id, by=by, side=typed.get("side", ""))
    name, side = appointment.user.display_name, appointment.side.name
    if appointment.state == "pending":
        return f"{name} becomes an owner of {side} once an owner of it has confirmed."
    return f"{name} is an owner of {side} now."


def _withdraw(by: SignedIn, user_id: int, typed: QueryDict) -> str:
    appointment = workflow.withdraw_appointment(row_id(typed.get("appointment")), by=by)
    return f"{appointment.user.display_name} no longer waits to become an owner of {appointment.side.name}."


def _remove_owner(by: SignedIn, user_id: int, typed: QueryDict) -> str:
    user = workflow.remove_owner(user_id, by=by)
    return f"{user.display_name} is an owner no longer, and a member of the team."


def _name_sponsor(by: SignedIn, user_id: int, typed: QueryDict) -> str:
    return f"{workflow.name_sponsor(user_id, by=by).user.display_name} is the sponsor now."


def _end_sponsorship(by: SignedIn, user_id: int, typed: QueryDict) -> str:
    return f"{workflow.end_sponsorship(user_id, by=by).user.display_name} is the sponsor no longer."


def _hand_over(by: SignedIn, user_id: int, typed: QueryDict) -> str:
    ids = [row_id(pk) for pk in typed.getlist("suggestion")]
    if not typed.get("to"):
        raise _choose_who()
    handed = workflow.hand_over(ids, to=row_id(typed.get("to")), by=by)
    what = f"“{handed[0].text.content.name}”" if len(handed) == 1 else f"{len(handed)} suggestions"
    return f"{handed[0].in_charge.display_name} looks after {what} now, and is told so."


def _close(by: SignedIn, user_id: int, typed: QueryDict) -> str:
    """Whoever looks after something has a field in the form that says what becomes of it, and it has to be filled."""
    chosen = typed.get("hand_to", STAYS)
    if not chosen:
        raise _choose_who()
    hand_to = None if chosen == STAYS else row_id(chosen)
    return f"The account of {workflow.deactivate(user_id, by=by, hand_to=hand_to).display_name} is closed."


def _choose_who() -> Refusal:
    message = "Choose who looks after the open suggestions from now on."
    return Refusal("invalid", message, errors=[{"path": "to", "code": "not_a_choice", "message": message}])


_ACTIONS: dict[str, Callable[[SignedIn, int, QueryDict], str]] = {
    "place": _place,
    "name_owner": _name_owner,
    "withdraw": _withdraw,
    "remove_owner": _remove_owner,
    "name_sponsor": _name_sponsor,
    "end_sponsorship": _end_sponsorship,
    "hand_over": _hand_over,
    "close": _close,
}


def _person_page(request: HttpRequest, by: SignedIn, user_id: int, refusal: Refusal | None = None) -> HttpResponse:
    at = timezone.now()
    detail = lookup.person_detail(user_id, at=at)
    if detail is None:
        raise Refusal("not_found", "There is no such person.")
    is_administrator = policy.may_administer(by) is None
    to_hand_over = [proposal for proposal in detail.kept if policy.may_hand_over(by, proposal) is None]
    context = {
        "detail": detail,
        "person": detail.user,
        "is_self": detail.user.pk == by.user.pk,
        "is_administrator": is_administrator,
        "may_confirm": by.user.is_owner and any(each.side_id == by.user.side_id for each in detail.pending),
        "to_hand_over": to_hand_over,
        "only_kept": [proposal for proposal in detail.kept if proposal not in to_hand_over],
        "may_close": policy.may_close(by, detail.user.pk) is None,
        "colleagues": lookup.colleagues_of(detail.user) if to_hand_over or is_administrator else [],
        "chosen": request.GET.get("suggestion", ""),
        "if_moved": consequences.of_losing_the_role(detail),
        "if_closed": consequences.of_leaving(detail),
        "if_named": _if_named(detail, at) if is_administrator else [],
        "seat_changes": [(event, what_became(event)) for event in detail.events],
        "barred": not settings.GLOSSARY_AUTHOR_MAY_SIGN,
        "stays": STAYS,
        "typed": request.POST,
        "sides": side_names(),
        "refusal": refusal,
    }
    return render(request, "portal/people/person.html", context, status=refusal.status if refusal else 200)


def _if_named(detail: PersonDetail, at: datetime) -> list[tuple[Side, str]]:
    """Each side that signs, and what becomes of naming this person an owner of it."""
    found = []
    for team in lookup.teams(at=at):
        owners = [owner.display_name for owner in team.owners]
        found.append((team.side, consequences.of_naming(team.side, owners, detail.user.display_name)))
    return found


@page()
def export_person(request: HttpRequest, user_id: int) -> Any:
    """Everything that names one person as a file, sent as it is read; for that person, and for administrators without
    what they read and watch.
    """
    by = policy.signed_in(request)
    policy.require(policy.may_export_person(by, user_id))
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        raise Refusal("not_found", "There is no such person.")
    told = lookup.told_about(user, to_themself=user == by.user)
    answer = StreamingHttpResponse(one_person.as_json(told), content_type="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="accord-person-{user.pk}.json"'
    add_never_cache_headers(answer)
    return answer
