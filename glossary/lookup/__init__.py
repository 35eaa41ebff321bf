"""The read path: every question the registry answers. Nothing in here writes."""

from glossary.lookup.agenda import Agenda, agenda
from glossary.lookup.as_of import AsOf, term_as_of
from glossary.lookup.as_sql import AsSQL, as_sql
from glossary.lookup.askers import Asker
from glossary.lookup.changes import Entry, changes
from glossary.lookup.criteria import Runnable, criterion_of, record_types, runnable
from glossary.lookup.defining import Defined, Meaning, defined
from glossary.lookup.detail import TermDetail, term_detail
from glossary.lookup.disagreement import (
    Disagreement,
    Rival,
    disagreement,
    disagreement_of,
    partings_between,
    partings_of,
)
from glossary.lookup.discussion import comments
from glossary.lookup.exporting import exported
from glossary.lookup.home import Home, home
from glossary.lookup.impact import Weighing, effects_seen, weighing
from glossary.lookup.mapping import compared_with_crm, crm_claims
from glossary.lookup.paper import Printed, whole_vocabulary
from glossary.lookup.people import (
    Standing,
    Team,
    Unseated,
    administrators,
    invited,
    is_founded,
    lone_owners,
    seat_changes,
    standing_of,
    teams,
    unseated,
)
from glossary.lookup.person import told_about
from glossary.lookup.proposals import (
    ProposalDetail,
    SeatView,
    proposal_detail,
    proposals,
    readable_proposal,
)
from glossary.lookup.queue import Queue, Signed, Waiting, approvals, queue, signed
from glossary.lookup.references import Referring, referring_to
from glossary.lookup.resolve import Match, Ready, ready, ready_for, resolve, resolve_many, suggestions
from glossary.lookup.roster import Listed, Members, PersonDetail, Roster, colleagues_of, person_detail, roster
from glossary.lookup.search import Hit, Piece, Rank, Results, Suggestion, search, suggest, suggest_for
from glossary.lookup.stage_models import Moved, Pipeline, move_of, stage_model_as_of
from glossary.lookup.terms import (
    STATES,
    UNSETTLED,
    TermSummary,
    list_terms,
    names_taken,
    term_summaries,
    unsettled,
)
from glossary.lookup.tokens import TokenInUse, tokens_of
from glossary.lookup.unsent import Unsent, unsent_of
from glossary.lookup.usage import Usage, usage_of
from glossary.lookup.versions import (
    Comparison,
    Milestone,
    comparison,
    difference_of,
    numbers_of,
    served_version,
    timeline,
    version_of,
    versions_of,
)
from glossary.lookup.waiting import Absence, Waited, absences
from glossary.lookup.words import Shelf, Word, shelf
from glossary.policy import Asked, ReviewDay, asked, asked_of, missing_sides, reviews

__all__ = [
    "STATES",
    "UNSETTLED",
    "Absence",
    "Agenda",
    "AsOf",
    "AsSQL",
    "Asked",
    "Asker",
    "Comparison",
    "Defined",
    "Disagreement",
    "Entry",
    "Hit",
    "Home",
    "Listed",
    "Match",
    "Meaning",
    "Members",
    "Milestone",
    "Moved",
    "PersonDetail",
    "Piece",
    "Pipeline",
    "Printed",
    "ProposalDetail",
    "Queue",
    "Rank",
    "Ready",
    "Referring",
    "Results",
    "ReviewDay",
    "Rival",
    "Roster",
    "Runnable",
    "SeatView",
    "Shelf",
    "Signed",
    "Standing",
    "Suggestion",
    "Team",
    "TermDetail",
    "TermSummary",
    "TokenInUse",
    "Unseated",
    "Unsent",
    "Usage",
    "Waited",
    "Waiting",
    "Weighing",
    "Word",
    "absences",
    "administrators",
    "agenda",
    "approvals",
    "as_sql",
    "asked",
    "asked_of",
    "changes",
    "colleagues_of",
    "comments",
    "compared_with_crm",
    "comparison",
    "criterion_of",
    "crm_claims",
    "defined",
    "difference_of",
    "disagreement",
    "disagreement_of",
    "effects_seen",
    "exported",
    "home",
    "invited",
    "is_founded",
    "list_terms",
    "lone_owners",
    "missing_sides",
    "move_of",
    "names_taken",
    "numbers_of",
    "partings_between",
    "partings_of",
    "person_detail",
    "proposal_detail",
    "proposals",
    "queue",
    "readable_proposal",
    "ready",
    "ready_for",
    "record_types",
    "referring_to",
    "resolve",
    "resolve_many",
    "reviews",
    "roster",
    "runnable",
    "search",
    "seat_changes",
    "served_version",
    "shelf",
    "signed",
    "stage_model_as_of",
    "standing_of",
    "suggest",
    "suggest_for",
    "suggestions",
    "teams",
    "term_as_of",
    "term_detail",
    "term_summaries",
    "timeline",
    "tokens_of",
    "told_about",
    "unseated",
    "unsent_of",
    "unsettled",
    "usage_of",
    "version_of",
    "versions_of",
    "weighing",
    "whole_vocabulary",
]
