"""A draft that stands in Slack: what people did to it stays theirs and stays where it belongs, whatever comes after."""

from __future__ import annotations

from dataclasses import replace

from bot.slack.files import Files
from bot.slack.handlers import failed, handlers
from tests.scenarios.slack.stage import Stage, told

DANA, KATRIN, JONAS = "Dana Whitcombe", "Katrin Vogelsang", "Jonas Adler"
LEADERS = "sales-leadership"
CALL = "Sponsor call to Ostrander Paper by Wed ($310k)"


def revise(at: Stage, words: str, root: str) -> str:
    """Let the owner change a draft a minute later; return its message's words after that."""
    at.clock.forward(60)
    at.reply(DANA, LEADERS, words, root)
    return told(at.shown(DANA, root))


def test_a_decision_that_is_taken_while_the_next_revision_is_on_its_way_stays_taken(at: Stage):
    draft = at.draft(DANA, LEADERS)
    at.clock.forward(60)
    pressed: list[float] = []

    def meanwhile(seconds: float) -> None:
        at.clock.forward(seconds)
        if not pressed:
            pressed.append(seconds)
            at.slack.click(KATRIN, draft, "take:A")
            at.settle()

    desk = at.served.desk
    at.runs = at.runs.reopened()
    desk = replace(desk, runs=at.runs, files=Files(desk.poster, pause=meanwhile))
    at.runs.start(handlers(desk), failed(desk))
    at.reply(DANA, LEADERS, "title slide 2: Europe first", draft.ts)

    assert pressed
    assert f"{CALL} – Katrin Vogelsang" in told(at.shown(DANA, draft.ts))


def test_who_took_a_decision_is_said_beside_that_decision_alone(at: Stage):
    draft = at.draft(DANA, LEADERS)
    at.slack.click(KATRIN, draft, "take:A")
    at.settle()
    other = revise(at, "only AMER", draft.ts)

    assert KATRIN not in other
    assert f"{CALL} – Katrin Vogelsang" in revise(at, "undo", draft.ts)


def test_a_decision_under_a_letter_that_was_taken_before_can_be_taken_too(at: Stage):
    draft = at.draft(DANA, LEADERS)
    at.slack.click(KATRIN, draft, "take:A")
    at.settle()
    revise(at, "only AMER", draft.ts)
    at.slack.click(KATRIN, at.shown(KATRIN, draft.ts), "take:A")
    at.settle()

    assert "– Katrin Vogelsang" in told(at.shown(DANA, draft.ts))
    mine = [one for one in at.served.desk.line.store.actions("local") if one.owner == KATRIN]
    assert len({one.text for one in mine}) == 2


def test_a_revision_after_the_published_one_is_a_draft_that_can_be_published(at: Stage):
    draft = at.draft(DANA, LEADERS)
    at.slack.click(DANA, draft, "publish")
    at.settle()
    assert "r1, published by Dana Whitcombe 23 Nov" in told(at.shown(KATRIN, draft.ts))

    root = revise(at, "only EMEA", draft.ts)
    assert "r2, draft; r1 was published by Dana Whitcombe 23 Nov" in root
    at.slack.click(DANA, at.shown(DANA, draft.ts), "publish")
    at.settle()

    root = told(at.shown(DANA, draft.ts))
    assert "r2, published by Dana Whitcombe 23 Nov" in root
    assert "r1" not in root


def test_a_revision_that_shows_less_because_of_who_reads_there_says_so(at: Stage):
    draft = at.draft(DANA, LEADERS)
    at.slack.join(JONAS, LEADERS)
    revise(at, "title slide 2: Europe first", draft.ts)

    (deck,) = [seen for seen in at.slack.messages(LEADERS, bot=True) if seen.text.startswith("*r2*")]
    assert "• Shows EMEA only now: that is what everybody here may see" in deck.text
    assert "nchanged" not in deck.text


def test_a_revision_for_the_same_readers_says_what_is_unchanged(at: Stage):
    draft = at.draft(DANA, LEADERS)
    revise(at, "title slide 2: Europe first", draft.ts)

    (deck,) = [seen for seen in at.slack.messages(LEADERS, bot=True) if seen.text.startswith("*r2*")]
    assert "• Unchanged: 1, 3" in deck.text
    assert "may see" not in deck.text
