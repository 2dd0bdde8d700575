"""Numbers in machine sentences come from facts."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.deck import Words
from reports.facts import Fact, Unit
from reports.narrative import fill, guard, say, strays


def fact(name, text, unit=Unit.MONEY):
    return Fact(
        id=name, value="1", unit=unit, text=text, source="test", as_of=datetime(2026, 11, 23, tzinfo=UTC)
    )


def test_a_sentence_is_its_template_with_the_facts_in_place():
    words = say(
        "{{n}} deals left {{q}}: {{gap}}.",
        {"n": fact("n", "nine"), "q": fact("q", "Q4"), "gap": fact("gap", "$0.80M")},
    )

    assert words == Words(text="Nine deals left Q4: $0.80M.", template="{{n}} deals left {{q}}: {{gap}}.")


def test_a_name_keeps_its_small_letter_and_its_braces():
    facts = {"deal": fact("deal", "eBay {{gap}} <4>", Unit.TEXT), "gap": fact("gap", "$1M")}

    assert fill("{{deal}} moved {{gap}}.", facts) == "eBay {{gap}} <4> moved $1M."
    assert guard(say("{{deal}} moved {{gap}}.", facts), facts.values()) == ()


@pytest.mark.parametrize(
    "template,stray",
    [
        ("EMEA is $0.57M short", ("$0.57M",)),
        ("Seven deals carry it", ("Seven",)),
        ("four-fifths of it", ("four", "fifths")),
        ("a third of wins", ("third",)),
        ("half of it", ("half",)),
        ("5½ weeks left", ("5½",)),
        ("the ½ of it", ("½",)),
        ("{{q}} has ٣ deals", ("٣",)),
        ("two", ("two",)),
    ],
)
def test_a_number_that_no_fact_stands_behind_is_found(template, stray):
    assert strays(template) == stray
    assert guard(Words(text=template, template=template), ()) != ()


@pytest.mark.parametrize(
    "template",
    [
        "Q1 opens well",
        "FY26-Q4 and H2",
        "Top 5 deals",
        "the 30/60/90 plan",
        "no deal left",
        "this quarter's first week",
    ],
)
def test_names_of_periods_and_figures_of_speech_pass(template):
    assert guard(Words(text=template, template=template), ()) == ()


def test_a_token_without_a_fact_is_found():
    words = Words(text="$1M short", template="{{gap}} short")

    assert guard(words, ()) == ("{{gap}} in '{{gap}} short' names no fact",)


def test_a_text_that_moved_away_from_its_facts_is_found():
    words = Words(text="$0.75M short", template="{{gap}} short")

    assert "is not what" in guard(words, (fact("gap", "$0.80M"),))[0]


def test_a_text_without_a_template_is_read_as_its_own_template():
    assert guard(Words(text="all good"), ()) == ()
    assert guard(Words(text="3 good"), ()) != ()


def test_a_persons_words_may_hold_any_number():
    assert guard(Words(text="EMEA needs 1.2M more by Xmas", by="Dana Whitcombe"), ()) == ()


@given(st.text(max_size=60), st.text(max_size=60))
def test_what_is_said_with_facts_always_passes_the_guard(first, second):
    facts = {"a": fact("a", first, Unit.TEXT), "b": fact("b", second)}

    assert guard(say("{{a}} against {{b}}; {{a}} again", facts), facts.values()) == ()
