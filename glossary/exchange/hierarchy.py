"""How words stand above and beside each other, as SKOS wants it: what is above is never also beside (S27)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

ABOVE = ("broader", "part_of")  # SKOS Primer, 2.3.1: broader is also said of a whole
BESIDE = ("feeds", "precedes", "contrasts", "see_also")


class Hierarchy:
    """The links between words, each word known by its slug; links to words that are not there are left out."""

    def __init__(self, words: Iterable[Mapping[str, Any]], known: Mapping[str, str]) -> None:
        self._above: dict[str, list[str]] = defaultdict(list)
        self._below: dict[str, list[str]] = defaultdict(list)
        for word in words:
            for slug, relation in links_of(word, known):
                if relation in ABOVE:
                    self._add(word["slug"], slug)
                elif relation == "narrower":
                    self._add(slug, word["slug"])

    def _add(self, lower: str, higher: str) -> None:
        if higher not in self._above[lower]:
            self._above[lower].append(higher)
            self._below[higher].append(lower)

    def above(self, slug: str) -> list[str]:
        return self._above.get(slug, [])

    def below(self, slug: str) -> list[str]:
        return self._below.get(slug, [])

    def is_on_the_way_up(self, slug: str, other: str) -> bool:
        """Whether `other` is above the word, directly or over others."""
        seen, ahead = {slug}, [slug]
        while ahead:
            for higher in self.above(ahead.pop()):
                if higher == other:
                    return True
                if higher not in seen:
                    seen.add(higher)
                    ahead.append(higher)
        return False

    def may_stand_beside(self, slug: str, other: str) -> bool:
        return not (self.is_on_the_way_up(slug, other) or self.is_on_the_way_up(other, slug))


def links_of(word: Mapping[str, Any], known: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The other words that this one names as related, with the relation."""
    for item in word.get("related", ()):
        if item["term"] in known and item["term"] != word["slug"]:
            yield item["term"], item["relation"]
