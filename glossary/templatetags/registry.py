"""What templates need to show a text, an instant, a team or a state in the words of the screen."""

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django import template
from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince

from accounts import preferences
from accounts.models import Side, User
from glossary import lookup
from glossary.domain import links
from glossary.domain.content import BOTH
from glossary.domain.criteria import Clause, Joined, told
from glossary.domain.diff import CONDITION, Change, Op, label_of
from glossary.domain.parts import KEYED_LISTS
from glossary.domain.shapes import StageModel
from glossary.models import SignOff, Tier, Version
from glossary.rendering.instants import iso
from glossary.rendering.markdown import html
from glossary.rendering.seal import LARGE, Drawing, Ring, drawn

register = template.Library()

STATE_WORDS = {
    "wanted": "Wanted",
    "in_review": "Being signed",
    "upcoming": "Agreed, not in force yet",
    "agreed": "Agreed",
    "discouraged": "Avoid",
    "retired": "Retired",
    "draft": "Draft",
    "sent_back": "Sent back",
    "published": "Agreed",
    "declined": "Closed without change",
    "withdrawn": "Cancelled",
}
KIND_WORDS = {
    "concept": "Idea",
    "metric": "Measure",
    "stage": "Stage",
    "stage_model": "Stage model",
    "attribution_model": "Attribution model",
    "role": "Role",
    "persona": "Persona",
    "record_type": "Record type",
}
RELATION_WORDS = {
    "broader": "Is a kind of",
    "narrower": "Has the kind",
    "part_of": "Is part of",
    "feeds": "Leads to",
    "precedes": "Comes before",
    "replaces": "Replaces",
    "contrasts": "Is not the same as",
    "see_also": "See also",
}

WAY_WORDS = {
    "advance": "On to",
    "skip": "Straight to",
    "recycle": "Back to",
    "close": "Ends as",
}


@register.simple_tag
def is_demo() -> bool:
    return bool(settings.GLOSSARY_DEMO)


@register.simple_tag
def is_founded() -> bool:
    """Whether anybody has an account here."""
    return lookup.is_founded()


@register.simple_tag
def company_sign_in() -> str:
    """What the company's sign-in is called; empty where there is none."""
    return settings.GLOSSARY_OIDC_NAME if settings.GLOSSARY_OIDC_ISSUER else ""


@register.simple_tag
def password_sign_in() -> bool:
    return bool(settings.GLOSSARY_PASSWORD_SIGN_IN)


@register.simple_tag
def is_open_reading() -> bool:
    return bool(settings.GLOSSARY_OPEN_READING)


@register.simple_tag(takes_context=True)
def unread_messages(context: template.Context, user: User) -> int:
    """How many messages wait in somebody's inbox, for the head of every page; on its own page none is one of them."""
    return lookup.unread_count(user, at=timezone.now(), besides=context.get("just_read"))


@register.simple_tag
def address(path: str) -> str:
    """The whole address of a path, for whoever reads it elsewhere."""
    return f"{settings.GLOSSARY_SITE_URL}{path}"


@register.filter
def prose(source: str | None, names: Mapping[str, str]) -> SafeString:
    """Markdown as blocks; `names` says what each linked word is called."""
    return html(source or "", names)


@register.filter
def inline(source: str | None, names: Mapping[str, str]) -> SafeString:
    """Markdown of one line, without blocks."""
    return html(source or "", names, inline=True)


@register.filter
def without_links(source: str, names: Mapping[str, str]) -> str:
    """Markdown with linked words as plain words, for where no link leads here."""
    return links.without_links(source, lambda slug: names.get(slug, slug))


@register.filter
def called(slug: str, names: Mapping[str, str]) -> str:
    return names.get(slug, slug)


@register.filter
def moment(at: datetime | str | None) -> SafeString | str:
    """An instant, or its ISO text, as day and time in the reader's zone."""
    if not at:
        return ""
    local = _local(at)
    return format_html(
        '<time datetime="{}">{}, {} {}</time>',
        iso(local),
        date_format(local, "j F Y"),
        f"{local:%H:%M}",
        local.tzname(),
    )


@register.filter
def day(at: datetime | date | str | None) -> SafeString | str:
    """An instant (its day in the reader's zone) or a day, in words."""
    if not at:
        return ""
    if isinstance(at, date) and not isinstance(at, datetime):
        return format_html('<time datetime="{}">{}</time>', at.isoformat(), date_format(at, "j F Y"))
    local = _local(at)
    return format_html('<time datetime="{}">{}</time>', iso(local), date_format(local, "j F Y"))


@register.filter
def short_day(at: datetime | str) -> str:
    """The day of an instant in the reader's zone, short enough for a picture: “5 Nov 2026”."""
    return date_format(_local(at), "j M Y")


@register.filter
def near_day(at: datetime) -> SafeString:
    """The day of an instant as one says it in a list, “today” or “23 Nov”; the exact time is its title."""
    local, today = _local(at), timezone.localdate()
    near = {today: "today", today - timedelta(days=1): "yesterday"}
    far = date_format(local, "j M" if local.year == today.year else "j M Y")
    exact = f"{date_format(local, 'j F Y')}, {local:%H:%M} {local.tzname()}"
    return format_html('<time datetime="{}" title="{}">{}</time>', iso(local), exact, near.get(local.date(), far))


def _local(at: datetime | date | str) -> datetime:
    instant = datetime.fromisoformat(at) if isinstance(at, str) else at
    assert isinstance(instant, datetime)
    return timezone.localtime(instant)


@register.filter
def waited(at: datetime) -> str:
    """How long ago, in the largest unit alone: “3 days”."""
    is_new = timezone.now() - at < timedelta(minutes=1)
    return "less than a minute" if is_new else timesince(at, depth=1)


@register.filter
def away_until(person: User) -> date | None:
    """The last day on which this person is away; None for somebody who is here."""
    return preferences.away_until(person, timezone.now())


@register.filter
def state_words(state: str) -> str:
    return STATE_WORDS.get(state, state)


@register.filter
def kind_words(kind: str) -> str:
    return KIND_WORDS.get(kind, kind)


@register.filter
def relation_words(relation: str) -> str:
    return RELATION_WORDS.get(relation, relation)


@register.filter
def field_words(path: str) -> str:
    return label_of(path)


@register.filter
def place_words(place: str) -> str:
    """Where a search met the words: a kind of name, or a part of the text."""
    return plain(place).capitalize() if place in Tier.labels else label_of(place)


@register.filter
def plain(key: str) -> str:
    """A key of the data as words."""
    return key.replace("_", " ")


@register.filter
def in_order(by_side: Mapping[str, str], sides: Mapping[str, str]) -> list[tuple[str, str]]:
    """What is said per side, in the order in which the screen shows the sides."""
    return [(key, by_side[key]) for key in (*sides, *sorted(set(by_side) - set(sides))) if key in by_side]


@register.filter
def team(key: str, sides: Mapping[str, str]) -> SafeString | str:
    """A side as the screen names it: a coloured tag that also says the name."""
    if key == BOTH:
        return "All teams"
    return format_html('<span class="side side-{}">{}</span>', key, sides.get(key, key))


@register.filter
def team_name(key: str, sides: Mapping[str, str]) -> str:
    """The same as plain text, for a picture."""
    return "All teams" if key == BOTH else sides.get(key, key)


@register.inclusion_tag("portal/parts/rings.html", takes_context=True)
def seal(context: Mapping[str, Any], signatures: Iterable[Mapping[str, Any]]) -> dict[str, Drawing]:
    """The picture of an agreed text: every seat as it was signed."""
    return {"seal": drawn(_rings_of(context, signatures))}


@register.inclusion_tag("portal/parts/medal.html", takes_context=True)
def large_seal(context: Mapping[str, Any], version: Version) -> dict[str, Any]:
    """The same with the teams and days on the rings, for the page on which the text stands."""
    return {"seal": drawn(_rings_of(context, version.signatures), LARGE), "name": f"seal-{version.pk}"}


def _rings_of(context: Mapping[str, Any], signatures: Iterable[Mapping[str, Any]]) -> list[Ring]:
    sides = context.get("sides", {})
    return [
        Ring(
            each["side"],
            sides.get(each["side"], each["side"]),
            is_given=True,
            signer=each["name"],
            acting_for=each.get("acting_for", ""),
            at=each["at"],
            has_reservation=bool(each.get("reservation")),
        )
        for each in signatures
    ]


@register.inclusion_tag("portal/parts/rings.html")
def seal_of_seats(seats: Iterable[Any]) -> dict[str, Drawing]:
    """The picture of a text on its way: the signatures given and missing so far."""
    return {"seal": drawn([_ring_of(seat.side, seat.sign_off) for seat in seats])}


@register.inclusion_tag("portal/parts/medal.html")
def large_seal_of_seats(seats: Iterable[Any], name: object) -> dict[str, Any]:
    """The same in large; `name` tells it from others on the page."""
    return {"seal": drawn([_ring_of(seat.side, seat.sign_off) for seat in seats], LARGE), "name": f"seats-{name}"}


def _ring_of(side: Side, sign_off: SignOff | None) -> Ring:
    if sign_off is None:
        return Ring(side.key, side.name, is_given=False)
    acting_for = sign_off.acting_for.display_name if sign_off.acting_for else ""
    signer, reservation = sign_off.signer.display_name, bool(sign_off.reservation)
    return Ring(side.key, side.name, True, signer, acting_for, sign_off.at, reservation)


@register.inclusion_tag("portal/parts/rings.html", takes_context=True)
def seal_without(context: Mapping[str, Any], missing: Iterable[Any]) -> dict[str, Drawing]:
    """The same in a list, which knows only whose signature is missing."""
    keys = {side.key for side in missing}
    return {"seal": drawn([Ring(key, name, key not in keys) for key, name in context.get("sides", {}).items()])}


@register.filter
def way_words(kind: str) -> str:
    return WAY_WORDS.get(kind, kind)


@register.filter
def stage_called(model: StageModel, key: str) -> str:
    """The name of the stage with this key."""
    return next((stage.name for stage in model.stages if stage.key == key), key)


@register.simple_tag(takes_context=True)
def piece(context: Mapping[str, Any], field: str, text: str) -> str:
    """A piece of a difference as the screen says it: what is kept as a code, in words."""
    if field == "owner_side":
        return team_name(text, context.get("sides", {}))
    if field == "related":
        relation, _, term = text.partition(": ")
        return f"{relation_words(relation.replace(' ', '_'))}: {term}"
    return {"kind": KIND_WORDS, "status": STATE_WORDS}.get(field, {}).get(text, text)


class Line(NamedTuple):
    """An entry of a list or a structure in a difference: its text, or the rule that it is, one of those `joined` so.

    The last rule of either side has the whole condition as it is `written`.
    """

    op: Op
    text: str = ""
    rule: Clause | None = None
    joined: Joined = ""
    written: str = ""


@register.filter
def lines_that_change(change: Change, only: Op | None = None) -> list[Line]:
    """What came and what went, or one of them alone; where entries only changed places, also between which."""
    shown: set[Op] = {only} if only else {"added", "removed"}
    if change.field in KEYED_LISTS:
        shown.add("same")
    return [line for line in _lines(change) if line.op in shown]


@register.filter
def lines_that_stay(change: Change) -> list[Line]:
    """The others."""
    return [line for line in _lines(change) if line.op == "same" and change.field not in KEYED_LISTS]


def _lines(change: Change) -> list[Line]:
    """The conditions of a test, which are one line each, as their rules; all else as it is."""
    if not change.field.startswith("criteria."):
        return [Line(op, text) for op, text in change.items]
    lines = [Line(op, text) for op, text in change.items if not text.startswith(f"{CONDITION}: ")]
    return [*_rules(change.before, change.after), *lines]


def _rules(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> list[Line]:
    """Rule by rule where both conditions are lists of one kind, else one whole condition and the other."""
    old, new = ([told(side["expr"])] if side else [] for side in (before, after))
    joined = old[0].joined if old and new and old[0].joined == new[0].joined and old != new else ""
    first, second = ([rule for whole in side for rule in (whole.parts if joined else [whole])] for side in (old, new))
    if set(first) == set(second) and old != new:  # in another order alone
        first, second, joined = old, new, ""
    return [
        *_marked("removed", [rule for rule in first if rule not in second], joined, before),
        *_marked("added", [rule for rule in second if rule not in first], joined, after),
        *(Line("same", rule=rule) for rule in second if rule in first),
    ]


def _marked(op: Op, rules: list[Clause], joined: Joined, test: Mapping[str, Any] | None) -> list[Line]:
    lines = [Line(op, rule=rule, joined=joined) for rule in rules]
    return [*lines[:-1], lines[-1]._replace(written=test["expr"])] if lines and test else lines


@register.filter
def readable(value: object) -> str:
    """A value of a text as people can read it: words as they are, the rest as its data."""
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return "\n".join(value)
    return value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)
