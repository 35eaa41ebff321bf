"""What a suggestion would change about records: who meets a criterion anew or no longer, or cannot be told any more.

Uploaded records are reduced to declared fields (`kept`), put through both texts of each criterion (`effects`), and what
came of it is one canonical text with a digest (`Impact`).
"""

from glossary.domain.impact.counting import (
    KINDS,
    Comparison,
    Counts,
    Effect,
    Example,
    Kind,
    Segment,
    effects,
    kind_of,
    may_group,
)
from glossary.domain.impact.keeping import Kept, Misplaced, kept
from glossary.domain.impact.reporting import Impact, Report, impact, read_impact

__all__ = [
    "KINDS",
    "Comparison",
    "Counts",
    "Effect",
    "Example",
    "Impact",
    "Kept",
    "Kind",
    "Misplaced",
    "Report",
    "Segment",
    "effects",
    "impact",
    "kept",
    "kind_of",
    "may_group",
    "read_impact",
]
