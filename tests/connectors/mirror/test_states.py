from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.mirror import staging, states
from connectors.mirror.schema import BIT, COLUMNS, FOREVER, create_table
from tests.depth import share
from tests.fakes.tiny_crm import Row, batch, deal, event, instant, opening

END = datetime.fromisoformat(FOREVER)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "stage": st.sampled_from(("Discovery", "Proposal")),
    "amount": st.sampled_from((None, Decimal("0.01"), Decimal("1000.00"))),
    "close": st.sampled_from((None, date(2026, 12, 18), date(2027, 1, 29))),
    "next_step": st.sampled_from((None, "", "call")),
    "deleted": st.sampled_from((True, False, None)),
}


@st.composite
def logs(draw: st.DrawFn) -> list[Row]:
    """Draw the events of a few deals over a few days: many share an instant, and some say nothing new."""
    rows = []
    for number in range(draw(st.integers(1, 12))):
        names = draw(st.sets(st.sampled_from(sorted(VALUES))))
        at = instant(1) + timedelta(days=draw(st.integers(0, 4)))
        rows.append(
            event(
                number,
                draw(st.sampled_from(("D1", "D2", "D3"))),
                at,
                learned=at + timedelta(days=draw(st.integers(0, 2))),
                **{name: draw(VALUES[name]) for name in sorted(names)},
            )
        )
    return rows


@cache
def memory() -> duckdb.DuckDBPyConnection:
    """Return a mirror in memory, the same one for all tests."""
    con = duckdb.connect()
    for table in COLUMNS:
        con.execute(create_table(table))
    con.execute("CREATE TABLE stale (deal_id VARCHAR)")
    staging.open_staging(con)
    return con


@contextmanager
def fresh() -> Iterator[duckdb.DuckDBPyConnection]:
    """Lend the mirror in memory, emptied."""
    con = memory()
    for table in (*COLUMNS, "stale"):
        con.execute(f'DELETE FROM "{table}"')
    # A refused batch leaves its rows in staging.
    staging.open_staging(con)
    yield con


def arrive(con: duckdb.DuckDBPyConnection, rows: list[Row]) -> None:
    """Let some events arrive, with the deals they belong to, and derive what they change."""
    names = sorted({row["deal_id"] for row in rows})
    staging.stage(con, batch("deal", [deal(name, instant(1)) for name in names]))
    staging.stage(con, batch("event", rows))
    staging.merge(con)
    states.derive(con)


def derived(con: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    """Return all states, ordered by deal and time."""
    return con.execute("SELECT * FROM state ORDER BY deal_id, valid_from").fetchall()


def told(rows: list[Row]) -> list[tuple[Any, ...]]:
    """Return what the states should be: a fold over the events in plain Python, sharing nothing with the mirror."""
    by_deal: dict[str, list[Row]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row["valid_at"], row["learned_at"], row["id"])):
        by_deal[row["deal_id"]].append(row)
    found = []
    for name in sorted(by_deal):
        held: dict[str, Any] = dict.fromkeys(BIT) | {"deleted": False}
        steps: dict[datetime, dict[str, Any]] = {}
        for row in by_deal[name]:
            held = {**held, **{field: row[field] for field in BIT if row["fields"] & BIT[field]}}
            steps[row["valid_at"]] = {**held, "deleted": bool(held["deleted"])}
        kept: list[tuple[datetime, dict[str, Any]]] = []
        for at, values in steps.items():
            if not kept or kept[-1][1] != values:
                kept.append((at, values))
        ends = [at for at, _ in kept[1:]] + [END]
        found += [(name, at, end, *values.values()) for (at, values), end in zip(kept, ends, strict=True)]
    return found


def as_of(rows: list[tuple[Any, ...]], name: str, at: datetime) -> dict[str, Any] | None:
    """Return the fields of a deal at an instant, None before its first event."""
    for deal_id, start, end, *values in rows:
        if deal_id == name and start <= at < end:
            return dict(zip(BIT, values, strict=True))
    return None


def test_a_deal_of_which_only_events_are_known_has_its_states_once():
    """Its row may have gone before it was read; what changes for all the others leaves its states alone."""
    with fresh() as con:
        arrive(con, [opening(1, "D1", instant(1))])
        for number, day in ((2, 1), (3, 2)):
            born = [opening(number, "D2", instant(day))] if day == 1 else []
            staging.stage(con, batch("event", [*born, event(10 + number, "D1", instant(day), next_step="x")]))
            staging.merge(con)
            states.derive(con)

        assert [row[:2] for row in derived(con)] == [
            ("D1", instant(1)),
            ("D2", instant(1)),
        ]


@given(st.data(), logs())
@settings(max_examples=share(15, of=40), deadline=None)
def test_states_are_those_of_the_log_in_whatever_order_and_portions_it_arrives(data, log):
    arriving = data.draw(st.permutations(log)) + data.draw(st.lists(st.sampled_from(log), max_size=4))
    cuts = sorted(data.draw(st.sets(st.integers(1, len(arriving)), max_size=3)) | {len(arriving)})
    with fresh() as con:
        for start, end in zip([0, *cuts], cuts, strict=False):
            arrive(con, arriving[start:end])
        incremental = derived(con)
        states.forget(con)
        states.derive(con)

        assert incremental == told(log)
        assert derived(con) == incremental


@given(logs())
@settings(max_examples=share(10, of=20), deadline=None)
def test_intervals_of_a_deal_touch_and_never_overlap(log):
    with fresh() as con:
        arrive(con, log)
        rows = derived(con)

    for name in {row["deal_id"] for row in log}:
        spans = [(start, end) for deal_id, start, end, *_ in rows if deal_id == name]
        assert spans[0][0] == min(row["valid_at"] for row in log if row["deal_id"] == name)
        assert [end for _, end in spans] == [start for start, _ in spans[1:]] + [END]
        assert all(start < end for start, end in spans)


@given(st.data(), logs())
@settings(max_examples=share(15, of=40), deadline=None)
def test_a_late_event_changes_only_its_deal_and_only_from_then_until_the_next_word(data, log):
    late = data.draw(st.sampled_from(log))
    with fresh() as con:
        rest = [row for row in log if row is not late]
        if rest:
            arrive(con, rest)
        before = derived(con)
        arrive(con, [late])
        after = derived(con)

    def order(row: Row) -> tuple[Any, ...]:
        return (row["valid_at"], row["learned_at"], row["id"])

    others = [row for row in before if row[0] != late["deal_id"]]
    assert [row for row in after if row[0] != late["deal_id"]] == others
    for day in range(7):
        at = instant(1) + timedelta(days=day)
        was, now = as_of(before, late["deal_id"], at), as_of(after, late["deal_id"], at)
        if was is None or now is None:
            continue
        for name, bit in BIT.items():
            overruled = any(
                row["fields"] & bit and order(row) > order(late) and row["valid_at"] <= at
                for row in log
                if row["deal_id"] == late["deal_id"]
            )
            if at < late["valid_at"] or not late["fields"] & bit or overruled:
                assert was[name] == now[name]
            elif name != "deleted":
                assert now[name] == late[name]


@given(logs())
@settings(max_examples=share(10, of=20), deadline=None)
def test_events_that_come_again_change_nothing(log):
    with fresh() as con:
        arrive(con, log)
        before = derived(con)
        arrive(con, log + log[::-1])

        assert derived(con) == before
        assert con.execute("SELECT count(*) FROM event").fetchone() == (len(log),)


@given(logs())
@settings(max_examples=share(10, of=20), deadline=None)
def test_a_log_too_long_for_one_sitting_is_derived_in_parts(log):
    with pytest.MonkeyPatch.context() as patch, fresh() as con:
        patch.setattr(states, "EVENTS_AT_A_TIME", 2)
        patch.setattr(states, "LONE_AT_A_TIME", 2)
        arrive(con, log)

        assert derived(con) == told(log)


def test_a_field_set_to_nothing_is_nothing_and_a_field_not_set_keeps_its_value():
    with fresh() as con:
        arrive(
            con,
            [
                opening(1, "D1", instant(1), amount=Decimal(1000), next_step="call"),
                event(2, "D1", instant(2), next_step=None),
            ],
        )
        last = as_of(derived(con), "D1", instant(3))

    assert last is not None
    assert (last["amount"], last["next_step"]) == (Decimal(1000), None)


def test_only_the_deals_of_new_events_are_derived_again():
    with fresh() as con:
        arrive(con, [opening(1, "D1", instant(1)), opening(2, "D2", instant(1))])
        con.execute("UPDATE state SET reason = 'untouched'")
        arrive(con, [event(3, "D1", instant(2), next_step="call")])

        touched = con.execute("SELECT deal_id, reason FROM state ORDER BY ALL").fetchall()
        assert touched == [("D1", None), ("D1", None), ("D2", "untouched")]
