"""Every value a slide uses is bound to a fact, once."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from reports import words
from reports.facts import Measured, Period, Row, Unit
from reports.kinds.ledger import Ledger

AT = datetime(2026, 11, 23, 13, 30, tzinfo=UTC)
Q4 = Period(label="FY26-Q4", start=date(2026, 10, 1), end=date(2027, 1, 1))


@pytest.fixture
def ledger():
    return Ledger(as_of=AT, currency="USD", scale=words.MILLIONS, scope="all regions", period=Q4)


def measured(value, n=212):
    return Measured(
        measure="open_pipeline",
        label="Open pipeline",
        definition="Sum of open deals due in the period",
        version=3,
        unit=Unit.MONEY,
        currency="USD",
        as_of=AT,
        period=Q4,
        rows=(Row(value=value, n=n, records=("a", "b"), record_count=n),),
    )


def test_a_measured_value_carries_its_provenance(ledger):
    ledger.measured("open", measured(Decimal(5490000)))
    (fact,) = ledger.facts

    assert fact.text == "$5.49M"
    assert fact.value == "5490000"
    assert (fact.n, fact.record_count, fact.records) == (212, 212, ("a", "b"))
    assert (fact.period, fact.scope, fact.as_of) == ("FY26-Q4", "all regions", AT)


def test_two_values_under_one_id_are_refused(ledger):
    ledger.money("gap", Decimal(1), source="gap")
    ledger.money("gap", Decimal(1), source="gap")

    with pytest.raises(ValueError, match=r"'gap' is '\$0.00M' already"):
        ledger.money("gap", Decimal(2), source="gap")


def test_a_missing_value_is_said_never_zero(ledger):
    ledger.measured("open", measured(None, n=0))

    assert ledger.facts[0].value is None
    assert ledger.facts[0].text == "n/a"


def test_a_name_from_the_records_is_cleaned_once(ledger):
    token = ledger.name("deal", "Ostrander\r\nPaper\x07 " + "x" * 300, limit=20)

    assert ledger.say(f"{token} slipped.").text == "Ostrander Paper xxx… slipped."


def test_notes_say_how_each_number_came_about(ledger):
    ledger.measured("open", measured(Decimal(5490000)))

    assert ledger.notes(ZoneInfo("America/New_York")) == (
        "Unless said otherwise: period FY26-Q4, as of 23 Nov 08:30 ET, all regions.\n"
        "Open pipeline (open_pipeline v3): $5.49M (n = 212, 212 records). Sum of open deals due in the period."
    )
