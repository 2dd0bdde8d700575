"""Room on a slide: axis steps that their labels can show, tables that keep their rows beside a chart."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.deck import Cell, Chart, Column, NumberFormat, Series, Table, TableRow
from reports.facts import Unit
from reports.render.formats import shown
from reports.render.room import major_unit
from reports.render.tableplan import table_plan

TENTHS = NumberFormat(unit=Unit.MONEY, prefix="$", suffix="M", scale=1_000_000, decimals=1)
PER_CENT = NumberFormat(unit=Unit.SHARE)


def line(number, *values):
    series = Series(name="x", values=tuple(Decimal(value) for value in values))
    return Chart(
        id="x", mark="line", categories=tuple(map(str, values)), series=(series,), number=number, alt="x"
    )


def ticks(chart):
    step = major_unit(chart)
    return [shown(step * place, chart.number) for place in range(1, 6)]


@pytest.mark.parametrize(
    "chart,first",
    [
        (line(TENTHS, 1_100_000), ["$0.5M", "$1.0M", "$1.5M"]),
        (line(TENTHS, 4_100_000), ["$1.0M", "$2.0M", "$3.0M"]),
        (line(PER_CENT, "0.11"), ["5 %", "10 %", "15 %"]),
    ],
    ids=("a quarter million does not fit one decimal", "millions", "shares"),
)
def test_every_step_of_an_axis_reads_as_what_it_is(chart, first):
    assert ticks(chart)[:3] == first


@given(st.integers(min_value=300_000, max_value=900_000_000))
def test_no_two_steps_of_an_axis_read_the_same(peak):
    found = ticks(line(TENTHS, peak))
    step = major_unit(line(TENTHS, peak))

    assert len(set(found)) == len(found)
    assert step % 100_000 == 0


def test_a_type_is_chosen_in_which_no_text_takes_three_lines_and_short_ones_stay_whole():
    columns = tuple(Column(heading=name) for name in ("Deal", "Owner", "Stage", "Next step", "Signs"))
    cells = ("Tornwald Möbel – Flow", "B. Sommerfeld", "Negotiation, 171 (69)", "MSA redlines w/ legal")
    signs = "3: silent, date moved twice, no next step"
    rows = tuple(TableRow(cells=tuple(Cell(text=text) for text in (*cells, signs))) for _ in range(5))
    plan = table_plan(Table(id="t", columns=columns, rows=rows, alt="t"), 640.0, 300.0, 1.0)

    assert plan.calm
    assert plan.rows == rows
    assert max(plan.heights) < 3 * plan.size * 1.2
