"""How a mail without HTML shows what people wrote."""

from difflib import ndiff

from django import template

from glossary.outbox.letters import Shown, in_a_line

register = template.Library()
register.filter("in_a_line", in_a_line)

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
    """The part's label, then line by line what was behind a minus, what is behind a plus, and what stays."""
    if change.is_list:
        lines = [f"{_SIGNS[op]} {line}" for op, text in change.pieces for line in text.splitlines()]
    else:
        before = "".join(text for op, text in change.pieces if op != "added")
        after = "".join(text for op, text in change.pieces if op != "removed")
        lines = [line for line in ndiff(before.splitlines(), after.splitlines()) if not line.startswith("?")]
    return "\n".join([in_a_line(change.label), *(f"  {line}".rstrip() for line in lines)])
