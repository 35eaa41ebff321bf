"""A vocabulary of any size, five versions a word, written in bulk into the database at DATABASE_URL.

The workflow would take hours, so the rows are written past it while the guards are down. They are the rows that the
workflow would have left, with their events in one chain; the guards are put back, and `verify` is asked about a sample.
"""

import argparse
import io
import json
import random
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from itertools import accumulate
from operator import attrgetter
from typing import Any

import django

django.setup()

from django.core.management import call_command  # noqa: E402  needs the settings, as all that follows
from django.db import connection, models, transaction  # noqa: E402

from accounts.models import Appointment, AppointmentState, Role, Side, Token, User  # noqa: E402
from glossary.domain.content import Content, canonical_text, digest_of, parse  # noqa: E402
from glossary.domain.names import FOLD_VERSION, fold, slug_for  # noqa: E402
from glossary.ledger.chain import canonical, event_hash  # noqa: E402
from glossary.models import (  # noqa: E402
    Event,
    LedgerHead,
    Name,
    NameClaim,
    Proposal,
    Revision,
    SearchWord,
    SignOff,
    State,
    Term,
    Version,
)
from glossary.models.final import drop_guards, install_guards  # noqa: E402
from glossary.rendering.instants import iso  # noqa: E402
from glossary.rendering.projections import (  # noqa: E402
    in_force_rows,
    name_likenesses,
    name_rows,
    search_entries,
    search_words,
    word_likenesses,
)
from glossary.workflow.publishing import canonical_seats  # noqa: E402

VERSIONS = 5
BEGAN_AT = datetime(2025, 1, 1, tzinfo=UTC)
BETWEEN = timedelta(seconds=30)
TERMS_AT_ONCE = 2_000
CACHE_KIB = 2**20  # while loading: an index in random order is written in memory
DRAWS = 5_000
SEARCHES = 1_000
SAMPLE = 3
LONG_CHAIN = 1_000_000  # events, from which on one word is asked about
KEPT_FOR = timedelta(days=3650)  # of the tool's token: the database is asked again in later runs
_SYLLABLES = [consonant + vowel for consonant in "bdfgklmnprtv" for vowel in "aeiou"]
_NOUNS = ["lead", "deal", "stage", "score", "account", "segment", "channel", "renewal", "quota", "forecast"]
_LEXICON = 30_000  # words in all definitions; few stand in most of them, most in few (Zipf, s = 1)
_SMALL_WORDS = 200  # of these stand everywhere, as "the" does, and nobody searches for them
_HOW_OFTEN = list(accumulate(1 / (rank + 1) for rank in range(_LEXICON)))


class Bulk:
    """Rows on their way into the database, many at once; the chain of events is kept as they come."""

    def __init__(self) -> None:
        self._rows: dict[type[models.Model], list[tuple[Any, ...]]] = defaultdict(list)
        self._keys: dict[type[models.Model], int] = defaultdict(int)
        self._words: set[str] = set()
        self.head = LedgerHead.objects.get(pk=1)

    def add(self, row: models.Model) -> None:
        """Take the row, with the next key of its table when it has none."""
        if row.pk is None:
            self._keys[type(row)] += 1
            row.pk = self._keys[type(row)]
        self._rows[type(row)].append(_stored(row))

    def add_words(self, words: dict[str, bool]) -> None:
        """Take the words that no text had so far; none that is both in names and in texts comes in a text first."""
        for word in sorted(words.keys() - self._words):
            known = SearchWord(word=word, in_name=words[word])
            self.add(known)
            for row in word_likenesses([known]):
                self.add(row)
        self._words |= words.keys()

    def tell(self, kind: str, at: datetime, *, data: dict[str, Any], **about: Any) -> None:
        """Add the next event of the chain."""
        seq, before = self.head.seq + 1, self.head.hash
        event = Event(seq=seq, kind=kind, at=at, data=canonical(data), previous=before, **about)
        event.hash = event_hash(event)
        self.add(event)
        self.head.seq, self.head.hash, self.head.at = seq, event.hash, at

    def write(self) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            for model, rows in self._rows.items():
                columns = [connection.ops.quote_name(str(field.column)) for field in model._meta.concrete_fields]
                places = ", ".join(["%s"] * len(columns))
                cursor.executemany(f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) VALUES ({places})", rows)
            self.head.save()
        self._rows.clear()


def _stored(row: models.Model) -> tuple[Any, ...]:
    """The row as the database takes it: of its columns only instants and lists are written otherwise."""
    values, instants, lists = _reading(type(row))
    stored = list(values(row))
    for place in instants:
        stored[place] = _instant(stored[place])
    for place in lists:
        stored[place] = json.dumps(stored[place])
    return tuple(stored)


@cache
def _reading(model: type[models.Model]) -> tuple[Callable[[models.Model], Any], list[int], list[int]]:
    """How to read all columns of a row, and which of them are instants and which are lists."""
    fields = list(enumerate(model._meta.concrete_fields))
    instants = [place for place, field in fields if isinstance(field, models.DateTimeField)]
    lists = [place for place, field in fields if isinstance(field, models.JSONField)]
    return attrgetter(*(field.attname for _, field in fields)), instants, lists


@lru_cache(maxsize=1_000)
def _instant(at: datetime | None) -> Any:
    return connection.ops.adapt_datetimefield_value(at)


class Company:
    """Two owners and the tool that asks."""

    def __init__(self, bulk: Bulk) -> None:
        self.sides = {side.key: side for side in Side.objects.all()}
        ada = User.objects.create_user("ada", is_staff=True)
        self.owners = {key: self._owner(bulk, ada, name, key) for key, name in (("sales", "sam"), ("marketing", "mia"))}
        _, self.key = Token.objects.create(user=ada, expiry=KEPT_FOR, name="benchmark", scopes=["read"])

    def _owner(self, bulk: Bulk, by: User, name: str, side: str) -> User:
        user: User = User.objects.create_user(name, side_id=side, role=Role.OWNER)
        appointment = Appointment.objects.create(
            user=user,
            side_id=side,
            state=AppointmentState.CONFIRMED,
            appointed_by=by,
            appointed_at=BEGAN_AT,
        )
        bulk.tell(
            "owner.installed", BEGAN_AT, actor=by, subject=user, side_id=side, data={"appointment": appointment.pk}
        )
        return user


def name_of(number: int) -> str:
    """A name of its own for each number: three syllables and a noun."""
    parts = [_SYLLABLES[number // 60**place % 60] for place in range(3)]
    return f"{''.join(parts).capitalize()} {_NOUNS[number % len(_NOUNS)]}"


def alias_of(number: int) -> str:
    """Two words in five have another name as well."""
    return f"{name_of(number).split()[0]} by another name" if number % 5 < 2 else ""


def word_of(rank: int) -> str:
    """The word of this rank in the lexicon; no name has it."""
    return "".join(_SYLLABLES[rank // 60**place % 60] for place in range(3)) + "x"


def _said(words: int, chance: random.Random) -> str:
    return " ".join(map(word_of, chance.choices(range(_LEXICON), cum_weights=_HOW_OFTEN, k=words)))


def _first_text(number: int, chance: random.Random) -> Content:
    early = "Early " if _is_renamed(number) else ""
    return parse(
        {
            "name": early + name_of(number),
            "aliases": [alias_of(number)] if alias_of(number) else [],
            "summary": f"{_said(6, chance)}, as both teams count it, edition 1",
            "definition": _said(min(250, int(7 * chance.paretovariate(1.5))), chance),
            "counter_examples": ["something only one team has heard of"],
        },
        sides=("sales", "marketing"),
    )


def _is_renamed(number: int) -> bool:
    """One word in ten has got another name since, and is still found under the former."""
    return number % 10 == 3


def _next_text(content: Content, number: int, edition: int) -> Content:
    name = name_of(number) if edition > 3 else content.name
    said = (content.summary or "").rpartition(" ")[0]
    return replace(content, name=name, summary=f"{said} {edition}")


def _word(number: int, bulk: Bulk, company: Company, chance: random.Random) -> None:
    """One word with its versions, each opened, submitted and signed by both owners."""
    author, at = company.owners["sales"], BEGAN_AT + number * VERSIONS * BETWEEN + BETWEEN
    content = _first_text(number, chance)
    term = Term(
        slug=slug_for(content.name), name=content.name, folded=fold(content.name), raised_by=author, raised_at=at
    )
    bulk.add(term)
    for likeness in name_likenesses([term]):
        bulk.add(likeness)
    named = {"name": term.name, "slug": term.slug, "namespace": str(term.namespace)}
    bulk.tell("term.raised", at, actor=author, term=term, data=named)
    versions: list[Version] = []
    for edition in range(1, VERSIONS + 1):
        content = _next_text(content, number, edition) if versions else content
        versions.append(_version(term, content, versions[-1] if versions else None, at, bulk, company))
        at += BETWEEN
    for row in (*in_force_rows(versions), *name_rows(versions), *search_entries(versions)):
        bulk.add(row)
    bulk.add_words(search_words(versions))
    _claim(term, versions, bulk)


def _version(term: Term, content: Content, base: Version | None, at: datetime, bulk: Bulk, company: Company) -> Version:
    author, published_at = company.owners["sales"], at + timedelta(seconds=2)
    text = canonical_text(term=term.slug, base=base.digest if base else None, effective_from=None, content=content)
    proposal = Proposal(
        term=term,
        author=author,
        state=State.PUBLISHED,
        opened_at=at,
        submitted_at=at,
        ended_at=published_at,
        ended_by=company.owners["marketing"],
    )
    revision = Revision(number=1, text=text, digest=digest_of(text), base=base, author=author, at=at)
    _number(bulk, proposal, revision)
    facts = {"revision": 1, "digest": revision.digest, "base": base.number if base else None}
    about = {"term": term, "proposal": proposal}
    bulk.tell("proposal.opened", at, actor=author, data=facts | {"token": None}, **about)
    bulk.tell("proposal.submitted", at, actor=author, data=facts, **about)
    signatures = [_sign(side, revision, at + timedelta(seconds=n), bulk, company, about) for n, side in _seats(company)]
    version = Version(
        term=term,
        number=base.number + 1 if base else 1,
        proposal=proposal,
        revision=revision,
        digest=revision.digest,
        seats=canonical_seats(signatures),
        published_at=published_at,
        in_force_from=published_at,
    )
    bulk.add(version)
    told = facts | {
        "version": version.number,
        "in_force_from": iso(published_at),
        "published_at": iso(published_at),
        "seats_digest": digest_of(version.seats),
    }
    bulk.tell("version.published", published_at, actor=company.owners["marketing"], data=told, **about)
    return version


def _number(bulk: Bulk, proposal: Proposal, revision: Revision) -> None:
    """Give both their keys, which point at each other: one text a proposal makes them run alike."""
    proposal.pk = revision.pk = bulk.head.seq  # as good as any: no two proposals begin at the same event
    proposal.newest = revision
    revision.proposal = proposal
    bulk.add(proposal)
    bulk.add(revision)


def _seats(company: Company) -> Iterator[tuple[int, Side]]:
    return enumerate((company.sides["sales"], company.sides["marketing"]), start=1)


def _sign(side: Side, revision: Revision, at: datetime, bulk: Bulk, company: Company, about: dict[str, Any]) -> SignOff:
    signer = company.owners[side.key]
    signature = SignOff(revision=revision, side=side, signer=signer, digest=revision.digest, at=at)
    bulk.add(signature)
    facts = {"sign_off": signature.pk, "revision": 1, "digest": revision.digest, "acting_for": None}
    bulk.tell("sign_off.given", at, actor=signer, side=side, data=facts, **about)
    return signature


def _claim(term: Term, versions: Sequence[Version], bulk: Bulk) -> None:
    claimed: dict[str, Version] = {}
    for version in versions:
        claimed.setdefault(fold(version.content.name), version)
    for folded, version in claimed.items():
        bulk.add(
            NameClaim(namespace=term.namespace, folded=folded, fold_version=FOLD_VERSION, term=term, version=version)
        )


def build(terms: int) -> str:
    """Fill the empty database; the key of a tool that may read."""
    call_command("migrate", verbosity=0)
    drop_guards(connection)
    _load_fast()
    bulk = Bulk()
    company = Company(bulk)
    chance = random.Random(terms)
    for number in range(terms):
        _word(number, bulk, company, chance)
        if number % TERMS_AT_ONCE == TERMS_AT_ONCE - 1:
            bulk.write()
            print(f"… {number + 1:,} of {terms:,} words", file=sys.stderr, flush=True)
    bulk.write()
    install_guards(connection)
    return company.key


def _load_fast() -> None:
    """Of this connection alone: whoever loses power meanwhile builds the file anew."""
    with connection.cursor() as cursor:
        for setting in ("synchronous=OFF", "journal_mode=MEMORY", "foreign_keys=OFF", f"cache_size=-{CACHE_KIB}"):
            cursor.execute(f"PRAGMA {setting}")


def verify_sample() -> None:
    """Ask `verify` about some words; it walks the whole chain each time. Raises CommandError at the first fault."""
    is_long = Event.objects.filter(seq__gt=LONG_CHAIN).exists()
    for slug in Term.objects.order_by("?").values_list("slug", flat=True)[: 1 if is_long else SAMPLE]:
        call_command("verify", term=slug, stderr=io.StringIO(), stdout=sys.stderr)


def is_current() -> bool:
    """Whether today's code would write the same projections of some words."""
    return all(map(_is_as_written, Term.objects.order_by("?")[:20]))


def _is_as_written(term: Term) -> bool:
    versions = list(term.versions.select_related("term", "revision").order_by("number"))
    names = {_named(name) for name in name_rows(versions)}
    entries = {(entry.version_id, entry.lexemes, entry.place) for entry in search_entries(versions)}
    return (
        {row.body for row in in_force_rows(versions)} == set(term.in_force.values_list("body", flat=True))
        and names == {_named(name) for name in term.names.all()}
        and entries == set(term.search_entries.values_list("version_id", "lexemes", "place"))
    )


def _named(name: Name) -> tuple[str, int, str, datetime, datetime | None]:
    return name.key, name.tier, name.text, name.from_at, name.until_at


def draws(terms: int) -> list[str]:
    """Names as they are asked for: few words often, most seldom (Zipf, s = 1), by alias where there is one."""
    chance = random.Random(terms)
    numbers = _drawn(terms, chance, DRAWS)
    return [alias_of(number) if alias_of(number) and chance.random() < 0.5 else name_of(number) for number in numbers]


def _drawn(terms: int, chance: random.Random, count: int) -> list[int]:
    return chance.choices(range(terms), weights=[1 / (rank + 1) for rank in range(terms)], k=count)


def searches(terms: int) -> list[str]:
    """One word each: by turns the first word of a name, drawn as above, and a word of the texts, as often as it is
    said there; those that stand everywhere are left out."""
    chance = random.Random(terms + 1)
    of_names = [name_of(number).split()[0] for number in _drawn(terms, chance, SEARCHES // 2)]
    ranks = range(_SMALL_WORDS, _LEXICON)
    of_texts = map(word_of, chance.choices(ranks, weights=[1 / rank for rank in ranks], k=SEARCHES // 2))
    return [word for pair in zip(of_names, of_texts, strict=True) for word in pair]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    doing = parser.add_mutually_exclusive_group(required=True)
    doing.add_argument(
        "--build", type=int, metavar="TERMS", help="fill the empty database; says as JSON what to ask it"
    )
    doing.add_argument("--verify", action="store_true", help="ask verify about a sample of the rows")
    doing.add_argument("--check", action="store_true", help="end with 1 if today's code would write other projections")
    options = parser.parse_args()
    if options.verify:
        verify_sample()
    elif options.check:
        sys.exit(not is_current())
    else:
        print(json.dumps(_built(options.build)))


def _built(terms: int) -> dict[str, Any]:
    as_of = BEGAN_AT + terms * VERSIONS * BETWEEN
    return {"key": build(terms), "names": draws(terms), "searches": searches(terms), "as_of": iso(as_of)}


if __name__ == "__main__":
    main()
