"""Whether a suggestion is looked after by the person that its events say it was handed over to."""

from collections.abc import Iterable, Iterator

from glossary.models import Event, Proposal


def handing_faults(proposal: Proposal, events: Iterable[Event]) -> Iterator[str]:
    """What is wrong with who looks after one suggestion; `events` are all that tell of it, in order."""
    keeper = None
    for event in events:
        if event.kind != "proposal.handed_over":
            continue
        if event.facts["before"] != (keeper or proposal.author_id):
            yield "was handed over by way of somebody who did not look after it"
        keeper = event.subject_id
    if proposal.keeper_id != keeper:
        yield "who looks after it is not what its events say"
