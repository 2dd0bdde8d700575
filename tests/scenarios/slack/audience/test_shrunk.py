"""Somebody who may see less joins: what was made for others' eyes before is neither made again nor told on."""

from __future__ import annotations

from tests.scenarios.slack.stage import Stage, told

DANA, KATRIN, JONAS, GUEST = "Dana Whitcombe", "Katrin Vogelsang", "Jonas Adler", "Gil Ostrow"
LEADERS, EMEA = "sales-leadership", "emea-sales"
WHOLE = "$5.49M"


def test_going_back_measures_an_earlier_revision_again_for_who_reads_now(at: Stage):
    draft = at.draft(DANA, LEADERS)
    at.slack.join(JONAS, LEADERS)
    at.reply(DANA, LEADERS, "drop 4", draft.ts)
    at.clock.forward(21)
    at.reply(DANA, LEADERS, "back to r1", draft.ts)

    desk = at.served.desk
    draft_id = desk.thread(f"{at.slack.channel(LEADERS).id}:{draft.ts}").draft_id
    first, second, third = (desk.revision(draft_id, number) for number in (1, 2, 3))
    assert third.changes[0] == "Back to r1."
    assert third.limits == second.limits != first.limits
    assert "AMER" in first.deck.model_dump_json()
    assert third.deck.message.headline.text == second.deck.message.headline.text
    assert not any("3.18M" in line or "AMER" in line for line in (*second.changes, *third.changes))


def test_a_number_from_before_is_not_explained_to_somebody_who_may_see_less(at: Stage):
    (answer,) = at.mention(DANA, LEADERS, "pipeline")
    assert WHOLE in answer.text
    at.slack.join(JONAS, LEADERS)
    found = at.mention(JONAS, LEADERS, "where does 5.49 come from", thread=answer.thread_ts)

    assert "I have not shown 5.49 here." in told(*found)
    assert "exactly" not in told(*found)


def test_a_private_number_does_not_follow_its_question_into_the_channel(at: Stage):
    private = at.command(DANA, EMEA, "pipeline")
    assert WHOLE in told(*private)
    at.slack.click(DANA, private[-1], "here")
    at.settle()
    posted = at.slack.messages(EMEA, bot=True)[-1]
    found = at.mention(JONAS, EMEA, "where does 5.49 come from", thread=posted.ts)

    assert WHOLE not in told(at.shown(JONAS, posted.ts))
    assert "I have not shown 5.49 here." in told(*found)


def test_a_follow_up_on_what_one_may_not_see_is_refused_and_not_answered_with_nothing(at: Stage):
    (answer,) = at.mention(DANA, LEADERS, "pipeline amer")
    at.slack.join(JONAS, LEADERS)
    for_jonas = at.mention(JONAS, LEADERS, "and last quarter", thread=answer.thread_ts)
    for_dana = at.mention(DANA, LEADERS, "and last quarter", thread=answer.thread_ts)

    assert "You cannot see AMER in the CRM, so I do not show it." in told(*for_jonas)
    assert "Not everybody in #sales-leadership may see this." in told(*for_dana)
    assert not [one for one in at.slack.messages(LEADERS, bot=True) if "$0" in one.text]


def test_nothing_is_taken_or_published_where_a_guest_reads_by_now(at: Stage):
    draft = at.draft(DANA, LEADERS)
    at.slack.join(GUEST, LEADERS)
    for who, button in ((KATRIN, "take:A"), (DANA, "publish")):
        at.slack.click(who, draft, button)
        at.settle()
        assert "This channel has guests in it." in told(*at.slack.seen_by(who))

    assert at.shown(DANA, draft.ts).blocks == draft.blocks


def test_nobody_takes_a_decision_from_a_draft_of_more_than_that_person_may_see(at: Stage):
    draft = at.draft(DANA, LEADERS)
    at.slack.join(JONAS, LEADERS)
    at.slack.click(JONAS, draft, "take:A")
    at.settle()

    assert "By now not everybody there may see all of this draft." in told(*at.slack.seen_by(JONAS))
    assert at.shown(DANA, draft.ts).blocks == draft.blocks
