"""The forecast on Larkmoor: the titles tell the story, calls stand beside the roll-up, and every sum foots."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from reports.context import Published
from reports.measures import measure
from tests.reports.deck_text import deck_text
from tests.reports.kinds.forecast.conftest import CALLS, TITLES, WHOLE, called
from tests.reports.kinds.looked import assert_every_number_is_a_fact, block


def titles(deck):
    return [slide.title.text for slide in deck.slides]


def cells(table):
    return [tuple(cell.text for cell in row.cells) for row in table.rows]


def lines(deck, slide_id, block_id):
    return [line.text for line in block(deck, slide_id, block_id).lines]


@pytest.mark.parametrize("number,title", tuple(enumerate(TITLES, start=1)))
def test_titles_alone_tell_the_story(rolled_up, number, title):
    assert rolled_up.slides[number - 1].title.text == title


def test_without_a_call_the_slide_says_so_and_invents_none(rolled_up):
    text = deck_text(rolled_up, notes=True)

    assert lines(rolled_up, "call", "calls")[0] == (
        "No call is kept for Q4: the figures are the roll-up of the records alone."
    )
    assert lines(rolled_up, "changes", "adjustments") == [
        "No call is kept for Q4: there is no adjustment to show."
    ]
    assert not [column for column in block(rolled_up, "call", "call").columns if column.heading == "Called"]
    assert "Whitcombe" not in text
    assert not [word for word in ("calls $", "Called by", "What managers called") if word in text]


def test_the_call_of_every_region_stands_beside_its_roll_up(with_regions):
    assert cells(block(with_regions, "call", "call")) == [
        ("AMER", "$3.20M", "$2.01M", "$3.02M", "–", "−$0.18M", "$4.26M", "$3.15M", "D. Whitcombe, 19 Nov"),
        ("EMEA", "$1.90M", "$0.64M", "$1.33M", "−$0.31M", "−$0.57M", "$1.89M", "$1.50M", "D. Whitcombe, 19 Nov"),
        ("APAC", "$0.70M", "$0.41M", "$0.65M", "–", "−$0.05M", "$0.83M", "$0.64M", "M. Hartono, 20 Nov"),
        ("All", "$5.80M", "$3.06M", "$5.00M", "−$0.31M", "−$0.80M", "$6.98M", "$5.29M", "sum of these calls"),
    ]  # fmt: skip
    assert [row.cells[0].note for row in block(with_regions, "call", "call").rows] == [
        "R. Calloway, T. Okafor", "K. Vogelsang, L. Fournel", "M. Hartono", "",
    ]  # fmt: skip
    assert [row.cells[-1].note for row in block(with_regions, "call", "call").rows] == [
        "best $3.40M", "best $1.70M", "", "",
    ]  # fmt: skip
    assert lines(with_regions, "call", "calls")[0].endswith("; the regions' calls come to $5.29M.")


def test_who_leads_a_part_of_a_region_calls_under_their_own_name_and_not_for_the_region(with_calls):
    rows = block(with_calls, "call", "call").rows

    assert [(row.cells[-2].text, row.cells[-1].text, row.cells[-1].note) for row in rows] == [
        ("–", "for a part of it", "R. Calloway"),
        ("–", "for a part of it", "K. Vogelsang"),
        ("$0.64M", "M. Hartono, 20 Nov", ""),
        ("–", "not all have called", ""),
    ]


def test_the_newest_call_of_a_part_hides_no_call_for_the_whole(composed, known):
    tom = called("tom", "Tom Okafor", "u05", "1100000", region="AMER", day=(2026, 11, 22))
    deck = composed(context=known.model_copy(update={"calls": (*CALLS, *WHOLE, tom)}))

    assert cells(block(deck, "call", "call"))[0][-2:] == ("$3.15M", "D. Whitcombe, 19 Nov")


def test_no_region_is_hidden_behind_the_second_call_of_another(composed, known):
    more = tuple(
        called(f"tom{number}", f"Lead {number}", "", "1100000", region="AMER", day=(2026, 11, 22))
        for number in range(4)
    )
    table = block(
        composed(context=known.model_copy(update={"calls": (*CALLS, *more)})), "changes", "adjustments"
    )

    assert [row.cells[1].text for row in table.rows] == ["All", "AMER", "AMER", "EMEA", "APAC"]
    assert table.more == "and 3 more"


def test_the_newest_call_counts_and_is_held_against_the_roll_up(with_calls):
    assert with_calls.slides[0].title.text == (
        "Q4 rolls up to $5.00M won and committed, $0.80M short of $5.80M; Dana Whitcombe calls $5.30M."
    )
    assert lines(with_calls, "call", "calls")[0] == (
        "Dana Whitcombe calls $5.30M, $0.30M above the roll-up; 1 of 3 regions has a call."
    )
    assert cells(block(with_calls, "changes", "adjustments")) == [
        ("D. Whitcombe, 20 Nov", "All", "$5.30M", "$5.00M", "+$0.30M"),
        ("R. Calloway, 20 Nov", "AMER", "$3.15M", "$3.02M", "+$0.13M"),
        ("K. Vogelsang, 20 Nov", "EMEA", "$1.50M", "$1.33M", "+$0.17M"),
        ("M. Hartono, 20 Nov", "APAC", "$0.64M", "$0.65M", "−$0.01M"),
    ]


def test_a_call_younger_than_the_newest_records_counts_and_not_in_a_report_of_an_earlier_day(composed, known):
    young = called("young", "Dana Whitcombe", "u01", "5400000", day=(2026, 11, 23))
    context = known.model_copy(update={"calls": (*CALLS, young)})

    assert composed(context=context).slides[0].title.text.endswith("Dana Whitcombe calls $5.40M.")
    earlier = composed(context=context, as_of=datetime(2026, 11, 22, 20, tzinfo=UTC))
    assert earlier.slides[0].title.text.endswith("Dana Whitcombe calls $5.30M.")


def test_callers_whom_the_records_do_not_know_are_told_apart(composed, known):
    two = tuple(called(name, name, "", "5000000") for name in ("Ada Zell", "Bo Yule"))
    deck = composed(context=known.model_copy(update={"calls": two}))

    assert [row.cells[0].text for row in block(deck, "changes", "adjustments").rows] == [
        "B. Yule, 20 Nov",
        "A. Zell, 20 Nov",
    ]


def test_where_some_regions_have_not_called_no_sum_is_shown(composed, known):
    few = known.model_copy(update={"calls": (CALLS[4], WHOLE[0])})
    deck = composed(context=few)

    assert cells(block(deck, "call", "call"))[-1][-2:] == ("–", "not all have called")
    assert "1 of 3 regions has a call." in lines(deck, "call", "calls")[0]


def test_the_path_leads_from_what_is_won_to_the_target(with_calls):
    chart = block(with_calls, "path", "path")

    assert chart.categories == ("Won", "Commit, open", "Won + commit", "Best case needed", "Target")
    assert chart.series[0].values == (3_060_000, 1_940_000, 5_000_000, 800_000, 5_800_000)
    assert chart.totals == (0, 2, 4)
    assert chart.series[0].highlight == (3,)


def test_other_readings_stand_beside_the_path(with_calls):
    assert cells(block(with_calls, "path", "readings")) == [
        ("Roll-up (won + commit)", "$5.00M", "−$0.80M"),
        ("Called by D. Whitcombe", "$5.30M", "−$0.50M"),
        ("As Q3 (naive)", "$5.41M", "−$0.39M"),
        ("Lowest ending from here", "$3.84M", "−$1.96M"),
        ("Highest ending from here", "$6.04M", "+$0.24M"),
    ]


def test_how_much_of_best_case_it_takes_is_held_against_what_is_usual(with_calls):
    assert lines(with_calls, "path", "so-what") == [
        (
            "It takes two-fifths of the open best case; on this day of the last 8 quarters 52 % of the deals called so "
            "were won by their quarter's end (n = 258, by number)."
        ),
        "So what: decide which best-case deals bring the $0.80M, and who says by when it is commit.",
        "4 of the last 8 periods ended above what won and commit stood at on this day.",
    ]


def test_a_swing_deal_is_told_with_its_date_its_number_its_buyers_and_what_blocks_it(with_calls):
    table = block(with_calls, "swing", "swing")
    velde = next(row for row in table.rows if row.cells[0].text == "Velde Logistiek")

    assert [(cell.text, cell.note) for cell in velde.cells] == [
        ("Velde Logistiek", "C. Aubry"),
        ("commit", ""),
        ("$170k", "Yard, unchanged"),
        ("11 Dec, moved twice", "no next step"),
        ("A. Abara (economic buyer), L. Norling (champion)", ""),
        ("silent, date moved twice, no next step", "Negotiation"),
    ]
    assert all(row.record and row.cells[0].link for row in table.rows)


def test_the_deals_shown_and_the_rest_come_to_all_that_is_called(with_calls, larkmoor_view):
    table = block(with_calls, "swing", "swing")
    shown = sum(row.cells[2].value for row in table.rows)
    called_so = sum(measure(larkmoor_view, name).value for name in ("commit", "best_case"))
    deals = sum(measure(larkmoor_view, name).rows[0].n for name in ("commit", "best_case"))

    assert table.more == "and 84 more, $2.31M"
    assert deals == len(table.rows) + 84
    assert round((called_so - shown) / 10_000) == 231


def test_who_signs_is_missed_where_nobody_is_known_to(with_calls):
    cobalt = block(with_calls, "swing", "swing").rows[1]

    assert cobalt.cells[4].text == "D. Dorn (champion), R. Ulrich (IT director)"
    assert cobalt.cells[4].note == "no economic buyer known"
    assert "three deals name no economic buyer" in lines(with_calls, "swing", "so-what")[0]


def test_the_weeks_end_today_and_last_years_stand_beside_them(with_calls, larkmoor_view):
    chart = block(with_calls, "trajectory", "weeks")
    line = {series.name: series.values for series in chart.series}

    assert (chart.categories[0], chart.categories[-1]) == ("5 Oct", "23 Nov")
    assert line["Won"][-1] == measure(larkmoor_view, "bookings").value
    assert line["Won + commit"][-2:] == (5_310_000, 5_000_000)
    assert line["With best case"][-1] == 6_980_000
    assert set(line["Target"]) == {5_800_000}
    assert line["Year ago"][-1] == Decimal("3891277.12")


def test_few_past_calls_are_told_one_by_one(with_calls):
    assert lines(with_calls, "trajectory", "so-what")[2:] == [
        "Dana Whitcombe: +4 % in FY26-Q3 and −3 % in FY26-Q2; too few calls to call that usual.",
        "Katrin Vogelsang for EMEA: −15 % in FY26-Q3; too few calls to call that usual.",
    ]


def test_three_past_calls_make_an_error(composed, known):
    third = called("oldest", "Dana Whitcombe", "u01", "4000000", day=(2026, 2, 20), period="FY26-Q1")
    deck = composed(context=known.model_copy(update={"calls": (*CALLS, third)}))

    assert "Dana Whitcombe was off by 4 % over 3 periods." in lines(deck, "trajectory", "so-what")


def test_a_call_made_later_than_this_day_of_its_quarter_is_not_held_against_it(composed, known):
    late = called("late", "Dana Whitcombe", "u01", "5400000", day=(2026, 9, 28), period="FY26-Q3")
    deck = composed(context=known.model_copy(update={"calls": (late,)}))

    assert not [line for line in lines(deck, "trajectory", "so-what") if "Whitcombe" in line]


def test_what_was_called_a_week_ago_and_every_change_come_to_what_is_called_now(with_calls):
    table = block(with_calls, "changes", "categories")

    assert cells(table) == [
        ("A week ago", "$2.67M", "$2.23M"),
        ("Moved in", "–", "+$0.18M"),
        ("Amount raised", "–", "+$0.09M"),
        ("Amount cut", "–", "−$0.08M"),
        ("Won", "−$0.42M", "–"),
        ("Lost", "–", "−$0.16M"),
        ("Moved out", "−$0.31M", "−$0.28M"),
        ("Now", "$1.94M", "$1.98M"),
    ]
    for column in (1, 2):
        assert sum(row.cells[column].value for row in table.rows[:-1]) == table.rows[-1].cells[column].value


def test_risks_and_what_is_being_done_stand_below(with_calls):
    assert lines(with_calls, "changes", "risks") == [
        "Velde Logistiek $170k: silent, date moved twice, no next step.",
        "Corrstead Freight $98k: no next step.",
    ]
    assert lines(with_calls, "changes", "actions") == [
        "Second sponsor at Brandt & Söhne (Birgit Sommerfeld, was due 20 Nov)"
    ]


def test_the_message_says_the_call_what_changed_in_it_and_what_to_decide(with_calls):
    message = with_calls.message

    assert message.notification == (
        "Q4 rolls up to $5.00M won and committed, $0.80M short of $5.80M; Dana Whitcombe calls $5.30M. 3 decisions."
    )
    assert len(message.notification) <= 120
    assert message.headline.text == "Q4 rolls up to $5.00M won and committed, $0.80M short of $5.80M."
    assert message.lead.text == "Dana Whitcombe calls $5.30M."
    assert message.changed_since == "Changed since Mon 16 Nov"
    assert [words.text for words in message.changes] == [
        "Ostrander Paper $310k left Q4; it was called commit (Jonas Adler).",
        "Brandt & Söhne $170k left Q4; it was called best case (Birgit Sommerfeld).",
        "Calderwick Beverage $148k was won; it was called commit (Priya Raman).",
    ]
    assert message.decisions[0].words.text == "Sponsor call to Ostrander Paper by Wed ($310k)"
    assert message.grey == "23 Nov 08:30 ET · all regions · definitions v3 · r1, draft"


def test_what_changed_since_the_published_forecast_is_said(composed, known):
    before = Published(
        at=datetime(2026, 11, 18, 13, 30, tzinfo=UTC),
        period="FY26-Q4",
        currency="USD",
        won=Decimal(2_900_000),
        commit=Decimal(2_300_000),
        pipeline=Decimal(5_490_000),
        gap=Decimal(600_000),
    )
    message = composed(context=known.model_copy(update={"published": before})).message

    assert message.changed_since == "Changed since the report published Wed 18 Nov"
    assert message.lead.text == (
        "Dana Whitcombe calls $5.30M. Since the last report: won +$0.16M, commit −$0.36M, the gap grew by $0.20M."
    )
    assert "Ostrander" in message.changes[0].text


def test_the_card_shows_the_way_to_target(with_calls):
    card = with_calls.card

    assert card.headline == "Q4 rolls up to $5.00M won and committed, $0.80M short of $5.80M."
    assert [(step.label, step.text) for step in card.bridge] == [
        ("Won", "$3.06M"),
        ("Commit, open", "+$1.94M"),
        ("Won + commit", "$5.00M"),
        ("Best case needed", "+$0.80M"),
        ("Target", "$5.80M"),
        ("With best case", "$6.98M"),
        ("As Q3 (naive)", "$5.41M"),
    ]


def test_every_number_of_every_text_is_a_fact(with_calls, rolled_up):
    assert_every_number_is_a_fact(with_calls)
    assert_every_number_is_a_fact(rolled_up)


def test_only_the_first_slide_names_the_revision(composed, known, with_calls):
    later = composed(context=known.model_copy(update={"revision": 2}))

    assert [new.id for new, old in zip(later.slides, with_calls.slides, strict=True) if new != old] == [
        "call"
    ]


# Other scopes
