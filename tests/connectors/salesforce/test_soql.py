"""Queries are put together so that no name and no value means anything else than itself."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import BadRequest
from connectors.salesforce import soql


def test_a_query_has_its_parts_in_their_order() -> None:
    text = soql.select(
        ("Id", "Account.Name"),
        "Opportunity",
        where=(
            soql.compare("SystemModstamp", ">=", datetime(2026, 11, 23, 13, 30, tzinfo=UTC)),
            soql.compare("IsDeleted", "=", value=False),
        ),
        order=("SystemModstamp", "Id"),
        limit=5,
    )

    assert text == (
        "SELECT Id, Account.Name FROM Opportunity WHERE SystemModstamp >= 2026-11-23T13:30:00Z AND IsDeleted = FALSE "
        "ORDER BY SystemModstamp, Id LIMIT 5"
    )


@pytest.mark.parametrize(
    "value, written",
    [
        (None, "NULL"),
        (True, "TRUE"),
        (7, "7"),
        (date(2026, 2, 3), "2026-02-03"),
        ("O'Brien", "'O\\'Brien'"),
        ("a\\", "'a\\\\'"),
        ("two\nlines", "'two\\nlines'"),
    ],
)
def test_values_are_written_as_soql_does(value: object, written: str) -> None:
    assert soql.literal(value) == written  # type: ignore[arg-type]


@given(st.text())
def test_no_text_ends_its_own_quotes(text: str) -> None:
    """Read back by the rules of the language, a literal is one text and the one that was given."""
    written = soql.literal(text)
    assert written[0] == written[-1] == "'"

    read, rest = "", written[1:-1]
    while rest:
        assert rest[0] != "'"
        if rest[0] == "\\":
            read += {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}.get(rest[1], rest[1])
            rest = rest[2:]
        else:
            read, rest = read + rest[0], rest[1:]
    assert read == text


@pytest.mark.parametrize("name", ["", "Id FROM User", "Na-me", "Name'", "1st", ".Name", "Account.", "Näme"])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(BadRequest, match="is no name"):
        soql.select((name,), "Opportunity")


def test_an_instant_needs_its_zone() -> None:
    with pytest.raises(BadRequest, match="has no zone"):
        soql.literal(datetime(2026, 1, 1))  # noqa: DTZ001 — that is the point


def test_a_sign_that_compares_nothing_is_refused() -> None:
    with pytest.raises(BadRequest, match="compares nothing"):
        soql.compare("Name", "LIKE '%' OR Name =", "x")
