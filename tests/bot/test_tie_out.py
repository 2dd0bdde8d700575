"""`quarterdeck tie-out` on the invented company: its own reports, with differences planted in the file."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from bot.cli import main
from tests.fakes.exports import Row, end_of, hubspot, plain, rows_as_of, salesforce

Run = Callable[..., tuple[int, str, str]]
FIRST, AFTER, LAST = date(2026, 10, 1), date(2027, 1, 1), date(2026, 12, 31)


@pytest.fixture
def run(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Run:
    """Compare a file; return exit code, output and errors."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "environ", {"PATH": os.environ["PATH"]})

    def command(*words: str) -> tuple[int, str, str]:
        capfd.readouterr()
        try:
            code = main(["tie-out", *words, "--home", str(home)])
        except SystemExit as stop:
            code = int(stop.code or 0)
        shown = capfd.readouterr()
        return code, shown.out, shown.err

    return command


def report() -> list[Row]:
    """Return the company's own report of open pipeline this quarter, which agrees with ours."""
    scope = {"New business", "Expansion"}
    return [
        row
        for row in rows_as_of()
        if row.status == "open" and row.type in scope and row.close and FIRST <= row.close < AFTER
    ]


@cache
def planted() -> tuple[list[Row], dict[tuple[str, str], str]]:
    """Return a report with nine differences, and what each has to be found as: (where, reason) to the deal's id."""
    rows, all_rows = report(), rows_as_of()
    euro = next(row for row in rows if row.currency == "EUR" and row.amount)
    dollars = [row for row in rows if row.currency == "USD" and row.amount and row.close < LAST]
    won = next(row for row in all_rows if row.status == "won" and row.type == "Expansion")
    beyond = [row for row in all_rows if row.status == "open" and row.close and row.close >= AFTER]
    held = {row.id for row in all_rows}
    gone = next(row for row in rows_as_of(end_of(date(2026, 10, 12))) if row.id not in held)
    twice, empty, halves, odd, missing = dollars[:5]
    changed = {
        euro.id: [replace(euro, converted=euro.amount)],
        empty.id: [replace(empty, converted=None, amount=None)],
        halves.id: [
            replace(halves, converted=Decimal("0.01"), amount=Decimal("0.01")),
            replace(halves, converted=halves.converted - Decimal("0.01")),
        ],
        odd.id: [replace(odd, converted=odd.converted + Decimal("1234.56"))],
        missing.id: [],
    }
    lines = [line for row in rows for line in changed.get(row.id, [row])]
    moved = beyond[0]
    lines += [
        twice,
        replace(won, close=LAST, stage="Proposal", status="open"),
        replace(gone, close=LAST, stage="Proposal", status="open"),
    ]
    lines.append(replace(moved, close=LAST))
    found = {
        ("amount differs", "currency"): euro.id,
        ("amount differs", "no amount"): empty.id,
        ("counted more than once", "split"): halves.id,
        ("amount differs", "unexplained"): odd.id,
        ("only in ours", "unexplained"): missing.id,
        ("only in yours", "duplicate in the file"): twice.id,
        ("only in yours", "stage or status changed"): won.id,
        ("only in yours", "deleted with us"): gone.id,
        ("only in yours", "time zone" if moved.close == AFTER else "close date moved"): moved.id,
    }
    return lines, found


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_report_that_agrees_says_so(run: Run, tmp_path: Path, language: str) -> None:
    path = salesforce.details_csv(report(), tmp_path / "pipeline.csv", language=language)
    code, out, err = run(str(path))

    assert (code, err) == (0, "")
    assert out.splitlines()[:2] == [
        "Open pipeline, FY26-Q4",
        "Yours $5.49M (212), ours $5.49M (212). They agree deal by deal.",
    ]


def test_planted_differences_are_found_and_add_up_to_the_cent(run: Run, tmp_path: Path) -> None:
    rows, expected = planted()
    path = salesforce.details_csv(rows, tmp_path / "pipeline.csv")
    code, out, err = run(str(path), "--json")

    shown = json.loads(out)
    assert (code, err) == (0, "")
    assert {(item["where"], item["reason"]): item["record"] for item in shown["differences"]} == expected
    between = Decimal(shown["yours"]["value"]) - Decimal(shown["ours"]["value"])
    assert sum(Decimal(item["delta"]) for item in shown["differences"]) == between
    assert sum(Decimal(item["value"]) for item in shown["reasons"]) == between
    assert sum(item["n"] for item in shown["reasons"]) == shown["yours"]["n"] - shown["ours"]["n"]
    assert shown["unexplained"] == 2


def test_the_table_names_the_deal_its_line_and_why(run: Run, tmp_path: Path) -> None:
    rows, _ = planted()
    path = salesforce.details_csv(rows, tmp_path / "pipeline.csv")
    _, out, _ = run(str(path), "--limit", "3")

    lines = out.splitlines()
    assert lines[3].split() == ["Difference", "Deal", "Yours", "Ours", "Why"]
    assert "and 6 more; --limit shows them" in lines
    assert any(line.startswith("yours - ours") for line in lines)


def test_without_ids_a_plain_table_ties_out_by_names_and_amounts(run: Run, tmp_path: Path) -> None:
    fields = ("name", "account", "amount", "currency", "close", "stage")
    path = plain.table_csv(report(), tmp_path / "pipeline.csv", fields=fields)
    _, out, _ = run(str(path))

    assert "They agree deal by deal." in out


def test_hubspot_s_ids_are_not_ours_so_names_decide(run: Run, tmp_path: Path) -> None:
    _, out, _ = run(str(hubspot.deals_csv(rows_as_of(), tmp_path / "deals.csv")))

    assert "Yours $5.49M (212), ours $5.49M (212). They agree deal by deal." in out
    assert "lines set aside: not of the status or category" in out
    assert "lines set aside: not due in the period" in out


def test_another_measure_of_another_day_and_scope(run: Run, tmp_path: Path) -> None:
    before = end_of(date(2026, 11, 16))
    path = plain.table_csv(rows_as_of(before), tmp_path / "deals.csv")
    words = ("--measure", "bookings", "--as-of", "2026-11-16", "--where", "region=EMEA", "--json")
    code, out, _ = run(str(path), *words)

    shown = json.loads(out)
    assert code == 0
    assert datetime.fromisoformat(shown["as_of"]) == before
    assert {(item["where"], item["reason"]) for item in shown["differences"]} == {
        ("only in yours", "outside the filters"),
    }


@pytest.mark.parametrize(
    "words, said",
    [
        (("pipeline.csv", "--measure", "win_rate"), "unknown measure to tie out 'win_rate'; try: "),
        (("pipeline.csv", "--period", "soon"), "unknown period 'soon'"),
        (("missing.csv",), "missing.csv: there is no such file"),
        (("empty.csv",), "empty.csv is empty (0 bytes)"),
        (("pipeline.csv", "--map", "nowhere.toml"), "cannot read the mapping 'nowhere.toml'"),
    ],
)
def test_what_cannot_be_compared_is_said_with_what_would_work(
    run: Run, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    salesforce.details_csv(report()[:9], tmp_path / "pipeline.csv")
    (tmp_path / "empty.csv").touch()
    code, out, err = run(*words)

    assert (code, out) == (2, "")
    assert said in err


def test_nothing_of_the_file_stays_behind(run: Run, home: Path, tmp_path: Path) -> None:
    path = salesforce.details_csv(report()[:9], tmp_path / "pipeline.csv")
    before = sorted(home.rglob("*"))
    run(str(path))

    assert sorted(home.rglob("*")) == before
