"""Layout: each rule on a file with one thing moved, shrunk, bleached or forgotten; none on good decks."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from reports.check import Problem, check
from reports.check.colour import palette
from reports.check.layout import layout_problems
from reports.check.package import opened
from reports.check.reader import views
from reports.deck import Deck, Words
from reports.render import render
from tests.fakes import decks
from tests.reports.check.defects import Defect, edit, rewritten, swap

ONE, TABLES = "ppt/slides/slide1.xml", "ppt/slides/slide3.xml"


@pytest.fixture(scope="module")
def good() -> bytes:
    return render(decks.every_block())


def looked_at(data: bytes, deck: Deck) -> tuple[Problem, ...]:
    package = opened(data)
    assert not isinstance(package, str)
    return layout_problems(package, views(package), deck)


def rules(data: bytes) -> set[str]:
    return {problem.rule for problem in looked_at(data, decks.every_block())}


def test_good_decks_have_no_error_of_layout(good):
    assert [problem for problem in looked_at(good, decks.every_block()) if problem.severity == "error"] == []


def moved(name: str, axis: str, by: int) -> Defect:
    """Return a defect that moves the shape of that name on the first slide, by EMU."""

    def change(blob: bytes) -> bytes:
        start = blob.index(f'name="{name}"'.encode())
        pattern = re.compile(rb'(<a:off x="-?\d+" y="-?\d+"/>)')
        match = pattern.search(blob, start)
        assert match
        off = match[1].decode()
        number = re.search(rf'{axis}="(-?\d+)"', off)
        assert number
        new = off.replace(number[0], f'{axis}="{int(number[1]) + by}"')
        return blob[: match.start()] + new.encode() + blob[match.end() :]

    return lambda data: rewritten(data, {ONE: change})


def _swapped(blob: bytes) -> bytes:
    """Put the first list behind the second one."""
    shapes = re.findall(rb"<p:sp>.*?</p:sp>", blob, re.DOTALL)
    left = next(shape for shape in shapes if b'name="summary.changes"' in shape)
    right = next(shape for shape in shapes if b'name="summary.decisions"' in shape)
    return blob.replace(left, b"@").replace(right, left).replace(b"@", right)


BROKEN: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "a shape hangs over the edge": ("layout.off-slide", moved("summary.decisions", "x", 2_000_000)),
    "a list lies on the tiles": ("layout.overlap", moved("summary.changes", "y", -1_000_000)),
    "the lists are read in the wrong order": ("layout.reading-order", lambda data: rewritten(data, {ONE: _swapped})),
    "a line is set in eight points": ("layout.size", edit(ONE, 'sz="1200"', 'sz="800"')),
    "a chart's labels are tiny": ("layout.size", edit("ppt/charts/chart1.xml", 'sz="1200"', 'sz="700"')),
    "the words are pale": (
        "layout.contrast",
        lambda data: rewritten(data, {ONE: swap('<a:schemeClr val="tx1"/>', '<a:srgbClr val="C8C8C8"/>', count=4)}),
    ),
    "the words run out of their box": (
        "layout.text-fit",
        lambda data: rewritten(data, {ONE: lambda blob: blob.replace(b"no buyer touch", b"no buyer touch " * 90)}),
    ),
    "a chart says nothing to those who cannot see": (
        "layout.alt-text",
        lambda data: rewritten(data, {"ppt/slides/slide2.xml": lambda blob: re.sub(rb' descr="[^"]*"', b"", blob)}),
    ),
    "a table hides its header": ("layout.header-row", edit(TABLES, 'firstRow="1"', 'firstRow="0"')),
    "cells are merged": ("layout.merged-cells", edit(TABLES, "<a:tc>", '<a:tc gridSpan="2">')),
    "a link is an address": ("layout.link-text", edit("ppt/slides/slide4.xml", "Hartwell Cold Storage<", "https://larkmoor.example/1<")),
    "a prompt was left": ("layout.prompt", edit(ONE, "Won + commit", "Click to add text")),
    "a slide lost its title": (
        "layout.title-missing",
        lambda data: rewritten(data, {ONE: lambda blob: re.sub(rb"(name=\"title\".*?<a:t>)[^<]*", rb"\1", blob, count=1)}),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_what_a_person_would_trip_over_is_found(good, name):
    rule, defect = BROKEN[name]

    assert rule in rules(defect(good))


def test_a_repeated_title_is_told_but_does_not_stop(good):
    first, second = decks.summary(), decks.movement()
    deck = decks.deck(first, second.model_copy(update={"title": first.title}))
    problems = looked_at(render(deck), deck)

    assert [(problem.rule, problem.severity) for problem in problems if "title" in problem.rule] == [
        ("layout.title-repeated", "warning")
    ]


def test_a_long_title_is_told_unless_a_person_wrote_it():
    long = "One word after another " * 6
    machine = decks.deck(decks.summary().model_copy(update={"title": Words(text=long, template=long)}))
    person = decks.deck(decks.summary().model_copy(update={"title": Words(text=long, by="Dana Whitcombe")}))

    assert "layout.title-long" in {problem.rule for problem in looked_at(render(machine), machine)}
    assert {problem.rule for problem in looked_at(render(person), person)} == set()


def test_what_records_are_called_is_no_prompt():
    slide = decks.commit()
    table = slide.blocks[0]
    assert table.type == "table"
    row = table.rows[0]
    cell = row.cells[0].model_copy(update={"text": "Lorem Ipsum Logistics {{x}}"})
    rows = (row.model_copy(update={"cells": (cell, *row.cells[1:])}), *table.rows[1:])
    deck = decks.deck(slide.model_copy(update={"blocks": (table.model_copy(update={"rows": rows}),)}))

    assert "layout.prompt" not in {problem.rule for problem in check(render(deck), deck)}


def test_theme_colours_are_looked_up_through_the_masters_map(good):
    package = opened(good)
    assert not isinstance(package, str)
    found = palette(
        package.trees["/ppt/theme/theme1.xml"], package.trees["/ppt/slideMasters/slideMaster1.xml"]
    )

    assert found.theme[found.names["tx1"]] == "17202E"
