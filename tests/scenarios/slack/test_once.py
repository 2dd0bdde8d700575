"""Fifty presses at once, and everything that Slack sends twice: one effect."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from tests.scenarios.slack.stage import Stage, told

DANA, KATRIN = "Dana Whitcombe", "Katrin Vogelsang"
LEADERS = "sales-leadership"
OTHERS = ("Renee Calloway", "Tom Okafor", "Luc Fournel", "Mei Hartono")


def press(at: Stage, who: tuple[str, ...], draft, button: str, times: int = 50) -> None:
    """Let people press a button of the message as it stood, all at the same time; only then the bot does its work."""
    with ThreadPoolExecutor(16) as crowd:
        acks = list(crowd.map(lambda n: at.slack.click(who[n % len(who)], draft, button), range(times)))
    assert all(ack.ok for ack in acks)
    at.settle()


def test_fifty_presses_of_one_person_publish_once(at: Stage):
    draft = at.draft(DANA, LEADERS)
    press(at, (DANA,), draft, "publish")

    assert (
        told(*at.slack.seen_by(DANA)).count("r1 is published by Dana Whitcombe") == 2
    )  # notification and words
    assert len(at.slack.called("chat.update")) == 1


def test_fifty_presses_of_five_people_give_a_decision_to_one_of_them(at: Stage):
    at.confirm(*OTHERS)
    draft = at.draft(DANA, LEADERS)
    before = len(at.served.desk.line.store.actions("local"))
    press(at, (KATRIN, *OTHERS), draft, "take:A")

    store = at.served.desk.line.store
    (taken,) = [action for action in store.actions("local") if action.source.startswith("decision A")]
    assert len(store.actions("local")) == before + 1
    assert f"– {taken.owner}" in told(at.shown(DANA, draft.ts))
    others = [name for name in (KATRIN, *OTHERS) if name != taken.owner]
    assert all(f"{taken.owner} has taken that already." in told(*at.slack.seen_by(name)) for name in others)


def test_fifty_presses_of_the_menu_ask_once(at: Stage):
    menu = at.command(DANA, LEADERS)[-1]
    press(at, (DANA,), menu, "Weekly deck")

    drafts = [one for one in at.slack.messages(LEADERS, bot=True) if one.thread_ts in (None, one.ts)]
    assert len(drafts) == 1


def test_a_command_that_is_sent_five_times_gives_one_draft(at: Stage):
    at.slack.command(DANA, LEADERS, "weekly")
    at.slack.redeliver(times=4)
    at.settle()

    drafts = [one for one in at.slack.messages(LEADERS, bot=True) if one.thread_ts in (None, one.ts)]
    assert len(drafts) == 1


def test_a_mention_that_is_told_twice_and_sent_five_times_gets_one_answer(at: Stage):
    at.slack.mention(DANA, LEADERS, "pipeline emea")
    at.slack.redeliver(times=4)
    at.settle()
    at.slack.redeliver(times=4)
    at.settle()

    assert len(at.slack.messages(LEADERS, bot=True)) == 1


def test_a_press_that_is_told_again_much_later_has_no_second_effect(at: Stage):
    (answer,) = at.mention(DANA, LEADERS, "pipeline emea")
    ack = at.slack.click(DANA, at.shown(DANA, answer.ts), "All open")
    at.settle()
    said = len(at.slack.messages(LEADERS, bot=True))

    at.clock.forward(11)
    at.slack.redeliver(ack)
    at.settle()
    assert len(at.slack.messages(LEADERS, bot=True)) == said
    at.clock.forward(11)
    at.slack.click(DANA, at.shown(DANA, answer.ts), "All open")
    at.settle()
    assert len(at.slack.messages(LEADERS, bot=True)) == said + 1
