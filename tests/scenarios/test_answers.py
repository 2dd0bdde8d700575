"""What the invented company's numbers are when they are asked for: the same as on its slides, for the time that was said."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from bot import flows
from bot.agent.answers import questions
from bot.agent.answers.asking import Asker, Asking
from bot.agent.intents import Candidate, Choose
from bot.agent.reply import Reply
from bot.agent.turn import memory, turn
from bot.wiring import Installation
from reports import words
from reports.measures import measure
from reports.spec import Question

DANA = Asker(name="Dana Whitcombe")


def answers(installation: Installation, *texts: str) -> list[Reply]:
    """Return what is answered to one message after the other, in one thread."""
    line = installation.line()
    return [turn(line, text, thread_id="t", asker=DANA)[0] for text in texts]


def test_slippage_of_the_week_is_that_of_the_second_slide(installation: Installation) -> None:
    for reply in answers(installation, "slippage this week", "slippage", "slippage last week"):
        assert reply.lines[0].startswith("Slippage, Q4, Mon 16 Nov to Mon 23 Nov: 9.5 %, 5 deals")
        assert "3.8 %" in reply.lines[0]


def test_a_question_as_of_a_day_says_the_day_and_is_stamped_with_it(installation: Installation) -> None:
    monday, year = answers(installation, "pipeline last monday", "pipeline a year ago")

    assert monday.lines[0].startswith("Open pipeline closing in Q4 as of Mon 16 Nov: $6.21M")
    assert "16 Nov 23:59 ET" in monday.small[0]
    assert year.lines[0].startswith("Open pipeline closing in FY25-Q4 as of Sun 23 Nov 2025:")
    assert "23 Nov 2025 23:59 ET" in year.small[0]


def test_whether_the_quarter_is_safe_is_answered_with_gap_and_coverage(installation: Installation) -> None:
    (reply,) = answers(installation, "is the quarter safe?")

    assert reply.lines == (
        "Q4 is $0.80M short of $5.80M: won $3.06M, commit $1.94M.",
        "Coverage of what is left: 2.00x, 2.2x needed (company setting).",
    )
    assert reply.grid is not None
    assert ("EMEA", "$0.57M", "26", "$1.90M", "1.40x") in reply.grid.rows


def test_what_to_decide_are_the_decisions_of_the_weekly(installation: Installation) -> None:
    line = installation.line()
    _, made = turn(line, "weekly", thread_id="w", asker=DANA)
    assert made is not None

    (reply,) = answers(installation, "what should I do today")

    assert reply.lines[0] == "Three decisions to take for Q4:"
    assert [said[:20] for said in reply.lines[1:]] == [
        f"{item.letter}. {item.words.text}"[:20] for item in made.deck.message.decisions
    ]


def test_the_best_rep_is_named_and_the_list_begins_with_the_same(installation: Installation) -> None:
    best, least = answers(installation, "who is the best rep", "worst reps")

    assert best.grid is not None
    assert best.lines[1].startswith(f"Most: {best.grid.rows[0][0]} {best.grid.rows[0][1]}, ")
    assert least.lines[1].startswith("Least: ")


@pytest.mark.parametrize(
    "text",
    ["pipeline by rep", "gap", "bridge", "bookings by quarter by segment", "why did we lose deals", "wins"],
)
def test_a_column_of_an_answer_has_one_form_of_money(installation: Installation, text: str) -> None:
    (reply,) = answers(installation, text)

    assert reply.grid is not None
    for column in zip(*reply.grid.rows, strict=True):
        assert len({cell[-1] for cell in column if "$" in cell}) <= 1


def test_amounts_held_against_each_other_have_one_form(installation: Installation) -> None:
    beside, cause = answers(installation, "bookings emea vs last year", "why is apac low")

    assert beside.lines[1] == "Same day a year before (23 Nov 2025): $0.69M; now $0.05M less."
    assert len(set(re.findall(r"\$[\d.]+(\w?)", cause.lines[2]))) == 1


def test_a_rounded_column_says_so_beside_its_exact_total(installation: Installation) -> None:
    rounded, exact = answers(installation, "pipeline by segment", "commit by region")

    assert "Figures are rounded; the total is exact." in rounded.small
    assert "Figures are rounded; the total is exact." not in exact.small


@pytest.mark.parametrize(
    "text, why",
    [
        ("coverage by rep", "There is none by rep: no target for FY26-Q4 in the company file for 26 rows."),
        ("gap by segment", "There is none by segment: targets are set by region and owner, not by segment."),
    ],
)
def test_a_table_without_a_value_is_one_sentence_that_says_why(
    installation: Installation, text: str, why: str
) -> None:
    (reply,) = answers(installation, text)

    assert reply.lines[-1] == why
    assert reply.grid is None


def test_targets_that_no_part_has_make_no_column(installation: Installation) -> None:
    (reply,) = answers(installation, "attainment by rep")

    assert reply.grid is not None
    assert reply.grid.headings == ("Owner", "Won", "Deals")
    assert "Target: $5.80M, attained 53 %." in reply.lines


def test_rows_without_a_value_are_folded_into_one(installation: Installation) -> None:
    line = installation.line()
    with flows.pull(line) as view:
        asking = Asking(line=line, view=view, asker=DANA, thread=memory(line, "t"), revision=None, key="t")
        found = measure(view, "coverage", by=("owner",))
        rows = (found.rows[0].model_copy(update={"value": Decimal("1.5")}), *found.rows[1:])
        grid = questions._grid(
            asking,
            found.model_copy(update={"rows": rows}),
            (),
            Question(measure="coverage", by=("owner",)),
            ("2.00x", "212"),
            words.UNITS,
        )

    assert grid.rows == (
        ("Aiko Nishida", "1.50x", "9"),
        ("25 without a value", "n/a", "203"),
        ("All", "2.00x", "212"),
    )


def test_months_add_up_to_their_year(installation: Installation) -> None:
    months, year = answers(installation, "bookings by month", "bookings this year")

    assert months.grid is not None
    assert [row[0] for row in months.grid.rows] == [
        *(f"{name} 2026" for name in "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov".split()),
        "All",
    ]
    assert sum(int(row[2].replace(",", "")) for row in months.grid.rows[:-1]) == int(months.grid.rows[-1][2])
    assert months.grid.rows[-1][1] in year.lines[0]


def test_a_split_by_month_has_the_regions_as_columns(installation: Installation) -> None:
    plain, split, back = answers(
        installation, "bookings last quarter by month", "by month and region", "by segment"
    )

    assert plain.grid is not None
    assert split.grid is not None
    assert back.grid is not None
    assert split.grid.headings == ("Month", "AMER", "EMEA", "APAC", "All")
    assert [row[0] for row in split.grid.rows] == ["Jul 2026", "Aug 2026", "Sep 2026", "All"]
    assert [row[-1] for row in split.grid.rows] == [row[1] for row in plain.grid.rows]
    assert back.grid.headings[0] == "Segment"


def test_two_quarters_stand_beside_each_other(installation: Installation) -> None:
    (reply,) = answers(installation, "bookings q3 vs q4")

    assert reply.lines == ("Won: Q3 $5.41M, Q4 $3.06M.",)


def test_a_bridge_shows_its_two_ends_and_only_what_moved(installation: Installation) -> None:
    (reply,) = answers(installation, "waterfall")

    assert reply.lines == ("Open Q4 pipeline, Mon 16 Nov to Mon 23 Nov: $6.23M → $5.49M.",)
    assert reply.grid is not None
    assert [row[0] for row in reply.grid.rows] == [
        *(
            "opening",
            "created",
            "pulled in",
            "increased",
            "won",
            "pushed out",
            "decreased",
            "lost",
            "closing",
        ),
    ]


def test_lost_deals_are_told_by_reason(installation: Installation) -> None:
    listed, counted, none = answers(
        installation, "deals lost to competitor", "why do we lose", "lost because of gorillas"
    )

    assert listed.grid is not None
    assert {row[-1] for row in listed.grid.rows} == {"Competitor"}
    assert counted.grid is not None
    competitor = next(row for row in counted.grid.rows if row[0] == "Competitor")
    assert listed.lines[0].startswith(f"{competitor[1]} deals, {competitor[2]}, lost, closed this quarter")
    assert none.lines[0].startswith("No lost deal has a reason with 'gorillas'.")
    assert none.grid == counted.grid


def test_next_steps_are_listed_and_those_that_miss_one_counted(installation: Installation) -> None:
    steps, rest = answers(installation, "next steps", "deals without next step due this quarter")

    assert steps.grid is not None
    assert steps.grid.headings[-1] == "Next step"
    assert "212 deals, $5.49M" in steps.lines[0]
    assert steps.lines[0].endswith(f"; {rest.lines[0].split()[0]} without a next step.")


@pytest.mark.parametrize("text", ["attainment by rep", "gap by rep", "coverage november"])
def test_a_missing_target_has_its_reason(installation: Installation, text: str) -> None:
    (reply,) = answers(installation, text)

    assert any("no target for" in said or "no target:" in said for said in (*reply.lines, *reply.small))


def test_the_close_date_of_another_year_carries_its_year(installation: Installation) -> None:
    lost, won = answers(installation, "deals lost last year", "won deals over 100k last year")

    for reply in (lost, won):
        assert reply.grid is not None
        place = next(place for place, name in enumerate(reply.grid.headings) if name.startswith("Close"))
        assert all("2025" in row[place] for row in reply.grid.rows)


def test_a_slide_about_slippage_of_this_week_tells_what_the_answer_tells(installation: Installation) -> None:
    line = installation.line()
    turn(line, "weekly", thread_id="w", asker=DANA)

    _, made = turn(line, "add slippage this week", thread_id="w", asker=DANA)

    assert made is not None
    (slide,) = (slide for slide in made.deck.slides if slide.key == "measure")
    assert slide.title.text == "Slippage is 9 % in FY26-Q4."


def test_one_slide_can_show_all_regions_of_a_report_for_one(installation: Installation) -> None:
    line = installation.line()
    turn(line, "weekly emea", thread_id="w", asker=DANA)

    reply, made = turn(line, "slide 3 all regions", thread_id="w", asker=DANA)

    assert made is not None
    assert reply.changes[0] == "Slide 3 now shows all regions"
    assert [slide.scope for slide in made.deck.slides].count("all regions") == 1
    assert made.deck.slides[2].scope == "all regions"


def test_a_slide_by_month_is_refused_with_the_words_that_give_the_table(installation: Installation) -> None:
    line = installation.line()
    turn(line, "weekly", thread_id="w", asker=DANA)

    reply, made = turn(line, "add bookings by month", thread_id="w", asker=DANA)

    assert made is None
    assert reply.lines == ("A slide cannot show every month yet; ask for the table here: bookings by month.",)


def test_what_it_is_compared_with_is_told_in_words_too(installation: Installation) -> None:
    week, target, ahead = answers(
        installation, "pipeline vs last week", "bookings vs target", "are we ahead of last year"
    )

    assert week.lines[1] == "A week earlier (16 Nov): $6.23M; now $0.74M less."
    assert target.lines[1] == "Target: $5.80M, attained 53 %."
    assert ahead.lines[1].startswith("Same day a year before (23 Nov 2025): $1.03M; now $2.03M more")


def test_deals_of_a_type_that_does_not_count_are_said_not_to_count_and_are_no_zero(
    installation: Installation,
) -> None:
    for reply in answers(
        installation, "bookings renewals this year", "weekly renewals", "list open renewals over 10k"
    ):
        assert reply.lines == (
            "deals of type Renewal do not count by the company file (scope: New business, Expansion).",
        )


def test_which_types_count_is_disclosed_below_an_answer_and_in_the_notes_of_a_slide(
    installation: Installation,
) -> None:
    line = installation.line()
    _, made = turn(line, "weekly", thread_id="w", asker=DANA)
    (answer,) = answers(installation, "bookings this year")

    assert made is not None
    assert "Counts New business and Expansion only (company file)." in made.deck.slides[0].notes
    assert "Counts New business and Expansion only" in answer.small


def test_who_is_behind_names_those_who_won_nothing_and_counts_them_in_its_note(
    installation: Installation,
) -> None:
    (reply,) = answers(installation, "who is behind")

    assert reply.lines[-1] == "Least: Diego Paz $0, Fergus Mallory $0, Tane Rewiri $0."
    assert reply.grid is not None
    assert f"No target for FY26-Q4 in the company file for {len(reply.grid.rows) - 1} rows" in [
        line[:1].upper() + line[1:] for line in reply.small
    ]


def test_a_target_of_a_quarter_to_come_is_answered_with_the_target_or_that_there_is_none(
    installation: Installation,
) -> None:
    none, some = answers(installation, "target q2 2027", "target next quarter")

    assert none.lines == ("No target for FY27-Q2 in the company file for this scope.",)
    assert none.grid is None
    assert some.lines == ("Target, Q1: $4.00M.",)
    assert not any("without an amount" in line for line in (*none.small, *some.small))


def test_slippage_of_a_month_is_not_held_against_an_average_of_weeks(installation: Installation) -> None:
    month, week = answers(installation, "slippage emea last month", "slippage emea last week")

    assert month.lines == ("Slippage, Q4, Thu 1 Oct to Sat 31 Oct, EMEA: 4.0 %, 3 deals.",)
    assert "4-week average before it" in week.lines[0]


def test_a_missing_next_step_is_counted_by_a_rule_that_the_answer_says(installation: Installation) -> None:
    (reply,) = answers(installation, "no next step")

    assert reply.small[0] == (
        "Counted: open deals due by the end of Q4, from Evaluation on; the hygiene slide counts any close date."
    )


def test_one_record_alone_is_proposed_and_is_not_called_several(installation: Installation) -> None:
    one = Candidate(what="account", id="a", name="Velde Logistiek")
    meant = Choose(name="7", candidates=(one,), text="{}")

    reply, _ = turn(installation.line(), "7", thread_id="t", asker=DANA, meant=meant)

    assert reply.lines == ("Did you mean this, by '7'?",)
    assert len(reply.buttons) == 1
