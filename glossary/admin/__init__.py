"""Door for administrators: people and sides through the seating actions, and the kept rows to read."""

from glossary.admin import people, records

__all__ = ["people", "records"]
