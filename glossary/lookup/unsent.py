"""What a person typed and has not kept yet, told to nobody else."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from glossary.models import UnsentForm
from glossary.policy import SignedIn


class Unsent(NamedTuple):
    """The fields of a form as last typed, and when."""

    typed: Mapping[str, str]
    at: datetime


def unsent_of(place: str, *, by: SignedIn) -> Unsent | None:
    """What this person typed into the form at this place."""
    row = UnsentForm.objects.filter(owner=by.user, place=place).first()
    return Unsent(json.loads(row.typed), row.at) if row else None
