"""Decisions of a posted draft: given to somebody by a button or by words, once, and to nobody who may not see it."""

from __future__ import annotations

import pytest

from tests.fakes.slack.seen import Seen
from tests.scenarios.slack.stage import Stage, told
from tests.scenarios.slack.test_actions import (
    ASK,
    DANA,
    EMEA,
    JONAS,
    KATRIN,
    LEADERS,
    PRIYA,
    buttons,
    fill,
    given_to,
    new,
    press,
)

OPEN_EVERYWHERE = "all-sales"


def give(
    at: Stage, who: str, draft: Seen, letter: str, to: str, day: str = "2026-11-26"
) -> dict[str, object]:
    """Press [Give to …] at a decision and fill in the dialog; return what is wrong with it."""
    at.slack.click(who, draft, f"give:{letter}")
    return fill(at, who, {"who": at.slack.person(to).id, "day": day})


def row(at: Stage, draft: Seen, letter: str) -> str:
    """Return what stands at a decision by now."""
    return next(
        line for line in told(at.shown(DANA, draft.ts)).splitlines() if line.startswith(f"{letter}. ")
    )


def test_a_decision_is_given_by_its_button_and_the_one_who_gets_it_is_told(at: Stage):
    draft = at.draft(DANA, LEADERS)
    before, dana = at.slack.seen_by(KATRIN), at.slack.seen_by(DANA)
    assert give(at, DANA, draft, "A", KATRIN) == {}

    (given,) = new(at, KATRIN, before)
    assert "Dana Whitcombe gave you" in told(given)
    assert "I remind you Thu 26 Nov 09:00 CET." in told(given)
    assert buttons(given) == ["Done", "Move", "Not mine"]
    assert row(at, draft, "A").endswith("– Katrin Vogelsang")
    assert "Given to Katrin Vogelsang, due Thu 26 Nov:" in told(*new(at, DANA, dana))


def test_a_decision_is_given_or_taken_once(at: Stage):
    draft = at.draft(DANA, LEADERS)
    give(at, DANA, draft, "A", KATRIN)
    before = at.slack.seen_by(KATRIN)
    (answer,) = at.mention(DANA, LEADERS, "give A to dana", draft.ts)
    assert "Katrin Vogelsang has taken that already." in told(answer)

    taken = press(at, KATRIN, draft, "take:B")
    assert "It is yours:" in told(*taken)
    dana = at.slack.seen_by(DANA)
    at.mention(DANA, LEADERS, "give b to marcus", draft.ts)
    assert "Katrin Vogelsang has taken that already." in told(*new(at, DANA, dana))
    (yours,) = new(at, KATRIN, before)
    assert "It is yours:" in told(yours)


def test_words_in_a_drafts_thread_give_a_decision_with_or_without_a_mention(at: Stage):
    draft = at.draft(KATRIN, EMEA, "weekly emea")
    before = at.slack.seen_by(JONAS)
    *_, answer = at.reply(KATRIN, EMEA, "give A to jonas", draft.ts)
    (given,) = new(at, JONAS, before)

    assert answer.kind == "ephemeral"
    assert "Given to Jonas Adler" in told(answer)
    assert "Katrin Vogelsang gave you" in told(given)
    assert row(at, draft, "A").endswith("– Jonas Adler")


def test_nobody_gets_a_decision_about_what_they_may_not_see(at: Stage):
    draft = at.draft(DANA, LEADERS)
    before = at.slack.seen_by(PRIYA)
    give(at, DANA, draft, "A", PRIYA)

    assert "Priya Raman may not see what that decision is about, so I left it." in told(
        at.slack.seen_by(DANA)[-1]
    )
    assert new(at, PRIYA, before) == ()
    assert "–" not in row(at, draft, "A")[-20:]


@pytest.mark.parametrize(
    "to, day, wrong",
    [
        ("Paula Renner", "2026-11-26", "who"),
        ("Gil Ostrow", "2026-11-26", "who"),
        (KATRIN, "2026-11-20", "day"),
    ],
)
def test_the_dialog_says_what_is_wrong_and_gives_nothing(at: Stage, to: str, day: str, wrong: str):
    draft = at.draft(DANA, LEADERS)

    assert list(give(at, DANA, draft, "A", to, day)) == [wrong]
    assert not row(at, draft, "A").endswith(f"– {to}")


def test_a_button_of_an_older_revision_says_so(at: Stage):
    draft = at.draft(DANA, LEADERS)
    at.reply(DANA, LEADERS, "drop 4", draft.ts)
    found = press(at, DANA, draft, "give:A")

    assert "This button belongs to r1; the draft is at r2 by now." in told(*found) or found == ()


def test_a_taken_decision_is_followed_like_any_action(at: Stage):
    draft = at.draft(DANA, LEADERS)
    press(at, KATRIN, draft, "take:A")
    (mine,) = at.dm(KATRIN, "my actions")

    assert buttons(mine) == ["Done 1", "Move 1", "Drop 1"]
    assert ASK not in told(mine)
    assert given_to(at, JONAS)
