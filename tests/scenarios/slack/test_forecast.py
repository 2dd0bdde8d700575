"""The forecast in Slack: asked for by the command, for a room that sees all of it, and for one that sees one region."""

from __future__ import annotations

import pytest

from tests.fakes.slack.seen import Seen
from tests.scenarios.slack.stage import Stage, told
from tests.scenarios.slack.test_requests_decks import DANA, JONAS, LEADERS, LUC, deck_of, new_for


@pytest.fixture
def at(shared: Stage) -> Stage:
    """Return the stage a minute later: what earlier scenarios did in their threads is out of the way."""
    shared.clock.forward(60)
    return shared


def everything(at: Stage, root: Seen) -> str:
    return "\n".join(text for slide in deck_of(at, root) for text in slide)


def test_the_command_brings_the_call_its_changes_and_the_deck(at: Stage) -> None:
    before, outside = at.slack.seen_by(LUC), at.slack.seen_by(JONAS)
    at.command(DANA, LEADERS, "forecast")
    root, deck = new_for(at, LUC, before)

    assert root.text == (
        "Q4 rolls up to $5.00M won and committed, $0.80M short of $5.80M; best case reaches $6.98M. 3 decisions."
    )
    assert "Ostrander Paper $310k left Q4; it was called commit" in told(root)
    assert [file.name for file in deck.files] == ["forecast-2026-11-23-r1.pptx"]
    assert len(deck_of(at, root)) == 5
    assert at.slack.seen_by(JONAS) == outside


def test_edits_in_its_thread_are_its_next_revision(at: Stage) -> None:
    root = at.draft(DANA, LEADERS, "forecast")
    at.reply(DANA, LEADERS, "only EMEA, drop 3", root.ts)

    shown = at.shown(LUC, root.ts)
    assert shown.text.startswith("EMEA rolls up to $1.33M in Q4, $0.57M short of $1.90M")
    assert "EMEA · definitions v3 · r2, draft" in told(shown)
    assert len(deck_of(at, root)) == 4


def test_a_room_that_sees_one_region_gets_a_forecast_of_it(at: Stage) -> None:
    root = at.draft(DANA, "emea-sales", "forecast")

    assert root.text.startswith("EMEA rolls up to $1.33M in Q4")
    assert not any(word in everything(at, root) for word in ("AMER", "APAC", "$5.80M", "Cobalt"))
