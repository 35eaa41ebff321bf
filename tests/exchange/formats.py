"""Formats written from words that stand in no database."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from glossary.domain.content import Content
from glossary.exchange.formats import FORMATS
from glossary.exchange.source import Lasting, Source
from glossary.rendering.instants import iso

AT = datetime(2026, 11, 25, 12, tzinfo=UTC)
SITE = "https://words.example.com"
HOSTILE = [
    '=HYPERLINK("http://evil.example","x")',
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "'=already quoted",
    "''@twice",
    "{{ env_var('SECRET') }}",
    "{% enddocs %}{% docs accord_lead %}mine{% enddocs %}",
    "{%- raw -%}{{{{%%}}}}{# gone #}",
    "{{% a %}}{",
    '" . <http://evil.example> a <http://www.w3.org/2002/07/owl#Ontology> . "',
    '\\" . # end\\',
    "a\\u0022 . ",
    "!!python/object/apply:os.system ['id']",
    "&anchor *alias",
    "key: value # comment",
    "- item",
    "--- \n...\nnext: 1",
    "no",
    "null",
    "~",
    "0o17",
    "1e3",
    "12:30:45",
    "2027-05-17",
    "<!-- <script>alert(1)</script> -->",
    'a,"b";c\td',
    "line\u2028other\u2029last\x85end",
    "  lead",
    "\ufeffmark",
    "smile 😀 \U0010fffd",
    "not \uffff xml",
    "_x0041_",
]


def word(content: Content, *, slug: str = "", version: int = 1) -> dict[str, Any]:
    """The content as a version is served."""
    slug = slug or "word-" + "".join(letter for letter in content.name.lower() if letter.isascii() and letter.isalnum())
    return {
        "slug": slug,
        "url": f"/terms/{slug}/",
        **content.as_data(),
        "version": version,
        "digest": "ab" * 32,
        "definition_html": f"<p>{content.name}</p>",
        "in_force_from": iso(AT),
        "published_at": iso(AT),
        "signatures": [
            {"side": "sales", "name": "Sam Rivera", "at": iso(AT)},
            {"side": "marketing", "name": "=Mia()", "at": iso(AT)},
        ],
    }


def source(words: Iterable[dict[str, Any]]) -> Source:
    kept = list(words)
    bodies = [json.dumps(item, ensure_ascii=False, separators=(",", ":")) for item in kept]
    return Source(
        at=AT,
        site=SITE,
        language="en",
        sides=lambda: ["marketing", "sales"],
        bodies=lambda: iter(bodies),
        lasting=lambda: (Lasting(AT, AT + timedelta(days=1), body) for body in bodies),
        names=lambda: {item["slug"]: item["name"] for item in kept},
        concepts=lambda: {item["slug"]: item["name"] for item in kept if item["kind"] != "record_type"},
    )


def written(form: str, words: Iterable[dict[str, Any]]) -> bytes:
    """The whole file."""
    pieces = FORMATS[form].write(source(words))
    return b"".join(piece.encode() if isinstance(piece, str) else piece for piece in pieces)
