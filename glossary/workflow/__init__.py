"""The write path: everything that can happen. Each action locks, asks, checks, changes and records."""

from glossary.ledger import change_counter
from glossary.workflow.announcing import announce
from glossary.workflow.concerning import answer_concern, blank_concern, raise_concern, withdraw_concern
from glossary.workflow.connecting import (
    add_channel,
    add_endpoint,
    change_endpoint,
    pause_endpoint,
    redeliver,
    remove_endpoint,
    resume_endpoint,
    rotate_secret,
    test_endpoint,
)
from glossary.workflow.discussing import blank_comment, comment_on_proposal, comment_on_term
from glossary.workflow.equipping import make_token, revoke_token
from glossary.workflow.following import admit, follow_groups
from glossary.workflow.founding import Newcomer, found, invitation_to, invite, invite_by_mail, setup_code
from glossary.workflow.handing import hand_over
from glossary.workflow.importing import Arrival, Became, bring_in
from glossary.workflow.installing import mark_as_demo
from glossary.workflow.keeping import forget_old_forms, forget_unsent, keep_unsent
from glossary.workflow.leaving import come_back, go_away
from glossary.workflow.minding import mark_all_read, mark_all_seen, mark_read, mark_unread, stop_watching, watch
from glossary.workflow.projecting import rebuild
from glossary.workflow.proposing import open_proposal, rebase, revise, submit, withdraw
from glossary.workflow.raising import label_term, raise_word
from glossary.workflow.reaffirming import Held, reaffirm, reaffirm_several
from glossary.workflow.reminding import remind
from glossary.workflow.repeating import once
from glossary.workflow.reviewing import decline, send_back, withdraw_objection
from glossary.workflow.ruling import end_ruling, record_ruling
from glossary.workflow.scheduling import Added, add_holidays
from glossary.workflow.seating import (
    add_side,
    appoint_owner,
    confirm_appointment,
    deactivate,
    decline_appointment,
    delegate,
    end_delegation,
    name_side,
    place_member,
    remove_owner,
    remove_seat,
    withdraw_appointment,
)
from glossary.workflow.signing import Outcome, Wish, sign_off, sign_several, take_back
from glossary.workflow.sponsoring import end_sponsorship, name_sponsor
from glossary.workflow.trying import Tried, try_out
from glossary.workflow.weighing import forget_records, weigh

__all__ = [
    "Added",
    "Arrival",
    "Became",
    "Held",
    "Newcomer",
    "Outcome",
    "Tried",
    "Wish",
    "add_channel",
    "add_endpoint",
    "add_holidays",
    "add_side",
    "admit",
    "announce",
    "answer_concern",
    "appoint_owner",
    "blank_comment",
    "blank_concern",
    "bring_in",
    "change_counter",
    "change_endpoint",
    "come_back",
    "comment_on_proposal",
    "comment_on_term",
    "confirm_appointment",
    "deactivate",
    "decline",
    "decline_appointment",
    "delegate",
    "end_delegation",
    "end_ruling",
    "end_sponsorship",
    "follow_groups",
    "forget_old_forms",
    "forget_records",
    "forget_unsent",
    "found",
    "go_away",
    "hand_over",
    "invitation_to",
    "invite",
    "invite_by_mail",
    "keep_unsent",
    "label_term",
    "make_token",
    "mark_all_read",
    "mark_all_seen",
    "mark_as_demo",
    "mark_read",
    "mark_unread",
    "name_side",
    "name_sponsor",
    "once",
    "open_proposal",
    "pause_endpoint",
    "place_member",
    "raise_concern",
    "raise_word",
    "reaffirm",
    "reaffirm_several",
    "rebase",
    "rebuild",
    "record_ruling",
    "redeliver",
    "remind",
    "remove_endpoint",
    "remove_owner",
    "remove_seat",
    "resume_endpoint",
    "revise",
    "revoke_token",
    "rotate_secret",
    "send_back",
    "setup_code",
    "sign_off",
    "sign_several",
    "stop_watching",
    "submit",
    "take_back",
    "test_endpoint",
    "try_out",
    "watch",
    "weigh",
    "withdraw",
    "withdraw_appointment",
    "withdraw_concern",
    "withdraw_objection",
]
