"""Messages for a chat that takes what Slack takes. Whatever people wrote in them is text there, and nothing else.

One source, written twice: as blocks, which is what Slack shows, and as `text`, which its notifications read out and
which is all that Mattermost and Rocket.Chat show. Slack reads `&`, `<` and `>` in every text and formatting in all but
plain ones (docs.slack.dev, "Formatting message text"); the other two read Markdown and `@everybody`. So people's words
go into plain texts, and where there can be none every sign that means something is replaced by one that looks like it.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

from glossary.domain.names import is_seen

LONGEST_TITLE, LONGEST_PARAGRAPH = 150, 3_000  # characters that Slack takes, as they are sent

_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_LOOK_ALIKE = str.maketrans("*_~`@#[]|\\", "∗＿∼ˋ＠＃［］｜＼")
_EMOJI = re.compile(r":(?=[\w'+-]+:)")
_ADDRESS = re.compile(r"(?i)(?<=:/)(?=/)|(?<=\bwww)(?=\.)")
_JOINERS = "\u200c\u200d"  # join the letters of some scripts and of emoji, and can do nothing else
_WORD_JOINER = "\u2060"
_FIRST_STRONG, _POP = "\u2068", "\u2069"  # UAX 9: what stands between them moves nothing outside
_RIGHT_TO_LEFT = {"R", "AL", "AN"}


# What people wrote


def in_a_line(text: str) -> str:
    """What people wrote as one line, without anything that is not seen; from right to left within its own bounds."""
    line = " ".join("".join(" " if _is_break(letter) else letter for letter in text if not _is_unseen(letter)).split())
    runs_backwards = any(unicodedata.bidirectional(letter) in _RIGHT_TO_LEFT for letter in line)
    return f"{_FIRST_STRONG}{line}{_POP}" if runs_backwards else line


def _is_break(letter: str) -> bool:
    return unicodedata.category(letter) in ("Cc", "Zl", "Zp", "Zs")


def _is_unseen(letter: str) -> bool:
    return unicodedata.category(letter) in ("Cf", "Cs", "Co", "Cn") and letter not in _JOINERS


def inert(text: str) -> str:
    """The same where formatting is read: no sign in it means anything, and addresses lead nowhere."""
    looks = _EMOJI.sub("：", in_a_line(text)).translate(_LOOK_ALIKE)
    return escaped(_ADDRESS.sub(_WORD_JOINER, looks))


def escaped(text: str) -> str:
    """The three signs that Slack reads in every text as entities."""
    return text.translate(_ENTITIES)


def shortened(text: str, longest: int) -> str:
    """The text, cut between two words when it has more characters than `longest`."""
    return text if len(text) <= longest else f"{text[:longest].rpartition(' ')[0] or text[:longest]} …"


# What we say about it


@dataclass(frozen=True)
class Line:
    """A sentence of ours, with places in braces for what people wrote or for other lines."""

    words: str
    said: Mapping[str, "str | Line"] = field(default_factory=dict)

    def written(self, write: Callable[[str], str]) -> str:
        """The sentence with `write` done to everything that people wrote in it."""
        places = {
            place: said.written(write) if isinstance(said, Line) else write(said) for place, said in self.said.items()
        }
        return self.words.format_map(places)


def line(words: str, **said: "str | Line") -> Line:
    return Line(words, said)


class Title(NamedTuple):
    says: Line


class Paragraph(NamedTuple):
    says: Line


class Remark(NamedTuple):
    """Smaller than a paragraph."""

    says: Line


class Link(NamedTuple):
    """A way on, to an address of ours."""

    says: Line
    address: str


Part = Title | Paragraph | Remark | Link


def composed(parts: Sequence[Part]) -> dict[str, Any]:
    """The parts as Slack takes them, without those in which nothing can be seen, which it refuses.

    Nothing in a message unfolds, and nobody is called by it.
    """
    said = [part for part in parts if is_seen(part.says.written(in_a_line))]
    return {
        "text": "\n".join(_as_text(part) for part in said),
        "blocks": [_block(part) for part in said],
        "mrkdwn": False,
        "parse": "none",
        "unfurl_links": False,
        "unfurl_media": False,
    }


def _as_text(part: Part) -> str:
    says = part.says.written(inert)
    return f"{says}: {escaped(part.address)}" if isinstance(part, Link) else says


def _block(part: Part) -> dict[str, Any]:
    if isinstance(part, Title):
        return {"type": "header", "text": _plain(part.says, LONGEST_TITLE)}
    if isinstance(part, Paragraph):
        return {"type": "section", "text": _plain(part.says, LONGEST_PARAGRAPH)}
    if isinstance(part, Remark):
        return {"type": "context", "elements": [_plain(part.says, LONGEST_PARAGRAPH)]}
    linked = f"<{escaped(part.address)}|{part.says.written(inert)}>"
    return {"type": "section", "text": {"type": "mrkdwn", "text": linked, "verbatim": True}}


def _plain(says: Line, longest: int) -> dict[str, Any]:
    return {"type": "plain_text", "text": _fitting(says.written(in_a_line), longest), "emoji": False}


def _fitting(text: str, longest: int) -> str:
    """The text escaped, cut where that would be longer; no entity is cut."""
    whole = escaped(text)
    if len(whole) <= longest:
        return whole
    kept = ""
    for letter in map(escaped, text):
        if len(kept) + len(letter) > longest - 1:
            break
        kept += letter
    return f"{kept}…"


# Phrases


def listed(lines: Sequence[Line]) -> Line:
    """“Sales, Marketing and Product”."""
    places = [f"{{at{number}}}" for number in range(len(lines))]
    words = f"{', '.join(places[:-1])} and {places[-1]}" if len(places) > 1 else "".join(places)
    return Line(words, {f"at{number}": each for number, each in enumerate(lines)})


def teams(names: Iterable[str]) -> Line:
    return listed([line("{name}", name=name) for name in names])


def signers(signatures: Iterable[Mapping[str, Any]], sides: Mapping[str, str]) -> Line:
    """Who signed, as everybody may read it: “Sam Rivera (Sales) and Mia Tanaka (Marketing, for Max Weber)”."""
    return listed([_signer(seat, sides) for seat in signatures])


def _signer(seat: Mapping[str, Any], sides: Mapping[str, str]) -> Line:
    acting = ", for {owner}" if seat.get("acting_for") else ""
    reserved = ", with a reservation" if seat.get("reservation") else ""
    side = sides.get(seat["side"], seat["side"])
    return line(
        f"{{name}} ({{side}}{acting}{reserved})", name=seat["name"], side=side, owner=seat.get("acting_for", "")
    )


def day(at: datetime) -> str:
    """A day of UTC, since a channel has no zone of its own."""
    utc = at.astimezone(UTC)
    return f"{utc.day} {utc:%B %Y}"
