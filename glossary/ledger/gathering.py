"""All that hangs on some words, read together: as many queries for a hundred words as for one."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain
from operator import attrgetter
from typing import Any, TypeVar

from django.db import models

from glossary.domain.content import digest_of
from glossary.ledger.chain import text_hash
from glossary.ledger.telling import Told, last
from glossary.models import (
    Comment,
    Concern,
    ConcernAnswer,
    CriterionInForce,
    Event,
    ImpactReport,
    ImpactUpload,
    InForce,
    MappingInForce,
    Name,
    NameClaim,
    NameLikeness,
    Objection,
    Proposal,
    Reaffirmation,
    Renewal,
    Revision,
    Ruling,
    Salt,
    SearchEntry,
    SearchWord,
    SignOff,
    Term,
    Version,
    WordLikeness,
)
from glossary.rendering.projections import search_words
from glossary.rendering.served import Called

WORDS_AT_ONCE = 100  # bounds what is in memory, however many words there are

Row = TypeVar("Row", bound=models.Model)


def in_turn(terms: models.QuerySet[Term], told: Told) -> "Iterator[tuple[Term, Words]]":
    """Each term in order of its key, with the words that it was read together with."""
    rest = terms.order_by("pk")
    while together := list(rest[:WORDS_AT_ONCE]):
        words = Words(together, told)
        yield from ((term, words) for term in together)
        rest = terms.order_by("pk").filter(pk__gt=together[-1].pk)


class Words:
    """Some words, the rows that hang on them, and the events that tell of them.

    Rows are found by the word or the suggestion that they belong to. Each list is in order: rows by their keys,
    versions by number, events by their place in the chain.
    """

    def __init__(self, terms: Sequence[Term], told: Told) -> None:
        self.told, self._terms = told, terms
        ids = [term.pk for term in terms]
        self._read_texts(ids)
        self._read_what_was_said(ids)
        self._read_projections(ids)
        self._read_events(ids)

    def _read_texts(self, ids: list[int]) -> None:
        """Suggestions and versions with all that was signed."""
        self.proposals = _by("term_id", Proposal.objects.filter(term__in=ids).order_by("pk"))
        texts = list(Revision.objects.filter(proposal__term__in=ids).select_related("base").order_by("number"))
        self.revisions = _by("proposal_id", texts)
        self.sign_offs = _by_proposal(SignOff.objects.filter(revision__proposal__term__in=ids))
        self.objections = _by_proposal(Objection.objects.filter(revision__proposal__term__in=ids))
        self.reports = _by_proposal(ImpactReport.objects.filter(revision__proposal__term__in=ids))
        uploads = ImpactUpload.objects.filter(proposal__term__in=ids)
        self.with_records = set(uploads.values_list("proposal_id", flat=True))
        versions = Version.objects.filter(term__in=ids).select_related("term", "proposal", "revision__base")
        self.versions = _by("term_id", versions.defer("revision__text"))
        read = {text.pk: text for text in texts}
        for version in chain.from_iterable(self.versions.values()):
            version.revision = read.get(version.revision_id, version.revision)

    def _read_what_was_said(self, ids: list[int]) -> None:
        self.comments = _by("term_id", Comment.objects.filter(term__in=ids).order_by("pk"))
        of_versions = {"version__term__in": ids}
        self.reaffirmations = _by_term(Reaffirmation.objects.filter(**of_versions).select_related("version"))
        self.renewals = _by_term(Renewal.objects.filter(**of_versions).select_related("version"))
        concerns = Concern.objects.filter(term__in=ids).select_related("version")
        self.concerns = _by("term_id", concerns.order_by("pk"))
        answers = ConcernAnswer.objects.filter(concern__term__in=ids).select_related("concern")
        self.answers = _by("concern.term_id", answers.order_by("pk"))
        rulings = Ruling.objects.filter(proposal__term__in=ids).select_related("proposal", "revision")
        self.rulings = _by("proposal.term_id", rulings.defer("revision__text").order_by("pk"))

    def _read_projections(self, ids: list[int]) -> None:
        self.claims = _by("term_id", NameClaim.objects.filter(term__in=ids))
        self.in_force = _by("term_id", InForce.objects.filter(term__in=ids))
        self.names = _by("term_id", Name.objects.filter(term__in=ids))
        self.criteria = _by("term_id", CriterionInForce.objects.filter(term__in=ids))
        self.mappings = _by("term_id", MappingInForce.objects.filter(term__in=ids))
        self.likenesses = _by("term_id", NameLikeness.objects.filter(term__in=ids))
        self.search_entries = _by("term_id", SearchEntry.objects.filter(term__in=ids))

    def _read_events(self, ids: list[int]) -> None:
        self._events: dict[int, Event] = {}
        self._salts: dict[tuple[int, str], str] = {}
        self._take(Event.objects.filter(term__in=ids), Salt.objects.filter(event__term__in=ids))
        # Those that name another word than their suggestion does, or than the row they tell of: nobody writes such.
        astray = Event.objects.filter(proposal__term__in=ids).exclude(term=models.F("proposal__term"))
        seqs = {*astray.values_list("seq", flat=True), *self._told_of()} - self._events.keys()
        if seqs:
            self._take(Event.objects.filter(seq__in=seqs), Salt.objects.filter(event__in=seqs))
        events = [self._events[seq] for seq in sorted(self._events)]
        self.by_term = _by("term_id", events)
        self.by_proposal = _by("proposal_id", events)
        self.published = {
            (event.term_id, event.facts["version"]): event
            for event in events
            if event.kind == "version.published" and event.term_id and event.proposal_id
        }
        self.renewed = {
            (event.term_id, event.facts["version"], event.facts["round"]): event
            for event in events
            if event.kind == "version.reaffirmed"
        }

    def _take(self, events: models.QuerySet[Event], salts: models.QuerySet[Salt]) -> None:
        """Keep the events that were walked and found sound, and their salts."""
        known = events.filter(seq__lte=self.told.seq)
        self._events |= {event.seq: event for event in known if event.seq not in self.told.damaged}
        self._salts |= {(event, field): salt for event, field, salt in salts.values_list("event_id", "field", "salt")}

    def _told_of(self) -> Iterator[int]:
        """Where the chain tells of the rows that it names by their keys."""
        rows: dict[str, Mapping[int, Iterable[models.Model]]] = {
            "sign_off": self.sign_offs,
            "objection": self.objections,
            "comment": self.comments,
            "reaffirmation": self.reaffirmations,
            "concern": self.concerns,
            "answer": self.answers,
            "ruling": self.rulings,
        }
        for what, by in rows.items():
            for row in chain.from_iterable(by.values()):
                yield from self.told.places[what].of(row.pk)

    def one(self, what: str, row: int, *kinds: str) -> Event | None:
        """The newest event of these kinds that tells of the row."""
        places = self.told.places[what].of(row)
        return last((self._events[seq] for seq in places if seq in self._events), *kinds)

    def is_text(self, event: Event | None, field: str, text: str) -> bool:
        """Whether a free text is the one of which the event holds the salted hash."""
        hashed = event.facts.get(f"{field}_hash") if event else None
        if event is None or hashed is None:
            return not text
        salt = self._salts.get((event.seq, field))
        return salt is not None and text_hash(salt, text) == hashed

    def are_sound(self, term: Term) -> bool:
        """Whether every text that the projections of the word are made from is the one that was signed."""
        versions = self.versions[term.pk]
        return all(map(self.is_sound, versions)) and not any(
            version.content.references() & self._damaged_names for version in versions
        )

    def is_sound(self, version: Version) -> bool:
        """Whether text and seats are those that the event names: what was damaged cannot be read any further."""
        return version.pk in self._sound

    @cached_property
    def _sound(self) -> set[int]:
        return {version.pk for version in chain.from_iterable(self.versions.values()) if self._is_sound(version)}

    def _is_sound(self, version: Version) -> bool:
        event = self.published.get((version.term_id, version.number))
        kept = (digest_of(version.revision.text), digest_of(version.seats))
        return event is not None and kept == (event.facts["digest"], event.facts["seats_digest"])

    @cached_property
    def called(self) -> Called:
        """What the words that the texts link to were called when."""
        versions = [v for v in chain.from_iterable(self.versions.values()) if self.is_sound(v)]
        slugs = frozenset[str]().union(*(version.content.references() for version in versions))
        return Called(slugs)

    @cached_property
    def _damaged_names(self) -> set[str]:
        versions = self.called.versions
        return {v.term.slug for v in versions if v.digest != digest_of(v.revision.text)}

    def search_words(self, term: Term) -> dict[str, bool]:
        """The words of all texts of the word, as they should be known."""
        return self._search_words[term.pk]

    @cached_property
    def _search_words(self) -> dict[int, dict[str, bool]]:
        return {term.pk: search_words(self.versions[term.pk]) for term in self._terms if self.are_sound(term)}

    @cached_property
    def known_words(self) -> dict[str, SearchWord]:
        """Those of them that are known."""
        wanted = set().union(*self._search_words.values())
        return SearchWord.objects.in_bulk(wanted, field_name="word")

    @cached_property
    def keys_of_words(self) -> dict[str, list[WordLikeness]]:
        """By which keys those of them are found."""
        kept = WordLikeness.objects.filter(word__in=[word.pk for word in self.known_words.values()])
        return _by("word.word", kept.select_related("word"))


def _by(place: str, rows: Iterable[Row]) -> dict[Any, list[Row]]:
    """The rows by one of their columns, or of one of the rows that they belong to; each list in the same order."""
    key, found = attrgetter(place), defaultdict[Any, list[Row]](list)
    for row in rows:
        found[key(row)].append(row)
    return found


def _by_proposal(rows: models.QuerySet[Row]) -> dict[Any, list[Row]]:
    return _by("revision.proposal_id", rows.select_related("revision").defer("revision__text").order_by("pk"))


def _by_term(rows: models.QuerySet[Row]) -> dict[Any, list[Row]]:
    return _by("version.term_id", rows.order_by("pk"))
