"""Door for administrators: the approval queue, people and sides, and the kept rows to read."""

from glossary.admin import people, queue, records

__all__ = ["people", "queue", "records"]
