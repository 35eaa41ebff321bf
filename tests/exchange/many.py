"""A vocabulary of any size, its rows written past the workflow: what two words say, under many names.

Every word links to others, has a criterion over one of many record types and explains a field of each CRM, so that each
format has as much to remember as it ever could.
"""

import json
from collections.abc import Mapping
from typing import Any

from django.db import connection, transaction

from glossary.models import CriterionInForce, InForce, Proposal, Revision, State, Term, Version
from glossary.models.final import drop_guards, install_guards
from tests.world import Desk

WORDS_OF_A_RECORD = 40
AT_ONCE = 500
_SAID = "A prospect counts once somebody of theirs has answered, and both teams have seen the answer. "
_FIELD = {"type": "string", "source": "CRM"}

Rows = tuple[Term, Proposal, Revision, Version, InForce, CriterionInForce | None]


class ManyWords:
    """Writes words in force, a fortieth of them record types, that say what two agreed ones say."""

    def __init__(self, desk: Desk) -> None:
        texts = {"definition": _SAID * 8, "why": _SAID * 4, "examples": [_SAID * 4] * 3}
        fields = {"email": _FIELD, "score": _FIELD}
        self._record = desk.publish("Record", kind="record_type", key="record", fields=fields)
        self._word = desk.publish("Word", aliases=["thing"], **texts)

    def write(self, numbers: range) -> None:
        """The words with these numbers."""
        drop_guards(connection)
        for start in range(0, len(numbers), AT_ONCE):
            some = numbers[start : start + AT_ONCE]
            _write([_rows(n, self._word if n % WORDS_OF_A_RECORD else self._record) for n in some])
        install_guards(connection)


def _write(rows: list[Rows]) -> None:
    with transaction.atomic():
        for some in zip(*rows, strict=True):
            there = [row for row in some if row is not None]
            type(there[0])._default_manager.bulk_create(there)


def _rows(number: int, like: Version) -> Rows:
    """One word that says what `like` says."""
    is_record, slug, at = not number % WORDS_OF_A_RECORD, f"word-{number:05}", like.published_at
    body = json.loads(like.in_force.body)
    slug = f"record-kept-{number}" if is_record else slug
    body |= {"slug": slug, "url": f"/terms/{slug}/", "name": f"Word {number:05}"} | (
        {"key": f"kept_{number}"} if is_record else _what_is_kept(number)
    )
    by = like.revision.author
    term = Term(slug=slug, namespace=like.term.namespace, name=body["name"], folded=slug, raised_by=by, raised_at=at)
    proposal = Proposal(term=term, author=by, state=State.PUBLISHED, opened_at=at, ended_at=at)
    revision = Revision(proposal=proposal, number=1, text=like.revision.text, digest=like.digest, author=by, at=at)
    version = Version(
        term=term,
        number=1,
        proposal=proposal,
        revision=revision,
        digest=like.digest,
        seats=like.seats,
        published_at=at,
        in_force_from=at,
    )
    spoken = {field: body[field] for field in ("slug", "name", "status", "kind", "owner_side")}
    in_force = InForce(term=term, version=version, from_at=at, etag=slug, body=json.dumps(body), **spoken)
    return term, proposal, revision, version, in_force, None if is_record else _criterion(body, version)


def _what_is_kept(number: int) -> dict[str, Any]:
    """What some format or other holds until the last word is read."""
    record = f"kept_{number - number % WORDS_OF_A_RECORD}"
    above = {"relation": "broader", "term": f"word-{number // 7 + 1:05}"}
    beside = {"relation": "see_also", "term": f"word-{number + 1:05}"}
    mapping = {"object": "Lead", "field": f"Field_{number}", "value": "met"}
    return {
        "related": [above, beside],
        "criteria": [{"id": f"met_{number}", "label": "Met", "record": record, "expr": "score IS NOT NULL"}],
        "crm_mappings": [mapping | {"system": system} for system in ("salesforce", "hubspot")],
    }


def _criterion(body: Mapping[str, Any], version: Version) -> CriterionInForce:
    [criterion] = body["criteria"]
    said = {field: criterion[field] for field in ("record", "label", "expr")}
    at = version.published_at
    return CriterionInForce(key=criterion["id"], term=version.term, version=version, from_at=at, **said)
