"""Stage models: the stages and the ways between them, what they ask of a record, and what a move owes.

That a model holds together is asked by the rules of readiness; everything here is the same for them and for moves.
"""

from glossary.domain.stages.conditions import Reference, node_of, node_of_criterion, node_of_text, references
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
    "FORWARD",
    "Reference",
    "Way",
    "arrows",
    "in_order",
    "is_final",
    "node_of",
    "node_of_criterion",
    "node_of_text",
    "path_of",
    "reachable",
    "reason_field",
    "references",
    "ways",
]
