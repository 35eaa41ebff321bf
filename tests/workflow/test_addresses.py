"""A word's address: made from its first name, fixed, and never another word's."""

from types import SimpleNamespace

import pytest

from glossary import workflow
from tests.unchanged import refused
from tests.world import Desk, acting

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "address"),
    [("Buyer’s Journey", "buyers-journey"), ("Café Event", "cafe-event"), ("Lead-to-Revenue", "lead-to-revenue")],
)
def test_a_name_makes_its_address(people: SimpleNamespace, name: str, address: str) -> None:
    assert workflow.raise_word(name, by=acting(people.rep)).slug == address


@pytest.mark.parametrize("name", ["商談", "Term 12", "Record Lead"])
def test_a_name_without_an_address_of_its_own_gets_a_number(people: SimpleNamespace, name: str) -> None:
    term = workflow.raise_word(name, by=acting(people.rep))
    assert term.slug == f"term-{term.pk}"


def test_two_names_with_one_address_are_told_apart(people: SimpleNamespace) -> None:
    first = workflow.raise_word("C", by=acting(people.rep))
    second = workflow.raise_word("C++", by=acting(people.rep))
    assert (first.slug, second.slug) == ("c", f"term-{second.pk}")


def test_a_record_type_and_a_word_may_share_a_name(people: SimpleNamespace, desk: Desk) -> None:
    word = desk.open("Lead")
    record = desk.open("Lead", kind="record_type", key="lead")
    assert (word.term.slug, record.term.slug) == ("lead", "record-lead")


def test_a_name_that_would_keep_the_registry_busy_for_minutes_is_refused_at_once(people: SimpleNamespace) -> None:
    heaped = "a" + "\u0301\u0316" * 500_000  # putting so many accents in order is quadratic
    with refused("invalid"):
        workflow.raise_word(heaped, by=acting(people.rep))
    with refused("invalid"):
        workflow.raise_word("a" + "\u0301" * 31, by=acting(people.rep))
