"""What the mirror shows about customers: deals lost on timing that stir again, and what peers own and they do not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from reports.view.timeline import Logged, logged, rows

if TYPE_CHECKING:
    from reports.view.pipeline import PipelineView

# Words in a reason that say: not now, rather than not ever.
TIMING = ("timing", "not now", "too early", "postponed", "on hold", "next year", "budget cycle")
# A customer is left alone for so many days after the first deal, and about a product it turned down for a year.
SETTLED_DAYS = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class Revival:
    """A deal lost on timing whose buyer was in touch again since; `touches` counts those since `first`."""

    id: str
    name: str
    account: str | None
    owner_id: str
    owner: str | None
    region: str | None
    segment: str | None
    amount: Decimal | None
    reason: str
    lost_on: date
    first: datetime
    last: datetime
    touches: int
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """In a segment (and industry; None for all), so many customers own `has`, so many of those `wants` as well."""

    segment: str | None
    industry: str | None
    has: str
    wants: str
    customers: int
    with_has: int
    with_wants: int
    with_both: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A customer that owns `has` and not `wants`; `amount` is the median deal for `wants` in its segment."""

    account_id: str
    account: str
    industry: str | None
    owner_id: str
    owner: str | None
    region: str | None
    segment: str | None
    has: str
    wants: str
    since: date
    amount: Decimal


def revivals(view: PipelineView, *, months: tuple[int, int], quiet_days: int = 30) -> tuple[Revival, ...]:
    """Return deals lost on timing `months` (from, to) ago whose buyer was in touch in the last `quiet_days` days.

    Only activity more than `quiet_days` after the loss counts, and only where the account has no open deal.
    Largest first; empty where it is not known who took part in what.
    """
    if logged(view) is not Logged.TOUCHES:
        return ()
    timing = " OR ".join(f"contains(lower(reason), '{word}')" for word in TIMING)
    found = rows(
        view,
        f"""
        WITH lost AS MATERIALIZED (
            SELECT r.*, s.reason FROM {view.states()} r
            JOIN state s ON s.deal_id = r.deal_id AND s.valid_from = r.valid_from
            WHERE r.status = 'lost' AND s.status = 'lost' AND s.valid_to > $as_of AND ({timing})
            AND r.close > $today::DATE - to_months({months[1]}) AND r.close <= $today::DATE - to_months({months[0]})
        ),
        busy AS (
            SELECT DISTINCT account_id FROM {view.states(chosen=False)} JOIN deal ON deal.id = deal_id
            WHERE status = 'open'
        ),
        stirred AS (
            SELECT lost.deal_id, min("at") AS first, max("at") AS last, count(*) AS touches
            FROM activity JOIN lost ON lost.deal_id = activity.deal_id
            WHERE buyer AND "at" <= $as_of AND "at" > lost.close + to_days({quiet_days}) GROUP BY lost.deal_id
        )
        SELECT lost.deal_id, deal.name, account.name, lost.owner_id, person.name, lost.region, lost.segment, value, reason,
            lost.close, first, last, touches, deal.url
        FROM lost JOIN stirred USING (deal_id) JOIN deal ON deal.id = lost.deal_id
        LEFT JOIN account ON account.id = deal.account_id LEFT JOIN person ON person.id = lost.owner_id
        WHERE last > $lately AND (deal.account_id IS NULL OR deal.account_id NOT IN (SELECT account_id FROM busy
            WHERE account_id IS NOT NULL))
        ORDER BY value DESC NULLS LAST, lost.deal_id LIMIT 100
        """,
        lately=view.as_of - timedelta(days=quiet_days),
    )
    names = (
        "id name account owner_id owner region segment amount reason lost_on first last touches url".split()
    )
    return tuple(Revival(**dict(zip(names, [_aware(value) for value in row], strict=True))) for row in found)


def pairs(view: PipelineView) -> tuple[Pair, ...]:
    """Return how often customers of a segment (and of an industry in it) own two products; all that may be seen."""
    found = rows(
        view,
        f"""
        WITH owned AS (FROM {_owned(view, chosen=False)}),
        kind AS (SELECT account_id, any_value(segment) AS segment, any_value(industry) AS industry
            FROM owned GROUP BY account_id),
        customers AS (SELECT segment, industry, grouping(industry) AS whole, count(*) AS n FROM kind
            GROUP BY GROUPING SETS ((segment), (segment, industry))),
        held AS (SELECT k.segment, k.industry, grouping(k.industry) AS whole, product, count(*) AS n
            FROM owned JOIN kind k USING (account_id)
            GROUP BY GROUPING SETS ((k.segment, product), (k.segment, k.industry, product))),
        both_held AS (SELECT k.segment, k.industry, grouping(k.industry) AS whole, a.product AS has,
            b.product AS wants, count(*) AS n
            FROM owned a JOIN owned b ON b.account_id = a.account_id AND b.product <> a.product
            JOIN kind k ON k.account_id = a.account_id
            GROUP BY GROUPING SETS ((k.segment, a.product, b.product), (k.segment, k.industry, a.product, b.product)))
        SELECT c.segment, CASE WHEN c.whole = 0 THEN c.industry END, a.product, b.product, c.n, a.n, b.n,
            coalesce(t.n, 0)
        FROM customers c
        JOIN held a ON a.segment IS NOT DISTINCT FROM c.segment AND a.industry IS NOT DISTINCT FROM c.industry
            AND a.whole = c.whole
        JOIN held b ON b.segment IS NOT DISTINCT FROM c.segment AND b.industry IS NOT DISTINCT FROM c.industry
            AND b.whole = c.whole AND b.product <> a.product
        LEFT JOIN both_held t ON t.segment IS NOT DISTINCT FROM c.segment
            AND t.industry IS NOT DISTINCT FROM c.industry AND t.whole = c.whole
            AND t.has = a.product AND t.wants = b.product
        WHERE c.whole = 1 OR c.industry IS NOT NULL
        ORDER BY ALL
        """,
    )
    names = "segment industry has wants customers with_has with_wants with_both".split()
    return tuple(Pair(**dict(zip(names, row, strict=True))) for row in found)


def gaps(
    view: PipelineView, wanted: tuple[tuple[str | None, str, str], ...], *, limit: int = 200
) -> tuple[Gap, ...]:
    """Return customers that own `has` and not `wants`, for (segment, has, wants) in `wanted`; largest first.

    Left out: customers of less than SETTLED_DAYS, those with an open deal for the product, and those that turned
    it down within a year.
    """
    if not wanted:
        return ()
    found = rows(
        view,
        f"""
        WITH owned AS (FROM {_owned(view, chosen=True)}),
        wanted AS (SELECT unnest($segments::VARCHAR[]) AS segment, unnest($has::VARCHAR[]) AS has,
            unnest($wants::VARCHAR[]) AS wants),
        now AS MATERIALIZED (SELECT s.product, s.status, s.close, s.value, s.segment, deal.account_id
            FROM {view.states(chosen=False)} s JOIN deal ON deal.id = s.deal_id
            WHERE s.product IN (SELECT wants FROM wanted)),
        taken AS (SELECT account_id, product FROM now WHERE account_id IS NOT NULL AND (status IN ('open', 'won')
            OR (status = 'lost' AND close > $today::DATE - INTERVAL 1 YEAR))),
        price AS (SELECT segment, product, quantile_disc(value, 0.5) AS amount FROM now
            WHERE status = 'won' AND value > 0 GROUP BY segment, product)
        SELECT o.account_id, account.name, account.industry, o.owner_id, person.name, o.region, o.segment, w.has,
            w.wants, o.since, price.amount
        FROM owned o JOIN wanted w ON w.has = o.product AND w.segment IS NOT DISTINCT FROM o.segment
        JOIN account ON account.id = o.account_id LEFT JOIN person ON person.id = o.owner_id
        JOIN price ON price.segment IS NOT DISTINCT FROM o.segment AND price.product = w.wants
        ANTI JOIN taken ON taken.account_id = o.account_id AND taken.product = w.wants
        WHERE o.since <= $today::DATE - {SETTLED_DAYS}
        ORDER BY price.amount DESC, o.account_id, w.has LIMIT {int(limit)}
        """,
        segments=[segment for segment, _, _ in wanted],
        has=[has for _, has, _ in wanted],
        wants=[wants for _, _, wants in wanted],
    )
    names = "account_id account industry owner_id owner region segment has wants since amount".split()
    return tuple(Gap(**dict(zip(names, row, strict=True))) for row in found)


def _owned(view: PipelineView, *, chosen: bool) -> str:
    """Return a table: what each customer bought, since when, by the owner of the latest deal; worked out once."""
    return view.kept(
        f"""
            SELECT deal.account_id, s.product, min(s.close) AS since, arg_max(s.owner_id, s.close) AS owner_id,
                arg_max(s.region, s.close) AS region, arg_max(coalesce(account.segment, s.segment), s.close) AS segment,
                any_value(account.industry) AS industry
            FROM {view.states(chosen=chosen)} s JOIN deal ON deal.id = s.deal_id
            JOIN account ON account.id = deal.account_id
            WHERE s.status = 'won' AND s.product IS NOT NULL GROUP BY deal.account_id, s.product
        """
    )


def _aware(value: Any) -> Any:
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value
