"""The stages of a pipeline, drawn and told."""

import itertools
import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from django.test import Client

from glossary.models import Version
from glossary.rendering.pipeline import BOX_WIDTH, drawn
from tests import pipeline
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


def reworked() -> dict[str, Any]:
    """The short pipeline with a stage put in, one renamed, one promised otherwise, and one gone."""
    data = pipeline.model()
    offered, accepted, won, _ = data["stages"]
    offered["sla_hours"] = 2
    to_trial = [{"to": "trial", "kind": "advance"}]
    accepted.update(key="worked-on", name="Worked On", was=["sales-accepted"], next=to_trial)
    trial = {**accepted, "key": "trial", "name": "Trial", "was": [], "next": [{"to": "won", "kind": "advance"}]}
    won.update(was=["disqualified"])
    offered["next"] = [{"to": "worked-on", "kind": "advance"}]
    del offered["handoff"]["return_reasons"]
    data["stages"] = [{**stage, "order": n} for n, stage in enumerate([offered, accepted, trial, won], start=1)]
    return {"stages": data["stages"]}


def test_a_suggestion_shows_what_happens_to_each_stage(people: SimpleNamespace, desk: Desk, at_browser: Browse) -> None:
    pipeline.agree_on_a_pipeline(desk)
    proposal = desk.submit("Revenue pipeline", term="revenue-pipeline", kind="stage_model", stage_model=reworked())
    answer = at_browser(people.sam).get(f"/proposals/{proposal.pk}/")
    said, page = words(answer), answer.content.decode()
    assert said.index("What happens to the stages") < said.index("What changes, compared with definition v1")
    for text in (
        "+ new Trial",
        "± changed Offered",
        "± changed Worked On (was Sales Accepted)",
        "− goes Disqualified : its records go to Won",
    ):
        assert text in said, text
    assert "± changed Won" in said and "+ new Worked On" not in said
    assert "1. Offered, Marketing, within 2 business hours, changed." in page
    assert re.findall(r'marked-(\w+)"', page) == ["changed", "changed", "new", "changed", "gone"]


def test_two_versions_are_compared_by_their_stages_too(people: SimpleNamespace, desk: Desk, at_browser: Browse) -> None:
    pipeline.agree_on_a_pipeline(desk)
    pipeline.change_the_pipeline(desk, reworked())
    address = "/terms/revenue-pipeline/compare/"
    assert "+ new Trial" in words(at_browser(people.rep).get(address))
    assert "− goes Trial" in words(at_browser(people.rep).get(f"{address}?from=2&to=1"))
    assert "What happens to the stages" not in words(at_browser(people.rep).get(f"{address}?from=1&to=1"))


def test_nothing_is_drawn_where_no_stage_changes(people: SimpleNamespace, desk: Desk, at_browser: Browse) -> None:
    pipeline.agree_on_a_pipeline(desk)
    noted = {**pipeline.model(), "note": "Read from left to right."}
    proposal = desk.submit("Revenue pipeline", term="revenue-pipeline", kind="stage_model", stage_model=noted)
    page = at_browser(people.sam).get(f"/proposals/{proposal.pk}/").content.decode()
    assert "What happens to the stages" not in page and 'class="pipeline"' not in page


def test_a_new_stage_model_is_drawn_without_marks(people: SimpleNamespace, desk: Desk, at_browser: Browse) -> None:
    desk.open("Lead", kind="record_type", key="lead", fields=FIELDS)
    proposal = desk.submit("Pipeline", kind="stage_model", stage_model=MODEL)
    page = at_browser(people.sam).get(f"/proposals/{proposal.pk}/").content.decode()
    assert 'class="pipeline"' in page and not re.search(r'marked-(new|changed|gone)"', page)


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
