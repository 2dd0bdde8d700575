"""How people write numbers and dates, and what is read from it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb
import pytest

from connectors.files.profile import reader


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with reader() as opened:
        yield opened


@pytest.mark.parametrize(
    "text, mark, expected",
    [
        ("1234", None, "1234"),
        ("-5", None, "-5"),
        ("1234.5", ".", "1234.5"),
        ("1,234.50", ".", "1234.50"),
        ("1,23,456.00", ".", "123456.00"),
        ("1.234,50", ",", "1234.50"),
        ("1 234,50", ",", "1234.50"),
        ("1\u202f234,50\u00a0€", ",", "1234.50"),
        ("1'234.50", ".", "1234.50"),
        ("CHF 1’234.50", ".", "1234.50"),
        ("(1,200)", ".", "-1200"),
        ("($1,200.00)", ".", "-1200.00"),
        ("12-", None, "-12"),
        ("US$ 5", None, "5"),
        ("5 USD", None, "5"),
        ("R$ 1.000,00", ",", "1000.00"),
        ("75%", None, "75"),
        ("75 %", None, "75"),
        (".5", ".", ".5"),
        ("0.125", None, "0.125"),
        ("0,125", None, "0.125"),
        ("10.1250", None, "10.1250"),
        ("1.234.567", None, "1234567"),
        ("1,234", ".", "1234"),
        ("1,234", ",", "1.234"),
        ("1,234", None, None),
        ("12,34", ".", None),
        ("1.234.5", ".", None),
        ("1,2,3", ".", None),
        ("300k", None, "300000"),
        ("1.2M", ".", "1200000"),
        ("$1.25M", ".", "1250000"),
        ("1,2 Mio. €", ",", "1200000"),
        ("-2.5K", ".", "-2500"),
        ("5kr", None, "5"),
        ("5 MXN", None, "5"),
        ("5k USD", None, "5000"),
        ("12 months", None, None),
        ("abc", None, None),
        ("12 pieces", None, None),
        ("Rep 12", None, None),
        ("2026-11-23", ".", None),
        ("", None, None),
    ],
)
def test_numbers(con: duckdb.DuckDBPyConnection, text: str, mark: str | None, expected: str | None) -> None:
    assert con.execute("SELECT number(?::VARCHAR, ?::VARCHAR)", [text, mark]).fetchall() == [(expected,)]


@pytest.mark.parametrize(
    "text, expected",
    [
        ("EUR 5", "EUR"),
        ("5 EUR", "EUR"),
        ("5 €", "EUR"),
        ("$5", "USD"),
        ("A$5", "AUD"),
        ("£5", "GBP"),
        ("CHF 1’234.50", "CHF"),
        ("5", None),
        ("¥5", None),
    ],
)
def test_currencies_beside_numbers(con: duckdb.DuckDBPyConnection, text: str, expected: str | None) -> None:
    assert con.execute("SELECT currency_of(?::VARCHAR)", [text]).fetchall() == [(expected,)]


@pytest.mark.parametrize(
    "text, first",
    [
        ("2026-11-03", None),
        ("2026/11/3", None),
        ("2026-11-03 14:05", None),
        ("2026-11-03T14:05:00", None),
        ("03/11/2026", "day"),
        ("3.11.2026", "day"),
        ("03-11-26", "day"),
        ("3.11.2026 14:05:10", "day"),
        ("11/03/2026", "month"),
        ("11/3/2026 2:05 PM", "month"),
        ("11/03/26", "month"),
        ("3 Nov 2026", None),
        ("03-Nov-2026", None),
        ("3-Nov-26", None),
        ("Nov 3, 2026", None),
        ("November 3rd, 2026", None),
        ("Tuesday, November 3, 2026", None),
        ("Di., 3. Nov. 2026", None),
        ("3. November 2026", None),
        ("3 novembre 2026", None),
        ("3 de noviembre de 2026", None),
        ("46329", None),
        ("46329.5868", None),
    ],
)
def test_days(con: duckdb.DuckDBPyConnection, text: str, first: str | None) -> None:
    read = con.execute("SELECT day(?::VARCHAR, ?::VARCHAR, 'America/New_York')", [text, first]).fetchall()

    assert read == [(date(2026, 11, 3),)]


@pytest.mark.parametrize(
    "text, first",
    [
        ("03/11/2026", None),
        ("31/11/2026", "day"),
        ("13/13/2026", "day"),
        ("23/11/2026", "month"),
        ("2026-02-30", None),
        ("soon", None),
        ("2026", None),
        ("Q4", None),
        ("3 Foo 2026", None),
        ("12:30", None),
        ("1234", None),
        ("", "day"),
    ],
)
def test_what_is_no_day(con: duckdb.DuckDBPyConnection, text: str, first: str | None) -> None:
    read = con.execute("SELECT day(?::VARCHAR, ?::VARCHAR, 'America/New_York')", [text, first]).fetchall()

    assert read == [(None,)]


@pytest.mark.parametrize(
    "text, expected",
    [
        ("2026-11-03", "2026-11-03 05:00:00"),
        ("2026-07-03", "2026-07-03 04:00:00"),
        ("2026-11-03 14:05", "2026-11-03 19:05:00"),
        ("2026-11-03T14:05:00Z", "2026-11-03 14:05:00"),
        ("2026-11-03T14:05:00.000+0200", "2026-11-03 12:05:00"),
        ("2026-11-03 14:05 UTC", "2026-11-03 14:05:00"),
        ("2026-11-03 14:05 GMT-3", "2026-11-03 17:05:00"),
        ("Nov 3, 2026 12:30 AM", "2026-11-03 05:30:00"),
        ("Nov 3, 2026 12:30 PM", "2026-11-03 17:30:00"),
        ("3 janvier 2026 9h30", "2026-01-03 14:30:00"),
    ],
)
def test_instants_are_utc(con: duckdb.DuckDBPyConnection, text: str, expected: str) -> None:
    read = con.execute("SELECT instant(?::VARCHAR, NULL, 'America/New_York')::VARCHAR", [text]).fetchall()

    assert read == [(expected,)]


def test_a_day_with_a_zone_is_the_day_at_home(con: duckdb.DuckDBPyConnection) -> None:
    read = con.execute("SELECT day('2026-11-03T02:00:00Z', NULL, 'America/New_York')").fetchall()

    assert read == [(date(2026, 11, 2),)]


@pytest.mark.parametrize(
    "names",
    [
        "January February March April May June July August September October November December",
        "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
        "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
        "Jan Feb Mrz Apr Mai Jun Jul Aug Sep Okt Nov Dez",
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        "ene feb mar abr may jun jul ago sept oct nov dic",
    ],
)
def test_months_by_their_names(con: duckdb.DuckDBPyConnection, names: str) -> None:
    texts = [f"7 {name} 2026" for name in names.split()]

    read = con.execute("SELECT day(unnest(?::VARCHAR[]), NULL, 'UTC')", [texts]).fetchall()

    assert read == [(date(2026, month, 7),) for month in range(1, 13)]
