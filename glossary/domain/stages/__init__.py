"""Stage models: the stages and the ways between them, what they ask of a record, and what a move owes.

That a model holds together is asked by the rules of readiness; everything here is the same for them and for moves.
"""

from glossary.domain.stages.conditions import Reference, node_of, node_of_criterion, node_of_text, references
from glossary.domain.stages.mapping import left_behind, mapped
from glossary.domain.stages.marking import CHANGED, GONE, NEW, MarkedStage, marked
from glossary.domain.stages.moving import PARTS, Move, Why, asked_about
from glossary.domain.stages.owing import Owed, owed_in
from glossary.domain.stages.walking import (
    BACK,
    FORWARD,
    Way,
    arrows,
    in_order,
    is_final,
    path_of,
    reachable,
    reason_field,
    ways,
)

__all__ = [
    "BACK",
    "CHANGED",
    "FORWARD",
    "GONE",
    "NEW",
    "PARTS",
    "MarkedStage",
    "Move",
    "Owed",
    "Reference",
    "Way",
    "Why",
    "arrows",
    "asked_about",
    "in_order",
    "is_final",
    "left_behind",
    "mapped",
    "marked",
    "node_of",
    "node_of_criterion",
    "node_of_text",
    "owed_in",
    "path_of",
    "reachable",
    "reason_field",
    "references",
    "ways",
]
