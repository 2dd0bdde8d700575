"""What people say under a posted deck: talk leaves everything as it is, an edit is done without a mention."""

from __future__ import annotations

from bot.agent.answers.asking import Asker
from bot.agent.intents import AddNote, Edits, FreshData, Publish, Undo
from bot.agent.turn import understand
from bot.slack.people import Known
from tests.bot.agent.test_thread import EDITS, TALK
from tests.scenarios.slack.stage import Stage

DANA, LEADERS = "Dana Whitcombe", "sales-leadership"
# As many as the issue asks for, spread over the whole lists.
SENTENCES = TALK[:: max(1, len(TALK) // 210)]
PHRASINGS = EDITS[:: max(1, len(EDITS) // 105)]
DONE = PHRASINGS[:: len(PHRASINGS) // 12]


def test_two_hundred_sentences_of_talk_give_no_revision_and_no_public_message(at: Stage):
    assert len(SENTENCES) >= 200
    draft = at.draft(DANA, LEADERS)
    before = at.slack.messages(LEADERS, bot=True)
    acted = []

    for sentence in SENTENCES:
        at.reply(DANA, LEADERS, sentence, draft.ts)
        at.clock.forward(21)
        at.settle()
        if at.slack.messages(LEADERS, bot=True) != before:
            acted.append(sentence)
            before = at.slack.messages(LEADERS, bot=True)

    assert acted == []
    assert at.served.desk.revision(_draft_id(at, draft.ts)).number == 1


def test_a_dozen_of_them_give_one_revision_each(at: Stage):
    assert len(DONE) >= 12
    draft = at.draft(DANA, LEADERS)
    desk, draft_id = at.served.desk, _draft_id(at, draft.ts)
    gave = {}

    for number, (words, _) in enumerate(DONE, start=1):
        at.reply(DANA, LEADERS, words, draft.ts)
        at.clock.forward(21)
        at.settle()
        gave[words] = desk.revision(draft_id).number - number
        decks = [one for one in at.slack.messages(LEADERS, bot=True) if one.files and one.ts != draft.ts]
        assert len(decks) == desk.revision(draft_id).number, words

    assert set(gave.values()) == {1}, gave


def _dana(at: Stage) -> Known:
    return at.served.desk.directory.known(at.slack.person(DANA).id)


def _draft_id(at: Stage, ts: str) -> str:
    thread = at.served.desk.thread(f"{at.slack.channel(LEADERS).id}:{ts}")
    assert thread.draft_id is not None
    return thread.draft_id


def test_a_hundred_phrasings_of_edits_are_read_as_changes_in_the_thread(at: Stage):
    assert len(PHRASINGS) >= 100
    draft = at.draft(DANA, LEADERS)
    desk, conversation = at.served.desk, f"{at.slack.channel(LEADERS).id}:{draft.ts}"
    line = desk.under(desk.places.judge(desk.places.look(conversation.partition(":")[0]), _dana(at)).access)
    left = {}

    for words, _ in PHRASINGS:
        meant = understand(line, words, thread_id=conversation, asker=Asker(name=DANA), surface="thread")
        if not isinstance(meant, Edits | Undo | FreshData | AddNote | Publish):
            left[words] = meant.type

    assert left == {}
