"""A stage model as a drawing: where its lanes, stages and ways stand. Plain arithmetic; the page puts it into SVG.

Stages stand left to right, each in a column of its own and in the lane of the side that is accountable for it. So a way
that leaves a stage upwards or downwards meets no other stage: ways that leave stages out run above the lanes, ways back
beneath them, each in a row of its own. Drawn beside an earlier model, stages that are new, changed or gone are marked.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from textwrap import wrap

from glossary.domain.content import Content
from glossary.domain.shapes import Stage, StageModel
from glossary.domain.stages import CHANGED, GONE, NEW, MarkedStage, marked

BOX_WIDTH, BOX_HEIGHT = 106, 74
COLUMN = 128  # from one stage to the next
LANE = 116  # the height of one
ROW = 16  # between two ways above or beneath
MARGIN = 14
LETTERS = 12  # that fit into one line of a box
LINE = 16
LABELS = {NEW: "+ new", CHANGED: "± changed", GONE: "− goes"}


@dataclass(frozen=True)
class Line:
    """One line of a stage's name, and where it begins from above."""

    text: str
    y: int


@dataclass(frozen=True)
class Box:
    """A stage: its left upper corner, and its name in lines. `can_end` says that a record may be closed from here."""

    marked: MarkedStage
    x: int
    y: int
    lines: tuple[Line, ...]
    can_end: bool

    @property
    def stage(self) -> Stage:
        return self.marked.stage

    @property
    def middle(self) -> int:
        return self.x + BOX_WIDTH // 2

    @property
    def centre(self) -> int:
        return self.y + BOX_HEIGHT // 2

    @property
    def label(self) -> str:
        """The mark in words, with a sign before it."""
        return LABELS.get(self.marked.mark, "")

    @property
    def label_width(self) -> int:
        return 7 * len(self.label) + 12

    @property
    def label_x(self) -> int:
        """Where the label begins: at the right corner and beyond it, so that it hides no arrow."""
        return self.x + BOX_WIDTH + 13 - self.label_width

    @property
    def label_middle(self) -> int:
        return self.label_x + self.label_width // 2

    @property
    def end_x(self) -> int:
        return self.x + BOX_WIDTH - 8

    @property
    def promise_y(self) -> int:
        return self.y + BOX_HEIGHT - 11


@dataclass(frozen=True)
class Lane:
    """The band of one side, by key."""

    side: str
    y: int


@dataclass(frozen=True)
class Way:
    """How records go from one stage to another: a kind (on, skip, back), SVG path data, and whether sides change."""

    kind: str
    path: str
    is_handoff: bool = False
    x: int = 0  # of the mark of a hand-off
    y: int = 0


@dataclass(frozen=True)
class Drawing:
    """Everything that is drawn, in units of the view box."""

    width: int
    height: int
    lane_height: int
    box_width: int
    box_height: int
    lanes: tuple[Lane, ...]
    boxes: tuple[Box, ...]
    ways: tuple[Way, ...]

    @property
    def new(self) -> list[MarkedStage]:
        return self._marked(NEW)

    @property
    def changed(self) -> list[MarkedStage]:
        return self._marked(CHANGED)

    @property
    def gone(self) -> list[MarkedStage]:
        return self._marked(GONE)

    def _marked(self, mark: str) -> list[MarkedStage]:
        return [box.marked for box in self.boxes if box.marked.mark == mark]


def drawn_change(before: Content | None, after: Content, sides: Iterable[str]) -> Drawing | None:
    """The stages of the later text, what is not as in the earlier one marked; None where no stage differs.

    Without an earlier text all stages are drawn, and none is marked.
    """
    old, new = before.stage_model if before else None, after.stage_model
    if new is None or not new.stages:
        return None
    drawing = drawn(new, list(sides), old)
    return drawing if before is None or any(box.label for box in drawing.boxes) else None


def drawn(model: StageModel, sides: Sequence[str], before: StageModel | None = None) -> Drawing:
    """The drawing of a stage model: a lane for each side that is accountable for a stage, in the order of `sides`.

    Given the model `before`, stages that go are drawn too, without ways.
    """
    every = marked(model, before)
    stages = [item.stage for item in every]
    accountable = dict.fromkeys(stage.accountable_side for stage in stages)
    lanes_of = sorted(accountable, key=lambda side: sides.index(side) if side in sides else len(sides))
    column = {stage.key: place for place, stage in enumerate(stages)}
    staying = [item.stage for item in every if item.mark != GONE]
    links = [(stage.key, way.to, way.kind) for stage in staying for way in stage.next if way.to in column]
    skips = [link for link in links if link[2] != "close" and column[link[1]] > column[link[0]] + 1]
    returns = [link for link in links if link[2] != "close" and column[link[1]] <= column[link[0]]]
    top = MARGIN + ROW * len(skips)
    lanes = tuple(Lane(side, top + LANE * place) for place, side in enumerate(lanes_of))
    bottom = top + LANE * len(lanes)
    ends = {start for start, _, kind in links if kind == "close"}
    place = {lane.side: lane.y for lane in lanes}
    boxes = {item.stage.key: _box(item, column[item.stage.key], place, item.stage.key in ends) for item in every}
    ways = [
        *(_on(boxes[a], boxes[b]) for a, b, kind in links if kind != "close" and column[b] == column[a] + 1),
        *(_around(boxes[a], boxes[b], "skip", top - ROW * (row + 1) + 6) for row, (a, b, _) in enumerate(skips)),
        *(_around(boxes[a], boxes[b], "back", bottom + ROW * (row + 1) - 6) for row, (a, b, _) in enumerate(returns)),
    ]
    return Drawing(
        width=MARGIN * 2 + COLUMN * len(stages) - (COLUMN - BOX_WIDTH),
        height=bottom + ROW * len(returns) + MARGIN,
        lane_height=LANE,
        box_width=BOX_WIDTH,
        box_height=BOX_HEIGHT,
        lanes=lanes,
        boxes=tuple(boxes.values()),
        ways=tuple(ways),
    )


def _box(item: MarkedStage, column: int, lanes: dict[str, int], can_end: bool) -> Box:
    x, y = MARGIN + COLUMN * column, lanes[item.stage.accountable_side] + 30
    lines = wrap(item.stage.name, LETTERS, max_lines=2, placeholder="…")
    return Box(item, x, y, tuple(Line(text, y + 22 + LINE * row) for row, text in enumerate(lines)), can_end)


def _on(start: Box, end: Box) -> Way:
    """To the next stage: straight, or through the gap between the two into the other lane."""
    right, gap = start.x + BOX_WIDTH, start.x + BOX_WIDTH + (COLUMN - BOX_WIDTH) // 2
    if start.y == end.y:
        return Way("on", f"M{right} {start.centre}H{end.x}")
    path = f"M{right} {start.centre}H{gap}V{end.centre}H{end.x}"
    return Way("on", path, is_handoff=True, x=gap, y=(start.centre + end.centre) // 2)


def _around(start: Box, end: Box, kind: str, y: int) -> Way:
    """Above or beneath all lanes. It leaves beside the middle of its stage, where others arrive."""
    leaves, arrives = start.middle + (14 if kind == "skip" else -14), end.middle + (-14 if kind == "skip" else 14)
    edge = 0 if kind == "skip" else BOX_HEIGHT
    return Way(kind, f"M{leaves} {start.y + edge}V{y}H{arrives}V{end.y + edge}")
