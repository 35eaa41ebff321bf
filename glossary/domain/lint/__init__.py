"""Readiness: what keeps a text from being signed, and what its signers should know.

Every rule is a function of the content and of the facts about the registry, and yields what it finds. Errors refuse
a submission, warnings are shown beside the signatures. What may have changed while a text was being signed, because
other texts were agreed meanwhile, is asked once more at publication.
"""

from glossary.domain.content import Content
from glossary.domain.lint import crm_values, running, stage_models, wording
from glossary.domain.lint.findings import Facts, Finding, Found, Readiness, Rule, StandingModel, Touched
from glossary.domain.lint.wording import sentences

__all__ = [
    "Facts",
    "Finding",
    "Found",
    "Readiness",
    "Rule",
    "StandingModel",
    "Touched",
    "readiness",
    "runs_with",
    "sentences",
    "still_runs",
]


def readiness(content: Content, facts: Facts) -> Readiness:
    """Everything the rules find, in the order of the rules."""
    errors = (*wording.ERRORS, *running.ERRORS, *stage_models.ERRORS)
    warnings = (*wording.WARNINGS, *running.WARNINGS, *stage_models.WARNINGS, *crm_values.WARNINGS)
    return Readiness(_found(errors, content, facts), _found(warnings, content, facts))


def runs_with(content: Content, facts: Facts) -> tuple[Finding, ...]:
    """What keeps the definition from running with what is signed for some later instant."""
    return _found((*running.ERRORS, *stage_models.RUNNING), content, facts)


def still_runs(content: Content, facts: Facts) -> tuple[Finding, ...]:
    """What keeps the definition from running with what is agreed by now."""
    return _found((*running.ERRORS, running.record_type_is_only_suggested, *stage_models.RUNNING), content, facts)


def _found(rules: tuple[Rule, ...], content: Content, facts: Facts) -> tuple[Finding, ...]:
    return tuple(finding for rule in rules for finding in rule(content, facts))
