"""Which words a new name is easily taken for: few are compared, and none is missed."""

import random
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from glossary.domain.content import parse
from glossary.domain.names import fold, similar
from glossary.models import NameLikeness, Namespace, Term
from glossary.policy.readiness import Draft, readiness_of
from glossary.rendering.projections import name_likenesses
from tests.domain.test_slips import real_looking_names
from tests.world import acting, draft_content

pytestmark = pytest.mark.django_db

WORDS = 3_000


def written_down(names: dict[str, str], people: SimpleNamespace, **about: Any) -> list[Term]:
    """Words that nobody has written a text for, by their folded names."""
    about |= {"raised_by": acting(people.rep).user, "raised_at": timezone.now()}
    terms = Term.objects.bulk_create(
        Term(slug=f"{folded}-{number}", name=name, folded=folded, **about)
        for number, (folded, name) in enumerate(names.items())
    )
    NameLikeness.objects.bulk_create(name_likenesses(terms))
    return terms


@pytest.fixture
def registry(people: SimpleNamespace) -> list[Term]:
    return written_down({fold(name): name for name in real_looking_names(WORDS, seed=1)}, people)


def warned_of(name: str) -> list[str]:
    """The messages about names that this one is easily taken for."""
    content = parse(draft_content(name), sides=("sales", "marketing"))
    found = readiness_of(Draft(content=content), timezone.now()).warnings
    return [finding.message for finding in found if finding.code == "near_duplicate"]


def plainly(name: str, registry: list[Term]) -> list[str]:
    return [
        f"“{name}” is easily taken for “{term.name}” ({term.slug})." for term in registry if similar(name, term.name)
    ]


@pytest.mark.any_engine
def test_a_name_is_measured_against_every_other_one(registry: list[Term]) -> None:
    chance = random.Random(2)
    asked = [*chance.sample([term.name for term in registry], 12), *real_looking_names(12, seed=3)]
    met = 0
    for name in asked:
        expected = plainly(name, registry)
        assert warned_of(name) == expected
        met += len(expected)
    assert met > 10, "some of the names have others like them"


def test_only_names_of_the_same_namespace_are_like_one(people: SimpleNamespace) -> None:
    written_down({"campaign": "Campaign"}, people, namespace=Namespace.RECORD_TYPE)
    written_down({"funnel": "Funnel"}, people)
    assert warned_of("Campagne") == []
    assert warned_of("Funnle") == ["“Funnle” is easily taken for “Funnel” (funnel-0)."]


def test_few_names_are_compared(registry: list[Term]) -> None:
    name = "Marketing Qualified Lead"
    with CaptureQueriesContext(connection) as asked:
        warned_of(name)
    (question,) = [each["sql"] for each in asked if "glossary_namelikeness" in each["sql"]]
    with connection.cursor() as cursor:
        cursor.execute(question)
        assert len(cursor.fetchall()) < WORDS / 10
