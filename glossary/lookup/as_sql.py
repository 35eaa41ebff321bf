"""A signed criterion as SQL, to be run where the records are."""

from dataclasses import dataclass

from glossary.domain.criteria import Period, Stated, Unreadable, Warehouse, case, count, dbt_model, where
from glossary.domain.refusals import Refusal
from glossary.lookup.criteria import Runnable


@dataclass(frozen=True)
class AsSQL:
    """One criterion in four forms; of a form that cannot be had, `notes` say why."""

    where: str
    case: str
    count: str | None
    dbt: str | None
    notes: tuple[str, ...]


def as_sql(found: Runnable, warehouse: Warehouse, period: Period) -> AsSQL:
    """The criterion for this warehouse, counted within the period.

    Raises `Unreadable` when a period is asked for that nothing can be counted in, and `Refusal("wrong_state")` when the
    criteria that this one rests on nest too deep.
    """
    try:
        condition = where(found.node, found.view.fields, warehouse)
    except Unreadable as unreadable:
        raise Refusal("wrong_state", f"“{found.criterion.label}”: {unreadable.fault.message}") from None
    notes: list[str] = []
    return AsSQL(
        where=condition,
        case=case(found.node, found.view.fields, warehouse),
        count=_count(found, warehouse, period, notes),
        dbt=_dbt(found, warehouse, notes),
        notes=tuple(notes),
    )


def _count(found: Runnable, warehouse: Warehouse, period: Period, notes: list[str]) -> str | None:
    view, counted = found.view, found.criterion.counted
    if not view.dedupe_key:
        notes.append(f"Nothing can be counted: no fields are named by which two {view.key} records are told apart.")
        return None
    try:
        return count(found.node, view.fields, warehouse, dedupe_key=view.dedupe_key, counted=counted, period=period)
    except Unreadable as unreadable:
        if period.is_bounded:
            raise
        notes.append(unreadable.fault.message)
        return None


def _dbt(found: Runnable, warehouse: Warehouse, notes: list[str]) -> str | None:
    version = found.version
    stated = Stated(
        id=found.criterion.id,
        expr=found.criterion.expr,
        record=found.view.key,
        label=found.criterion.label,
        term=version.term.slug,
        version=version.number,
        digest=version.digest,
    )
    try:
        return dbt_model(found.node, found.view.fields, warehouse, stated)
    except Unreadable as unreadable:
        notes.append(unreadable.fault.message)
        return None
