"""What people change in the invented company is kept in its home, once for each key, and comes with the next load."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from connectors.demo import DemoCrm
from connectors.demo.written import DemoWriter, Written
from connectors.errors import BadRequest, Conflict, NotAllowed
from connectors.mirror import Mirror, open_generation
from connectors.protocol import Change, Writing
from connectors.records import ForecastClass, Money, Opportunity, Status
from connectors.registry import connect
from connectors.writes import Edit, Stale, Update, Why


def opened(home: Path, *, writes: bool = True) -> DemoCrm:
    return DemoCrm(opportunities=60, home=home, writes=writes)


@pytest.fixture
def crm(tmp_path: Path) -> DemoCrm:
    return opened(tmp_path)


@pytest.fixture
def deal(crm: DemoCrm, tmp_path: Path) -> Opportunity:
    with open_generation(Mirror(tmp_path, "local").load(crm)) as con:
        (key,) = con.execute(
            "SELECT deal_id FROM state WHERE status = 'open' AND amount IS NOT NULL AND next_step IS NOT NULL "
            "AND valid_to > TIMESTAMP '9000-01-01' ORDER BY deal_id LIMIT 1"
        ).fetchone()
    found = crm.read(key)
    assert found is not None
    return found


def change(deal: Opportunity, key: str = "k", **edits: tuple[str | None, str | None]) -> Update:
    made = tuple(Edit(field=name, before=before, after=after) for name, (before, after) in edits.items())
    return Update(key=key, of="deal", record_id=deal.id, edits=made)


def test_a_change_is_kept_once_and_taken_back(crm: DemoCrm, deal: Opportunity, tmp_path: Path):
    assert isinstance(crm, Writing)
    assert crm.writer is not None
    wanted = change(deal, next_step=(deal.next_step, "call legal"))
    done = [crm.writer.write(wanted, person=deal.owner_id) for _ in range(3)]
    after = opened(tmp_path).read(deal.id)

    assert done[0] == done[1] == done[2]
    assert after is not None
    assert after.next_step == "call legal"
    assert done[0].inverse is not None
    crm.writer.write(done[0].inverse, person=deal.owner_id)
    assert crm.read(deal.id) == deal


def test_a_stage_brings_status_and_category_and_takes_them_back(crm: DemoCrm, deal: Opportunity):
    assert crm.writer is not None
    done = crm.writer.write(change(deal, stage=(deal.stage, "Closed Lost")), person=deal.owner_id)
    lost = crm.read(deal.id)

    assert lost is not None
    assert (lost.stage, lost.status, lost.category) == ("Closed Lost", Status.LOST, ForecastClass.CLOSED)
    assert done.inverse is not None
    crm.writer.write(done.inverse, person=deal.owner_id)
    assert crm.read(deal.id) == deal


def test_an_amount_comes_and_goes_in_the_deal_s_own_currency(crm: DemoCrm, deal: Opportunity, tmp_path: Path):
    assert crm.writer is not None
    assert deal.amount is not None
    foreign = replace(deal, currency="EUR", amount=Money(amount=deal.amount.amount, currency="EUR"))
    written = DemoWriter(Written(tmp_path, now=crm.now, stages=crm.stages()), lambda _id: foreign)
    without = change(deal, amount=(f"{deal.amount.amount:f}", None), currency=("EUR", "EUR"))
    written.write(without, person=deal.owner_id)
    empty = replace(foreign, amount=None)
    written = DemoWriter(Written(tmp_path, now=crm.now, stages=crm.stages()), lambda _id: empty)
    written.write(change(deal, "k2", amount=(None, "5000"), currency=("EUR", "EUR")), person=deal.owner_id)

    after = Written(tmp_path, now=crm.now, stages=crm.stages()).over(foreign)
    assert after.amount == Money(amount=Decimal(5000), currency="EUR")


def test_the_next_load_has_it_and_only_that(crm: DemoCrm, deal: Opportunity, tmp_path: Path):
    assert crm.writer is not None
    assert deal.amount is not None
    amount = deal.amount.amount
    crm.writer.write(change(deal, amount=(f"{amount:f}", f"{amount + 1}")), person=deal.owner_id)
    crm.writer.write(change(deal, "k2", close=(str(deal.close), "2027-02-26")), person=deal.owner_id)
    mirror = Mirror(tmp_path, "local")
    mirror.load(crm)
    with open_generation(mirror.load(crm)) as con:
        rows = con.execute(
            f"SELECT amount, close FROM state WHERE deal_id = '{deal.id}' AND valid_to > TIMESTAMP '9000-01-01'"
        ).fetchall()
        events = con.execute("SELECT count(*) FROM event WHERE id LIKE 'changed-%'").fetchone()

    assert rows == [(amount + 1, date(2027, 2, 26))]
    assert events == (2,)


@pytest.mark.parametrize(
    "edits, person, error, why",
    [
        ({"next_step": ("not that", "x")}, "", Stale, Why.STALE),
        ({"close": (None, "x")}, "", Stale, Why.STALE),
        ({"next_step": ("", "x")}, "P9", NotAllowed, Why.NO_RIGHT),
        ({"owner_id": (None, "p1")}, "", NotAllowed, Why.NO_RIGHT),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_kept(
    crm: DemoCrm, deal: Opportunity, tmp_path: Path, edits: dict, person: str, error: type, why: Why
):
    assert crm.writer is not None
    with pytest.raises(error) as caught:
        crm.writer.write(change(deal, **edits), person=person or deal.owner_id)

    assert crm.why(caught.value) is why
    assert not (tmp_path / "demo-changes.json").exists()


@pytest.mark.parametrize(
    "word, before, after",
    [
        ("close", "close", "soon"),
        ("stage", "stage", "Almost"),
        ("amount", "amount", "1.234"),
        ("category", "category", "closed"),
    ],
)
def test_values_that_a_field_does_not_take_are_named(
    crm: DemoCrm, deal: Opportunity, word: str, before: str, after: str
):
    assert crm.writer is not None
    held = {"close": str(deal.close), "stage": deal.stage, "category": str(deal.category)}
    was = f"{deal.amount.amount:f}" if word == "amount" and deal.amount else held[before]
    with pytest.raises(BadRequest, match=word):
        crm.writer.write(change(deal, **{word: (was, after)}), person=deal.owner_id)


def test_a_key_is_one_changes_and_a_deal_that_is_not_there_is_said(crm: DemoCrm, deal: Opportunity):
    assert crm.writer is not None
    crm.writer.write(change(deal, next_step=(deal.next_step, "one")), person=deal.owner_id)
    with pytest.raises(BadRequest, match="belongs to another change"):
        crm.writer.write(change(deal, next_step=("one", "two")), person=deal.owner_id)
    with pytest.raises(Conflict, match="no deal"):
        crm.writer.write(Update(key="n", of="deal", record_id="nobody", edits=()), person=deal.owner_id)


def test_the_port_applies_one_field_and_reads_it_back(crm: DemoCrm, deal: Opportunity):
    assert deal.amount is not None
    wanted = Change(
        deal_id=deal.id, field="amount", before=deal.amount.amount, after=Decimal("1234.50"), key="k"
    )

    assert crm.apply(wanted, person=deal.owner_id).read_back == Decimal("1234.50")
    assert crm.flags().writes


@pytest.mark.parametrize("options", [{}, {"QUARTERDECK_WRITES": "propose"}])
def test_nothing_that_writes_is_made_unless_it_is_switched_on(tmp_path: Path, options: dict[str, str]):
    crm = connect("demo", home=tmp_path, options={"opportunities": "60", **options})

    assert isinstance(crm, DemoCrm)
    assert crm.writer is None
    with pytest.raises(NotAllowed, match="read-only unless QUARTERDECK_WRITES is on"):
        crm.apply(Change(deal_id="d", field="close", before=None, after=None), person="p")
    assert list(tmp_path.iterdir()) == []


def test_what_came_of_a_change_can_be_asked(crm: DemoCrm, deal: Opportunity):
    assert crm.writer is not None
    wanted = change(deal, next_step=(deal.next_step, "call legal"))
    assert crm.writer.came_of(wanted, person=deal.owner_id) is None

    done = crm.writer.write(wanted, person=deal.owner_id)

    assert crm.writer.came_of(wanted, person=deal.owner_id) == done
    with pytest.raises(BadRequest, match="another change"):
        crm.writer.came_of(wanted, person="somebody")
