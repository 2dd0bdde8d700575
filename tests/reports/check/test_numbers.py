"""Numbers: the three contradictions of the sample are caught, and each kind of wrong number by its own rule."""

from __future__ import annotations

from decimal import Decimal

import pytest

from reports.check import check, content_problems, errors
from reports.check.figures import counted, figures, reads
from reports.deck import Deck, Lines, Table, Tiles, Words
from reports.facts import Unit
from reports.render import render
from tests.reports.check.sample import coverage, mended, money, movement, sample, slide


def found(deck: Deck) -> list[tuple[str, str]]:
    return [(problem.rule, problem.where) for problem in errors(content_problems(deck))]


def only(deck: Deck, rule: str) -> None:
    problems = errors(content_problems(deck))

    assert {problem.rule for problem in problems} == {rule}, "\n".join(map(str, problems))


def changed(number: int, **values: object) -> Deck:
    """Return the good sample with one slide changed."""
    deck = mended()
    slides = list(deck.slides)
    slides[number - 1] = slides[number - 1].model_copy(update=values)
    return deck.model_copy(update={"slides": tuple(slides)})


def with_block(number: int, place: int, **values: object) -> Deck:
    """Return the good sample with one block of one slide changed."""
    blocks = list(mended().slides[number - 1].blocks)
    blocks[place] = blocks[place].model_copy(update=values)
    return changed(number, blocks=tuple(blocks))


def test_the_sample_looks_right_but_all_three_contradictions_are_caught():
    deck = sample()
    problems = errors(check(render(deck), deck))

    assert {(problem.rule, problem.where) for problem in problems} == {
        ("footing.ratio", "slide 3"),
        ("exclusive.sets", "slide 1"),
        ("claims.count", "slide 4"),
    }
    said = "\n".join(str(problem) for problem in problems)
    assert "coverage reads 2.6x, but open / (target − won) is 3.65x" in said
    assert "'Northwind' is slipped on slide 1 and commit on slide 4" in said
    assert "'Fabrikam' is slipped on slide 1 and commit on slide 4" in said
    assert "says 2 red flags; the table shows 1 or 3" in said


def test_the_mended_sample_passes_every_check():
    deck = mended()

    assert errors(check(render(deck), deck)) == ()


def test_a_number_in_machine_words_needs_a_fact():
    line = Words(text="Nine deals are at risk.", template="Nine deals are at risk.")

    only(with_block(1, 1, lines=(line,)), "numbers.unbound")


def test_a_person_may_write_any_number():
    line = Words(text="I count 14 deals worth $9M.", by="Dana Whitcombe")
    title = Words(text="We will win 3 more than the 2 we need", by="Dana Whitcombe")
    deck = with_block(1, 1, lines=(line,))
    first = deck.slides[0].model_copy(update={"title": title})

    assert found(deck.model_copy(update={"slides": (first, *deck.slides[1:])})) == []


def test_a_persons_title_that_the_slide_does_not_bear_out_is_told_and_no_more():
    title = Words(text="We are $0.2M short of $12.0M", by="Dana Whitcombe")
    problems = content_problems(changed(1, title=title))

    assert [(problem.severity, problem.rule) for problem in problems] == [("warning", "numbers.person")]
    assert "says $0.2M, which nothing on the slide shows" in str(problems[0])


def test_a_fact_that_reads_otherwise_than_it_is_is_caught():
    facts = tuple(
        fact.model_copy(update={"value": "1600000"}) if fact.id == "gap" else fact
        for fact in mended().slides[0].facts
    )

    assert ("numbers.fact", "slide 1") in found(changed(1, facts=facts))


def test_a_tile_shows_its_fact():
    tiles = mended().slides[0].blocks[0]
    assert isinstance(tiles, Tiles)
    wrong = tiles.tiles[0].model_copy(update={"value": "$10.4M"})

    only(with_block(1, 0, tiles=(wrong, *tiles.tiles[1:])), "numbers.tile")


def test_a_tile_may_not_name_a_number_beside_its_fact():
    tiles = mended().slides[0].blocks[0]
    assert isinstance(tiles, Tiles)
    more = tiles.tiles[0].model_copy(update={"detail": "+$0.4M week on week"})

    only(with_block(1, 0, tiles=(more, *tiles.tiles[1:])), "numbers.unbound")


def test_a_cell_shows_its_value():
    table = mended().slides[3].blocks[0]
    assert isinstance(table, Table)
    row = table.rows[0]
    cell = row.cells[1].model_copy(update={"text": "$0.9M"})
    rows = (row.model_copy(update={"cells": (row.cells[0], cell, *row.cells[2:])}), *table.rows[1:])

    only(with_block(4, 0, rows=rows), "numbers.cell")


def test_a_waterfall_that_does_not_foot_is_caught():
    chart = movement().blocks[0]
    assert chart.type == "chart"
    values = list(chart.series[0].values)
    values[2] = Decimal(500_000)
    series = (chart.series[0].model_copy(update={"values": tuple(values)}),)

    only(with_block(2, 0, series=series), "footing.waterfall")


def test_a_waterfall_that_foots_only_exactly_has_to_say_rounded():
    chart = movement().blocks[0]
    assert chart.type == "chart"
    values = [Decimal(number) for number in (17_740_000, 1_540_000, 440_000, -600_000, -1_400_000, -800_000)]
    values.append(sum(values, Decimal(0)))
    series = (chart.series[0].model_copy(update={"values": tuple(values)}),)
    silent = with_block(2, 0, series=series)

    assert ("footing.rounded", "slide 2") in found(silent)
    assert ("footing.rounded", "slide 2") not in found(with_block(2, 0, series=series, heading="Rounded"))


def test_a_total_is_the_sum_of_its_parts():
    table = coverage("3.7x").blocks[0]
    assert isinstance(table, Table)
    last = table.rows[-1]
    cell = last.cells[1].model_copy(update={"text": "$12.1M", "value": Decimal(12_100_000)})
    row = last.model_copy(update={"cells": (last.cells[0], cell, *last.cells[2:])})

    assert ("footing.total", "slide 3") in found(with_block(3, 0, rows=(*table.rows[:-1], row)))


TITLES = {
    "The quarter is {{gap}} ahead of {{target}}": "claims.distance",
    "The quarter is {{n_x}} short of {{target}}": "claims.distance",
    "The call holds {{target}} of {{called}}": "claims.part",
}


@pytest.mark.parametrize("title", TITLES)
def test_a_claim_in_a_title_is_worked_out_anew(title):
    first = mended().slides[0]
    told = slide(1, "summary", title, first.blocks, first.facts)

    only(changed(1, title=told.title), TITLES[title])


def test_a_direction_in_a_title_is_that_of_the_waterfall():
    deck = mended()
    second = deck.slides[1]
    wrong = slide(2, "movement", "Open pipeline rose {{change}} this week", second.blocks, second.facts)
    other = (money("change", 8), *second.facts[1:])
    less = slide(2, "movement", "Open pipeline fell {{change}} this week", second.blocks, other)

    only(changed(2, title=wrong.title), "claims.direction")
    only(changed(2, title=less.title, facts=other), "claims.direction")


def test_a_figure_said_of_a_row_stands_in_that_row():
    third = mended().slides[2]
    facts = (third.facts[0].model_copy(update={"text": "AMER", "value": "AMER"}), third.facts[1])
    told = slide(3, "coverage", "{{low}} covers {{low_x}} of what is left", third.blocks, facts)

    only(changed(3, title=told.title, facts=facts), "claims.label")


def test_the_lowest_row_is_the_lowest():
    third = mended().slides[2]
    facts = (
        third.facts[0].model_copy(update={"text": "APAC", "value": "APAC"}),
        third.facts[1].model_copy(update={"text": "5.0x", "value": "5"}),
    )
    told = slide(3, "coverage", "{{low}} is lowest at {{low_x}}", third.blocks, facts)

    only(changed(3, title=told.title, facts=facts), "claims.extreme")


def test_a_deal_that_slipped_into_the_period_may_be_commit():
    deck = sample()
    first = deck.slides[0]
    lines = first.blocks[1]
    assert isinstance(lines, Lines)
    into = lines.lines[0].model_copy(
        update={
            "template": lines.lines[0].template.replace("to {{next}}", "into {{next}}"),
            "text": lines.lines[0].text.replace("to Q1", "into Q1"),
        }
    )
    told = first.model_copy(update={"blocks": (first.blocks[0], lines.model_copy(update={"lines": (into,)}))})

    assert "exclusive.sets" not in {
        rule for rule, _ in found(deck.model_copy(update={"slides": (told, *deck.slides[1:])}))
    }


READS = (
    ("$0.80M", "800000", Unit.MONEY, True),
    ("$0.80M", "804999", Unit.MONEY, True),
    ("$0.80M", "805001", Unit.MONEY, False),
    ("−$570k", "-570000", Unit.MONEY, True),
    ("A$1,204", "1204", Unit.MONEY, True),
    ("four-fifths", "0.8136", Unit.SHARE, True),
    ("four-fifths", "0.7", Unit.SHARE, False),
    ("24 %", "0.244", Unit.SHARE, True),
    ("+3 pts", "0.03", Unit.SHARE, True),
    ("seven", "7", Unit.COUNT, True),
    ("seven", "8", Unit.COUNT, False),
    ("1,204", "1204", Unit.COUNT, True),
    ("5½ weeks", "39", Unit.DAYS, True),
    ("5½ weeks", "30", Unit.DAYS, False),
    ("third", "3", Unit.COUNT, True),
    ("1.4x", "1.397", Unit.RATIO, True),
    ("–", "0", Unit.MONEY, True),
)


@pytest.mark.parametrize("text, value, unit, fits", READS)
def test_a_text_says_a_value_at_the_precision_it_is_written_in(text, value, unit, fits):
    assert reads(text, Decimal(value), unit) is fits


def test_periods_and_windows_are_no_figures():
    text = "FY26-Q4 and H2, a 4-week average"

    assert [figure.text for figure in figures(text)] == ["4"]
    assert list(counted(text)) == []


def test_a_comma_behind_a_figure_is_none_of_its_digits():
    assert [(item.text, item.value) for item in figures("short of $1,000, AMER by 12,")] == [
        ("$1,000", Decimal(1000)),
        ("12", Decimal(12)),
    ]
