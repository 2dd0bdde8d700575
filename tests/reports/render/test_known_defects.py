"""What python-pptx gets wrong, one test each: our writer must not."""

from __future__ import annotations

import io
from decimal import Decimal

import pytest
from pptx import Presentation
from pydantic import ValidationError

from reports.deck import Series
from reports.render import render
from reports.render.package import Part, written
from tests.fakes import decks
from tests.reports.render import reading
from tests.reports.render.reading import C, P

HOSTILE = 'A\x07B\ud800C\ufffeD <&> "quoted"\'s'


def with_chart(**changes):
    slide = decks.movement()
    chart = slide.blocks[0].model_copy(update=changes)
    return decks.deck(slide.model_copy(update={"blocks": (chart,)}))


def column_chart(**changes):
    chart = decks.stacked().blocks[1].model_copy(update={"slot": "main", "id": "chart", **changes})
    return decks.deck(decks.stacked().model_copy(update={"blocks": (chart,)}))


def test_axis_ids_are_positive_and_name_each_other():
    for chart in reading.charts(render(decks.every_block())).values():
        ids = [int(axis.get("val")) for axis in chart.iter(f"{C}axId")]
        crossed = [int(axis.get("val")) for axis in chart.iter(f"{C}crossAx")]

        assert min(ids) > 0
        assert set(crossed) <= set(ids)


def test_a_template_whose_slides_were_deleted_and_added_gives_no_member_twice(tmp_path):
    deck = Presentation()
    for _ in range(4):
        deck.slides.add_slide(deck.slide_layouts[5])
    listing = deck.slides._sldIdLst
    deck.part.drop_rel(listing[0].rId)
    listing.remove(listing[0])
    path = tmp_path / "template.pptx"
    deck.save(path)

    names = reading.members(render(decks.weekly(), template=path))

    assert sorted(name for name in names if name.startswith("ppt/slides/slide")) == [
        f"ppt/slides/slide{number}.xml" for number in range(1, 9)
    ]


def test_a_package_never_holds_a_name_twice():
    part = Part(name="/ppt/Slide1.xml", content_type="text/xml", blob=b"<a/>")
    same = Part(name="/ppt/slide1.xml", content_type="text/xml", blob=b"<a/>")

    with pytest.raises(ValueError, match="twice"):
        written((part, same), ())


def test_part_numbers_go_on_from_the_highest_that_the_template_uses():
    from reports.render.canvas import Numbers

    numbers = Numbers({"/ppt/charts/chart": 7})

    assert [numbers.next("/ppt/charts/chart", ".xml") for _ in range(2)] == [
        "/ppt/charts/chart8.xml",
        "/ppt/charts/chart9.xml",
    ]


def test_a_number_format_is_escaped(tmp_path):
    number = decks.MILLIONS.model_copy(update={"prefix": '<£&"', "suffix": " >k"})
    data = render(with_chart(number=number))

    assert "<£&" in next(iter(reading.charts(data).values())).find(f".//{C}formatCode").text
    assert reading.errors(data, tmp_path) == []


@pytest.mark.parametrize("build", [with_chart, column_chart])
def test_names_that_xml_forbids_are_cleaned_in_charts_and_workbooks(build, tmp_path):
    series = Series.model_construct(
        name=HOSTILE, values=(Decimal(1), Decimal(2)), tone="neutral", highlight=(), line=False
    )
    data = render(
        build(categories=(HOSTILE, "b"), series=(series,), totals=(0,), heading=HOSTILE, alt=HOSTILE)
    )
    name, chart = next(iter(reading.charts(data).items()))

    assert reading.cached(chart.find(f".//{C}cat"))[0] == 'ABCD <&> "quoted"\'s'
    assert reading.sheet(name, data)[1][0] == 'ABCD <&> "quoted"\'s'
    assert reading.errors(data, tmp_path) == []


def test_text_that_xml_forbids_does_not_kill_the_deck(tmp_path):
    slide = decks.commit()
    table = slide.blocks[0]
    cell = (
        table.rows[0]
        .cells[0]
        .model_copy(update={"text": HOSTILE, "note": HOSTILE, "link": f"https://x.example/{HOSTILE}"})
    )
    row = table.rows[0].model_copy(update={"cells": (cell, *table.rows[0].cells[1:])})
    table = table.model_copy(update={"rows": (row, *table.rows[1:]), "alt": HOSTILE})
    changes = {"blocks": (table,), "footer": HOSTILE, "notes": HOSTILE, "scope": HOSTILE}
    slide = slide.model_copy(
        update={**changes, "title": slide.title.model_copy(update={"text": HOSTILE, "by": HOSTILE})}
    )
    data = render(decks.deck(slide, company=HOSTILE, title=HOSTILE, scope=HOSTILE))
    shown = reading.deck(data).slides[0]

    assert shown.shapes.title.text == 'ABCD <&> "quoted"\'s'
    assert shown.notes_slide.notes_text_frame.text.startswith("ABCD <&>")
    assert reading.errors(data, tmp_path) == []


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("Infinity"), Decimal("-Infinity"), None])
def test_a_value_that_is_no_number_is_a_gap(value):
    series = Series.model_construct(
        name="s",
        values=(Decimal(1), value, Decimal(3), Decimal(4)),
        tone="neutral",
        highlight=(1,),
        line=False,
    )
    data = render(column_chart(series=(series,)))
    name, chart = next(iter(reading.charts(data).items()))

    assert reading.cached(chart.find(f".//{C}val")) == ["1", None, "3", "4"]
    assert [row[1] if len(row) > 1 else None for row in reading.sheet(name, data)[1:]] == [
        "1",
        None,
        "3",
        "4",
    ]
    assert chart.find(f".//{C}dispBlanksAs").get("val") == "gap"


def test_a_waterfall_takes_a_missing_step_as_no_movement():
    series = Series.model_construct(
        name="s",
        values=(Decimal(5), None, Decimal("NaN"), Decimal(5)),
        tone="neutral",
        highlight=(),
        line=False,
    )
    data = render(
        with_chart(categories=("a", "b", "c", "d"), series=(series,), totals=(0, 3), axis_from=None)
    )

    for cache in next(iter(reading.charts(data).values())).iter(f"{C}numCache"):
        assert all(float(point.find(f"{C}v").text) < 10 for point in cache.iter(f"{C}pt"))


def test_text_is_refused_as_a_value():
    with pytest.raises(ValidationError):
        Series(name="s", values=("x",))


def test_shape_ids_are_unique_on_every_slide():
    for slide in reading.slides(render(decks.every_block())).values():
        ids = [shape.get("id") for shape in slide.iter(f"{P}cNvPr")]

        assert len(ids) == len(set(ids))
        assert len(ids) > 3


def test_labels_of_stacks_stand_inside():
    seen = 0
    for chart in reading.charts(render(decks.every_block())).values():
        for plot in chart.iter(f"{C}barChart"):
            if plot.find(f"{C}grouping").get("val") == "stacked":
                places = {place.get("val") for place in plot.iter(f"{C}dLblPos")}
                seen += len(places)

                assert places <= {"ctr", "inEnd", "inBase"}
    assert seen


def test_a_chart_never_shows_its_series_name_as_a_title():
    for chart in reading.charts(render(decks.every_block())).values():
        assert chart.find(f".//{C}autoTitleDeleted").get("val") == "1"
        assert chart.find(f".//{C}title") is None


def test_a_saved_deck_opens_in_python_pptx_again():
    data = render(decks.every_block())
    again = io.BytesIO()
    reading.deck(data).save(again)

    assert len(Presentation(again).slides) == 9
