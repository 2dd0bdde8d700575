"""How old a profile may be by which somebody reads along, and how many calls it takes to know everybody in a channel."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bot.slack.manifest import events
from bot.slack.people import FEW
from tests.fakes.slack.shapes import User
from tests.scenarios.slack.conftest import PEOPLE
from tests.scenarios.slack.stage import Stage, stage, told

DANA, KATRIN = "Dana Whitcombe", "Katrin Vogelsang"
LEADERS = "sales-leadership"
NUMBER = "Open pipeline closing in Q4: $5.49M, 212 deals, commit $1.94M of it."
GUESTS = "This channel has guests in it. I sent it to you directly."


def crowd(at: Stage, count: int) -> None:
    """Let that many more colleagues be in the workspace and read in the leaders' channel."""
    staff = [
        User(id=f"UCROWD{n}", name=f"Colleague {n}", email=f"c{n}@larkmoor.example") for n in range(count)
    ]
    with at.slack.world.changed:
        channel = at.slack.channel(LEADERS)
        at.slack.world.users |= {user.id: user for user in staff}
        at.slack.world.put_channel(replace(channel, members=(*channel.members, *(user.id for user in staff))))


def asked_where(at: Stage) -> str:
    """Return what Dana reads after asking for a number in the leaders' channel."""
    return told(*at.mention(DANA, LEADERS, "pipeline"))


def test_a_colleague_who_is_made_a_guest_is_one_for_the_very_next_post(at: Stage):
    assert NUMBER in asked_where(at)
    assert GUESTS not in asked_where(at)

    at.slack.alter(KATRIN, is_restricted=True)
    assert GUESTS in asked_where(at)


def test_a_minute_is_enough_where_slack_did_not_tell_of_the_change(own_home: Path):
    with stage(own_home, events=set(events(threads=True)) - {"user_change"}) as at:
        at.confirm(*PEOPLE)
        assert GUESTS not in asked_where(at)

        at.slack.alter(KATRIN, is_restricted=True)
        at.clock.forward(60)
        assert GUESTS in asked_where(at)


def test_everybody_in_a_full_channel_is_known_after_a_page_or_two(at: Stage):
    crowd(at, 180)
    at.clock.forward(11 * 60)
    before = len(at.slack.called("users.info"))
    asked_where(at)

    assert len(at.slack.called("users.list")) == 2
    assert len(at.slack.called("users.info")) - before <= 2


def test_whoever_the_pages_do_not_show_is_asked_about_alone(at: Stage):
    crowd(at, FEW)
    at.slack.join("Ulla Brandt", LEADERS)
    assert GUESTS in asked_where(at)


def test_in_a_large_workspace_the_pages_end_where_single_profiles_are_cheaper(at: Stage):
    with at.slack.world.changed:
        many = [User(id=f"UA{n}", name=f"Somebody {n}") for n in range(1_500)]
        at.slack.world.users = {user.id: user for user in many} | at.slack.world.users
    crowd(at, FEW)
    asked_where(at)

    assert 0 < len(at.slack.called("users.list")) <= FEW // 4
    assert len(at.slack.called("users.info")) > FEW
