"""A company, the report that its own system makes of open pipeline, and differences to plant in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from connectors.files.claim import Claim
from connectors.records import Status
from reports.tieout import Reason, Where
from reports.view import PipelineView
from tests.reports.small import NOW, PEOPLE, Deal, Small, State, deal

LAST, AFTER = date(2026, 12, 31), date(2027, 1, 1)
Claims = tuple[Claim, ...]


def company() -> Small:
    """Return a company of 120 plain open deals due this quarter, and one deal for each thing that can differ."""
    plain = [deal(f"p{n:03d}", State(amount=str(1000 + n))) for n in range(120)]
    small = Small(
        [
            *plain,
            deal("renewal", State(amount="700", type="Renewal")),
            deal("omitted", State(amount="610", category="omitted")),
            deal("orphan", State(amount="520", owner="u8")),
            deal("stranger", State(amount="521", owner="nobody")),
            deal("euro", State(amount="400", currency="EUR")),
            deal("edge", State(amount="310", close=AFTER)),
            deal("gone", State(amount="230"), State(since=9, amount="230", deleted=True)),
            deal(
                "gone west",
                State(amount="231", region="EMEA"),
                State(since=9, amount="231", region="EMEA", deleted=True),
            ),
            deal("unpriced", State(amount=None)),
            deal("shifted", State(amount="140", close=AFTER)),
            deal("won", State(amount="90"), State(since=3, amount="90", status="won")),
            deal("eur cents", State(amount="333.33", currency="EUR")),
            Deal(id="later", states=(State(since=NOW - timedelta(days=1), amount="55"),)),
            deal("west", State(amount="45", region="EMEA")),
        ]
    )
    small._insert("person", [("u8", "Di Gone", "di@x.example", "rep", "East", "AMER", "m1", False, None)])
    assert all(row[0] != "u8" for row in PEOPLE)
    return small


def claim(view: PipelineView, key: str, **changed: object) -> Claim:
    """Return what a report that agrees says of a deal of ours, whether we count it or not."""
    (held,) = view.everything().deals(ids=[key], counted=False)
    value = None if held.amount is None else held.amount.quantize(Decimal("0.01"))
    said = Claim(
        line=0,
        id=key,
        name=held.name,
        account=held.account,
        owner=held.owner,
        stage=held.stage,
        status=Status(held.status),
        category=held.category,
        amount=value,
        currency=view.currency,
        entered=None if held.entered is None else held.entered,
        close=held.close,
        created=held.created_at,
        type=held.type,
    )
    return replace(said, **changed)


def report(view: PipelineView) -> Claims:
    """Return the company's own report of open pipeline, which agrees with ours."""
    held = view.deals(status=Status.OPEN, due=view.calendar.parse("this-quarter", view.today))
    return numbered(claim(view, item.id) for item in sorted(held, key=lambda item: item.id))


def numbered(claims: Iterable[Claim]) -> Claims:
    """Return the claims as lines of a file, below its heading."""
    return tuple(replace(item, line=number) for number, item in enumerate(claims, start=2))


def _added(key: str, **changed: object) -> Callable[[PipelineView, Claims], Claims]:
    return lambda view, claims: (*claims, claim(view, key, **changed))


def _changed(key: str, **changed: object) -> Callable[[PipelineView, Claims], Claims]:
    return lambda _view, claims: tuple(
        replace(item, **changed) if item.id == key else item for item in claims
    )


def _without(key: str) -> Callable[[PipelineView, Claims], Claims]:
    return lambda _view, claims: tuple(item for item in claims if item.id != key)


def _again(key: str) -> Callable[[PipelineView, Claims], Claims]:
    return lambda _view, claims: (*claims, *(item for item in claims if item.id == key))


def _halves(key: str, *parts: str) -> Callable[[PipelineView, Claims], Claims]:
    def split(_view: PipelineView, claims: Claims) -> Claims:
        (whole,) = (item for item in claims if item.id == key)
        others = tuple(item for item in claims if item.id != key)
        return (*others, *(replace(whole, amount=Decimal(part)) for part in parts))

    return split


def _unknown(_view: PipelineView, claims: Claims) -> Claims:
    made = datetime(2026, 11, 1, tzinfo=UTC)
    return (
        *claims,
        Claim(
            line=0,
            id="x1",
            name="Deal x1",
            amount=Decimal(77),
            status=Status.OPEN,
            close=date(2026, 12, 2),
            created=made,
        ),
    )


# name: how to plant it, and what it has to be found as: (deal, where, reason, how much more the file adds up).
PLANTS: dict[str, tuple[Callable[[PipelineView, Claims], Claims], str | None, Where, Reason, str]] = {
    "type": (_added("renewal"), "renewal", Where.YOURS, Reason.TYPE, "700"),
    "omitted": (_added("omitted"), "omitted", Where.YOURS, Reason.OMITTED, "610"),
    "inactive owner": (_without("orphan"), "orphan", Where.OURS, Reason.OWNER, "-520"),
    "currency": (
        _changed("euro", amount=Decimal(400), currency=None, entered=None),
        "euro",
        Where.AMOUNT,
        Reason.CURRENCY,
        "-100",
    ),
    "period's edge": (_added("edge"), "edge", Where.YOURS, Reason.EDGE, "310"),
    "duplicate": (_again("p007"), "p007", Where.YOURS, Reason.DUPLICATE, "1007"),
    "deleted": (
        lambda view, claims: (*claims, replace(claims[0], id="gone", name="Deal gone", amount=Decimal(230))),
        "gone",
        Where.YOURS,
        Reason.DELETED,
        "230",
    ),
    "null amount": (_changed("p011", amount=None), "p011", Where.AMOUNT, Reason.NO_AMOUNT, "-1011"),
    "split": (_halves("p012", "500.25", "511.75"), "p012", Where.COUNT, Reason.SPLIT, "0"),
    "time zone": (_added("shifted", close=LAST), "shifted", Where.YOURS, Reason.TIME_ZONE, "140"),
    "odd amount": (
        _changed("p020", amount=Decimal("1888.88")),
        "p020",
        Where.AMOUNT,
        Reason.UNEXPLAINED,
        "868.88",
    ),
}
TEN = tuple(name for name in PLANTS if name != "odd amount")
MORE: dict[str, tuple[Callable[[PipelineView, Claims], Claims], str | None, Where, Reason, str]] = {
    "unknown owner": (_without("stranger"), "stranger", Where.OURS, Reason.OWNER, "-521"),
    "another rate": (_changed("euro", amount=Decimal(460)), "euro", Where.AMOUNT, Reason.CURRENCY, "-40"),
    "another currency": (
        _changed("p030", amount=Decimal(1030), currency="EUR", entered=None),
        "p030",
        Where.AMOUNT,
        Reason.CURRENCY,
        "257.5",
    ),
    "a share": (
        _changed("p031", amount=Decimal("412.40"), share=Decimal(40)),
        "p031",
        Where.AMOUNT,
        Reason.SPLIT,
        "-618.60",
    ),
    "half without a sign of a split": (
        _changed("p031", amount=Decimal("515.50")),
        "p031",
        Where.AMOUNT,
        Reason.UNEXPLAINED,
        "-515.50",
    ),
    "another share than its column says": (
        _changed("p031", amount=Decimal("515.50"), share=Decimal(40)),
        "p031",
        Where.AMOUNT,
        Reason.UNEXPLAINED,
        "-515.50",
    ),
    "overlay": (
        lambda view, claims: (*claims, claim(view, "p032", amount=Decimal(516), owner="Somebody Else")),
        "p032",
        Where.COUNT,
        Reason.SPLIT,
        "516",
    ),
    "second id": (
        lambda view, claims: (*claims, claim(view, "p033", id="p033-copy")),
        None,
        Where.YOURS,
        Reason.DUPLICATE,
        "1033",
    ),
    "namesake of another amount": (
        lambda view, claims: (*claims, claim(view, "p033", id="p033-copy", amount=Decimal(7))),
        None,
        Where.YOURS,
        Reason.UNEXPLAINED,
        "7",
    ),
    "won since": (
        _added("won", status=Status.OPEN, stage="Proposal"),
        "won",
        Where.YOURS,
        Reason.STAGE,
        "90",
    ),
    "moved": (_added("edge", close=date(2026, 12, 4)), "edge", Where.YOURS, Reason.MOVED, "310"),
    "not listed without amount": (_without("unpriced"), "unpriced", Where.OURS, Reason.NO_AMOUNT, "0"),
    "unknown deal": (_unknown, None, Where.YOURS, Reason.UNEXPLAINED, "77"),
    "left out": (_without("p040"), "p040", Where.OURS, Reason.UNEXPLAINED, "-1040"),
    "odd euro amount": (
        _changed("euro", amount=Decimal("463.71"), entered=None),
        "euro",
        Where.AMOUNT,
        Reason.UNEXPLAINED,
        "-36.29",
    ),
}
