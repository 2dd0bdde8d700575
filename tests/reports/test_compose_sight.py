"""A report under the CRM's own rights: of the deals that its readers may see, without the fields that they may not."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime

import duckdb
import pytest

from connectors.access import Access, Grant, Sight
from connectors.demo import DemoCrm, company
from connectors.mirror import Mirror, open_generation, sights
from reports.compose import compose
from reports.errors import NotShown
from reports.kinds import forecast, weekly
from reports.measures import measure
from reports.view import open_view
from tests.reports.deck_text import deck_text

AT = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    generation = Mirror(tmp_path_factory.mktemp("demo"), "demo").load(DemoCrm())
    with closing(open_generation(generation)) as connection:
        yield connection


@pytest.fixture
def emea(opened, tmp_path):
    ids = [
        row[0]
        for row in opened.execute("SELECT DISTINCT deal_id FROM state WHERE region = 'EMEA'").fetchall()
    ]
    key, path, count = sights.keep(tmp_path, ids)
    return Sight(key=key, deals=path, count=count, at=AT)


def view(opened, sight):
    return open_view(opened, company(), Access(workspace="demo", asker=Grant(person="ana", sight=sight)))


def hiding(*words):
    return Sight(hidden=frozenset(words), at=AT)


@pytest.mark.parametrize("kind", [weekly, forecast])
def test_a_report_shows_the_deals_that_its_readers_may_see_and_says_so(opened, emea, kind):
    deck = compose(kind.spec(), view(opened, emea))
    shown = {record for slide in deck.slides for fact in slide.facts for record in fact.records}
    visible = {row[0] for row in duckdb.sql(f"SELECT id FROM '{emea.deals}'").fetchall()}

    assert shown <= visible
    assert "deals that all who read this may see in the CRM" in deck_text(deck)
    assert "CRM rights of 23 Nov" in deck_text(deck)


def test_amounts_are_those_of_visible_deals(opened, emea):
    everybody = open_view(opened, company(), Access.operator("demo"))
    seen = measure(view(opened, emea), "open_pipeline")

    assert seen.rows == tuple(
        row.model_copy(update={"by": ()})
        for row in measure(everybody, "open_pipeline", by=("region",)).rows
        if row.by == (("region", "EMEA"),)
    )


def test_hidden_words_stand_nowhere_in_a_report(opened):
    everybody = open_view(opened, company(), Access.operator("demo"))
    steps = {deal.next_step for deal in everybody.deals() if deal.next_step}
    reasons = {deal.reason for deal in everybody.deals(counted=False) if deal.reason}
    words = {word for word in steps | reasons if " " in word}
    told = [text for text in deck_text(compose(weekly.spec(), everybody)).split("\n") if text]
    text = deck_text(compose(weekly.spec(), view(opened, hiding("next_step", "reason", "region", "segment"))))

    assert any(word in line for word in words for line in told)
    assert not {word for word in words if word in text}
    assert "no next step" not in text.casefold()
    assert "no reason given" not in text
    assert "without next step, reason, region and segment" in text


def test_a_report_needs_amounts(opened):
    with pytest.raises(NotShown, match="a report cannot be shown: you may not read the amount in the CRM"):
        compose(weekly.spec(), view(opened, hiding("amount")))
