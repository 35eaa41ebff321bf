"""Every part of the pages in every state, on one page for whoever builds them: the parts, no copies.

The people and texts on it are made up for the page and are in no database.
"""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.models import Delegation, Side, User
from glossary.domain.checking import Map
from glossary.domain.content import canonical_text, parse
from glossary.domain.diff import difference
from glossary.domain.impact import Counts, Effect, Example, Report, Segment
from glossary.domain.refusals import Refusal
from glossary.lookup import (
    Absence,
    Asked,
    Changed,
    Impasse,
    Listed,
    Position,
    ReviewDay,
    Said,
    SeatView,
    Told,
    Unseated,
    Voiced,
    Waited,
)
from glossary.models import (
    Concern,
    ConcernAnswer,
    LastLook,
    Message,
    Objection,
    Proposal,
    Reaffirmation,
    Revision,
    Ruling,
    SignOff,
    Term,
    Version,
)
from glossary.outbox import Letter, Shown
from glossary.policy import Signer, Stuck
from glossary.portal.pages import page
from glossary.templatetags.registry import STATE_WORDS

SIDES = {"sales": "Sales", "marketing": "Marketing", "product": "Product"}
COLOURS = {
    "Ground": ("paper", "surface", "sunken", "line", "line-strong"),
    "Ink": ("ink", "ink-soft", "accent"),
    "Teams": ("sales", "sales-wash", "marketing", "marketing-wash", "other-side", "other-side-wash"),
    "States": ("good", "good-wash", "care", "care-wash", "bad", "bad-wash"),
}
SPACES = ("1", "2", "3", "4", "5", "6")
AT = datetime(2026, 11, 5, 10, 30, tzinfo=UTC)

SAM = User(pk=1, username="sam", first_name="Sam", last_name="Rivera", email="sam@example.com")
MIA = User(pk=2, username="mia", first_name="Mia", last_name="Tanaka", email="mia@example.com")
PIA = User(username="pia", first_name="Pia", last_name="Lund")
ROSA = User(pk=4, username="rosa", first_name="Rosa", last_name="Petrov")
LONE = User(username="max", first_name="Max", last_name="Weber", side=Side(key="marketing", name="Marketing"))
RESERVATION = "Only until the new territories are drawn."


@page()
def styleguide(request: HttpRequest) -> HttpResponse:
    """The whole look; there is no such page outside of DEBUG."""
    if not settings.DEBUG:
        raise Http404
    return render(request, "portal/styleguide.html", _samples())


def _samples() -> dict[str, Any]:
    seals = _seals()
    return {
        "sides": SIDES,
        "colours": COLOURS,
        "spaces": SPACES,
        "states": list(STATE_WORDS),
        "seals": seals,
        "agreed": Version(number=3, seats=_as_kept(_given(SAM), _given(MIA))),
        "detail": {"seats": [_seat(_given(SAM)), _missing("marketing", MIA, PIA, away=MIA)], "waited": _waited()},
        "away_until": date(2027, 5, 3),
        "mail": {"subject": "Your signature", "body": "This waits for your signature."},
        "proposal": {"pk": "sample", "state": "in_review", "submitted_at": timezone.now() - timedelta(days=3)},
        "changes": _changes(),
        "effect": _effect(),
        "report": Report(record="lead", version=1, records=4_210, upload="", segment="fit"),
        "concern": _concern(),
        "impasse": _impasse(),
        "ruling": Ruling(pk=1, sponsor=PIA, expires_at=AT + timedelta(days=90)),
        "unseated": Unseated([_side("sales")], [PIA, MIA]),
        "lone": [LONE],
        "listed": [
            Listed(SAM, 0, [], [Delegation(owner=SAM, delegate=ROSA, starts_at=AT, ends_at=AT + timedelta(days=9))]),
            Listed(ROSA, 3, [Delegation(owner=SAM, delegate=ROSA, starts_at=AT, ends_at=AT + timedelta(days=9))], []),
        ],
        "colleagues": [SAM, MIA],
        "follows": ["Sales will have one owner left, Sam Rivera.", "2 signatures will no longer count."],
        "refusal": Refusal("digest_changed", "The text has changed since you read it. Please read it again."),
        "field": _SampleForm({"summary": "A lead is a lead."})["summary"],
        "told": _told(),
        "unread": 3,
        "changed": [
            Changed("campaign", "Campaign", 3, AT, 2, AT - timedelta(days=180)),
            Changed("funnel", "Funnel", 1, AT, None, None),
        ],
        "seen": LastLook(number=2, at=AT - timedelta(days=180)),
        "letter": _letter(),
        "asked": _asked(),
        "names": {},
        "near": {"words": "campain", "found": [("campaign", "Campaign"), ("campaign-goal", "Campaign goal")]},
    }


def _side(key: str) -> Side:
    return Side(key=key, name=SIDES[key])


def _given(signer: User, **more: Any) -> SignOff:
    key = {"sam": "sales", "rosa": "sales", "mia": "marketing"}.get(signer.username, "product")
    return SignOff(signer=signer, side=_side(key), at=AT, **more)


def _missing(key: str, *who_can: User, away: User | None = None) -> SeatView:
    others = [person for person in who_can if person is not away]
    absences = [Absence(away, _side(key), date(2027, 5, 3), others)] if away else []
    return SeatView(_side(key), None, [Signer(person) for person in who_can], absences)


def _waited() -> Waited:
    since = timezone.now() - timedelta(days=16)
    return Waited(since, 11, since + timedelta(days=4), since + timedelta(days=14), (ROSA.display_name,))


def _seat(sign_off: SignOff) -> SeatView:
    return SeatView(sign_off.side, sign_off)


def _seals() -> dict[str, list[SeatView]]:
    """Every state of the seal, as the seats of a suggestion."""
    sam, mia = _seat(_given(SAM)), _seat(_given(MIA))
    return {
        "Nobody has signed": [_missing("sales", SAM), _missing("marketing", MIA)],
        "One of two": [sam, _missing("marketing", MIA)],
        "Agreed": [sam, mia],
        "Three teams": [sam, mia, _seat(_given(PIA))],
        "Two of three": [sam, _missing("marketing", MIA), _seat(_given(PIA))],
        "With a reservation": [sam, _seat(_given(MIA, reservation=RESERVATION))],
        "In somebody’s place": [_seat(_given(ROSA, acting_for=SAM)), mia],
        "No longer counts: the ring is open again": [_missing("sales", SAM), mia],
    }


def _asked() -> Asked:
    """A text that one side has confirmed and the other has not."""
    content = parse({"name": "Campaign", "summary": "plan with a goal", "examples": ["a fair"]}, sides=SIDES)
    text = canonical_text(term="campaign", base=None, effective_from=None, content=content)
    version = Version(pk=0, number=3, revision=Revision(text=text), digest="0" * 64)
    review = ReviewDay("campaign", "Campaign", "both", AT.date(), "overdue", version_id=0, round=1)
    return Asked(review, version, [Reaffirmation(signer=SAM, side=_side("sales"), at=AT)], [_side("marketing")])


def _as_kept(*given: SignOff) -> str:
    """Signatures as a version keeps them."""
    seats = [{"side": each.side.key, "name": each.signer.display_name, "at": each.at.isoformat()} for each in given]
    return json.dumps(seats)


def _effect() -> Effect:
    moves = {"true-true": 900, "false-true": 312, "true-false": 28, "true-unknown": 12, "false-false": 2_900}
    counts = Counts(Map({**moves, "false-unknown": 18, "unknown-false": 40}))
    segments = (Segment("A", Counts(Map({"true-true": 900, "false-true": 312}))), Segment(None, counts, is_rest=True))
    example = Example(17, {"known": True, "score": 55, "persona": None}, False, True)
    return Effect(
        id="mql",
        label="Meets the MQL conditions",
        term="marketing-qualified-lead",
        counts=counts,
        segments=segments,
        examples={"enter": (example,)},
    )


def _changes() -> tuple[Any, ...]:
    before = {"name": "Campaign", "summary": "plan with a goal", "examples": ["a fair"], "owner_side": "sales"}
    after = before | {
        "summary": "plan with a clear goal and an end",
        "examples": ["a fair", "a webinar"],
        "owner_side": "both",
    }
    return difference(parse(before, sides=SIDES), parse(after, sides=SIDES))


def _told() -> list[tuple[Told, str]]:
    """A message in the inbox in each state."""
    new, read = Message(written_at=AT), Message(written_at=AT, read_at=AT)
    return [
        (Told(new, "Yours to sign", "Campaign", is_over=False), "Rosa Petrov put it up for signing"),
        (Told(read, "Agreed", "Campaign", is_over=False), "Definition v3 is signed by every team"),
        (Told(Message(written_at=AT), "Yours to sign", "Funnel", is_over=True), "Rosa Petrov put it up for signing"),
    ]


def _letter() -> Letter:
    """A message in full, with all that one can hold."""
    shown = Shown("In one sentence", (("same", "plan with a "), ("added", "clear "), ("same", "goal")), is_list=False)
    return Letter(
        "Yours to sign: Campaign",
        ("Rosa Petrov suggests a change to “Campaign”.",),
        quoted="Nobody knew when it ended.",
        facts=(("Sales", "Sam Rivera"), ("Marketing", "Mia Tanaka")),
        changes_title="What changes against version 2",
        changes=(shown,),
        link="/queue/",
        link_label="Read and sign",
        after="Signing needs you.",
    )


def _concern() -> Voiced:
    """One that a team has answered."""
    concern = Concern(
        pk=1,
        term=Term(slug="campaign"),
        version=Version(number=3),
        raised_by=ROSA,
        text="Leads from a fair fall out, and nobody calls them.",
        record='{"interest_score": 55, "source": "fair"}',
        expected="true",
        at=AT,
    )
    answer = ConcernAnswer(side=_side("marketing"), author=MIA, text="We see it too.", at=AT)
    said = Said(
        "Counts as warm", False, (("interest score is at least 60", False), ("source is not empty", True)), "all"
    )
    nobody = Refusal("not_permitted", "This is a sample.")
    may = {"answer": nobody, "withdraw": nobody, "remove": nobody}
    return Voiced(concern, [answer], [_side("sales")], said, may)


def _impasse() -> Impasse:
    """A suggestion that one team has sent back twice."""
    suggestion = Proposal(pk=1, author=SAM, term=Term(slug="campaign"), state="draft", reason="The forecast is wrong.")
    objections = [
        Objection(objector=MIA, revision=Revision(number=number), reason=reason, at=AT)
        for number, reason in enumerate(("Our best leads would wait.", "They still would."), start=1)
    ]
    stuck = Stuck(suggestion, timezone.now() - timedelta(days=40), objections, 2, timezone.now())
    positions = [Position(_side("sales"), [], None, [SAM]), Position(_side("marketing"), objections, None, [MIA])]
    return Impasse(stuck, positions, [], None, is_outdated=False)


class _SampleForm(forms.Form):
    summary = forms.CharField(
        label="In one sentence",
        help_text="What it is, without using the word itself.",
        widget=forms.TextInput({"class": "form-control"}),
    )

    def clean_summary(self) -> None:
        raise forms.ValidationError("The summary explains the word with itself.")
