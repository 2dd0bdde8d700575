"""What a first import says that its guess takes, and the export that a later one must not be read like."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

import pytest

from tests.bot.test_import import DEALS, Run, run

__all__ = ["run"]


@pytest.mark.parametrize("amount, told", [("900", True), ("900 EUR", False)])
def test_the_first_import_says_which_currency_is_taken_where_none_is_named(
    run: Run, amount: str, told: Literal[True, False]
) -> None:
    rows = DEALS.replace(",900,", f",{amount},")
    Path("deals 2026-11-16.csv").write_text(rows, encoding="utf-8")
    Path("deals 2026-11-23.csv").write_text(rows, encoding="utf-8")
    said = "Nothing names a currency: amounts are taken as USD."

    assert (said in run("import", "deals 2026-11-16.csv")[1]) is told
    assert said not in run("import", "deals 2026-11-23.csv")[1]


def test_the_first_import_says_which_types_its_guess_leaves_out(run: Run) -> None:
    rows = "".join(
        f"006X{n},Deal {n},Acme,Dana Whit,Negotiation,{n}00,11/30/2026,10/14/2026,{kind}\n"
        for n, kind in enumerate(["New Business", "Renewal", "New Business", "Renewal"], 1)
    )
    head = DEALS.partition("\n")[0]
    for day in ("2026-11-16", "2026-11-23"):
        Path(f"deals {day}.csv").write_text(
            f"{head},Type\n{rows}006Y,Won,Acme,Dana Whit,Closed Won,5,11/30/2026,10/14/2026,New Business\n",
            encoding="utf-8",
        )
    said = "Only deals of type New Business count; left out are 2 deals of type Renewal ($600)."

    assert said in run("import", "deals 2026-11-16.csv")[1]
    assert said not in run("import", "deals 2026-11-23.csv")[1]


@pytest.mark.parametrize(
    "before, after, meant",
    [('"1,234.50"', "171.000", "1.234,5"), ('"1.234,50"', '"171,000"', "1,234.5")],
)
def test_an_export_that_groups_thousands_the_other_way_is_refused(
    run: Run, before: str, after: str, meant: str
) -> None:
    first = DEALS.replace('"1,234.50"', before).replace(
        ",900,", ",900.00," if "." in before[-4:] else ',"900,00",'
    )
    Path("deals 2026-11-16.csv").write_text(first, encoding="utf-8")
    Path("deals 2026-11-23.csv").write_text(DEALS.replace('"1,234.50"', after), encoding="utf-8")
    assert run("import", "deals 2026-11-16.csv")[0] == 0

    code, _, err = run("import", "deals 2026-11-23.csv")

    assert code == 2
    assert "column 'Amount': every number with a mark has three digits behind it (first on line 2)" in err
    assert f"to '{meant}' and import again" in err
    text = Path("home/files/map.toml").read_text(encoding="utf-8")
    Path("home/files/map.toml").write_text(
        text.replace('"1,234.5"', "?").replace('"1.234,5"', "?").replace("?", f'"{meant}"'), encoding="utf-8"
    )
    assert run("import", "deals 2026-11-23.csv")[0] == 0
    shown = json.loads(run("measure", "open_pipeline", "--json")[1])
    assert [row["value"] for row in shown["rows"]] == ["171000.00"]
