"""What is asked about silence, of a company whose records hold no activity, or nothing but its last day."""

from __future__ import annotations

import duckdb
import pytest

from bot.cli import main

NOTHING = "DELETE FROM activity"
DAYS = """
    CREATE OR REPLACE TABLE activity AS SELECT * REPLACE (FALSE AS buyer) FROM activity
    QUALIFY row_number() OVER (PARTITION BY deal_id ORDER BY "at" DESC) = 1
    """
RULE = "There is no activity data, so nothing is told of silence."


@pytest.fixture
def asked(home, capsys):
    """Ask something of Larkmoor after a statement has thinned out its activity, and return what was said."""

    def said(text, statement):
        for file in home.rglob("mirror-*.duckdb"):
            with duckdb.connect(str(file)) as connection:
                connection.execute(statement)
        assert main(["--home", str(home), "ask", text]) == 0
        return capsys.readouterr().out

    return said


@pytest.mark.parametrize(
    "text", ["stale deals", "deals gone quiet", "no activity in 30 days", "deals with no touch for 3 weeks"]
)
def test_without_activity_data_nobody_is_called_silent(asked, text):
    assert RULE in asked(text, NOTHING)


def test_a_list_without_activity_data_shows_the_next_step_instead(asked):
    said = asked("deals over 200k", NOTHING)

    assert "Next step" in said
    assert "touch" not in said


def test_a_deal_of_which_nothing_was_logged_says_so(asked):
    assert "No activity data." in asked("ostrander", NOTHING)


def test_where_only_days_are_known_silence_is_told_with_what_it_rests_on(asked):
    said = asked("stale deals", DAYS)

    assert "No activity for" in said
    assert "not who took part, so a deal is silent after 21 days without any" in said
    assert "touch" not in said


def test_where_only_days_are_known_lists_and_cards_claim_no_buyer(asked):
    assert "no activity for 30 days or more" in asked("no activity in 30 days", DAYS)
    assert "Last activity 24 days ago." in asked("ostrander", "SELECT 1")
