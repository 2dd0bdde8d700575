"""A question that somebody put on a report is a slide: answered, compared, in its own scope."""

from __future__ import annotations

from datetime import date

from reports.kinds import weekly
from reports.spec import Question, SlideSpec
from tests.reports.deck_text import slide_text
from tests.reports.kinds.looked import assert_every_number_is_a_fact, block, region


def test_an_added_question_is_answered_with_n(composed):
    asked = SlideSpec(id="q1", key="measure", question=Question(measure="win_rate", by=("segment",)))
    deck = composed(slides=(*weekly.spec().slides[:1], asked))

    assert deck.slides[1].title.text.startswith("Win rate is 24 % over 12 months; ")
    assert block(deck, "q1", "answer").categories == ("Enterprise", "Mid-market", "Small business")
    assert [row.cells[0].text for row in block(deck, "q1", "figures").rows][-1] == "All"
    assert_every_number_is_a_fact(deck)


def test_a_question_is_held_against_the_same_day_of_another_time(composed):
    asked = Question(measure="open_pipeline", by=("region",), compare="prior_week")
    deck = composed(slides=(SlideSpec(id="q1", key="measure", question=asked),))

    assert deck.slides[0].title.text == "Open pipeline is $5.49M in FY26-Q4, against $6.23M a week earlier."
    assert [series.name for series in block(deck, "q1", "answer").series] == ["16 Nov", "Now"]
    assert [row.cells[2].text for row in block(deck, "q1", "figures").rows] == [
        "$3.30M",
        "$2.28M",
        "$0.65M",
        "$6.23M",
    ]
    assert_every_number_is_a_fact(deck)


def test_a_questions_own_scope_stands_in_the_footer(composed):
    asked = Question(measure="bookings", by=("region",), filters=(region("EMEA", "APAC"),), compare="target")
    deck = composed(slides=(SlideSpec(id="q1", key="measure", question=asked),))

    assert deck.slides[0].scope == "EMEA or APAC"
    assert deck.slides[0].title.text == "Won is $1.05M in FY26-Q4, against $2.60M of target."
    assert_every_number_is_a_fact(deck)


def test_a_comparison_from_before_history_says_so(composed, larkmoor_view):
    asked = Question(measure="bookings", compare="prior_year")
    as_of = larkmoor_view.calendar.end_of(date(2024, 11, 20))
    deck = composed(slides=(SlideSpec(id="q1", key="measure", question=asked),), as_of=as_of)

    assert "No comparison: nothing is known as of" in slide_text(deck.slides[0])
