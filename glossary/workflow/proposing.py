"""Suggesting a change: open, revise, put up for signing, update to the newest text, cancel."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from glossary import ledger, outbox, policy
from glossary.domain.merge import merge
from glossary.domain.refusals import Refusal
from glossary.ledger import Head, change_counter
from glossary.models import Objection, Proposal, Revision, State, Term, Version
from glossary.policy import Actor, Tool
from glossary.workflow.discussing import checked_text
from glossary.workflow.drafting import add_revision, check_namespace, read_content, side_keys
from glossary.workflow.finding import find_proposal, find_term
from glossary.workflow.raising import find_term_by_name, new_term
from glossary.workflow.weighing import forget_all_records


def open_proposal(
    *,
    by: Actor,
    content: object,
    term: str | None = None,
    base_version: int | None = None,
    reason: str = "",
    effective_from: datetime | None = None,
) -> Proposal:
    """Start a suggestion: for a new word, or for the term with the slug `term`.

    `content` is Content as plain JSON-like data; `effective_from` an aware instant; `base_version` the number the
    author saw, checked when given. Refusals: `invalid`, `not_found`, `not_permitted`, `base_moved`, and
    `duplicate_name` with the address of the term that has the name already.
    """
    with ledger.locked(by) as head:
        policy.require(policy.may_suggest(by))
        written = read_content(content)
        row = find_term(term) if term else _new_word(written, by, head)
        check_namespace(written, row)
        base = Version.objects.newest_of(row) if term else None
        _check_base_seen(base, base_version)
        proposal = Proposal.objects.create(
            term=row,
            author=by.user,
            via=by.via,
            via_token_id=by.token.pk if isinstance(by, Tool) and by.token else None,
            reason=_checked_reason(reason),
            opened_at=head.at,
        )
        revision = add_revision(proposal, written, base=base, effective_from=effective_from, by=by, at=head.at)
        assert revision is not None
        facts = _facts(revision) | {"token": proposal.via_token_id}
        head.record("proposal.opened", by=by, proposal=proposal, texts={"reason": proposal.reason}, **facts)
        return proposal


def _new_word(content: Any, by: Actor, head: Head) -> Term:
    namespace = policy.namespace_of(content)
    holder = find_term_by_name(content.name, namespace)
    if holder is not None:
        raise policy.duplicate_name(content.name, holder)
    return new_term(content.name, namespace=namespace, by=by, head=head)


def _check_base_seen(base: Version | None, seen: int | None) -> None:
    newest = base.number if base else None
    if seen is not None and seen != newest:
        raise Refusal("base_moved", "This word has a newer version than the one you started from.", newest=newest)


def _checked_reason(reason: str) -> str:
    return checked_text(reason, field="reason", required=False)


def _facts(revision: Revision) -> dict[str, Any]:
    return {
        "revision": revision.number,
        "digest": revision.digest,
        "base": revision.base.number if revision.base else None,
    }


def revise(
    proposal_id: int,
    *,
    by: Actor,
    content: object,
    effective_from: datetime | None = None,
    reason: str | None = None,
    seen: int | None = None,
) -> Proposal:
    """Give a suggestion a new text. Saving the same text again changes and records nothing.

    While it is being signed, the new text must be ready to be signed too, and the earlier signatures stop counting.
    `seen` is the change counter the editor started from. Refusals: `precondition_failed` when somebody changed it
    since, those of submitting while in review, `invalid`, `not_permitted`, `wrong_state`, `not_found`.
    """
    with ledger.locked(by) as head:
        proposal = find_proposal(proposal_id)
        policy.require(policy.may_revise(by, proposal))
        check_unchanged_since(proposal, seen)
        written = read_content(content)
        check_namespace(written, proposal.term)
        text = proposal.text
        revision = add_revision(proposal, written, base=text.base, effective_from=effective_from, by=by, at=head.at)
        new_reason = reason is not None and _checked_reason(reason) != proposal.reason
        if new_reason:
            proposal.reason = _checked_reason(reason or "")
            proposal.save(update_fields=["reason"])
        if revision is not None or new_reason:
            _check_still_ready(proposal, head)
            facts = _facts(proposal.text)
            texts = {"reason": proposal.reason}
            event = head.record("proposal.revised", by=by, proposal=proposal, texts=texts, **facts)
        if revision is not None:
            outbox.text_changed(proposal, event)
        return proposal


def check_unchanged_since(proposal: Proposal, seen: int | None) -> None:
    if seen is not None and seen != change_counter(proposal):
        raise Refusal(
            "precondition_failed",
            "Somebody has changed this suggestion since you opened it. What you wrote is kept: compare and save again.",
        )


def submit(proposal_id: int, *, by: Actor) -> Proposal:
    """Put a draft to the sides to sign.

    Refusals: `not_ready` with every error and how to mend it, `duplicate_name`, `objection_stands`, `base_moved`,
    `wrong_state`, `not_permitted`, `not_found`.
    """
    with ledger.locked(by) as head:
        proposal = find_proposal(proposal_id)
        policy.require(policy.may_submit(by, proposal))
        _check_ready(proposal, head)
        policy.move(proposal, "submit")
        proposal.submitted_at = head.at
        proposal.save(update_fields=["state", "submitted_at"])
        event = head.record("proposal.submitted", by=by, proposal=proposal, **_facts(proposal.text))
        outbox.up_for_signing(proposal, event)
        return proposal


def _check_still_ready(proposal: Proposal, head: Head) -> None:
    if proposal.state == State.IN_REVIEW:
        _check_ready(proposal, head)


def _check_ready(proposal: Proposal, head: Head) -> None:
    """What submitting asks of the newest text; asked again of every new text while in review."""
    check_on_the_latest(proposal.text, proposal.term)
    check_nobody_objects(proposal)
    policy.check_ready(proposal, head.at)


def check_nobody_objects(proposal: Proposal) -> None:
    """A text that was sent back, here or in another suggestion of the word, waits for its objector or for a change.

    Raises `Refusal("objection_stands")`.
    """
    if Objection.objects.against(proposal).standing().exists():
        raise policy.objection_stands()


def check_on_the_latest(revision: Revision, term: Term) -> None:
    """A text is signed only onto the version it was written against.

    Raises `Refusal("base_moved")` when another version has been agreed since.
    """
    latest = Version.objects.newest_of(term)
    if latest is not None and revision.base_id != latest.pk:
        raise Refusal(
            "base_moved",
            f"Version {latest.number} of this word has been agreed since. Update the suggestion to the newest text.",
            newest=latest.number,
        )


def rebase(proposal_id: int, *, by: Actor, resolutions: Mapping[str, object] | None = None) -> Proposal:
    """Update a suggestion to the newest version of its word: a three-way merge by field, never guessed.

    `resolutions` names for each conflicting field `mine`, `theirs` or `{"value": …}`. Refusals: `conflict` with the
    fields as base, mine and theirs, `wrong_state` when nothing newer was agreed, those of `revise`.
    """
    with ledger.locked(by) as head:
        proposal = find_proposal(proposal_id)
        policy.require(policy.may_rebase(by, proposal))
        mine = proposal.text
        latest = Version.objects.newest_of(proposal.term)
        if latest is None or mine.base_id == latest.pk:
            raise Refusal("wrong_state", "This suggestion already starts from the newest version.")
        base = mine.base.content if mine.base else None
        merged = merge(base, mine.content, latest.content, resolutions or {}, sides=side_keys())
        if merged.content is None:
            raise Refusal(
                "conflict",
                "Both texts changed the same fields. Choose for each of them.",
                conflicts=[conflict.as_data() for conflict in merged.conflicts],
            )
        content = read_content(merged.content.as_data())
        add_revision(proposal, content, base=latest, effective_from=mine.effective_from, by=by, at=head.at)
        _check_still_ready(proposal, head)
        event = head.record("proposal.rebased", by=by, proposal=proposal, **_facts(proposal.text))
        outbox.text_changed(proposal, event)
        return proposal


def withdraw(proposal_id: int, *, by: Actor) -> Proposal:
    """The author cancels; what is in force is untouched. Refusals: `wrong_state`, `not_permitted`, `not_found`."""
    with ledger.locked(by) as head:
        proposal = find_proposal(proposal_id)
        policy.require(policy.may_withdraw(by, proposal))
        policy.move(proposal, "withdraw")
        forget_all_records(proposal, by=by, head=head)
        proposal.ended_at, proposal.ended_by = head.at, by.user
        proposal.save(update_fields=["state", "ended_at", "ended_by"])
        head.record("proposal.withdrawn", by=by, proposal=proposal, **_facts(proposal.text))
        return proposal
