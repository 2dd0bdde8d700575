"""An org of very many deals for benchmarks: plain rows in files, the same for the same number."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from tests.fakes.salesforce.clock import Clock
from tests.fakes.salesforce.ids import record_id
from tests.fakes.salesforce.larkmoor import furnish
from tests.fakes.salesforce.org import Org
from tests.fakes.salesforce.stored import StoredTable

ROW = (
    "Id Name AccountId OwnerId StageName Amount CurrencyIsoCode CloseDate Probability ForecastCategory "
    "ForecastCategoryName Type LeadSource NextStep Region__c Segment__c Product__c IsClosed IsWon IsDeleted "
    "CreatedDate LastModifiedDate SystemModstamp"
).split()
CHANGE = (
    "Id OpportunityId StageName Amount CloseDate Probability ForecastCategory CurrencyIsoCode CreatedById CreatedDate "
    "SystemModstamp IsDeleted"
).split()
_STAGES = (
    ("Discovery", "10", "Pipeline", "Pipeline"),
    ("Evaluation", "30", "Pipeline", "Pipeline"),
    ("Proposal", "50", "BestCase", "Best Case"),
    ("Negotiation", "80", "Forecast", "Commit"),
    ("Closed Won", "100", "Closed", "Closed"),
    ("Closed Lost", "0", "Omitted", "Omitted"),
)
_DAYS = 1000
_OWNERS, _ACCOUNTS = 40, 2000


def large(n: int, folder: Path, *, changes: int = 4) -> Org:
    """Return an org of n deals with `changes` rows of history each, kept in files in `folder`."""
    org = Org(
        clock=Clock(),
        name="Large",
        rates={"USD": Decimal(1), "EUR": Decimal("0.8")},
    )
    furnish(org)
    owners = [
        org.user("Owner", f"No. {number}", Email=f"owner{number}@large.example") for number in range(_OWNERS)
    ]
    accounts = [
        org.load("Account", Name=f"Account {number}", OwnerId=owners[0]) for number in range(_ACCOUNTS)
    ]
    deals, history = org.entity("Opportunity"), org.entity("OpportunityHistory")
    org.tables["Opportunity"] = StoredTable(
        folder / "Opportunity.csv", deals, ROW, _deals(org, n, owners, accounts)
    )
    org.tables["OpportunityHistory"] = StoredTable(
        folder / "OpportunityHistory.csv", history, CHANGE, _changes(org, n, changes, owners)
    )
    return org


def _deals(org: Org, n: int, owners: list[str], accounts: list[str]) -> Iterator[list[str]]:
    days = _days(org)
    regions, segments, products = (
        ("AMER", "EMEA", "APAC"),
        ("ENT", "MM", "SMB"),
        ("Yard", "Flow", "Sense", "Premier"),
    )
    for number in range(n):
        stage, chance, category, shown = _STAGES[number * 7 % 6]
        created = days[number * (_DAYS - 100) // n]
        # The last changes run through the days in the order of the rows.
        day, second = divmod(number * _DAYS * 86_400 // n, 86_400)
        changed = f"{days[day]}T{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}.000Z"
        yield [
            record_id("006", number + 1),
            f"Deal {number}",
            accounts[number % _ACCOUNTS],
            owners[number % _OWNERS],
            stage,
            f"{(number * 37 % 900 + 10) * 100}.0",
            "EUR" if number % 3 == 0 else "USD",
            days[min(number * (_DAYS - 100) // n + 60 + number % 40, _DAYS - 1)],
            f"{chance}.0",
            category,
            shown,
            "New business",
            "Inbound",
            "Call" if number % 4 else "",
            regions[number % 3],
            segments[number // 3 % 3],
            products[number % 4],
            "true" if chance in {"0", "100"} else "false",
            "true" if chance == "100" else "false",
            "false",
            f"{created}T09:00:00.000Z",
            changed,
            changed,
        ]


def _changes(org: Org, n: int, changes: int, owners: list[str]) -> Iterator[list[str]]:
    """Yield the history, oldest first: the changes of a deal are a fortnight apart."""
    days, opening = _days(org), _DAYS - 100
    row = 0
    for today, day in enumerate(days):
        for place in range(min(changes, today // 14 + 1)):
            first = today - place * 14
            # The deals that were opened on that day.
            for number in range(-(-first * n // opening), min(-(-(first + 1) * n // opening), n)):
                last = place == changes - 1
                stage, chance, category, _ = _STAGES[number * 7 % 6 if last else min(place, 3)]
                row += 1
                yield [
                    record_id("008", row),
                    record_id("006", number + 1),
                    stage,
                    f"{(number * 37 % 900 + 10) * 100}.0",
                    days[min(first + 60 + number % 40, _DAYS - 1)],
                    f"{chance}.0",
                    category,
                    "EUR" if number % 3 == 0 else "USD",
                    owners[number % _OWNERS],
                    f"{day}T09:00:00.000Z",
                    f"{day}T09:00:00.000Z",
                    "false",
                ]


def _days(org: Org) -> list[str]:
    today: date = org.clock().date()
    return [(today - timedelta(days=_DAYS - place)).isoformat() for place in range(_DAYS)]
