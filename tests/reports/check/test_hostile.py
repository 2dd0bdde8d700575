"""What records are called never fails the check: names that break software, and templates that are not ours."""

from __future__ import annotations

from pathlib import Path

import pptx
import pytest

from reports import words
from reports.check import check, errors
from reports.deck import Deck, Lines, Table
from reports.narrative import say
from reports.render import render
from tests.reports.check.sample import mended

NAMES = (
    'O\'Malley <Freight> & "Söhne"',
    "🚚 Überlandverkehr 👩‍🔧 GmbH",
    "שירותי הובלה بضائع",
    "a\x00b\x07c\ud800d\ufffee",
    "{{gap}} {{ }} {{n}}",
    "3M 24/7 $5M x 2.5x 40 % of seven",
    "Click to add lorem ipsum",
    "slipped",
    "=SUM(A1:A9)",
    "W" * 300,
    "Donaudampfschifffahrtsgesellschaft " * 8,
    "line\nbreak\ttab\u2028sep",
)


def renamed(name: str) -> Deck:
    """Return the good sample with a deal of that name in words and in a table."""
    deck = mended()
    slides = list(deck.slides)
    first, last = slides[0], slides[3]
    facts = tuple(
        fact.model_copy(update={"text": words.line(name, 60), "value": words.line(name, 60)})
        if fact.id == "n"
        else fact
        for fact in first.facts
    )
    known = {fact.id: fact for fact in facts}
    blocks = tuple(
        block.model_copy(update={"lines": tuple(say(line.template, known) for line in block.lines)})
        if isinstance(block, Lines)
        else block
        for block in first.blocks
    )
    slides[0] = first.model_copy(update={"facts": facts, "blocks": blocks})
    table = last.blocks[0]
    assert isinstance(table, Table)
    row = table.rows[0]
    cell = row.cells[0].model_copy(
        update={"text": name, "note": f"Dana, 23 Nov: {name}", "link": "https://larkmoor.example/1"}
    )
    rows = (row.model_copy(update={"cells": (cell, *row.cells[1:])}), *table.rows[1:])
    slides[3] = last.model_copy(update={"blocks": (table.model_copy(update={"rows": rows}),)})
    return deck.model_copy(update={"slides": tuple(slides)})


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_a_name_never_fails_the_check(name):
    deck = renamed(name)

    assert [str(problem) for problem in errors(check(render(deck), deck))] == []


def test_a_file_on_another_template_is_read_by_its_own_master(tmp_path: Path):
    path = tmp_path / "company.pptx"
    pptx.Presentation().save(str(path))
    deck = mended()

    assert [str(problem) for problem in errors(check(render(deck, template=path), deck))] == []
