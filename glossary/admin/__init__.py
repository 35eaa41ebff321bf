"""Door for administrators: the approval queue, people and sides, and the kept rows to read."""

from glossary.admin import calendars, people, queue, records

__all__ = ["calendars", "people", "queue", "records"]
