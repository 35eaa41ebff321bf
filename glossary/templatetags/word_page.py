"""What the page of a word needs to show its parts in the words of the screen."""

from datetime import date

from django import template
from django.utils.safestring import SafeString

from glossary.templatetags.registry import day

register = template.Library()


@register.filter
def iso_day(written: str) -> SafeString | str:
    """A day as a text keeps it, YYYY-MM-DD, in words."""
    return day(date.fromisoformat(written))
