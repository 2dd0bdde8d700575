"""From files as they come to the company file that is proposed."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from connectors import company
from connectors.company import Fiscal
from connectors.files import raw
from connectors.files.guess import guess
from connectors.files.propose import propose
from connectors.files.typed import typed

TODAY = date(2026, 11, 23)


@pytest.fixture
def proposed(tmp_path):
    """Write files, import them by the guess, and return what is proposed."""

    def made(**files):
        for name, lines in files.items():
            (tmp_path / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        raws = [raw.read(tmp_path / f"{name}.csv", tmp_path / "raw") for name in files]
        mapping = guess(raws)
        return propose(typed(raws, mapping, tmp_path / "typed"), raws, mapping, today=TODAY)

    return made


CONVERTED = (
    "Opportunity ID,Opportunity Name,Stage,Amount,Amount Currency,Amount (converted),Amount (converted) Currency,"
    "Close Date"
)
HEADINGS = "Opportunity ID,Opportunity Name,Stage,Amount,Close Date"


def test_the_guesses_name_the_columns_of_the_file(proposed):
    made = proposed(
        deals=[
            f"{HEADINGS},Sales Region,Type,Last Activity",
            "1,Ash,Prospecting,100.00,2026-12-01,EMEA,New Business,2026-11-20",
            "2,Birch,Closed Won,200.00,2026-11-01,AMER,Renewal,",
            "3,Cedar,Closed Lost,300.00,2026-10-01,EMEA,New Business,2026-09-30",
        ]
    )

    assert made.guess("region").rests_on == "Sales Region (100 % filled)"
    assert made.guess("activity").rests_on == "Last Activity (67 % filled)"
    assert made.guess("deal types in scope").says == "left out: Renewal (1)"
    assert [(stage.name, str(stage.status)) for stage in company.parse(made.company_toml()).stages] == [
        ("Prospecting", "open"), ("Closed Won", "won"), ("Closed Lost", "lost"),
    ]  # fmt: skip


def test_converted_amounts_beside_amounts_give_the_plan_rates(proposed):
    rows = [
        f"{n},D{n},Prospecting,{amount},{code},{amount * rate:.2f},USD,2026-12-01"
        for n, (amount, code, rate) in enumerate(
            [
                (Decimal("1234.56"), "EUR", Decimal("1.25")),
                (Decimal("777.77"), "EUR", Decimal("1.25")),
                (Decimal("98765.43"), "JPY", Decimal("0.0067")),
                (Decimal(500), "USD", Decimal(1)),
            ]
        )
    ]

    made = proposed(
        deals=[
            CONVERTED,
            *rows,
        ]
    )

    assert made.currency == "USD"
    assert dict(made.rates) == {"USD": Decimal(1), "EUR": Decimal("1.25"), "JPY": Decimal("0.0067")}


def test_rates_that_differ_from_deal_to_deal_are_said(proposed):
    made = proposed(
        deals=[
            CONVERTED,
            "1,A,Prospecting,1000.00,EUR,1050.00,USD,2026-12-01",
            "2,B,Prospecting,1000.00,EUR,1100.00,USD,2026-12-01",
            "3,C,Prospecting,1000.00,EUR,1150.00,USD,2026-12-01",
        ]
    )

    assert made.rates["EUR"] == Decimal("1.1")
    assert (
        "they differ from deal to deal (EUR 1.05 to 1.15), so the middle one stands here"
        in made.guess("rates").says
    )


@pytest.mark.parametrize(
    "fiscal",
    [Fiscal(), *(Fiscal(start_month=m, named_by=n) for m in (2, 4, 7, 10) for n in ("ending", "starting"))],
)
@pytest.mark.parametrize("form", ["Q{q}-20{y:02}", "FY{y:02} Q{q}", "FY20{y:02}-Q{q}"])
def test_fiscal_periods_beside_close_dates_give_the_fiscal_year(proposed, fiscal, form):
    days = [date(2025, 1, 15) + timedelta(days=27 * n) for n in range(30)]

    made = proposed(
        deals=[
            f"{HEADINGS},Fiscal Period",
            *(
                f"{n},D{n},Prospecting,100.00,{day},{written(day, fiscal, form)}"
                for n, day in enumerate(days)
            ),
        ]
    )

    assert company.parse(made.company_toml()).fiscal == fiscal


def written(day, fiscal, form):
    """Return the fiscal quarter of a day as an export writes it."""
    months = (day.month - fiscal.start_month) % 12
    starts = day.year - (day.month < fiscal.start_month)
    year = starts + (fiscal.named_by == "ending" and fiscal.start_month > 1)
    return form.format(q=months // 3 + 1, y=year % 100)


def test_fiscal_periods_that_fit_no_calendar_leave_the_calendar_year(proposed):
    made = proposed(
        deals=[
            f"{HEADINGS},Fiscal Period",
            "1,A,Prospecting,1,2026-01-15,Q1-2026",
            "2,B,Prospecting,1,2026-02-15,Q3-2026",
        ]
    )

    assert made.fiscal == Fiscal()
    assert made.guess("fiscal year").open


def test_a_linked_file_that_knows_more_regions_is_named(proposed):
    made = proposed(
        deals=[
            "Opportunity ID,Opportunity Name,Account Name,Stage,Amount,Close Date,Sales Region",
            "1,Ash,Acme,Prospecting,100,2026-12-01,EMEA",
            "2,Birch,Bolt,Prospecting,100,2026-12-01,",
        ],
        accounts=[
            "Account Name,Industry,Billing Country,Employees",
            "Acme,Steel,France,12",
            "Bolt,Food,Chile,9",
        ],
    )

    assert made.guess("region").further == ("accounts.Billing Country",)


def test_converted_amounts_without_a_currency_are_in_the_one_that_stays_as_it_is(proposed):
    made = proposed(
        deals=[
            "Record ID,Deal Name,Deal Stage,Amount,Currency,Amount in company currency,Close Date",
            "1,A,Prospecting,1000.00,EUR,1250.00,2026-12-01",
            "2,B,Prospecting,2000.00,USD,2000.00,2026-12-01",
            "3,C,Prospecting,3000.00,EUR,3750.00,2026-12-01",
        ]
    )

    assert (made.currency, dict(made.rates)) == ("USD", {"USD": Decimal(1), "EUR": Decimal("1.25")})
    assert made.guess("currency").rests_on == "Amount in company currency"


def test_where_no_currency_stays_as_it_is_no_rate_is_made_up(proposed):
    made = proposed(
        deals=[
            "Record ID,Deal Name,Deal Stage,Amount,Currency,Amount in company currency,Close Date",
            "1,A,Prospecting,1000.00,EUR,1250.00,2026-12-01",
            "2,B,Prospecting,3000.00,GBP,4500.00,2026-12-01",
        ]
    )

    assert (made.currency, dict(made.rates)) == ("EUR", {"EUR": Decimal(1)})
    assert made.guess("rates").open
