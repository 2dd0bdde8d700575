"""A person who asks twice hears the same: slides, cards and answers tell one number alike."""

from __future__ import annotations

import re

from bot.agent.answers.asking import Asker
from bot.agent.turn import turn
from bot.flows import pull
from bot.wiring import Installation
from reports.facts import RECORD_CAP
from reports.measures import bridge
from reports.words import money

DANA = Asker(name="Dana Whitcombe")


def test_a_deal_card_tells_the_same_silence_as_the_commit_slide(installation: Installation) -> None:
    line = installation.line()
    _, made = turn(line, "weekly", thread_id="t", asker=DANA)
    assert made is not None
    (table,) = (
        block
        for slide in made.deck.slides
        if slide.key == "commit"
        for block in slide.blocks
        if block.type == "table"
    )
    place = [column.heading for column in table.columns].index("Last buyer touch")

    for row in table.rows:
        card, _ = turn(line, row.cells[0].text, thread_id="cards", asker=DANA)

        said = " ".join(card.lines)
        assert card.intent == "deal_card", row.cells[0].text
        assert f"Last buyer touch {row.cells[place].text}." in said
        days = set(re.findall(r"[Nn]o buyer touch for (\d+ days)", said))
        assert days <= {row.cells[place].text.removesuffix(" ago")}


def test_a_window_that_lies_behind_us_ends_with_its_last_day(installation: Installation) -> None:
    line = installation.line()

    lost, _ = turn(line, "lost deals last quarter", thread_id="t", asker=DANA)

    assert "between Wed 1 Jul and Wed 30 Sep" in lost.lines[0]


def test_a_long_list_is_counted_and_summed_whole(installation: Installation) -> None:
    line = installation.line()
    with pull(line) as view:
        period = view.calendar.quarter(view.today)
        walk = bridge(view, period, view.calendar.start_of(period.start))
    (lost,) = (step for step in walk.steps if step.bucket == "lost")

    reply, _ = turn(line, "how many deals did we lose this quarter", thread_id="t", asker=DANA)

    assert lost.n > RECORD_CAP
    assert f"{lost.n} deals lost" in reply.lines[0]
    assert reply.lines[0].endswith(f"{money(-lost.value, 'USD')}.")


def test_deals_of_which_none_has_an_amount_do_not_sum_to_zero(installation: Installation) -> None:
    reply, _ = turn(installation.line(), "deals with no amount", thread_id="t", asker=DANA)

    assert reply.grid is not None
    assert reply.grid.rows
    assert "deals, no amount" in reply.lines[0]


def test_commit_beside_its_target_shows_no_ratio_of_something_else(installation: Installation) -> None:
    reply, _ = turn(installation.line(), "commit vs target by region", thread_id="t", asker=DANA)

    assert reply.grid is not None
    assert reply.grid.headings[-1] == "Target"
