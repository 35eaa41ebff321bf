"""Rules about the wording of a text and about the words it refers to, in the spirit of ISO 704."""

import re
from collections.abc import Iterator

from glossary.domain.content import Content, Mention
from glossary.domain.lint.findings import Facts, Finding, Found, Rule
from glossary.domain.names import loose

# Errors


def summary_is_missing(content: Content, facts: Facts) -> Found:
    if not content.summary and content.kind != "record_type":
        yield Finding(
            "summary_missing",
            "summary",
            "The summary is still empty.",
            "Say in one sentence what the word means, so that people get it at a glance.",
        )


def definition_is_missing(content: Content, facts: Facts) -> Found:
    if not content.definition and content.kind not in ("record_type", "stage_model"):
        yield Finding(
            "definition_missing",
            "definition",
            "The definition is still empty.",
            "Write what counts and what does not, in a few sentences that both teams can work with.",
        )


def summary_uses_its_own_name(content: Content, facts: Facts) -> Found:
    if content.summary and (used := _own_name_in(content.summary, content)):
        yield Finding(
            "circular",
            "summary",
            f"The summary explains the word with itself (“{used}”).",
            "Start with what kind of thing it is, then say what sets it apart from others of that kind.",
        )


def _own_name_in(summary: str, content: Content) -> str | None:
    """The name in any number or spelling, or an abbreviation spelt exactly, since many are also plain words."""
    words = re.findall(r"[\w’']+", summary)
    for abbreviation in content.abbreviations:
        if abbreviation in words or abbreviation + "s" in words:
            return abbreviation
    key, most = loose(content.name), len(re.findall(r"\w+", content.name)) + 1
    runs = ("".join(words[start : start + size]) for start in range(len(words)) for size in range(1, most + 1))
    return content.name if any(abs(len(run) - len(key)) <= _ENDING and loose(run) == key for run in runs) else None


_ENDING = 6  # letters by which a plural, a possessive or an accent may change the length of a name


# A small letter begins a sentence only after a word too long to be an abbreviation.
_SENTENCE_END = re.compile(
    r"(?:(?<=[.!?…])|(?<=[.!?…][\"”’)]))\s+(?=[\"“‘(]*[^\W_a-z])|(?<=\w{5}[.!?])\s+(?=[a-z])|[。！？](?=.)"
)
_SHORTENED = re.compile(
    r"(?:\b(?:[A-Za-z]|e\.g|i\.e|a\.k\.a|vs|etc|approx|incl|excl|resp|cf|fig|dept|inc|ltd|corp|co|dr|mr|mrs|ms|st)"
    r"|\.[A-Za-z])\.$",
    re.IGNORECASE,
)
_LONGEST_SHORTENED = 8


def sentences(text: str) -> list[str]:
    """The sentences of a line of text; a point after an abbreviation such as "e.g." ends none."""
    parts, start = [], 0
    for end in _SENTENCE_END.finditer(text):
        if not _SHORTENED.search(text, max(start, end.start() - _LONGEST_SHORTENED), end.start()):
            parts.append(text[start : end.end()].strip())
            start = end.end()
    return [part for part in [*parts, text[start:].strip()] if part]


def summary_is_several_sentences(content: Content, facts: Facts) -> Found:
    if content.summary and (count := len(sentences(content.summary))) > 1:
        yield Finding(
            "several_sentences",
            "summary",
            f"The summary has {count} sentences.",
            "Keep the one that says what it is, and move the rest into the definition.",
        )


def link_leads_nowhere(content: Content, facts: Facts) -> Found:
    for mention in _each_once(content):
        if mention.target not in facts.known:
            yield Finding(
                "unknown_term",
                mention.path,
                f"“{mention.target}” is not in the registry yet.",
                "Raise that word or suggest a definition for it first, check the spelling, or take the link out.",
            )


def _each_once(content: Content) -> Iterator[Mention]:
    """The first mention of each term."""
    seen: set[str] = set()
    for mention in content.mentions():
        if mention.target not in seen:
            seen.add(mention.target)
            yield mention


def record_type_is_unknown(content: Content, facts: Facts) -> Found:
    for path, record in _records(content):
        if record not in facts.record_keys:
            yield Finding(
                "unknown_record",
                path,
                f"There is no record type “{record}” yet.",
                "Suggest the record type with its fields first, or choose one that exists.",
            )


def _records(content: Content) -> Iterator[tuple[str, str]]:
    for place, criterion in enumerate(content.criteria):
        yield f"criteria[{place}].record", criterion.record
    for place, stage in enumerate(content.stage_model.stages if content.stage_model else ()):
        yield f"stage_model.stages[{place}].record", stage.record


def name_is_taken(content: Content, facts: Facts) -> Found:
    if facts.name_taken_by:
        yield Finding(
            "name_taken",
            "name",
            f"“{content.name}” already belongs to another word ({facts.name_taken_by}).",
            "Suggest your change there, or give this one a name that tells the two apart.",
        )


def alias_is_another_name(content: Content, facts: Facts) -> Found:
    for field_name in ("aliases", "abbreviations"):
        for place, text in enumerate(getattr(content, field_name)):
            if slug := facts.aliases_taken.get(text):
                yield Finding(
                    "alias_taken",
                    f"{field_name}[{place}]",
                    f"“{text}” is the agreed name of another word ({slug}).",
                    "Leave it out here, so that looking it up has one answer; a related word can point there instead.",
                )


def status_has_no_way_on(content: Content, facts: Facts) -> Found:
    has_successor = content.replaced_by not in (None, facts.own_slug)
    if content.status != "agreed" and not has_successor and not content.status_reason:
        yield Finding(
            "no_successor",
            "replaced_by",
            f"The word becomes {content.status}, and people are not told what to use instead.",
            "Name the word that replaces it, or say in the reason why there is none.",
        )


def effective_date_is_past(content: Content, facts: Facts) -> Found:
    if facts.effective_from_past:
        yield Finding(
            "date_past",
            "effective_from",
            "The date from which this should hold lies in the past.",
            "Choose a day to come, or leave it empty: then it holds as soon as every team has signed.",
        )


def side_has_no_owner(content: Content, facts: Facts) -> Found:
    for side in facts.sides_without_owner:
        yield Finding(
            "side_without_owner",
            "",
            f"Nobody can sign for {side} at the moment.",
            f"Ask an administrator to appoint an owner for {side}.",
        )


def side_has_only_authors(content: Content, facts: Facts) -> Found:
    for side in facts.sides_of_authors_only:
        yield Finding(
            "side_of_authors_only",
            "",
            f"Nobody can sign this text for {side}: its owners wrote it, and here authors do not sign their own text.",
            f"Ask an administrator to appoint a further owner for {side}.",
        )


# Warnings


def link_has_nothing_in_force(content: Content, facts: Facts) -> Found:
    for mention in _each_once(content):
        if mention.target in facts.known - facts.in_force:
            yield Finding(
                "not_in_force",
                mention.path,
                f"“{mention.target}” has no definition in force yet.",
                "Sign that word first or together with this one, so that readers can follow the link.",
            )


_NEGATION = r"(?:not|no|never|neither|none|nothing|nobody|without)"
_NEGATIVE = re.compile(
    rf"(?:an?\s+|the\s+|any\s+|every\s+)?(?:{_NEGATION}\b|non-|(?:any|every)(?:thing|one|body)\s+(?:but|except|other\s+than)\b"
    r"|(?:absence|lack|opposite)\s+of\b"
    rf"|(?:[\w-]+\s+){{1,2}}?(?:(?:that|which|who)\s+(?:\w+\s+)?)?{_NEGATION}\b"
    r"|(?:[\w-]+\s+){1,2}?(?:that|which|who)\s+\w+n['’]t\b)",
    re.IGNORECASE,
)


def summary_is_negative(content: Content, facts: Facts) -> Found:
    if content.summary and _NEGATIVE.match(content.summary):
        yield Finding(
            "negative",
            "summary",
            "The summary starts with what the word is not.",
            "Say what it is; what it is not belongs under “does not include”.",
        )


SUMMARY_WORDS, DEFINITION_WORDS = 40, 500


def text_is_long(content: Content, facts: Facts) -> Found:
    for path, text, most in (
        ("summary", content.summary, SUMMARY_WORDS),
        ("definition", content.definition, DEFINITION_WORDS),
    ):
        if text and (count := len(text.split())) > most:
            yield Finding(
                "too_long",
                path,
                f"The {path} has {count} words; most people stop reading after {most}.",
                "Keep what decides whether something counts, and move the rest into examples or the reasons.",
            )


# Words that two teams read differently unless a number stands beside them.
_VAGUE = re.compile(
    r"(?<![\"“‘*\[\w-])(?:engaged|engagement|recent(?:ly)?|active(?:ly)?|significant(?:ly)?|substantial(?:ly)?"
    r"|sufficient(?:ly)?|adequate(?:ly)?|appropriate(?:ly)?|reasonabl[ey]|meaningful(?:ly)?|timely|prompt(?:ly)?|quickly"
    r"|soon|frequent(?:ly)?|regularly|highly|interested|sales-ready|warm|hot|promising|serious(?:ly)?"
    r"|(?:good|strong|right)[ -]fit|high[ -](?:quality|value|intent|potential))(?![\"”’\w-])",
    re.IGNORECASE,
)
_NO_JUDGEMENT = re.compile(r"\bas soon as\b|\bright-?hand\b", re.IGNORECASE)
_NUMBER = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|sixty|ninety|hundred"
    r"|once|twice|half|third|quarter|dozen)\b",
    re.IGNORECASE,
)


def qualifier_is_vague(content: Content, facts: Facts) -> Found:
    """A criterion is the threshold, so a word that has one may speak plainly."""
    if content.criteria or content.stage_model:
        return
    for path, text in (("summary", content.summary), ("definition", content.definition)):
        if words := list(dict.fromkeys(_vague_words(text or ""))):
            shown = ", ".join(f"“{word}”" for word in words)
            yield Finding(
                "vague",
                path,
                f"{shown} can mean something else to each team.",
                "Say from where on it counts: a number, a time span, or a criterion that can be checked.",
            )


def _vague_words(text: str) -> Iterator[str]:
    for line in text.splitlines():
        for sentence in sentences(line):
            if not _NUMBER.search(sentence):
                plain = _NO_JUDGEMENT.sub("", re.sub(r"`[^`]*`|\[\[[^\]]*\]\]", "", sentence))
                yield from (found.lower() for found in _VAGUE.findall(plain))


def name_is_near_another(content: Content, facts: Facts) -> Found:
    for slug, name in facts.near:
        yield Finding(
            "near_duplicate",
            "name",
            f"“{content.name}” is easily taken for “{name}” ({slug}).",
            "If both mean the same, suggest a change there; if not, choose a name that tells them apart.",
        )


def counter_example_is_missing(content: Content, facts: Facts) -> Found:
    is_spared = content.kind in ("record_type", "stage_model") or content.status == "retired"
    if not content.counter_examples and not is_spared:
        yield Finding(
            "no_counter_example",
            "counter_examples",
            "There is no counter-example yet.",
            "Add one case that people might take for it but that does not count; it settles most arguments.",
        )


def abbreviation_is_shared(content: Content, facts: Facts) -> Found:
    for place, text in enumerate(content.abbreviations):
        if slugs := facts.abbreviations_shared.get(text):
            yield Finding(
                "shared_abbreviation",
                f"abbreviations[{place}]",
                f"“{text}” also stands for {', '.join(slugs)}.",
                "Whoever looks it up is shown all of them. Keep it if people really say it for both.",
            )


def upcoming_is_replaced(content: Content, facts: Facts) -> Found:
    if facts.replaces_upcoming is not None:
        yield Finding(
            "replaces_upcoming",
            "effective_from",
            f"Version {facts.replaces_upcoming} is signed and has not taken effect; this text would replace it.",
            "Sign only if that is meant. Otherwise give this one a date after that version takes effect.",
        )


def nothing_is_new(content: Content, facts: Facts) -> Found:
    if facts.same_as is not None:
        yield Finding(
            "nothing_new",
            "",
            f"This text says the same as definition v{facts.same_as}.",
            "Change what should be different, or cancel the suggestion.",
        )


ERRORS: tuple[Rule, ...] = (
    summary_is_missing,
    definition_is_missing,
    summary_uses_its_own_name,
    summary_is_several_sentences,
    link_leads_nowhere,
    record_type_is_unknown,
    name_is_taken,
    alias_is_another_name,
    status_has_no_way_on,
    effective_date_is_past,
    side_has_no_owner,
    side_has_only_authors,
)
WARNINGS: tuple[Rule, ...] = (
    link_has_nothing_in_force,
    summary_is_negative,
    text_is_long,
    qualifier_is_vague,
    name_is_near_another,
    counter_example_is_missing,
    abbreviation_is_shared,
    upcoming_is_replaced,
    nothing_is_new,
)
