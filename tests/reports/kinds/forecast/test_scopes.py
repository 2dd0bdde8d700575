"""The forecast of other scopes, periods and currencies than the company's quarter, and what people add to it."""

from __future__ import annotations

import pytest

from reports.facts import Filter
from reports.kinds import forecast
from reports.spec import Note, PersonText
from tests.reports.deck_text import deck_text
from tests.reports.kinds.forecast.conftest import CALLS, WHOLE, called
from tests.reports.kinds.forecast.test_forecast import cells, lines, titles
from tests.reports.kinds.looked import assert_every_number_is_a_fact, block, region


def test_a_region_has_its_own_call_and_not_the_companys(composed, known):
    alone = called("emea1", "Luc Fournel", "u07", "700000", region="EMEA", day=(2026, 11, 21))
    deck = composed(filters=(region("APAC"),))
    assert titles(deck)[0].endswith("; Mei Hartono calls $640k.")

    deck = composed(filters=(region("EMEA"),), context=known.model_copy(update={"calls": (*CALLS, alone)}))

    assert titles(deck)[:2] == [
        "EMEA rolls up to $1.33M in Q4, $0.57M short of $1.90M; best case reaches $1.89M.",
        "Even with all $0.56M of best case EMEA stays $0.01M short of $1.90M.",
    ]
    assert block(deck, "path", "path").categories[-3:] == ("Best case needed", "Not called yet", "Target")
    assert cells(block(deck, "changes", "adjustments")) == [
        ("L. Fournel, 21 Nov", "EMEA", "$0.70M", "$1.33M", "−$0.63M"),
        ("K. Vogelsang, 20 Nov", "EMEA", "$1.50M", "$1.33M", "+$0.17M"),
    ]
    assert not any(name in deck_text(deck, notes=True) for name in ("Whitcombe", "Calloway", "Hartono"))


def test_two_regions_show_their_calls_and_no_call_for_both(composed, known):
    context = known.model_copy(update={"calls": (*CALLS[:5], CALLS[7], *WHOLE)})
    deck = composed(filters=(region("APAC", negate=True),), context=context)

    assert [row.cells[0].text for row in block(deck, "call", "call").rows[:-1]] == ["AMER", "EMEA"]
    assert block(deck, "call", "call").rows[-1].cells[-2].text == "$4.65M"
    assert "$5.30M" not in deck_text(deck)
    assert "Hartono" not in deck_text(deck)


@pytest.mark.parametrize("dim,value", [("segment", "SMB"), ("owner", "Jonas Adler"), ("product", "Sense")])
def test_a_scope_that_nobody_called_shows_no_call(composed, dim, value):
    deck = composed(filters=(Filter(dim=dim, values=(value,)),))

    assert "rolls up to" in titles(deck)[0]
    assert titles(deck)[0].endswith(".")
    assert "without a target" in titles(deck)[0]
    assert lines(deck, "call", "calls")[0].startswith("No call is kept for Q4")
    assert_every_number_is_a_fact(deck)


def test_amounts_of_calls_follow_the_reports_currency(composed, known):
    deck = composed(currency="EUR", context=known.model_copy(update={"calls": (*CALLS, *WHOLE)}))

    assert block(deck, "call", "call").rows[1].cells[-2].text == "€1.20M"
    assert lines(deck, "call", "calls")[0].startswith("Dana Whitcombe calls €4.24M")


def test_a_quarter_still_to_come_is_told_as_that(composed):
    deck = composed(period="next-quarter")

    assert titles(deck) == [
        "Q1 rolls up to $0.44M committed, $3.56M short of $4.00M; best case reaches $1.35M.",
        "Even with all $0.91M of best case Q1 stays $2.65M short of $4.00M.",
        "Eight swing deals carry $0.97M of the $1.35M still called; four of them have a warning sign.",
        "Won + commit is $0.44M, $0.33M below the same week last year.",
        "Open commit rose $0.31M this week to $0.44M; $0.31M moved in.",
    ]
    told = " ".join(lines(deck, "path", "so-what"))
    assert "on this day before the last " in told
    assert "on this day of the last" not in told
    assert "stood at on this day before it began." in told
    readings = block(deck, "path", "readings")
    assert not [row for row in cells(readings) if "ending from here" in row[0]]
    assert readings.more == "No range of past errors: Q1 has not begun."
    assert lines(deck, "trajectory", "so-what") == [
        "So early won + commit is no forecast yet: on this day before the last 8 periods it was off by 85 %.",
        "Noise floor: even with right odds for every deal, what the open ones bring scatters by 20 % ($0.29M).",
    ]


def test_a_quarter_that_is_over_is_told_by_its_end(composed):
    deck = composed(period="last-quarter")

    assert titles(deck) == [
        "Q3 closed $0.21M ahead of $5.20M; Dana Whitcombe called $5.60M.",
        "Q3 closed with $5.41M won, $1.17M above a year before.",
        "Dana Whitcombe called $5.60M, $0.19M above what Q3 ended with.",
    ]
    assert [left.partition(":")[0] for left in deck.omitted] == ["Path to target", "Swing deals"]
    drawn = {series.name: series.values for series in block(deck, "trajectory", "weeks").series}
    apart = drawn["Won"][-1] - drawn["Won, year ago"][-1]
    assert round(apart / 10_000) == 117
    assert "Year ago" not in drawn
    assert cells(block(deck, "changes", "adjustments"))[1] == (
        "K. Vogelsang, 20 Aug", "EMEA", "$1.50M", "$1.77M", "−$0.27M",
    )  # fmt: skip


def test_a_message_of_a_quarter_that_is_over_asks_nobody_to_decide(composed):
    over, now = composed(period="last-quarter").message, composed().message

    assert now.decisions != ()
    assert over.decisions == ()
    assert "decision" not in over.notification


def test_a_share_that_is_measured_on_more_than_the_scope_says_so(composed):
    said = "of the deals called so, in all regions, were won by"
    assert said in lines(composed(filters=(region("AMER"),)), "path", "so-what")[0]
    assert "in all" not in lines(composed(), "path", "so-what")[0]


def test_a_month_has_no_target_and_still_its_path(composed):
    deck = composed(period="this-month")

    assert titles(deck)[1] == "Nov 2026 reaches $2.05M if all of commit and best case is won."
    assert block(deck, "path", "path").categories[-2:] == ("Best case, open", "With best case")


# Edits


def test_a_note_on_a_deal_stands_on_its_row(composed, with_calls):
    velde = next(row for row in block(with_calls, "swing", "swing").rows if "Velde" in row.cells[0].text)
    text = PersonText(text="legal call Tue", by="Priya", at=CALLS[-1].at)
    deck = composed(notes=(Note(deal_id=velde.record, deal="Velde Logistiek", words=text),))
    row = next(row for row in block(deck, "swing", "swing").rows if row.record == velde.record)

    assert row.cells[0].note == "Priya, 20 Nov: legal call Tue"
    assert [new.id for new, old in zip(deck.slides, with_calls.slides, strict=True) if new != old] == [
        "swing"
    ]


def test_one_slide_may_be_of_another_region(composed, with_calls):
    slides = tuple(
        slide.model_copy(update={"filters": (region("EMEA"),)}) if slide.id == "path" else slide
        for slide in forecast.spec().slides
    )
    deck = composed(slides=slides)

    assert titles(deck)[1] == "Even with all $0.56M of best case EMEA stays $0.01M short of $1.90M."
    assert [new.id for new, old in zip(deck.slides, with_calls.slides, strict=True) if new != old] == ["path"]
