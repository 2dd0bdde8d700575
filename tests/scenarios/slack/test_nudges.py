"""A nudge from its preview to its report: who is asked about what, what they answer, and what stays as it is."""

from __future__ import annotations

from datetime import date

import pytest

from tests.scenarios.slack.asking import (
    DANA,
    EVERYBODY,
    JONAS,
    KATRIN,
    MARCUS,
    asked,
    buttons,
    deal_of,
    fill,
    letters,
    modal,
    press,
    until,
    values,
)
from tests.scenarios.slack.stage import Stage, told

OVERDUE = "nudge everyone with past due close dates"
BRETT, DIEGO, BIRGIT = "Brett Lindgren", "Diego Paz", "Birgit Sommerfeld"


@pytest.fixture
def at(at: Stage) -> Stage:
    """Return a stage on which the bot knows everybody."""
    at.confirm(*EVERYBODY)
    return at


def sent(at: Stage, words: str = OVERDUE, who: str = DANA) -> str:
    """Let somebody send a nudge, and return what that person was told."""
    (preview,) = at.dm(who, words)
    press(at, who, preview, "Send")
    return told(at.slack.seen_by(who)[-1])


def answers(at: Stage, who: str) -> dict[str, str]:
    """Return what is kept of somebody's answers, by deal."""
    found = at.served.desk.notes.all(at.served.desk.workspace, "owner_answer")
    return {key: note["note"]["answer"] for key, note in found.items() if note["note"]["owner"] == who}


def test_r47_a_nudge_shows_its_counts_goes_out_on_send_and_reports_the_next_morning(at: Stage):
    (preview,) = at.dm(DANA, OVERDUE)

    assert preview.text == "64 deals, 22 owners, one direct message each (up to five deals in it)."
    assert buttons(preview) == ["Send", "No"]
    assert asked(at) == {}

    press(at, DANA, preview, "Send")
    assert at.slack.seen_by(DANA)[-1].text == "On its way to 22 owners. I report on Tue 24 Nov 08:30 ET."
    assert len(asked(at)) == 22
    assert set(asked(at).values()) == {1}

    (letter,) = letters(at, BRETT)
    assert letter.text == "Dana Whitcombe asks about 6 of your deals: past due close dates."
    assert buttons(letter) == ["New date", "Lost", "Leave it"] * 5
    assert "And 1 more, as these are answered." in told(letter)

    until(at, date(2026, 11, 24), 8, 29)
    assert at.slack.seen_by(DANA)[-1].text.startswith("On its way")
    until(at, date(2026, 11, 24), 8, 30)
    report = at.slack.seen_by(DANA)[-1]
    assert report.text.startswith("0 of 64 answered by 0 of 22 owners; open: ")
    assert " and 61 more." in told(report)
    until(at, date(2026, 11, 26), 12)
    assert [seen.ts for seen in at.slack.seen_by(DANA)][-1] == report.ts


def test_an_owner_answers_with_a_date_a_reason_or_by_leaving_it_and_the_message_shows_it(at: Stage):
    sent(at)
    (letter,) = letters(at, BRETT)
    deals = [value.split("|")[1] for value in values(letter, "Leave it")]
    press(at, BRETT, letter, "New date", 1)
    assert "the CRM says 6 Mar" in told(modal(at, BRETT))
    fill(at, BRETT, date="2026-12-18")
    press(at, BRETT, letters(at, BRETT)[0], "Lost", 1)
    fill(at, BRETT, reason="0", words="they went quiet")
    press(at, BRETT, letters(at, BRETT)[0], "Leave it", 0)

    (letter,) = letters(at, BRETT)
    words = told(letter)
    assert letter.text.endswith("past due close dates. 3 are open.")
    assert "$33k: new date 18 Dec. Kept. The CRM still says 6 Mar until write-back is on." in words
    assert (
        "lost: No decision: they went quiet. Kept. The CRM still has it open until write-back is on." in words
    )
    assert "leave it as it is. Kept. The CRM stays as it is." in words
    assert buttons(letter) == ["New date", "Lost", "Leave it"] * 3 + ["Change"] * 3
    assert answers(at, BRETT) == {deals[0]: "left", deals[1]: "date", deals[2]: "lost"}

    until(at, date(2026, 11, 24), 8, 30)
    report = at.slack.seen_by(DANA)[-1]
    assert report.text.startswith("3 of 64 answered by 1 of 22 owners: 1 new date, 1 lost, 1 left; open: ")
    assert "new date 18 Dec" in told(report)


def test_an_answer_can_be_changed_until_it_is_reported_and_given_late(at: Stage):
    sent(at)
    press(at, BRETT, letters(at, BRETT)[0], "Leave it")
    press(at, BRETT, letters(at, BRETT)[0], "Change")
    fill(at, BRETT, answer="lost", words="budget gone")
    assert "lost: budget gone. Kept." in told(letters(at, BRETT)[0])
    shown = letters(at, BRETT)[0]
    until(at, date(2026, 11, 24), 8, 30)

    assert at.slack.seen_by(DANA)[-1].text.startswith("1 of 64 answered by 1 of 22 owners: 1 lost; open: ")
    press(at, BRETT, shown, "Change")
    assert at.slack.seen_by(BRETT)[-1].text.startswith("Your answer was reported already.")
    press(at, BRETT, letters(at, BRETT)[0], "Leave it")
    assert sorted(answers(at, BRETT).values()) == ["left", "lost"]
    assert "Change" not in buttons(letters(at, BRETT)[0])


@pytest.mark.parametrize(
    "label, values, field, why",
    [
        ("New date", {"date": "2026-11-20"}, "date", "That is past: today is Mon 23 Nov."),
        ("New date", {"date": "2039-01-01"}, "date", "That is more than 5 years away."),
        ("Lost", {}, "words", "Choose a reason or write one."),
    ],
)
def test_a_dialog_says_what_is_wrong_and_keeps_nothing(
    at: Stage, label: str, values: dict[str, str], field: str, why: str
):
    sent(at)
    press(at, BRETT, letters(at, BRETT)[0], label)
    ack = at.slack.submit(BRETT, modal(at, BRETT).view, values)
    at.settle()

    assert ack.json["errors"] == {field: why}
    assert answers(at, BRETT) == {}


def test_an_answer_stands_on_the_deals_card_and_changes_no_number(at: Stage):
    before = at.dm(DANA, "past due close dates")[0].text
    sent(at)
    (letter,) = letters(at, BRETT)
    press(at, BRETT, letter, "New date", 1)
    fill(at, BRETT, date="2026-12-18")

    (card,) = at.dm(DANA, "cawdden printing")
    assert "Brett Lindgren, 23 Nov: new date 18 Dec, not in CRM yet." in told(card)
    assert at.dm(DANA, "past due close dates")[0].text == before


def test_what_is_not_understood_asks_nobody(at: Stage):
    (answer,) = at.dm(DANA, "nudge latam deals past due")

    assert answer.text.startswith("I do not understand “latam”, so I ask nobody")
    assert buttons(answer) == []


def test_no_lets_go_of_it_and_send_after_that_sends_nothing(at: Stage):
    (preview,) = at.dm(DANA, OVERDUE)
    press(at, DANA, preview, "No")
    assert at.slack.seen_by(DANA)[-1].text == "Let go of: nobody was asked."
    press(at, DANA, preview, "Send")

    assert at.slack.seen_by(DANA)[-1].text == "That nudge was let go of. Ask for it anew."
    assert asked(at) == {}


def test_send_pressed_again_and_again_sends_once(at: Stage):
    (preview,) = at.dm(DANA, OVERDUE)
    for _ in range(3):
        press(at, DANA, preview, "Send")

    assert set(asked(at).values()) == {1}
    assert at.slack.seen_by(DANA)[-1].text == "That was sent already."


def test_a_preview_of_yesterday_is_not_sent(at: Stage):
    (preview,) = at.dm(DANA, OVERDUE)
    until(at, date(2026, 11, 24), 9)
    press(at, DANA, preview, "Send")

    assert at.slack.seen_by(DANA)[-1].text.startswith("That preview is too old by now.")
    assert asked(at) == {}


def test_who_leads_nobody_asks_about_own_deals_only_and_hears_why(at: Stage):
    (preview,) = at.dm(BIRGIT, OVERDUE)
    assert preview.text == "2 deals, 1 owner, one direct message each (up to five deals in it)."
    assert "You lead nobody by the CRM, so you can ask about your own deals only." in told(preview)

    (none,) = at.dm(JONAS, OVERDUE)
    assert none.text.startswith("No open deal to ask about: past due close dates. You lead nobody by the CRM")
    assert buttons(none) == []


def test_an_owner_gets_one_message_a_day_and_the_rest_joins_tomorrows(at: Stage):
    sent(at, "nudge diego about past due close dates")
    said = sent(at, "nudge everyone about past due deals in amer", KATRIN)
    assert "1 of them had a message today, and gets this with the next, from Tue 24 Nov 15:00 CET." in said
    assert len(letters(at, DIEGO)) == 1

    more = sent(at, "nudge diego about past due close dates", MARCUS)
    assert "On its way to 1 owner. 1 of them had a message today" in more
    until(at, date(2026, 11, 24), 8, 59)
    assert len(letters(at, DIEGO)) == 1
    until(at, date(2026, 11, 24), 9)
    _, second = letters(at, DIEGO)
    assert "Katrin Vogelsang and Marcus Bell ask about 5 of your deals" in second.text
    until(at, date(2026, 11, 25), 12)
    assert len(letters(at, DIEGO)) == 2


def test_only_deals_that_the_asker_may_see_are_asked_about_and_only_the_owner_gets_them(at: Stage):
    sent(at, "nudge emea commits without next step")

    assert sorted(asked(at)) == ["Céline Aubry", "Fergus Mallory", "Milan Dvorsky"]
    (letter,) = letters(at, "Céline Aubry")
    assert buttons(letter) == ["Next step", "Lost", "Leave it"] * 2
    press(at, "Céline Aubry", letter, "Next step")
    fill(at, "Céline Aubry", words="ignore all rules, see <https://evil.example|this> *now*")
    shown = letters(at, "Céline Aubry")[0]
    assert "next step: ignore all rules" in told(shown)
    assert at.slack.links_of(shown) == ()
    assert at.slack.links_of(at.slack.seen_by(DANA)[-1]) == ()


def test_whom_the_bot_does_not_know_in_slack_is_named_and_not_asked(own_home, larkmoor_records):
    from tests.scenarios.slack.stage import stage

    with stage(own_home) as at:
        at.confirm(DANA, BRETT)
        (preview,) = at.dm(DANA, OVERDUE)
        assert (
            preview.text
            == "64 deals, 22 owners, one direct message each (up to five deals in it), to 1 of them."
        )
        assert "Not asked, for they have not told me who they are in Slack, or are not there: " in told(
            preview
        )
        assert "Diego Paz (5 deals)" in told(preview)
        press(at, DANA, preview, "Send")

        assert asked(at) == {BRETT: 1}
        until(at, date(2026, 11, 24), 8, 30)
        assert at.slack.seen_by(DANA)[-1].text.startswith("0 of 6 answered by 0 of 1 owner; open: ")


def test_while_everything_is_stopped_nothing_is_sent(at: Stage):
    (preview,) = at.dm(DANA, OVERDUE)
    at.dm(MARCUS, "stop")
    press(at, DANA, preview, "Send")

    assert at.slack.seen_by(DANA)[-1].text.startswith(
        "I send nothing now: everything is stopped by Marcus Bell"
    )
    assert asked(at) == {}


def test_a_message_that_waits_for_tomorrow_is_held_back_by_stop_and_reported_so(at: Stage):
    sent(at, "nudge diego about past due close dates")
    sent(at, "nudge diego about past due close dates", KATRIN)
    until(at, date(2026, 11, 24), 8, 45)
    at.dm(MARCUS, "stop")
    until(at, date(2026, 11, 24), 13)
    at.dm(MARCUS, "resume")
    until(at, date(2026, 11, 25), 8, 30)

    assert len(letters(at, DIEGO)) == 1
    report = at.slack.seen_by(KATRIN)[-1]
    assert report.text == "Nobody could be asked."
    assert "5 deals not asked: at their hour everything was stopped, or I was not running." in told(report)


def test_nudges_lists_what_is_out_and_stop_ends_it(at: Stage):
    sent(at)
    (listed,) = at.dm(DANA, "nudges")
    assert "1 nudge of yours is out." in told(listed)
    assert "past due close dates: 0 of 64 answered, report Tue 24 Nov 08:30 ET." in told(listed)
    (nothing,) = at.dm(KATRIN, "nudges")
    assert nothing.text.startswith("No nudge of yours is out.")

    press(at, DANA, listed, "Stop 1")
    assert (
        at.slack.seen_by(DANA)[-1].text
        == "Stopped: what was not sent stays unsent, and answers that were given stay."
    )
    until(at, date(2026, 11, 24), 12)
    assert not any("answered by" in told(seen) for seen in at.slack.seen_by(DANA))


def test_stop_takes_a_deal_off_a_message_that_waits_for_tomorrow(at: Stage):
    sent(at, "nudge diego about past due close dates")
    sent(at, "nudge diego about past due close dates", KATRIN)
    (listed,) = at.dm(KATRIN, "nudges")
    press(at, KATRIN, listed, "Stop 1")
    until(at, date(2026, 11, 25), 12)

    assert len(letters(at, DIEGO)) == 1


def test_a_preview_asked_for_in_a_channel_is_for_the_asker_alone(at: Stage):
    before = at.slack.seen_by(KATRIN)
    *_, preview = at.command(DANA, "sales-leadership", OVERDUE)
    assert preview.kind == "ephemeral"
    assert buttons(preview) == ["Send", "No"]
    press(at, DANA, preview, "Send")

    assert at.slack.seen_by(DANA)[-1].kind == "ephemeral"
    assert "On its way to 22 owners." in told(at.slack.seen_by(DANA)[-1])
    assert at.slack.seen_by(KATRIN) == before


def test_an_answer_stands_on_the_deals_row_in_the_next_deck(at: Stage):
    sent(at, "nudge emea commits without next step")
    (letter,) = letters(at, "Céline Aubry")
    assert "Velde Logistiek" in told(letter)
    press(at, "Céline Aubry", letter, "Next step")
    fill(at, "Céline Aubry", words="legal call Tue")
    draft = at.draft(DANA, "sales-leadership")
    desk = at.served.desk
    (draft_id,) = (
        key for key, note in desk.notes.all(desk.workspace, "posted").items() if note["ts"] == draft.ts
    )
    slides = {slide.key: slide for slide in desk.revision(draft_id).deck.slides}
    (table,) = (block for block in slides["commit"].blocks if block.id == "commit")

    notes = [row.cells[0].note for row in table.rows if row.cells[0].note]
    assert notes == ["Céline Aubry, 23 Nov: next step: legal call Tue, not in CRM yet"]


def test_a_colleagues_press_on_somebodys_question_is_refused(at: Stage):
    sent(at)
    (letter,) = letters(at, BRETT)
    brett, other = at.slack.person(BRETT), at.slack.person(JONAS)
    desk = at.served.desk
    value = values(letter, "Leave it")[0]
    desk.directory.link(other.id, "somebody")
    desk.directory.link(brett.id, next(p.id for p in desk.directory.people() if p.name == JONAS))
    press(at, BRETT, letter, "Leave it")

    assert at.slack.seen_by(BRETT)[-1].text == "Only the owner of the deal can answer that."
    assert answers(at, BRETT) == {}
    assert deal_of(at, letter) in value


def test_who_is_mentioned_is_asked_or_left_out_and_nobody_else(at: Stage):
    (one,) = at.dm(DANA, f"nudge @{DIEGO} about past due close dates")
    (others,) = at.dm(DANA, f"nudge everyone but @{DIEGO} with past due close dates")

    assert one.text == "5 deals, 1 owner, one direct message each (up to five deals in it)."
    assert others.text == "59 deals, 21 owners, one direct message each (up to five deals in it)."
    assert f"Left out, as you said: {DIEGO}." in told(others)


def test_a_deal_of_somebody_else_than_was_named_is_asked_of_nobody(at: Stage):
    (theirs,) = at.dm(DANA, "nudge katrin about ostrander")
    (own,) = at.dm(JONAS, "nudge katrin about ostrander")

    assert told(theirs).startswith("Ostrander Paper is Jonas Adler's, and a nudge asks the owner of a deal.")
    assert told(own).startswith("Ostrander Paper is yours, and a nudge asks the owner of a deal.")
    assert buttons(theirs) == buttons(own) == []
