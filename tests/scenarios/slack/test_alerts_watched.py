"""What an alert watches: which deals and which number, and what its card says of them before it is saved."""

from __future__ import annotations

import pytest

from tests.scenarios.slack.stage import Stage, told
from tests.scenarios.slack.test_alerts import alerts, look_back
from tests.scenarios.slack.timetable import DANA, LEADERS, card, direct, go, listing, press, save


def test_a_new_deal_of_a_later_quarter_is_told(at: Stage):
    save(at, DANA, LEADERS, "tell me when a new deal over 81k is created")
    look_back(at)

    (seen,) = alerts(at, DANA)
    assert "New: Larchmere Distributing $120k\nNew: Arrabank Grain – Sense $81k" in told(seen)


def test_an_alert_of_a_period_is_about_its_deals_alone(at: Stage):
    save(at, DANA, LEADERS, "tell me when a new deal next quarter over 50k is created")
    look_back(at)

    (seen,) = alerts(at, DANA)
    assert "Arrabank Grain – Sense" in told(seen)
    assert "Larchmere" not in told(seen)


def test_what_a_shrinking_deal_was_counts_and_both_amounts_are_shown(at: Stage):
    save(at, DANA, LEADERS, "tell me when a deal over 60k shrinks")
    look_back(at)

    (seen,) = alerts(at, DANA)
    assert "Smaller: Tamarack & Vane Steel $130k → $80k" in told(seen)
    assert "Smaller: Zanderhof Verpackung $90k → $60k" in told(seen)


def test_a_size_in_a_word_is_asked_for_as_an_amount(at: Stage):
    found = told(*at.command(DANA, LEADERS, "tell me when a big deal slips"))

    assert "Say “big” as an amount, for example: deals over 200k." in found


@pytest.mark.parametrize(
    "words, says",
    [
        (
            "coverage of emea drops below 1.5",
            "Coverage of what is left, Q4, EMEA is 1.40x now, already below 1.50x",
        ),
        ("commit drops below 1,9m", "Commit, open, Q4 is $1.94M now; the limit is $1.90M."),
        ("attainment drops below 50%", "Attainment, Q4 is 53 % now; the limit is 50 %."),
        ("open pipeline is under $5.5 million", "Open pipeline, Q4 is $5.49M now, already below $5.50M"),
    ],
)
def test_the_card_says_how_the_number_stands_now(at: Stage, words: str, says: str):
    assert says in told(card(at, DANA, LEADERS, f"tell me when {words}"))


@pytest.mark.parametrize(
    "words, why",
    [
        ("commit drops below 80%", "Commit, open, Q4 is $1.94M now, so I cannot hold it against “80%”."),
        ("commit drops below 4", "so I cannot hold it against “4”"),
        ("commit drops below €1m", "so I cannot hold it against “€1m”"),
        ("win rate is over 2x", "so I cannot hold it against “2x”"),
        ("coverage by region drops below 2", "as a number to watch"),
    ],
)
def test_a_limit_in_another_unit_is_refused(at: Stage, words: str, why: str):
    found = told(*at.command(DANA, LEADERS, f"tell me when {words}"))

    assert why in found
    assert "Save it?" not in found


def test_beyond_five_a_day_the_rest_is_counted_in_one_message_the_next_morning(at: Stage):
    for kind in ("slips", "is lost", "is won", "is created", "shrinks", "over 1k is lost", "over 1k slips"):
        save(at, DANA, LEADERS, f"tell me when a deal {kind}")
    look_back(at)
    assert len(alerts(at, DANA)) == 5
    go(at, "2026-11-24T13:29:00+00:00", seconds=2)
    assert not [one for one in direct(at, DANA) if "I only count" in one]
    go(at, "2026-11-24T13:31:00+00:00", seconds=2)
    go(at, "2026-11-25T13:31:00+00:00", seconds=2)

    (rest,) = [one for one in direct(at, DANA) if "I only count" in one]
    assert "2 more alerts" in rest


def test_a_resumed_alert_tells_nothing_of_the_time_when_it_was_paused(at: Stage):
    save(at, DANA, LEADERS, "tell me when a deal slips")
    press(at, DANA, listing(at, DANA), "Pause")
    look_back(at)
    press(at, DANA, listing(at, DANA), "Resume")
    go(at, "2026-11-23T14:31:00+00:00", seconds=2)

    assert alerts(at, DANA) == []
