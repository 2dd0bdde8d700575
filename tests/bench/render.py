"""What drawing costs: a comparison deck through python-pptx's own API and through ours, and the phone card.

The deck is that of the reference: 12 slides, 8 native charts (13 weeks × 4 series, with labels), 4 tables of 12 × 7
with 11 links each, notes on every slide. Both sides run in turn, in one process; figures are medians of CPU time.
"""

from __future__ import annotations

import io
import statistics
import time
from collections.abc import Callable
from decimal import Decimal

from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION
from pptx.util import Inches, Pt

from reports.deck import Cell, Chart, Column, Deck, Lines, Series, Slide, Table, TableRow
from reports.render import card_png, fonts, render
from reports.render.template import default_template
from tests.fakes import decks

WEEKS = tuple(f"W{week}" for week in range(1, 14))
NAMES = ("AMER", "EMEA", "APAC", "Other")
HEADS = ("Deal", "Owner", "Amount", "Stage", "Close", "Next step", "Watch")
TITLE = "Open pipeline fell by a tenth this week, and two deals in one region are most of it"
SO_WHAT = "Two sponsor calls this week decide whether the quarter closes within reach of its target."
NOTES = "Open pipeline is the sum of open deals due in the quarter, at plan rates, as of the instant in the footer."


def value(slide: int, series: int, week: int) -> int:
    return 400_000 + 37_000 * ((slide * 5 + series * 7 + week * 3) % 23)


def cell(row: int, column: int) -> str:
    return f"{HEADS[column]} {row * 7 + column}"


def address(row: int) -> str:
    return f"https://crm.example/lightning/r/Opportunity/006{row:015d}/view"


def with_python_pptx() -> bytes:
    """Return the comparison deck as python-pptx's own API writes it."""
    deck = Presentation(io.BytesIO(default_template()))
    layout = next(layout for layout in deck.slide_layouts if layout.name == "Title Only")
    for number in range(12):
        slide = deck.slides.add_slide(layout)
        slide.shapes.title.text = TITLE
        if number % 3 < 2:
            data = CategoryChartData(number_format='"$"0.0,,"M"')
            data.categories = WEEKS
            for index, name in enumerate(NAMES):
                data.add_series(name, [value(number, index, week) for week in range(13)])
            kind = XL_CHART_TYPE.COLUMN_CLUSTERED if number % 3 == 0 else XL_CHART_TYPE.LINE
            chart = slide.shapes.add_chart(
                kind, Inches(0.6), Inches(1.6), Inches(12.1), Inches(4.4), data
            ).chart
            chart.has_legend = True
            chart.legend.position = XL_LEGEND_POSITION.TOP
            chart.font.size = Pt(12)
            plot = chart.plots[0]
            plot.has_data_labels = True
            plot.data_labels.font.size = Pt(12)
            plot.data_labels.number_format = '"$"0.0,,"M"'
            plot.data_labels.number_format_is_linked = False
        else:
            table = slide.shapes.add_table(12, 7, Inches(0.6), Inches(1.6), Inches(12.1), Inches(4.4)).table
            for row in range(12):
                for column in range(7):
                    frame = table.cell(row, column).text_frame
                    run = frame.paragraphs[0].add_run()
                    run.text = HEADS[column] if row == 0 else cell(row, column)
                    run.font.size = Pt(12)
                    if row and not column:
                        run.hyperlink.address = address(row)
        for text, top, size in ((SO_WHAT, 6.2, 14), (decks.FOOTER, 7.0, 10)):
            box = slide.shapes.add_textbox(Inches(0.6), Inches(top), Inches(12.1), Inches(0.4))
            run = box.text_frame.paragraphs[0].add_run()
            run.text = text
            run.font.size = Pt(size)
        slide.notes_slide.notes_text_frame.text = NOTES
    out = io.BytesIO()
    deck.save(out)
    return out.getvalue()


def comparison() -> Deck:
    """Return the comparison deck as we describe it."""
    slides = []
    for number in range(12):
        if number % 3 < 2:
            block = Chart(
                id=f"chart{number}",
                mark="column" if number % 3 == 0 else "line",
                categories=WEEKS,
                series=tuple(
                    Series(name=name, values=tuple(Decimal(value(number, index, week)) for week in range(13)))
                    for index, name in enumerate(NAMES)
                ),
                number=decks.MILLIONS.model_copy(update={"decimals": 1}),
                alt="Thirteen weeks of four regions.",
            )
        else:
            block = Table(
                id=f"table{number}",
                columns=tuple(Column(heading=head) for head in HEADS),
                rows=tuple(
                    TableRow(
                        cells=tuple(
                            Cell(text=cell(row, column), link=address(row) if column == 0 else None)
                            for column in range(7)
                        )
                    )
                    for row in range(1, 12)
                ),
                alt="Eleven deals.",
            )
        so_what = Lines(id=f"so{number}", slot="bottom", lines=(decks.words(SO_WHAT),))
        slides.append(
            Slide(
                id=f"s{number}",
                key="measure",
                number=number + 1,
                title=decks.words(TITLE),
                scope="all regions",
                blocks=(block, so_what),
                footer=decks.FOOTER,
                notes=NOTES,
            )
        )
    return decks.deck(*slides)


def cpu(work: Callable[[], object], other: Callable[[], object], runs: int) -> tuple[float, float]:
    """Return the median CPU seconds of both, taken in turn, after one warm-up each."""
    work(), other()
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(runs):
        for index, each in enumerate((work, other)):
            start = time.process_time()
            each()
            times[index].append(time.process_time() - start)
    return statistics.median(times[0]), statistics.median(times[1])


def fresh(deck: Deck) -> bytes:
    """Return our file; texts are measured again, as for a deck that has not been drawn before."""
    fonts._ems.cache_clear()
    return render(deck)


def run(runs: int = 15) -> list[tuple[str, str]]:
    """Return rows of (what, figure)."""
    deck, card = comparison(), decks.card()
    theirs, ours = cpu(with_python_pptx, lambda: fresh(deck), runs)
    drawn, _ = cpu(lambda: card_png(card), lambda: None, 5)
    weekly, _ = cpu(lambda: render(decks.weekly()), lambda: None, 5)
    return [
        ("12-slide deck, python-pptx's own API (CPU)", f"{theirs * 1000:.1f} ms"),
        ("12-slide deck, our parts (CPU)", f"{ours * 1000:.1f} ms"),
        ("ratio (goal ≥ 4×)", f"{theirs / ours:.1f}×"),
        (
            "sizes, theirs and ours",
            f"{len(with_python_pptx()) / 1000:.0f} kB, {len(render(deck)) / 1000:.0f} kB",
        ),
        ("weekly review, 8 slides (CPU)", f"{weekly * 1000:.1f} ms"),
        ("phone card (CPU, goal < 300 ms)", f"{drawn * 1000:.0f} ms"),
    ]


if __name__ == "__main__":
    for what, figure in run():
        print(f"{what:<48} {figure}")
