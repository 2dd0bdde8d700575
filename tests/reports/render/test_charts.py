"""Charts: the workbook says what the chart shows, waterfalls foot, numbers read as they should."""

from __future__ import annotations

import shutil
import subprocess
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from reports.deck import Chart, NumberFormat, Series
from reports.facts import Unit
from reports.render import render
from reports.render.formats import code, shown
from reports.render.waterfall import steps
from tests.fakes import decks
from tests.reports.render import reading
from tests.reports.render.reading import C

AMOUNTS = st.decimals(min_value=-9_000_000, max_value=9_000_000, places=2)


def chart_slide(**changes) -> bytes:
    fields = {
        "id": "c",
        "mark": "column",
        "categories": ("a", "b"),
        "number": decks.MILLIONS,
        "alt": "x",
        **changes,
    }
    return render(decks.deck(decks.slide(1, "k", "t", Chart(**fields))))


def series(name: str, *values: int, **changes) -> Series:
    return Series(name=name, values=tuple(Decimal(value) for value in values), **changes)


def test_every_cache_equals_its_workbook():
    data = render(decks.every_block())
    for name, chart in reading.charts(data).items():
        rows = reading.sheet(name, data)
        for reference in (*chart.iter(f"{C}strRef"), *chart.iter(f"{C}numRef")):
            address = reference.find(f"{C}f").text.removeprefix("Sheet1!").replace("$", "").split(":")
            index = reading.column(address[0].rstrip("0123456789"))
            first, last = (
                int(part.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) for part in (address[0], address[-1])
            )
            sheet = [row[index] if index < len(row) else None for row in rows[first - 1 : last]]

            assert reading.cached(reference) == sheet, (name, address)


@pytest.mark.slow
def test_libreoffice_recalculates_the_waterfalls_workbook_to_what_we_wrote(tmp_path):
    soffice = shutil.which("soffice") or pytest.skip("libreoffice is missing")
    values = (3_000_000, -4_200_000, 310_000, -590_000, -1_480_000)
    data = chart_slide(
        mark="waterfall", categories=tuple("abcde"), series=(series("s", *values),), totals=(0, 4)
    )
    name = next(iter(reading.charts(data)))
    book = next(blob for member, blob in reading.members(data).items() if member.endswith(".xlsx"))
    (tmp_path / "book.xlsx").write_bytes(_without_cached_values(book))
    command = [
        soffice,
        f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
        "--headless",
        "--convert-to",
        "csv:Text - txt - csv (StarCalc):44,34,76",
        "--outdir",
        tmp_path,
        tmp_path / "book.xlsx",
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    if not (tmp_path / "book.csv").exists():
        pytest.skip("libreoffice has no calc here")
    lines = (tmp_path / "book.csv").read_text("utf-8").splitlines()[1:]

    for line, row in zip(lines, reading.sheet(name, data)[1:], strict=True):
        assert [_plain(cell) for cell in line.split(",")] == [
            _plain(cell) for cell in [*row, *[None] * 20][: line.count(",") + 1]
        ]


def _plain(cell: str | None) -> str | float:
    try:
        return round(float(cell or ""), 6)
    except ValueError:
        return cell or ""


def _without_cached_values(book: bytes) -> bytes:
    """Return the workbook with every formula's value taken out, so that it must be worked out again."""
    import io
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name, blob in reading.members(book).items():
            if name.endswith("sheet1.xml"):
                root = etree.fromstring(blob)
                for cell in root.iter(f"{reading.S}c"):
                    if cell.find(f"{reading.S}f") is not None:
                        cell.remove(cell.find(f"{reading.S}v"))
                blob = etree.tostring(root)  # noqa: PLW2901
            package.writestr(name, blob)
    return out.getvalue()


@given(st.lists(AMOUNTS, min_size=1, max_size=9), st.sets(st.integers(min_value=0, max_value=8)))
def test_a_bar_of_the_waterfall_spans_exactly_its_movement(values, totals):
    level = Decimal(0)
    for index, bar in enumerate(steps(values, sorted(totals))):
        start, level = (Decimal(0), values[index]) if index in totals else (level, level + values[index])

        assert (bar.start, bar.end) == (start, level)
        assert bar.above + -bar.below == abs(bar.end - bar.start)
        assert bar.above >= 0 >= bar.below
        top = (bar.base if bar.base > 0 else Decimal(0)) + bar.above
        bottom = (bar.base if bar.base < 0 else Decimal(0)) + bar.below
        assert max(start, level, Decimal(0)) == top
        assert min(start, level, Decimal(0)) == bottom


def test_a_waterfall_says_its_labels_and_marks_the_one_that_matters(tmp_path):
    data = render(decks.deck(decks.movement()))
    chart = next(iter(reading.charts(data).values()))
    labels = [field.text for field in chart.iter(f"{reading.A}t")]
    accents = list(chart.iter(f"{C}dPt"))

    assert labels == [
        "$6.23M",
        "+$0.31M",
        "+$0.18M",
        "+$0.09M",
        "−$0.42M",
        "−$0.59M",
        "−$0.08M",
        "−$0.23M",
        "$5.49M",
    ]
    assert [point.find(f"{C}idx").get("val") for point in accents] == ["5"]
    assert reading.errors(data, tmp_path) == []


def test_a_cut_axis_is_marked_on_every_total_and_said():
    data = render(decks.deck(decks.movement()))
    marks = reading.parsed(data, r"ppt/drawings/drawing\d+\.xml")
    heading = reading.shapes(reading.deck(data).slides[0])["movement.bridge/heading"].text_frame.text

    assert len(next(iter(marks.values()))) == 2
    assert heading.endswith("axis cut: starts at $4.50M")
    assert next(iter(reading.charts(data).values())).find(f".//{C}min").get("val") == "4500000"


@pytest.mark.parametrize("mark", ["column", "bar", "line", "stacked", "waterfall"])
def test_an_axis_that_is_not_cut_starts_at_zero(mark):
    data = chart_slide(mark=mark, series=(series("s", 900_000, 950_000),), totals=(0,))

    assert next(iter(reading.charts(data).values())).find(f".//{C}min").get("val") == "0"


@pytest.mark.parametrize("mark", ["column", "bar", "line", "stacked", "waterfall"])
def test_negative_values_leave_the_axis_free(mark, tmp_path):
    data = chart_slide(mark=mark, series=(series("s", 900_000, -950_000, highlight=(1,)),))

    assert next(iter(reading.charts(data).values())).find(f".//{C}min") is None
    assert reading.errors(data, tmp_path) == []


def test_up_to_three_series_are_named_in_their_colours_and_more_get_a_legend(tmp_path):
    three = chart_slide(series=tuple(series(name, 1, 2) for name in "abc"))
    four = chart_slide(series=tuple(series(name, 1, 2) for name in "abcd"))

    assert reading.shapes(reading.deck(three).slides[0])["c/heading"].text_frame.text == "■ a   ■ b   ■ c"
    assert not list(next(iter(reading.charts(three).values())).iter(f"{C}legend"))
    assert list(next(iter(reading.charts(four).values())).iter(f"{C}legend"))
    assert reading.errors(four, tmp_path) == []


def test_a_line_across_columns_has_its_name_at_its_end(tmp_path):
    data = chart_slide(series=(series("Won", 1, 2), series("Target", 3, 3, line=True)))
    line = next(next(iter(reading.charts(data).values())).iter(f"{C}lineChart"))

    assert [label.find(f"{C}showSerName").get("val") for label in line.iter(f"{C}dLbl")] == ["1"]
    assert reading.errors(data, tmp_path) == []


def test_labels_at_the_ends_of_lines_keep_apart():
    data = chart_slide(mark="line", series=(series("a", 1, 100), series("b", 1, 101), series("c", 1, 102)))
    moved = [
        float(y.get("val"))
        for y in next(iter(reading.charts(data).values())).findall(f".//{C}dLbl/{C}layout//{C}y")
    ]

    assert len(moved) == 2
    assert 0.01 < min(moved) < max(moved) < 0.2


def test_a_label_that_stands_alone_is_not_moved():
    data = chart_slide(mark="line", series=(series("a", 1, 100), series("b", 1, 20)))

    assert next(iter(reading.charts(data).values())).findall(f".//{C}dLbl/{C}layout") == []


@pytest.mark.parametrize(
    "changes",
    [{"series": ()}, {"categories": ()}, {"series": (Series(name="", values=(None, None)),)}],
    ids=["no series", "no categories", "only gaps"],
)
@pytest.mark.parametrize("mark", ["column", "bar", "line", "stacked", "waterfall"])
def test_a_chart_without_a_value_says_so(mark, changes, tmp_path):
    fields = {"series": (series("s", 1, 2),), **changes}

    data = chart_slide(mark=mark, **fields)

    assert reading.shapes(reading.deck(data).slides[0])["c"].text_frame.text == "Nothing to show"
    assert reading.errors(data, tmp_path) == []


CASES = [
    ("590000", decks.MILLIONS, "$0.59M", '"$"#,##0.00,,"M";"−""$"#,##0.00,,"M"'),
    ("-590000", decks.MILLIONS, "−$0.59M", '"$"#,##0.00,,"M";"−""$"#,##0.00,,"M"'),
    ("5000", decks.MILLIONS, "$0.01M", '"$"#,##0.00,,"M";"−""$"#,##0.00,,"M"'),
    ("-4000", decks.MILLIONS, "$0.00M", '"$"#,##0.00,,"M";"−""$"#,##0.00,,"M"'),
    ("1234567", NumberFormat(unit=Unit.MONEY, prefix="€", suffix="k", scale=1000), "€1,235k", '"€"#,##0,"k";"−""€"#,##0,"k"'),
    ("0.244", NumberFormat(unit=Unit.SHARE), "24 %", '#,##0" "%'),
    ("1.4", NumberFormat(unit=Unit.RATIO, suffix="x", decimals=2), "1.40x", '#,##0.00"x";"−"#,##0.00"x"'),
    ("1234", NumberFormat(unit=Unit.COUNT), "1,234", '#,##0;"−"#,##0'),
]  # fmt: skip


@pytest.mark.parametrize("value, number, text, pattern", CASES)
def test_numbers_read_the_same_in_words_and_in_excel(value, number, text, pattern):
    assert shown(Decimal(value), number) == text
    assert code(number) == pattern


@pytest.mark.parametrize(
    "bars, place, where",
    [((1, 1, 1), "2", "r"), ((1, 1, 3), "1", "t"), ((1, 3, 3), "0", "t"), ((3, 3, 3), None, None)],
    ids=[
        "at its end",
        "before a bar that covers the end",
        "before two of them",
        "not at all where bars cover it",
    ],
)
def test_a_line_among_bars_is_named_where_no_bar_reaches_it(bars, place, where):
    data = chart_slide(
        categories=("a", "b", "c"), series=(series("Bars", *bars), series("Needed", 2, 2, 2, line=True))
    )
    (chart,) = reading.charts(data).values()
    named = [
        (label.find(f"{C}idx").get("val"), label.find(f"{C}dLblPos").get("val"))
        for label in chart.iter(f"{C}dLbl")
        if label.find(f"{C}showSerName").get("val") == "1"
    ]

    assert named == ([] if place is None else [(place, where)])
