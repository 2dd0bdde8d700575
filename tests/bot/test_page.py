"""The page: what it shows, and that foreign text stays text."""

from __future__ import annotations

import re
from decimal import Decimal
from html.parser import HTMLParser

from bot.page import Turn, page
from bot.page_charts import chart_svg, number_text
from reports.deck import Chart, NumberFormat, Series
from reports.facts import Unit
from tests.fakes import decks

VOID = {"meta", "img", "br", "link"}


class Nesting(HTMLParser):
    """Checks that every element that is opened is closed, in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_every_title_tile_and_cell_of_a_deck_is_on_the_page() -> None:
    deck = decks.weekly()

    shown = Nesting(
        page("A thread", [Turn(who="Quarterdeck", text="", deck=deck, card="card.png", file="w.pptx")])
    )

    text = " ".join(shown.words)
    assert shown.open == []
    for slide in deck.slides:
        assert slide.title.text in text
        for block in slide.blocks:
            if block.type == "tiles":
                assert all(tile.value in text for tile in block.tiles)
            if block.type == "table":
                assert all(cell.text in text for row in block.rows for cell in row.cells)


def test_foreign_text_cannot_become_markup() -> None:
    hostile = '<script>alert(1)</script> & "quotes" \x00\ud800 \u202e'

    text = page(hostile, [Turn(who=hostile, text=hostile, changes=(hostile,), file='a" onclick="x')])

    assert "<script" not in text
    assert '" onclick=' not in text
    assert text.encode()
    assert Nesting(text).open == []


def waterfall() -> Chart:
    return Chart(
        id="c",
        mark="waterfall",
        categories=("Mon", "Won", "Slipped", "Now"),
        series=(Series(name="s", values=(Decimal(600), Decimal(-100), Decimal(-200), Decimal(300))),),
        totals=(0, 3),
        number=NumberFormat(unit=Unit.COUNT),
        alt="six hundred to three hundred",
    )


def test_bars_of_a_waterfall_hang_where_the_last_one_ended() -> None:
    bars = [
        (float(y), float(height))
        for y, height in re.findall(
            r'<rect x="[\d.]+" y="([\d.]+)" width="[\d.]+" height="([\d.]+)"', chart_svg(waterfall())
        )
    ]

    (first, won, slipped, last) = bars
    assert abs(first[0] - won[0]) < 0.2
    assert abs((won[0] + won[1]) - slipped[0]) < 0.2
    assert abs((slipped[0] + slipped[1]) - last[0]) < 0.2
    assert abs((first[0] + first[1]) - (last[0] + last[1])) < 0.2


def test_an_empty_chart_is_still_a_picture_with_its_alternative_text() -> None:
    for mark in ("bar", "column", "line", "stacked", "waterfall"):
        chart = waterfall().model_copy(update={"mark": mark, "categories": (), "series": (), "totals": ()})

        assert 'aria-label="six hundred' in chart_svg(chart)


def test_numbers_are_written_as_the_chart_says() -> None:
    millions = NumberFormat(unit=Unit.MONEY, prefix="$", suffix="M", scale=1_000_000, decimals=2)

    assert number_text(Decimal(-590_000), millions, signed=True) == "−$0.59M"
    assert number_text(Decimal(310_000), millions, signed=True) == "+$0.31M"
