"""Any sequence of actions: the write path does what the rules in the mind say, step by step."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any, TypeVar

import pytest
import time_machine
from django.db import transaction
from django.test import override_settings
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from accounts.models import Delegation, Side, User
from glossary import workflow
from glossary.domain.refusals import Refusal
from glossary.ledger.verifying import verify
from glossary.models import InForce, LedgerHead, NameClaim, Objection, Proposal, Revision, SignOff, Version
from glossary.policy import Actor, Console, SignedIn, Tool
from tests import world
from tests.conftest import SOAKING
from tests.statemachine import rules
from tests.statemachine.rules import OPEN, Codes, Person, Remark, Rules, Text, folded

MONDAY = datetime(2027, 1, 4, 8, tzinfo=UTC)
PEOPLE = ("sam", "mia", "sue", "max", "rep", "mark", "ada")
WORDS = ("Campaign", "cam-paign", "Lead", "Booth visit")
SUMMARIES = ("plan with a goal", "plan with a goal and a date", "plan with an audience")
DATES = (None, MONDAY - timedelta(hours=9.5), MONDAY + timedelta(hours=9.5), MONDAY + timedelta(hours=30.5))
COLLEAGUES = ("rep", "mark", "rep", "mark", "sue", "ada")
LOANS = ((-2.5, 9.5), (8.5, 40.5), (-9.5, -3.5))  # hours from now: running, to come, over
LOOKS = (timedelta(minutes=1), timedelta(hours=10), timedelta(hours=40))
REASONS = ("this hurts", "this hurts", "this hurts", "")
FIELDS = {"alias": "aliases"}

# Steps that a rule chooses between, so that each kind of step comes up as often as the others.
SAYING = ("raises_a_word", "comments", "removes_a_comment", "acts_in_anothers_session", "acts_as_a_tool_or_a_command")
SAYING_NO = ("sends_it_back", "no_longer_objects", "takes_the_signature_back")
LENDING = ("lends_the_seat", "lends_the_seat", "takes_the_seat_back", "hands_it_over")
APPOINTING = (
    "appoints_an_owner",
    "appoints_an_owner_where_there_is_none",
    "confirms_an_appointment",
    "does_not_confirm_an_appointment",
    "takes_a_seat_away",
)
UPHEAVALS = ("removes_an_owner", "places_a_member", "deactivates_a_person", "adds_a_side", "cancels_it", "closes_it")

Who = tuple[str, str]
Made = TypeVar("Made")

people = st.sampled_from(PEOPLE)
whoever = st.tuples(people, st.sampled_from(("may", "may", "almost", "any")))
places = st.integers(0, 47)
choices = st.sampled_from((None, "mine", "theirs"))
wordings = st.fixed_dictionaries(
    {
        "effective": st.sampled_from((None,) * 6 + DATES),
        "name": st.sampled_from(WORDS),
        "alias": st.sampled_from((None, None, None, *WORDS)),
        "summary": st.sampled_from(SUMMARIES),
        "why": st.sampled_from((None, "it pays", "it hurts")),
    }
)

there_are_suggestions = precondition(lambda self: self.mind.proposals)
it_is_calm = precondition(lambda self: 6 * self.upheavals < self.done)  # else nobody is left to agree on anything


class WritePath(RuleBasedStateMachine):
    """The real write path beside the rules in the mind; every step is done to both."""

    def __init__(self, company: SimpleNamespace, clock: Any, *, author_may_sign: bool) -> None:
        super().__init__()
        self.company, self.clock = company, clock
        clock.move_to(MONDAY)
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.sessions = dict(company.sessions)
        self.mind = Rules([known(user) for user in User.objects.all()], MONDAY, author_may_sign=author_may_sign)
        self.rows: dict[Any, int] = {}
        self.slugs: dict[str, str] = {}
        self.done = self.upheavals = self.looked_at = 0

    def teardown(self) -> None:
        try:
            self.looked_at = 0
            self.all_is_as_the_rules_say()
            assert list(verify()) == []
        finally:
            transaction.set_rollback(True)
            self.undone.__exit__(None, None, None)

    # --- Doing a step to both ---------------------------------------------------------------------------------------

    def attempt(
        self,
        who: Who,
        against: Callable[[str], Codes],
        act: Callable[[SignedIn], Made],
        *,
        changes: Callable[[str], bool] = lambda by: True,
    ) -> tuple[str, Made | None]:
        """Let somebody do it. What the rules allow succeeds; all else is refused for one of their reasons."""
        by = self.somebody(who, against)
        return by, self.hold_against(against(by), lambda: act(self.actor(by)), changes=changes(by))

    def hold_against(self, codes: Codes, act: Callable[[], Made], *, changes: bool = True) -> Made | None:
        before = LedgerHead.objects.get().seq
        self.mind.step += 1
        try:
            made = act()
        except Refusal as refusal:
            assert refusal.code in codes, f"refused with {refusal.code}: {refusal}; the rules say {codes or 'yes'}"
            assert LedgerHead.objects.get().seq == before
            return None
        assert not codes, f"this was done, and the rules refuse it: {codes}"
        assert (LedgerHead.objects.get().seq > before) is changes
        self.done += 1
        return made

    def somebody(self, who: Who, against: Callable[[str], Codes]) -> str:
        """The person drawn; or the next in line who may, or who would if it were not for a single reason."""
        first, wanted = who
        line = PEOPLE[PEOPLE.index(first) :] + PEOPLE[: PEOPLE.index(first)]
        reasons = {"may": 0, "almost": 1, "any": None}[wanted]
        return next((name for name in line if len(against(name)) == reasons), first)

    def actor(self, name: str) -> SignedIn:
        return SignedIn(self.user(name), session_key=self.sessions[name])

    def user(self, name: str) -> User:
        return User.objects.get(username=name)

    def pk(self, name: str) -> int:
        return int(getattr(self.company, name).pk)

    def suggestion(self, place: int) -> rules.Proposal:
        """One of those there are; those being signed, and open ones, come up more often."""
        wanted = ((), OPEN, ("in_review",), ("in_review",))[place % 4]
        fitting = [proposal for proposal in self.mind.proposals if proposal.state in wanted]
        return pick(fitting or self.mind.proposals, place // 4)

    def concerned(self, place: int) -> str:
        """Somebody whose signature would be lost with the role, if there is one; else anybody."""
        signatures = [s for p in self.mind.proposals if p.state == "in_review" for s in p.signatures]
        involved = [name for s in signatures for name in (s.signer, s.acting_for) if name]
        return pick((involved if place % 2 else None) or PEOPLE, place // 2)

    def seen(self, proposal: rules.Proposal, place: int) -> tuple[Text, str]:
        """The text that somebody has before them, and its digest: mostly the newest."""
        newest = len(proposal.written)
        number = 1 + place % newest if place % 4 == 0 else newest
        digest = Revision.objects.get(proposal=self.rows[proposal], number=number).digest
        return proposal.written[number - 1].text, digest

    # --- Kinds of steps ---------------------------------------------------------------------------------------------

    @there_are_suggestions
    @rule(what=st.sampled_from(SAYING), who=whoever, place=places)
    def somebody_says_something(self, what: str, who: Who, place: int) -> None:
        getattr(self, what)(who, place)

    @there_are_suggestions
    @rule(what=st.sampled_from(SAYING_NO), who=whoever, place=places)
    def somebody_says_no(self, what: str, who: Who, place: int) -> None:
        getattr(self, what)(who, place)

    @rule(what=st.sampled_from(LENDING), who=whoever, place=places)
    def somebody_stands_in(self, what: str, who: Who, place: int) -> None:
        getattr(self, what)(who, place)

    @rule(what=st.sampled_from(APPOINTING), who=whoever, place=places)
    def owners_are_found(self, what: str, who: Who, place: int) -> None:
        getattr(self, what)(who, place)

    @it_is_calm
    @rule(what=st.sampled_from(UPHEAVALS), who=whoever, place=places)
    def there_is_an_upheaval(self, what: str, who: Who, place: int) -> None:
        getattr(self, what)(who, place)

    # --- Suggesting -------------------------------------------------------------------------------------------------

    @initialize(drawn=st.lists(wordings, min_size=1, max_size=5), are_agreed=st.booleans())
    def something_is_under_way(self, drawn: list[dict[str, Any]], are_agreed: bool) -> None:
        """Two words, perhaps agreed, and changes to them that are being signed, some of which rename them."""
        for place, wording in enumerate(drawn):
            first, is_new = ("Campaign", "Booth visit")[place % 2], place < 2
            fine = {**wording, "effective": None, "alias": None, "name": first if is_new else wording["name"]}
            text = Text(folded(first), self.mind.newest(folded(first)), **fine)
            self._open((PEOPLE[place], "may"), text, is_new=is_new)
            self.somebody_puts_it_up_for_signing(("rep", "may"), 1)
            if are_agreed and is_new:
                self.sides_sign(0, "sam", 3)

    def raises_a_word(self, who: Who, place: int) -> None:
        name = pick(WORDS, place)
        against = partial(self.mind.against_raising, name=name)
        _, term = self.attempt(who, against, lambda by: workflow.raise_word(name, by=by))
        if term:
            self.slugs[folded(name)] = term.slug
            self.mind.raise_word(folded(name), name)

    @rule(who=whoever, wording=wordings)
    def somebody_suggests_a_new_word(self, who: Who, wording: dict[str, Any]) -> None:
        self._open(who, Text(folded(wording["name"]), 0, **wording), is_new=True)

    @precondition(lambda self: self.slugs)
    @rule(who=whoever, place=places, wording=wordings, seen=st.sampled_from((None, None, None, 1, 2)))
    def somebody_suggests_a_change(self, who: Who, place: int, wording: dict[str, Any], seen: int | None) -> None:
        term = pick(sorted(self.slugs), place)
        self._open(who, Text(term, self.mind.newest(term), **wording), is_new=False, seen=seen)

    def _open(self, who: Who, text: Text, *, is_new: bool, seen: int | None = None) -> None:
        by, proposal = self.attempt(
            who,
            partial(self.mind.against_opening, text=text, is_new=is_new, seen=seen),
            lambda by: workflow.open_proposal(
                by=by,
                content=content_of(text),
                term=None if is_new else self.slugs[text.term],
                base_version=seen,
                effective_from=text.effective,
            ),
        )
        if proposal:
            self.slugs[text.term] = proposal.term.slug
            self.rows[self.mind.open(by, text, is_new=is_new)] = proposal.pk

    @there_are_suggestions
    @rule(who=whoever, place=places, wording=wordings)
    def somebody_edits_it(self, who: Who, place: int, wording: dict[str, Any]) -> None:
        proposal = self.suggestion(place)
        self._revise(who, proposal, Text(proposal.term, proposal.text.base, **wording))

    @there_are_suggestions
    @rule(who=whoever, place=places)
    def somebody_types_an_old_text_again(self, who: Who, place: int) -> None:
        proposal = self.suggestion(place)
        self._revise(who, proposal, replace(pick(proposal.written, place).text, base=proposal.text.base))

    def _revise(self, who: Who, proposal: rules.Proposal, text: Text) -> None:
        pk, effective = self.rows[proposal], text.effective
        by, done = self.attempt(
            who,
            partial(self.mind.against_revising, proposal=proposal, text=text),
            lambda by: workflow.revise(pk, by=by, content=content_of(text), effective_from=effective),
            changes=lambda by: text != proposal.text,
        )
        if done:
            self.mind.write(by, proposal, text)

    @there_are_suggestions
    @rule(who=whoever, place=places)
    def somebody_puts_it_up_for_signing(self, who: Who, place: int) -> None:
        proposal = self.suggestion(place)
        against = partial(self.mind.against_submitting, proposal=proposal)
        _, done = self.attempt(who, against, lambda by: workflow.submit(self.rows[proposal], by=by))
        if done:
            proposal.state = "in_review"

    def cancels_it(self, who: Who, place: int) -> None:
        proposal = self.suggestion(place)
        against = partial(self.mind.against_withdrawing, proposal=proposal)
        _, done = self.attempt(who, against, lambda by: workflow.withdraw(self.rows[proposal], by=by))
        if done:
            self.upheavals += 1
            proposal.state = "withdrawn"

    @precondition(lambda self: self._outrun())
    @rule(who=whoever, place=places, choice=choices)
    def somebody_updates_it_to_the_newest_text(self, who: Who, place: int, choice: str | None) -> None:
        self._rebase(who, pick(self._outrun(), place), choice)

    @there_are_suggestions
    @rule(who=whoever, place=places)
    def somebody_updates_what_may_be_the_newest_text(self, who: Who, place: int) -> None:
        self._rebase(who, self.suggestion(place), None)

    def _outrun(self) -> list[rules.Proposal]:
        return [p for p in self.mind.proposals if p.state in OPEN and p.text.base != self.mind.newest(p.term)]

    def _rebase(self, who: Who, proposal: rules.Proposal, choice: str | None) -> None:
        resolutions = {FIELDS.get(part, part): choice for part in self.mind.conflicts(proposal) if choice}
        by, done = self.attempt(
            who,
            partial(self.mind.against_rebasing, proposal=proposal, choice=choice),
            lambda by: workflow.rebase(self.rows[proposal], by=by, resolutions=resolutions),
        )
        if done:
            self.mind.write(by, proposal, self.mind.merged(proposal, choice))

    # --- Signing ----------------------------------------------------------------------------------------------------

    @there_are_suggestions
    @rule(who=whoever, place=places, seen=places)
    def somebody_signs(self, who: Who, place: int, seen: int) -> None:
        proposal = self.suggestion(place)
        text, digest = self.seen(proposal, seen)
        has_signed = partial(self.mind.has_signed, proposal=proposal, text=text)
        by, done = self.attempt(
            who,
            partial(self.mind.against_signing, proposal=proposal, text=text),
            lambda by: workflow.sign_off(self.rows[proposal], by=by, digest=digest),
            changes=lambda by: not has_signed(by),
        )
        if done and not has_signed(by):
            self.mind.sign(by, proposal)

    @precondition(lambda self: any(p.state == "in_review" for p in self.mind.proposals))
    @rule(place=places, first=people, signatures=st.integers(1, 3))
    def sides_sign(self, place: int, first: str, signatures: int) -> None:
        """One side after the other, as far as there is somebody who may."""
        proposal = pick([p for p in self.mind.proposals if p.state == "in_review"], place)
        for _ in range(signatures):
            unsigned = [name for name in PEOPLE if not self.mind.has_signed(name, proposal, proposal.text)]
            able = [name for name in unsigned if not self.mind.against_signing(name, proposal, proposal.text)]
            if able:
                self._sign_newest(pick(able, PEOPLE.index(first)), proposal)

    def _sign_newest(self, name: str, proposal: rules.Proposal) -> None:
        _, digest = self.seen(proposal, 1)
        act = partial(workflow.sign_off, self.rows[proposal], by=self.actor(name), digest=digest)
        if self.hold_against(set(), act):
            self.mind.sign(name, proposal)

    def acts_in_anothers_session(self, who: Who, place: int) -> None:
        by, other = who[0], pick(PEOPLE, place)
        proposal = self.suggestion(place)
        pk, (_, digest) = self.rows[proposal], self.seen(proposal, 1)
        actor = SignedIn(self.user(by), session_key=self.sessions[other])
        if by != other:
            for attempt in acts_of_a_person(digest):
                self.hold_against({"unauthenticated", "not_permitted"}, partial(attempt, pk, by=actor))

    def acts_as_a_tool_or_a_command(self, who: Who, place: int) -> None:
        name, as_tool = who[0], place % 2
        proposal = self.suggestion(place)
        by: Actor = Tool(self.user(name), via="Robot") if as_tool else Console(self.user(name))
        pk, (_, digest) = self.rows[proposal], self.seen(proposal, 1)
        for attempt in acts_of_a_person(digest):
            self.hold_against({"not_permitted", "wrong_state", "not_found"}, partial(attempt, pk, by=by))

    def sends_it_back(self, who: Who, place: int) -> None:
        reason = pick(REASONS, place)
        proposal = self.suggestion(place)
        text, digest = self.seen(proposal, place // 4)
        by, done = self.attempt(
            who,
            partial(self.mind.against_objecting, proposal=proposal, text=text, reason=reason),
            lambda by: workflow.send_back(self.rows[proposal], by=by, digest=digest, reason=reason),
        )
        if done:
            self.mind.object(by, proposal)

    def no_longer_objects(self, who: Who, place: int) -> None:
        if not self.mind.objections:
            return
        proposal = pick(self.mind.objections, place).proposal
        against = partial(self.mind.against_withdrawing_objection, proposal=proposal)
        by, done = self.attempt(who, against, lambda by: workflow.withdraw_objection(self.rows[proposal], by=by))
        if done:
            self.mind.withdraw_objection(by, proposal)

    def takes_the_signature_back(self, who: Who, place: int) -> None:
        signed = [p for p in self.mind.proposals if p.signatures]
        proposal = pick(signed, place) if signed else self.suggestion(place)
        against = partial(self.mind.against_taking_back, proposal=proposal)
        by, done = self.attempt(who, against, lambda by: workflow.take_back(self.rows[proposal], by=by))
        if done:
            self.mind.take_back(by, proposal)

    def closes_it(self, who: Who, place: int) -> None:
        reason = pick(REASONS, place)
        proposal = self.suggestion(place)
        against = partial(self.mind.against_declining, proposal=proposal, reason=reason)
        _, done = self.attempt(who, against, lambda by: workflow.decline(self.rows[proposal], by=by, reason=reason))
        if done:
            self.upheavals += 1
            proposal.state = "declined"

    # --- Seats ------------------------------------------------------------------------------------------------------

    def appoints_an_owner(self, who: Who, place: int) -> None:
        name = pick(PEOPLE, place)
        self._appoint(who, name, pick(list(self.mind.has_seat), place))

    def appoints_an_owner_where_there_is_none(self, who: Who, place: int) -> None:
        name = pick(PEOPLE, place)
        for side in self._unled():
            self._appoint(("ada", "may"), name, side)

    def _unled(self) -> list[str]:
        return [side for side in self.mind.seats() if not self.mind.owners_of(side)]

    def _appoint(self, who: Who, name: str, side: str) -> None:
        against = partial(self.mind.against_appointing, name=name, side=side)
        _, made = self.attempt(who, against, lambda by: workflow.appoint_owner(self.pk(name), by=by, side=side))
        if made:
            self.rows[self.mind.appoint(name, side)] = made.pk

    def confirms_an_appointment(self, who: Who, place: int) -> None:
        if not self.mind.namings:
            return
        naming = pick(self.mind.namings[::-1], place)
        against = partial(self.mind.against_confirming, naming=naming)
        _, done = self.attempt(who, against, lambda by: workflow.confirm_appointment(self.rows[naming], by=by))
        if done:
            self.mind.confirm(naming)

    def does_not_confirm_an_appointment(self, who: Who, place: int) -> None:
        if not self.mind.namings:
            return
        naming = pick(self.mind.namings[::-1], place)
        against = partial(self.mind.against_deciding, naming=naming)
        _, done = self.attempt(who, against, lambda by: workflow.decline_appointment(self.rows[naming], by=by))
        if done:
            naming.state = "declined"

    def removes_an_owner(self, who: Who, place: int) -> None:
        name = self.concerned(place)
        against = partial(self.mind.against_removing_owner, name=name)
        _, done = self.attempt(who, against, lambda by: workflow.remove_owner(self.pk(name), by=by))
        if done:
            self.upheavals += 1
            self.mind.seat(name, self.mind.people[name].side, "member")

    def places_a_member(self, who: Who, place: int) -> None:
        to = pick((None, "sales", "marketing"), place)
        name = self.concerned(place)
        person = self.mind.people[name]
        moves = person.role == "owner" or person.side != to
        _, done = self.attempt(
            who,
            self.mind.against_administering,
            lambda by: workflow.place_member(self.pk(name), by=by, side=to),
            changes=lambda by: moves,
        )
        if done and moves:
            self.upheavals += 1
            self.mind.seat(name, to, "member" if to else "")

    def deactivates_a_person(self, who: Who, place: int) -> None:
        name = self.concerned(place)
        was_active = self.mind.people[name].is_active
        _, done = self.attempt(
            who,
            partial(self.mind.against_closing, account=name),
            lambda by: workflow.deactivate(self.pk(name), by=by),
            changes=lambda by: was_active,
        )
        if done and was_active:
            self.upheavals += 1
            self.mind.deactivate(name)

    def lends_the_seat(self, who: Who, place: int) -> None:
        colleague, hours = pick(COLLEAGUES, place), pick(LOANS, place // 6)
        starts_at, ends_at = (self.mind.now + timedelta(hours=number) for number in hours)
        by, loan = self.attempt(
            who,
            partial(self.mind.against_lending, colleague=colleague, starts_at=starts_at, ends_at=ends_at),
            lambda by: workflow.delegate(self.pk(colleague), by=by, starts_at=starts_at, ends_at=ends_at),
        )
        if loan:
            self.rows[self.mind.lend(by, colleague, starts_at, ends_at)] = loan.pk

    def takes_the_seat_back(self, who: Who, place: int) -> None:
        if not self.mind.loans:
            return
        loan = pick(self.mind.loans, place)
        against = partial(self.mind.against_ending, loan=loan)
        _, done = self.attempt(who, against, lambda by: workflow.end_delegation(self.rows[loan], by=by))
        if done:
            self.mind.end(loan)

    def hands_it_over(self, who: Who, place: int) -> None:
        if not self.mind.proposals:
            return
        proposal, to = self.suggestion(place), pick(PEOPLE, place)
        against = partial(self.mind.against_handing_over, proposal=proposal, to=to)
        act = partial(workflow.hand_over, [self.rows[proposal]], to=self.pk(to))
        _, done = self.attempt(who, against, lambda by: act(by=by))
        if done:
            proposal.keeper = to

    def adds_a_side(self, who: Who, place: int) -> None:
        against = partial(self.mind.against_adding_side, key="product")
        _, done = self.attempt(who, against, lambda by: workflow.add_side("product", by=by, name="Product"))
        if done:
            self.upheavals += 1
            self.mind.has_seat["product"] = True

    def takes_a_seat_away(self, who: Who, place: int) -> None:
        key = pick(("product", "product", "sales", "marketing"), place)
        had_seat = self.mind.has_seat.get(key, False)
        against = partial(self.mind.against_removing_seat, key=key)
        _, done = self.attempt(who, against, lambda by: workflow.remove_seat(key, by=by), changes=lambda by: had_seat)
        if done:
            self.mind.has_seat[key] = False

    # --- Saying -----------------------------------------------------------------------------------------------------

    def comments(self, who: Who, place: int) -> None:
        text = pick(REASONS, place)
        pk = self.rows[self.suggestion(place)]
        against = partial(self.mind.against_remarking, text=text)
        by, said = self.attempt(who, against, lambda by: workflow.comment_on_proposal(pk, by=by, text=text))
        if said:
            self.mind.remarks.append(Remark(by))
            self.rows[self.mind.remarks[-1]] = said.pk

    def removes_a_comment(self, who: Who, place: int) -> None:
        if not self.mind.remarks:
            return
        remark = pick(self.mind.remarks, place)
        _, done = self.attempt(
            who,
            partial(self.mind.against_blanking, remark=remark),
            lambda by: workflow.blank_comment(self.rows[remark], by=by),
            changes=lambda by: not remark.is_blank,
        )
        remark.is_blank = remark.is_blank or done is not None

    # --- Time -------------------------------------------------------------------------------------------------------

    @precondition(lambda self: self.mind.now < MONDAY + timedelta(days=10))  # then sessions begin to end
    @rule(hours=st.sampled_from((5, 13)), back=st.booleans())
    def time_passes(self, hours: int, back: bool) -> None:
        self.mind.now += timedelta(hours=hours)
        self.clock.move_to(self.mind.now)
        for name in PEOPLE if back else ():
            self.somebody_signs_in_again(name)

    @rule(name=people)
    def somebody_signs_in_again(self, name: str) -> None:
        if self.mind.people[name].is_active:
            self.sessions[name] = world.acting(self.user(name)).session_key
            self.mind.people[name].signed_in_at = self.mind.now

    # --- The same on both sides -------------------------------------------------------------------------------------

    @invariant()
    def all_is_as_the_rules_say(self) -> None:
        """Looked at after each step that recorded something; those that must not are known to have recorded nothing."""
        head = LedgerHead.objects.get().seq
        if head != self.looked_at:
            self.looked_at = head
            self.suggestions_stand_where_the_rules_say()
            self.signatures_are_those_the_rules_count()
            self.nothing_that_is_complete_waits()
            self.versions_are_those_the_rules_made()
            self.what_is_in_force_is_what_the_rules_say()
            self.people_speak_for_whom_the_rules_say()

    def suggestions_stand_where_the_rules_say(self) -> None:
        rows = Proposal.objects.select_related("newest__base", "author", "keeper").in_bulk()
        assert len(rows) == len(self.mind.proposals)
        for proposal in self.mind.proposals:
            row = rows[self.rows[proposal]]
            assert (row.state, row.text.number) == (proposal.state, len(proposal.written))
            assert read_back(row, proposal.term) == proposal.text
            assert row.in_charge.username == proposal.in_charge

    def signatures_are_those_the_rules_count(self) -> None:
        newest = Revision.objects.filter(pk__in=Proposal.objects.values("newest"))
        live = SignOff.objects.live().filter(revision__in=newest)
        columns = ("revision__proposal", "side", "signer__username", "acting_for__username")
        assert set(live.values_list(*columns)) == {
            (self.rows[proposal], signature.side, signature.signer, signature.acting_for)
            for proposal in self.mind.proposals
            for signature in proposal.signatures
        }

    def nothing_that_is_complete_waits(self) -> None:
        waiting = [proposal for proposal in self.mind.proposals if proposal.state == "in_review"]
        assert not any(self.mind.is_complete(proposal) for proposal in waiting)

    def versions_are_those_the_rules_made(self) -> None:
        rows = Version.objects.select_related("term").order_by("term", "number")
        assert {(row.term.slug, row.number, seats_of(row)) for row in rows} == {
            (self.slugs[term], number, frozenset((s.side, self.pk(s.signer)) for s in version.seats))
            for term, versions in self.mind.versions.items()
            for number, version in enumerate(versions, 1)
        }
        claims = {(name, self.slugs[term]) for name, term in self.mind.claims.items()}
        assert set(NameClaim.objects.values_list("folded", "term__slug")) == claims

    def what_is_in_force_is_what_the_rules_say(self) -> None:
        for at in (self.mind.now + look for look in LOOKS):
            told = {self.slugs[term]: self.mind.in_force(term, at) for term in self.mind.versions}
            kept = dict(InForce.objects.at(at).values_list("term__slug", "version__number"))
            assert kept == {slug: number for slug, number in told.items() if number}

    def people_speak_for_whom_the_rules_say(self) -> None:
        rows = User.objects.values_list("username", "side", "role", "is_active")
        assert set(rows) == {(p.name, p.side, p.role, p.is_active) for p in self.mind.people.values()}
        assert dict(Side.objects.values_list("key", "has_seat")) == self.mind.has_seat
        standing = {self.rows[loan] for loan in self.mind.loans if not loan.is_ended}
        assert set(Delegation.objects.filter(revoked_at=None).values_list("pk", flat=True)) == standing
        objections = [(self.rows[o.proposal], o.objector) for o in self.mind.objections if o.stands]
        kept = Objection.objects.standing().values_list("revision__proposal", "objector__username")
        assert sorted(kept) == sorted(objections)


def pick(among: Any, place: int) -> Any:
    return among[place % len(among)]


def acts_of_a_person(digest: str) -> list[Callable[..., Any]]:
    """What only a person may do to a suggestion, in a session of their own."""
    return [
        partial(workflow.sign_off, digest=digest),
        partial(workflow.send_back, digest=digest, reason="no"),
        partial(workflow.decline, reason="no"),
        workflow.take_back,
        workflow.withdraw_objection,
    ]


def known(user: User) -> Person:
    return Person(user.username, user.side_id, user.role, user.is_staff, signed_in_at=MONDAY)


def content_of(text: Text) -> dict[str, Any]:
    aliases = {"aliases": [text.alias]} if text.alias else {}
    why = {"why": text.why} if text.why else {}
    return world.draft_content(text.name, summary=text.summary, **aliases, **why)


def read_back(row: Proposal, term: str) -> Text:
    content = row.text.content
    return Text(
        term,
        base=row.text.base.number if row.text.base else 0,
        effective=row.text.effective_from,
        name=content.name,
        alias=content.aliases[0] if content.aliases else None,
        summary=content.summary or "",
        why=content.why,
    )


def seats_of(version: Version) -> frozenset[tuple[str, int]]:
    return frozenset((seat["side"], seat["person"]) for seat in version.signatures)


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("author_may_sign", [True, False])
def test_whatever_people_do_the_write_path_keeps_to_the_rules(clock: Any, author_may_sign: bool) -> None:
    company = world.company()
    company.sessions = {name: world.acting(getattr(company, name)).session_key for name in PEOPLE}
    examples, steps = (400, 60) if SOAKING else (12, 30)
    reach = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )
    with override_settings(GLOSSARY_AUTHOR_MAY_SIGN=author_may_sign):
        walk: Any = partial(WritePath, company, clock, author_may_sign=author_may_sign)
        run_state_machine_as_test(walk, settings=reach)
