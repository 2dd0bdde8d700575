"""Larkmoor without activity data, and with nothing but the day of each deal's last activity: decks say so once."""

from __future__ import annotations

import shutil
from contextlib import ExitStack, closing

import duckdb
import pytest

from connectors.access import Access
from connectors.demo import company
from reports.check import check, errors
from reports.compose import compose
from reports.findings import find
from reports.kinds import forecast, weekly
from reports.render import render
from reports.view import open_view
from tests.reports.deck_text import deck_text
from tests.reports.kinds.looked import assert_every_number_is_a_fact, block

# What is left of the activity table.
STRIPPED = {
    "nothing": "DELETE FROM activity",
    "days": """
        CREATE OR REPLACE TABLE activity AS SELECT * REPLACE (FALSE AS buyer) FROM activity
        QUALIFY row_number() OVER (PARTITION BY deal_id ORDER BY "at" DESC) = 1
        """,
}


@pytest.fixture(scope="module")
def stripped(larkmoor_records, tmp_path_factory):
    """Larkmoor twice, each with less activity data than the whole."""
    views = {}
    with ExitStack() as opened:
        for name, statement in STRIPPED.items():
            file = shutil.copy(larkmoor_records.path, tmp_path_factory.mktemp(name) / "mirror.duckdb")
            connection = opened.enter_context(closing(duckdb.connect(str(file))))
            connection.execute(statement)
            views[name] = open_view(connection, company(), Access.operator("demo"), generation=name)
        yield views


@pytest.fixture(scope="module", params=["weekly", "forecast"])
def kind(request):
    return {"weekly": weekly, "forecast": forecast}[request.param]


def sentences(text, *words):
    """How often any of the words stands in a text, whatever its case."""
    return sum(text.casefold().count(word) for word in words)


def test_without_activity_data_a_deck_says_so_once_and_nothing_of_silence(stripped, kind):
    deck = compose(kind.spec(), stripped["nothing"])

    said = deck_text(deck, notes=True)
    assert sentences(said, "there is no activity data, so nothing is told of silence") == 1
    rest = said.casefold().replace("nothing is told of silence", "").replace("silence: there", "")
    assert (
        sentences(rest, "silent", "silence", "buyer touch", "last activity", "no activity for", "buyer seen")
        == 0
    )
    assert_every_number_is_a_fact(deck)


def test_where_only_days_are_known_a_deck_says_so_once_and_claims_no_buyer(stripped, kind):
    deck = compose(kind.spec(), stripped["days"])

    said = deck_text(deck, notes=True)
    assert sentences(said, "only the day of the last activity is known, not who took part") == 1
    assert sentences(said, "buyer touch", "buyer silent", "buyer seen", "usual gap", "touched") == 0
    assert_every_number_is_a_fact(deck)


def test_the_commit_table_shows_what_is_known_of_the_last_touch(stripped, larkmoor):
    headings = {
        name: [column.heading for column in block(deck, "commit", "commit").columns]
        for name, deck in (
            ("touches", larkmoor),
            ("days", compose(weekly.spec(), stripped["days"])),
            ("nothing", compose(weekly.spec(), stripped["nothing"])),
        )
    }

    assert [name for name in headings["touches"] if "Last" in name] == ["Last buyer touch"]
    assert [name for name in headings["days"] if "Last" in name] == ["Last activity"]
    assert [name for name in headings["nothing"] if "Last" in name] == []


def test_a_company_that_logs_touches_reads_nothing_of_it(larkmoor):
    assert "no activity data" not in deck_text(larkmoor, notes=True).casefold()


@pytest.mark.parametrize("known", ["nothing", "days"])
def test_a_chance_that_needs_the_buyer_is_not_told(stripped, larkmoor_view, known):
    view = stripped[known]
    quarter = view.calendar.quarter(view.today)

    kinds = {finding.kind.value for finding in find(view, quarter)}
    assert not kinds & {"revive", "ready_to_pull_in"}
    assert {"revive", "ready_to_pull_in"} <= {finding.kind.value for finding in find(larkmoor_view, quarter)}


@pytest.mark.parametrize("known", ["nothing", "days"])
def test_such_decks_pass_their_own_check(stripped, kind, known):
    deck = compose(kind.spec(), stripped[known])

    assert [str(problem) for problem in errors(check(render(deck), deck))] == []
