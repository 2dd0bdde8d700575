"""One form of money a sentence and a column: people hold amounts that stand together against each other."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from reports.compose import compose
from reports.facts import Filter
from reports.kinds import weekly
from tests.reports.kinds.looked import block, region, words_of

SCOPES = {
    "everything": {},
    "EMEA": {"filters": (region("EMEA"),)},
    "Mid-market": {"filters": (Filter(dim="segment", values=("MM",)),)},
    "next quarter": {"period": "next-quarter"},
    "October": {"as_of": datetime(2026, 10, 13, 3, 59, tzinfo=UTC)},
}
AMOUNT = re.compile(r"[$€]\d[\d,]*(?:\.\d+)?([kM]?)")


def forms(*texts):
    return {form for text in texts for form in AMOUNT.findall(text) if not text.startswith("Definitions")}


@pytest.fixture(scope="module", params=SCOPES)
def deck(request, larkmoor_view, last_week):
    return compose(weekly.spec().model_copy(update=SCOPES[request.param]), larkmoor_view, last_week)


def test_a_sentence_has_one_form_of_money(deck):
    mixed = [text.text for text, _ in words_of(deck) if len(forms(text.text)) > 1]

    assert mixed == []


def test_a_column_has_one_form_of_money(deck):
    tables = [item for slide in deck.slides for item in slide.blocks if item.type == "table"]
    columns = [
        (table.id, table.columns[place].heading, forms(*(row.cells[place].text for row in table.rows)))
        for table in tables
        for place in range(len(table.columns))
    ]

    assert [found for found in columns if len(found[2]) > 1] == []


def test_what_a_table_leaves_out_is_told_in_the_form_of_its_amounts(deck):
    for table in (item for slide in deck.slides for item in slide.blocks if item.type == "table"):
        if table.more.startswith("and "):
            assert forms(table.more) == forms(*(cell.text for row in table.rows for cell in row.cells))


def test_the_sum_past_due_stands_in_the_form_of_its_column(larkmoor):
    rows = block(larkmoor, "appendix", "hygiene").rows

    assert [row.cells[2].text for row in rows] == ["$0.50M", "$0.20M", "$0.10M", "$0.14M", "$0.16M", "$1.10M"]


def test_the_moves_on_the_card_share_a_form(deck):
    assert len(forms(*(move.text for move in deck.card.moves))) <= 1
