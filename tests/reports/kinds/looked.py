"""What tests look up in a composed deck."""

from __future__ import annotations

from reports.facts import Filter
from reports.narrative import guard


def region(*values, negate=False):
    return Filter(dim="region", values=values, negate=negate)


def block(deck, slide_id, block_id):
    slide = next(slide for slide in deck.slides if slide.id == slide_id)
    return next(block for block in slide.blocks if block.id == block_id)


def words_of(deck):
    """Every machine text of a deck, with the facts that it may use."""
    for slide in deck.slides:
        yield slide.title, slide.facts
        for item in slide.blocks:
            if item.type == "lines":
                yield from ((line, slide.facts) for line in item.lines)
    message = deck.message
    for text in (message.headline, message.lead, *message.changes, *(d.words for d in message.decisions)):
        if text is not None:
            yield text, message.facts


def assert_every_number_is_a_fact(deck):
    assert [problem for text, facts in words_of(deck) for problem in guard(text, facts)] == []
