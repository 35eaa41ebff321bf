"""Whatever is typed into a question is a name that nobody uses, or is refused in words; it never breaks anything."""

import json
import string
import unicodedata
from types import SimpleNamespace
from urllib.parse import quote

import pytest

from tests.api.callers import Caller, code, tool
from tests.reading import reading_only
from tests.world import Desk

pytestmark = pytest.mark.django_db

MARKS = [chr(point) for point in range(0x3100) if unicodedata.category(chr(point))[0] in "PS"]
OPERATORS = [
    *(
        "AND",
        "OR",
        "NOT",
        "NEAR",
        "NEAR(a b, 5)",
        "campaign AND",
        "NOT campaign",
        "a NEAR/3 b",
        "name:campaign",
        "^campaign",
    ),
    *(
        "campaign*",
        "*",
        "**",
        "camp*ign",
        '"campaign',
        '"campaign"',
        '""',
        '"',
        "'",
        "''",
        "campaign' OR '1'='1",
        "{a b}",
    ),
    *(
        "campaign & audience",
        "campaign | !audience",
        "a <-> b",
        "a:*",
        "!",
        "!!",
        "()",
        "(",
        ")",
        "a)(b",
        "<2>",
        "-campaign",
    ),
    *(
        "%",
        "%%",
        "%campaign%",
        "_",
        "c_mpaign",
        "\\",
        "\\\\",
        "\\%",
        "campaign\\",
        "\\'",
        "E'\\x00'",
        "$$a$$",
        "$1",
        "%s",
        "%(a)s",
    ),
    *(
        "'; DROP TABLE glossary_term; --",
        "/*",
        "*/",
        "--",
        ";",
        "{}",
        "{0}",
        "${x}",
        "{{ x }}",
        "../../etc/passwd",
        "[[campaign]]",
    ),
    *(
        "<script>alert(1)</script>",
        "&lt;",
        "=1+1",
        "+",
        "0x41",
        "1e400",
        "-0",
        "null",
        "true",
        "NaN",
        "[]",
        "a" * 199,
        "a" * 201,
    ),
]
SCRIPTS = [
    *(
        "квартальный план",
        "四半期のパイプライン",
        "파이프라인",
        "خط الأنابيب",
        "צנרת",
        "पाइपलाइन",
        "ท่อ",
        "ψηφίο",
        "ჩემპიონი",
        "ᎣᏏᏲ",
    ),
    *(
        "🦓",
        "👩‍👩‍👧‍👦",
        "🇺🇦",
        "Ｍ🆀Ｌ",
        "e\u0301" * 50,
        "Z\u0351\u036b" + "\u0343" * 150,
        "\u202ecampaign\u202c",
        "\u2066campaign\u2069",
    ),
    *(
        "\u200b",
        "\ufeffcampaign",
        "\u0000",
        "campaign\u0000",
        "\u0001\u001f\u007f\u0085",
        "\u2028",
        "\U0010ffff",
        "\ufffe",
        "\ue000",
    ),
    *("ﷺ" * 190, "ß" * 190, "İ" * 190, "\u1e9e\ufb03" * 90, "ὈΔΥΣΣΕΎΣ", "ſ", "\u3164", "\u115f", " \t\r\n\u3000 "),
]
LONG = [
    "x" * 10_000,
    "%" * 60_000,  # beyond what SQLite takes as a pattern
    "(" * 10_000,
    '"' * 9_999,
    "a " * 5_000,
    "* " * 5_000,
    "é" * 5_000,
    "🦓" * 2_500,
    "a\u0301" * 5_000,
]
PUNCTUATION = [*string.punctuation, string.punctuation, *(f"a{mark}b" for mark in string.punctuation)]
TYPED = [*OPERATORS, *SCRIPTS, *LONG, *PUNCTUATION, *MARKS[len(string.punctuation) :: 25]]

# What is no text at all when it arrives: broken percent signs, bytes that are no UTF-8, halves of characters.
BROKEN = [
    "%",
    "%%",
    "%z",
    "%zz",
    "%u0041",
    "%0",
    "%00",
    "%ff",
    "%fe%ff",
    "%c0%80",
    "%ed%a0%80",
    "%f4%90%80%80",
    "a%80b",
    "+%",
    "&&&",
    "=",
]


@pytest.fixture
def reader(desk: Desk, people: SimpleNamespace) -> Caller:
    desk.publish("Campaign", aliases=["push & pull", "100 %", "C#"], abbreviations=["C/A"])
    return tool(people.ada, "read")


QUESTIONS = ["lookup?name=", "terms/?q=", "search?q=", "suggest?q="]


@pytest.mark.parametrize("question", QUESTIONS)
def test_anything_typed_has_an_answer(reader: Caller, question: str) -> None:
    with reading_only():
        for typed in TYPED:
            answer = reader.get(f"{question}{quote(typed)}")
            assert answer.status_code in (200, 404, 422), (typed[:80], answer.status_code)
            if answer.status_code != 200:
                assert code(answer)[1] in ("not_found", "invalid"), typed[:80]


@pytest.mark.parametrize("question", QUESTIONS)
def test_what_arrives_broken_has_an_answer(reader: Caller, question: str) -> None:
    for broken in BROKEN:
        assert reader.get(f"{question}{broken}").status_code in (200, 404, 422), broken


def test_anything_typed_may_be_asked_in_bulk(reader: Caller) -> None:
    asked = [*TYPED, *MARKS, *(f"a{mark}b" for mark in MARKS)]
    for start in range(0, len(asked), 1_000):
        names = asked[start : start + 1_000]
        answer = reader.post("lookup", {"names": names})
        assert answer.status_code == 200
        assert [result["query"] for result in answer.json()["results"]] == names


def test_half_a_character_in_a_body_is_refused(reader: Caller) -> None:
    for half in (b'"\\ud800"', b'"\\udfff a"', b'"\\udc00\\ud800"'):
        assert code(reader.post("lookup", b'{"names": [' + half + b"]}")) == (422, "invalid")
        assert code(reader.post("lookup", b'{"names": ["a"], ' + half + b": 1}")) == (422, "invalid")
    whole = reader.post("lookup", b'{"names": ["\\ud83e\\udd93"]}')
    assert json.loads(whole.content)["results"] == [{"query": "🦓", "matches": []}]


def test_a_name_with_signs_in_it_is_found_by_them(reader: Caller) -> None:
    for typed in ("push & pull", "PUSH&PULL", "100 %", "100%", "c#", "C/A"):
        assert reader.get(f"lookup?name={quote(typed)}").status_code == 200, typed
    for typed in ("c", "100", "%", "1_0 %", "c%"):
        assert code(reader.get(f"lookup?name={quote(typed)}")) == (404, "not_found"), typed


def test_a_sign_in_a_filter_stands_for_itself_alone(reader: Caller, desk: Desk) -> None:
    desk.publish("Pipeline")
    named = {
        typed: len(reader.get(f"terms/?q={quote(typed)}").json()["results"]) for typed in ("%", "_", "100 %", "\\")
    }
    assert named == {"%": 1, "_": 0, "100 %": 1, "\\": 0}
