"""A rule about values of a CRM: each stands for one thing, over all words and stages."""

from collections.abc import Iterator

from glossary.domain.content import Content
from glossary.domain.lint.findings import Facts, Finding, Found, Rule
from glossary.domain.picklist import claims_of, clash
from glossary.domain.stages import path_of


def crm_value_means_another_word(content: Content, facts: Facts) -> Found:
    """A warning, since the other one may be what has to change; inside one stage model it is an error."""
    own = claims_of({"slug": facts.own_slug, "name": content.name, **content.as_data()})
    for path, claim in zip(_paths(content), own, strict=True):
        for other in facts.crm_claims:
            if clash(claim, other):
                yield Finding(
                    "crm_value_elsewhere",
                    path,
                    f"“{claim.value}” in {claim.place} already means “{other.by}” ({other.by.slug}).",
                    "No report can tell which of the two a record means. Keep it for one of them: take it out here, or "
                    "suggest a change there.",
                )


def _paths(content: Content) -> Iterator[str]:
    """Where the values stand, in the order of `claims_of`."""
    yield from (f"crm_mappings[{number}]" for number, mapping in enumerate(content.crm_mappings) if mapping.value)
    for place, stage in enumerate(content.stage_model.stages if content.stage_model else ()):
        for number, mapping in enumerate(stage.crm_mappings):
            if mapping.value:
                yield path_of(place, f"crm_mappings[{number}]")


WARNINGS: tuple[Rule, ...] = (crm_value_means_another_word,)
