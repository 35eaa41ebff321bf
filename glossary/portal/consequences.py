"""What a change of somebody's place would bring about, said before it is done."""

from accounts.models import Side
from glossary.lookup import PersonDetail


def of_losing_the_role(person: PersonDetail) -> list[str]:
    """What an owner's removal, and for others a move, ends; nothing where nothing hangs on the person."""
    name = person.user.display_name
    return [
        *_of_the_seat(person),
        *_counted(
            len(person.signed),
            f"A signature that {name} gave, or that was given in their name, will no longer count.",
            f"signatures that {name} gave, or that were given in their name, will no longer count.",
        ),
        *_counted(
            person.confirmed,
            f"A confirmation of {name} that a text still holds will no longer count.",
            f"confirmations of {name} that a text still holds will no longer count.",
        ),
        *(f"{loan.owner.display_name}’s seat, which {name} holds on loan, goes back." for loan in person.held),
        *(f"{loan.delegate.display_name} no longer signs in the place of {name}." for loan in person.lent),
    ]


def _of_the_seat(person: PersonDetail) -> list[str]:
    side, name = person.user.side, person.user.display_name
    if side is None or not person.user.is_owner or not side.has_seat:
        return []
    if not person.others:
        return [f"{side.name} will have no owner left: nothing can be agreed until an administrator names one."]
    left = [owner.display_name for owner in person.others]
    if len(left) == 1:
        return [f"{side.name} will have one owner left, {left[0]}. While {left[0]} is away, nobody signs for it."]
    return [f"{name} signs for {side.name} no longer. {len(left)} owners are left."]


def of_leaving(person: PersonDetail) -> list[str]:
    """What closing the account brings about."""
    name = person.user.display_name
    return [
        f"{name} can no longer sign in.",
        *of_losing_the_role(person),
        *_counted(person.tokens, "A tool that acts in their name stops.", "tools that act in their name stop."),
        *(f"{name} no longer waits to become an owner of {waiting.side.name}." for waiting in person.pending),
        *([f"{name} is the sponsor no longer; there is none until somebody is named."] if person.is_sponsor else []),
        *_of_objections(person),
        "Nothing is deleted: what they signed, wrote and decided stays, with their name. Reviews of agreed texts wait "
        "for teams, not for people: none has to be handed over.",
    ]


def _of_objections(person: PersonDetail) -> list[str]:
    return [
        f"{person.user.display_name}’s objection to “{objection.term.name}” stays; an owner of {objection.side.name} "
        "can end it."
        for objection in person.objections
    ]


def of_naming(side: Side, owners: list[str], name: str) -> str:
    """What becomes of naming somebody an owner of the side that has these owners."""
    if not owners:
        return f"{side.name} has no owner: {name} becomes one at once."
    return f"{side.name}: {' or '.join(owners)} has to confirm first."


def _counted(number: int, one: str, many: str) -> list[str]:
    return [one if number == 1 else f"{number} {many}"] if number else []
