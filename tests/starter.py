"""The starter vocabulary, agreed through the workflow as the demo agrees on it, only without the pages between."""

from typing import Any

from glossary import workflow
from glossary.exchange import starter
from glossary.management.demonstration import AGREED_IN_TURN
from glossary.models import Proposal
from glossary.policy import SignedIn
from tests.world import Desk, acting

AUTHORS = {"sales": "rep", "marketing": "mark", "both": "mark"}


def starter_contents() -> list[dict[str, Any]]:
    return list(starter.contents())


def agree_on_the_starter_vocabulary(desk: Desk) -> None:
    """Every word of it in force, signed by Sam and Mia.

    All is opened first, since words refer to words; what runs on something else is agreed after it.
    """
    at_work = {name: acting(user) for name, user in vars(desk.people).items()}
    opened = [(content.get("kind", "concept"), _open(content, at_work)) for content in starter_contents()]
    for kinds in AGREED_IN_TURN:
        together = [proposal for kind, proposal in opened if kind in kinds]
        for proposal in together:
            workflow.submit(proposal.pk, by=at_work[proposal.author.username])
        for signer in ("sam", "mia"):
            _sign(at_work[signer], together)


def _open(content: dict[str, Any], at_work: dict[str, SignedIn]) -> Proposal:
    author = at_work[AUTHORS[content.get("owner_side", "both")]]
    return workflow.open_proposal(by=author, content=content, reason="Starter vocabulary")


def _sign(signer: SignedIn, opened: list[Proposal]) -> None:
    for proposal in Proposal.objects.select_related("newest").filter(pk__in=[row.pk for row in opened]):
        workflow.sign_off(proposal.pk, by=signer, digest=proposal.text.digest)
