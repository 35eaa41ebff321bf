"""Mail: one message or a digest of several, laid out as text and as HTML, sent once and under the message's id."""

import smtplib
from collections.abc import Sequence
from datetime import datetime
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone

from accounts.models import User
from accounts.preferences import zone_of
from glossary.models import Message
from glossary.outbox import claiming
from glossary.outbox.habits import DIGEST, Habits
from glossary.outbox.kinds import TO_PEOPLE
from glossary.outbox.letters import Letter, at_site, in_a_line, letter_of
from glossary.outbox.results import Delivered, NotDelivered, NotNow

UNSUBSCRIBING = "accord.unsubscribing"
LONGEST_SUBJECT = 150


def send(message: Message, at: datetime) -> Delivered | NotNow:
    """Mail the message as its person wants it; with everything else of a digest where that is how.

    Raises `NotDelivered` when the mail server does not take it.
    """
    person = User.objects.get(pk=message.person_id)
    if not person.is_active:
        return NotNow(None)
    if not person.email:
        raise NotDelivered("This person has no address.", for_good=True)
    message.person = person
    habits = Habits(person)
    moment = habits.moment(message, at)
    if moment is None or moment > at:
        return NotNow(moment)
    if habits.mode(message.kind) == DIGEST:
        return _send_digest(message, habits, at)
    with timezone.override(zone_of(person)):
        letter = letter_of(message)
        if letter is None:
            return NotNow(None)
        _mail(person, message, message.kind, letter.subject, [letter])
    return Delivered("Handed to the mail server.")


def _send_digest(message: Message, habits: Habits, at: datetime) -> Delivered | NotNow:
    """One mail with everything that waits for it; all of it is delivered, or none."""
    others = claiming.claim_with(message, habits.others_of_the_digest(message, at), at)
    try:
        with timezone.override(zone_of(habits.person)):
            told = _letters([message, *others], habits.person)
            if told:
                _mail(habits.person, message, DIGEST, _digest_subject(told), [letter for _, letter in told])
    except NotDelivered as failure:
        for other in others:
            claiming.failed(other, failure.reason, timezone.now())
        raise
    delivered = {each.pk for each, _ in told}
    for other in others:
        (claiming.done if other.pk in delivered else claiming.silence)(other, timezone.now())
    return Delivered("Handed to the mail server, in a digest.") if message.pk in delivered else NotNow(None)


def _letters(messages: Sequence[Message], person: User) -> list[tuple[Message, Letter]]:
    told = []
    for message in sorted(messages, key=lambda each: each.sequence):
        message.person = person
        letter = letter_of(message)
        if letter is not None:
            told.append((message, letter))
    return told


def _digest_subject(told: Sequence[tuple[Message, Letter]]) -> str:
    first = told[0][1].subject
    return first if len(told) == 1 else f"{first}, and {len(told) - 1} more"


def _mail(person: User, message: Message, kind: str, subject: str, letters: Sequence[Letter]) -> None:
    may_be_off = kind == DIGEST or TO_PEOPLE[kind].may_be_off
    context = {"letters": letters, "settings_url": at_site("/accounts/notifications/") if may_be_off else ""}
    mail = EmailMultiAlternatives(
        subject_of(subject),
        render_to_string("emails/letter.txt", context),
        settings.DEFAULT_FROM_EMAIL,
        [person.email],
        headers=_headers(person, message, kind, may_be_off=may_be_off),
    )
    mail.attach_alternative(render_to_string("emails/letter.html", context | {"subject": subject}), "text/html")
    try:
        mail.send()
    except (OSError, smtplib.SMTPException, ValueError) as error:
        raise _not_delivered(error) from error


def subject_of(text: str) -> str:
    """One line that is not too long."""
    line = in_a_line(text)
    return line if len(line) <= LONGEST_SUBJECT else f"{line[:LONGEST_SUBJECT]} …"


def _headers(person: User, message: Message, kind: str, *, may_be_off: bool) -> dict[str, str]:
    """The id, which stays the same over every delivery; what belongs together; and how to get no more of it."""
    place = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    headers: dict[str, Any] = {"Message-ID": f"<{message.pk}@{place}>", "Auto-Submitted": "auto-generated"}
    if message.proposal_id and kind != DIGEST:
        headers["References"] = f"<suggestion-{message.proposal_id}@{place}>"
    if may_be_off:
        headers["List-Unsubscribe"] = f"<{unsubscribe_link(person, kind)}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
    return headers


def unsubscribe_link(person: User, kind: str) -> str:
    """The address that switches one kind of mail off for one person, and can do nothing else."""
    return at_site(f"/accounts/notifications/off/{signing.dumps([person.pk, kind], salt=UNSUBSCRIBING)}/")


def read_unsubscribe_key(key: str) -> tuple[int, str] | None:
    """The person's id and the kind that such an address is about; None for an address that is not ours."""
    try:
        person_id, kind = signing.loads(key, salt=UNSUBSCRIBING)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return person_id, kind


def _not_delivered(error: Exception) -> NotDelivered:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _ in error.recipients.values()]
        for_good = all(code >= 500 for code in codes)
        return NotDelivered(f"The mail server does not take mail for this address ({codes[0]}).", for_good=for_good)
    if isinstance(error, smtplib.SMTPResponseException):
        return NotDelivered(f"The mail server answered {error.smtp_code}.")
    if isinstance(error, smtplib.SMTPException):
        return NotDelivered("The mail server ended the conversation.")
    if isinstance(error, TimeoutError):
        return NotDelivered("The mail server did not answer in time.")
    if isinstance(error, OSError):
        return NotDelivered("The mail server cannot be reached.")
    return NotDelivered("This mail cannot be written: an address or a subject is not well formed.", for_good=True)
