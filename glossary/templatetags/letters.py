"""How a mail without HTML shows what people wrote."""

from django import template

from glossary.outbox.letters import Shown

register = template.Library()

_SIGNS = {"added": "+", "removed": "-", "same": " "}


@register.filter
def underlined(text: str) -> str:
    """A line as long as the text."""
    return "=" * len(text)


@register.filter
def quoted(text: str) -> str:
    """Each line behind a mark, so that nobody's words pass for ours."""
    return "\n".join(f"> {line}" for line in text.splitlines())


@register.filter
def in_text(change: Shown) -> str:
    """The part's label, then what was behind a minus and what is behind a plus; entries that stay without either."""
    if change.is_list:
        lines = [f"  {_SIGNS[op]} {line}" for op, text in change.pieces for line in text.splitlines()]
    else:
        before = "".join(text for op, text in change.pieces if op != "added")
        after = "".join(text for op, text in change.pieces if op != "removed")
        lines = [f"  - {line}" for line in before.splitlines()] + [f"  + {line}" for line in after.splitlines()]
    return "\n".join([change.label, *lines])
