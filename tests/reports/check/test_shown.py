"""What is shown is what was resolved: a file whose words, cells, bars or notes were changed is caught."""

from __future__ import annotations

import io
import zipfile

import pytest

from reports.check import check
from reports.check.package import opened
from reports.check.reader import views
from reports.check.shown import shown_problems
from reports.deck import Deck
from reports.render import render
from tests.fakes import decks
from tests.reports.check.defects import BOOK, CHART, Defect, edit, rewritten, swap


@pytest.fixture(scope="module")
def good() -> bytes:
    return render(decks.every_block())


def rules(data: bytes, deck: Deck) -> set[str]:
    package = opened(data)
    assert not isinstance(package, str)
    return {problem.rule for problem in shown_problems(package, views(package), deck)}


def _both(data: bytes) -> bytes:
    """Change a bar in the chart and in its workbook alike: only the deck knows better."""

    def workbook(blob: bytes) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(blob)) as book, zipfile.ZipFile(out, "w") as copy:
            for name in book.namelist():
                copy.writestr(name, book.read(name).replace(b"<v>570000</v>", b"<v>580000</v>"))
        return out.getvalue()

    return rewritten(data, {CHART: swap("<c:v>570000</c:v>", "<c:v>580000</c:v>"), BOOK: workbook})


CHANGED: dict[str, tuple[str, Defect]] = {
    "a title": ("shown.text", edit("ppt/slides/slide1.xml", "Q4 is $0.80M", "Q4 is $0.70M")),
    "a tile": ("shown.text", edit("ppt/slides/slide1.xml", ">$5.00M<", ">$5.10M<")),
    "a line": ("shown.text", edit("ppt/slides/slide1.xml", "Ostrander Paper $310k", "Ostrander Paper $410k")),
    "a cell": ("shown.text", edit("ppt/slides/slide3.xml", ">1.40x<", ">1.50x<")),
    "a person's note": ("shown.text", edit("ppt/slides/slide4.xml", "Legal call Tue", "Legal call Wed")),
    "a footer": ("shown.text", edit("ppt/slides/slide2.xml", "23 Nov 2026", "22 Nov 2026")),
    "a row": ("shown.table", edit("ppt/slides/slide3.xml", ">APAC<", ">Mars<")),
    "a category": ("shown.chart", edit(CHART, "<c:v>EMEA</c:v>", "<c:v>Mars</c:v>")),
    "a bar and its cell": ("shown.chart", _both),
    "a slide's notes": (
        "shown.notes",
        edit("ppt/notesSlides/notesSlide2.xml", "open pipeline", "shut pipeline"),
    ),
    "a slide's name": ("shown.slide", edit("ppt/slides/slide2.xml", 'name="s2"', 'name="s7"')),
    "where bars start": ("shown.axis", edit(CHART, '<c:min val="0"/>', '<c:min val="40000"/>')),
}


def test_a_good_file_shows_its_deck(good):
    assert rules(good, decks.every_block()) == set()


@pytest.mark.parametrize("what", CHANGED)
def test_a_change_in_the_file_is_found(good, what):
    rule, defect = CHANGED[what]

    assert rule in rules(defect(good), decks.every_block())


def test_a_waterfall_of_other_movements_is_found(good):
    deck = decks.every_block()
    slide = deck.slides[1]
    chart = slide.blocks[0]
    assert chart.type == "chart"
    values = list(chart.series[0].values)
    values[1], values[2] = values[2], values[1]
    series = (chart.series[0].model_copy(update={"values": tuple(values)}),)
    other = slide.model_copy(
        update={"blocks": (chart.model_copy(update={"series": series}), *slide.blocks[1:])}
    )
    meant = deck.model_copy(update={"slides": (deck.slides[0], other, *deck.slides[2:])})

    assert rules(good, meant) == {"shown.chart"}


def test_a_slide_too_many_is_found(good):
    deck = decks.every_block()

    assert "shown.slides" in rules(good, deck.model_copy(update={"slides": deck.slides[:-1]}))


def test_a_cut_text_has_to_stand_in_the_notes():
    slide = decks.summary()
    lines = slide.blocks[1]
    assert lines.type == "lines"
    long = decks.words("Saint-Aubin Verrerie asked for a second quote and then for a third one. " * 12)
    deck = decks.deck(
        slide.model_copy(
            update={
                "blocks": (slide.blocks[0], lines.model_copy(update={"lines": (long,) * 3}), slide.blocks[2])
            }
        )
    )
    data = render(deck)
    lost = rewritten(
        data, {"ppt/notesSlides/notesSlide1.xml": lambda blob: blob.replace(b"Saint-Aubin", b"Sankt Albin")}
    )

    assert rules(data, deck) == set()
    assert "shown.text" in rules(lost, deck)


def test_a_title_by_a_person_is_marked_as_theirs():
    slide = decks.summary()
    deck = decks.deck(slide.model_copy(update={"title": decks.words("We will make it", by="Dana Whitcombe")}))
    data = render(deck)

    assert [problem for problem in check(data, deck) if problem.rule.startswith("shown")] == []
    assert "shown.scope" in rules(
        edit("ppt/slides/slide1.xml", "by Dana Whitcombe", "by a colleague")(data), deck
    )


def test_a_name_that_was_cut_before_and_is_cut_again_is_shown_as_meant():
    long = f"{'Ostrander Paper, the yard of all yards ' * 3}…"
    deck = Deck.model_validate_json(
        decks.every_block().model_dump_json().replace('"text":"Ostrander Paper"', f'"text":"{long}"')
    )
    assert long in deck.model_dump_json()

    assert rules(render(deck), deck) == set()
