"""JSON: one document, or one word a line (jsonlines.org); the text of each word as it is served."""

from collections.abc import Iterator

from glossary.exchange.source import Source
from glossary.rendering.instants import iso


def document(source: Source) -> Iterator[str]:
    yield f'{{"exported_at":"{iso(source.at)}","terms":['
    for place, body in enumerate(source.bodies()):
        yield body if place == 0 else f",{body}"
    yield "]}"


def lines(source: Source) -> Iterator[str]:
    for body in source.bodies():
        yield f"{body}\n"
