"""What this database is."""

from glossary import ledger, policy
from glossary.models import Installation
from glossary.policy import Actor


def mark_as_demo(*, by: Actor) -> None:
    """Mark the database as holding demo data. There is no way back: demo data never becomes a real installation."""
    with ledger.locked(by) as head:
        policy.require(policy.may_administer(by))
        mark, _ = Installation.objects.get_or_create(pk=1)
        if not mark.is_demo:
            mark.is_demo = True
            mark.save(update_fields=["is_demo"])
            head.record("registry.marked_demo", by=by)
