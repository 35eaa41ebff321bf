"""Rules about definitions that run: criteria, their samples, and the record types beneath them."""

from collections.abc import Iterator

from glossary.domain.content import Content
from glossary.domain.criteria import (
    WORDS,
    Fault,
    Misfit,
    Node,
    Plain,
    RecordView,
    Stated,
    Unreadable,
    evaluate,
    fields_of,
    first_day_of,
    fitted,
    is_field_name,
    is_possible,
    misfit,
    null_tested,
    parse,
    tell_apart,
    verdict_of,
)
from glossary.domain.lint.findings import Facts, Finding, Found, Rule
from glossary.domain.shapes import Criterion, RecordField, Sample

COMPARED = 200  # criteria that a new one is compared with
CHECK_THE_SPELLING = "Check it against the fields of the record type; what has to be worked out becomes a field there."
ANSWERS = {"true": "yes", "false": "no", "unknown": "unknown"}


def at_character(fault: Fault) -> str:
    return f"{fault.message} (character {fault.start + 1})"


def _seen(content: Content, facts: Facts) -> Iterator[tuple[int, Criterion, RecordView]]:
    """The criteria whose record type is there, with their place."""
    for place, criterion in enumerate(content.criteria):
        if view := facts.ground.records.get(criterion.record):
            yield place, criterion, view


def _node(criterion: Criterion, facts: Facts) -> Node | None:
    try:
        return facts.ground.node(criterion.expr, criterion.record)
    except Unreadable:
        return None


def _running(content: Content, facts: Facts) -> Iterator[tuple[int, Criterion, RecordView, Node]]:
    """The criteria that run."""
    for place, criterion, view in _seen(content, facts):
        if node := _node(criterion, facts):
            yield place, criterion, view, node


# Errors: criteria


def criterion_does_not_run(content: Content, facts: Facts) -> Found:
    for place, criterion, _ in _seen(content, facts):
        for fault in facts.ground.faults(criterion.expr, criterion.record):
            yield Finding(
                "criterion_does_not_run",
                f"criteria[{place}].expr",
                f"“{criterion.label}” cannot be run: {at_character(fault)}",
                CHECK_THE_SPELLING,
            )


def sample_does_not_fit(content: Content, facts: Facts) -> Found:
    for place, criterion, view in _seen(content, facts):
        for number, sample in enumerate(criterion.samples):
            for name, why in _misfits(sample, view):
                yield Finding(
                    "sample_does_not_fit",
                    f"criteria[{place}].samples[{number}].record.{name}",
                    f"In the sample “{sample.note}”, {why}",
                    "Give it a value that the field can hold, or leave it out if nobody knows it.",
                )


def _misfits(sample: Sample, view: RecordView) -> Iterator[tuple[str, str]]:
    for name, value in sample.record.items():
        declared = view.fields.get(name)
        if declared is None:
            yield name, f"“{name}” is no field of {view.key} records."
        elif value is not None and (why := _misfit(value, declared)):
            yield name, f"“{name}” {why}"


def _misfit(value: Plain, declared: RecordField) -> str | None:
    """Decimals are signed as text, so what a text says as a number counts."""
    try:
        return misfit(fitted(value, declared.type) if declared.type == "number" else value, declared)
    except Misfit:
        return misfit(value, declared)


def sample_disagrees(content: Content, facts: Facts) -> Found:
    for place, criterion, view, node in _running(content, facts):
        for number, sample in enumerate(criterion.samples):
            verdict = verdict_on(sample, node, view)
            if verdict is not None and verdict != sample.expect:
                yield Finding(
                    "sample_disagrees",
                    f"criteria[{place}].samples[{number}]",
                    f"The sample “{sample.note}” says {ANSWERS[sample.expect]}, "
                    f"and “{criterion.label}” says {ANSWERS[verdict]}.",
                    "Change the condition if the sample is right, or the sample if the condition is.",
                )


def verdict_on(sample: Sample, node: Node, view: RecordView) -> str | None:
    """What the condition says of a sample: true, false or unknown; None where the sample does not fit."""
    if any(_misfits(sample, view)):
        return None
    record = {name: fitted(value, view.fields[name].type) for name, value in sample.record.items()}
    return WORDS[evaluate(node, record)]


def counted_by_no_day(content: Content, facts: Facts) -> Found:
    for place, criterion, view in _seen(content, facts):
        if criterion.counted is None:
            continue
        name = criterion.counted.date_field
        declared = view.fields.get(name)
        if declared is None or declared.type != "date":
            yield Finding(
                "counted_by_no_day",
                f"criteria[{place}].counted.date_field",
                f"“{criterion.label}” is counted by “{name}”, which is no day of {view.key} records.",
                f"Choose one of {_days_of(view) or 'the days that the record type has; it has none yet'}.",
            )


def _days_of(view: RecordView) -> str:
    return ", ".join(name for name, declared in view.fields.items() if declared.type == "date")


def criterion_id_is_taken(content: Content, facts: Facts) -> Found:
    for place, criterion in enumerate(content.criteria):
        if slug := facts.criteria_taken.get(criterion.id):
            yield Finding(
                "criterion_taken",
                f"criteria[{place}].id",
                f"“{criterion.id}” already names a criterion of another word ({slug}).",
                "Give this one an id of its own: stages and fields refer to criteria by it.",
            )


def criterion_is_still_used(content: Content, facts: Facts) -> Found:
    kept = {criterion.id for criterion in content.criteria}
    for criterion in facts.base.criteria if facts.base else ():
        if criterion.id not in kept and (users := facts.used_by.get(criterion.id)):
            yield Finding(
                "criterion_in_use",
                "criteria",
                f"The criterion “{criterion.id}” would go, and {', '.join(users)} rests on it.",
                "Keep it, or change what rests on it first.",
            )


def record_type_has_no_text(content: Content, facts: Facts) -> Found:
    """A row without a text, such as one whose only suggestion was cancelled, is nothing to run on."""
    for place, criterion in enumerate(content.criteria):
        if criterion.record in facts.record_keys & facts.without_text:
            yield Finding(
                "record_without_text",
                f"criteria[{place}].record",
                f"Of the record type “{criterion.record}” nothing is in force, and nothing is suggested.",
                "Suggest its fields first, so that this criterion has something to run on.",
            )


# Errors: record types


def record_key_is_another(content: Content, facts: Facts) -> Found:
    if content.kind != "record_type":
        return
    wanted = facts.own_slug.removeprefix("record-").replace("-", "_")
    if content.key != wanted:
        yield Finding(
            "record_key",
            "key",
            f"The key of this record type is “{content.key or ''}”; criteria find it as “{wanted}”.",
            f"Write {wanted} as its key.",
        )


def field_is_not_sound(content: Content, facts: Facts) -> Found:
    for name, declared in content.fields.items():
        if not is_field_name(name):
            yield Finding(
                "field_name",
                f"fields.{name}",
                f"SQL keeps the word “{name}” for itself, so no condition could use this field.",
                f"Call it otherwise, such as {name}_value.",
            )
        for place, value in enumerate(declared.values):
            if not _can_hold(declared, value):
                yield Finding(
                    "field_value",
                    f"fields.{name}.values[{place}]",
                    f"“{value}” cannot be a value of “{name}”, which is of type {declared.type}.",
                    "Take it out, or change the type.",
                )


def _can_hold(declared: RecordField, value: str) -> bool:
    """Values are listed as texts, so only a text can be one of a list."""
    return declared.type == "string" and value != ""


def dedupe_key_is_no_field(content: Content, facts: Facts) -> Found:
    for place, name in enumerate(content.dedupe_key):
        if name not in content.fields:
            yield Finding(
                "dedupe_key",
                f"dedupe_key[{place}]",
                f"“{name}” tells records apart but is no field of this record type.",
                "Add the field, or choose one that is there.",
            )


def other_criterion_breaks(content: Content, facts: Facts) -> Found:
    for stated, samples in facts.touched:
        view = facts.ground.records.get(stated.record)
        if view is None:
            continue
        found = facts.ground.faults(stated.expr, stated.record)
        if found:
            yield _broken(stated, found[0].message)
            continue
        node = facts.ground.node(stated.expr, stated.record)
        for sample in samples:
            if (verdict := verdict_on(sample, node, view)) != sample.expect:
                said = ANSWERS[verdict] if verdict else "nothing, since it no longer fits its fields"
                yield _broken(stated, f"its sample “{sample.note}” would say {said} and not {ANSWERS[sample.expect]}.")
                break


def _broken(stated: Stated, why: str) -> Finding:
    return Finding(
        "breaks_criterion",
        "",
        f"This would break “{stated.label or stated.id}” of {stated.term}, which is in force: {why}",
        "Keep what that criterion uses, or change that word first, so that nothing signed changes unseen.",
    )


# Asked again at publication only: until then the two may be signed side by side.


def record_type_is_only_suggested(content: Content, facts: Facts) -> Found:
    for place, _, view in _seen(content, facts):
        if not view.is_signed:
            yield Finding(
                "record_not_in_force",
                f"criteria[{place}].record",
                f"Of the record type “{view.key}” nothing is in force yet.",
                "Sign the record type first, or let this text take effect when that one does.",
            )


# Warnings


def verdict_never_occurs(content: Content, facts: Facts) -> Found:
    for place, criterion, view, node in _running(content, facts):
        for verdict in (True, False):
            if not is_possible(node, verdict, view.fields):
                answer = ANSWERS[WORDS[verdict]]
                yield Finding(
                    "never_occurs",
                    f"criteria[{place}].expr",
                    f"“{criterion.label}” can never say {answer}.",
                    "Look for two parts that shut each other out, or for one that always holds.",
                )


def sample_is_missing(content: Content, facts: Facts) -> Found:
    for place, criterion in enumerate(content.criteria):
        missing = [ANSWERS[word] for word in ("true", "false") if word not in {s.expect for s in criterion.samples}]
        if missing:
            yield Finding(
                "sample_missing",
                f"criteria[{place}].samples",
                f"“{criterion.label}” has no sample that says {' and none that says '.join(missing)}.",
                "Add one case each: samples show what both teams expect, and keep the condition to it.",
            )


def empty_field_is_not_written_out(content: Content, facts: Facts) -> Found:
    for place, criterion, _, _ in _running(content, facts):
        asked = null_tested(parse(criterion.expr))
        for number, sample in enumerate(criterion.samples):
            if left_out := [name for name in asked if name not in sample.record]:
                yield Finding(
                    "sample_leaves_out",
                    f"criteria[{place}].samples[{number}].record",
                    f"The sample “{sample.note}” leaves out {', '.join(left_out)}, whose emptiness decides.",
                    "Write it with its value, or as null, so that the verdict does not rest on something left out.",
                )


def same_test_elsewhere(content: Content, facts: Facts) -> Found:
    own = {criterion.id for criterion in content.criteria}
    for place, criterion, view, node in _running(content, facts):
        for stated in list(facts.ground.criteria.values())[:COMPARED]:
            if stated.id in own or stated.record != criterion.record or not _uses_the_same(criterion, stated):
                continue
            found = tell_apart(node, facts.ground.node(stated.expr, stated.record), view.fields)
            if found.is_complete and found.witness is None:
                yield Finding(
                    "same_test",
                    f"criteria[{place}].expr",
                    f"“{criterion.label}” says the same of every record as “{stated.label}” of {stated.term}.",
                    "One idea has one test: refer to that criterion, so that the two cannot drift apart.",
                )


def _uses_the_same(criterion: Criterion, stated: Stated) -> bool:
    try:
        return set(fields_of(parse(criterion.expr))) == set(fields_of(parse(stated.expr)))
    except Unreadable:
        return False


def field_is_no_known_verdict(content: Content, facts: Facts) -> Found:
    for name, declared in content.fields.items():
        if declared.source.strip().lower() != "registry":
            continue
        named = verdict_of(declared) or first_day_of(declared)
        if named is None:
            yield Finding(
                "registry_field",
                f"fields.{name}.computed",
                f"“{name}” comes from the registry, and it is not said from which criterion.",
                "Write “verdict of <criterion> on the same record”, or “first day on which <criterion> was met”.",
            )
        elif named not in facts.ground.criteria:
            yield Finding(
                "registry_field",
                f"fields.{name}.computed",
                f"“{name}” is told by the criterion “{named}”, of which nothing is in force.",
                "Until it is agreed, this field has only the values that records bring along.",
            )


def criteria_are_touched(content: Content, facts: Facts) -> Found:
    if content.kind != "record_type" or facts.base is None:
        return
    old, new = facts.base.fields, content.fields
    changed = {name for name in {*old, *new} if old.get(name) != new.get(name)}
    for name in sorted(changed):
        users = [stated for stated, _ in facts.touched if name in _fields_used(stated)]
        if users:
            shown = ", ".join(dict.fromkeys(f"“{stated.label or stated.id}” ({stated.term})" for stated in users))
            yield Finding(
                "touches_criteria",
                f"fields.{name}",
                f"“{name}” changes beneath {shown}.",
                "Look at these definitions before you sign: they will look at the changed field.",
            )


def _fields_used(stated: Stated) -> tuple[str, ...]:
    try:
        return fields_of(parse(stated.expr))
    except Unreadable:
        return ()


ERRORS: tuple[Rule, ...] = (
    criterion_does_not_run,
    sample_does_not_fit,
    sample_disagrees,
    counted_by_no_day,
    criterion_id_is_taken,
    criterion_is_still_used,
    record_type_has_no_text,
    record_key_is_another,
    field_is_not_sound,
    dedupe_key_is_no_field,
    other_criterion_breaks,
)
WARNINGS: tuple[Rule, ...] = (
    record_type_is_only_suggested,
    verdict_never_occurs,
    sample_is_missing,
    empty_field_is_not_written_out,
    same_test_elsewhere,
    field_is_no_known_verdict,
    criteria_are_touched,
)
