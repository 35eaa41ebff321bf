"""The criteria of the starter vocabulary, ready to be written, and a record type whose names and texts are nasty."""

from dataclasses import dataclass
from functools import cache

from glossary.domain.checking import Map, trusted
from glossary.domain.criteria import Ground, Node, RecordView, Stated
from glossary.domain.shapes import Criterion, RecordField
from glossary.exchange.starter import vocabulary
from tests.domain.criteria import shelf

SIDES = ("sales_says", "marketing_says")


@dataclass(frozen=True)
class Ready:
    """A criterion with all that it is run with."""

    criterion: Criterion
    node: Node
    view: RecordView

    @property
    def stated(self) -> Stated:
        item = self.criterion
        return Stated(item.id, item.expr, item.record, item.label, "a-word", 3, "0123456789abcdef" * 4)


@cache
def starter() -> dict[str, Ready]:
    """Every criterion of the starter vocabulary by its id, and those of the two sides' drafts by label and side."""
    drafts = {
        f"{item['label']} ({side.removesuffix('_says')})": trusted(Criterion, {"id": "draft", **item})
        for entry in vocabulary()["entries"]
        for side in SIDES
        for item in entry.get(side, {}).get("criteria", [])
    }
    agreed = {item.id: item for item in shelf.criteria()}
    return {name: _ready(item, shelf.ground()) for name, item in {**agreed, **drafts}.items()}


def _ready(item: Criterion, ground: Ground) -> Ready:
    return Ready(item, ground.node(item.expr, item.record), ground.records[item.record])


# Names that engines keep for themselves, texts that end a text too early, numbers at their edges

NASTY_FIELDS = {
    "order": "string",
    "user": "string",
    "group": "bool",
    "day": "date",
    "rank": "int",
    "share": "number",
    "is_rich": "bool",
    "is_kept": "bool",
}
NASTY = {
    "quotes": "order = 'it''s' OR order IN ('say \"yes\"', 'a`b') OR user <> ''''",
    "backslashes": r"order = 'C:\new\' AND user NOT IN ('\\', '\''; x')",
    "comments": "order = '-- no' OR order = '/* no */' OR order = '; DROP TABLE record' OR order = '#'",
    "letters": "order = 'Straße 日本 😀' AND user = 'e\u0301' OR user = 'é'",
    "templates": "order = '{{ x }}' OR order = '{% y %}' OR order = '{# z #}' OR order = '%s %(a)s :b $1 ?'",
    "numbers": "rank = -9007199254740991 OR rank BETWEEN -5 AND -1 OR share >= 123456789.012345 OR share = -0.5",
    "small_numbers": "share < 0.000000000000001 OR share = 100000000000000000000.0 OR share = 0.1",
    "days": "day BETWEEN '2026-01-01' AND '2026-12-31' OR day IN ('0001-01-01', '9999-12-31')",
    "yes_or_no": "group OR NOT group = TRUE OR group <> FALSE OR group IN (TRUE, FALSE) OR is_rich = is_kept",
    "nots": "NOT (NOT group) AND NOT (group AND rank > 3) AND NOT order IS NULL AND NOT rank BETWEEN 1 AND 2",
    "precedence": "group OR rank > 1 AND NOT rank = 2 OR (group OR share > 1) AND (rank = 3 OR order IS NULL)",
    "verdicts": "is_rich AND NOT is_kept AND is_rich IS NOT NULL OR is_kept IN (TRUE) AND is_rich = is_kept",
}


@cache
def nasty() -> dict[str, Ready]:
    """Each of the nasty conditions by its name, with two verdict fields of which one rests on the other."""
    verdicts = {"is_rich": "rich", "is_kept": "kept"}
    fields = {
        name: RecordField(type=kind, source="registry", computed=f"verdict of {verdicts[name]} on the same record")
        if name in verdicts
        else RecordField(type=kind, source="somewhere")
        for name, kind in NASTY_FIELDS.items()
    }
    view = RecordView(key="record", fields=Map(fields), dedupe_key=("order", "user"))
    kept = Stated("kept", "is_rich OR group", "record")
    criteria = {"rich": Stated("rich", "rank > 10 AND share >= 0.5", "record"), "kept": kept}
    ground = Ground({"record": view}, criteria)
    return {
        name: _ready(Criterion(id=name, label=name, record="record", expr=expr), ground) for name, expr in NASTY.items()
    }
