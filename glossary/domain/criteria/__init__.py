"""The criteria language: conditions that run, with the same answer here and in a warehouse.

Text becomes nodes (`parse`), nodes are held against a record type (`faults`), verdict fields are followed (`linked`),
and the result is run (`compiled`), told in words (`told`, `phrase`) or written as SQL.
"""

from glossary.domain.criteria.comparing import Flip, Parting, parting, partings
from glossary.domain.criteria.counting import Period, count
from glossary.domain.criteria.dbt import dbt_model, verdict_column
from glossary.domain.criteria.evaluating import WORDS, Verdict, Word, compiled, evaluate
from glossary.domain.criteria.fitting import TYPE_NAMES, Misfit, faults, fitted, misfit
from glossary.domain.criteria.ground import Ground, RecordView
from glossary.domain.criteria.judging import Judge, Judged, read_records
from glossary.domain.criteria.linking import Stated, first_day_of, linked, rests_on, verdict_of
from glossary.domain.criteria.nodes import Node, Plain, all_of, any_of, fields_of, given_fields_of, null_tested, walk
from glossary.domain.criteria.parsing import Fault, Unreadable, is_field_name, parse
from glossary.domain.criteria.sql import case, where
from glossary.domain.criteria.telling import Clause, Joined, phrase, told
from glossary.domain.criteria.warehouses import DIALECTS, Warehouse, columns_in
from glossary.domain.criteria.witness import DIFFERENT, OPPOSED, Searched, Witness, is_possible, search, tell_apart

__all__ = [
    "DIALECTS",
    "DIFFERENT",
    "OPPOSED",
    "TYPE_NAMES",
    "WORDS",
    "Clause",
    "Fault",
    "Flip",
    "Ground",
    "Joined",
    "Judge",
    "Judged",
    "Misfit",
    "Node",
    "Parting",
    "Period",
    "Plain",
    "RecordView",
    "Searched",
    "Stated",
    "Unreadable",
    "Verdict",
    "Warehouse",
    "Witness",
    "Word",
    "all_of",
    "any_of",
    "case",
    "columns_in",
    "compiled",
    "count",
    "dbt_model",
    "evaluate",
    "faults",
    "fields_of",
    "first_day_of",
    "fitted",
    "given_fields_of",
    "is_field_name",
    "is_possible",
    "linked",
    "misfit",
    "null_tested",
    "parse",
    "parting",
    "partings",
    "phrase",
    "read_records",
    "rests_on",
    "search",
    "tell_apart",
    "told",
    "verdict_column",
    "verdict_of",
    "walk",
    "where",
]
