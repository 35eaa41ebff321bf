"""What a mail says, as plain data: one source, from which both the text and the HTML are laid out.

Everything that people wrote is in here as it is; the layouts escape it, or keep it from passing for a line of ours,
and nothing of it is ever taken as Markdown.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, NamedTuple

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.utils import formats, timezone

from accounts.models import Appointment, Delegation, Side, User
from accounts.preferences import away_until
from glossary import policy
from glossary.domain.content import Content
from glossary.domain.diff import Change, Marked, difference
from glossary.domain.links import without_links
from glossary.models import (
    Attempt,
    Concern,
    ConcernAnswer,
    Event,
    InForce,
    Message,
    Objection,
    Proposal,
    Revision,
    Ruling,
    State,
    Version,
)
from glossary.outbox import reminded
from glossary.policy import Wait
from glossary.rendering.served import names_for_people

LONGEST_TEXT = 1_500  # characters of one change shown in a mail
AROUND = 160  # characters of what stays, before and after what differs
MOST_CHANGES = 25
MOST_LISTED = 25  # suggestions or words in one mail


class Shown(NamedTuple):
    """One part that differs: its label and its pieces, each with "added", "removed" or "same" before it."""

    label: str
    pieces: tuple[tuple[str, str], ...]
    is_list: bool


@dataclass(frozen=True)
class Letter:
    """One message in words. `quoted` is what somebody wrote; `link` is where it goes on."""

    subject: str
    lines: tuple[str, ...]
    quoted: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    changes_title: str = ""
    changes: tuple[Shown, ...] = ()
    left_out: int = 0
    link: str = ""
    link_label: str = ""
    after: str = ""


def letter_of(message: Message) -> Letter | None:
    """The letter to the message's person; None when what it would ask for is over."""
    assert message.person is not None
    return _LETTERS[message.kind](message, message.person)


def in_a_line(text: str) -> str:
    """One line, whatever somebody put into a name."""
    return re.sub(r"[\s\x00-\x1f\x7f-\x9f]+", " ", text).strip()


def at_site(path: str) -> str:
    """A path of this registry as an address that leads there from anywhere."""
    return f"{settings.GLOSSARY_SITE_URL}{path}"


def invitation_link(person: User) -> str:
    """The address at which somebody chooses a password: once, within `PASSWORD_RESET_TIMEOUT`. It is kept nowhere.

    Where there are no passwords it is the sign-in page.
    """
    if not settings.GLOSSARY_PASSWORD_SIGN_IN:
        return at_site("/accounts/login/")
    key = default_token_generator.make_token(person)
    return at_site(f"/accounts/password/reset/key/{user_pk_to_url_str(person)}-{key}/")


def _event(message: Message) -> Event:
    assert message.event is not None
    return message.event


def _proposal(message: Message) -> Proposal:
    assert message.proposal_id is not None
    related = ("term", "author", "keeper", "newest__base__revision")
    return Proposal.objects.select_related(*related).get(pk=message.proposal_id)


def _name(event: Event) -> str:
    return event.actor.display_name if event.actor else "Accord"


def _word(proposal: Proposal) -> str:
    return proposal.text.content.name


def _to_suggestion(letter: Letter, proposal: Proposal, label: str) -> Letter:
    return replace(letter, link=at_site(proposal.get_absolute_url()), link_label=label)


def _with_changes(letter: Letter, title: str, before: Content | None, after: Content) -> Letter:
    changes = difference(before, after)
    linked = after.references() | (before.references() if before else frozenset())
    names = names_for_people(linked, timezone.now())
    shown = tuple(_shown(change, names) for change in changes[:MOST_CHANGES])
    return replace(letter, changes_title=title, changes=shown, left_out=max(0, len(changes) - MOST_CHANGES))


def _shown(change: Change, names: Mapping[str, str]) -> Shown:
    kept: list[tuple[str, str]] = []
    room = LONGEST_TEXT
    pieces = _as_read(change, names)
    for op, text in pieces if change.items else _around_what_differs(pieces):
        kept.append((op, text if len(text) <= room else f"{text[:room]} …"))
        room -= len(text)
        if room <= 0:
            break
    return Shown(change.label, tuple(kept), bool(change.items))


def _around_what_differs(pieces: Marked) -> Marked:
    """A text without the middle of what stays, where that is long: the whole of it is at the link."""
    last = len(pieces) - 1
    return tuple(
        (op, _in_part(text, begins=place > 0, ends=place < last) if op == "same" else text)
        for place, (op, text) in enumerate(pieces)
    )


def _in_part(text: str, *, begins: bool, ends: bool) -> str:
    """What is read around a change: the beginning of the text if one comes before it, the end if one comes after."""
    if len(text) <= AROUND * (begins + ends + 1) or not (begins or ends):
        return text
    head = f"{text[:AROUND].rpartition(' ')[0]} " if begins else ""
    tail = f" {text[-AROUND:].partition(' ')[2]}" if ends else ""
    return f"{head}…{tail}"


def _as_read(change: Change, names: Mapping[str, str]) -> Marked:
    """The pieces with words by their names, and links by what they show. Where that would read as if nothing changed,
    since only the target of a link did, they stay as written.
    """
    pieces = change.items or change.words
    shown = tuple((op, _with_names(change.field, text, names)) for op, text in pieces)
    before, after = ([text for op, text in shown if op != left_out] for left_out in ("added", "removed"))
    return pieces if "".join(before) == "".join(after) else shown


def _with_names(field: str, text: str, names: Mapping[str, str]) -> str:
    if field in ("replaced_by", "related"):  # a slug, or the relation and a slug
        relation, colon, slug = text.rpartition(": ")
        return f"{relation}{colon}{names.get(slug, slug)}"
    return without_links(text, lambda slug: names.get(slug, slug))


def _to_sign(message: Message, person: User) -> Letter | None:
    proposal, event = _proposal(message), _event(message)
    if not _can_still_sign(proposal, person) or not _is_about_newest(event, proposal):
        return None
    text = proposal.text
    who = proposal.author.display_name
    changed = (
        f"{who} suggests a change to “{_word(proposal)}”." if text.base else f"{who} suggests “{_word(proposal)}”."
    )
    ask = "Your team’s signature is missing. Read what changes, then sign it or send it back with a reason."
    if proposal.in_charge != proposal.author:
        changed += f" {proposal.in_charge.display_name} looks after it."
    letter = Letter(f"Yours to sign: {_word(proposal)}", (changed, ask, *_says_why(proposal)), quoted=proposal.reason)
    base = text.base.content if text.base else None
    title = f"What changes against version {text.base.number}" if text.base else "The text"
    letter = _with_changes(letter, title, base, text.content)
    after = "Signing needs you: the link opens the suggestion, and nobody can sign from this message alone."
    return replace(_to_suggestion(letter, proposal, "Read and sign"), after=after)


def _says_why(proposal: Proposal) -> tuple[str, ...]:
    """What leads over to the reason, where one was given."""
    return (f"{proposal.author.display_name} says why:",) if proposal.reason else ()


def _can_still_sign(proposal: Proposal, person: User) -> bool:
    """Whether the person's seat on the newest text is still empty, and theirs to fill."""
    at = timezone.now()
    seat = policy.seat_of(person, at)
    if proposal.state != State.IN_REVIEW or seat is None or policy.is_barred_as_author(seat, person, proposal):
        return False
    return seat.side.has_seat and seat.side.key not in policy.counting([proposal.text.pk], at).get(proposal.text.pk, {})


def _is_about_newest(event: Event, proposal: Proposal) -> bool:
    return bool(event.facts.get("revision") == proposal.text.number)


def _lapsed(message: Message, person: User) -> Letter | None:
    proposal, event = _proposal(message), _event(message)
    if not _can_still_sign(proposal, person) or not _is_about_newest(event, proposal):
        return None
    signed = Revision.objects.get(proposal=proposal, number=proposal.text.number - 1)
    lines = (
        f"{_name(event)} changed the text of “{_word(proposal)}” that you had signed.",
        "Your signature no longer counts. If the new text is right for your team, please sign again.",
    )
    letter = Letter(f"Your signature no longer counts: {_word(proposal)}", lines)
    letter = _with_changes(letter, "What changed since you signed", signed.content, proposal.text.content)
    return _to_suggestion(letter, proposal, "Read and sign again")


def _sent_back(message: Message, person: User) -> Letter:
    proposal, event = _proposal(message), _event(message)
    objection = Objection.objects.get(pk=event.facts["objection"])
    side = f" for {event.side.name}" if event.side else ""
    lines = [f"{_name(event)} sent “{_word(proposal)}” back{side}, with this reason:"]
    yours = person.pk in proposal.answerable
    after = "It is a draft again. Change the text and put it up for signing once more, or talk it over there."
    if not yours:
        after = "It is a draft again, and the signatures on that text, yours too, no longer count."
    letter = Letter(f"Sent back: {_word(proposal)}", tuple(lines), quoted=objection.reason, after=after)
    return _to_suggestion(letter, proposal, "Open the suggestion")


def _handed_over(message: Message, person: User) -> Letter | None:
    """One letter about all that was handed over in one act: to whoever has it now as far as it still is theirs to look
    after, to whoever had it before what became of it.
    """
    event = _event(message)
    acts = Event.objects.filter(kind=event.kind, subject=event.subject_id, at=event.at)
    mine = [act.proposal_id for act in acts if person.pk in (act.subject_id, act.facts["before"])]
    handed = Proposal.objects.filter(pk__in=mine).select_related("newest").order_by("pk")
    found = list(handed.open().filter(keeper=person) if person.pk == event.subject_id else handed)
    if not found or event.subject is None:
        return None
    what = f"“{_word(found[0])}”" if len(found) == 1 else f"{len(found)} suggestions"
    who = event.subject.display_name
    if person.pk == event.subject_id:
        subject = f"{what} {'is' if len(found) == 1 else 'are'} yours to look after"
        lines = (f"{_name(event)} handed {what} over to you.", _WHAT_A_KEEPER_MAY)
    else:
        subject, lines = f"{who} looks after {what} now", (f"{_name(event)} handed {what} over to {who}.", "")
    letter = Letter(subject, tuple(line for line in lines if line))
    if len(found) == 1:
        return _to_suggestion(letter, found[0], "Open the suggestion")
    facts = tuple((f"Suggestion {proposal.pk}", _word(proposal)) for proposal in found[:MOST_CHANGES])
    left_out = max(0, len(found) - MOST_CHANGES)
    return replace(
        letter, facts=facts, left_out=left_out, link=at_site(f"/people/{event.subject_id}/"), link_label="See them all"
    )


_WHAT_A_KEEPER_MAY = "You can do what the author can: edit, put up for signing, cancel, or hand on."


def _version_of(event: Event) -> Version:
    versions = Version.objects.select_related("term", "revision__base__revision")
    return versions.get(term=event.term_id, number=event.facts["version"])


def _agreed(message: Message, person: User) -> Letter:
    event = _event(message)
    version = _version_of(event)
    name = version.content.name
    lines = (f"Every team has signed “{name}”, version {version.number}. {_starts(version)}",)
    facts = (*_signatures(version), ("Fingerprint", version.digest), ("Ledger", f"{event.seq}:{event.hash}"))
    after = "Keep this message: the line “Ledger” lets anybody check later that nothing was altered since."
    return _to_word(Letter(f"Agreed: {name}", lines, facts=facts, after=after), version)


def _signatures(version: Version) -> list[tuple[str, str]]:
    sides = {side.key: side.name for side in policy.sides_with_a_seat()}
    return [(sides.get(seat["side"], seat["side"]), _signature(seat)) for seat in version.signatures]


def _signature(seat: dict[str, Any]) -> str:
    acting = f" for {seat['acting_for']}" if seat.get("acting_for") else ""
    reserved = f" (“{seat['reservation']}”)" if seat.get("reservation") else ""
    return f"{seat['name']}{acting}{reserved}"


def _took_effect(message: Message, person: User) -> Letter:
    version = _version_of(_event(message))
    name = version.content.name
    lines = (_began(version),)
    return _to_word(Letter(f"Takes effect: {name}", lines, facts=tuple(_signatures(version))), version)


def _watched_suggestion(message: Message, person: User) -> Letter | None:
    proposal, event = _proposal(message), _event(message)
    if proposal.state != State.IN_REVIEW:
        return None
    text, name = proposal.text, _word(proposal)
    what = f"a change of “{name}”" if text.base else f"“{name}”"
    lines = (
        f"{_name(event)} put {what} up for signing.",
        "You watch this word. What is in force stays in force until every team has signed.",
        *_says_why(proposal),
    )
    letter = Letter(f"Change suggested: {name}", lines, quoted=proposal.reason, after=_WATCHING)
    base = text.base.content if text.base else None
    title = f"What would change against version {text.base.number}" if text.base else "The text"
    letter = _with_changes(letter, title, base, text.content)
    return _to_suggestion(letter, proposal, "Open the suggestion")


def _watched_change(message: Message, person: User) -> Letter:
    event = _event(message)
    version = _version_of(event)
    content, base = version.content, version.revision.base
    if event.kind == "version.took_effect":
        said = _began(version)
    else:
        said = f"{_STATUS_WORDS[content.status].format(name=content.name, number=version.number)} {_starts(version)}"
    letter = Letter(f"Change agreed: {content.name}", (said,), facts=tuple(_signatures(version)), after=_WATCHING)
    if base:
        letter = _with_changes(letter, f"What changed against version {base.number}", base.content, content)
    return _to_word(letter, version)


_WATCHING = "You watch this word. On its page you can stop watching it."
_STATUS_WORDS = {
    "agreed": "Every team has signed “{name}”, version {number}.",
    "discouraged": "Every team has signed that “{name}” is to be avoided (version {number}).",
    "retired": "Every team has signed that “{name}” is retired (version {number}).",
}


def _starts(version: Version) -> str:
    """From when it is in force, as true as it is at this moment: a message may come late, and is read later still."""
    at = timezone.now()
    if version.in_force_from > at:
        return f"It is in force from {_moment(version.in_force_from)}."
    is_in_force = InForce.objects.at(at).filter(version=version).exists()
    return "It is in force now." if is_in_force else "A newer version has taken its place since."


def _began(version: Version) -> str:
    return f"“{version.content.name}”, version {version.number}, took effect on {_moment(version.in_force_from)}."


def _to_word(letter: Letter, version: Version) -> Letter:
    return replace(letter, link=at_site(version.get_absolute_url()), link_label="Open the word")


_ROLES = {
    "side.added": "{actor} added the team {side}. Its signature is needed from now on, also on everything still open.",
    "side.named": "{actor} gave a team another name: {side}.",
    "side.seat_removed": "{actor} took the seat of {side} away. It signs no longer.",
    "person.placed": "{actor} made {subject} a member of {side}.",
    "person.deactivated": "{actor} closed the account of {subject}, who can no longer sign in or sign.",
    "owner.installed": "{actor} made {subject} the first owner of {side}, who signs for it.",
    "owner.appointed": "{actor} named {subject} as a further owner of {side}. An owner of {side} has to confirm that.",
    "owner.confirmed": "{actor} confirmed {subject} as owner of {side}, who signs for it from now on.",
    "owner.declined": "{actor} did not confirm {subject} as owner of {side}. Nothing changes.",
    "owner.removed": "{actor} removed {subject} as owner of {side}. Open signatures of theirs are void.",
    "delegation.given": "{actor} lent the own seat to {subject}, who may sign for {side} {span}.",
    "sponsor.named": "{actor} named {subject} as sponsor, to whom is brought what the teams cannot settle.",
    "sponsor.ended": "{actor} ended the sponsorship of {subject}.",
    "delegation.ended": "The seat of {side} that was lent to {subject} has been taken back.",
}


_ROLES_TO_YOU = {
    "person.deactivated": "{actor} closed your account.",
    "owner.installed": "{actor} made you the first owner of {side}: you sign for it.",
    "owner.confirmed": "{actor} confirmed you as owner of {side}: you sign for it from now on.",
    "owner.removed": "{actor} removed you as owner of {side}. Open signatures of yours are void.",
    "delegation.given": "{actor} lent you the own seat: you may sign for {side} {span}.",
    "sponsor.ended": "{actor} ended your sponsorship.",
}


def _roles(message: Message, person: User) -> Letter | None:
    event = _event(message)
    is_you = event.subject_id == person.pk
    if event.kind == "owner.appointed" and not _still_waits(event):
        return None
    words = {
        "actor": _name(event),
        "subject": "you" if is_you else event.subject.display_name if event.subject else "",
        "side": event.side.name if event.side else "no team",
        "span": _span(event) if event.kind == "delegation.given" else "",
    }
    said = _ROLES_TO_YOU.get(event.kind) if is_you else None
    lines: tuple[str, ...] = ((said or _ROLES[event.kind]).format_map(words),)
    to_confirm = event.kind == "owner.appointed" and person.is_owner and person.side_id == event.side_id
    path, label = ("/queue/", "Confirm or not") if to_confirm else ("/people/", "Who signs for each team")
    subject = f"Who signs for {event.side.name}" if event.side else "Who signs for a team"
    if event.kind == "owner.removed" and event.side and (warning := _few_owners(event.side)):
        subject, lines = warning[0], (*lines, warning[1])
    return Letter(subject, lines, link=at_site(path), link_label=label)


def _few_owners(side: Side) -> tuple[str, str] | None:
    """A subject and a sentence that warn of a side with one owner or none; None while it has more."""
    owners = list(User.objects.owners_of(side.key)[:2])
    if not side.has_seat or len(owners) > 1:
        return None
    if not owners:
        said = "Nobody can sign for it, and nothing new can be agreed until an administrator names an owner."
        return f"{side.name} has no owner left", said
    name = owners[0].display_name
    said = f"{name} is the only owner of {side.name} left. When {name} is away, nobody can sign for it. Name another."
    return f"{side.name} has one owner left", said


def _still_waits(event: Event) -> bool:
    return Appointment.objects.filter(pk=event.facts["appointment"], state="pending").exists()


def _span(event: Event) -> str:
    row = Delegation.objects.get(pk=event.facts["delegation"])
    return f"from {_moment(row.starts_at)} until {_moment(row.ends_at)}"


def _invitation(message: Message, person: User) -> Letter | None:
    event = _event(message)
    if person.has_joined or not person.is_active:
        return None
    what = f"{_name(event)} invites you to Accord, where sales and marketing agree on what their words mean."
    way, label, after = _way_in(person)
    letter = Letter("Your invitation to Accord", (what, way), after=after)
    return replace(letter, link=invitation_link(person), link_label=label)


def _way_in(person: User) -> tuple[str, str, str]:
    """How an invited person comes in: in a sentence, on the button, and what to mind."""
    company = settings.GLOSSARY_OIDC_NAME if settings.GLOSSARY_OIDC_ISSUER else ""
    if not settings.GLOSSARY_PASSWORD_SIGN_IN:
        return f"Sign in with {company}. You need no password here.", f"Sign in with {company}", ""
    mind = (
        "The link works once, for three days, and for you alone: whoever has it has your account. Forward it to nobody."
    )
    if company:
        return f"Sign in with {company}, or choose a password and sign in as {person.username}.", "Come in", mind
    return f"Choose a password, then sign in as {person.username}.", "Choose a password", mind


def _concern_of(event: Event) -> Concern:
    return Concern.objects.select_related("term", "version__revision").get(pk=event.facts["concern"])


def _concern(message: Message, person: User) -> Letter | None:
    """None once the person's side has answered, or nobody has to any more."""
    concern, seat = _concern_of(_event(message)), policy.seat_of(person, timezone.now())
    if seat is None or not Concern.objects.unanswered_by(seat.side).filter(pk=concern.pk).exists():
        return None
    name = concern.version.content.name
    lines = (f"{_name(_event(message))} says what hurts about “{name}” as it is agreed:",)
    after = f"It stays on the word until every team has answered. {seat.side.name} has not yet."
    letter = Letter(f"A concern about {name}", lines, quoted=concern.text, after=after)
    return replace(letter, link=at_site(concern.get_absolute_url()), link_label="Read it and answer")


def _concern_answered(message: Message, person: User) -> Letter | None:
    event = _event(message)
    concern, answer = _concern_of(event), ConcernAnswer.objects.get(pk=event.facts["answer"])
    if concern.blanked_at is not None:
        return None
    name, side = concern.version.content.name, f" for {event.side.name}" if event.side else ""
    lines = (f"{_name(event)} answers your concern about “{name}”{side}:",)
    after = "Every team has answered now." if event.facts["settles"] else "It stays open until every team has answered."
    letter = Letter(f"Your concern about {name}", lines, quoted=answer.text, after=after)
    return replace(letter, link=at_site(concern.get_absolute_url()), link_label="Open the concern")


def _stuck(message: Message, person: User) -> Letter | None:
    proposal, event = _proposal(message), _event(message)
    named = policy.sponsor()
    if not proposal.is_open or named is None or named.pk != person.pk:
        return None
    objection = Objection.objects.get(pk=event.facts["objection"])
    side = f" for {event.side.name}" if event.side else ""
    lines = (
        f"The teams do not come to agree on “{_word(proposal)}”.",
        f"{_name(event)} has sent it back{side}, with this reason:",
    )
    after = "As the sponsor you may bring the teams together, or record a ruling on what holds meanwhile."
    letter = Letter(f"The teams do not agree: {_word(proposal)}", lines, quoted=objection.reason, after=after)
    return replace(letter, link=at_site("/rulings/"), link_label="See where the teams stand")


def _ruling(message: Message, person: User) -> Letter | None:
    proposal, event = _proposal(message), _event(message)
    ruling = Ruling.objects.get(pk=event.facts["ruling"])
    name, link = _word(proposal), at_site(ruling.get_absolute_url())
    if event.kind == "ruling.ended":
        lines = (f"{_name(event)} has ended the ruling on “{name}”. The suggestion waits for the teams, as before.",)
        return Letter(f"A ruling has ended: {name}", lines, link=link, link_label="Open the ruling")
    if not ruling.stands(timezone.now()) or not proposal.is_open:
        return None
    lines = (f"{_name(event)}, as the sponsor, says what holds about “{name}” until {_moment(ruling.expires_at)}:",)
    after = "The teams have not agreed on it: it is no signature, no other tool is told, and the suggestion stays open."
    letter = Letter(f"A ruling: {name}", lines, quoted=f"{ruling.text}\n\n{ruling.reasons}", after=after)
    return replace(letter, link=link, link_label="Open the ruling")


def _endpoint_paused(message: Message, person: User) -> Letter | None:
    """None once it is resumed, also when it is paused anew: the message of a pause was written when that began."""
    endpoint = message.about
    if endpoint is None or endpoint.paused_at != message.written_at or endpoint.is_removed:
        return None
    last = Attempt.objects.filter(message__endpoint=endpoint).last()
    what = endpoint.get_format_display()
    often = "once" if endpoint.failures == 1 else f"{endpoint.failures} times in a row"
    lines = (
        f"The {what.lower()} “{endpoint.name}” failed {often} and is paused.",
        "What it should have been told waits, and is sent once an administrator resumes it.",
    )
    facts = (("Last failure", last.outcome),) if last else ()
    path = f"/admin/glossary/endpoint/{endpoint.pk}/change/"
    return Letter(
        f"{what} paused: {endpoint.name}",
        lines,
        facts=facts,
        link=at_site(path),
        link_label=f"Look at the {what.lower()}",
    )


def _reminder(message: Message, person: User) -> Letter | None:
    at = timezone.now()
    waits = reminded.still_to_sign(message, person, at)
    if not waits:
        return None
    above = " and ".join(each.display_name for each in reminded.brought_to(waits) if each != person)
    after = "Signing needs you: the link leads to the text, and nobody can sign from this message alone."
    if len(waits) > 1:
        lines = ["They wait for the signature of your team. Read what changes, then sign or send back with a reason."]
        lines += [f"Some of them have been brought to {above}."] if above else []
        subject = f"Still yours to sign: {len(waits)} suggestions"
        return _to_queue(Letter(subject, tuple(lines), facts=_in_a_list(waits), after=after))
    wait = waits[0]
    lines = [
        _for_how_long(wait, "your team’s signature"),
        "Read what changes, then sign it or send it back with a reason.",
        *([f"It has been brought to {above}."] if above else []),
        *_says_why(wait.proposal),
    ]
    subject = f"Still yours to sign: {_word(wait.proposal)}"
    letter = Letter(subject, tuple(lines), quoted=wait.proposal.reason, facts=_whose_turn(wait, at), after=after)
    return _to_suggestion(letter, wait.proposal, "Read and sign")


def _escalated(message: Message, person: User) -> Letter | None:
    at = timezone.now()
    waits = reminded.still_blocked(message, at)
    if not waits:
        return None
    is_sponsor = policy.sponsor() == person
    why = "You are told as the sponsor." if is_sponsor else "You are told as an administrator: no sponsor is here."
    after = f"Nothing is agreed by waiting, and nobody can sign in their place. Perhaps talking helps. {why}"
    if len(waits) > 1:
        lines: tuple[str, ...] = (
            "They have waited for many working days, each for the signature of the team beside it.",
        )
        subject = f"Waiting for long: {len(waits)} suggestions"
        return _to_queue(Letter(subject, lines, facts=(*_in_a_list(waits), *_who_can(waits, at)), after=after))
    wait = waits[0]
    lines = (_for_how_long(wait, f"the signature of {_sides(wait)}"), *_says_why(wait.proposal))
    subject = f"Waits for {_sides(wait)}: {_word(wait.proposal)}"
    letter = Letter(subject, lines, quoted=wait.proposal.reason, facts=_whose_turn(wait, at), after=after)
    return _to_suggestion(letter, wait.proposal, "Open the suggestion")


def _for_how_long(wait: Wait, what: str) -> str:
    who, keeper = wait.proposal.author.display_name, wait.proposal.in_charge
    if keeper != wait.proposal.author:
        who += f" and looked after by {keeper.display_name}"
    return f"“{_word(wait.proposal)}”, suggested by {who}, has waited for {what} since {_since(wait)}."


def _since(wait: Wait) -> str:
    return f"{_day(wait.since)} ({wait.days} working {'day' if wait.days == 1 else 'days'})"


def _sides(wait: Wait) -> str:
    return " and ".join(side.name for side in wait.missing)


def _whose_turn(wait: Wait, at: datetime) -> tuple[tuple[str, str], ...]:
    """Of each side, who has signed or who can, whether they are away, and that nobody can where it has no owner."""
    given = policy.counting([wait.proposal.text.pk], at).get(wait.proposal.text.pk, {})
    people = wait.who_can_sign(at)
    signed = {key: f"{sign_off.signer.display_name} has signed" for key, sign_off in given.items()}
    return tuple((side.name, signed.get(side.key) or _can(people, side, at)) for side in policy.sides_with_a_seat())


def _who_can(waits: Sequence[Wait], at: datetime) -> Iterator[tuple[str, str]]:
    """Of each side that something waits for, who can sign for it."""
    sides = {side.key: (side, wait) for wait in waits for side in wait.missing}
    for side, wait in sides.values():
        yield side.name, _can(wait.who_can_sign(at), side, at)


def _can(people: dict[str, list[User]], side: Side, at: datetime) -> str:
    names = [_name_here(person, at) for person in people.get(side.key, [])]
    if not names:
        return "nobody can sign until an administrator appoints an owner"
    return f"{' or '.join(names)} can sign"


def _name_here(person: User, at: datetime) -> str:
    until = away_until(person, at)
    return f"{person.display_name} (away until {_day(until)})" if until else person.display_name


def _in_a_list(waits: Sequence[Wait]) -> tuple[tuple[str, str], ...]:
    listed = [(_word(wait.proposal), f"has waited for {_sides(wait)} since {_since(wait)}") for wait in waits]
    return _at_most(listed)


def _at_most(listed: list[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    more = len(listed) - MOST_LISTED
    return (*listed[:MOST_LISTED], *([("And", f"{more} more at the link")] if more > 0 else []))


def _to_queue(letter: Letter) -> Letter:
    return replace(letter, link=at_site("/queue/"), link_label="Open the queue")


def _review_due(message: Message, person: User) -> Letter | None:
    due = reminded.still_due(message, person, timezone.now())
    if not due:
        return None
    one = len(due) == 1
    subject = f"Does it still hold? {due[0].content.name}" if one else f"Do they still hold? {len(due)} words"
    lines = (
        "It was agreed to look again after a while, and your team has not said yet whether this still holds.",
        "Read it, then confirm it, or suggest a change. Until both teams have, it stays in force as it is.",
    )
    listed = [(each.content.name, f"to be looked at again on {_day(each.review.review_by)}") for each in due]
    letter = Letter(subject, lines, facts=_at_most(listed))
    return replace(letter, link=at_site("/reviews/"), link_label="Read and confirm")


def _day(at: date) -> str:
    """A day, or that of an instant in the reader's zone."""
    return formats.date_format(timezone.localtime(at) if isinstance(at, datetime) else at, "j F Y")


def _moment(at: Any) -> str:
    local = timezone.localtime(at)
    return f"{formats.date_format(local, 'j F Y, H:i')} {local.tzname()}"


_LETTERS: dict[str, Callable[[Message, User], Letter | None]] = {
    "to_sign": _to_sign,
    "lapsed": _lapsed,
    "sent_back": _sent_back,
    "handed_over": _handed_over,
    "agreed": _agreed,
    "took_effect": _took_effect,
    "watched_suggestion": _watched_suggestion,
    "watched_change": _watched_change,
    "roles": _roles,
    "concern": _concern,
    "concern_answered": _concern_answered,
    "stuck": _stuck,
    "ruling": _ruling,
    "invitation": _invitation,
    "endpoint_paused": _endpoint_paused,
    "reminder": _reminder,
    "escalated": _escalated,
    "review_due": _review_due,
}
