"""What a person sees in Salesforce: asked as that person, kept for a while, and never beyond the allowance."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from connectors.access import Sight
from connectors.errors import BadRequest, ConnectorError, NotAllowed, NotConnected, TryLater
from connectors.salesforce.rights import Allowance, Rights
from tests.connectors.salesforce.desk import opened
from tests.fakes.salesforce.larkmoor import larkmoor
from tests.fakes.salesforce.server import FakeSalesforce

NOW = datetime(2026, 11, 23, 13, 30, tzinfo=UTC)
USED = {
    "Opportunity": {
        "amount": ["Amount"],
        "region": ["Region__c", "Account.Region__c"],
        "next_step": ["NextStep"],
    },
    "Account": {"industry": ["Industry"]},
}
FIELDS = {
    "Opportunity": "Id StageName CloseDate ForecastCategory OwnerId AccountId Amount Region__c NextStep",
    "Account": "Id Name Region__c Industry",
    "Contact": "Id",
    "Task": "Id",
}
ANA = "005A"


@dataclass(frozen=True)
class Reference:
    targets: tuple[str, ...]


@dataclass(frozen=True)
class Shape:
    fields: tuple[str, ...]

    def field(self, name: str) -> str | None:
        return name if name in self.fields else None

    def parent(self, relationship: str) -> Reference | None:
        return Reference(("Account",)) if f"{relationship}Id" in self.fields else None


@dataclass
class Somebody:
    """An org as one person sees it; `hidden` names objects and fields that are not there for them."""

    deals: tuple[str, ...] = ()
    views_all: bool = False
    hidden: frozenset[str] = frozenset()
    contacts: str = "ControlledByParent"
    broken: bool = False
    no_bulk: ConnectorError | None = None
    read: int = 0
    asked: list[str] = field(default_factory=list)

    def describe(self, name: str) -> Shape:
        self.asked.append(f"describe {name}")
        known = () if name in self.hidden else FIELDS[name].split()
        return Shape(tuple(one for one in known if f"{name}.{one}" not in self.hidden))

    def query(
        self, soql: str, paths: tuple[str, ...]
    ) -> tuple[int, Iterator[list[Mapping[str, str | None]]]]:
        self.asked.append(soql)
        if self.broken:
            raise TryLater("busy")
        if "Organization" in soql:
            return 1, iter([[{paths[0]: self.contacts}]])
        if "UserPermissionAccess" not in soql:
            return len(self.deals), self._ids()
        if "UserPermissionAccess" in self.hidden:
            raise BadRequest("sObject type 'UserPermissionAccess' is not supported")
        return 1, iter([[{paths[0]: "true" if self.views_all else "false"}]])

    def ids_in_bulk(self, soql: str) -> tuple[tuple[str, ...], int]:
        self.asked.append(f"bulk {soql}")
        if self.no_bulk is not None:
            raise self.no_bulk
        return self.deals, 7

    def _ids(self) -> Iterator[list[Mapping[str, str | None]]]:
        for start in range(0, len(self.deals), 2000):
            self.read += 1
            yield [{"Id": one} for one in self.deals[start : start + 2000]]


@dataclass
class Doors:
    """Everybody who has connected, and the clock."""

    people: dict[str, Somebody]
    now: datetime = NOW

    def connected(self, user: str) -> bool:
        return user in self.people

    def how(self, user: str) -> str:
        return f"Connect {user} first."

    def org(self, user: str) -> Somebody:
        return self.people[user]


def rights(folder: Path, doors: Doors, *, most: int = 100) -> Rights:
    return Rights(
        folder,
        doors=doors,
        used=lambda: USED,
        now=lambda: doors.now,
        minutes=60,
        allowance=Allowance(folder / "calls.json", most=lambda: most, now=lambda: doors.now),
    )


def told(folder: Path, one: Somebody) -> Sight:
    return rights(folder, Doors({ANA: one})).sight(ANA)


def ids(sight: Sight) -> list[str]:
    assert sight.deals is not None
    return [row[0] for row in duckdb.sql(f"SELECT id FROM '{sight.deals}' ORDER BY 1").fetchall()]


def test_the_ids_that_a_person_sees_are_kept_for_nobody_else(tmp_path: Path):
    found = told(tmp_path, Somebody(deals=("d2", "d1")))

    assert (ids(found), found.count, found.hidden, found.at) == (["d1", "d2"], 2, frozenset(), NOW)
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}


def test_many_deals_are_read_page_by_page(tmp_path: Path):
    many = tuple(f"d{number:05}" for number in range(4001))

    assert ids(told(tmp_path, Somebody(deals=many))) == list(many)


MANY = tuple(f"d{number:05}" for number in range(30_001))


def calls(folder: Path) -> int:
    return int(json.loads((folder / "calls.json").read_text())["calls"])


def test_very_many_deals_are_read_in_bulk_for_fewer_calls(tmp_path: Path):
    ana, bea = Somebody(deals=MANY), Somebody(deals=MANY[:-2])
    found = told(tmp_path / "bulk", ana)
    told(tmp_path / "pages", bea)

    assert ids(found) == list(MANY)
    assert (ana.read, bea.read) == (0, 15)
    assert not [one for one in bea.asked if one.startswith("bulk")]
    assert calls(tmp_path / "bulk") == calls(tmp_path / "pages") - 14 + 7


@pytest.mark.parametrize("why", [BadRequest("no such thing"), NotAllowed("not you"), TryLater("not yet")])
def test_where_there_is_no_bulk_query_they_are_read_page_by_page(tmp_path: Path, why: ConnectorError):
    ana = Somebody(deals=MANY, no_bulk=why)
    found = told(tmp_path, ana)

    assert ids(found) == list(MANY)
    assert ana.read == 16


def test_a_bulk_query_is_not_begun_where_the_days_calls_do_not_suffice(tmp_path: Path):
    ana = Somebody(deals=MANY)

    assert rights(tmp_path, Doors({ANA: ana}), most=25).sight(ANA).declared
    assert not [one for one in ana.asked if one.startswith("bulk")]


def test_an_org_tells_the_same_ids_in_bulk_as_page_by_page(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("connectors.salesforce.org.BULK_PAGE", 25)
    soql = "SELECT Id FROM Opportunity"
    with FakeSalesforce(larkmoor(opportunities=60).org) as server:
        org = opened(server)
        _, pages = org.query(soql, ("Id",))
        paged = [row["Id"] for page in pages for row in page]
        before = len(server.calls)
        found, made = org.ids_in_bulk(soql)

        assert sorted(found) == sorted(paged)
        assert len(found) == 60
        assert made == len(server.calls) - before
        assert server.calls[-1].method == "DELETE"


def test_who_views_all_data_costs_no_ids(tmp_path: Path):
    ana = Somebody(deals=("d1",), views_all=True, hidden=frozenset({"Opportunity.Amount"}))
    found = told(tmp_path, ana)

    assert (found.deals, found.hidden) == (None, {"amount"})
    assert not any("FROM Opportunity" in one for one in ana.asked)


def test_where_the_permission_cannot_be_asked_the_ids_are(tmp_path: Path):
    ana = Somebody(deals=("d1",), views_all=True, hidden=frozenset({"UserPermissionAccess"}))

    assert ids(told(tmp_path, ana)) == ["d1"]


@pytest.mark.parametrize(
    "hidden, words",
    [
        ("Opportunity.NextStep", {"next_step"}),
        ("Account.Region__c", {"region"}),
        ("Opportunity.AccountId", {"account", "region"}),
        ("Account.Name", {"account"}),
        ("Account.Industry", {"industry"}),
        ("Contact", {"contact"}),
        ("Task", {"activity"}),
        ("Opportunity.ForecastCategory", {"category"}),
    ],
)
def test_a_field_that_the_person_cannot_read_hides_every_word_that_is_read_from_it(
    hidden: str, words: set[str], tmp_path: Path
):
    assert told(tmp_path, Somebody(hidden=frozenset({hidden}))).hidden == words


@pytest.mark.parametrize("views_all, hidden", [(False, {"contact"}), (True, set())])
def test_private_contacts_are_hidden_from_who_does_not_view_all_data(
    hidden: set[str], *, views_all: bool, tmp_path: Path
):
    assert told(tmp_path, Somebody(views_all=views_all, contacts="None")).hidden == hidden


def test_who_may_not_read_deals_at_all_sees_none(tmp_path: Path):
    found = told(tmp_path, Somebody(deals=("d1",), views_all=True, hidden=frozenset({"Opportunity"})))

    assert (ids(found), found.count) == ([], 0)


def test_what_was_told_holds_for_an_hour_and_through_a_restart(tmp_path: Path):
    ana = Somebody(deals=("d1",))
    doors = Doors({ANA: ana})
    first = rights(tmp_path, doors)
    before = first.sight(ANA)
    ana.deals = ("d1", "d2")
    doors.now += timedelta(minutes=59)

    assert first.sight(ANA) == before == rights(tmp_path, doors).sight(ANA)
    doors.now += timedelta(minutes=1)
    assert ids(first.sight(ANA)) == ["d1", "d2"]
    assert ids(before) == ["d1"]


def test_two_who_see_the_same_deals_share_them(tmp_path: Path):
    both = rights(tmp_path, Doors({ANA: Somebody(deals=("d1",)), "005B": Somebody(deals=("d1",))}))

    assert both.sight(ANA) == both.sight("005B")


def test_what_was_seen_before_is_known_to_be_seen_still_until_something_is_gone(tmp_path: Path):
    ana = Somebody(deals=("d1",))
    doors = Doors({ANA: ana})
    found = []
    for deals in (("d1",), ("d1", "d2"), ("d1", "d2"), ("d2", "d3", "d1"), ("d1", "d3"), ("d1", "d3", "d4")):
        ana.deals = deals
        # Another process each time.
        found.append(rights(tmp_path, doors).sight(ANA))
        doors.now += timedelta(hours=1)
    keys = [sight.key for sight in found]

    assert [sight.includes for sight in found] == [
        (),
        (keys[0],),
        (keys[0],),
        (keys[1], keys[0]),
        (),
        (keys[4],),
    ]


def test_who_never_connected_or_no_longer_is_sees_nothing(tmp_path: Path):
    ana = Somebody(deals=("d1",))
    doors = Doors({ANA: ana})
    one = rights(tmp_path, doors)

    with pytest.raises(NotConnected, match=r"Connect 005B first\."):
        one.sight("005B")
    one.sight(ANA)
    doors.people.clear()
    with pytest.raises(NotConnected):
        one.sight(ANA)
    with pytest.raises(NotConnected):
        one.sight("../005A")


def test_beyond_the_days_calls_what_is_declared_holds_until_the_next_day(tmp_path: Path):
    many = Somebody(deals=tuple(map(str, range(9000))))
    doors = Doors({ANA: many})
    short = rights(tmp_path, doors, most=9).sight(ANA)

    assert (short.declared, short.deals) == (True, None)
    assert many.read == 0
    assert rights(tmp_path, doors, most=9).sight(ANA).declared
    doors.now += timedelta(days=1)
    many.deals = ("d1",)
    assert ids(rights(tmp_path, doors, most=9).sight(ANA)) == ["d1"]


def test_what_cannot_be_asked_is_not_taken_from_an_hour_ago(tmp_path: Path):
    ana = Somebody(deals=("d1",))
    doors = Doors({ANA: ana})
    one = rights(tmp_path, doors)
    one.sight(ANA)
    ana.broken = True
    doors.now += timedelta(hours=2)

    with pytest.raises(TryLater):
        one.sight(ANA)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"key": 1}', '{"key": "x", "count": 1, "hidden": [], "at": "?"}']
)
def test_a_spoilt_file_is_asked_for_anew(text: str, tmp_path: Path):
    tmp_path.joinpath(f"{ANA}.json").write_text(text)

    assert ids(told(tmp_path, Somebody(deals=("d1",)))) == ["d1"]


def test_forgotten_rights_are_asked_for_anew(tmp_path: Path):
    ana = Somebody(deals=("d1",))
    one = rights(tmp_path, Doors({ANA: ana}))
    one.sight(ANA)
    ana.deals = ("d2",)
    one.forget(ANA)

    assert ids(one.sight(ANA)) == ["d2"]


def test_ids_that_nobody_sees_any_more_are_removed_after_a_day(tmp_path: Path):
    ana = Somebody(deals=("d1",))
    doors = Doors({ANA: ana})
    one = rights(tmp_path, doors)
    old = one.sight(ANA)
    ana.deals = ("d2",)
    assert old.deals is not None
    os.utime(old.deals, (NOW.timestamp(), NOW.timestamp()))
    doors.now += timedelta(hours=2)
    one.sight(ANA)
    assert old.deals.is_file()
    doors.now += timedelta(days=1)
    one.sight(ANA)

    assert not old.deals.is_file()
