"""Requests that make or change a deck, and what each person in the channel saw of it."""

from __future__ import annotations

import io

import pptx
import pytest

from tests.fakes.slack.seen import Seen
from tests.scenarios.slack.stage import Stage, told

DANA, JONAS, KATRIN, LUC = (
    "Dana Whitcombe",
    "Jonas Adler",
    "Katrin Vogelsang",
    "Luc Fournel",
)
LEADERS = "sales-leadership"


@pytest.fixture
def at(shared: Stage) -> Stage:
    """Return the stage a minute later: what earlier scenarios did in their threads is out of the way."""
    shared.clock.forward(60)
    return shared


def new_for(at: Stage, who: str, before: tuple[Seen, ...]) -> tuple[Seen, ...]:
    """Return what the bot has put before somebody since then."""
    bot = at.slack.world.bot.id
    return tuple(seen for seen in at.slack.seen_by(who) if seen not in before and seen.author == bot)


def deck_of(at: Stage, root: Seen) -> list[list[str]]:
    """Return the texts of the slides of the newest deck in a draft's thread."""
    files = [
        at.slack.world.files[key]
        for message in at.slack.messages(root.channel, bot=True)
        if message.thread_ts == root.ts and message.ts != root.ts
        for key in message.files
    ]
    slides = pptx.Presentation(io.BytesIO(files[-1].content)).slides
    return [
        [
            *(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame),
            *(cell.text for shape in slide.shapes if shape.has_table for cell in shape.table.iter_cells()),
        ]
        for slide in slides
    ]


def notes_of(at: Stage, root: Seen, number: int) -> str:
    files = [
        at.slack.world.files[key]
        for message in at.slack.messages(root.channel, bot=True)
        if message.thread_ts == root.ts and message.ts != root.ts
        for key in message.files
    ]
    slide = pptx.Presentation(io.BytesIO(files[-1].content)).slides[number - 1]
    return slide.notes_slide.notes_text_frame.text


def test_r02_the_command_is_acknowledged_privately_and_the_draft_is_for_the_channel(at: Stage):
    before, outside = at.slack.seen_by(LUC), at.slack.seen_by(JONAS)
    found = at.command(DANA, LEADERS, "weekly")

    assert found[0].kind == "ephemeral"
    assert found[0].text == "On it: weekly"
    root, deck = new_for(at, LUC, before)
    assert root.text == "Q4 $0.80M short of $5.80M, EMEA is $0.57M of it. 3 decisions."
    assert root.blocks[0]["text"]["text"] == "*Q4 is $0.80M short of $5.80M, 5½ weeks left.*"
    assert deck.thread_ts == root.ts
    assert [file.name for file in deck.files] == ["weekly-2026-11-23-r1.pptx"]
    assert at.slack.seen_by(JONAS) == outside


@pytest.mark.parametrize("words", ["weekly emea ent", "weekly region=EMEA ent"])
def test_r04_bare_words_filter_the_deck(at: Stage, words: str):
    root = at.draft(DANA, LEADERS, words)

    assert "EMEA, Enterprise · definitions v3 · r1, draft" in told(root)
    assert any("EMEA, Enterprise" in text for text in deck_of(at, root)[0])


def test_r26_only_emea_is_the_next_revision_for_everybody(at: Stage):
    root = at.draft(DANA, LEADERS)
    at.reply(DANA, LEADERS, "only EMEA", root.ts)

    shown = at.shown(LUC, root.ts)
    assert shown.text == "EMEA $0.57M short of $1.90M in Q4, $0.48M slipped this week. 3 decisions."
    assert "EMEA · definitions v3 · r2, draft" in told(shown)
    change = at.slack.seen_by(LUC)[-1]
    assert "The report now shows EMEA only" in told(change)
    assert [file.name for file in change.files] == ["weekly-2026-11-23-r2.pptx"]


@pytest.mark.parametrize(
    "words",
    ["EMEA is the only one that matters here", f"@{JONAS} what happened here?", "only EMEA counts, right?"],
)
def test_r28_and_r36_talk_is_left_alone_without_a_trace(at: Stage, words: str):
    root = at.draft(DANA, LEADERS)
    before, calls = at.slack.seen_by(LUC), len(at.slack.calls)
    assert at.reply(KATRIN, LEADERS, words, root.ts) == ()

    assert new_for(at, LUC, before) == ()
    visible = ("chat.", "files.", "reactions.", "agents.")
    assert not [call for call in at.slack.calls[calls:] if call.method.startswith(visible)]


def test_r29_three_edits_in_one_message_are_one_revision_one_file_one_message(at: Stage):
    root = at.draft(DANA, LEADERS)
    before = at.slack.seen_by(LUC)
    at.reply(DANA, LEADERS, "drop 4 and 6, add win rate by segment", root.ts)

    change = [seen for seen in new_for(at, LUC, before) if seen.files and seen.ts > root.ts]
    assert [file.name for seen in change for file in seen.files if "-r2" in file.name] == [
        "weekly-2026-11-23-r2.pptx"
    ]
    assert "r2, draft" in told(at.shown(LUC, root.ts))
    assert len(deck_of(at, root)) == 7


def test_r31_one_slide_in_another_scope_and_currency_says_its_rate(at: Stage):
    root = at.draft(DANA, LEADERS)
    at.reply(DANA, LEADERS, "slide 3 just enterprise and in eur", root.ts)

    assert "Slide 3 now shows Enterprise only" in told(at.slack.seen_by(LUC)[-1])
    slide = "\n".join(deck_of(at, root)[2])
    assert "€" in slide
    assert "EUR" in slide + notes_of(at, root, 3)


def test_r33_a_persons_title_stays_and_only_its_author_hears_that_the_slide_shows_no_such_number(at: Stage):
    root = at.draft(DANA, LEADERS)
    before = at.slack.seen_by(KATRIN)
    found = at.reply(DANA, LEADERS, "title slide 2: EMEA needs 1.2M more by Xmas", root.ts)

    assert "EMEA needs 1.2M more by Xmas" in deck_of(at, root)[1]
    assert "Title by Dana Whitcombe, not computed." in notes_of(at, root, 2)
    (remark,) = (seen for seen in found if seen.kind == "ephemeral")
    assert remark.text == (
        "Slide 2: the title by Dana Whitcombe says 1.2M, which nothing on the slide shows. It stays as it was written."
    )
    assert all(seen.kind == "message" for seen in new_for(at, KATRIN, before))


def test_r34_context_on_a_deal_stands_on_its_row_with_name_and_day_and_survives_fresh_data(at: Stage):
    root = at.draft(DANA, LEADERS)
    at.reply(DANA, LEADERS, "note on ostrander: legal call tues, sponsor is in", root.ts)
    assert "Note on Ostrander Paper by Dana Whitcombe" in told(at.slack.seen_by(LUC)[-1])
    at.clock.forward(30)
    at.reply(DANA, LEADERS, "fresh data", root.ts)

    assert "r3, draft" in told(at.shown(LUC, root.ts))
    assert "Dana Whitcombe, 23 Nov: legal call tues, sponsor is in" in "\n".join(deck_of(at, root)[4])


def test_r35_a_question_to_nobody_is_offered_to_its_asker_alone_once(at: Stage):
    root = at.draft(DANA, LEADERS)
    before = at.slack.seen_by(LUC)
    (offer,) = at.reply(KATRIN, LEADERS, "why is emea low", root.ts)

    assert offer.kind == "ephemeral"
    assert offer.text == "Answer here?"
    assert new_for(at, LUC, before) == ()
    assert at.reply(KATRIN, LEADERS, "why is emea low", root.ts) == ()


def test_r35_asked_of_the_bot_it_is_three_drivers_and_no_cause(at: Stage):
    root = at.draft(DANA, LEADERS)
    (answer,) = at.mention(KATRIN, LEADERS, "why is emea low", root.ts)

    assert answer in at.slack.seen_by(LUC)
    for words in (
        "EMEA is $0.57M short in Q4. What the records show:",
        "1. Slipped since Mon 16 Nov: $480k, 2 deals left Q4.",
        "2. Created in Q4 so far: $3.71M",
        "3. Coverage of what is left: 1.40x, 2.2x needed (company setting).",
        "Drivers, not causes: records do not say why people decided.",
    ):
        assert words in told(answer)


def test_r38_a_doubt_is_offered_privately_then_compared_with_the_record_and_changes_nothing(at: Stage):
    root = at.draft(DANA, LEADERS)
    before = at.slack.seen_by(LUC)
    (offer,) = at.reply(KATRIN, LEADERS, "number's wrong, cobalt closed friday", root.ts)
    assert offer.text == "Answer here?"
    at.slack.click(KATRIN, offer, "Answer")
    at.settle()

    answer = at.slack.seen_by(KATRIN)[-1]
    assert answer.kind == "ephemeral"
    assert answer.text == "Cobalt Cold Storage: the CRM says Negotiation, 18 Dec (23 Nov 08:30 ET)."
    assert "no number was changed" in told(answer)
    assert new_for(at, LUC, before) == ()
    assert "r1, draft" in told(at.shown(LUC, root.ts))


def test_r39_looks_good_send_it_asks_the_owner_first_and_then_publishes(at: Stage):
    root = at.draft(DANA, LEADERS)
    (question,) = at.reply(DANA, LEADERS, "looks good, send it", root.ts)
    assert question.kind == "ephemeral"
    assert question.text == "Publish r1 to #sales-leadership?"
    assert "r1, draft" in told(at.shown(LUC, root.ts))

    at.slack.click(DANA, question, "Publish")
    at.settle()
    assert "r1, published by Dana Whitcombe" in told(at.shown(LUC, root.ts))


def test_r39_not_yet_leaves_the_draft_a_draft(at: Stage):
    root = at.draft(DANA, LEADERS)
    (question,) = at.reply(DANA, LEADERS, "looks good, send it", root.ts)
    at.slack.click(DANA, question, "Not yet")
    at.settle()

    assert "r1, draft" in told(at.shown(LUC, root.ts))


def test_r39_from_anybody_else_only_tells_the_owner(at: Stage):
    root = at.draft(DANA, LEADERS)
    before, luc = at.slack.seen_by(DANA), at.slack.seen_by(LUC)
    (answer,) = at.reply(KATRIN, LEADERS, "looks good, send it", root.ts)

    assert answer.kind == "ephemeral"
    assert answer.text == "Dana Whitcombe owns this draft; I told Dana Whitcombe."
    (word,) = new_for(at, DANA, before)
    assert word.channel == at.slack.im_with(DANA).id
    assert word.text == "Katrin Vogelsang would publish your draft r1; it is yours to say."
    assert new_for(at, LUC, luc) == ()
    assert "r1, draft" in told(at.shown(LUC, root.ts))


def test_where_from_on_a_draft_answers_whoever_pressed(at: Stage):
    root = at.draft(DANA, LEADERS)
    before = at.slack.seen_by(LUC)
    at.slack.click(KATRIN, root, "Where from?")
    at.settle()

    answer = at.slack.seen_by(KATRIN)[-1]
    assert answer.kind == "ephemeral"
    assert answer.text == "$0.80M is Gap, FY26-Q4, all regions."
    assert "target minus won and commit" in told(answer)
    assert new_for(at, LUC, before) == ()
