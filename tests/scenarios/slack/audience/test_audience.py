"""Nobody reads through the bot what the CRM would not show them: judged by rules that share no code with it."""

from __future__ import annotations

import os
from collections import Counter
from random import Random
from time import perf_counter

import pytest

from connectors.access import Access
from connectors.mirror import open_generation
from tests.depth import share
from tests.fakes.slack import BOT_USER
from tests.scenarios.slack.audience import asks
from tests.scenarios.slack.audience.crowd import ALLOWED
from tests.scenarios.slack.audience.street import Street, street
from tests.scenarios.slack.audience.town import Town, build
from tests.scenarios.slack.audience.walk import changed, speakers, step

# Judgements in all; a part of them are requests that are answered to the end, and every byte that people saw is searched.
JUDGED = int(os.environ.get("AUDIENCE_EXAMPLES", share(2_500, of=10_000)))
ANSWERED = int(os.environ.get("AUDIENCE_ANSWERED", str(JUDGED // 20)))
TOWNS, SEASONS = 4, 40
STEPS = max(1, ANSWERED // SEASONS)
# A few looks fall on channels in which nobody is left to ask.
LOOKS = max(1, JUDGED // SEASONS * 51 // 50)


@pytest.fixture(scope="module")
def towns(tmp_path_factory: pytest.TempPathFactory):
    """Give a few companies; their records stay open, as they would in a bot that is busy."""
    built = [build(seed, tmp_path_factory.mktemp(f"town-{seed}")) for seed in range(TOWNS)]
    held = [open_generation(town.mirror.current()) for town in built]
    yield built
    for connection in held:
        connection.close()


def allowed(access: Access, at: Street) -> frozenset[int]:
    """Return the deals that an access lets through, as the records stand today."""
    return frozenset(
        deal.number
        for deal in at.town.deals
        if (access.regions is None or deal.holdings[-1].region in access.regions)
        and (access.owners is None or deal.holdings[-1].owner in access.owners)
    )


def readers_of(at: Street, channel_id: str) -> list[str]:
    """Return who can read in a channel: programs are the company's own, and a closed account reads nothing."""
    users = at.world.users
    members = at.world.channels[channel_id].members
    return [key for key in members if not users[key].is_bot and not users[key].deleted]


def may_stand_there(at: Street, channel_id: str) -> bool:
    """Say whether the bot may say anything in a channel at all: the rule of the product in one breath."""
    channel = at.world.channels[channel_id]
    humans = readers_of(at, channel_id)
    return (
        BOT_USER in channel.members
        and channel.name.startswith(ALLOWED)
        and not (channel.is_archived or channel.is_ext_shared or channel.is_pending_ext_shared)
        and not any(at.rules.readers[key].outside for key in humans)
        and bool(at.rules.common(humans))
    )


def test_what_may_be_said_in_a_place_is_never_more_than_all_of_its_readers_may_see(towns: list[Town]):
    spent, told = [], Counter()
    for season in range(SEASONS):
        dice = Random(f"judged:{season}")
        with street(towns[season % TOWNS], dice) as at:
            for _ in range(LOOKS):
                channel = changed(dice, at, odds=0.6)
                people = speakers(at, channel)
                if not people:
                    continue
                who = dice.choice(people)
                known = at.desk.directory.known(who)
                begun = perf_counter()
                verdict = at.desk.places.judge(at.desk.places.look(channel.id), known)
                spent.append(perf_counter() - begun)
                seen = (
                    at.rules.common(readers_of(at, channel.id))
                    if verdict.here
                    else at.rules.deals(who, now=True)
                )
                told["here" if verdict.here else "away"] += 1
                told["could"] += may_stand_there(at, channel.id)

                assert allowed(verdict.access, at) <= seen, (at.rules.table, channel, who)
                assert not verdict.here or may_stand_there(at, channel.id), channel
                assert not (verdict.here and verdict.access.names) or channel.name in at.cleared
    spent.sort()
    total = told["here"] + told["away"]
    print(
        f"\n{total:,} places judged, p95 {spent[int(len(spent) * 0.95)] * 1000:.1f} ms; "
        f"{told['here']:,} of the {told['could']:,} where all may see something were spoken in"
    )
    assert total > 0.9 * LOOKS * SEASONS


def test_no_word_of_the_crm_reaches_anybody_who_may_not_see_it(towns: list[Town]):
    found, steps = [], 0
    for season in range(SEASONS):
        dice = Random(f"walked:{season}")
        with street(towns[season % TOWNS], dice) as at:
            for _ in range(STEPS):
                step(dice, at, decks=0.02)
            steps += STEPS
            found += [f"season {season}: {leak}" for leak in at.leaks()]
            assert not at.runs.failures, (season, at.runs.failures[0])

    assert found == [], f"{len(found)} in {steps}"


def test_most_questions_asked_aloud_are_answered_in_the_channel(towns: list[Town]):
    """Companies that share as companies mostly do; channels that are allowed and have colleagues in them only."""
    asked = answered = 0
    for season in range(6):
        dice = Random(f"useful:{season}")
        with street(towns[season % TOWNS], dice, usual=True) as at:
            for _ in range(20):
                channel = changed(dice, at, odds=0)
                people = speakers(at, channel)
                if not people or not may_stand_there(at, channel.id):
                    continue
                before = len(at.world.messages)
                at.say(dice.choice(people), channel.id, asks.plain_question(dice, at.town))
                new = list(at.world.messages.values())[before:]
                asked += 1
                answered += any(one.user == BOT_USER and one.channel == channel.id for one in new)
    print(
        f"\n{answered} of {asked} questions asked aloud were answered in the channel: {answered / asked:.0%}"
    )

    assert answered / asked > 0.8
