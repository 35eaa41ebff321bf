"""“This hurts because …”: somebody raises a concern about what is agreed, and every side answers it."""

from typing import Any

from accounts.models import Side
from glossary import ledger, outbox, policy
from glossary.domain.criteria import WORDS, Ground
from glossary.domain.example import as_example
from glossary.domain.refusals import FieldError, Refusal
from glossary.ledger import Head
from glossary.ledger.chain import canonical
from glossary.models import Concern, ConcernAnswer, Event, Salt, Version, ground
from glossary.policy import Actor, SignedIn, Tool
from glossary.workflow.discussing import checked_text
from glossary.workflow.finding import find_concern, find_term


def raise_concern(
    slug: str, *, by: Actor, text: str, criterion: str = "", record: object = None, expected: str = ""
) -> Concern:
    """Say that what is in force hurts, and why.

    `record` is an example: named fields of the record type of `criterion`, one of the tests of the text in force;
    `expected` is what the test should have said of it: true, false or unknown. The owners of every side are told.
    Refusals: `invalid`, `wrong_state` while nothing is in force, `not_permitted`, `not_found`.
    """
    with ledger.locked(by) as head:
        policy.require(policy.may_suggest(by))
        term = find_term(slug)
        in_force = policy.in_force_at(term, head.at)
        if in_force is None:
            raise Refusal("wrong_state", "Nothing of this word is in force yet. Say it in the thread of the word.")
        version = in_force.version
        _check_expected(expected, criterion)
        concern = Concern.objects.create(
            term=term,
            version=version,
            raised_by=by.user,
            via=by.via,
            via_token_id=by.token.pk if isinstance(by, Tool) and by.token else None,
            text=checked_text(text, field="text"),
            criterion=_checked_criterion(criterion, version),
            expected=expected,
            record=_checked_record(record, criterion, version, head),
            at=head.at,
        )
        event = head.record(
            "concern.raised",
            by=by,
            term=term,
            concern=concern.pk,
            version=version.number,
            digest=version.digest,
            criterion=concern.criterion,
            expected=concern.expected,
            token=concern.via_token_id,
            texts={"text": concern.text, "record": concern.record},
        )
        outbox.concern_raised(event)
        return concern


def _check_expected(expected: object, criterion: object) -> None:
    if expected not in ("", *WORDS.values()):
        raise _invalid("expected", "What was expected is true, false or unknown.")
    if expected and not criterion:
        raise _invalid("criterion", "Say which test should have said so.")


def _checked_criterion(key: object, version: Version) -> str:
    known = [item.id for item in version.content.criteria]
    if key == "":
        return ""
    if not isinstance(key, str) or key not in known:
        has = f"It has {', '.join(known)}." if known else "It has none."
        raise _invalid("criterion", f"The text in force has no such test. {has}")
    return key


def _checked_record(record: object, criterion: str, version: Version, head: Head) -> str:
    """The example as canonical JSON, empty for none; each value fits its field."""
    if record is None or record == {}:
        return ""
    if not criterion:
        raise _invalid("criterion", "Say which test the example is for.")
    errors: list[FieldError] = []
    read = as_example(record, _fields(criterion, version, ground(_keys(version), head.at)), errors)
    if errors:
        where = f"{errors[0]['path']}: {errors[0]['message']}"
        raise Refusal("invalid", f"Some values do not fit their fields. The first is {where}", errors=errors)
    return checked_text(canonical(read), field="record")


def _keys(version: Version) -> frozenset[str]:
    return frozenset(item.record for item in version.content.criteria)


def _fields(criterion: str, version: Version, stands_on: Ground) -> Any:
    key = next(item.record for item in version.content.criteria if item.id == criterion)
    if key not in stands_on.records:
        raise Refusal("wrong_state", f"The record type “{key}” is not in force, so no example can be given.")
    return stands_on.records[key].fields


def _invalid(path: str, message: str) -> Refusal:
    return Refusal("invalid", message, errors=[{"path": path, "code": "concern", "message": message}])


def answer_concern(concern_id: int, *, by: SignedIn, text: str) -> ConcernAnswer:
    """Answer a concern for one's side; once every side that signs has answered it, it is no longer open.

    Whoever raised it is told. The same answer again changes nothing. Refusals: `invalid` without a text, `seat_taken`,
    `wrong_state`, `not_permitted`, `not_found`.
    """
    with ledger.locked(by) as head:
        concern = find_concern(concern_id)
        given = _given_already(concern, by, text)
        if given is not None:
            return given
        policy.require(policy.may_answer(by, concern, head.at))
        text = checked_text(text, field="text")
        seat = policy.seat_of(by.user, head.at)
        assert seat is not None
        answer = ConcernAnswer.objects.create(
            concern=concern, side=seat.side, author=by.user, acting_for=seat.acting_for, text=text, at=head.at
        )
        settles = not Concern.objects.open().filter(pk=concern.pk).exists()
        if settles:
            concern.settled_at = head.at
            concern.save(update_fields=["settled_at"])
        event = head.record(
            "concern.answered",
            by=by,
            term=concern.term,
            side=seat.side,
            concern=concern.pk,
            answer=answer.pk,
            acting_for=seat.acting_for.pk if seat.acting_for else None,
            settles=settles,
            texts={"text": text},
        )
        outbox.concern_answered(concern, event)
        return answer


def _given_already(concern: Concern, by: SignedIn, text: object) -> ConcernAnswer | None:
    """The person's own answer in the very same words: a second click, also when it was the last one."""
    own = concern.answers.filter(author=by.user).first() if isinstance(by, SignedIn) else None
    return own if own and own.text == checked_text(text, field="text") else None


def settle_without(side: Side, *, by: Actor, head: Head) -> None:
    """Settle what waited for this side alone, which has just lost its seat, inside the transaction that took it."""
    answered = Concern.objects.unsettled().exclude(pk__in=Concern.objects.open())
    for concern in answered.select_related("term").order_by("pk"):
        concern.settled_at = head.at
        concern.save(update_fields=["settled_at"])
        head.record("concern.settled", by=by, term=concern.term, side=side, concern=concern.pk)


def withdraw_concern(concern_id: int, *, by: Actor) -> Concern:
    """Whoever raised it no longer does; nobody has to answer. Refusals: `wrong_state`, `not_permitted`, `not_found`."""
    with ledger.locked(by) as head:
        concern = find_concern(concern_id)
        policy.require(policy.may_withdraw_concern(by, concern))
        concern.withdrawn_at = head.at
        concern.save(update_fields=["withdrawn_at"])
        head.record("concern.withdrawn", by=by, term=concern.term, concern=concern.pk)
        return concern


def blank_concern(concern_id: int, *, by: Actor) -> Concern:
    """Remove the text and the example of a concern, which then waits for nobody; that there was one stays.

    Removing them twice changes nothing. Refusals: `not_permitted`, `not_found`.
    """
    with ledger.locked(by) as head:
        concern = find_concern(concern_id)
        policy.require(policy.may_blank_concern(by, concern))
        if concern.blanked_at is None:
            concern.text, concern.record, concern.blanked_at = "", "", head.at
            concern.save(update_fields=["text", "record", "blanked_at"])
            _forget_salts(concern)
            head.record("concern.blanked", by=by, term=concern.term, concern=concern.pk)
        return concern


def _forget_salts(concern: Concern) -> None:
    """Without its salt a hash in the ledger says nothing about the text any more."""
    raised = Event.objects.filter(kind="concern.raised", term=concern.term, at=concern.at)
    Salt.objects.filter(event__in=[each.pk for each in raised if each.facts["concern"] == concern.pk]).delete()
