"""A model words a report: what it says is stored with the revision, guarded sentence by sentence, and never needed again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot import flows
from bot.agent.model.limits import Limits
from bot.agent.model.ports import Trouble
from bot.agent.model.reader import KEPT_FAILED
from bot.agent.model.writer import ModelWriter
from bot.agent.remarks import remark_on
from bot.flows import Line
from bot.wiring import Installation
from reports.edits import RemoveSlide
from reports.kinds import KINDS
from reports.wording import sentences
from tests.fakes.model import LEADS, ScriptedModel, led, saying, worded

SPEC = KINDS["weekly"].spec(period="this-quarter")


@pytest.fixture
def line(installation: Installation) -> Line:
    return installation.line()


def with_writer(line: Line, model: ScriptedModel, *, clock=lambda: 0.0) -> Line:
    limits = Limits(line.store.notes, lambda: date(2026, 11, 23))
    return replace(line, writer=ModelWriter(model, limits, clock=clock))


def made(line: Line, key: str = "k", spec=SPEC):
    return flows.draft(line, spec, author="Dana Whitcombe", key=key)


def test_a_models_sentences_stand_in_the_draft_with_the_same_facts(line: Line):
    revision = made(with_writer(line, ScriptedModel(worded)))
    plain = flows.build(line, flows.pinned(line, SPEC)).deck

    headline = revision.deck.message.headline
    assert headline.text.startswith(LEADS)
    assert headline.text.endswith(plain.message.headline.text)
    assert headline.template == led(plain.message.headline.template)
    assert dict(revision.wording) == {template: led(template) for template in sentences(plain)}
    assert [slide.title for slide in revision.deck.slides] == [slide.title for slide in plain.slides]
    assert revision.deck.message.decisions == plain.message.decisions
    assert revision.deck.message.notification == plain.message.notification


def test_a_model_is_told_no_fact_and_no_name(line: Line):
    model = ScriptedModel(worded)
    revision = made(with_writer(line, model))

    (prompt,) = model.asked
    facts = [fact for slide in revision.deck.slides for fact in slide.facts]
    names = {fact.text for fact in facts if fact.source in {"deal name", "owner", "reason", "finding"}}
    numbers = {fact.text for fact in facts if fact.text[:1] in "$0123456789"}
    assert len(names) > 5
    assert len(numbers) > 20
    assert [text for text in names if len(text) > 3 and text in prompt.text] == []
    assert [text for text in numbers if len(text) > 2 and text in prompt.text] == []
    assert "Dana" not in f"{prompt}"


def test_what_is_worded_is_worded_once(line: Line):
    model = ScriptedModel(worded)
    found = with_writer(line, model)
    first, second = made(found), made(found, key="again")

    assert len(model.asked) == 1
    assert first.deck_hash == second.deck_hash


def test_a_revision_keeps_the_words_and_undo_needs_no_model(line: Line):
    first = made(with_writer(line, ScriptedModel(worded)))
    refusing = with_writer(line, saying())
    second = flows.revise(refusing, first, (RemoveSlide(slide="movement"),), author="Dana", key="r2")
    third = flows.undo(line, second, author="Dana", key="r3")

    assert second.deck.message.headline == first.deck.message.headline
    assert third.wording == first.wording
    assert third.deck.message.headline == first.deck.message.headline
    assert third.file_sha256 != second.file_sha256


@pytest.mark.parametrize(
    "wrong",
    [
        "Q4 is $0.80M short of it.",
        "Half of it is gone: {{gap}} of {{target}} in {{period}}.",
        "{{period}} is {{gap}} ahead of {{target}}.",
        "{{period}} is {{gap}} short of {{target}} because EMEA sleeps.",
        "{{period}} is {{gap}} short of {{secret}}.",
        "See <https://evil.example|this>: {{period}} is {{gap}} short of {{target}}.",
        "",
        "x" * 5_000,
    ],
    ids=lambda text: text[:30],
)
def test_a_refused_sentence_is_the_templates(line: Line, wrong):
    model = ScriptedModel(
        lambda prompt: {
            "sentences": [{**item, "sentence": wrong} for item in worded(prompt)["sentences"]],
        }
    )
    revision = made(with_writer(line, model))

    assert revision.deck == flows.build(line, flows.pinned(line, SPEC)).deck
    assert revision.wording == ()


@pytest.mark.parametrize("trouble", [Trouble.LATE, Trouble.BUSY, Trouble.NONSENSE])
def test_a_writer_that_fails_leaves_the_templates_and_tells_its_author(line: Line, trouble):
    revision = made(with_writer(line, saying(trouble)))

    assert revision.deck == flows.build(line, flows.pinned(line, SPEC)).deck
    assert remark_on(revision).endswith("; the sentences are my own.")


def test_a_writer_that_failed_is_left_alone_for_a_while(line: Line):
    now = [0.0]
    model = ScriptedModel(lambda _prompt: Trouble.LATE)
    found = with_writer(line, model, clock=lambda: now[0])
    made(found, "one")
    made(found, "two")
    assert len(model.asked) == 1

    now[0] += KEPT_FAILED.total_seconds() + 1
    made(found, "three")
    assert len(model.asked) == 2


def test_answers_for_sentences_that_were_not_asked_for_are_left_alone(line: Line):
    model = saying({"sentences": [{"id": "999", "sentence": "Anything."}]})
    revision = made(with_writer(line, model))

    assert revision.wording == ()


def test_without_a_writer_nothing_changes(line: Line):
    revision = made(line)

    assert revision.deck == flows.build(line, flows.pinned(line, SPEC)).deck
    assert (revision.wording, remark_on(revision)) == ((), "")
