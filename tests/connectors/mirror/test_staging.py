from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from connectors.errors import BadRequest
from connectors.mirror import staging
from connectors.protocol import Batch
from tests.connectors.mirror.test_states import arrive, fresh
from tests.fakes.tiny_crm import batch, deal, event, instant, opening

LOST = "�"


def texts(*values):
    return np.array(values, dtype=object)


def kept(names):
    """Return the names of deals as the mirror gives them back."""
    with fresh() as con:
        staging.stage(
            con, batch("deal", [{**deal(f"D{n}", instant(1)), "name": name} for n, name in enumerate(names)])
        )
        staging.merge(con)
        return [row[0] for row in con.execute("SELECT name FROM deal ORDER BY id").fetchall()]


@pytest.mark.parametrize(
    "name",
    [
        "Brandt & Söhne <GmbH> \"x\" 'y'",
        "O'Malley; DROP TABLE deal; --",
        "🦊 fox",
        "tab\tnewline\nbell\x07",
        "nul\x00inside",
        "שלום",
        "x" * 300,
        "",
    ],
)
def test_a_name_comes_back_as_it_was_written(name):
    assert kept([name]) == [name]


def test_half_a_character_becomes_a_mark_and_two_halves_become_the_character():
    assert kept(["a\ud800b", "\ud83e\udd8a", "plain", None]) == [f"a{LOST}b", "🦊", "plain", None]


@example([90_071_992_547_409_931, None])
@given(st.lists(st.one_of(st.none(), st.integers(1 - 10**18, 10**18 - 1)), min_size=1, max_size=20))
@settings(max_examples=30, deadline=None)
def test_money_is_exact_to_the_hundredth(hundredths):
    missing = [value is None for value in hundredths]
    money = np.ma.masked_array(np.array([value or 0 for value in hundredths], dtype=np.int64), mask=missing)
    count = len(hundredths)
    columns = {
        "id": texts(*(f"E{n:03}" for n in range(count))),
        "deal_id": texts(*["D1"] * count),
        "valid_at": np.array(["2026-11-01"] * count, dtype="datetime64[us]"),
        "amount": money,
    }
    with fresh() as con:
        staging.stage(con, Batch(table="event", columns=columns))
        staging.merge(con)
        amounts = [row[0] for row in con.execute("SELECT amount FROM event ORDER BY id").fetchall()]

    assert amounts == [None if value is None else Decimal(value) / 100 for value in hundredths]


def test_what_an_event_leaves_out_has_its_default():
    row = {"id": "E1", "deal_id": "D1", "valid_at": instant(1), "stage": "Proposal", "status": "open"}
    with fresh() as con:
        staging.stage(con, batch("event", [row]))
        staging.merge(con)
        [found] = con.execute("SELECT learned_at = valid_at, fields, amount FROM event").fetchall()

    assert found == (True, 0b11, None)


def test_what_a_person_and_an_activity_leave_out_has_its_default():
    with fresh() as con:
        staging.stage(con, batch("person", [{"id": "P1", "name": "Ana", "email": "a@tiny.example"}]))
        staging.stage(con, batch("activity", [{"id": "T1", "deal_id": "D1", "at": instant(1)}]))
        staging.merge(con)

        assert con.execute("SELECT role, team, manager_id, active FROM person").fetchall() == [
            ("", "", None, True)
        ]
        assert con.execute("SELECT buyer, subject, kind FROM activity").fetchall() == [(False, "", None)]


def test_an_empty_batch_is_nothing():
    with fresh() as con:
        assert staging.stage(con, Batch(table="deal", columns={})) == 0
        assert staging.stage(con, Batch(table="deal", columns={"id": texts()})) == 0
        assert staging.merge(con) == 0


@pytest.mark.parametrize(
    "wrong, said",
    [
        (Batch(table="lead", columns={"id": texts("L1")}), "'lead'; known are person, account"),  # type: ignore[arg-type]
        (
            Batch(table="deal", columns={"id": texts("D1"), "colour": texts("red")}),
            "'colour'; known are id, name",
        ),
        (
            Batch(table="deal", columns={"id": texts("D1"), "name": texts("a", "b")}),
            r"'name' has shape \(2,\), not \(1,\)",
        ),
        (
            Batch(table="event", columns={"id": texts("E1"), "amount": np.array([1.5])}),
            "money in 'amount' is float64",
        ),
        (
            Batch(table="deal", columns={"id": texts("D1"), "created_at": texts("soon")}),
            "'deal' holds a value.*soon",
        ),
    ],
)
def test_a_batch_that_does_not_fit_is_refused_and_named(wrong, said):
    with fresh() as con, pytest.raises(BadRequest, match=said):
        staging.stage(con, wrong)


@pytest.mark.parametrize(
    "wrong, said",
    [
        (batch("deal", [{"id": None, "name": "x"}]), "1 rows of 'deal' lack one of id"),
        (
            batch("event", [{**event(1, "D1", instant(1)), "deal_id": None}]),
            "'event' lack one of id, deal_id, valid_at",
        ),
        (batch("event", [{**event(1, "D1", instant(1)), "valid_at": None}]), "'event' lack one of"),
        (
            batch("event", [{**event(1, "D1", instant(1)), "fields": 1 << 15}]),
            "event 'E1' has fields = 32768",
        ),
        (batch("event", [{**event(1, "D1", instant(1)), "fields": -1}]), "event 'E1' has fields = -1"),
        (batch("activity", [{"id": "T1", "at": instant(1)}]), "'activity' lack one of id, deal_id;"),
    ],
)
def test_a_row_without_what_it_needs_is_refused_and_named(wrong, said):
    with fresh() as con:
        con.begin()
        staging.stage(con, wrong)
        try:
            with pytest.raises(BadRequest, match=said):
                staging.merge(con)
        finally:
            con.rollback()
            for table in staging.LOADED:
                con.execute(f"DELETE FROM staged_{table}")


def test_only_events_that_are_new_are_counted():
    with fresh() as con:
        arrive(con, [opening(1, "D1", instant(1)), opening(2, "D2", instant(1))])
        staging.stage(
            con, batch("event", [opening(1, "D1", instant(1)), event(3, "D1", instant(2), next_step="x")])
        )

        assert staging.merge(con) == 1
        assert con.execute("SELECT deal_id FROM stale").fetchall() == [("D1",)]
