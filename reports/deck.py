"""The resolved deck: every word, number and table of a report, ready to be drawn. The renderer adds coordinates only.

`Deck`, `Message` and `Card` are stored in the revision: a report can be drawn again without mirror or model.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from reports.facts import Fact, Frozen, Tone, Unit

# Where a block stands. A slide uses one of these sets, top to bottom:
#   [top] · main | main + side | left + right · [bottom]
# `top` is a strip of tiles, `bottom` a strip for the so-what. Several blocks in one slot are stacked.
Slot = Literal["top", "main", "left", "right", "side", "bottom"]


class Words(Frozen):
    """A text for people.

    `template` is the text with `{{fact_id}}` in place of every fact; `by` names the person who typed it (then it may
    hold any number and is not computed), None for machine words.
    """

    text: str
    template: str = ""
    by: str | None = None


class NumberFormat(Frozen):
    """How chart and table values are written. `scale` divides (1_000_000 with suffix M); `decimals` after the point."""

    unit: Unit
    prefix: str = ""
    suffix: str = ""
    scale: int = 1
    decimals: int = 0


class Tile(Frozen):
    """A key figure: its label, its value as text, what it changed by, and what that means."""

    label: str
    value: str
    detail: str = ""
    tone: Tone = "neutral"
    fact: str = ""


class Tiles(Frozen):
    """A strip of two to five key figures."""

    type: Literal["tiles"] = "tiles"
    id: str
    slot: Slot = "top"
    tiles: tuple[Tile, ...]


class Series(Frozen):
    """One series of a chart; a None is a gap. `highlight` holds indexes of points drawn in the accent colour."""

    name: str
    values: tuple[Decimal | None, ...]
    tone: Tone = "neutral"
    highlight: tuple[int, ...] = ()
    line: bool = False


class Chart(Frozen):
    """A native, editable chart.

    For a waterfall there is one series, and `totals` are the indexes of its total bars; the other values are signed
    movements. `axis_from` is above zero only where the axis is cut (then the renderer marks it); None means zero.
    `alt` describes the chart for people who cannot see it, with its numbers.
    """

    type: Literal["chart"] = "chart"
    id: str
    slot: Slot = "main"
    mark: Literal["waterfall", "column", "bar", "line", "stacked"]
    heading: str = ""
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    totals: tuple[int, ...] = ()
    number: NumberFormat
    axis_from: Decimal | None = None
    alt: str


class Column(Frozen):
    """A table column: heading, alignment, and relative width."""

    heading: str
    align: Literal["left", "right", "center"] = "left"
    weight: float = 1.0


class Cell(Frozen):
    """A table cell.

    `value` is the exact number behind `text` where it is one; `link` is the record's address; `note` is a person's
    context or a second, smaller line.
    """

    text: str
    value: Decimal | None = None
    unit: Unit | None = None
    link: str | None = None
    tone: Tone = "neutral"
    bold: bool = False
    note: str = ""


class TableRow(Frozen):
    """A line of a table; `record` is the deal it is about, where it is about one.

    A line that is `kept`, because the slide speaks of it, is the last to go where the table is too high.
    """

    cells: tuple[Cell, ...]
    total: bool = False
    kept: bool = False
    record: str | None = None


class Table(Frozen):
    """A table with a header row. At most ten rows are shown; `more` says what was left out ("and 12 more, $0.4M")."""

    type: Literal["table"] = "table"
    id: str
    slot: Slot = "main"
    heading: str = ""
    columns: tuple[Column, ...]
    rows: tuple[TableRow, ...]
    more: str = ""
    alt: str


class Lines(Frozen):
    """A short list under a heading: changes, decisions, a so-what. `tone` colours the whole box."""

    type: Literal["lines"] = "lines"
    id: str
    slot: Slot = "left"
    heading: str = ""
    lines: tuple[Words, ...]
    numbered: Literal["", "1", "A"] = ""
    tone: Tone = "neutral"


Block = Tiles | Chart | Table | Lines


class Slide(Frozen):
    """One slide. `footer` is source, as-of, scope and definitions version; `notes` say how each number was computed."""

    id: str
    key: str
    number: int
    title: Words
    scope: str
    blocks: tuple[Block, ...]
    footer: str
    notes: str
    facts: tuple[Fact, ...] = ()


class Decision(Frozen):
    """A choice for today: letter, sentence, and the deal it is about."""

    letter: str
    words: Words
    deal_id: str | None = None
    owner: str | None = None
    due: date | None = None


class Message(Frozen):
    """The message that carries the report. `notification` is at most 120 characters; the whole at most 12 lines.

    `followed` says what became of what people took on; None where nobody did.
    """

    notification: str
    headline: Words
    lead: Words | None = None
    changed_since: str
    changes: tuple[Words, ...]
    decisions: tuple[Decision, ...]
    followed: Words | None = None
    grey: str
    facts: tuple[Fact, ...] = ()


class CardStep(Frozen):
    """A bar of the card's bridge; a total stands on the ground, a movement hangs between its neighbours."""

    label: str
    value: Decimal
    text: str
    total: bool = False


class CardMove(Frozen):
    """One way to win: what, how much, by whom."""

    label: str
    text: str
    detail: str = ""


class Card(Frozen):
    """What the phone card shows. Amounts are in the report's currency; `text` of each is what is printed.

    `commit_text` is empty where a period is over and nothing of it can be commit.
    """

    company: str
    headline: str
    target: Decimal | None
    target_text: str
    won: Decimal
    won_text: str
    commit: Decimal
    commit_text: str
    gap_text: str
    bridge_heading: str
    bridge: tuple[CardStep, ...]
    moves_heading: str
    moves: tuple[CardMove, ...]
    footer: str


class Deck(Frozen):
    """A whole report, ready to be drawn: same deck, template and renderer give the same bytes."""

    kind: str
    title: str
    company: str
    state: str = "draft"
    revision: int
    as_of: datetime
    period: str
    scope: str
    currency: str
    spec_hash: str
    generation: str
    slides: tuple[Slide, ...]
    message: Message
    card: Card
    omitted: tuple[str, ...] = ()
