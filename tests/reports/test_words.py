"""How values read."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports import words
from reports.facts import Unit

D = Decimal


@pytest.mark.parametrize(
    "value,scale,text",
    [
        ("800000", None, "$0.80M"),
        ("310000", None, "$310k"),
        ("5800000", None, "$5.80M"),
        ("-570000", words.MILLIONS, "−$0.57M"),
        ("1100000", words.TENTHS, "$1.1M"),
        ("850", None, "$850"),
        ("480000", words.MILLIONS, "$0.48M"),
        ("0", words.MILLIONS, "$0.00M"),
        ("-3", words.MILLIONS, "$0.00M"),
        ("12345678", words.THOUSANDS, "$12,346k"),
    ],
)
def test_money_reads_as_people_write_it(value, scale, text):
    assert words.money(D(value), "USD", scale) == text


def test_money_of_another_currency_shows_its_sign_or_its_code():
    assert words.money(D(310000), "EUR") == "€310k"
    assert words.money(D(310000), "CHF") == "CHF 310k"
    assert words.money(None, "USD") == "n/a"
    assert words.money(D(90000), "USD", signed=True) == "+$90k"


def test_money_is_rounded_as_charts_and_spreadsheets_round():
    assert words.money(D(545_000), "USD", words.TENTHS) == "$0.5M"
    assert words.money(D(550_000), "USD", words.TENTHS) == "$0.6M"
    assert words.money(D(650_000), "USD", words.TENTHS) == "$0.7M"
    assert words.money(D(-65_000), "USD", words.MILLIONS) == "−$0.07M"


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=2))
def test_money_shown_is_within_half_a_step_of_the_exact_amount(value):
    for scale in (words.MILLIONS, words.TENTHS, words.THOUSANDS, words.UNITS):
        step = D(scale.divisor) / (10**scale.decimals)

        assert abs(scale.round(value) * scale.divisor - value) <= step / 2


@given(st.lists(st.decimals(min_value=0, max_value=10**7, places=2), max_size=8))
def test_parts_foot_exactly_when_their_shown_sum_is_the_shown_total(parts):
    total = sum(parts, D(0))
    shown = sum((words.MILLIONS.round(part) for part in parts), D(0))

    assert words.foots(parts, total, words.MILLIONS) == (shown == words.MILLIONS.round(total))


@pytest.mark.parametrize(
    "largest,scale",
    [
        ("5800000", words.MILLIONS),
        ("430000", words.THOUSANDS),
        ("900", words.UNITS),
        ("250000000", words.TENTHS),
    ],
)
def test_amounts_that_stand_together_share_a_scale(largest, scale):
    assert words.scale_for([D(12), None, -D(largest)]) == scale
    assert words.scale_for([]) == words.UNITS


@pytest.mark.parametrize(
    "values, scale",
    [
        (("800000", "480000"), words.MILLIONS),
        (("-1200000", None, "9000"), words.MILLIONS),
        (("310000", "25000", "0"), words.THOUSANDS),
        (("1200000", "3000"), words.THOUSANDS),
        (("900",), words.UNITS),
        ((), words.UNITS),
    ],
)
def test_a_sentence_is_written_in_the_form_of_its_largest_amount(values, scale):
    assert words.together(None if value is None else D(value) for value in values) == scale


def test_shares_and_ratios_read_with_their_sign():
    assert words.share(D("0.0952"), 1) == "9.5 %"
    assert words.share(D("0.24")) == "24 %"
    assert words.points(D("-0.031")) == "−3 pts"
    assert words.ratio(D("1.3968")) == "1.40x"
    assert words.ratio(D("1.3968"), short=True) == "1.4x"
    assert words.ratio(D("2.65"), short=True) == "2.65x"
    assert words.ratio(D("10"), short=True) == "10.0x"
    assert words.ratio(None, short=True) == "n/a"
    assert words.value_text(D("23.5"), Unit.DAYS, None) == "24 days"


@pytest.mark.parametrize(
    "share,text",
    [
        (D(480) / D(590), "four-fifths"),
        (D(1) / D(3), "a third"),
        (D("0.35"), "a third"),
        (D(1), "all"),
        (D("0.999"), "100 %"),
        (D("0.45"), "45 %"),
        (D("0.5"), "half"),
    ],
)
def test_a_share_is_said_in_words_only_where_a_fraction_is_near(share, text):
    assert words.share_word(share) == text


def test_counts_are_words_up_to_twelve():
    assert [words.number_word(value) for value in (0, 1, 7, 12, 13, 1204)] == [
        "no",
        "one",
        "seven",
        "twelve",
        "13",
        "1,204",
    ]
    assert [words.ordinal(value) for value in (1, 3, 11, 22, 113)] == [
        "first",
        "third",
        "11th",
        "22nd",
        "113th",
    ]


@pytest.mark.parametrize(
    "left,text", [(38, "5½ weeks"), (39, "5½ weeks"), (42, "6 weeks"), (9, "9 days"), (1, "1 day")]
)
def test_the_rest_of_a_quarter_is_said_to_the_half_week(left, text):
    assert words.weeks(left) == text


def test_a_day_names_its_year_only_when_it_is_far():
    today = date(2026, 11, 23)

    assert words.day(date(2027, 1, 29), today) == "29 Jan"
    assert words.day(date(2027, 12, 29), today) == "29 Dec 2027"
    assert words.day(None) == "n/a"
    assert words.dated(date(2026, 11, 16)) == "Mon 16 Nov"


def test_an_instant_is_said_in_the_organisations_zone():
    at = datetime(2026, 11, 23, 13, 30, tzinfo=UTC)

    assert words.instant(at, ZoneInfo("America/New_York")) == "23 Nov 08:30 ET"
    assert words.instant(at, ZoneInfo("Europe/Berlin")) == "23 Nov 14:30 CET"


def test_foreign_text_keeps_its_letters_and_loses_what_breaks_files():
    assert words.clean("a\r\nb\rc\td") == "a\nb\nc\td"
    assert words.clean("x\x00\x07\x0b\x1f\ud800\ufffe\uffff\x85y") == "xy"
    assert words.clean("evil\u202egpj") == "evilgpj"
    assert words.clean('Brandt & Söhne <b> {{won}} "q" 🚚 שלום') == 'Brandt & Söhne <b> {{won}} "q" 🚚 שלום'
    assert words.line("  two\n lines\t here ") == "two lines here"


@given(st.text(max_size=400), st.integers(min_value=2, max_value=40))
def test_cleaned_text_is_utf8_and_fits(text, limit):
    cleaned = words.line(text, limit)

    cleaned.encode("utf-8")
    assert len(cleaned) <= limit
    assert words.line(cleaned, limit) == cleaned or cleaned.endswith("…")


def test_a_cut_never_splits_a_joined_character():
    assert words.clip("ab👩‍🚒cd", 4) == "ab…"
    assert words.clip("ae\u0301x", 3) == "a…"
    assert words.clip("short", 5) == "short"


def test_a_right_to_left_name_is_set_apart_in_a_sentence():
    assert words.isolate("שלום") == "\u2068שלום\u2069"
    assert words.isolate("Söhne") == "Söhne"


def test_lists_of_words_are_joined():
    assert words.joined([]) == ""
    assert words.joined(["a"]) == "a"
    assert words.joined(["a", "b", "c"]) == "a, b and c"
