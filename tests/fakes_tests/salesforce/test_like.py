"""LIKE against a matcher that tries every way."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st
from simple_salesforce import format_soql

from tests.fakes.salesforce.org import Org
from tests.fakes.salesforce.query import run

ANY, ONE = object(), object()
SIGNS = "ab%_\\'"


def matches(parts: list[object], text: str) -> bool:
    if not parts:
        return not text
    first, *rest = parts
    if first is ANY:
        return any(matches(rest, text[start:]) for start in range(len(text) + 1))
    return bool(text) and (first is ONE or first == text[0]) and matches(rest, text[1:])


def written(parts: list[object]) -> str:
    signs = {ANY: "%", ONE: "_"}
    return "".join(signs.get(part) or format_soql("{:like}", part) for part in parts)


PARTS = st.lists(st.one_of(st.sampled_from(SIGNS), st.just(ANY), st.just(ONE)), min_size=1, max_size=5)
NAMES = st.lists(st.text(SIGNS, min_size=1, max_size=4), min_size=1, max_size=5)


@given(parts=PARTS, names=NAMES)
@example(parts=["%"], names=["a"])
@example(parts=["_", ANY], names=["ab"])
def test_like_finds_what_matches(parts: list[object], names: list[str]) -> None:
    org = Org(recorded=False)
    for name in names:
        org.load("Account", Name=name)

    rows = run(org, f"SELECT Name FROM Account WHERE Name LIKE '{written(parts)}'", user=org.admin).rows

    assert [row["Name"] for row in rows] == [name for name in names if matches(parts, name)]
