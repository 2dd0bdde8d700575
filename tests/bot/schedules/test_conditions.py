"""What an alert waits for, as people say it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.schedules.conditions import condition


@pytest.mark.parametrize(
    "text, kind, scope",
    [
        ("a commit deal slips", "slips", "commit deals"),
        ("a deal over 200k is pushed out", "slips", "deals over 200k"),
        ("any of my deals slip", "slips", "my deals"),
        ("one of our emea deals is lost", "lost", "emea deals"),
        ("ostrander closes", "won", "ostrander deals"),
        ("there is a new deal over 200k", "created", "deals over 200k"),
        ("a best case deal is pulled in", "pulled in", "best case deals"),
        ("a deal drops in amount", "shrinks", "deals"),
        ("a deal gets bigger", "grows", "deals"),
        ("a new deal in emea is created", "created", "deals in emea"),
    ],
)
def test_a_move_of_a_deal_is_waited_for(text: str, kind: str, scope: str):
    found = condition(text)

    assert found is not None
    assert (found.kind, found.scope, found.limit) == (kind, scope, None)


@pytest.mark.parametrize(
    "text, kind, scope, limit",
    [
        ("coverage of emea drops below 1.5", "below", "coverage of emea", "1.5"),
        ("the coverage is under 2x", "below", "coverage", "2"),
        ("win rate falls below 20%", "below", "win rate", "0.2"),
        ("open pipeline is above $6.5m", "above", "open pipeline", "6500000"),
        ("open pipeline exceeds 900k", "above", "open pipeline", "900000"),
        ("open pipeline > 900k", "above", "open pipeline", "900000"),
        ("commit < 4,5m", "below", "commit", "4500000"),
        ("commit < 4,500,000", "below", "commit", "4500000"),
        ("pipeline is below 5.5 million", "below", "pipeline", "5500000"),
    ],
)
def test_a_number_beyond_a_limit_is_waited_for(text: str, kind: str, scope: str, limit: str):
    found = condition(text)

    assert found is not None
    assert (found.kind, found.scope, found.limit) == (kind, scope, Decimal(limit))


@pytest.mark.parametrize("text", ["something happens", "it rains", "", "deal", "commit < 4,5,6m"])
def test_what_cannot_be_waited_for_is_none(text: str):
    assert condition(text) is None


@given(st.text(max_size=80))
def test_any_words_are_waited_for_or_not(text: str):
    found = condition(text)

    assert found is None or found.scope == found.scope.strip()
