"""What the CRM's own rights leave out is nowhere: no deal, account, contact or touch of it, and no value of a hidden field."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from connectors.access import Access, Grant, Sight
from connectors.errors import NoData
from reports.errors import NotShown
from reports.measures import measure
from reports.measures.quality import quality
from reports.view import PipelineView
from reports.view.contacts import buyers
from reports.view.hygiene import hygiene
from reports.view.narrow import rights_told, widest
from reports.view.timeline import Logged, logged
from tests.reports.small import NOW, ZONE, Small, State, deal, only

ASKED = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
OPEN = State(next_step="Call Anna", reason="too dear")
SMALL = (
    deal("d1", OPEN, account="a1"),
    deal("d2", OPEN.at(20, amount="50", product="Sense", region="EMEA"), account="a2"),
    deal("d3", State(since=60, amount="7"), State(since=3, amount="9"), account="a2"),
)


def company() -> Small:
    touches = [("d1", "u1", NOW - timedelta(days=2), True), ("d2", "u2", NOW - timedelta(days=1), True)]
    small = Small(SMALL, activities=touches)
    small.con.execute(
        "INSERT INTO contact VALUES ('c1', 'a1', 'Anna', NULL, NULL, NULL), ('c2', 'a2', 'Ben', NULL, NULL, NULL)"
    )
    return small


def sight(folder: Path, *ids: str, hidden: str = "") -> Sight:
    path = folder / f"{'-'.join(ids)}.parquet"
    duckdb.sql(f"COPY (SELECT unnest({list(ids)}::VARCHAR[]) AS id) TO '{path}'")
    return Sight(key=path.stem, deals=path, count=len(ids), hidden=frozenset(hidden.split()), at=ASKED)


def hiding(hidden: str) -> Sight:
    return Sight(hidden=frozenset(hidden.split()), at=ASKED)


def seen(*sights: Sight, view: str = "") -> PipelineView:
    filters = (only("region", view),) if view else ()
    return company().view(*filters, access=access(*sights))


def access(*sights: Sight) -> Access:
    first, *others = (Grant(person=f"p{place}", sight=each) for place, each in enumerate(sights))
    return Access(workspace="test", asker=first, audience=tuple(others))


def test_two_people_get_different_right_answers_and_together_what_both_see(tmp_path: Path):
    ana, ben = sight(tmp_path, "d1", "d2"), sight(tmp_path, "d2", "d3")

    assert [measure(seen(*who), "open_pipeline").value for who in ((ana,), (ben,), (ana, ben))] == [
        150,
        59,
        50,
    ]
    assert [found.id for found in seen(ana, ben).deals()] == ["d2"]


def test_accounts_contacts_and_names_are_those_of_visible_deals(tmp_path: Path):
    view = seen(sight(tmp_path, "d1"))
    names = view.names()

    assert [item.id for item in names.deals] == ["d1"]
    assert names.accounts == (("a1", "Ärmel AG"),)
    assert [name for _, name in names.people] == ["Mia Lead", "Bo Ax"]
    assert "Sense" not in names.values["product"]
    assert list(buyers(view, ["a1", "a2"])) == ["a1"]
    assert view.rows("SELECT DISTINCT deal_id FROM activity") == [("d1",)]
    assert view.rows("SELECT count(*) FROM account") == [(1,)]


def test_history_reaches_back_as_far_as_for_everybody(tmp_path: Path):
    assert seen(sight(tmp_path, "d2")).begins == NOW - timedelta(days=60)


def test_a_hidden_field_has_no_value_and_is_no_filter_and_no_grouping():
    view = seen(hiding("next_step product"))

    assert {found.next_step for found in view.deals()} == {None}
    assert view.present("product") == ()
    assert measure(view, "open_pipeline").value == 159
    with pytest.raises(NotShown, match="product cannot be shown: you may not read that field in the CRM"):
        measure(view, "open_pipeline", by=("product",))
    with pytest.raises(NotShown, match="product"):
        view.where(only("product", "Yard"))


def test_what_somebody_else_may_not_read_is_said_to_be_so():
    with pytest.raises(NotShown, match="not everybody here may read that field"):
        measure(seen(hiding(""), hiding("segment")), "open_pipeline", by=("segment",))


def test_hidden_amounts_leave_counts_and_are_not_taken_for_missing_ones():
    view = seen(hiding("amount next_step"))
    counted = measure(view, "deal_count")

    assert (counted.value, counted.notes) == (3, ())
    assert {found.amount for found in view.deals()} == {None}
    with pytest.raises(NotShown, match="Open pipeline cannot be shown: you may not read the amount"):
        measure(view, "open_pipeline")
    assert {(found.no_step, found.no_amount) for found in hygiene(view)} == {(0, 0)}
    assert quality(view).fault("no_amount") is None
    assert not {"amount", "next step"} & set(quality(view).blind)


def test_a_change_of_a_hidden_field_is_no_change():
    shown = {found.id: found.since for found in seen(hiding("amount")).deals()}

    assert shown["d3"] == NOW - timedelta(days=60)
    assert {found.id: found.since for found in seen(hiding("segment")).deals()}["d3"] == NOW - timedelta(
        days=3
    )


def test_hidden_activity_and_contacts_are_not_known():
    view = seen(hiding("activity contact"))

    assert logged(view) is Logged.NOTHING
    assert logged(seen(hiding(""))) is Logged.TOUCHES
    assert buyers(view, ["a1"]) == {}


def test_nothing_is_shown_where_it_cannot_be_told_which_deals_count():
    with pytest.raises(NotShown, match="which deals count cannot be shown: you may not read the type"):
        seen(hiding("type"))


def test_targets_of_all_deals_do_not_stand_beside_some_of_them(tmp_path: Path):
    view = seen(sight(tmp_path, "d1"))
    own = Access(workspace="test", asker=Grant(person="u1", sight=sight(tmp_path, "d1", "d3")))
    period = view.calendar.quarter(view.today)

    assert measure(view, "target", period=period).value is None
    assert measure(seen(hiding("")), "target", period=period).value == 1000
    assert measure(company().view(only("owner", "Bo Ax"), access=own), "target", period=period).value == 250


def test_the_scope_says_whose_sight_it_is_and_when_the_crm_was_asked(tmp_path: Path):
    ana = sight(tmp_path, "d1", hidden="next_step amount")

    assert widest(access(ana)) == "deals that all who read this may see in the CRM"
    assert widest(access(ana, hiding(""))) == "deals that all who read this may see in the CRM"
    assert (
        rights_told(access(ana), zone=ZONE) == "CRM rights of 23 Nov 08:00 ET, without amount and next step"
    )
    assert rights_told(Access.operator("test"), zone=ZONE) == ""


def test_ids_that_are_gone_show_nothing_at_all(tmp_path: Path):
    ana = sight(tmp_path, "d1")
    (tmp_path / "d1.parquet").unlink()

    with pytest.raises(NoData, match="what may be seen"):
        seen(ana)
