"""Templates: our own, a company's, a .potx, and files that are none."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pptx import Presentation
from pptx.util import Inches

from reports.check import check
from reports.errors import BadInput
from reports.render import render
from reports.render.look import THEME, THEME_NAME, contrast, look_of
from reports.render.template import default_template
from tests.fakes import decks
from tests.reports.render import reading

HEX = st.text(alphabet="0123456789ABCDEF", min_size=6, max_size=6)


def company_template(path, *, width=None, height=None, slides=2):
    deck = Presentation()
    if width:
        deck.slide_width, deck.slide_height = Inches(width), Inches(height)
    for number in range(slides):
        slide = deck.slides.add_slide(deck.slide_layouts[number])
        slide.shapes.title.text = "old words"
        slide.notes_slide.notes_text_frame.text = "old notes"
    deck.save(path)
    return path


def as_potx(path):
    target = path.with_suffix(".potx")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            blob = old.read(name)
            if name == "[Content_Types].xml":
                blob = blob.replace(
                    b"presentationml.presentation.main+xml", b"presentationml.template.main+xml"
                )
            new.writestr(name, blob)
    return target


def test_our_template_is_valid_and_has_a_layout_for_every_role(tmp_path):
    deck = reading.deck(default_template())

    assert [layout.name for layout in deck.slide_layouts] == [
        "Title Slide",
        "Title Only",
        "Title and Content",
        "Two Content",
        "Section",
    ]
    assert reading.errors(default_template(), tmp_path) == []
    assert default_template.__wrapped__() == default_template()


@pytest.mark.parametrize("width, height", [(None, None), (10, 5.625), (13.333, 7.5), (20, 11.25), (7.5, 10)])
def test_a_companys_template_keeps_its_master_and_loses_its_slides(tmp_path, width, height):
    path = company_template(tmp_path / "company.pptx", width=width, height=height)
    data = render(decks.every_block(), template=path)
    deck = reading.deck(data)

    assert len(deck.slides) == 9
    assert {slide.slide_layout.name for slide in deck.slides} == {"Title Only"}
    assert not any(b"old words" in blob or b"old notes" in blob for blob in reading.members(data).values())
    assert all(
        shape.left + shape.width <= deck.slide_width + 9 for slide in deck.slides for shape in slide.shapes
    )
    assert all(
        shape.top + shape.height <= deck.slide_height + 9 for slide in deck.slides for shape in slide.shapes
    )
    assert reading.errors(data, tmp_path) == []


def test_a_small_slide_passes_the_layout_check_at_its_own_scale(tmp_path):
    path = company_template(tmp_path / "company.pptx", width=10, height=5.625)
    problems = check(render(decks.every_block(), template=path), decks.every_block())

    assert [problem for problem in problems if problem.rule.startswith("layout.")] == []


def test_a_potx_will_do(tmp_path):
    potx = as_potx(company_template(tmp_path / "company.pptx"))
    data = render(decks.weekly(), template=potx)

    assert len(reading.deck(data).slides) == 8
    assert reading.errors(data, tmp_path) == []


def test_a_template_without_title_only_gives_the_layout_with_a_title_and_least_else(tmp_path):
    deck = Presentation()
    for layout in list(deck.slide_layouts):
        if layout.name not in {"Title Slide", "Two Content", "Blank"}:
            deck.slide_layouts.remove(layout)
    deck.save(tmp_path / "t.pptx")
    data = render(decks.weekly(), template=tmp_path / "t.pptx")

    assert reading.deck(data).slides[0].slide_layout.name in {"Title Slide", "Two Content"}
    assert reading.errors(data, tmp_path) == []


def test_a_template_without_any_title_is_refused(tmp_path):
    deck = Presentation()
    for layout in list(deck.slide_layouts):
        if layout.name != "Blank":
            deck.slide_layouts.remove(layout)
    deck.save(tmp_path / "t.pptx")

    with pytest.raises(BadInput, match="Title Only"):
        render(decks.weekly(), template=tmp_path / "t.pptx")


def test_what_is_no_powerpoint_file_is_refused_with_its_name(tmp_path):
    words, archive = tmp_path / "words.pptx", tmp_path / "zip.pptx"
    words.write_text("hello")
    with zipfile.ZipFile(archive, "w") as package:
        package.writestr("a.txt", "a")

    for path in (words, archive, tmp_path / "missing.pptx", tmp_path):
        with pytest.raises(BadInput, match=r"\.potx would have worked"):
            render(decks.weekly(), template=path)


def test_a_rendered_deck_serves_as_a_template_again(tmp_path):
    first = render(decks.weekly())
    (tmp_path / "first.pptx").write_bytes(first)
    again = render(decks.weekly(), template=tmp_path / "first.pptx")

    assert reading.members(again)["ppt/slides/slide1.xml"] == reading.members(first)["ppt/slides/slide1.xml"]
    assert reading.errors(again, tmp_path) == []


def test_every_text_colour_of_ours_can_be_read_on_what_it_stands_on():
    look = look_of(THEME, name=THEME_NAME)
    texts = (look.ink, look.muted, look.accent_text, look.good, look.bad, look.warn)

    assert all(contrast(text.rgb, ground.rgb) >= 4.5 for text in texts for ground in (look.paper, look.panel))
    assert all(
        contrast(look.text(tone).rgb, look.tint(tone).rgb) >= 4.5
        for tone in ("good", "bad", "warn", "accent")
    )
    assert all(
        contrast(look.ink.rgb, look.tint(tone).rgb) >= 4.5 for tone in ("good", "bad", "warn", "accent")
    )


@given(HEX)
def test_any_accent_gets_a_twin_that_can_be_read(accent):
    for paper, ink in (("FFFFFF", "000000"), ("101820", "FFFFFF")):
        look = look_of({"lt1": paper, "dk1": ink, "accent1": accent})

        assert contrast(look.accent_text.rgb, paper) >= 4.5
        assert all(
            contrast(look.text(tone).rgb, look.tint(tone).rgb) >= 4.0
            for tone in ("good", "bad", "warn", "accent")
        )


def test_the_template_is_part_of_the_files_identity(tmp_path):
    path = company_template(tmp_path / "company.pptx")
    hashes = {
        reading.parsed(data, "docProps/custom.xml")["docProps/custom.xml"].xpath(
            "string(//*[@name='quarterdeck.template_sha256'])"
        )
        for data in (render(decks.weekly()), render(decks.weekly(), template=path))
    }

    assert len(hashes) == 2
    assert io.BytesIO(render(decks.weekly(), template=path)).getvalue() == render(
        decks.weekly(), template=path
    )
