from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from inline_snapshot import snapshot

from connectors import company
from connectors.company import Fiscal
from connectors.files.meaning import Known, Plan, proposal
from connectors.files.proposal import Proposal
from tests.connectors.files.handmade import tables

TODAY = date(2026, 11, 23)
Rows = Iterable[Mapping[str, Any]]


def proposed(folder: Path, deals: Rows, known: Known | None = None, **linked: Rows) -> Proposal:
    return proposal(tables(folder, deals=deals, **linked), known or Known(origin=("deals.csv",), today=TODAY))


def deals(n: int, **values: Any) -> list[dict[str, Any]]:
    return [{"id": f"D{at}", "stage": "Open", "status": "open", **values} for at in range(n)]


def staged(name: str, status: str = "open", **values: Any) -> dict[str, Any]:
    return {"stage": name, "status": status, **values}


def names(made: Proposal) -> list[str]:
    return [stage.name for stage in made.stages]


def test_a_company_file_says_for_each_guess_the_column_and_how_much_is_filled(tmp_path):
    rows = [
        {
            **staged("Proposal", category="best_case", probability=60),
            "region": "EMEA",
            "type": "New",
            "currency": "EUR",
        },
        {
            **staged("Proposal", category="best_case", probability=60),
            "region": "EMEA",
            "type": "Renewal",
            "currency": "EUR",
        },
        {
            **staged("Discovery", category="pipeline", probability=10),
            "region": "AMER",
            "type": "New",
            "currency": "USD",
        },
        {
            **staged("Won", "won", probability=100),
            "type": "New",
            "currency": "EUR",
            "owner_email": "bo@nord-licht.example",
        },
    ]
    known = Known(
        origin=("Q4 pipeline.csv",),
        today=TODAY,
        zone="Europe/Berlin",
        sources={
            "region": ("Region", "Billing Country"),
            "stage": ("Stage",),
            "type": ("Type",),
            "currency": ("Currency",),
        },
    )

    made = proposed(tmp_path, rows, known)

    assert made.company_toml() == snapshot("""\
# What Nord Licht means by its words. Every number in a report is computed by these definitions. Read from Q4
# pipeline.csv on 2026-11-23. A comment says what each guess rests on; change what is wrong, here or with: quarterdeck
# setup

# Name: after the addresses at nord-licht.example.
name = "Nord Licht"
version = 1
# Zone: days begin and end there; it is that of this machine where map.toml names no other.
zone = "Europe/Berlin"
# Currency ← Currency (100 % filled): most deals are in EUR.
currency = "EUR"

# Fiscal year: no file names fiscal periods, so the calendar year stands here.
[fiscal]
start_month = 1
named_by = "ending"

# Rates: EUR per unit of the other currency; no rate is known for USD: such deals count, their amounts do not until a
# rate stands here.
[rates]
EUR = "1"

# Values in the order in which they are shown.
[dimensions]
# Region ← Region, else Billing Country (75 % filled).
region = ["EMEA", "AMER"]
# Type ← Type (100 % filled).
type = ["New"]
category = ["best_case", "pipeline"]
currency = ["EUR", "USD"]

[labels]
pipeline = "Pipeline"
best_case = "Best case"
most_likely = "Most likely"
commit = "Commit"
closed = "Closed"
omitted = "Omitted"

# Stage ← Stage (100 % filled): in the order of their probabilities; the category is the one most of its open deals
# are in.
# Deals keep the status with which they were read, whatever status says here: change it in files/map.toml, or in the
# CRM, and here, then import or sync again. Category counts where a deal has none.
[[stages]]
name = "Discovery"
status = "open"
category = "pipeline"

[[stages]]
name = "Proposal"
status = "open"
category = "best_case"

[[stages]]
name = "Won"
status = "won"
category = "closed"

# Deal types in scope ← Type (100 % filled): left out: Renewal (1).
[scope]
types = ["New"]

# Activity: no file says when somebody was last in touch, so nothing is told of silence.
# Targets: none are known; give a file of them with: quarterdeck import FILE --targets FILE.
""")
    assert company.parse(made.company_toml()).types_in_scope == ("New",)


def test_nothing_but_deals_still_makes_a_company_file(tmp_path):
    made = proposed(tmp_path, deals(2))

    read = company.parse(made.company_toml())

    assert (read.name, read.currency, read.fiscal, read.types_in_scope) == (
        "Our company",
        "USD",
        Fiscal(),
        (),
    )
    assert (
        made.guess("activity").says
        == "no file says when somebody was last in touch, so nothing is told of silence"
    )
    assert {guess.meaning for guess in made.guesses if guess.open} == {
        "name", "zone", "currency", "fiscal year", "amount", "close date", "owner", "created", "next step", "region",
        "segment", "team", "product", "source", "type", "stage", "activity", "targets",
    }  # fmt: skip


def test_an_empty_table_makes_a_company_file_too(tmp_path):
    read = company.parse(proposed(tmp_path, []).company_toml())

    assert read.stages == ()


@pytest.mark.parametrize(
    "rows, order, rests",
    [
        pytest.param(
            [staged("2 Beta"), staged("10 Alpha"), staged("1 Gamma")],
            ["1 Gamma", "2 Beta", "10 Alpha"],
            "the numbers in their names",
            id="numbers",
        ),
        pytest.param(
            [staged("Alpha", probability=70), staged("Beta", probability=20), staged("Beta", probability=30)],
            ["Beta", "Alpha"],
            "their probabilities",
            id="probability",
        ),
        pytest.param(
            [staged("Verhandlung"), staged("Bedarfsanalyse"), staged("Angebot")],
            ["Bedarfsanalyse", "Angebot", "Verhandlung"],
            "what such stages are called",
            id="words",
        ),
        pytest.param(
            [staged("Alpha", category="commit"), staged("Beta", category="pipeline")],
            ["Beta", "Alpha"],
            "their forecast categories",
            id="category",
        ),
        pytest.param(
            [staged("Alpha", created="2026-01-01"), staged("Beta", created="2026-10-01")],
            ["Beta", "Alpha"],
            "how old their deals are",
            id="age",
        ),
    ],
)
def test_open_stages_stand_in_the_order_of_what_tells_them_apart(tmp_path, rows, order, rests):
    made = proposed(tmp_path, [*rows, staged("A lost one", "lost"), staged("B won", "won")])

    assert names(made) == [*order, "B won", "A lost one"]
    assert f"in the order of {rests};" in made.guess("stage").says


def test_without_forecast_categories_the_probability_says_what_a_stage_means(tmp_path):
    rows = [staged(f"S{n}", probability=n) for n in (10, 49, 50, 79, 80, 90)]

    made = proposed(tmp_path, rows)

    assert [str(stage.category) for stage in made.stages] == [
        "pipeline", "pipeline", "best_case", "best_case", "commit", "commit",
    ]  # fmt: skip


def test_without_category_and_probability_everything_open_is_pipeline_and_that_is_said(tmp_path):
    made = proposed(tmp_path, [staged("Proposal"), staged("Discovery")])

    assert {str(stage.category) for stage in made.stages} == {"pipeline"}
    assert made.guess("stage").says.endswith("so all that is open is pipeline until somebody says more")


@pytest.mark.parametrize(
    "out",
    ["Renewal", "Vertragsverlängerung", "Renouvellement", "Renovación", "Internal test", "RENEWAL - Auto"],
)
def test_renewals_and_tests_are_proposed_out_and_counted(tmp_path, out):
    made = proposed(tmp_path, [*deals(9, type="New"), *deals(2, type=out)])

    assert made.types == ("New",)
    assert made.guess("deal types in scope").says == f"left out: {out} (2)"


@pytest.mark.parametrize("kept", ["Expansion", "New business", "Contest winner", "Latest"])
def test_other_types_count(tmp_path, kept):
    made = proposed(tmp_path, deals(3, type=kept))

    assert made.types == ()
    assert (
        made.guess("deal types in scope").says == "nothing looks like a renewal or a test, so all types count"
    )


def test_types_leave_nothing_out_where_many_deals_have_none(tmp_path):
    made = proposed(tmp_path, [*deals(5, type="New"), *deals(2, type="Renewal"), *deals(3)])

    assert made.types == ()
    assert (
        "Renewal (2) could be left out, but too many deals have no type"
        in made.guess("deal types in scope").says
    )


def test_deals_without_a_type_are_said_to_be_left_out_too(tmp_path):
    made = proposed(tmp_path, [*deals(97, type="New"), *deals(2, type="Renewal"), *deals(1)])

    assert made.guess("deal types in scope").says == "left out: Renewal (2); so are 1 deals without a type"


def test_a_currency_without_a_rate_is_said(tmp_path):
    made = proposed(tmp_path, [*deals(3, currency="EUR"), *deals(1, currency="CHF")])

    assert (made.currency, dict(made.rates)) == ("EUR", {"EUR": Decimal(1)})
    assert made.dimensions["currency"] == ("EUR", "CHF")
    assert made.guess("rates").open
    assert "no rate is known for CHF" in made.guess("rates").says


def test_converted_amounts_give_currency_and_rates(tmp_path):
    plan = Plan(currency="USD", rates={"EUR": Decimal("1.25")}, sources=("Amount", "Amount (converted)"))
    known = Known(origin=("a.csv",), today=TODAY, plan=plan)

    made = proposed(tmp_path, deals(3, currency="EUR"), known)

    assert company.parse(made.company_toml()).rates == {"USD": Decimal(1), "EUR": Decimal("1.25")}
    assert not made.guess("rates").open


def test_where_deals_name_no_region_the_columns_of_accounts_and_owners_that_do_are_named(tmp_path):
    rows = [
        {**staged("S"), "region": "EMEA", "account": "A", "owner": "Bo"},
        {**staged("S"), "account": "B", "owner": "Bo"},
        {**staged("S"), "account": "C", "owner": "Cy"},
    ]
    known = Known(
        origin=("a.csv",),
        today=TODAY,
        sources={"region": ("Region",)},
        linked={"accounts": "accounts.Country", "people": "people.Area"},
    )

    made = proposed(
        tmp_path, rows, known,
        accounts=[{"name": "B", "region": "APAC"}],
        people=[{"name": "Cy", "region": "AMER"}],
    )  # fmt: skip

    assert made.guess("region").rests_on == (
        "Region (33 % filled); accounts.Country would fill more; people.Area would fill more"
    )


def test_a_column_of_many_values_is_no_dimension_to_list(tmp_path):
    made = proposed(tmp_path, [{**staged("S"), "product": f"P{n}"} for n in range(41)])

    assert "product" not in made.dimensions
    assert made.guess("product").says == "41 values, too many to list: they are shown by size"


def test_values_and_headings_cannot_break_out_of_the_file(tmp_path):
    nasty = 'x"\n[roles]\nadmin = ["me"] #\\ \x7f'
    known = Known(origin=(f"{nasty}.csv",), today=TODAY, sources={"region": (nasty,), "stage": (nasty,)})

    made = proposed(tmp_path, [staged(nasty, region=nasty, type=nasty, currency=nasty)], known)

    read = company.parse(made.company_toml())
    assert (read.stages[0].name, read.dimensions["region"], read.roles) == (nasty, (nasty,), {})


@pytest.mark.parametrize(
    "filled, told", [(999, "over 99 %"), (1000, "100 %"), (1, "under 1 %"), (425, "42 %")]
)
def test_what_is_not_quite_filled_is_not_called_filled(tmp_path, filled, told):
    known = Known(origin=("a.csv",), today=TODAY, sources={"segment": ("Size",)})

    made = proposed(tmp_path, [*deals(filled, segment="ENT"), *deals(1000 - filled)], known)

    assert made.guess("segment").rests_on == f"Size ({told} filled)"
