"""The checks of data quality by name: what each finds, what it needs to be known, and who can mend what it finds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

from connectors.records import ForecastClass, Status
from reports.view.hygiene import WRONG

Kind = Literal["missing", "impossible", "duplicated"]
# What a check cannot do without: a field that some record has, or a part of the company file.
Need = Literal[
    "amount",
    "close date",
    "owner",
    "next step",
    "account",
    "created date",
    "type",
    "region",
    "segment",
    "list of people",
    "list of stages",
]
NEEDS: Final[tuple[Need, ...]] = (
    *("amount", "close date", "owner", "next step", "account", "created date"),
    *("type", "region", "segment", "list of people", "list of stages"),
)


class Mender(StrEnum):
    """Who can mend something: whoever owns the deal, those who run the process, or those who run the system."""

    OWNER = "owner"
    REVOPS = "RevOps"
    ADMIN = "CRM admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check.

    `one` says what is wrong after a count, `3 won without an amount`, `many` where it reads otherwise of several. `holds`
    is the condition as SQL over a row of `count._RECORDS`; `status` are those of the deals that it looks at. `typed` False
    looks at deals whatever their type: one without a type does not count where only some types do.
    """

    name: str
    kind: Kind
    one: str
    definition: str
    mender: Mender
    needs: tuple[Need, ...]
    status: tuple[Status, ...]
    holds: str
    many: str = ""
    typed: bool = True

    def said(self, n: int) -> str:
        """Return what is wrong, to stand after so many."""
        return self.one if n == 1 else self.many or self.one


# Open deals due more than so many days ago, or in more than so many days, are not planned but forgotten or mistyped.
LONG_AGO, FAR_OFF = 365, 3 * 365
# An amount is out of proportion above so many times the median won deal, or below such a part of it; the median of
# fewer won deals says nothing.
TIMES, PART, ENOUGH = 100, 1000, 20

_OPEN: Final = (Status.OPEN,)
_WON: Final = (Status.WON,)
# Lost deals are not looked at: no money hangs on their records.
_BOTH: Final = (Status.OPEN, Status.WON)


def _empty(column: str) -> str:
    return f"trim(coalesce({column}, '')) = ''"


_CHECKS: Final = (
    Check(
        kind="missing",
        name="no_amount",
        one="open without an amount",
        definition="Open deals without an amount",
        mender=Mender.OWNER,
        status=_OPEN,
        needs=("amount",),
        holds=WRONG["no_amount"],
    ),
    Check(
        kind="missing",
        name="no_close",
        one="without a close date",
        definition="Open and won deals without a close date",
        mender=Mender.OWNER,
        status=_BOTH,
        needs=("close date",),
        holds="r.close IS NULL",
    ),
    Check(
        kind="missing",
        name="no_owner",
        one="open without an owner",
        definition="Open deals that belong to nobody",
        mender=Mender.REVOPS,
        status=_OPEN,
        needs=("owner",),
        holds=_empty("r.owner_id"),
    ),
    Check(
        kind="missing",
        name="no_step",
        one="open without a next step",
        definition="Open deals past the first stage without a next step",
        mender=Mender.OWNER,
        status=_OPEN,
        needs=("next step", "list of stages"),
        holds=WRONG["no_step"],
    ),
    Check(
        kind="missing",
        name="no_account",
        one="open without an account",
        definition="Open deals of no account",
        mender=Mender.OWNER,
        status=_OPEN,
        needs=("account",),
        holds=_empty("r.account"),
    ),
    Check(
        kind="missing",
        name="no_created",
        one="without a created date",
        definition="Open and won deals without a created date",
        mender=Mender.ADMIN,
        status=_BOTH,
        needs=("created date",),
        holds="r.undated",
    ),
    Check(
        kind="missing",
        name="no_type",
        one="open without a type",
        definition="Open deals without a type",
        mender=Mender.OWNER,
        status=_OPEN,
        needs=("type",),
        holds=_empty("r.type"),
        typed=False,
    ),
    Check(
        kind="missing",
        name="no_region",
        one="open without a region",
        definition="Open deals without a region",
        mender=Mender.REVOPS,
        status=_OPEN,
        needs=("region",),
        holds=_empty("r.region"),
    ),
    Check(
        kind="missing",
        name="no_segment",
        one="open without a segment",
        definition="Open deals without a segment",
        mender=Mender.REVOPS,
        status=_OPEN,
        needs=("segment",),
        holds=_empty("r.segment"),
    ),
    Check(
        kind="impossible",
        name="overdue",
        one="open with a close date in the past",
        definition="Open deals whose close date has passed",
        mender=Mender.OWNER,
        status=_OPEN,
        needs=("close date",),
        holds=WRONG["overdue"],
    ),
    Check(
        kind="impossible",
        name="far_close",
        one="open with a close date far off",
        definition="Open deals due more than a year ago or in more than three years",
        mender=Mender.OWNER,
        status=_OPEN,
        needs=("close date",),
        holds="r.close < $long_ago OR r.close > $far_off",
    ),
    Check(
        kind="impossible",
        name="won_ahead",
        one="won on a day that is still to come",
        definition="Won deals whose close date is after today",
        mender=Mender.OWNER,
        status=_WON,
        needs=("close date",),
        holds="r.close > $today",
    ),
    Check(
        kind="impossible",
        name="won_early",
        one="won before it was created",
        many="won before they were created",
        definition="Won deals whose close date is before the day they were created",
        mender=Mender.REVOPS,
        status=_WON,
        needs=("close date", "created date"),
        holds="r.close < r.created_on",
    ),
    Check(
        kind="impossible",
        name="stage_status",
        one="in a stage that its status denies",
        many="in a stage that their status denies",
        definition="Open deals in a closed stage, and won deals in any but a won one",
        mender=Mender.ADMIN,
        status=_BOTH,
        needs=("list of stages",),
        # Where no stage is a won one, deals are won in any.
        holds="r.stands <> r.status AND (r.status = 'open' OR list_contains($stands::VARCHAR[], 'won'))",
    ),
    Check(
        kind="impossible",
        name="stage_category",
        one="called as its status denies",
        many="called as their status denies",
        definition="Open deals called closed, and won deals still called open",
        mender=Mender.ADMIN,
        status=_BOTH,
        needs=(),
        holds=f"(r.status = '{Status.OPEN}') = (r.category = '{ForecastClass.CLOSED}')",
    ),
    Check(
        kind="impossible",
        name="won_for_nothing",
        one="won without an amount",
        definition="Won deals without an amount, or with one of zero",
        mender=Mender.OWNER,
        status=_WON,
        needs=("amount",),
        holds="coalesce(r.amount, 0) = 0",
    ),
    Check(
        kind="impossible",
        name="negative",
        one="with an amount below zero",
        definition="Open and won deals with an amount below zero",
        mender=Mender.OWNER,
        status=_BOTH,
        needs=("amount",),
        holds="r.amount < 0",
    ),
    Check(
        kind="impossible",
        name="out_of_proportion",
        one="with an amount out of all proportion",
        definition=f"Open and won deals of more than {TIMES} times the median won deal, or less than a thousandth of it",
        mender=Mender.OWNER,
        status=_BOTH,
        needs=("amount",),
        holds=f"r.value > 0 AND (r.value > {TIMES} * r.middle OR {PART} * r.value < r.middle)",
    ),
    Check(
        kind="impossible",
        name="no_rate",
        one="in a currency without a plan rate",
        definition="Open and won deals with an amount in a currency that the company file has no rate for",
        mender=Mender.REVOPS,
        status=_BOTH,
        needs=("amount",),
        holds="r.unrated",
    ),
    Check(
        kind="impossible",
        name="unknown_stage",
        one="in an unknown stage",
        definition="Open and won deals in a stage that the company file does not list",
        mender=Mender.REVOPS,
        status=_BOTH,
        needs=("list of stages",),
        holds="r.stage IS NOT NULL AND r.stands IS NULL",
    ),
    Check(
        kind="impossible",
        name="unknown_owner",
        one="of an unknown owner",
        definition="Open and won deals whose owner is not among the people",
        mender=Mender.ADMIN,
        status=_BOTH,
        needs=("owner", "list of people"),
        holds=f"NOT {_empty('r.owner_id')} AND r.active IS NULL",
    ),
    Check(
        kind="impossible",
        name="owner_left",
        one="open, of somebody who has left",
        definition="Open deals whose owner is not active any more",
        mender=Mender.REVOPS,
        status=_OPEN,
        needs=("owner", "list of people"),
        holds="NOT r.active",
    ),
    Check(
        kind="duplicated",
        name="same_name",
        one="open duplicate, by account and name",
        many="open duplicates, by account and name",
        definition="Open deals of the same account and name, but for the first of them",
        mender=Mender.REVOPS,
        status=_OPEN,
        needs=("account",),
        holds="r.named_before > 0",
    ),
    Check(
        kind="duplicated",
        name="same_amount",
        one="duplicate, by account, amount and close date",
        many="duplicates, by account, amount and close date",
        definition="Open and won deals of the same account, amount and close date, but for the first of them and for open ones "
        "of the same name",
        mender=Mender.REVOPS,
        status=_BOTH,
        needs=("account", "amount", "close date"),
        holds="r.worth_before > 0 AND r.named_before = 0",
    ),
)
CHECKS: Final[Mapping[str, Check]] = {check.name: check for check in _CHECKS}
