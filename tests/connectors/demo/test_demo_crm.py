"""The demo company as a system of record."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from connectors.conformance import CrmConformance
from connectors.demo import DemoCrm, actions, company, people
from connectors.demo.truth import write_truth
from connectors.errors import BadRequest
from connectors.mirror.sheets import batched
from connectors.protocol import Crm, Page

# Inventing the company takes longer than asking it.
LARKMOOR = DemoCrm()
SMALL = DemoCrm(opportunities=300, seed=4, today=date(2027, 3, 3))


class Invented(CrmConformance):
    """The suite over an invented company, which nobody can change: it is read whole once."""

    @pytest.fixture(scope="class")
    @classmethod
    def pages(cls, crm: Crm) -> tuple[Page, ...]:
        return tuple(batched(crm.changes(None)))


class TestLarkmoor(Invented):
    @pytest.fixture(scope="class")
    @classmethod
    def crm(cls) -> Crm:
        return LARKMOOR


class TestASmallCompany(Invented):
    @pytest.fixture(scope="class")
    @classmethod
    def crm(cls) -> Crm:
        return SMALL


def _digest(crm: DemoCrm) -> list[tuple[str, str, str]]:
    return [
        (batch.table, name, str(hash(tuple(np.ma.filled(column, -1).tolist()))))
        for page in crm.changes(None)
        for batch in page.batches
        for name, column in batch.columns.items()
    ]


def test_the_same_seed_gives_the_same_company():
    assert _digest(DemoCrm(opportunities=400, seed=9)) == _digest(DemoCrm(opportunities=400, seed=9))


def test_another_seed_gives_another_company():
    assert _digest(DemoCrm(opportunities=400, seed=9)) != _digest(DemoCrm(opportunities=400, seed=10))


def test_it_has_as_many_deals_as_were_asked_for():
    for size in (1, 37, 5_000):
        rows = sum(
            len(b) for p in DemoCrm(opportunities=size).changes(None) for b in p.batches if b.table == "deal"
        )

        assert rows == size


@pytest.mark.parametrize("size", [0, -5, 10_000_000])
def test_a_size_that_cannot_be_is_refused(size):
    with pytest.raises(BadRequest, match="5000000"):
        DemoCrm(opportunities=size)


def test_the_clock_stands_at_half_past_eight_of_the_day_asked_for():
    assert DemoCrm().now == datetime(2026, 11, 23, 13, 30, tzinfo=UTC)
    assert DemoCrm(today=date(2026, 7, 1)).now == datetime(2026, 7, 1, 12, 30, tzinfo=UTC)


@pytest.mark.parametrize("days", [7, 91, 364, -70])
def test_another_day_moves_the_story_by_whole_weeks(days):
    today = date(2026, 11, 23) + timedelta(days=days)
    story, moved = _close_of(LARKMOOR, "Ostrander Paper"), _close_of(DemoCrm(today=today), "Ostrander Paper")

    assert story == date(2027, 1, 29)
    assert moved == story + timedelta(days=days)


@pytest.mark.parametrize("size", [100, 2_000, 12_000])
def test_a_company_of_another_size_keeps_the_deals_of_the_story(size):
    assert _close_of(DemoCrm(opportunities=size), "Ostrander Paper") == date(2027, 1, 29)


def test_a_very_small_company_has_no_room_for_the_story():
    assert _close_of(DemoCrm(opportunities=50), "Ostrander Paper") is None


def _close_of(crm: DemoCrm, name: str) -> date | None:
    for page in crm.changes(None):
        for batch in page.batches:
            if batch.table == "deal" and name in batch.columns["name"].tolist():
                deal = crm.read(batch.columns["id"][batch.columns["name"].tolist().index(name)])
                return deal.close if deal else None
    return None


def test_everybody_who_is_spoken_of_works_there():
    names = {person.name for person in people()}

    assert {"Dana Whitcombe", "Jonas Adler", "Priya Raman", "Marcus Bell", "Ana Ferreira"} <= names
    assert Counter(person.role for person in people()) >= Counter(
        {"Account executive": 26, "Sales manager": 5}
    )
    assert sum(person.started_on is not None for person in people()) == 3


def test_addresses_are_of_a_domain_that_cannot_exist():
    assert all(person.email.isascii() and person.email.endswith(".example") for person in people())


def test_roles_of_the_company_file_are_people_of_the_company():
    emails = {person.email for person in people()}

    assert {email for role in company().roles.values() for email in role} <= emails


def test_targets_of_the_regions_add_up():
    targets = company().targets
    for period in {target.period for target in targets}:
        parts = [t.amount for t in targets if t.period == period and t.region]
        (whole,) = (t.amount for t in targets if t.period == period and not t.region)

        assert sum(parts) == whole


def test_four_of_five_actions_are_done():
    states = Counter(action.state for action in actions())

    assert states == {"done": 4, "open": 1}
    assert all(date(2026, 11, 16) <= action.due <= date(2026, 11, 20) for action in actions())


def test_actions_name_the_deals_and_people_that_they_are_about():
    rows = {
        table: dict(zip(batch.columns["id"].tolist(), batch.columns["name"].tolist(), strict=True))
        for page in LARKMOOR.changes(None)
        for batch in page.batches
        if (table := batch.table) in {"deal", "person"}
    }

    assert {action.owner for action in actions()} == {rows["person"][a.owner_id] for a in actions()}
    assert all(rows["deal"][a.deal_id] in a.text for a in actions() if a.deal_id)
    assert sum(a.deal_id is not None for a in actions()) == 3


def test_the_truth_file_names_harms_decoys_and_opportunities(tmp_path):
    write_truth(tmp_path / "truth.json", LARKMOOR)
    told = json.loads((tmp_path / "truth.json").read_text(encoding="utf-8"))

    assert {"stalled", "zombie", "champion_left"} <= set(told["harms"])
    assert {"procurement", "logs_little"} <= set(told["decoys"])
    assert len(told["opportunities"]["better_than_called"]) == 2
    assert len(told["opportunities"]["save"]) == 1
    assert told["habits"]["sandbagger"] == ["u12"]


def test_the_truth_of_a_company_without_a_season_comes_from_its_simulation(tmp_path):
    crm = DemoCrm(opportunities=2_000)
    write_truth(tmp_path / "truth.json", crm)
    harms = json.loads((tmp_path / "truth.json").read_text(encoding="utf-8"))["harms"]

    assert {"stalled", "zombie"} <= set(harms)
    assert all(crm.read(deal) is not None for deals in harms.values() for deal in deals[:5])
