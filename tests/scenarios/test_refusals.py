"""What cannot be done is said in the thread, and changes nothing."""

from __future__ import annotations

from bot.agent.answers.asking import Asker
from bot.agent.turn import turn
from bot.wiring import Installation
from reports.spec import spec_hash

DANA = Asker(name="Dana Whitcombe")


def test_an_edit_of_a_deck_whose_records_are_gone_is_refused_with_a_sentence(
    installation: Installation,
) -> None:
    line = installation.line()
    _, made = turn(line, "weekly", thread_id="t", asker=DANA)
    assert made is not None
    spec = made.spec.model_copy(update={"generation": "20200101T000000-000000000000"})
    old = made.model_copy(update={"number": 2, "parent": 1, "spec": spec, "spec_hash": spec_hash(spec)})
    draft = line.store.draft(line.workspace, made.draft_id)
    line.store.save(draft.model_copy(update={"head": 2}), old, key="old", deck=b"deck", card=b"card")

    reply, again = turn(line, "drop 4", thread_id="t", asker=DANA, surface="thread")

    assert again is None
    assert "20200101T000000" in reply.lines[0]
    assert line.store.draft(line.workspace, made.draft_id).head == 2
