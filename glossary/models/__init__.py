"""Storage: what is kept, and what must always be true of it."""

from glossary.models.calendar import Holiday, WorkingCalendar, office_hours, usual_calendar
from glossary.models.concern import Concern, ConcernAnswer
from glossary.models.criterion import CriterionInForce, ground, record_slug, record_view, record_views
from glossary.models.discussion import Comment
from glossary.models.endpoint import Endpoint, EndpointFormat
from glossary.models.event import Event, IdempotencyKey, Installation, LedgerHead, Salt
from glossary.models.impact import ImpactReport, ImpactUpload
from glossary.models.likeness import NameLikeness, WordLikeness
from glossary.models.mapping import MappingInForce
from glossary.models.message import Announcement, Attempt, Channel, Delivery, Message
from glossary.models.proposal import OPEN_STATES, Proposal, Revision, State
from glossary.models.reaffirmation import Reaffirmation, Renewal
from glossary.models.reminder import Reminder, ReminderKind
from glossary.models.ruling import Ruling
from glossary.models.search import SearchEntry, SearchWord
from glossary.models.sign_off import Objection, SignOff, VoidReason
from glossary.models.term import Namespace, Term
from glossary.models.unsent import UnsentForm
from glossary.models.usage import LookupCount
from glossary.models.version import InForce, Name, NameClaim, Tier, Version, holds_at
from glossary.models.watching import LastLook, Watch

__all__ = [
    "OPEN_STATES",
    "Announcement",
    "Attempt",
    "Channel",
    "Comment",
    "Concern",
    "ConcernAnswer",
    "CriterionInForce",
    "Delivery",
    "Endpoint",
    "EndpointFormat",
    "Event",
    "Holiday",
    "IdempotencyKey",
    "ImpactReport",
    "ImpactUpload",
    "InForce",
    "Installation",
    "LastLook",
    "LedgerHead",
    "LookupCount",
    "MappingInForce",
    "Message",
    "Name",
    "NameClaim",
    "NameLikeness",
    "Namespace",
    "Objection",
    "Proposal",
    "Reaffirmation",
    "Reminder",
    "ReminderKind",
    "Renewal",
    "Revision",
    "Ruling",
    "Salt",
    "SearchEntry",
    "SearchWord",
    "SignOff",
    "State",
    "Term",
    "Tier",
    "UnsentForm",
    "Version",
    "VoidReason",
    "Watch",
    "WordLikeness",
    "WorkingCalendar",
    "ground",
    "holds_at",
    "office_hours",
    "record_slug",
    "record_view",
    "record_views",
    "usual_calendar",
]
