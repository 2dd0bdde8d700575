"""The file as a whole: what it says, how it is named, that it is valid, and that it is always the same."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from reports.deck import Chart, Lines, Table, Tiles
from reports.errors import BadInput
from reports.render import render
from tests.fakes import decks
from tests.reports.render import reading
from tests.reports.render.reading import A, P
from tests.tools import pictures

ROOT = Path(__file__).parents[3]
BLOCKS = [
    (number, block) for number, slide in enumerate(decks.every_block().slides) for block in slide.blocks
]


@pytest.fixture(scope="module")
def data():
    return render(decks.every_block())


@pytest.fixture(scope="module")
def opened(data):
    return reading.deck(data)


def test_microsofts_validator_finds_no_error(data, tmp_path):
    assert reading.errors(data, tmp_path) == []


def test_the_same_deck_gives_the_same_bytes(data):
    assert render(decks.every_block()) == data


@pytest.mark.slow
def test_another_process_zone_and_hash_seed_give_the_same_bytes(data):
    code = (
        "import hashlib; from tests.fakes import decks; from reports.render import render; "
        "print(hashlib.sha256(render(decks.every_block())).hexdigest())"
    )
    environment = {**os.environ, "TZ": "Asia/Tokyo", "PYTHONHASHSEED": "4711", "LC_ALL": "C"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    assert done.stdout.strip() == hashlib.sha256(data).hexdigest()


def test_members_carry_no_date_and_stand_in_one_order(data):
    with zipfile.ZipFile(BytesIO(data)) as package:
        assert {member.date_time for member in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert package.namelist()[0] == "[Content_Types].xml"
        assert package.testzip() is None


def test_a_patched_slide_leaves_every_other_slide_as_it_was(data):
    changed = [*decks.every_block().slides]
    changed[2] = changed[2].model_copy(update={"title": decks.words("Another title with 1.4x in it")})
    after = reading.members(render(decks.deck(*changed)))
    before = reading.members(data)

    different = {name for name in before if before[name] != after.get(name)}

    assert different == {"ppt/slides/slide3.xml", "docProps/custom.xml"}


def test_titles_notes_and_footers_are_those_of_the_deck(opened):
    for shown, slide in zip(opened.slides, decks.every_block().slides, strict=True):
        shapes = reading.shapes(shown)

        assert shown.shapes.title.text == slide.title.text
        assert shown.shapes.title.name == "title"
        assert shapes["footer"].text_frame.text == slide.footer
        assert shapes["number"].text_frame.text == str(slide.number)
        assert shown.notes_slide.notes_text_frame.text.startswith(slide.notes)
        assert shown.name == slide.id
        assert shown.slide_layout.name == "Title Only"


@pytest.mark.parametrize("number, block", BLOCKS, ids=lambda value: getattr(value, "id", str(value)))
def test_a_block_is_found_by_its_id(opened, number, block):
    shapes = reading.shapes(opened.slides[number])

    match block:
        case Tiles():
            for index, tile in enumerate(block.tiles, 1):
                assert shapes[f"{block.id}/{index}"].text_frame.text.split("\n")[:2] == [
                    tile.label,
                    tile.value,
                ]
        case Lines():
            assert all(line.text in shapes[block.id].text_frame.text for line in block.lines)
        case Table():
            table = shapes[block.id].table
            assert table.first_row
            assert len(table.rows) == len(block.rows) + 1
            for row, expected in zip(list(table.rows)[1:], block.rows, strict=True):
                assert [cell.text_frame.paragraphs[0].text for cell in row.cells] == [
                    cell.text for cell in expected.cells
                ]
        case Chart():
            plots = list(shapes[block.id].chart.plots)
            assert list(plots[0].categories) == list(block.categories)
    if isinstance(block, Chart | Table):
        assert shapes[block.id]._element.nvGraphicFramePr.cNvPr.get("descr") == block.alt


def test_deals_link_to_their_records(opened):
    expected = [
        cell.link
        for slide in decks.every_block().slides
        for block in slide.blocks
        if isinstance(block, Table)
        for row in block.rows
        for cell in row.cells
        if cell.link
    ]
    links = [
        run.hyperlink.address
        for slide in opened.slides
        for shape in slide.shapes
        if shape.has_table
        for row in shape.table.rows
        for cell in row.cells
        for paragraph in cell.text_frame.paragraphs
        for run in paragraph.runs
        if run.hyperlink.address
    ]

    assert links == expected
    assert len(links) > 15


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "file:///etc/passwd", "https://[bad", "", "\\\\host\\share"]
)
def test_what_is_no_web_address_is_no_link(link, tmp_path):
    slide = decks.commit()
    table = slide.blocks[0]
    cells = (table.rows[0].cells[0].model_copy(update={"link": link}), *table.rows[0].cells[1:])
    table = table.model_copy(update={"rows": (table.rows[0].model_copy(update={"cells": cells}),)})
    data = render(decks.deck(slide.model_copy(update={"blocks": (table,)})))

    assert "hlinkClick" not in reading.members(data)["ppt/slides/slide1.xml"].decode()


def test_everything_stands_on_the_slide_and_nothing_overlaps(opened):
    for slide in opened.slides:
        boxes = [
            (shape.name, shape.left, shape.top, shape.left + shape.width, shape.top + shape.height)
            for shape in slide.shapes
        ]
        for name, left, top, right, bottom in boxes:
            assert left >= 0, name
            assert top >= 0, name
            assert right <= opened.slide_width, name
            assert bottom <= opened.slide_height, name
        for index, (name, left, top, right, bottom) in enumerate(boxes):
            for other, left2, top2, right2, bottom2 in boxes[index + 1 :]:
                across = min(right, right2) - max(left, left2)
                down = min(bottom, bottom2) - max(top, top2)
                smaller = min((right - left) * (bottom - top), (right2 - left2) * (bottom2 - top2))

                assert across <= 0 or down <= 0 or across * down <= smaller * 0.02, (name, other)


def test_no_text_is_smaller_than_can_be_read(data):
    for xml in reading.slides(data).values():
        for shape in xml.iter(f"{P}sp", f"{P}graphicFrame"):
            name = shape.find(f".//{P}cNvPr").get("name")
            least = (
                1000 if name in {"footer", "number"} else 1100 if shape.tag == f"{P}graphicFrame" else 1200
            )
            sizes = [
                int(props.get("sz")) for props in shape.iter(f"{A}rPr", f"{A}endParaRPr") if props.get("sz")
            ]

            assert all(size >= least for size in sizes), name
            if name == "title":
                assert all(2400 <= size <= 2800 for size in sizes)


def test_a_persons_words_are_marked_as_theirs(opened):
    assert (
        "(by Dana Whitcombe, not computed)" in reading.shapes(opened.slides[8])["mix.sowhat"].text_frame.text
    )

    slide = decks.coverage().model_copy(
        update={"title": decks.words("We make 9M", by="Jonas Reuter"), "scope": "EMEA"}
    )
    shapes = reading.shapes(reading.deck(render(decks.deck(slide))).slides[0])

    assert shapes["title"].text_frame.text == "We make 9M"
    assert shapes["scope"].text_frame.text == "EMEA · title by Jonas Reuter, not computed"


def test_custom_properties_tie_the_file_to_its_spec(data):
    custom = reading.parsed(data, "docProps/custom.xml")["docProps/custom.xml"]
    values = {entry.get("name"): entry[0].text for entry in custom}

    assert values["quarterdeck.spec_sha256"] == "5" * 64
    assert values["quarterdeck.revision"] == "1"
    assert len(values["quarterdeck.deck_sha256"]) == len(values["quarterdeck.template_sha256"]) == 64
    assert values["quarterdeck.as_of"] == "2026-11-23T13:30:00Z"


def test_a_deck_without_slides_is_refused():
    with pytest.raises(BadInput, match="without slides"):
        render(decks.deck().model_copy(update={"slides": ()}))


@pytest.mark.slow
def test_libreoffice_draws_every_slide(data, tmp_path):
    path = tmp_path / "deck.pptx"
    path.write_bytes(data)

    assert len(pictures(path, tmp_path, dpi=30)) == 9
