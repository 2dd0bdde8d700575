"""The findings on the demo company, against what was planted in it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from connectors.access import Access
from connectors.demo import DemoCrm
from connectors.demo.crm import company
from connectors.demo.truth import truth
from connectors.mirror import Mirror, open_generation
from connectors.records import ForecastClass, Status
from reports.deck import Words
from reports.facts import Period, Unit
from reports.findings import Finding, Inspection, Move, find, inspect, moves
from reports.narrative import guard
from reports.view import PipelineView, open_view
from reports.words import MILLIONS, money
from tests.reports.findings.scores import SHOWING, harmed, scores, table

TOP_COMMIT = 7


@cache
def demo() -> DemoCrm:
    return DemoCrm()


@cache
def planted() -> Mapping[str, Mapping[str, list[str]]]:
    return truth(demo())


@pytest.fixture(scope="module")
def view() -> PipelineView:
    with TemporaryDirectory() as home:
        generation = Mirror(Path(home), "demo").load(demo())
        yield open_view(open_generation(generation), company(), Access.operator("demo"))


@pytest.fixture(scope="module")
def quarter(view: PipelineView) -> Period:
    return view.calendar.quarter(view.today)


@pytest.fixture(scope="module")
def findings(view: PipelineView, quarter: Period) -> tuple[Finding, ...]:
    return find(view, quarter)


@pytest.fixture(scope="module")
def three(view: PipelineView, quarter: Period, findings: tuple[Finding, ...]) -> tuple[Move, ...]:
    return moves(view, quarter, findings)


@pytest.fixture(scope="module")
def commits(view: PipelineView, quarter: Period) -> dict[str, Inspection]:
    deals = view.deals(status=Status.OPEN, category=ForecastClass.COMMIT, due=quarter)[:TOP_COMMIT]
    looks = inspect(view, deals, period=quarter)
    return {deal.name: looks[deal.id] for deal in deals}


def by_kind(findings: tuple[Finding, ...], kind: str) -> dict[str, Finding]:
    return {finding.deal: finding for finding in findings if finding.kind == kind}


def test_the_three_moves_of_the_story_come_out_of_the_rules(three: tuple[Move, ...]) -> None:
    assert sorted((move.kind.value, move.deals, move.owner, move.value) for move in three) == [
        (
            "better_than_called",
            ("Vespergate Building Supply", "Brindlewick Tools"),
            "Walt Pruitt",
            Decimal(420_000),
        ),
        ("ready_to_pull_in", ("Tannholm Getränke",), "Birgit Sommerfeld", Decimal(130_000)),
        ("save", ("Ostrander Paper",), "Jonas Adler", Decimal(310_000)),
    ]


def test_odds_say_less_than_half_of_what_is_on_the_table(three: tuple[Move, ...]) -> None:
    total = sum((move.weighted for move in three), Decimal(0))

    assert money(sum((move.value for move in three), Decimal(0)), "USD", MILLIONS) == "$0.86M"
    assert money(total, "USD", MILLIONS) == "$0.45M"
    assert all(move.n >= 20 for move in three)
    assert all(move.odds_now < move.odds_peer for move in three)


def test_every_opportunity_that_was_planted_is_found(findings: tuple[Finding, ...]) -> None:
    for kind, ids in planted()["opportunities"].items():
        assert set(ids) <= {finding.deal_id for finding in findings if finding.kind == kind}, kind
    assert set(planted()["season"]["revive"]) <= {f.deal_id for f in findings if f.kind == "revive"}


def test_ostrander_is_told_as_a_person_would_tell_it(findings: tuple[Finding, ...]) -> None:
    texts = [evidence.text for evidence in by_kind(findings, "save")["Ostrander Paper"].evidence]

    assert texts[:2] == [
        "Left Q4: 18 Dec → 29 Jan (third move)",
        "No buyer touch for 24 days (usual gap: 6 days)",
    ]


def test_the_slipped_deal_that_is_dead_is_not_a_chance(findings: tuple[Finding, ...]) -> None:
    assert "Brandt & Söhne" not in by_kind(findings, "save")


def test_one_commit_deal_of_seven_shows_three_warning_signs(commits: dict[str, Inspection]) -> None:
    signs = {name: [sign.kind.value for sign in look.signs] for name, look in commits.items()}

    assert signs["Velde Logistiek"] == ["stale", "pushed", "no_next_step"]
    assert [name for name, found in signs.items() if found] == ["Velde Logistiek"]


def test_a_rep_who_logs_little_and_a_deal_in_procurement_are_left_alone(
    commits: dict[str, Inspection],
) -> None:
    assert commits["Marrowgate Produce"].idle_days > 10
    assert commits["Marrowgate Produce"].signs == ()
    slow = commits["Yarrowby Pharma Supply"]
    assert slow.norm_days is not None
    assert slow.days_in_stage > slow.norm_days
    assert slow.signs == ()


def test_decoys_without_a_harm_are_left_alone(findings: tuple[Finding, ...]) -> None:
    harms, decoys = harmed(planted()), planted()["decoys"]
    loud = {
        f.deal_id for f in findings if f.deal_id not in harms and (f.kind == "stale" or f.severity.rank >= 2)
    }

    assert loud & set(decoys["logs_little"]) == set()
    assert loud & set(decoys["friday"]) == set()
    # One slow deal may well be past its date and silent, too.
    assert len(loud & set(decoys["procurement"])) <= 1


def test_rules_find_what_was_planted_better_than_chance(
    view: PipelineView, quarter: Period, findings: tuple[Finding, ...]
) -> None:
    due = {deal.id for deal in view.deals(status=Status.OPEN) if deal.close and deal.close < quarter.end}
    found = scores(findings, planted(), due)
    print(f"\nplanted and showing: {', '.join(SHOWING)}\n{table(found)}")

    chance = found["all"].precision
    assert found["stale"].precision > 0.8
    assert found["stale"].recall > 0.4
    assert found["pushed"].precision > 2 * chance
    assert found["overdue"].precision > 1.5 * chance
    assert found["risk or severe"].precision > 2 * chance
    assert found["any rule"].recall > 0.8


def test_every_number_on_a_finding_comes_from_a_fact(findings: tuple[Finding, ...]) -> None:
    for finding in findings:
        for evidence in finding.evidence:
            assert guard(Words(text=evidence.text, template=evidence.template), evidence.facts) == ()


def test_findings_of_a_region_are_those_of_the_whole_that_lie_in_it(
    view: PipelineView, quarter: Period, findings: tuple[Finding, ...]
) -> None:
    from reports.facts import Filter

    emea = find(view.where(Filter(dim="region", values=("EMEA",))), quarter)
    whole = {f.id for f in findings if f.region == "EMEA" and f.kind != "expansion"}

    # Of expansions only the best twenty of a scope are told.
    assert {f.id for f in emea if f.kind != "expansion"} == whole
    assert len(emea) > 20


def test_a_program_reads_money_and_scores_with_two_decimals_and_odds_with_four(
    findings: tuple[Finding, ...],
) -> None:
    for finding in findings:
        read = finding.model_dump(mode="json")
        told = [fact.value for fact in finding.facts if fact.unit is Unit.MONEY]

        assert all(len(read[name].partition(".")[2]) == 2 for name in ("stake", "slipping", "score"))
        assert all(len(str(odds)) <= 6 for odds in (read["odds_now"], read["odds_peer"]) if odds)
        assert all(value is None or len(value.partition(".")[2]) <= 2 for value in told)
