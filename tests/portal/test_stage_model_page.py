"""The stages of a pipeline, drawn and told."""

import itertools
import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from django.test import Client

from glossary.models import Version
from glossary.rendering.pipeline import BOX_WIDTH, drawn
from tests.portal.conftest import Browse, words
from tests.world import Desk

Publish = Callable[..., Version]


def stage(order: int, key: str, side: str, *ways: tuple[str, str], **more: Any) -> dict[str, Any]:
    return {
        "key": key,
        "order": order,
        "name": key.title(),
        "record": "lead",
        "accountable_side": side,
        "accountable_role": "whoever is on duty",
        "entry": {"text": "it begins"},
        "next": [{"to": to, "kind": kind, **REASONS.get(kind, {})} for kind, to in ways],
        **({"exit": {"text": "it ends"}} if ways else {}),
        **more,
    }


REASONS = {"recycle": {"reasons": ["too_early"]}, "close": {"reasons": ["too_late"]}}
FIELDS = {
    "status": {"type": "string", "source": "CRM"},
    "reason": {"type": "string", "values": ["too_early", "too_late"], "source": "CRM"},
}


STAGES = [
    stage(1, "engaged", "marketing", ("advance", "offered"), ("skip", "won"), ("close", "lost")),
    stage(2, "offered", "sales", ("advance", "won"), ("recycle", "engaged"), sla_hours=4, sla_side="sales"),
    stage(3, "won", "sales"),
    stage(4, "lost", "sales"),
]
MODEL = {
    "stages": STAGES,
    "reasons": [{"key": key, "label": key.replace("_", " ")} for key in ("too_early", "too_late")],
    "reason_fields": {"lead": {"recycle": "reason", "close": "reason"}},
}


def published(desk: Desk, publish: Publish) -> Version:
    desk.open("Lead", kind="record_type", key="lead", fields=FIELDS)
    return publish("Pipeline", kind="stage_model", stage_model=MODEL)


def test_stages_stand_in_the_lane_of_whoever_is_accountable(desk: Desk, publish: Publish) -> None:
    model = published(desk, publish).content.stage_model
    assert model is not None
    drawing = drawn(model, ["sales", "marketing"])
    assert [lane.side for lane in drawing.lanes] == ["sales", "marketing"]
    boxes = {box.stage.key: box for box in drawing.boxes}
    assert boxes["offered"].y == boxes["won"].y < boxes["engaged"].y
    places = [box.x for box in drawing.boxes]
    assert all(after - before > BOX_WIDTH for before, after in itertools.pairwise(places))
    assert [(way.kind, way.is_handoff) for way in drawing.ways] == [
        ("on", True),
        ("on", False),
        ("skip", False),
        ("back", False),
    ]
    assert [box.stage.key for box in drawing.boxes if box.can_end] == ["engaged"]


def test_every_line_stays_inside_the_picture(desk: Desk, publish: Publish) -> None:
    model = published(desk, publish).content.stage_model
    assert model is not None
    drawing = drawn(model, ["marketing", "sales"])
    for way in drawing.ways:
        heights = [int(number) for pair in re.findall(r"V(\d+)|M\d+ (\d+)", way.path) for number in pair if number]
        assert heights and all(0 < height < drawing.height for height in heights)
    assert max(box.x for box in drawing.boxes) + drawing.box_width < drawing.width


def test_the_page_says_in_words_what_the_picture_shows(
    people: SimpleNamespace, desk: Desk, publish: Publish, at_browser: Browse
) -> None:
    published(desk, publish)
    answer = at_browser(people.rep).get("/stage-models/pipeline/")
    said, page = words(answer), answer.content.decode()
    for text in ("Pipeline, stage by stage", "On to Offered", "Back to Engaged", "Straight to Won", "Ends as Lost"):
        assert text in said, text
    assert "2. Offered, Sales, within 4 business hours." in page
    assert "See them drawn" in words(at_browser(people.rep).get("/terms/pipeline/"))


def test_a_word_without_stages_has_no_such_page(people: SimpleNamespace, publish: Publish, at_browser: Browse) -> None:
    publish("Campaign")
    browser = at_browser(people.rep)
    assert browser.get("/stage-models/campaign/").status_code == 404
    assert browser.get("/stage-models/nothing/").status_code == 404


def test_a_visitor_sees_it_only_under_open_reading(desk: Desk, publish: Publish, settings: Any) -> None:
    published(desk, publish)
    assert Client().get("/stage-models/pipeline/").status_code == 302
    settings.GLOSSARY_OPEN_READING = True
    assert Client().get("/stage-models/pipeline/").status_code == 200
