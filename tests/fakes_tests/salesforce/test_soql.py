"""SOQL: what queries find, judged by a filter in plain Python, and what they are refused for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from simple_salesforce import format_soql

from tests.fakes.salesforce.errors import ApiError
from tests.fakes.salesforce.literals import days
from tests.fakes.salesforce.org import Org
from tests.fakes.salesforce.query import run
from tests.fakes.salesforce.soql import DateWord
from tests.fakes_tests.salesforce.conftest import deal

Row = dict[str, Any]
Test = Callable[[Row], bool]


def found(org: Org, text: str, *, deleted: bool = False) -> list[Row]:
    """Return the rows that a query finds, as JSON, without their attributes."""
    result = run(org, text, user=org.admin, deleted=deleted)
    return [
        {key: value for key, value in result.shown(row).items() if key != "attributes"} for row in result.rows
    ]


def names(org: Org, where: str) -> list[str]:
    return [row["Name"] for row in found(org, f"SELECT Name FROM Opportunity WHERE {where} ORDER BY Name")]


@pytest.fixture
def three(org: Org) -> Org:
    """Three deals: A of O'Brien for 100 in December, B for 200 in January, C without a customer or an amount."""
    account = org.insert("Account", {"Name": "O'Brien", "Industry": "Glass"})
    deal(org, "A", AccountId=account, Amount=100)
    deal(
        org,
        "B",
        AccountId=account,
        Amount=200,
        CloseDate="2027-01-15",
        StageName="Closed Won",
        NextStep="Call",
    )
    deal(org, "C", StageName="Closed Won")
    return org


WHERE = {
    "Amount != 100": "BC",
    "Amount = null": "C",
    "Amount > 100": "B",
    "NOT Amount > 100": "AC",
    "Amount IN (100, null)": "AC",
    "Amount NOT IN (100)": "BC",
    "Name IN ('a', 'b')": "AB",
    "NextStep = ''": "AC",
    "NextStep != 'call'": "AC",
    "Account.Name = 'o\\'brien'": "AB",
    "Account.Name = null": "C",
    "Account.Owner.Name LIKE 'ada%'": "AB",
    "CloseDate = THIS_MONTH": "",
    "CloseDate = NEXT_MONTH": "AC",
    "CloseDate > NEXT_N_MONTHS:1": "B",
    "CreatedDate = TODAY": "ABC",
    "CreatedDate < TODAY": "",
    "CreatedDate >= 2026-11-23T13:30:00Z AND CreatedDate < 2026-11-23T09:00:00-05:00": "ABC",
    "(Amount = 100 OR Amount = 200) AND StageName = 'closed won'": "B",
    "NOT (Name = 'A' OR Name = 'B')": "C",
    "IsWon = TRUE": "BC",
    "AccountId IN (SELECT Id FROM Account WHERE Industry = 'Glass')": "AB",
    "AccountId NOT IN (SELECT Id FROM Account WHERE Industry = 'Glass')": "C",
    "Id IN (SELECT OpportunityId FROM OpportunityHistory WHERE Amount = 200)": "B",
    "CALENDAR_YEAR(CloseDate) = 2027": "B",
    "Opportunity.Name = 'A'": "A",
}


@pytest.mark.parametrize("where", WHERE)
def test_a_condition_finds_what_the_platform_would(where: str, three: Org) -> None:
    assert names(three, where) == list(WHERE[where])


REFUSED = {
    "SELECT Id FROM Foo": ("INVALID_TYPE", "sObject type 'Foo' is not supported."),
    "SELECT Foo FROM Opportunity": ("INVALID_FIELD", "No such column 'Foo' on entity 'Opportunity'."),
    "SELECT Foo.Name FROM Opportunity": (
        "INVALID_FIELD",
        "Didn't understand relationship 'Foo' in field path.",
    ),
    "SELECT CurrencyIsoCode FROM Opportunity": ("INVALID_FIELD", "No such column 'CurrencyIsoCode'"),
    "SELECT Id, (SELECT Id FROM Foos) FROM Account": (
        "INVALID_TYPE",
        "Didn't understand relationship 'Foos'",
    ),
    "SELECT Id FROM": ("MALFORMED_QUERY", "unexpected token: '<EOF>'"),
    "SELECT Id Opportunity": ("MALFORMED_QUERY", "unexpected token: '<EOF>'"),
    "SELECT Id FROM Opportunity WHERE Name = 'a' AND Name = 'b' OR Name = 'c'": (
        "MALFORMED_QUERY",
        "token: 'OR'",
    ),
    "SELECT Id FROM Opportunity WHERE Name = 'O'Brien'": ("MALFORMED_QUERY", "unexpected token: 'Brien'"),
    "SELECT Id FROM Opportunity WHERE Name = 'a\\q'": ("MALFORMED_QUERY", "Illegal character sequence"),
    "SELECT Id FROM Opportunity WHERE Name IN ()": ("MALFORMED_QUERY", "unexpected token: ')'"),
    "SELECT Id FROM Opportunity WHERE Description = 'x'": (
        "INVALID_FIELD",
        "can not be filtered in a query call",
    ),
    "SELECT Id FROM Opportunity ORDER BY Description": ("INVALID_FIELD", "can not be sorted in a query call"),
    "SELECT Id FROM Opportunity WHERE Amount = '5'": (
        "INVALID_FIELD",
        "must be of type double and should not be",
    ),
    "SELECT Id FROM Opportunity WHERE Name = 5": (
        "INVALID_FIELD",
        "must be of type string and should be enclosed",
    ),
    "SELECT Id FROM Opportunity WHERE CloseDate = 2026-11-23T00:00:00Z": (
        "INVALID_FIELD",
        "must be of type date",
    ),
    "SELECT Id FROM Opportunity WHERE CreatedDate = 2026-11-23": (
        "INVALID_FIELD",
        "must be of type dateTime",
    ),
    "SELECT Id FROM Opportunity WHERE Id = 'abc'": ("INVALID_QUERY_FILTER_OPERATOR", "invalid ID field: abc"),
    "SELECT Id FROM Opportunity WHERE Amount LIKE '5%'": (
        "INVALID_QUERY_FILTER_OPERATOR",
        "invalid operator on",
    ),
    "SELECT Id FROM Opportunity WHERE CloseDate = LAST_FORTNIGHT": ("MALFORMED_QUERY", "last_fortnight"),
    "SELECT Name, SUM(Amount) FROM Opportunity": (
        "MALFORMED_QUERY",
        "Field must be grouped or aggregated: Name",
    ),
    "SELECT SUM(Name) FROM Opportunity": ("MALFORMED_QUERY", "does not support aggregate operator SUM"),
    "SELECT Amount FROM Opportunity GROUP BY Amount": (
        "MALFORMED_QUERY",
        "can not be grouped in a query call",
    ),
    "SELECT Id FROM Opportunity LIMIT 1 OFFSET 2001": ("NUMBER_OUTSIDE_VALID_RANGE", "Maximum SOQL offset"),
    "SELECT FIELDS(ALL) FROM Opportunity": ("MALFORMED_QUERY", "LIMIT of at most 200"),
    "SELECT Id, Id FROM Opportunity": ("INVALID_FIELD", "duplicate field selected: Id"),
    "SELECT Id FROM OpportunityFieldHistory WHERE NewValue = 'x'": ("INVALID_FIELD", "can not be filtered"),
}


@pytest.mark.parametrize("text", REFUSED)
def test_a_query_that_the_platform_refuses_is_refused_in_its_words(text: str, org: Org) -> None:
    code, words = REFUSED[text]

    with pytest.raises(ApiError) as error:
        run(org, text, user=org.admin)

    assert error.value.code == code
    assert words in error.value.message


def test_parents_and_children_are_nested(three: Org) -> None:
    text = (
        "SELECT Name, Account.Name, (SELECT Amount FROM OpportunityHistories) FROM Opportunity ORDER BY Name"
    )

    rows = run(three, text, user=three.admin)
    first, _, last = (rows.shown(row) for row in rows.rows)

    assert first["Account"]["Name"] == "O'Brien"
    assert first["Account"]["attributes"]["type"] == "Account"
    assert first["OpportunityHistories"]["records"][0]["Amount"] == 100
    assert last["Account"] is None
    children = found(
        three, "SELECT Name, (SELECT Name FROM Opportunities ORDER BY Name DESC LIMIT 1) FROM Account"
    )
    assert [row["Name"] for row in children[0]["Opportunities"]["records"]] == ["B"]
    assert found(three, "SELECT Id, (SELECT Id FROM Contacts) FROM Account")[0]["Contacts"] is None


def test_rows_are_counted_and_added_up(three: Org) -> None:
    by_stage = found(
        three,
        "SELECT StageName, COUNT(Id) n, SUM(Amount), MAX(CloseDate) last FROM Opportunity GROUP BY StageName ORDER BY StageName",
    )

    assert by_stage == [
        {"StageName": "Prospecting", "n": 1, "expr0": 100.0, "last": "2026-12-18"},
        {"StageName": "Closed Won", "n": 2, "expr0": 200.0, "last": "2027-01-15"},
    ]
    text = "SELECT StageName FROM Opportunity GROUP BY StageName HAVING COUNT(Id) > 1"
    assert found(three, text) == [{"StageName": "Closed Won"}]
    assert found(three, "SELECT COUNT(Amount), AVG(Amount) FROM Opportunity") == [
        {"expr0": 2, "expr1": 150.0}
    ]
    assert found(three, "SELECT SUM(Amount) s FROM Opportunity WHERE Name = 'nobody'") == [{"s": None}]
    assert found(
        three, "SELECT Account.Name, COUNT(Id) n FROM Opportunity GROUP BY Account.Name ORDER BY COUNT(Id)"
    ) == [
        {"Name": None, "n": 1},
        {"Name": "O'Brien", "n": 2},
    ]


def test_rows_come_in_order_nulls_first_and_picklists_by_their_own(three: Org) -> None:
    def order(by: str) -> str:
        return "".join(row["Name"] for row in found(three, f"SELECT Name FROM Opportunity ORDER BY {by}"))

    assert order("Amount") == "CAB"
    assert order("Amount DESC") == "CBA"
    assert order("Amount DESC NULLS LAST") == "BAC"
    assert order("StageName, Amount DESC NULLS LAST") == "ABC"
    assert order("CreatedDate, Name DESC LIMIT 1 OFFSET 1") == "B"


def test_aggregates_are_in_the_orgs_currency_and_conversions_in_the_users() -> None:
    org = Org(rates={"USD": Decimal(1), "EUR": Decimal("0.8")})
    deal(org, "euro", Amount=80, CurrencyIsoCode="EUR")
    deal(org, "dollar", Amount=10)
    org.tables["User"][org.admin]["DefaultCurrencyIsoCode"] = "EUR"

    assert found(org, "SELECT SUM(Amount) s FROM Opportunity") == [{"s": 110.0}]
    rows = found(
        org, "SELECT Amount, CurrencyIsoCode, convertCurrency(Amount) c FROM Opportunity ORDER BY Name"
    )
    assert [(row["Amount"], row["c"]) for row in rows] == [(10.0, 8.0), (80.0, 80.0)]


def test_a_record_of_several_kinds_tells_its_name_and_type(three: Org) -> None:
    key = next(key for key, row in three.tables["Opportunity"].items() if row["Name"] == "A")
    three.load("Event", WhatId=key, Subject="Meeting", StartDateTime=datetime(2026, 11, 20, tzinfo=UTC))

    rows = found(three, "SELECT What.Name, What.Type FROM Event WHERE What.Type = 'Opportunity'")

    assert [(row["What"]["Name"], row["What"]["Type"]) for row in rows] == [("A", "Opportunity")]


def test_archived_activities_are_only_there_for_query_all(org: Org) -> None:
    org.load("Task", Subject="old", IsArchived=True)

    assert found(org, "SELECT Subject FROM Task") == []
    assert found(org, "SELECT Subject FROM Task", deleted=True) == [{"Subject": "old"}]
    assert found(org, "SELECT Subject FROM Task ALL ROWS") == [{"Subject": "old"}]


MONDAY = date(2026, 11, 23)
LITERALS = {
    ("TODAY", 0): ("2026-11-23", "2026-11-24"),
    ("LAST_WEEK", 0): ("2026-11-15", "2026-11-22"),
    ("THIS_MONTH", 0): ("2026-11-01", "2026-12-01"),
    ("THIS_QUARTER", 0): ("2026-10-01", "2027-01-01"),
    ("NEXT_YEAR", 0): ("2027-01-01", "2028-01-01"),
    ("THIS_FISCAL_QUARTER", 0): ("2026-11-01", "2027-02-01"),
    ("LAST_FISCAL_YEAR", 0): ("2025-02-01", "2026-02-01"),
    ("LAST_N_DAYS", 7): ("2026-11-16", "2026-11-24"),
    ("NEXT_N_DAYS", 7): ("2026-11-24", "2026-12-01"),
    ("LAST_N_QUARTERS", 2): ("2026-04-01", "2026-10-01"),
    ("LAST_90_DAYS", 0): ("2026-08-25", "2026-11-24"),
    ("N_DAYS_AGO", 2): ("2026-11-21", "2026-11-22"),
}


@pytest.mark.parametrize("literal", LITERALS, ids=lambda one: f"{one[0]}:{one[1]}")
def test_a_date_literal_means_these_days(literal: tuple[str, int]) -> None:
    first, end = days(DateWord(*literal), MONDAY, fiscal_start=2)

    assert (first.isoformat(), end.isoformat()) == LITERALS[literal]


TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0\u0130"), max_size=8)


@given(wanted=TEXTS, other=TEXTS)
def test_whatever_is_escaped_is_found_again_and_nothing_else(wanted: str, other: str) -> None:
    org = Org(recorded=False)
    for name in (wanted, other):
        org.load("Account", Name=name)

    equal = found(org, format_soql("SELECT Name FROM Account WHERE Name = {}", wanted))
    like = found(org, format_soql("SELECT Name FROM Account WHERE Name LIKE '%{:like}'", wanted))

    same = [name for name in (wanted, other) if name.lower() == wanted.lower()]
    ending = [name for name in (wanted, other) if name and name.lower().endswith(wanted.lower())]
    assert [row["Name"] for row in equal] == same
    assert [row["Name"] for row in like] == ending


AMOUNTS = st.one_of(st.none(), st.integers(0, 3).map(Decimal))
STEPS = st.sampled_from((None, "call", "Call", "mail"))
DATES = st.sampled_from([date(2026, 11, day) for day in (22, 23, 24)])
ROWS = st.lists(
    st.fixed_dictionaries(
        {"Amount": AMOUNTS, "NextStep": STEPS, "CloseDate": DATES, "IsPrivate": st.booleans()}
    ),
    max_size=6,
)
SIGNS: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda held, value: held == value,
    "!=": lambda held, value: held != value,
    "<": lambda held, value: None not in {held, value} and held < value,
    ">=": lambda held, value: None not in {held, value} and held >= value,
}


def _written(value: Any) -> str:
    if isinstance(value, str):
        return f"'{value}'"
    return "null" if value is None else str(value)


def _folded(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


@st.composite
def simple(draw: st.DrawFn) -> tuple[str, Test]:
    field, values = draw(st.sampled_from((("Amount", AMOUNTS), ("NextStep", STEPS), ("CloseDate", DATES))))
    if draw(st.booleans()):
        members = draw(st.lists(values, min_size=1, max_size=3))
        negated = draw(st.booleans())
        held = {_folded(one) for one in members}
        text = f"{field} {'NOT ' if negated else ''}IN ({', '.join(map(_written, members))})"
        return text, lambda row: (_folded(row[field]) in held) is not negated
    sign, value = draw(st.sampled_from(tuple(SIGNS))), draw(values)
    return f"{field} {sign} {_written(value)}", lambda row: SIGNS[sign](_folded(row[field]), _folded(value))


def _joined(parts: list[tuple[str, Test]], word: str) -> tuple[str, Test]:
    fold = all if word == "AND" else any
    return f"({f' {word} '.join(text for text, _ in parts)})", lambda row: fold(
        test(row) for _, test in parts
    )


CONDITIONS = st.recursive(
    st.one_of(simple(), st.just(("IsPrivate = true", lambda row: row["IsPrivate"]))),
    lambda inner: st.one_of(
        st.tuples(st.lists(inner, min_size=1, max_size=3), st.sampled_from(("AND", "OR"))).map(
            lambda one: _joined(*one)
        ),
        inner.map(lambda one: (f"(NOT {one[0]})", lambda row: not one[1](row))),
    ),
    max_leaves=6,
)


@given(rows=ROWS, condition=CONDITIONS)
def test_a_condition_finds_what_plain_python_finds(rows: list[Row], condition: tuple[str, Test]) -> None:
    org = Org(recorded=False)
    text, test = condition
    for place, row in enumerate(rows):
        org.load("Opportunity", Name=f"{place}", **row)

    got = [row["Name"] for row in found(org, f"SELECT Name FROM Opportunity WHERE {text} ORDER BY Id")]

    assert got == [f"{place}" for place, row in enumerate(rows) if test(row)]
