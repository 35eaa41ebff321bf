"""Door for administrators: the approval queue, people and sides, webhooks, and the kept rows to read."""

from glossary.admin import calendars, people, queue, records, telling

__all__ = ["calendars", "people", "queue", "records", "telling"]
