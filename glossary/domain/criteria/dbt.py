"""A criterion as a model of dbt (docs.getdbt.com, "Jinja template configurations"), to be laid among one's own."""

from glossary.domain.criteria.fitting import Fields
from glossary.domain.criteria.linking import Stated
from glossary.domain.criteria.nodes import Node
from glossary.domain.criteria.parsing import refuse
from glossary.domain.criteria.sql import case, indented
from glossary.domain.criteria.warehouses import Warehouse

_TEMPLATE_SIGNS = ("{{", "{%", "{#")
_LONGEST_NAME = 63  # of a column in PostgreSQL (its manual, "Identifiers and Key Words")
_SUFFIX = "_verdict"


def dbt_model(node: Node, fields: Fields, warehouse: Warehouse, stated: Stated) -> str:
    """The text of a model that adds the verdict to each row of the model named like the table.

    The head says which signed text it comes from, and nothing that people write freely. Raises `Unreadable` when a text
    in the condition would be read as a template.
    """
    verdict = case(node, fields, warehouse)
    for sign in _TEMPLATE_SIGNS:
        if sign in verdict:
            refuse(f"A text in this condition holds {sign}, which dbt reads as a template. Take the CASE by itself.")
    meta = {"term": stated.term, "criterion": stated.id, "version": stated.version, "digest": stated.digest}
    model = warehouse.table.rpartition(".")[2]
    return "\n".join(
        [
            f"-- {stated.term}, criterion {stated.id}, version {stated.version}",
            f"-- digest {stated.digest}",
            "-- Do not edit: ask the registry again when a newer version is in force.",
            f"{{{{ config(meta={meta}) }}}}",
            "",
            "select",
            "  *,",
            f"{indented(verdict)} as {verdict_column(stated.id)}",
            f"from {{{{ ref('{model}') }}}}",
            "",
        ]
    )


def verdict_column(criterion: str) -> str:
    """What the column with the verdict of this criterion is called."""
    return criterion[: _LONGEST_NAME - len(_SUFFIX)] + _SUFFIX
