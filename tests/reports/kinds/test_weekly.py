"""The weekly on Larkmoor reads as the story goes, in every scope."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from reports.check.footing import footing_problems
from reports.compose import compose
from reports.errors import NothingThere
from reports.facts import Filter
from reports.kinds import weekly
from reports.measures import measure
from reports.render import render
from reports.spec import Note, PersonText
from tests.reports.deck_text import deck_text, slide_text
from tests.reports.kinds.looked import assert_every_number_is_a_fact, block, region
from tests.reports.render import reading

TITLES = (
    "Q4 is $0.80M short of $5.80M with 5½ weeks left; EMEA is $0.57M of the gap.",
    "Open Q4 pipeline fell $0.74M this week; $0.59M slipped, four-fifths of it in two EMEA deals.",
    "EMEA covers 1.4x of what is left and needs 2.2x; AMER has 2.65x.",
    "Seven commit deals carry $1.31M of $1.94M; one shows three warning signs.",
    "Nine deals left: five slipped ($0.59M), four lost ($0.23M).",
    "Where we can win: three moves are worth $0.86M, more than the gap; odds say $0.45M.",
    "Q1 opens with $4.1M of the $8.8M it needs.",
    "Four of five actions done; 64 close dates are past due ($1.1M).",
)


@pytest.mark.parametrize("number,title", tuple(enumerate(TITLES, start=1)))
def test_titles_alone_tell_the_story(larkmoor, number, title):
    assert larkmoor.slides[number - 1].title.text == title


def test_the_message_is_the_report_for_half_of_the_mondays(larkmoor):
    message = larkmoor.message

    assert message.notification == "Q4 $0.80M short of $5.80M, EMEA is $0.57M of it. 3 decisions."
    assert message.headline.text == "Q4 is $0.80M short of $5.80M, 5½ weeks left."
    assert message.lead.text == "EMEA is $0.57M of it."
    assert message.changed_since == "Changed since Mon 16 Nov"
    assert message.changes[0].text == (
        "Ostrander Paper $310k left Q4: 18 Dec → 29 Jan. Third move, no buyer touch for 24 days (usual gap: 6)."
    )
    assert len(message.changes) == 3
    assert message.decisions[0].words.text == "Sponsor call to Ostrander Paper by Wed ($310k)"
    assert [decision.letter for decision in message.decisions] == ["A", "B", "C"]
    assert message.decisions[0].due == date(2026, 11, 25)
    assert message.grey == "23 Nov 08:30 ET · all regions · definitions v3 · r1, draft"


def test_the_way_out_is_said_in_one_breath(larkmoor):
    lines = [line.text for line in block(larkmoor, "summary", "so-what").lines]

    assert lines == [
        "It is EMEA, it is two slipped deals, and one is not dead.",
        (
            "There is $0.86M on the table: Ostrander Paper if the sponsor is reached this week ($0.31M), "
            "two deals that behave better than they are called ($0.42M) and "
            "Tannholm Getränke, ready to pull in ($0.13M); odds say $0.45M."
        ),
        "Sense is in a third of our wins.",
    ]


def test_every_number_of_every_text_is_a_fact(larkmoor):
    assert_every_number_is_a_fact(larkmoor)


def test_the_bridge_adds_up_and_its_axis_is_cut(larkmoor):
    chart = block(larkmoor, "movement", "bridge")
    values = dict(zip(chart.categories, chart.series[0].values, strict=True))

    assert values == {
        "Mon 16 Nov": Decimal(6230000),
        "Created": Decimal(310000),
        "Pulled in": Decimal(180000),
        "Increased": Decimal(90000),
        "Won": Decimal(-420000),
        "Slipped": Decimal(-590000),
        "Decreased": Decimal(-80000),
        "Lost": Decimal(-230000),
        "Mon 23 Nov": Decimal(5490000),
    }
    assert chart.totals == (0, 8)
    assert chart.axis_from == Decimal(4500000)


def test_slippage_is_held_against_its_average(larkmoor):
    first = block(larkmoor, "movement", "so-what").lines[0].text

    assert (
        first == "Slippage is 9.5 % of the pipeline, against a four-week average of 3.8 %: more than usual."
    )


def test_what_moved_clearly_more_than_slipped_is_told_instead(composed, larkmoor_view):
    deck = composed(as_of=larkmoor_view.calendar.end_of(date(2026, 10, 12)))
    lines = [line.text for line in block(deck, "movement", "so-what").lines]
    (bars,) = block(deck, "movement", "bridge").series

    assert deck.slides[1].title.text == "Open Q4 pipeline fell $1.51M this week; $1.73M was lost in 34 deals."
    assert lines[0] == "Largest movement: $1.73M was lost in 34 deals."
    assert lines[1].endswith(": about as usual.")
    assert [bars.values[place] for place in bars.highlight] == [min(bars.values)]
    assert_every_number_is_a_fact(deck)


def test_what_slipped_into_the_next_quarter_is_told_there(composed):
    deck = composed(period="next-quarter")

    assert deck.slides[1].title.text == (
        "Open Q1 pipeline rose $0.54M this week; $0.59M slipped into it with five deals."
    )


def test_coverage_by_region_is_the_table_of_the_story(larkmoor):
    table = block(larkmoor, "coverage", "coverage")

    assert [tuple(cell.text for cell in row.cells[:7]) for row in table.rows] == [
        ("AMER", "$3.20M", "$2.01M", "$1.01M", "$0.18M short", "$3.15M", "2.65x"),
        ("EMEA", "$1.90M", "$0.64M", "$0.69M", "$0.57M short", "$1.76M", "1.40x"),
        ("APAC", "$0.70M", "$0.41M", "$0.24M", "$0.05M short", "$0.58M", "2.00x"),
        ("All", "$5.80M", "$3.06M", "$1.94M", "$0.80M short", "$5.49M", "2.00x"),
    ]
    assert [row.cells[6].tone for row in table.rows] == ["good", "bad", "warn", "warn"]


def test_the_commit_deals_link_to_their_records(larkmoor):
    rows = block(larkmoor, "commit", "commit").rows

    assert len(rows) == 7
    assert all(row.record and row.cells[0].link.startswith("https://") for row in rows)
    assert next(row for row in rows if row.cells[0].text == "Velde Logistiek").cells[7].text.startswith("3: ")


def test_slow_and_quiet_but_healthy_deals_show_no_sign(larkmoor):
    signs = {row.cells[0].text: row.cells[7].text for row in block(larkmoor, "commit", "commit").rows}

    assert signs["Yarrowby Pharma Supply"] == "none"
    assert signs["Marrowgate Produce"] == "none"


def test_what_left_and_what_is_commit_have_no_deal_in_common(larkmoor):
    left = {row.record for row in block(larkmoor, "left", "left").rows}

    assert left.isdisjoint(row.record for row in block(larkmoor, "commit", "commit").rows)
    assert len(left) == 9


def test_the_moves_stand_against_the_gap(larkmoor):
    table = block(larkmoor, "win", "moves")

    assert [row.cells[1].text for row in table.rows] == ["$310k", "$420k", "$130k", "$860k"]
    assert table.rows[-1].total
    assert {tile.label: tile.value for tile in block(larkmoor, "win", "sums").tiles} == {
        "Face value of the moves": "$0.86M",
        "Odds say": "$0.45M",
        "Gap in Q4": "$0.80M",
    }


def test_the_build_ends_at_what_the_quarter_opens_with(larkmoor):
    chart = block(larkmoor, "next", "build")
    built, needed = chart.series

    assert [value for value in built.values if value is not None][-1] == Decimal(4100000)
    assert needed.values[-1] == Decimal(8800000)


def test_only_summary_and_appendix_name_the_revision(larkmoor):
    named = [slide.id for slide in larkmoor.slides if "r1, draft" in slide.footer]

    assert named == ["summary", "appendix"]
    assert larkmoor.slides[1].footer == (
        "Larkmoor Software CRM | 23 Nov 08:30 ET | all regions | definitions v3"
    )


def test_notes_say_how_the_numbers_were_computed(larkmoor):
    notes = larkmoor.slides[0].notes

    assert "period FY26-Q4, as of 23 Nov 08:30 ET, all regions" in notes
    assert "Open pipeline (open_pipeline v3): $5.49M (n = 212, 212 records)" in notes
    assert all(slide.notes for slide in larkmoor.slides)


def test_the_card_shows_target_bridge_and_moves(larkmoor):
    card = larkmoor.card

    assert card.gap_text == "$0.80M short"
    assert (card.target, card.won, card.commit) == (Decimal(5800000), Decimal(3060000), Decimal(1940000))
    assert sum(step.value for step in card.bridge[:-1]) == card.bridge[-1].value
    assert len(card.moves) == 3


def test_a_region_alone_is_not_part_of_itself(composed):
    deck = composed(filters=(region("EMEA"),))

    assert deck.slides[0].title.text == (
        "EMEA is $0.57M short of $1.90M in Q4 with 5½ weeks left; $0.48M slipped this week."
    )
    assert deck.slides[1].title.text == "Open Q4 pipeline fell $0.52M this week; $0.48M slipped in two deals."
    assert block(deck, "coverage", "coverage").columns[0].heading == "Segment"
    assert deck.scope == "EMEA"
    assert_every_number_is_a_fact(deck)


@pytest.mark.parametrize(
    "narrowed", [region("APAC"), Filter(dim="segment", values=("MM",))], ids=["region", "segment"]
)
def test_a_narrow_scope_shows_every_one_of_its_parts(composed, narrowed):
    deck = composed(filters=(narrowed,))
    wanted = [row.cells[0].text for row in block(deck, "coverage", "coverage").rows]
    number = next(slide.number for slide in deck.slides if slide.id == "coverage")
    shapes = reading.deck(render(deck)).slides[number - 1].shapes
    (shown,) = [shape.table for shape in shapes if shape.has_table]

    assert len(wanted) == 4
    assert [row.cells[0].text for row in list(shown.rows)[1:]] == wanted


def test_a_scope_without_a_target_says_so(composed):
    deck = composed(filters=(region("EMEA"), Filter(dim="segment", values=("ENT",))))

    assert deck.scope == "EMEA, Enterprise"
    assert deck.slides[0].title.text.endswith("; no target is set.")
    assert deck.card.target is None
    assert (deck.card.target_text, deck.card.gap_text) == ("No target for this scope", "")
    assert_every_number_is_a_fact(deck)


def test_one_deal_makes_a_deck_of_what_there_is(composed):
    deck = composed(filters=(Filter(dim="account", values=("Velde Logistiek",)),))

    assert [slide.id for slide in deck.slides] == ["summary", "coverage", "commit", "appendix"]
    assert len(deck.omitted) == 4
    assert [slide.number for slide in deck.slides] == [1, 2, 3, 4]
    assert (
        deck.slides[2].title.text == "One commit deal carries the whole $170k; it shows three warning signs."
    )
    assert_every_number_is_a_fact(deck)


def test_an_empty_scope_makes_no_deck_and_says_why(composed):
    with pytest.raises(NothingThere, match="each filter alone has deals, all of them together have none"):
        composed(filters=(region("APAC"), Filter(dim="account", values=("Velde Logistiek",))))


def test_another_currency_shows_the_same_deals_and_names_the_rate(composed):
    deck = composed(currency="EUR", filters=(region("EMEA"),))

    assert deck.slides[0].title.text.startswith("EMEA is €0.46M short of €1.52M")
    assert "EUR at plan rate 1.25 USD of 2 Jan 2026" in deck.slides[0].footer
    assert deck.message.changes[0].text.startswith("Ostrander Paper €248k left Q4")


def test_one_slide_may_have_its_own_scope_and_currency(composed, larkmoor):
    spec = weekly.spec()
    slides = tuple(
        slide.model_copy(update={"filters": (region("EMEA"),), "currency": "EUR"})
        if slide.id == "coverage"
        else slide
        for slide in spec.slides
    )
    deck = composed(slides=slides)

    assert deck.slides[2].title.text == "EMEA covers 1.4x of what is left and needs 2.2x."
    assert deck.slides[2].scope == "EMEA"
    assert {fact.scope for fact in deck.slides[2].facts if fact.scope} == {"EMEA"}
    assert [slide for slide in deck.slides if slide.id != "coverage"] == [
        slide for slide in larkmoor.slides if slide.id != "coverage"
    ]


def test_the_past_is_told_as_it_was_then(composed, larkmoor_view):
    as_of = larkmoor_view.calendar.end_of(date(2026, 10, 26))
    deck = composed(as_of=as_of)

    assert "9½ weeks left" in deck.slides[0].title.text
    assert deck.message.grey.startswith("26 Oct 23:59 ET")
    assert "Ostrander Paper" in slide_text(next(slide for slide in deck.slides if slide.id == "commit"))
    assert_every_number_is_a_fact(deck)


def test_a_deck_of_another_year_is_stamped_with_it(composed, larkmoor):
    deck = composed(as_of=datetime(2025, 11, 24, 23, 0, tzinfo=UTC))

    assert {slide.footer.split(" | ")[1] for slide in deck.slides} == {"24 Nov 2025 18:00 ET"}
    assert deck.message.grey.startswith("24 Nov 2025 18:00 ET · ")
    assert deck.card.footer.startswith("24 Nov 2025 18:00 ET · ")
    assert larkmoor.card.footer.startswith("23 Nov 08:30 ET · ")


def test_a_first_day_deck_says_that_there_is_no_snapshot(composed, larkmoor_view):
    deck = composed(as_of=larkmoor_view.calendar.end_of(date(2024, 1, 4)))

    assert "movement" not in {slide.id for slide in deck.slides}
    assert any(line.startswith("Movement: no snapshot a week earlier") for line in deck.omitted)
    assert deck.message.changed_since == "No snapshot a week earlier"
    assert deck.card.bridge == ()
    assert_every_number_is_a_fact(deck)


def test_a_quarter_that_is_over_is_told_as_closed(composed):
    deck = composed(period="last-quarter")

    assert deck.slides[0].title.text == "Q3 closed $0.21M ahead of $5.20M."
    assert deck.card.gap_text == "$0.21M ahead"
    assert deck.card.commit == 0


def test_only_what_is_won_counts_toward_a_quarter_that_is_over(composed, larkmoor_view):
    period = larkmoor_view.calendar.parse("last-quarter", larkmoor_view.today)
    deck = composed(period="last-quarter")
    (*parts, total) = block(deck, "coverage", "coverage").rows

    assert measure(larkmoor_view, "commit", period=period).value > 0
    assert measure(larkmoor_view, "gap", period=period).value == -total.cells[3].value
    assert sum(row.cells[3].value for row in parts) == total.cells[3].value
    assert total.cells[3].text == "$0.21M ahead"
    assert footing_problems(deck) == ()


def test_a_quarter_still_to_come_is_told_as_coming(composed):
    deck = composed(period="next-quarter")

    assert deck.slides[0].title.text == "Q1 is still to come, with $4.10M open against a target of $4.00M."
    assert not any("Walt Pruitt" in decision.words.text for decision in deck.message.decisions)
    assert [row.cells[4].text for row in block(deck, "coverage", "coverage").rows][-1] == "$3.56M to win"
    assert_every_number_is_a_fact(deck)


def test_a_persons_title_is_kept_and_marked(composed):
    title = PersonText(
        text="EMEA needs 1.2M more by Xmas", by="Dana Whitcombe", at=datetime(2026, 11, 23, 14, tzinfo=UTC)
    )
    slides = tuple(
        slide.model_copy(update={"title": title}) if slide.id == "movement" else slide
        for slide in weekly.spec().slides
    )
    deck = composed(slides=slides)

    assert deck.slides[1].title.text == "EMEA needs 1.2M more by Xmas"
    assert deck.slides[1].title.by == "Dana Whitcombe"
    assert "Title by Dana Whitcombe, not computed." in deck.slides[1].notes
    assert_every_number_is_a_fact(deck)


def test_a_note_stands_on_its_deals_rows(composed, larkmoor):
    ostrander = block(larkmoor, "left", "left").rows[0].record
    velde = next(
        row for row in block(larkmoor, "commit", "commit").rows if "Velde" in row.cells[0].text
    ).record
    said = datetime(2026, 11, 23, 15, tzinfo=UTC)
    notes = (
        Note(
            deal_id=ostrander,
            deal="Ostrander Paper",
            words=PersonText(text="legal call Tue", by="Jonas", at=said),
        ),
        Note(
            deal_id=velde,
            deal="Velde Logistiek",
            words=PersonText(text="asked for 3 more seats", by="Priya", at=said),
        ),
    )
    deck = composed(notes=notes)

    assert block(deck, "left", "left").rows[0].cells[0].note == "Jonas, 23 Nov: legal call Tue"
    assert "Priya, 23 Nov: asked for 3 more seats" in deck_text(deck)
    changed = [new.id for new, old in zip(deck.slides, larkmoor.slides, strict=True) if new != old]
    assert changed == ["commit", "left", "win"]


def test_equal_input_gives_an_equal_deck(larkmoor, larkmoor_view, last_week):
    assert compose(weekly.spec(), larkmoor_view, last_week) == larkmoor
