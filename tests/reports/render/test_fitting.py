"""Text that is too long is shortened, said in full in the notes, and never runs out of its place."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reports.deck import Cell, Column, Table, TableRow, Tile, Tiles
from reports.render import render
from reports.render.fonts import shortened, width, wrapped
from reports.render.xml import one_line
from tests.fakes import decks
from tests.reports.render import reading

TEXTS = st.text(max_size=120)
ROOM = st.floats(min_value=20, max_value=400)


@given(TEXTS, ROOM)
def test_wrapped_lines_fit_and_lose_no_letter(text, room):
    lines = wrapped(text, 14, room)

    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(width(line, 14) <= room + 0.01 or len(line) == 1 for line in lines)


@given(TEXTS, ROOM, st.integers(min_value=1, max_value=3))
def test_a_shortened_text_fits_its_lines(text, room, lines):
    shown = shortened(text, 14, room, lines=lines)

    assert len(wrapped(shown, 14, room)) <= lines
    assert shown == one_line(shown)


def test_widths_are_those_of_the_bundled_face():
    assert width("Pipeline", 100) == pytest.approx(325.1, abs=0.1)
    assert width("€", 10) == pytest.approx(5.07, abs=0.05)
    assert width("漢", 10) == 10
    assert width("e\u0301", 10) == width("e", 10)


def test_a_line_does_not_break_at_a_space_that_must_not():
    assert wrapped("against 9.5\u00a0% of it", 14, 70) == ["against", "9.5\u00a0% of it"]
    assert shortened("a\u202fb  c", 14, 400) == "a\u202fb c"


def long_table(rows: int, text: str) -> Table:
    return Table(
        id="t",
        columns=(
            Column(heading="Deal", weight=2),
            Column(heading="Amount", align="right"),
            Column(heading="Why", weight=2),
        ),
        rows=tuple(
            TableRow(
                cells=(Cell(text=f"{text} {row}"), Cell(text=f"${row}k", value=Decimal(row)), Cell(text=text))
            )
            for row in range(rows)
        ),
        alt="Long.",
    )


def test_a_long_cell_ends_in_dots_and_stands_in_full_in_the_notes(tmp_path):
    name = "Donaudampfschifffahrtsgesellschaft " * 9
    slide = decks.slide(1, "k", "A title with 1 number", long_table(10, name.strip()))
    data = render(decks.deck(slide))
    shown = reading.deck(data).slides[0]
    cell = reading.shapes(shown)["t"].table.cell(1, 0).text

    assert cell.endswith("…")
    assert f"{name.strip()} 0" in shown.notes_slide.notes_text_frame.text
    assert reading.errors(data, tmp_path) == []


def test_rows_without_room_are_counted_and_stand_in_the_notes():
    shown = reading.deck(render(decks.deck(decks.slide(1, "k", "Many", long_table(60, "Row"))))).slides[0]
    shapes = reading.shapes(shown)
    missing = 60 - (len(shapes["t"].table.rows) - 1)

    assert shapes["t/more"].text_frame.text == f"{missing} more in the notes"
    assert "Deal: Row 59" in shown.notes_slide.notes_text_frame.text
    assert shapes["t"].top + shapes["t"].height <= shapes["footer"].top


def test_rows_that_are_kept_go_last():
    table = long_table(60, "Row")
    rows = tuple(row.model_copy(update={"kept": place in {40, 59}}) for place, row in enumerate(table.rows))
    slide = decks.slide(1, "k", "Many", table.model_copy(update={"rows": rows}))
    grid = reading.shapes(reading.deck(render(decks.deck(slide))).slides[0])["t"].table
    shown = [grid.cell(place, 0).text for place in range(1, len(grid.rows))]

    assert shown == [*(f"Row {place}" for place in range(len(shown) - 2)), "Row 40", "Row 59"]


def test_a_title_of_300_letters_takes_two_lines_and_is_said_in_full():
    title = "Pipeline " * 33
    shown = reading.deck(render(decks.deck(decks.slide(1, "k", title)))).slides[0]

    assert shown.shapes.title.text.endswith("…")
    assert title.strip() in shown.notes_slide.notes_text_frame.text


def test_row_and_cell_counts_always_match_the_columns():
    ragged = Table(
        id="t",
        columns=(Column(heading="a"), Column(heading="b")),
        rows=(TableRow(cells=()), TableRow(cells=tuple(Cell(text=str(n)) for n in range(5)))),
        alt="Ragged.",
    )
    table = reading.shapes(reading.deck(render(decks.deck(decks.slide(1, "k", "t", ragged)))).slides[0])[
        "t"
    ].table

    assert [[cell.text for cell in row.cells] for row in table.rows] == [["a", "b"], ["", ""], ["0", "1"]]


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(TEXTS, min_size=1, max_size=5), TEXTS, TEXTS)
def test_any_text_gives_a_file_that_opens(cells, title, label):
    table = Table(
        id="t",
        columns=tuple(Column(heading=text) for text in cells),
        rows=(TableRow(cells=tuple(Cell(text=text, note=title) for text in cells)),),
        alt=label,
    )
    tiles = Tiles(id="k", tiles=tuple(Tile(label=label, value=text, detail=title) for text in cells))
    data = render(decks.deck(decks.slide(1, "k", title, tiles, table, notes=label)))

    reading.parsed(data, r".*\.(xml|rels)")
    assert len(reading.deck(data).slides) == 1


def test_a_per_cent_sign_keeps_to_its_number():
    assert one_line("against 9.5 % of 3 deals, % won") == "against 9.5\u00a0% of 3 deals, % won"
