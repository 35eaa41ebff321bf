"""What people wrote is text in a chat: in Slack's blocks, and in the text that Mattermost and Rocket.Chat show."""

import json
import re
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glossary.rendering.slack import Link, Paragraph, Remark, Title, composed, in_a_line, inert, line, listed, signers
from tests.outbox.receiving import slack_refuses

HOSTILE = [
    "<!channel> look", "<@U123>", "<#C024BE7LR|general>", "<http://evil.example|click>", "R&D &lt;b&gt;",
    "*bold* _soft_ ~gone~ `code`", "```block```", "@channel @all @here @sam", "[click](http://evil.example)",
    "https://evil.example and www.evil.example", ":skull: :+1:", "# heading", "> quoted", "| a | b |\n| - | - |",
    "one\ntwo\r\nthree\u2028four", "back\u202ewards\u2066", "zero\u200bwidth\ufeff", "nul\x00 bell\x07",
    "<!date^1^{date}|x>",
]  # fmt: skip


def everything_in(text: str) -> dict[str, Any]:
    """The text at every place that a message has."""
    said = line("{text} and {text}", text=text)
    return composed(
        [Title(said), Paragraph(said), Remark(said), Link(said, "https://words.example.com/terms/x/?a=1&b=2")]
    )


def nothing_but(text: str) -> dict[str, Any]:
    """The text as all that a paragraph and a remark say."""
    said = line("{text}", text=text)
    return composed([Title(line("Campaign")), Paragraph(said), Remark(said)])


def texts_of(block: dict[str, Any]) -> list[dict[str, Any]]:
    return block["elements"] if block["type"] == "context" else [block["text"]]


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_hostile_means_anything(text: str) -> None:
    message = everything_in(text)
    assert not slack_refuses(message)
    assert (message["unfurl_links"], message["parse"], message["mrkdwn"]) == (False, "none", False)
    for block in message["blocks"]:
        for written in texts_of(block):
            shown = written["text"]
            if written["type"] == "mrkdwn":
                inside = re.fullmatch(r"<https://words\.example\.com/terms/x/\?a=1&amp;b=2\|([^<>|]*)>", shown)
                assert inside and written["verbatim"] and not re.search(r"[*_~`@#\[\]\\]", inside[1])
            else:
                assert written["type"] == "plain_text" and written["emoji"] is False
                assert "<" not in shown and ">" not in shown
            assert "\n" not in shown and not re.search(r"&(?!(amp|lt|gt);)", shown)
            assert not re.search("[\x00-\x1f\u202a-\u202e\u2066\u2067\u200b\ufeff\u2028]", shown)
    *lines, _ = message["text"].split("\n")
    assert len(lines) == 3, "no line of theirs begins one of ours"
    assert not re.search(r"[<>*_~`@#\[\]|\\]|://|www\.|:[\w+]+:", "".join(lines))


def test_what_people_wrote_can_still_be_read() -> None:
    (block,) = composed([Paragraph(line("{text}", text="R&D says lead_score > 50 * 2, see [MQL] & co."))])["blocks"]
    assert block["text"]["text"] == "R&amp;D says lead_score &gt; 50 * 2, see [MQL] &amp; co."
    assert inert("lead_score > 50 * 2, 24:00") == "lead＿score &gt; 50 ∗ 2, 24:00"


def test_a_name_from_right_to_left_moves_nothing_outside_itself() -> None:
    assert in_a_line("דנה") == "\u2068דנה\u2069"
    assert in_a_line("\u2069\u202eדנה") == "\u2068דנה\u2069", "and cannot end its own bounds"
    assert in_a_line("می\u200cخواهم") == "\u2068می\u200cخواهم\u2069", "a letter that joins is part of the word"


@given(st.text(max_size=400))
def test_any_text_at_all_is_taken_by_slack(text: str) -> None:
    for message in (everything_in(text), nothing_but(text)):
        assert not slack_refuses(json.loads(json.dumps(message)))
        shown = [written["text"] for block in message["blocks"] for written in texts_of(block)]
        assert not any(unicodedata.category(letter) == "Cc" for each in shown for letter in each)


@pytest.mark.parametrize("text", ["", "\u200b\u2060", "\u200d", "\u00ad \ufe0f", " \n", "\u3164\u2800"])
def test_what_nobody_can_see_is_left_out(text: str) -> None:
    message = nothing_but(text)
    assert message["text"] == "Campaign" and len(message["blocks"]) == 1


def test_a_title_of_ampersands_is_cut_between_two_of_them() -> None:
    (block,) = composed([Title(line("{name}", name="&" * 120))])["blocks"]
    assert block["text"]["text"] == "&amp;" * 29 + "…"


def test_who_signed_is_said_with_team_and_for_whom() -> None:
    seats = [
        {"side": "sales", "name": "Sam Rivera"},
        {"side": "marketing", "name": "Rep", "acting_for": "Mia", "reservation": "Only this year."},
        {"side": "product", "name": "Pia"},
    ]
    who = signers(seats, {"sales": "Sales", "marketing": "Marketing"}).written(in_a_line)
    assert who == "Sam Rivera (Sales), Rep (Marketing, for Mia, with a reservation) and Pia (product)"
    assert listed([]).written(in_a_line) == ""
