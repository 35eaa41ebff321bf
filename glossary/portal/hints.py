"""What the form says beside each field: how to fill it, and an example worth copying."""

from glossary.domain.content import RELATIONS

HELP = {
    "name": "As people say it, in the singular.",
    "kind": "What sort of thing it is. Most words are an idea.",
    "aliases": "Other names for the same thing.",
    "abbreviations": "The short forms people really use.",
    "summary": "What it is, in one sentence, without using the word itself. Begin with the sort of thing it is, then "
    "say what sets it apart.",
    "definition": "What has to be true for something to count. Markdown; link another word with [[its name]].",
    "why": "What goes wrong when people mean different things by it?",
    "includes": "What counts.",
    "excludes": "What does not count.",
    "examples": "Real cases that count.",
    "counter_examples": "Cases that look like it and are not. They settle most arguments.",
    "related": "Words that people should read next, and how they relate to this one.",
    "open_questions": "What is not settled, and the day on which every team looks again.",
    "measurement": "How the number is made, if there is one.",
    "criteria": "A condition that says of each record whether it counts, and cases that show what it means. Both teams "
    "sign them, and every tool gets the same answer. Each begins with an id and a name; an empty line stands between "
    "two.",
    "owner_side": "Who answers questions about it.",
    "status": "Say “Avoid it” for a word that people should stop using.",
    "replaced_by": "The word to use instead, when this one is to be avoided or is retired.",
    "status_reason": "Needed for a word to be avoided or retired that has no successor.",
    "review_months": "After how many months every team is asked whether this still holds.",
    "effective_from": "Leave empty for “as soon as every team has signed”.",
    "reason": "Why should this change? Shown to everybody who signs.",
}
# How a list is typed where no script makes rows of it.
LINES = "One a line."
LINES_OF = {
    "related": "One a line: the word, or how it relates and the word, such as “part of: Pipeline”. "
    "How: " + ", ".join(relation.replace("_", " ") for relation in RELATIONS) + ".",
    "open_questions": "One a line: the day, a colon and the question, such as “2027-05-17: Does a podcast count?”",
}
HELP_FOR_A_SIDE = "What these people do differently on Monday."

EXAMPLES = {
    "name": "Marketing Qualified Lead",
    "aliases": "joint campaign",
    "abbreviations": "MQL",
    "summary": "planned and dated combination of communication tools, aimed at one audience to reach one stated goal",
    "definition": "A campaign is a plan before it is a set of messages. It names an [[Audience]], a goal, a start and "
    "an end, and an owner on each side. A single tool used alone is at most one element of a campaign.",
    "why": "As long as one side hears “emails” and the other hears “programme”, the budget and the result are counted "
    "for different things.",
    "includes": "call sequences that follow the plan",
    "excludes": "a lone email sequence with no goal or end date",
    "examples": "A nine-week push into hospital groups made of a webinar, four emails, a dinner and a new deck.",
    "counter_examples": "Three emails sent to a bought list because the quarter looked thin.",
    "related": "is part of Demand Generation",
    "open_questions": "Does a podcast count as a touch? Look again on 17 May 2027.",
    "measurement": "Campaigns that started in the quarter and had at least one reply, counted once each.",
    "criteria": "mql: Meets the MQL conditions\nfor each: lead\nwhen: person_known AND interest_score >= 60\n"
    "yes: well known and keen {person_known: true, interest_score: 72}\nno: known, hardly any interest "
    "{person_known: true, interest_score: 10}",
    "replaced_by": "Marketing Qualified Lead, on the page of “good lead”",
    "status_reason": "Nobody could say from which score on a lead was “hot”, so the reports no longer use it.",
    "review_months": "12 for most words, 6 where the market moves quickly",
    "reason": "Sales counts a single email as a campaign and marketing does not; in spring the numbers differed by 14.",
}
EXAMPLES_FOR_A_SIDE = {
    "sales": "Say before the start which calls you will make, and log replies under the campaign's code.",
    "marketing": "Do not call it a campaign before somebody in sales owns a part.",
}

# What the button that adds an entry says, and which kind of row an entry is.
ENTRIES = {
    "aliases": ("name", "Add a name"),
    "abbreviations": ("name", "Add an abbreviation"),
    "includes": ("text", "Add what counts"),
    "excludes": ("text", "Add what does not count"),
    "examples": ("text", "Add an example"),
    "counter_examples": ("text", "Add a counter-example"),
    "related": ("relation", "Add a word"),
    "open_questions": ("question", "Add a question"),
}
