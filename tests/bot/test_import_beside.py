"""An import beside what the home has already: another system of record, an export of the same day, an earlier one."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from pptx import Presentation

from tests.bot.test_import import DEALS, Run, run

__all__ = ["run"]


def test_an_import_where_reports_would_be_about_others_is_refused(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("deals 2026-11-23.csv").write_text(DEALS, encoding="utf-8")
    monkeypatch.setitem(os.environ, "QUARTERDECK_CRM", "demo")
    code, _, err = run("import", "deals 2026-11-23.csv")

    assert (code, Path("home").exists()) == (2, False)
    assert "QUARTERDECK_CRM is 'demo', so reports would not be about these files" in err


def test_a_second_export_of_a_day_says_which_one_it_replaces(run: Run) -> None:
    heading, *lines = DEALS.splitlines(keepends=True)
    Path("EMEA 2026-11-23.csv").write_text(heading + "".join(lines[:2]), encoding="utf-8")
    Path("AMER 2026-11-23.csv").write_text(heading + "".join(lines[2:]), encoding="utf-8")
    first = run("import", "EMEA 2026-11-23.csv")[1]
    second = " ".join(run("import", "AMER 2026-11-23.csv", "--map", "home/files/map.toml")[1].split())

    assert "replaces" not in first
    assert (
        "It replaces the export of that day that was taken in before (EMEA 2026-11-23.csv, 2 deals)."
        in second
    )
    assert "imported in one call" in second


def test_a_correction_without_a_column_says_whose_values_stay(run: Run) -> None:
    Path("deals 2026-11-23.csv").write_text(DEALS, encoding="utf-8")
    heading, *lines = ([*line.split(",")] for line in DEALS.replace('"Beta, Inc."', "Beta").splitlines())
    del heading[3], lines[1][3], lines[2][3]
    Path("again 2026-11-23.csv").write_text("\n".join(map(",".join, (heading, *lines[1:]))), encoding="utf-8")
    run("import", "deals 2026-11-23.csv")
    code, out, err = run("import", "again 2026-11-23.csv")

    assert (code, err) == (0, "")
    assert "It has no owners: those that it replaces stay." in " ".join(out.split())


def test_an_export_that_lost_deals_or_a_column_says_so(run: Run) -> None:
    Path("deals 2026-11-16.csv").write_text(DEALS, encoding="utf-8")
    fewer = "Opportunity ID,Opportunity Name,Stage,Close Date\n006A,Yard,Negotiation,11/30/2026\n"
    Path("list 2026-11-23.csv").write_text(fewer, encoding="utf-8")
    run("import", "deals 2026-11-16.csv")
    Path("home/files/map.toml").unlink()
    code, out, err = run("import", "list 2026-11-23.csv")
    told = " ".join(out.split())

    assert (code, err) == (0, "")
    assert "It has 1 deal where the export of 2026-11-16 has 3" in told
    assert (
        "It has no amounts and no owners and no accounts and no created dates: what is known of that is as of 2026-11-16."
        in told
    )
    assert "have no amount" not in told


def test_categories_that_a_later_export_lacks_stay_and_it_is_said_of_which_deals_they_do_not(
    run: Run,
) -> None:
    heading = "Opportunity ID,Opportunity Name,Stage,Amount,Close Date,Forecast Category\n"
    rows = [
        f"006{key},Yard {key},Negotiation,{amount},12/14/2026"
        for key, amount in (("A", 100), ("B", 20), ("C", 3))
    ]
    categories = ("Omitted", "Commit", "Omitted")
    with_them = [f"{row},{category}\n" for row, category in zip(rows, categories, strict=True)]
    Path("all 2026-11-16.csv").write_text(heading + "".join(with_them), encoding="utf-8")
    rows[2] = rows[2].replace("Negotiation", "Prospecting")
    without = [f"{row}\n" for row in (*rows, "006D,Yard D,Prospecting,1,12/14/2026")]
    Path("bare 2026-11-23.csv").write_text(
        heading.replace(",Forecast Category", "") + "".join(without), encoding="utf-8"
    )
    Path("bare 2026-11-30.csv").write_text(
        heading.replace(",Forecast Category", "") + "".join(without).replace(",20,", ",21,"), encoding="utf-8"
    )
    run("import", "all 2026-11-16.csv")
    code, out, err = run("import", "bare 2026-11-23.csv")
    told = " ".join(out.split())

    assert (code, err) == (0, "")
    assert "It has no forecast categories: what is known of that is as of 2026-11-16." in told
    assert (
        "2 open deals, new or in another stage since then, count in the usual category of the stage." in told
    )
    assert json.loads(run("measure", "open_pipeline", "--json")[1])["rows"][0]["value"] == "24.00"
    later = " ".join(run("import", "bare 2026-11-30.csv")[1].split())
    assert "what is known of that is as of 2026-11-16." in later
    assert "usual category" not in later


def test_deals_of_a_type_that_comes_up_later_are_said_not_to_count(run: Run) -> None:
    heading = "Opportunity ID,Opportunity Name,Stage,Amount,Close Date,Type\n"
    rows = [
        f"006{key},Yard {key},Negotiation,100,12/14/2026,{kind}\n"
        for key, kind in (*((key, "New") for key in "ABCDE"), ("F", "Renewal"))
    ]
    Path("deals 2026-11-16.csv").write_text(heading + "".join(rows), encoding="utf-8")
    rows += [f"006{key},Yard {key},Negotiation,7000,12/14/2026,Expansion\n" for key in "GH"]
    Path("deals 2026-11-23.csv").write_text(heading + "".join(rows), encoding="utf-8")
    first = run("import", "deals 2026-11-16.csv")[1]
    second = " ".join(run("import", "deals 2026-11-23.csv")[1].split())
    said = "2 deals of type Expansion, $14k, do not count: the company file does not know that type"
    run("report", "weekly", "--out", "weekly.pptx")
    slides = [
        shape.text_frame.text
        for shape in Presentation("weekly.pptx").slides[-1].shapes
        if shape.has_text_frame
    ]

    assert "does not know" not in first
    assert said in second
    assert said in " ".join(run("doctor")[1].split())
    assert "the company file does not know the type: Expansion (2 deals, $14k)" in " ".join(slides)
    company = Path("home/company.toml")
    company.write_text(
        company.read_text(encoding="utf-8").replace('types = ["New"]', 'types = ["New", "Expansion"]')
    )
    assert json.loads(run("measure", "open_pipeline", "--json")[1])["rows"][0]["value"] == "14500.00"
    assert "does not know" not in run("doctor")[1]


def test_rows_that_stand_twice_are_said(run: Run) -> None:
    Path("deals 2026-11-23.csv").write_text(DEALS + DEALS.splitlines()[1], encoding="utf-8")

    code, out, err = run("import", "deals 2026-11-23.csv")

    assert (code, err) == (0, "")
    assert "3 deals taken in as of the end of 2026-11-23." in out
    assert "1 row stands in the file more than once, word for word: it was taken once." in out


def test_of_a_folder_the_exports_of_deals_are_taken_and_the_others_named(run: Run) -> None:
    folder = Path("exports")
    folder.mkdir()
    (folder / "pipeline 2026-11-23.csv").write_text(DEALS.replace("006C", "006D"), encoding="utf-8")
    (folder / "pipeline 2026-11-16.csv").write_text(DEALS, encoding="utf-8")
    (folder / "offices.csv").write_text("Office,City\nNorth,Oslo\nSouth,Rome\n", encoding="utf-8")
    (folder / "slides.pdf").write_bytes(b"%PDF-1.7 ...")

    code, out, err = run("import", "exports")

    assert (code, err) == (0, "")
    assert [line for line in out.splitlines() if "taken in as of" in line] == [
        "3 deals taken in as of the end of 2026-11-16.",
        "3 deals taken in as of the end of 2026-11-23.",
    ]
    said = " ".join(out.split())
    assert "Left aside: offices.csv is no table of deals; its columns are Office, City." in said
    assert "Left aside: slides.pdf is a PDF: export it as CSV, .xlsx or Parquet." in said


def test_a_folder_without_an_export_of_deals_says_why(run: Run) -> None:
    Path("exports").mkdir()
    Path("exports/offices.csv").write_text("Office,City\nNorth,Oslo\n", encoding="utf-8")

    code, _, err = run("import", "exports")

    assert code == 2
    assert "exports has no export of deals" in err
    assert "offices.csv is no table of deals" in err


def test_after_a_refused_first_import_it_is_said_whose_figures_there_are(run: Run) -> None:
    said = "No export was taken in yet: these figures are of the invented company Larkmoor Software.\n"
    Path("deals 2026-11-23.csv").write_text(DEALS.replace(",900,", ",soon,"), encoding="utf-8")
    Path("home/files").mkdir(parents=True)  # where decks are kept, too
    before = run("measure", "target")[2]

    refused = run("import", "deals 2026-11-23.csv")[0]

    after = run("measure", "target")[2]
    assert (refused, said in before, after) == (2, False, said)
    assert run("import", "deals 2026-11-23.csv", "--skip-bad")[0] == 0
    assert said not in run("measure", "deal_count")[2]


def test_a_currency_without_a_rate_is_named_with_the_row_to_add(run: Run) -> None:
    text = (
        "ID,Deal,Stage,Amount,Currency,Close Date\n1,A,Proposal,5,USD,2026-12-01\n2,B,Won,5,CHF,2026-11-01\n"
        "3,C,Proposal,5,USD,2026-12-01\n4,D,Lost,5,SEK,2026-12-01\n"
    )
    Path("deals 2026-11-23.csv").write_text(text, encoding="utf-8")

    said = " ".join(run("import", "deals 2026-11-23.csv")[1].split())

    assert "No plan rate for CHF: deals in it count in no amount." in said
    assert 'Add under [rates] in home/company.toml: CHF = "what 1 CHF is in USD"' in said
    assert "SEK" not in said.partition("taken in as of")[2]
    kept = Path("home/company.toml").read_text(encoding="utf-8")
    Path("home/company.toml").write_text(
        kept.replace("[rates]\n", '[rates]\nCHF = "1.1"\n'), encoding="utf-8"
    )
    assert "No plan rate" not in run("import", "deals 2026-11-23.csv")[1]


def test_nothing_is_taken_in_where_what_was_rejected_cannot_be_written(run: Run) -> None:
    Path("deals 2026-11-23.csv").write_text(DEALS.replace(",900,", ",soon,"), encoding="utf-8")
    Path("deals 2026-11-23.rejects.csv").mkdir()

    code, _, err = run("import", "deals 2026-11-23.csv", "--skip-bad")

    assert code != 0
    assert "rejects.csv" in err
    assert not Path("home/files/snapshots.json").exists()


def test_one_line_of_a_footer_is_one(run: Run) -> None:
    Path("deals 2026-11-23.csv").write_text(DEALS + "\n\nConfidential Information\n", encoding="utf-8")

    said = " ".join(run("import", "deals 2026-11-23.csv")[1].split())

    assert "left out: 2 blank lines, 1 line of the footer." in said


def test_a_bad_row_keeps_no_row_of_another_file_with_that_name_out(run: Run) -> None:
    heading = "Opportunity ID,Opportunity Name,Stage,Amount,Close Date\n"
    sound = "006A,Yard,Negotiation,1200,12/30/2026\n006B,Gate,Negotiation,800,12/31/2026\n"
    for folder, rows in (("x", sound.replace("1200", "soon")), ("y", sound.replace("006", "007"))):
        Path(folder).mkdir()
        Path(folder, "deals.csv").write_text(heading + rows, encoding="utf-8")

    code, out, err = run("import", "x/deals.csv", "y/deals.csv", "--as-of", "2026-11-13", "--skip-bad")

    assert (code, err) == (0, "")
    assert "3 deals taken in" in out
    assert "1 rejected: each with its line and reason in x/deals.rejects.csv" in " ".join(out.split())
    assert [str(path) for path in Path().rglob("*.rejects.csv")] == ["x/deals.rejects.csv"]


def test_a_total_of_one_file_lets_no_bad_row_of_another_with_that_name_in(run: Run) -> None:
    heading = "Opportunity ID,Opportunity Name,Stage,Amount,Close Date\n"
    for folder, rows in (
        (
            "x",
            "006A,Yard,Negotiation,soon,12/30/2026\n006B,Gate,Negotiation,800,12/31/2026\n006C,Bay,Negotiation,soon,\n",
        ),
        ("y", "007A,Yard,Negotiation,1200,12/30/2026\n007B,Gate,Negotiation,800,12/31/2026\n,,,2000,\n"),
    ):
        Path(folder).mkdir()
        Path(folder, "deals.csv").write_text(heading + rows, encoding="utf-8")

    _, out, _ = run("import", "x/deals.csv", "y/deals.csv", "--as-of", "2026-11-13", "--skip-bad")

    assert "3 deals taken in" in out
    assert "2 rejected" in out


def test_an_id_that_another_file_of_that_name_has_is_said_to_stand_there(run: Run) -> None:
    for folder, number in (("x", "900"), ("y", "901")):
        Path(folder).mkdir()
        Path(folder, "deals.csv").write_text(DEALS.replace(",900,", f",{number},"), encoding="utf-8")

    _, _, err = run("import", "x/deals.csv", "y/deals.csv", "--as-of", "2026-11-13")

    assert "the id stands on line 2 of the other deals.csv already" in err
