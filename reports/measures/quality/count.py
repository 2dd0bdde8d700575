"""Counting what the checks find, where the records are: one reading of the deals, under the view's rights and filters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from connectors.mirror.notes import unread_of
from connectors.quoting import literal
from connectors.records import ForecastClass, Status
from reports.facts import RECORD_CAP
from reports.measures.groups import group, sums
from reports.measures.quality.catalogue import CHECKS, ENOUGH, FAR_OFF, LONG_AGO, Check, Mender, Need
from reports.view import PipelineView
from reports.view.hygiene import later_stages
from reports.view.narrow import called


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What one check found: so many deals, and the money that they touch in the view's currency.

    `value` is None where no amount is known of any. `records` are ids, largest amount first, at most RECORD_CAP.
    `teams` are today's teams of the owners with how many deals each, most first; deals of no team are left out.
    """

    check: Check
    n: int
    value: Decimal | None
    records: tuple[str, ...]
    teams: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """What is wrong with the records of a view's open and won deals, most money first, and what cannot be told.

    `deals` is how many were looked at, `blind` what no record (or the company file) has: the checks that need it were
    not made, and say nothing. `unread` are fields of deals that hold what cannot be a value of theirs, and of how many of
    the deals: they count as missing.
    """

    deals: int
    faults: tuple[Fault, ...]
    blind: tuple[Need, ...]
    unmade: tuple[Check, ...]
    unread: tuple[tuple[str, int], ...] = ()

    def fault(self, name: str) -> Fault | None:
        """Return what a check found; None where it found nothing or could not be made."""
        return next((fault for fault in self.faults if fault.check.name == name), None)


def quality(view: PipelineView) -> Quality:
    """Return what is missing, impossible or twice among the open and won deals of the view's rights and filters."""
    known = _known(view)
    checks = tuple(check for check in CHECKS.values() if known.issuperset(check.needs))
    unmade = tuple(check for check in CHECKS.values() if check not in checks)
    hidden = {called(field) for field in view.access.hidden}
    table = view.kept(_table(view, checks), **_values(view))
    wrong = (
        f"(SELECT m.*, b.place FROM (SELECT * FROM {table} WHERE mask > 0) m "
        f"JOIN (SELECT unnest(range({len(checks)})) AS place) b ON (m.mask >> b.place) & 1 = 1)"
    )
    teams: dict[int, list[tuple[str, int]]] = {}
    for place, team, n in view.rows_once(
        f"SELECT place, team, count(*) FROM {wrong} WHERE team IS NOT NULL GROUP BY ALL ORDER BY 1, 3 DESC, 2"
    ):
        teams.setdefault(place, []).append((team, n))
    found: list[Fault] = []
    for place, *row in view.rows_once(f"SELECT place, {sums()} FROM {wrong} GROUP BY place"):
        each = group(row)
        found.append(
            Fault(
                check=checks[place],
                n=each.n,
                value=each.value,
                records=each.records[:RECORD_CAP],
                teams=tuple(teams.get(place, ())) if checks[place].mender is Mender.OWNER else (),
            )
        )
    order = list(CHECKS)
    found.sort(key=lambda fault: (-abs(fault.value or Decimal(0)), -fault.n, order.index(fault.check.name)))
    return Quality(
        deals=view.rows_once(f"SELECT count(*) FILTER (counted) FROM {table}")[0][0],
        faults=tuple(found),
        blind=tuple(
            dict.fromkeys(
                need for check in unmade for need in check.needs if need not in known and need not in hidden
            )
        ),
        unmade=unmade,
        unread=tuple(_unread(view, table)),
    )


def _unread(view: PipelineView, table: str) -> Iterator[tuple[str, int]]:
    """Yield the fields of which something could not be read, and of how many of the deals of a table that is."""
    if view.access.hidden & {"amount", "close"}:
        return
    for each in unread_of(view.session.meta()):
        ids = ", ".join(map(literal, each.records))
        [(n,)] = view.rows_once(f"SELECT count(*) FROM {table} WHERE deal_id IN ({ids})")
        if n:
            yield each.field, n


def _table(view: PipelineView, checks: tuple[Check, ...]) -> str:
    """Return the query of all deals with their masks: bit n of a mask is what the n-th check says.

    Most deals are closed, and few checks look at those: each status has a sum of its own.
    """
    masks = " ".join(f"WHEN '{status}' THEN {_mask(checks, status)}" for status in (Status.OPEN, Status.WON))
    return (
        f"SELECT r.deal_id, r.value, r.unrated, r.team, r.counted, CASE r.status {masks} ELSE 0 END AS mask "
        f"FROM ({_RECORDS.format(**_parts(view))}) r"
    )


def _mask(checks: tuple[Check, ...], status: Status) -> str:
    bits = [
        f"CASE WHEN {'r.counted' if check.typed else 'r.chosen'} AND ({check.holds}) "
        f"THEN CAST({1 << place} AS BIGINT) ELSE 0 END"
        for place, check in enumerate(checks)
        if status in check.status
    ]
    return " + ".join(bits) or "0"


def _known(view: PipelineView) -> frozenset[Need]:
    """Return what there is to check with: fields that a record has at the view's instant, people, listed stages.

    Whether the system of record has a field at all is not a matter of rights or filters.
    """
    columns: dict[str, Need] = {
        "amount": "amount", "close": "close date", "owner_id": "owner", "next_step": "next step", "type": "type",
        "region": "region", "segment": "segment",
    }  # fmt: skip
    filled = ", ".join(f"count(nullif(trim(CAST({column} AS VARCHAR)), '')) > 0" for column in columns)
    held = view.rows_once(f"SELECT {filled} FROM state WHERE valid_from <= $as_of")[0]
    found = {need for need, has in zip(columns.values(), held, strict=True) if has}
    account, created = view.rows_once(
        f"SELECT count(account_id) > 0, count(*) > (SELECT count(*) FROM {view.session.undated} u) FROM deal"
    )[0]
    more: dict[Need, object] = {
        "account": account,
        "created date": created,
        "list of people": view.people,
        "list of stages": view.company.stages,
    }
    return frozenset(found | {need for need, has in more.items() if has})


def _parts(view: PipelineView) -> dict[str, str]:
    scope = view.scope
    return {
        "held": view.session.states(view.as_of, view.currency),
        "undated": view.session.undated,
        "visible": scope.where(counted=False, chosen=False),
        "counting": scope.where(chosen=False),
        "counted": scope.where(),
        # An open deal that is called omitted does not count, whatever its type.
        "chosen": f"{scope.where(counted=False)} AND (status <> '{Status.OPEN}' "
        f"OR category IS DISTINCT FROM '{ForecastClass.OMITTED}')",
    }


def _values(view: PipelineView) -> dict[str, Any]:
    return {
        "zone": view.company.zone.key,
        "stages": [stage.name for stage in view.company.stages],
        "stands": [str(stage.status) for stage in view.company.stages],
        "later": later_stages(view),
        "long_ago": view.today - timedelta(days=LONG_AGO),
        "far_off": view.today + timedelta(days=FAR_OFF),
        "enough": ENOUGH,
    }


# A row for each open or won deal that the rights show: its state with `value` and `unrated`; `counted` and `chosen` say
# whether it counts by company file and filters, or by filters alone; `undated` that its creation is not, `created_on` is
# the day of it where that may lie after its close date; its owner's team; `stands` is the status of its stage by the
# company file, `active` that of its owner; `middle` is the median of what was won; `named_before` and `worth_before` are
# how many like it come first.
_RECORDS: Final = """
WITH seen AS MATERIALIZED (
    SELECT s.*, coalesce({counting}, FALSE) AS counting, coalesce({counted}, FALSE) AS counted,
        coalesce({chosen}, FALSE) AS chosen
    FROM {held} s WHERE status <> 'lost' AND {visible}
),
middle AS (
    SELECT quantile_disc(value, 0.5) AS middle FROM seen WHERE counting AND status = 'won' AND value > 0
    HAVING count(*) >= $enough
),
known AS MATERIALIZED (
    SELECT s.*, d.created_at, d.account_id AS account, u.id IS NOT NULL AS undated,
        CASE WHEN u.id IS NULL AND s.close <= CAST(d.created_at AS DATE) + 1
            THEN CAST(timezone($zone, timezone('UTC', d.created_at)) AS DATE) END AS created_on
    FROM seen s LEFT JOIN deal d ON d.id = s.deal_id LEFT JOIN {undated} u ON u.id = s.deal_id
),
named_twins AS (
    SELECT deal_id, row_number() OVER (
        PARTITION BY account, title ORDER BY created_at NULLS LAST, deal_id) - 1 AS place
    FROM (
        SELECT k.deal_id, k.account, k.created_at, nullif(lower(trim(d.name)), '') AS title
        FROM known k JOIN deal d ON d.id = k.deal_id WHERE k.counting AND k.status = 'open' AND k.account IS NOT NULL
    ) WHERE title IS NOT NULL
),
worth_twins AS (
    SELECT deal_id, row_number() OVER (
        PARTITION BY account, amount, currency, close ORDER BY created_at NULLS LAST, deal_id) - 1 AS place
    FROM known WHERE counting AND account IS NOT NULL AND amount > 0
        AND close IS NOT NULL
)
SELECT k.*, m.middle, nullif(p.team, '') AS team, p.active, g.stands, o.next_step,
    coalesce(t.place, 0) AS named_before, coalesce(w.place, 0) AS worth_before
FROM known k LEFT JOIN middle m ON TRUE LEFT JOIN person p ON p.id = k.owner_id
LEFT JOIN (SELECT unnest($stages::VARCHAR[]) AS name, unnest($stands::VARCHAR[]) AS stands) g ON g.name = k.stage
LEFT JOIN (SELECT deal_id, next_step FROM state WHERE valid_from <= $as_of AND valid_to > $as_of
    AND status = 'open' AND next_step IS NOT NULL) o ON o.deal_id = k.deal_id
LEFT JOIN named_twins t ON t.deal_id = k.deal_id LEFT JOIN worth_twins w ON w.deal_id = k.deal_id
"""
