"""People type words, and the agreed texts that hold them are found. The same on both engines."""

import re
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from glossary import lookup, workflow
from glossary.domain.refusals import Refusal
from glossary.ledger.verifying import verify
from glossary.lookup import Rank, Results
from glossary.models import InForce, SearchEntry, SearchWord
from tests.patience import within
from tests.reading import counted, reading_only
from tests.world import Desk

pytestmark = pytest.mark.django_db


def results(query: str, at: Any = None, **filters: Any) -> Results:
    with reading_only():
        return lookup.search(query, at=at or timezone.now(), **filters)


def found(query: str, at: Any = None, **filters: Any) -> list[str]:
    """The slugs in order."""
    return [hit.served["slug"] for hit in results(query, at, **filters).hits]


def ranks(query: str) -> list[tuple[str, Rank, str]]:
    return [(hit.served["slug"], hit.rank, hit.place) for hit in results(query).hits]


def marked(query: str) -> list[str]:
    """What is marked in the first hit."""
    return [piece.text for piece in results(query).hits[0].pieces if piece.is_match]


def shown(query: str) -> str:
    return "".join(piece.text for piece in results(query).hits[0].pieces)


# The order


def test_the_nearer_the_word_is_to_the_name_the_higher_it_stands(desk: Desk) -> None:
    desk.publish("Elsewhere", examples=["a signal that nobody expected"])
    desk.publish("Oftener", examples=["a signal", "one more signal", "signals again"])
    desk.publish("Summed Up", summary="strong signal of a wish to buy")
    desk.publish("Hint", aliases=["buying signal"])
    desk.publish("Intent Signal")
    desk.publish("Wink", aliases=["Signal!"])
    desk.publish("Signal Strength")
    desk.publish("Signal")
    assert ranks("signal") == [
        ("signal", Rank.NAME, "name"),
        ("signal-strength", Rank.BEGINNING_OF_NAME, "name"),
        ("wink", Rank.ALIAS, "alias"),
        ("intent-signal", Rank.WORDS_OF_NAME, "name"),
        ("hint", Rank.WORDS_OF_ALIAS, "alias"),
        ("summed-up", Rank.SUMMARY, "summary"),
        ("oftener", Rank.OFTEN, "examples"),
        ("elsewhere", Rank.ANYWHERE, "examples"),
    ]


def test_an_abbreviation_comes_before_texts_that_mention_it(desk: Desk) -> None:
    desk.publish("Hand-over", summary="moment at which an MQL changes hands")
    desk.publish("Marketing Qualified Lead", abbreviations=["MQL"])
    assert ranks("mql")[0] == ("marketing-qualified-lead", Rank.ALIAS, "abbreviation")
    assert found("mql") == ["marketing-qualified-lead", "hand-over"]


def test_among_equals_the_shorter_name_comes_first(desk: Desk) -> None:
    for name in ("Lead Scoring Model", "Lead Score", "Lead Age"):
        desk.publish(name)
    assert found("lead") == ["lead-age", "lead-score", "lead-scoring-model"]


def test_where_not_all_are_shown_those_with_short_names_are(desk: Desk) -> None:
    for name in ("Quarterly Plan", "Yearly Plan", "Offer", "Deal", "Visit"):
        desk.publish(name, summary="thing that touches a newsletter")
    answer = lookup.search("newsletter", at=timezone.now(), limit=2)
    assert [hit.served["slug"] for hit in answer.hits] == ["deal", "offer"]
    assert found("newsletter") == ["deal", "offer", "visit", "yearly-plan", "quarterly-plan"]


# What is met


def test_every_form_of_a_word_is_met(desk: Desk) -> None:
    desk.publish("Talks", definition="What **Negotiations** of [[talks|our buyers]] are about, sales/marketing alike.")
    for query in ("negotiation", "négotiation", "NEGOTIATIONS", "negotiating buyers", "buyer’s", "marketing alike"):
        assert found(query) == ["talks"], query


def test_every_word_has_to_be_met_but_need_not_stand_in_one_place(desk: Desk) -> None:
    desk.publish("Campaign", examples=["the spring newsletter"], excludes=["a single webinar"])
    assert found("newsletter webinar campaign") == ["campaign"]
    assert found("newsletter fair") == []


def test_a_question_is_searched_for_what_it_asks(desk: Desk) -> None:
    desk.publish("Marketing Qualified Lead", abbreviations=["MQL"])
    assert found("What is an MQL?") == ["marketing-qualified-lead"]


def test_the_beginning_of_a_word_is_enough(desk: Desk) -> None:
    desk.publish("Marketing Attribution")
    assert found("marketing attr") == ["marketing-attribution"]
    assert found("attrib") == ["marketing-attribution"]


@pytest.mark.parametrize("typed", ["campagin", "camapign", "cmpaign", "camppaigns", "kampaing", "xampaign"])
def test_a_slip_of_the_pen_of_two_letters_is_forgiven(typed: str, desk: Desk) -> None:
    desk.publish("Spring Campaign")
    answer = results(f"spring {typed}")
    assert [hit.served["slug"] for hit in answer.hits] == ["spring-campaign"]
    assert answer.read_as == "spring campaign"


def test_a_slip_in_a_word_of_a_text_is_forgiven_too(desk: Desk) -> None:
    desk.publish("Campaign", examples=["the spring newsletter"])
    answer = results("newsleter")
    assert [hit.served["slug"] for hit in answer.hits] == ["campaign"]
    assert answer.read_as == "newsletter"


def test_what_begins_a_word_of_a_name_is_no_slip_though_a_text_has_it(desk: Desk) -> None:
    desk.publish("Attribution Model", examples=["an attr of the record", "attract"])
    desk.publish("Attribution Weight")
    assert found("weight attr") == ["attribution-weight"]


def test_what_was_typed_right_is_not_taken_for_a_slip(desk: Desk) -> None:
    desk.publish("Form")
    desk.publish("Farm")
    assert found("form") == ["form"]
    assert results("form").read_as == ""
    desk.publish("Sales Qualified Lead", abbreviations=["SQL"])
    assert found("MQL") == []


def test_where_nothing_is_found_the_nearest_names_are_said(desk: Desk) -> None:
    desk.publish("Go-to-Market")
    assert results("gotomarkt").suggestions == [("go-to-market", "Go-to-Market")]
    assert results("quarterly numbers").hits == []


def test_words_of_other_scripts_are_met(desk: Desk) -> None:
    desk.publish("Выручка", examples=["見込み客の育成", "ग्राहक यात्रा"])
    (slug,) = found("выручка")
    for query in ("見込み客", "यात्रा", "ВЫРУЧКА"):
        assert found(query) == [slug], query


# Time, status, kind


def test_an_upcoming_text_is_found_once_it_is_in_force_and_not_before(desk: Desk) -> None:
    desk.publish("Campaign", examples=["the spring newsletter"])
    later = timezone.now() + timedelta(days=30)
    desk.publish("Campaign", term="campaign", examples=["an autumn fair"], effective_from=later)
    assert (found("newsletter"), found("autumn fair")) == (["campaign"], [])
    assert (found("newsletter", later), found("autumn fair", later)) == ([], ["campaign"])
    assert found("autumn fair", later - timedelta(microseconds=1)) == []


def test_what_is_only_suggested_is_not_found(desk: Desk) -> None:
    desk.submit("Dark Funnel", examples=["word of mouth"])
    assert found("dark funnel") == found("word of mouth") == []


def test_a_renamed_word_is_found_under_both_names(desk: Desk) -> None:
    desk.publish("Dark Funnel")
    desk.publish("Hidden Demand", term="dark-funnel")
    assert ranks("dark funnel") == [("dark-funnel", Rank.ALIAS, "former_name")]
    assert ranks("hidden demand") == [("dark-funnel", Rank.NAME, "name")]


def test_a_word_to_avoid_is_found_with_its_status(desk: Desk) -> None:
    desk.publish("Campaign")
    desk.publish("Blast", status="discouraged", replaced_by="campaign")
    (hit,) = results("blast").hits
    assert (hit.served["status"], hit.served["replaced_by"]) == ("discouraged", "campaign")


def test_filters_narrow_what_is_found(desk: Desk) -> None:
    desk.publish("Reply Rate", kind="metric", owner_side="sales")
    desk.publish("Reply", owner_side="marketing")
    desk.publish("Old Reply", status="retired", status_reason="Nobody says it.")
    assert found("reply") == ["reply", "reply-rate", "old-reply"]
    assert found("reply", kind="metric") == found("reply", owner_side="sales") == ["reply-rate"]
    assert found("reply", status="agreed") == ["reply", "reply-rate"]
    assert found("reply", kind="metric", owner_side="marketing") == []
    assert found("reply", owner_side="no such side") == []


def test_record_types_are_found_only_when_asked_for(desk: Desk) -> None:
    desk.publish("Contact", kind="record_type", key="contact", fields={"email": {"type": "string", "source": "CRM"}})
    assert found("contact") == []
    assert found("contact", kind="record_type") == ["record-contact"]


# Snippets


def test_what_was_met_is_marked_and_the_rest_is_left_as_it_is(desk: Desk) -> None:
    desk.publish("Talks", definition="Some <b>bold</b> words & **negotiations** with the buyer.")
    assert shown("negotiating") == "Some <b>bold</b> words & negotiations with the buyer."
    assert marked("negotiating buyers") == ["negotiations", "buyer"]


def test_a_long_text_is_cut_around_what_was_met(desk: Desk) -> None:
    desk.publish("Talks", definition=f"{'before ' * 100}the newsletter{' after' * 100}")
    said = shown("newsletter")
    assert said.startswith("… before") and said.endswith("after …") and "newsletter" in said
    assert len(said) < 220
    assert marked("newsletter") == ["newsletter"]


def test_a_text_without_spaces_is_cut_as_well(desk: Desk) -> None:
    desk.publish("Talks", definition="見込み" * 300)
    assert len(shown("見込")) <= 210


# As you type


def test_names_are_suggested_from_their_beginnings(desk: Desk) -> None:
    desk.publish("Marketing Qualified Lead", abbreviations=["MQL"])
    desk.publish("Market Share")
    desk.publish("Café Lead")
    with counted() as statements:
        suggested = lookup.suggest("mark", at=timezone.now())
    assert [(each.slug, each.text) for each in suggested] == [
        ("marketing-qualified-lead", "Marketing Qualified Lead"),
        ("market-share", "Market Share"),
    ]
    assert len(statements) == 1
    assert [each.text for each in lookup.suggest("MQ", at=timezone.now())] == ["MQL"]
    assert [each.slug for each in lookup.suggest("cafe", at=timezone.now())] == ["cafe-lead"]


def test_a_name_that_begins_so_comes_before_what_else_does(desk: Desk) -> None:
    desk.publish("Demand Generation", aliases=["Market education"], abbreviations=["MARKE"])
    desk.publish("Marketing Qualified Lead")
    assert _suggested("mar") == ["Marketing Qualified Lead", "MARKE"]


def test_what_is_called_just_so_comes_before_a_name_that_begins_so(desk: Desk) -> None:
    desk.publish("Sales Accepted Lead", abbreviations=["SAL"])
    desk.publish("Sales Cycle")
    assert _suggested("sal") == ["SAL", "Sales Cycle"]
    assert _suggested("sale") == ["Sales Accepted Lead", "Sales Cycle"]


def test_a_crowd_of_aliases_hides_no_name(desk: Desk) -> None:
    for number in range(3):
        desk.publish(f"Word {number}", aliases=[f"Market {letter * 4}{number}" for letter in "abcdefghij"])
    desk.publish("Market Zone")
    assert _suggested("market") == ["Market Zone", *[f"Market aaaa{number}" for number in range(3)]]


def _suggested(beginning: str) -> list[str]:
    return [each.text for each in lookup.suggest(beginning, at=timezone.now())]


def test_suggesting_reads_a_range_of_the_index(desk: Desk) -> None:
    desk.publish("Campaign")
    with counted() as statements:
        lookup.suggest("camp", at=timezone.now())
    plan = _plan(statements[0].replace("%s", "{}"))
    assert "SCAN glossary_name" not in plan and "Seq Scan on glossary_name" not in plan
    assert re.search("COVERING INDEX names_by_key|Index Only Scan using names_by_key", plan), "no row of names is read"


def _plan(sql: str) -> str:
    now = timezone.now()
    values = ["camp", "camp", "camp\U0010ffff", *[now] * 3]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        explain = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
        cursor.execute(f"{explain} {sql.replace('{}', '%s')}", values)
        return "\n".join(str(row) for row in cursor.fetchall())


@pytest.mark.parametrize("typed", ["", " ", "-", "\x00", "%", "_", "x" * 10_000, "\U0010ffff", "'\"*"])
def test_what_is_no_beginning_suggests_nothing(typed: str, desk: Desk) -> None:
    desk.publish("Campaign")
    assert lookup.suggest(typed, at=timezone.now()) == []


# What people type by accident, or on purpose

HOSTILE = [
    'a"b',
    '"',
    "'",
    "*",
    "camp*",
    "^campaign",
    "name:campaign",
    "lexemes : x",
    "campaign AND",
    "AND OR NOT NEAR",
    "NEAR(a b, 5)",
    "(campaign",
    "campaign)",
    "campaign & | ! <->",
    "campaign:*",
    "campaign:A",
    "{campaign}",
    "-campaign",
    "+campaign",
    "\\",
    "campaign\\",
    "'; DROP TABLE glossary_version; --",
    "%s %(x)s {} {0}",
    "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
    "‘’“”–—…«»¿¡§¶•",
    "\u202e\u200b\ufeff",
    "見込み客",
    "مرحبا",
    "שלום",
    "हिन्दी",
    "🙂 👨‍👩‍👧",
    "½ ㎏ ﬁ Ⅳ",
    "e\u0301" * 60,
    "\ud7ff\ue000\ufdd0\U0010fffe",
    "<script>alert(1)</script>",
    "[[campaign]]",
    "a " * 100,
    "q" * 200,
    "\t\n\r\x0b\x1f\x7f\x85x",
]


@pytest.mark.parametrize("query", HOSTILE)
def test_nothing_that_is_typed_is_read_as_an_operator(query: str, desk: Desk) -> None:
    desk.publish("Campaign", examples=["name a b x and or not near script alert"])
    with within(20):
        answer = results(query)
    assert len(answer.hits) <= 1


def test_operators_are_words_like_any_other(desk: Desk) -> None:
    desk.publish("Campaign", examples=["Sales OR marketing, and NOT both"])
    desk.publish("Near Miss")
    assert found("not OR and") == ["campaign"]
    assert found("NEAR") == ["near-miss"]
    assert found("campaign OR miss") == []


@pytest.mark.parametrize("query", ["", "  ", "\x00", "a\x00b", "x" * 201, "x" * 10_000])
def test_what_is_no_search_is_refused_in_words(query: str) -> None:
    with pytest.raises(Refusal) as caught:
        lookup.search(query, at=timezone.now())
    assert (caught.value.code, caught.value.errors[0]["path"]) == ("invalid", "q")


@pytest.mark.parametrize("filters", [{"kind": "animal"}, {"status": "wanted"}])
def test_a_filter_that_does_not_exist_is_refused(filters: dict[str, str]) -> None:
    with pytest.raises(Refusal):
        lookup.search("campaign", at=timezone.now(), **filters)


# Cost


def test_the_number_of_questions_does_not_grow_with_what_is_found(desk: Desk) -> None:
    desk.publish("Campaign", examples=["a signal"])
    assert _questions("signal") == 4
    for name in ("Forecast", "Pipeline", "Quota"):
        desk.publish(name, examples=["a signal"])
    assert _questions("signal") == 4
    assert max(map(_questions, ("sgnal strenght qaulity", "campagin forcast", "forcast quoat"))) <= 25


def _questions(query: str) -> int:
    with counted() as statements:
        lookup.search(query, at=timezone.now())
    return len(statements)


# What is kept


def test_the_index_is_a_projection_that_verify_compares_and_rebuild_remakes(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.publish("Campaign", examples=["the spring newsletter"])
    desk.publish("Campaign", term="campaign", examples=["an autumn fair"])
    assert SearchEntry.objects.count() == 1, "what a newer text superseded is asked for no more"
    assert list(verify()) == []
    SearchEntry.objects.filter(version__number=2).update(lexemes="5newslett")
    assert found("newsletter") == ["campaign"]
    assert [(fault.term, fault.row) for fault in verify()] == [("campaign", "search")]
    call_command("rebuild")
    assert found("newsletter") == [] and found("fair") == ["campaign"]
    SearchWord.objects.all().delete()
    SearchEntry.objects.all().delete()
    assert found("fair") == []
    assert [(fault.term, fault.row) for fault in verify()] == [("campaign", "search")]
    workflow.rebuild()
    assert found("autumm fair") == ["campaign"] or found("campagin") == ["campaign"]
    assert list(verify()) == []


def test_an_index_that_differs_from_its_table_is_seen_and_mended(desk: Desk) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL derives the column by itself")
    desk.publish("Campaign", examples=["the spring newsletter"])
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO glossary_searchentry_words(glossary_searchentry_words) VALUES ('delete-all')")
    assert found("newsletter") == []
    assert [fault.row for fault in verify()] == ["search"]
    workflow.rebuild()
    assert found("newsletter") == ["campaign"]
    assert list(verify()) == []


@pytest.mark.django_db(transaction=True)
def test_emptying_the_tables_empties_the_indexes(desk: Desk) -> None:
    from django.test.utils import override_settings

    from glossary.models.final import drop_guards

    desk.publish("Campaign", examples=["the spring newsletter"])
    assert found("newsletter") == ["campaign"]
    with override_settings():
        drop_guards(connection, only_emptying=True)
        call_command("flush", verbosity=0, interactive=False, reset_sequences=False)
    assert found("newsletter") == []
    assert not InForce.objects.exists()
    assert list(verify()) == []


def test_people_without_any_words_find_nothing(people: SimpleNamespace) -> None:
    assert found("campaign") == []
