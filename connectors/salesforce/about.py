"""What an org says of its company: name, zone, fiscal year, currency and rates. Nothing of its records is read."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from connectors.company import Fiscal, zone_named
from connectors.salesforce import soql
from connectors.salesforce.pulls import READ

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connectors.salesforce.org import Org, Row

NAME: Final = "Our company"
ZONE: Final = "UTC"
CURRENCY: Final = "USD"
# Countries of a locale (en_GB) whose currency is no euro, and those whose is: an org with one currency does not name it.
_EURO: Final = "AT BE CY DE EE ES FI FR GR HR IE IT LT LU LV MT NL PT SI SK".split()
_OTHERS: Final = (
    "US:USD GB:GBP CA:CAD AU:AUD NZ:NZD CH:CHF SE:SEK NO:NOK DK:DKK PL:PLN CZ:CZK JP:JPY IN:INR SG:SGD BR:BRL MX:MXN "
    "ZA:ZAR IL:ILS KR:KRW HK:HKD AE:AED"
).split()
_CURRENCIES: Final[Mapping[str, str]] = MappingProxyType(
    {
        **dict.fromkeys(_EURO, "EUR"),
        **dict(pair.split(":") for pair in _OTHERS),
    }
)
# Rates of an org with advanced currency management: by them it converts deals.
_DATED: Final = "DatedConversionRate"
# Decimal places of a conversion rate.
_PLACES: Final = 6
# How far a short rate may be from the org's own, as a share of it.
_NEAR: Final = Decimal("0.000001")


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What an org says of its company.

    Attributes:
        host: the org's address without https.
        currency_from: the field that says the currency; empty where none does, and it is what its locale suggests.
        rates: units of the company's currency per unit of each, today; empty in an org with one currency.
        retired: stages that are not in use any more.
        opportunity_access: what everybody may do with others' deals (`None`, `Read`, `Edit` …); empty where it is not told.
    """

    host: str
    name: str
    zone: str
    fiscal: Fiscal
    currency: str
    currency_from: str
    rates: Mapping[str, Decimal]
    sandbox: bool
    retired: frozenset[str] = frozenset()
    opportunity_access: str = ""


def about(org: Org) -> About:
    """Ask an org what it says of its company.

    Raises:
        NotAllowed, TryLater: what Salesforce says.
    """
    told = next(iter(_rows(org, "Organization", "DefaultLocaleSidKey", "DefaultOpportunityAccess")), {})
    types = {row["IsoCode"] or "": row for row in _rows(org, "CurrencyType")}
    corporate = next((code for code, row in types.items() if row.get("IsCorporate") == "true"), "")
    named = corporate or told.get("DefaultCurrencyIsoCode") or ""
    zone = told.get("TimeZoneSidKey") or ""
    start = told.get("FiscalYearStartMonth") or "1"
    country = (told.get("DefaultLocaleSidKey") or "").rpartition("_")[2]
    return About(
        host=urlsplit(org.address).netloc,
        name=told.get("Name") or NAME,
        zone=zone if zone_named(zone) else ZONE,
        fiscal=Fiscal(
            start_month=int(Decimal(start)),
            named_by="starting" if told.get("UsesStartDateAsFiscalYearName") == "true" else "ending",
        ),
        currency=named or _CURRENCIES.get(country, CURRENCY),
        currency_from="CurrencyType.IsCorporate"
        if corporate
        else "Organization.DefaultCurrencyIsoCode"
        if named
        else "",
        rates={code: inverse(rate) for code, rate in _conversion(org, types).items()},
        sandbox=told.get("IsSandbox") == "true",
        retired=frozenset(name for name, active in stages_of(org).items() if not active),
        opportunity_access=told.get("DefaultOpportunityAccess") or "",
    )


def _conversion(org: Org, types: Mapping[str, Row]) -> dict[str, Decimal]:
    """Return how many units of each currency one of the company's is, today: by dated rates where the org keeps them."""
    found = [*types.values()]
    paths = (
        org.describe(_DATED).having(("IsoCode", "ConversionRate", "StartDate", "NextStartDate"))
        if types
        else ()
    )
    if len(paths) == 4:
        today = org.now().date()
        there = (soql.compare("StartDate", "<=", today), soql.compare("NextStartDate", ">", today))
        found += [
            row for page in org.query(soql.select(paths, _DATED, where=there), paths)[1] for row in page
        ]
    told = {row["IsoCode"] or "": Decimal(row.get("ConversionRate") or 0) for row in found}
    return {code: rate for code, rate in told.items() if code and rate > 0}


def stages_of(org: Org) -> dict[str, bool]:
    """Return the names of the org's stages, in its order, and whether each is in use."""
    rows = sorted(_rows(org, "OpportunityStage"), key=lambda row: Decimal(row.get("SortOrder") or 0))
    return {
        row["MasterLabel"] or "": row.get("IsActive") != "false" for row in rows if row.get("MasterLabel")
    }


def differing(found: About, rates: Mapping[str, Decimal]) -> dict[str, tuple[Decimal, Decimal]]:
    """Return those of some rates, of the same kind, that differ by more than a hundredth from the org's: both of each."""
    return {
        code: (ours, theirs)
        for code, theirs in sorted(found.rates.items())
        if (ours := rates.get(code)) is not None and abs(ours - theirs) > theirs / 100
    }


def beside(others: Mapping[str, tuple[Decimal, Decimal]]) -> str:
    """Return what `differing` gives in words: `EUR 1.08 (in the org 1.163)`."""
    return ", ".join(
        f"{code} {ours.normalize():f} (in the org {round(theirs, 6).normalize():f})"
        for code, (ours, theirs) in others.items()
    )


def inverse(rate: Decimal) -> Decimal:
    """Return the shortest number whose inverse is `rate` to as many places as an org keeps: 0.925926 is one by 1.08.

    Of a small rate few digits are kept, and many short numbers lead to those: then it is so long that it is what the org
    converts by, 15873 and not 16000 of 0.000063.
    """
    grain = Decimal(1).scaleb(-max(_PLACES, len(format(rate, "f").partition(".")[2])))
    exact = 1 / rate
    for digits in range(1, 28):
        short = exact.quantize(Decimal(1).scaleb(exact.adjusted() - digits + 1))
        if (1 / short).quantize(grain, ROUND_HALF_UP) == rate and abs(short - exact) <= exact * _NEAR:
            return short.normalize()
    return exact


def _rows(org: Org, name: str, *more: str) -> list[Row]:
    """Return the rows of a small table; none where this login does not see it."""
    paths = org.describe(name).having((*READ[name], *more))
    if not paths:
        return []
    _, pages = org.query(soql.select(paths, name), paths)
    return [row for page in pages for row in page]
