"""Door for administrators: the approval queue, people and sides, webhooks, and the kept rows to read."""

from django.contrib.admin import site

from glossary.admin import calendars, people, queue, records, telling

site.index_title = "Administration"
site.enable_nav_sidebar = False  # the first page has all of it, in groups

__all__ = ["calendars", "people", "queue", "records", "telling"]
